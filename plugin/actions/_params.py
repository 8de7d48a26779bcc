"""The parameters an action may be given in the file, checked, with their JSON Schema.

Every message says what was expected; the configuration adds where, and what it found. A text may
hold `${VARIABLE}` references, which stay as they are until the action is done: plans are stored.
"""
# ruff: noqa: ARG002 - marshmallow hands these arguments to every field

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Any

from marshmallow import ValidationError

from plugin.conditions import Names
from plugin.conditions._operands import Direct, each_of
from plugin.domain.duration import Duration

JSONSchema = dict[str, Any]
_LONGEST_TAG = 100


class Param(Direct):
    """A field whose `None` is an ordinary wrong value with an ordinary message."""

    def __init__(self, **options: Any) -> None:
        super().__init__(error_messages={"null": "expected a value, got nothing"}, **options)

    def json_schema(self) -> JSONSchema:
        """The fragment that describes what may stand here."""
        raise NotImplementedError


class Text(Param):
    """One non-empty text; a number is taken as its text. `longest` in characters."""

    def __init__(self, what: str = "a text", longest: int = 20_000, **options: Any) -> None:
        super().__init__(**options)
        self.what = what
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            raise ValidationError(f"expected {self.what}")
        if len(value) > self.longest:
            raise ValidationError(f"expected {self.what} of at most {self.longest} characters")
        return value.strip()

    def json_schema(self) -> JSONSchema:
        return {"type": ["string", "number"], "description": self.what}


class Tag(Text):
    """A tag's name: no comma, no template, at most 100 characters."""

    def __init__(self, **options: Any) -> None:
        super().__init__("a tag", _LONGEST_TAG, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        tag = super()._deserialize(value, attr, data, **kwargs)
        if "," in tag:
            raise ValidationError("expected one tag without a comma; write several as a list")
        if "{{" in tag or "{%" in tag:
            raise ValidationError("expected a plain tag: placeholders are not possible in tags")
        if any(not char.isprintable() for char in tag):
            raise ValidationError("expected a tag of printable characters on one line")
        return tag


class Choice(Param):
    """One of a few words."""

    def __init__(self, *words: str, **options: Any) -> None:
        super().__init__(**options)
        self.words = words

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        word = value.strip().lower() if isinstance(value, str) else ""
        if word not in self.words:
            raise ValidationError(
                f"expected one of {', '.join(self.words)}{guess(word, self.words)}"
            )
        return word

    def json_schema(self) -> JSONSchema:
        return {"enum": list(self.words)}


class Scalar(Param):
    """A custom field's value: text, number, true or false; kept as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float | str) and str(value).strip():
            return str(value).strip()
        raise ValidationError("expected a text, a number, true or false")

    def json_schema(self) -> JSONSchema:
        return {"type": ["string", "number", "boolean"]}


class Length(Param):
    """A duration such as `4h`, longer than nothing; kept as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            length = Duration.parse(value if isinstance(value, str) else str(value))
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if not length:
            raise ValidationError("expected a duration longer than nothing")
        return str(length)

    def json_schema(self) -> JSONSchema:
        return {"type": "string", "pattern": r"^\s*(\d+\s*(bd|d|h|m|s)\s*)+$"}


class Listed(Param):
    """One value or a list of them; always a list without repetitions."""

    def __init__(self, one: Param, **options: Any) -> None:
        super().__init__(**options)
        self.one = one

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        return each_of(self.one, value)

    def json_schema(self) -> JSONSchema:
        one = self.one.json_schema()
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


class Form(Param):
    """A mapping with known keys; `short` is the key a bare value stands for.

    `required` lists keys that must be there; `one_of` keys of which exactly one must be.
    `only_with` maps a key to the one it makes no sense without.
    """

    def __init__(
        self,
        keys: Mapping[str, Param],
        *,
        short: str | None = None,
        required: tuple[str, ...] = (),
        one_of: tuple[str, ...] = (),
        only_with: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.keys = keys
        self.short = short
        self.required_keys = required
        self.one_of = one_of
        self.only_with = only_with or {}

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            if self.short is None:
                raise ValidationError(f"expected a mapping with {', '.join(self.keys)}")
            return {self.short: self.keys[self.short].deserialize(value)}
        found: dict[str, Any] = {}
        mistakes: dict[str, Any] = {}
        for key, item in value.items():
            if key not in self.keys:
                known = ", ".join(self.keys)
                mistakes[str(key)] = [
                    f"unknown key: expected one of {known}{guess(str(key), self.keys)}"
                ]
                continue
            try:
                found[key] = self.keys[key].deserialize(item)
            except ValidationError as error:
                mistakes[key] = error.messages
        if mistakes:
            raise ValidationError(mistakes)
        self._check_presence(found)
        return found

    def _check_presence(self, found: Mapping[str, Any]) -> None:
        missing = [key for key in self.required_keys if key not in found]
        if missing:
            raise ValidationError(f"expected {', '.join(missing)} as well")
        if self.one_of and len([key for key in self.one_of if key in found]) != 1:
            raise ValidationError(f"expected exactly one of {', '.join(self.one_of)}")
        for key, other in self.only_with.items():
            if key in found and other not in found:
                raise ValidationError({key: [f"expected {key} only together with {other}"]})

    def json_schema(self) -> JSONSchema:
        mapping: JSONSchema = {
            "type": "object",
            "properties": {key: field.json_schema() for key, field in self.keys.items()},
            "additionalProperties": False,
            "minProperties": 1,
        }
        if self.required_keys:
            mapping["required"] = list(self.required_keys)
        if self.one_of:
            mapping["oneOf"] = [{"required": [key]} for key in self.one_of]
        if self.only_with:
            mapping["dependentRequired"] = {key: [one] for key, one in self.only_with.items()}
        if self.short is None:
            return mapping
        return {"anyOf": [self.keys[self.short].json_schema(), mapping]}


def guess(word: str, known: Collection[str]) -> str:
    """`; did you mean 'x'?`, or nothing when nothing is near."""
    near = difflib.get_close_matches(word, list(known), 1, 0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def check_known(key: str, value: str, known: Collection[str], what: str) -> None:
    """Raise `ValidationError` under `key` when `value` names nothing the file defines."""
    if value not in known:
        listed = ", ".join(sorted(known)) or "none is defined"
        raise ValidationError(
            {key: [f"unknown {what} {value!r}: expected one of {listed}{guess(value, known)}"]}
        )


def check_team(params: Mapping[str, Any], names: Names) -> None:
    """Raise `ValidationError` when `lead` or `pool` names no team, or `pool` one that has none."""
    for key in ("lead", "pool"):
        if key in params:
            check_known(key, str(params[key]), names.teams, "team")
    if "pool" in params and names.pools is not None:
        check_known("pool", str(params["pool"]), names.pools, "team with a pool")
