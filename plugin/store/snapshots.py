"""Values of the domain as JSON and back, by the types their fields are declared with.

For what a ticket's memory keeps of its escalations: the policy an escalation started with is kept
whole, so that a changed file changes nothing for it. A field that a newer version added takes its
default; one that it dropped is passed over.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from plugin.domain.settings import ActionCall, Place
from plugin.store.instants import from_micros, to_micros

_LOCAL = {"ActionCall": ActionCall, "Place": Place}
_PLAIN = frozenset({str, int, float, bool})


def as_plain(value: Any) -> Any:
    """Lists, mappings, texts and numbers; instants become epoch microseconds, spans seconds."""
    if value is None or type(value) in _PLAIN:
        return value
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
    return _reader_of(kind)(value)


@cache
def _reader_of(kind: Any) -> Callable[[Any], Any]:
    """How values of a type are read; worked out once, since every look reads hundreds of them."""
    read = _reader_of_some(kind)
    return lambda value: None if value is None else read(value)


def _reader_of_some(kind: Any) -> Callable[[Any], Any]:
    if kind is Any or kind is object:
        return _as_it_is
    origin, parts = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        (inner,) = [one for one in parts if one is not NoneType]
        return _reader_of(inner)
    if origin is tuple:
        return _reader_of_tuple(parts)
    if origin is not None:  # Mapping[str, X]
        item = _reader_of(parts[-1])
        return lambda value: {key: item(one) for key, one in value.items()}
    if is_dataclass(kind) and isinstance(kind, type):
        return partial(_instance, kind)
    return _reader_of_scalar(kind)


def _reader_of_tuple(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    readers = [_reader_of(kind) for kind in kinds if kind is not Ellipsis]
    if kinds[-1:] == (Ellipsis,):  # tuple[X, ...]
        (item,) = readers
        return lambda value: tuple(item(one) for one in value)
    return lambda value: tuple(read(one) for read, one in zip(readers, value, strict=True))


def _instance(kind: type, value: Mapping[str, Any]) -> Any:
    readers = _readers_of_fields(kind)
    return kind(**{name: readers[name](one) for name, one in value.items() if name in readers})


def _reader_of_scalar(kind: Any) -> Callable[[Any], Any]:
    if kind is datetime:
        return from_micros
    if kind in {date, time}:
        return kind.fromisoformat  # type: ignore[no-any-return]
    if kind is timedelta:
        return lambda value: timedelta(seconds=value)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


@cache
def _readers_of_fields(kind: type) -> Mapping[str, Callable[[Any], Any]]:
    hints = get_type_hints(kind, localns=_LOCAL)
    return {one.name: _reader_of(hints[one.name]) for one in fields(kind)}
