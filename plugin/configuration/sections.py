"""Mappings and lists of the file: every entry is checked, and each mistake keeps its path."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import Schema, ValidationError
from marshmallow.fields import Field

from plugin.configuration.fields import Complaint, Kind, refusal


class Section(Kind):
    """A mapping with known keys."""

    def __init__(self, schema: type[Schema], what: str = "a mapping", **options: Any) -> None:
        super().__init__(**options)
        self.schema_class = schema
        self.what = what
        self._schema: Schema | None = None

    @property
    def schema(self) -> Schema:
        """The schema of the keys, built when it is first needed."""
        if self._schema is None:
            self._schema = self.schema_class()
        return self._schema

    def read(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise refusal(self.what)
        return self.schema.load(value)


class ByName(Kind):
    """A mapping from names to values of one kind."""

    def __init__(
        self,
        inner: Field[Any],
        what: str = "a mapping from names to entries",
        *,
        names: Field[Any] | None = None,
        least: int = 0,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.inner = inner
        self.what = what
        self.names = names
        self.least = least

    def read(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or len(value) < self.least:
            raise refusal(self.what, got="an empty mapping" if value == {} else None)
        found: dict[str, Any] = {}
        mistakes: dict[str, Any] = {}
        for name, item in value.items():
            try:
                if self.names is not None:
                    self.names.deserialize(name)
            except ValidationError as error:
                mistakes[name] = [_at_key(complaint) for complaint in error.messages]
                continue
            try:
                found[name] = self.inner.deserialize(item)
            except ValidationError as error:
                mistakes[name] = error.messages
        if mistakes:
            raise ValidationError(mistakes, valid_data=found)
        return found


def _at_key(complaint: Any) -> Any:
    return replace(complaint, at_key=True) if isinstance(complaint, Complaint) else complaint


class ListOf(Kind):
    """A list of values of one kind."""

    def __init__(
        self,
        inner: Field[Any],
        what: str = "a list",
        *,
        least: int = 0,
        unique: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.inner = inner
        self.what = what
        self.least = least
        self.unique = unique

    def read(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise refusal(self.what, remedy="a list is written [a, b] or with '- ' on each line")
        if len(value) < self.least:
            raise refusal(self.what, got="an empty list")
        found: list[Any] = []
        mistakes: dict[int, Any] = {}
        for index, item in enumerate(value):
            try:
                entry = self.inner.deserialize(item)
            except ValidationError as error:
                mistakes[index] = error.messages
                continue
            if self.unique and entry in found:
                mistakes[index] = [Complaint("each entry once", remedy="remove one of the two")]
            found.append(entry)
        if mistakes:
            raise ValidationError(mistakes, valid_data=found)
        return found
