"""What the YAML parser says, in words that tell what to do about it."""

from __future__ import annotations

import re
from typing import Any

from plugin.configuration.document import Source, Span
from plugin.configuration.problems import Problem

_KNOWN = (
    # (part of the parser's words, expected …, what to do)
    (
        "mapping values are not allowed",
        "expected a value on one line, got a second ':'",
        'put the value in quotes: "…: …"',
    ),
    (
        "found unexpected end of stream",
        "expected a closing quote, got the end of the file",
        "close the quote that begins here",
    ),
    (
        "did not find expected ',' or '}'",
        "expected ',' or '}' in a mapping in braces",
        "close it with '}' and separate entries with commas",
    ),
    (
        "did not find expected ',' or ']'",
        "expected ',' or ']' in a list in brackets",
        "close it with ']' and separate items with commas",
    ),
    (
        "could not find expected ':'",
        "expected ':' after the key",
        "write `key: value`, with a space behind the colon",
    ),
    (
        "did not find expected key",
        "expected a key here, got something that does not line up",
        "indent all keys of one mapping alike, with spaces",
    ),
    (
        "did not find expected '-' indicator",
        "expected '- ' for the next item of the list",
        "indent all items of one list alike, with spaces",
    ),
    (
        "block sequence entries are not allowed",
        "expected a value, got a list item",
        "begin the list on a line of its own below the key",
    ),
    ("did not find expected node content", "expected a value, got nothing usable", None),
    ("found unknown escape character", "expected a known escape in double quotes", "use 'single quotes', where a backslash is only a backslash"),
    ("found undefined tag handle", "expected a plain value, got a YAML tag", "remove the tag, or quote the value"),
    ("found duplicate %YAML directive", "expected one %YAML line", None),
    ("found incompatible YAML document", "expected YAML 1.2 or 1.1", "remove the %YAML line"),
)  # fmt: skip


def explain(error: Any, source: Source) -> Problem:
    """Turn the parser's exception into one problem with a place and a remedy."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return _unreadable(error, source)
    words = str(getattr(error, "problem", None) or error)
    line, column = mark.line, mark.column
    message, remedy = _translate(words, source, line, column)
    context = getattr(error, "context_mark", None)
    if context is not None and context.line != line and _is_about_its_beginning(words):
        line, column = context.line, context.column
    elif "mapping values are not allowed" in words:
        stuck = _stuck_colon(source, line)
        if stuck is not None:
            line, column = stuck
            message, remedy = "expected a space behind ':'", "write `key: value`"
    if "${" in source.line(line) and "mapping" in str(getattr(error, "context", "")):
        remedy = 'inside {…} and […] a variable must be quoted: "${NAME}"'
    return Span(source, line, column, line, column + 1).problem("", message, remedy=remedy)


def _is_about_its_beginning(words: str) -> bool:
    return any(part in words for part in ("unexpected end of stream", "expected ',' or"))


_STUCK = re.compile(r"\s*(?:- +)?[\w.-]+:(?=[^\s/:])")


def _stuck_colon(source: Source, line: int) -> tuple[int, int] | None:
    """Where a line above has `key:value`: the parser only stumbles over the next one."""
    for number in range(line - 1, max(-1, line - 4), -1):
        text = source.line(number)
        match = _STUCK.match(text)
        if match:
            return number, match.end() - 1
        if text.strip() and not text.lstrip().startswith("#"):
            return None
    return None


def _translate(words: str, source: Source, line: int, column: int) -> tuple[str, str | None]:
    if "cannot start any token" in words:
        char = source.line(line)[column : column + 1]
        if char == "\t":
            return (
                "expected spaces, got a tab",
                "indent with spaces: YAML does not allow tabs there",
            )
        return f"expected a value, got the reserved character {char!r}", "put the value in quotes"
    for known, message, remedy in _KNOWN:
        if known in words:
            return message, remedy
    return f"expected valid YAML: {words}", None


def _unreadable(error: Any, source: Source) -> Problem:
    """A character YAML does not allow."""
    for number, line in enumerate(source.lines):
        for column, char in enumerate(line):
            if not char.isprintable() and char not in "\t\r\x85":
                return Span(source, number, column, number, column + 1).problem(
                    "",
                    f"expected text, got the control character U+{ord(char):04X}",
                    remedy="delete it; the file should be plain UTF-8 text",
                )
    reason = getattr(error, "reason", "") or "it cannot be read as YAML"
    return Span(source, 0, 0, 0, 1).problem("", f"expected valid YAML: {reason}")
