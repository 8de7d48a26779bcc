"""The tree of a file: plain values that know where they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

from plugin.configuration.problems import Problem
from plugin.domain.dataclass import dataclass
from plugin.domain.settings import Place

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What the parser counts as the end of a line."""


@dataclass(slots=True)
class Source:
    """A file that was read: the name people see, its text, and where its own paths begin."""

    name: str
    text: str
    directory: Path = Path()
    _lines: list[str] | None = None

    def line(self, index: int) -> str:
        """The line with this index, counted from 0; empty behind the end."""
        return self.lines[index] if 0 <= index < len(self.lines) else ""

    @property
    def lines(self) -> list[str]:
        """The text, line by line as the parser counts them."""
        if self._lines is None:
            self._lines = _BREAK.split(self.text)
        return self._lines


class Span(NamedTuple):
    """A stretch of a file; lines and columns count from 0, the end is exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def place(self) -> Place:
        """The beginning, for people."""
        return Place(self.source.name, self.line + 1, self.column + 1)

    def problem(
        self, path: str, message: str, *, guess: str | None = None, remedy: str | None = None
    ) -> Problem:
        """A problem that points here."""
        shown = self.source.line(self.line)
        end = self.end_column if self.end_line == self.line else len(shown)
        return Problem(self.place, path, message, guess, remedy, shown, max(1, end - self.column))


class Block(dict[str, Any]):
    """A mapping that knows where each key and each value stands."""

    __slots__ = ("is_partial", "key_spans", "span", "value_spans")

    def __init__(self, span: Span) -> None:
        self.span = span
        self.key_spans: dict[str, Span] = {}
        self.value_spans: dict[str, Span] = {}
        self.is_partial = False  # a key was refused: what is missing may stand behind it


class Items(list[Any]):
    """A list that knows where each item stands, and its index in its own file."""

    __slots__ = ("indices", "span", "spans")

    def __init__(self, span: Span) -> None:
        self.span = span
        self.spans: list[Span] = []
        self.indices: list[int] | None = None  # only for lists merged from several files


_QUOTED = frozenset(" []\"'\n\t")


def render_path(parts: list[str | int]) -> str:
    """`rules[0].when.all[1].idle`; names with other characters stand in quotes."""
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.isidentifier() or (part and _QUOTED.isdisjoint(part)):
            text += f".{part}" if text else part
        else:
            text += f"[{part!r}]"
    return text
