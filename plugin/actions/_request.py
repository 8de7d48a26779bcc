"""The parts of a request to another system, as the file may give them."""
# ruff: noqa: ARG002 - marshmallow hands these arguments to every field

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError

from plugin.actions._params import JSONSchema, Param, Text

_DEEPEST = 10
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_REFERENCE = re.compile(r"\$\{[^}]+\}")


class Address(Text):
    """An http(s) address of the file; placeholders could send data anywhere, so none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if "{{" in text or "{%" in text:
            raise ValidationError(
                "expected an address without placeholders: ${VARIABLE} is possible"
            )
        if _REFERENCE.match(text):
            return text
        parts = urlsplit(_REFERENCE.sub("x", text))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValidationError("expected an address such as https://crm.example.com/api/cases")
        return text


class Headers(Param):
    """Header names with their texts."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> dict[str, str]:
        if not isinstance(value, Mapping):
            raise ValidationError("expected a mapping of header names and texts")
        found: dict[str, str] = {}
        for name, item in value.items():
            if not _HEADER.fullmatch(str(name)):
                raise ValidationError({str(name): ["expected a header's name such as X-Api-Key"]})
            if not isinstance(item, str | int) or any(char in str(item) for char in "\r\n"):
                raise ValidationError({str(name): ["expected a text on one line"]})
            if "{{" in str(item):
                raise ValidationError({str(name): ["placeholders are possible in json only"]})
            found[str(name)] = str(item)
        return found

    def json_schema(self) -> JSONSchema:
        return {"type": "object", "additionalProperties": {"type": ["string", "number"]}}


class Payload(Param):
    """Any JSON mapping; its texts are templates."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> dict[str, Any]:
        if not isinstance(value, Mapping) or not value:
            raise ValidationError("expected a mapping: the JSON to send")
        checked = _plain(value, 0)
        assert isinstance(checked, dict)  # noqa: S101 - a mapping stays one
        return checked

    def json_schema(self) -> JSONSchema:
        return {"type": "object", "minProperties": 1}


def _plain(value: Any, depth: int) -> Any:
    """The value as plain JSON; nested mistakes raise `ValidationError` by key."""
    if depth > _DEEPEST:
        raise ValidationError(f"expected at most {_DEEPEST} levels")
    if isinstance(value, Mapping):
        return {str(key): _at(str(key), item, depth) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_at(index, item, depth) for index, item in enumerate(value)]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise ValidationError("expected text, number, true, false, a list or a mapping")


def _at(key: str | int, value: Any, depth: int) -> Any:
    try:
        return _plain(value, depth + 1)
    except ValidationError as error:
        raise ValidationError({key: error.messages}) from error
