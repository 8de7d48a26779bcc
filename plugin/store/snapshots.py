"""Values of the domain as JSON and back, by the types their fields are declared with.

For what a ticket's memory keeps of its escalations: the policy an escalation started with is kept
whole, so that a changed file changes nothing for it. A field that a newer version added takes its
default; one that it dropped is passed over.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from plugin.domain.settings import ActionCall, Place
from plugin.store.instants import from_micros, to_micros

_LOCAL = {"ActionCall": ActionCall, "Place": Place}


def as_plain(value: Any) -> Any:
    """Lists, mappings, texts and numbers; instants become epoch microseconds, spans seconds."""
    if isinstance(value, enum.Enum):
        return value.value
    if is_dataclass(value):
        return {one.name: as_plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, datetime):
        return to_micros(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [as_plain(item) for item in value]
    return value


def from_plain(kind: Any, value: Any) -> Any:
    """What `as_plain` was given, as an instance of `kind`."""
    if value is None or kind is Any or kind is object:
        return value
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        (inner,) = [one for one in get_args(kind) if one is not NoneType]
        return from_plain(inner, value)
    if origin is tuple:
        return _tuple_of(get_args(kind), value)
    if origin is not None:  # Mapping[str, X]
        inner = get_args(kind)[-1]
        return {key: from_plain(inner, item) for key, item in value.items()}
    if is_dataclass(kind) and isinstance(kind, type):
        known = _types_of(kind)
        given = {
            name: from_plain(known[name], item) for name, item in value.items() if name in known
        }
        return kind(**given)
    return _scalar(kind, value)


def _tuple_of(kinds: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:  # noqa: PLR2004  - tuple[X, ...]
        return tuple(from_plain(kinds[0], item) for item in value)
    return tuple(from_plain(kind, item) for kind, item in zip(kinds, value, strict=True))


def _scalar(kind: Any, value: Any) -> Any:
    if kind is datetime:
        return from_micros(value)
    if kind in {date, time}:
        return kind.fromisoformat(value)
    if kind is timedelta:
        return timedelta(seconds=value)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(value)
    return value


@cache
def _types_of(kind: type) -> Mapping[str, Any]:
    hints = get_type_hints(kind, localns=_LOCAL)
    return {one.name: hints[one.name] for one in fields(kind)}
