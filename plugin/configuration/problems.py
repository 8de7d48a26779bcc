"""One mistake, one message: where, what was expected, what was found, a guess, what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError
from plugin.domain.settings import Place


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in the file.

    `message` is `expected …, got …`. `source` is the line of the file and `width` how many of its
    characters, from the place's column on, are meant. `remedy` says what to do next when
    the message alone does not.
    """

    place: Place
    path: str
    message: str
    guess: str | None = None
    remedy: str | None = None
    source: str = ""
    width: int = 1

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        lines = [f"{self.place}: {where}{self.message}"]
        if self.source:
            lines += self._picture()
        elif self.guess:
            lines.append(f"      did you mean {self.guess!r}?")
        if self.remedy:
            lines.append(f"      → {self.remedy}")
        return "\n".join(lines)

    def _picture(self) -> list[str]:
        number = f"{self.place.line:5d}"
        source, column = _window(self.source, self.place.column - 1)
        width = max(1, min(self.width, len(source) - column))
        guess = f" did you mean {self.guess!r}?" if self.guess else ""
        blank = "".join("\t" if char == "\t" else " " for char in source[:column])
        return [f"{number} | {source}".rstrip(), f"      | {blank}{'^' * width}{guess}"]

    def as_json(self) -> dict[str, Any]:
        """The shape of `check --format json`."""
        return {
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "path": self.path,
            "message": self.message,
            "guess": self.guess,
            "remedy": self.remedy,
        }

    def scrubbed(self, secrets: Sequence[str]) -> Problem:
        """The same without any of these values."""
        if not secrets:
            return self
        return replace(
            self,
            path=scrub(self.path, secrets),
            message=scrub(self.message, secrets),
            guess=scrub(self.guess, secrets) if self.guess else None,
            remedy=scrub(self.remedy, secrets) if self.remedy else None,
            source=scrub(self.source, secrets, keep_length=True),
        )


class ConfigProblems(DeskladderError):
    """Everything that is wrong with a file, in the order of its lines; nothing was loaded."""

    def __init__(self, problems: Iterable[Problem], files: frozenset[Path] = frozenset()) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.files = files  # what was read or looked for: a reload waits for one to change
        super().__init__(str(self))

    def __str__(self) -> str:
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        texts = [str(problem) for problem in self.problems]
        return "\n\n".join([*texts, f"{count} {noun}; nothing was loaded."])


def scrub(text: str, secrets: Sequence[str], *, keep_length: bool = False) -> str:
    """Black out secret values, the longest first."""
    for secret in secrets:
        if secret in text:
            text = text.replace(secret, "*" * len(secret) if keep_length else "…")
    return text


_WIDEST = 160


def _window(source: str, column: int) -> tuple[str, int]:
    """Cut a very long line down to the part around the column."""
    if len(source) <= _WIDEST:
        return source, min(column, len(source))
    start = max(0, min(column - _WIDEST // 2, len(source) - _WIDEST))
    head = "…" if start else ""
    tail = "…" if start + _WIDEST < len(source) else ""
    cut = source[start : start + _WIDEST]
    return f"{head}{cut}{tail}", column - start + len(head)
