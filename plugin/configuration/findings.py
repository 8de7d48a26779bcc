"""Nested complaints of fields → problems with place, words and a guess; one per mistake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any

from marshmallow.fields import Field

from plugin.configuration.document import Block, Items, Span, render_path
from plugin.configuration.fields import Complaint
from plugin.configuration.kinds import child, known_keys
from plugin.configuration.problems import Problem
from plugin.configuration.scalars import Concealed
from plugin.configuration.wording import closest, hidden_below, phrased, shown
from plugin.domain.dataclass import dataclass

Path = tuple[str | int, ...]

_UNKNOWN = "Unknown field."
_MISSING = "Missing data for required field."


@dataclass(slots=True)
class Located:
    """The deepest known position of a path."""

    span: Span
    key_span: Span
    value: Any
    path: Path
    found: bool


@dataclass(slots=True)
class Findings:
    """Collects what is wrong and what is odd, each with its place."""

    root: Block
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def complain(self, path: Path, complaint: Complaint) -> None:
        """Add one mistake."""
        self.problems.append(self._problem(path, complaint))

    def warn(self, path: Path, text: str, *, guess: str | None = None) -> None:
        """Add something that works but is probably not meant."""
        at = self.locate(path)
        self.warnings.append(at.span.problem(render_path(list(at.path)), text, guess=guess))

    def add(self, path: Path, errors: Any, kind: Field[Any] | None = None) -> None:
        """Add all mistakes of a (nested) marshmallow message.

        `kind` is the field the messages are about: it knows what keys there could have been.
        """
        if isinstance(errors, dict):
            self._add_keys(path, errors, kind)
        elif isinstance(errors, list | tuple):
            for error in errors:
                self.add(path, error, kind)
        elif isinstance(errors, Complaint):
            self.complain(path, errors)
        else:
            self.complain(path, phrased(str(errors)))

    def locate(self, path: Path) -> Located:
        """Walk the path as far as the file goes."""
        value: Any = self.root
        span = key_span = Span(self.root.span.source, 0, 0, 0, 1)
        known: list[str | int] = []
        for part in path:
            if isinstance(value, Block) and isinstance(part, str) and part in value:
                span, key_span = value.value_spans[part], value.key_spans[part]
                value = value[part]
                known.append(part)
                continue
            index = _index(part)
            if isinstance(value, Items) and index is not None and index < len(value):
                span = key_span = value.spans[index]
                known.append(value.indices[index] if value.indices else index)
                value = value[index]
                continue
            return Located(span, key_span, value, tuple(known), found=False)
        return Located(span, key_span, value, tuple(known), found=True)

    # Keys -----------------------------------------------------------------------------------

    def _add_keys(self, path: Path, errors: dict[Any, Any], kind: Field[Any] | None) -> None:
        value = self.locate(path).value
        known = known_keys(kind, value)
        missing = {key for key, error in errors.items() if _is_missing(error)}
        unknown = [key for key, error in errors.items() if _is_unknown(key, error, known)]
        meant = self._meant(unknown, known, missing, value)
        for key, error in errors.items():
            if key == "_schema":
                self.add(path, error, kind)
            elif key in unknown:
                self._add_unknown((*path, key), known, meant.get(key))
            elif key in missing:
                if key not in meant.values():
                    self._add_missing(path, str(key), error)
            else:
                self.add((*path, _part(key, value)), error, child(kind, key, value))

    def _meant(
        self, unknown: Sequence[Any], known: Sequence[str], missing: set[Any], value: Any
    ) -> dict[Any, str]:
        meant: dict[Any, str] = {}
        free = [key for key in known if not isinstance(value, dict) or key not in value]
        for key in unknown:
            if isinstance(key, str):
                guess = closest(key, free) or closest(key, known)
                if guess is None and len(missing) == 1 and len(unknown) == 1:
                    continue
                if guess:
                    meant[key] = guess
        return meant

    def _add_unknown(self, path: Path, known: Sequence[str], guess: str | None) -> None:
        expected = f"one of {', '.join(known)}" if known else "a known key"
        self.complain(path, Complaint(expected, guess=guess, got=repr(path[-1]), at_key=True))

    def _add_missing(self, path: Path, key: str, error: Any) -> None:
        value = self.locate(path).value
        if isinstance(value, Block) and value.is_partial:
            return
        complaint = error[0] if isinstance(error, list) else error
        what = complaint.expected if isinstance(complaint, Complaint) else ""
        hint = f" ({what})" if what and what != "a value" else ""
        self.complain(path, Complaint(f"the key '{key}'{hint}", got="none", at_key=True))

    # Words ----------------------------------------------------------------------------------

    def _problem(self, path: Path, complaint: Complaint) -> Problem:
        at = self.locate(path)
        # A short form (`reply: name`) is told about by the key it stands for (`name`).
        found = at.found or not isinstance(at.value, Block | Items)
        span = at.key_span if complaint.at_key or not found else at.span
        got = complaint.got or (shown(at.value) if found else "none")
        if complaint.at_key and not complaint.got and found and at.path:
            got = repr(at.path[-1])
        expected = complaint.expected
        if isinstance(at.value, Concealed) and not complaint.at_key:
            # Others may quote a piece of the value: only what they wanted is kept.
            expected, got = expected.partition(": ")[0], shown(at.value)
        message = f"expected {expected}"
        if complaint.got != "":
            message += f", got {got}"
        guess = complaint.guess
        word = at.path[-1] if complaint.at_key and at.path else at.value
        if guess is None and isinstance(word, str) and not isinstance(word, Concealed):
            guess = closest(word, complaint.choices)
        problem = span.problem(
            render_path(list(at.path)), message, guess=guess, remedy=complaint.remedy
        )
        return problem.scrubbed(hidden_below(at.value)) if found else problem


def _index(part: Any) -> int | None:
    if isinstance(part, int):
        return part
    return int(part) if isinstance(part, str) and part.isascii() and part.isdigit() else None


def _part(key: Any, value: Any) -> str | int:
    return key if isinstance(key, int) and isinstance(value, list) else str(key)


def _is_missing(error: Any) -> bool:
    first = error[0] if isinstance(error, list) and error else error
    return first == _MISSING or (isinstance(first, Complaint) and first.missing is not None)


def _is_unknown(key: Any, error: Any, known: Sequence[str]) -> bool:
    if error == [_UNKNOWN]:
        return True
    return bool(known) and key != "_schema" and key not in known
