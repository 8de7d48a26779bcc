"""The values a condition may be given in the file, checked, with their JSON Schema.

Every message says what was expected; the configuration adds where, and what it found.
"""

# ruff: noqa: ARG002 - the signature is marshmallow's

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError, missing
from marshmallow.fields import Field

from plugin.domain.duration import Duration

JSONSchema = dict[str, Any]
Operand = Mapping[str, Any]
"""A checked operand: operator → checked value, in the order of the file. Never empty."""


def each_of(one: Field[Any], value: Any) -> list[Any]:
    """One value or a list of them, each read by `one` and kept once; every mistake with its index."""
    if not isinstance(value, list):
        return [one.deserialize(value)]
    if not value:
        raise ValidationError("expected at least one value, got an empty list")
    found: list[Any] = []
    mistakes: dict[int, Any] = {}
    for index, item in enumerate(value):
        try:
            found.append(one.deserialize(item))
        except ValidationError as error:
            mistakes[index] = error.messages
    if mistakes:
        raise ValidationError(mistakes)
    return list(dict.fromkeys(found))


class Direct(Field[Any]):
    """A field that is no more than its `_deserialize`: it has no validators and nothing before or after.

    Looking for these takes marshmallow three times as long as most values take.
    """

    def deserialize(
        self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """The checked value; raises `ValidationError`."""
        if value is None or value is missing:
            return super().deserialize(value, attr, data, **kwargs)
        return self._deserialize(value, attr, data, **kwargs)


class _Value(Direct):
    """A field whose `None` is an ordinary wrong value with an ordinary message."""

    default_error_messages = {"null": "expected a value, got nothing"}  # noqa: RUF012 - marshmallow's

    def json_schema(self) -> JSONSchema:
        """The fragment that describes what may stand here."""
        raise NotImplementedError


class Word(_Value):
    """One non-empty text; a plain number is taken as its text. `known` restricts it."""

    def __init__(self, what: str = "a text", known: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(**options)
        self.what = what
        self.known = known

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            raise ValidationError(f"expected {self._expected}")
        text = value.strip()
        if self.known and text.lower() not in self.known:
            raise ValidationError(f"expected {self._expected}")
        return text.lower() if self.known else text

    @property
    def _expected(self) -> str:
        return f"one of {', '.join(self.known)}" if self.known else self.what

    def json_schema(self) -> JSONSchema:
        if self.known:
            return {"enum": list(self.known)}
        return {"type": ["string", "number"], "minLength": 1}


class Words(_Value):
    """One value or a list of them, as a tuple."""

    def __init__(self, one: _Value, **options: Any) -> None:
        super().__init__(**options)
        self.one = one

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> tuple[Any, ...]:
        return tuple(each_of(self.one, value))

    def json_schema(self) -> JSONSchema:
        one = self.one.json_schema()
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


class Scalar(_Value):
    """The value of a custom field: text, number, true or false; kept as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float | str):
            return str(value).strip()
        raise ValidationError("expected a text, a number, true or false")

    def json_schema(self) -> JSONSchema:
        return {"type": ["string", "number", "boolean"]}


class Truth(_Value):
    """true or false."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if isinstance(value, bool):
            return value
        raise ValidationError("expected true or false")

    def json_schema(self) -> JSONSchema:
        return {"type": "boolean"}


class Number(_Value):
    """A whole number from `least` up; with `truths`, true means at least one and false none."""

    def __init__(self, what: str = "a whole number", least: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self.what = what
        self.least = least

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and value >= self.least:
            return value
        raise ValidationError(f"expected {self.what}, {self.least} or more")

    def json_schema(self) -> JSONSchema:
        return {"type": "integer", "minimum": self.least}


class Amount(_Value):
    """A number that a custom field is compared with."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        raise ValidationError("expected a number")

    def json_schema(self) -> JSONSchema:
        return {"type": "number"}


class Length(_Value):
    """A duration such as `4h`; never zero."""

    def __init__(self, *, business_days: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.business_days = business_days

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Duration:
        if not isinstance(value, str):
            raise ValidationError(
                "expected a duration with its unit, such as 30m, 4h, 1h30m, 2bd (business days) or 7d"
            )
        try:
            duration = Duration.parse(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None
        if not duration:
            raise ValidationError("expected a duration longer than nothing")
        if duration.business_days and not self.business_days:
            raise ValidationError(
                "expected real time here, such as 30d: business days are not counted"
            )
        return duration

    def json_schema(self) -> JSONSchema:
        return {"type": "string", "pattern": r"^\s*(\d+\s*(bd|d|h|m|s)\s*)+$"}


class Pattern(_Value):
    """A regular expression in RE2's syntax: checked here, compiled where it is used."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not value:
            raise ValidationError("expected a regular expression")
        why = refused_pattern(value)
        if why:
            raise ValidationError(
                f"expected a regular expression in RE2's syntax, which runs in linear time "
                f"and so has no look-around and no back references: {why}"
            )
        return value

    def json_schema(self) -> JSONSchema:
        return {"type": "string", "minLength": 1}


def refused_pattern(pattern: str) -> str | None:
    """Why RE2 refuses a pattern, or None when it does not."""
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    except UnicodeEncodeError:
        return "it holds half a character"
    return None


class Operators(_Value):
    """`value`, `[values]` or `{operator: operand}`.

    `bare` names the operator that a value without one stands for, or chooses it by the value, so
    that `true` and `4h` may mean different operators of one condition. An operator whose name
    begins with `_` is only ever meant by a bare value. `extra` holds what may stand beside the
    operators but not alone.
    """

    def __init__(
        self,
        operators: Mapping[str, _Value],
        *,
        bare: str | Callable[[Any], str],
        extra: Mapping[str, _Value] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.operators = dict(operators)
        self.extra = dict(extra or {})
        self.bare = bare

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            operator = self.bare if isinstance(self.bare, str) else self.bare(value)
            return {operator: self.operators[operator].deserialize(value)}
        known = self._written()
        found: dict[str, Any] = {}
        mistakes: dict[str, Any] = {}
        for operator, operand in value.items():
            if operator not in known:
                mistakes[operator] = [f"expected one of {', '.join(known)}"]
                continue
            try:
                found[operator] = known[operator].deserialize(operand)
            except ValidationError as error:
                mistakes[operator] = error.messages
        if mistakes:
            raise ValidationError(mistakes)
        if not any(operator in found for operator in self.operators):
            named = (name for name in known if name in self.operators)
            raise ValidationError(f"expected one of {', '.join(named)}")
        return found

    def _written(self) -> dict[str, _Value]:
        every = self.operators | self.extra
        return {name: value for name, value in every.items() if not name.startswith("_")}

    def json_schema(self) -> JSONSchema:
        known = self._written()
        mapping: JSONSchema = {
            "type": "object",
            "properties": {name: value.json_schema() for name, value in known.items()},
            "additionalProperties": False,
            "minProperties": 1,
        }
        bare = [self.bare] if isinstance(self.bare, str) else sorted(self.operators)
        return {"anyOf": [*(self.operators[name].json_schema() for name in bare), mapping]}


_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


class WordLists(_Value):
    """Words for `any_of`: one, a list, or lists by language; a tuple of (word, language)."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> tuple[tuple[str, str], ...]:
        if not isinstance(value, dict):
            return tuple((word, "") for word in _listed(value))
        if not value:
            raise ValidationError("expected a list of words for at least one language")
        found: list[tuple[str, str]] = []
        mistakes: dict[str, Any] = {}
        for language, words in value.items():
            if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
                mistakes[language] = ["expected a language code such as en, de or nl"]
                continue
            try:
                found.extend((word, language) for word in _listed(words))
            except ValidationError as error:
                mistakes[language] = error.messages
        if mistakes:
            raise ValidationError(mistakes)
        return tuple(found)

    def json_schema(self) -> JSONSchema:
        listed = _LISTED.json_schema()
        by_language = {
            "type": "object",
            "propertyNames": {"pattern": f"^{_LANGUAGE.pattern}$"},
            "additionalProperties": listed,
            "minProperties": 1,
        }
        return {"anyOf": [*listed["anyOf"], by_language]}


class Phrase(Word):
    """A word or phrase to be found whole; `*` at its end lets the last word go on."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        stem = text.removesuffix("*")
        if "*" in stem:
            raise ValidationError("expected * at the end only, such as refund*")
        if not stem or not (_edge(stem[0]) and _edge(stem[-1])):
            raise ValidationError(
                "expected a word or phrase that begins and ends with a letter or digit; "
                "signs are found by contains or matches"
            )
        return text


def _edge(char: str) -> bool:
    import unicodedata

    # A mark belongs to the letter before it, in scripts whose vowels are marks.
    return char.isalnum() or unicodedata.category(char).startswith("M")


_LISTED = Words(Phrase("a word or phrase"))


def _listed(value: Any) -> tuple[str, ...]:
    return tuple(_LISTED.deserialize(value) or ())
