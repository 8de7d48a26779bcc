"""Writes entries as YAML with comments, so that `load` reads back what was given."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from plugin.configuration.scalars import resolve

WIDTH = 96
_PLAIN = re.compile(r"[^\W_][\w .+/@%()-]*(?<! )")
_TIMES = re.compile(r"\d{2}:\d{2}-\d{2}:\d{2}")
_NOT_FOR_JSON = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_NOT_FOR_COMMENTS = re.compile(rf"[\x00-\x1f]|{_NOT_FOR_JSON.pattern}")
_HALVES = re.compile(r"[\ud800-\udfff]")
_WORDS_ELSEWHERE = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def comment(text: str, indent: int = 0, *, bullet: bool = False) -> list[str]:
    """A sentence as comment lines; line breaks in it cannot end the comment."""
    plain = " ".join(_NOT_FOR_COMMENTS.sub(" ", _HALVES.sub("\ufffd", text)).split())
    lines = textwrap.wrap(
        plain,
        WIDTH - indent,
        initial_indent="# * " if bullet else "# ",
        subsequent_indent="#   " if bullet else "# ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [" " * indent + line for line in lines]


def named_entry(name: str, entry: Mapping[str, Any], remarks: Iterable[str] = ()) -> list[str]:
    """`name: {…}` as lines of a mapping of entries, remarks above it."""
    lines = [line for remark in remarks for line in comment(remark, 2)]
    return [*lines, f"  {key_text(name)}:", *_pairs(entry, 4)]


def listed_entry(entry: Mapping[str, Any], remarks: Iterable[str] = ()) -> list[str]:
    """`- {…}` as lines of a list of entries, remarks above it."""
    lines = [line for remark in remarks for line in comment(remark, 2)]
    first, *rest = _pairs(entry, 4)
    return [*lines, f"  - {first.strip()}", *rest]


def switched_off(lines: Sequence[str]) -> list[str]:
    """The same lines as comments; those that are comments stay as they are."""
    return [line if line.lstrip().startswith("#") else f"  # {line[2:]}" for line in lines]


def scalar(value: Any) -> str:
    """One value on one line, quoted where it must be; `${` is kept from being a variable."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int | float):
        return str(value)
    return _text(value.replace("${", "$${"))


def key_text(name: str) -> str:
    """A key; variables are not filled in there."""
    return _text(name)


def _pairs(entry: Mapping[str, Any], indent: int) -> list[str]:
    return [line for key, value in entry.items() for line in _pair(key, value, indent)]


def _pair(key: str, value: Any, indent: int) -> Iterator[str]:
    """On one line where that is short enough, else one line for each entry below."""
    start = f"{' ' * indent}{key_text(key)}:"
    whole = f"{start} {flow(value)}"
    if len(whole) <= WIDTH or not value or not isinstance(value, dict | list):
        yield whole
    elif isinstance(value, dict):
        yield start
        yield from _pairs(value, indent + 2)
    else:
        yield start
        yield from (f"{' ' * (indent + 2)}- {flow(item)}" for item in value)


def flow(value: Any) -> str:
    """A value as it may stand on one line inside others."""
    if isinstance(value, Mapping):
        pairs = (f"{key_text(key)}: {flow(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(flow(item) for item in value)}]"
    return scalar(value)


def _text(text: str) -> str:
    text = _HALVES.sub("\ufffd", text)
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS_ELSEWHERE
    if _TIMES.fullmatch(text) or (is_plain and resolve(text) == text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _NOT_FOR_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)
