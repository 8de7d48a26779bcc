"""What a field knows about the mapping or list it stands for: possible keys, kinds of entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields as marshmallow_fields
from marshmallow.fields import Field

from plugin.actions._params import Form, Listed
from plugin.conditions._operands import Operators, Words
from plugin.configuration.schema import Helpdesk
from plugin.configuration.sections import ByName, ListOf, Section


def known_keys(kind: Field[Any] | None, value: Any) -> list[str]:
    """The keys a mapping of this kind may have; empty where any name will do."""
    return list(_entries(kind, value))


def child(kind: Field[Any] | None, key: Any, value: Any) -> Field[Any] | None:
    """The kind of one entry."""
    if isinstance(kind, ByName | ListOf | marshmallow_fields.List):
        inner: Field[Any] = kind.inner
        return inner
    if isinstance(kind, Words | Listed) and isinstance(value, list):
        return kind.one
    return _entries(kind, value).get(key)


def _entries(kind: Field[Any] | None, value: Any) -> Mapping[str, Field[Any]]:
    if isinstance(kind, Helpdesk):
        kind = kind.section_for(value)
    if isinstance(kind, Section | marshmallow_fields.Nested):
        fields = kind.schema.fields.items()
        return {inner.data_key or name: inner for name, inner in fields}
    if isinstance(kind, Operators):
        return {**kind.operators, **kind.extra}
    if isinstance(kind, Form):
        return kind.keys
    return {}
