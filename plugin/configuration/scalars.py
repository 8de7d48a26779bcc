"""Plain scalars by the YAML 1.2 core schema, and texts that remember more than they show.

Source: https://yaml.org/spec/1.2.2/#103-core-schema
`on`, `off`, `yes`, `no`, `12:30`, `1_000` and dates are text; `0123` is the number 123, `0o17` is 15.
"""

from __future__ import annotations

import re
from typing import Any, Self

_WORDS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_REAL = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)", re.ASCII
)
_LONGEST_NUMBER = 40  # a longer run of digits is nobody's number


class Whole(int):
    """An integer whose `str` is how it was written (`0123`, `+5`), for fields that want text."""

    written: str

    def __str__(self) -> str:
        return self.written


class Real(float):
    """A real number whose `str` is how it was written (`1.10`, `1e3`)."""

    written: str

    def __str__(self) -> str:
        return self.written


class Concealed(str):
    """Text that came from a `${…}`: `source` is what the file says, and all that may be shown."""

    __slots__ = ("source",)
    source: str

    def __new__(cls, value: str, source: str) -> Self:
        text = super().__new__(cls, value)
        text.source = source
        return text

    def __repr__(self) -> str:
        return f"the value of {self.source}"


def resolve(text: str) -> object:
    """What an unquoted scalar means: None, a truth value, a number or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-." or len(text) > _LONGEST_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        value = int(text, base)
        if str(value) == text:
            return value
        whole = Whole(value)
        whole.written = text
        return whole
    if _REAL.fullmatch(text):
        real = Real(text.replace(".inf", "inf").replace(".Inf", "inf").replace(".INF", "inf"))
        real.written = text
        return real
    return text


def plain(value: Any) -> Any:
    """The same without memory: dicts, lists, str, int, float, bool and None."""
    if isinstance(value, str):
        return str.__str__(value) if type(value) is str else "".join(value)
    if isinstance(value, Whole):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def numbers_as_text(value: Any) -> Any:
    """The same with every number as the text it was written as."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dict):
        return {key: numbers_as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [numbers_as_text(item) for item in value]
    return value


def concealed_in(value: Any) -> list[Concealed]:
    """Every text below that came from a variable."""
    if isinstance(value, Concealed):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in concealed_in(item)]
    if isinstance(value, list):
        return [text for item in value for text in concealed_in(item)]
    return []
