"""Nested complaints of fields → problems with place, words and a guess; one per mistake."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from marshmallow import fields as marshmallow_fields
from marshmallow.fields import Field

from plugin.configuration import later
from plugin.configuration.document import Block, Items, Span, render_path
from plugin.configuration.fields import Complaint
from plugin.configuration.problems import Problem
from plugin.configuration.scalars import Concealed, concealed_in
from plugin.configuration.schema import Helpdesk
from plugin.configuration.sections import ByName, ListOf, Section

Path = tuple[str | int, ...]

_UNKNOWN = "Unknown field."
_MISSING = "Missing data for required field."
_PLAIN_WORDS = {
    "Field may not be null.": "a value",
    "Not a valid string.": "text",
    "Not a valid integer.": "a whole number",
    "Not a valid number.": "a number",
    "Not a valid boolean.": "true or false",
    "Not a valid list.": "a list",
    "Not a valid mapping type.": "a mapping",
    "Not a valid URL.": "an address such as https://crm.example.com/hook",
    "Invalid input type.": "a mapping",
    "Invalid value.": "another value",
    "Shorter than minimum length 1.": "something that is not empty",
}
_ONE_OF = re.compile(r"one of:? (.+?)(?:; |\. | \(|, got |\.?$)", re.DOTALL)
_GUESS = re.compile(r"[,;:.]? ?did you mean ['\"]?([^'\"?]+)['\"]?\?\s*$")


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
            self.complain(path, _phrased(str(errors)))

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
        unknown = [key for key, error in errors.items() if _is_unknown(error)]
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
        awaited = later.reason(path)
        if awaited:
            self.complain(path, not_yet(str(path[-1]), awaited))
            return
        expected = f"one of {', '.join(known)}" if known else "a known key"
        self.complain(path, Complaint(expected, guess=guess, got=repr(path[-1]), at_key=True))

    def _add_missing(self, path: Path, key: str, error: Any) -> None:
        complaint = error[0] if isinstance(error, list) else error
        what = complaint.expected if isinstance(complaint, Complaint) else ""
        hint = f" ({what})" if what and what != "a value" else ""
        self.complain(path, Complaint(f"the key '{key}'{hint}", got="none", at_key=True))

    # Words ----------------------------------------------------------------------------------

    def _problem(self, path: Path, complaint: Complaint) -> Problem:
        at = self.locate(path)
        span = at.key_span if complaint.at_key or not at.found else at.span
        if not at.found and isinstance(at.value, Block) and at.span.line == at.key_span.line:
            span = at.key_span
        got = complaint.got or (shown(at.value) if at.found else "none")
        message = f"expected {complaint.expected}"
        if complaint.got != "":
            message += f", got {got}"
        guess = complaint.guess
        word = at.path[-1] if complaint.at_key and at.path else at.value
        if guess is None and isinstance(word, str) and not isinstance(word, Concealed):
            guess = closest(word, complaint.choices)
        problem = span.problem(
            render_path(list(at.path)), message, guess=guess, remedy=complaint.remedy
        )
        return problem.scrubbed(hidden_below(at.value)) if at.found else problem


def not_yet(word: str, awaited: str) -> Complaint:
    """The refusal of a word whose engine is not there."""
    return Complaint(
        "a word this version can act on",
        got=f"{word!r}: {awaited} are not supported yet",
        remedy="take it out for now",
        at_key=True,
    )


def closest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that was probably meant."""
    choices = list(choices)
    by_lower = {choice.lower(): choice for choice in choices}
    similar = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[similar[0]] if similar else None


def shown(value: Any) -> str:
    """A value of the file in words short enough for a message; never a secret."""
    if isinstance(value, Concealed):
        return repr(value)
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = "".join(value)
        return repr(text if len(text) <= 60 else f"{text[:57]}…") if text else "an empty text"  # noqa: PLR2004
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return str(value)


def hidden_below(value: Any) -> list[str]:
    """Values that came from variables, as they could turn up in a message, longest first."""
    texts = {form for text in concealed_in(value) for form in (str(text), text.strip())}
    return sorted((text for text in texts if text), key=len, reverse=True)


def known_keys(kind: Field[Any] | None, value: Any) -> list[str]:
    """The keys a mapping of this kind may have, where they are a closed list."""
    if isinstance(kind, Helpdesk):
        word = value.get("type") if isinstance(value, dict) else None
        kind = kind.kinds.get(word, kind.any) if isinstance(word, str) else kind.any
    if isinstance(kind, Section | marshmallow_fields.Nested):
        fields = kind.schema.fields.items()
        return [inner.data_key or name for name, inner in fields]
    return []


def child(kind: Field[Any] | None, key: Any, value: Any) -> Field[Any] | None:
    """The kind of one entry."""
    if isinstance(kind, Helpdesk):
        word = value.get("type") if isinstance(value, dict) else None
        kind = kind.kinds.get(word, kind.any) if isinstance(word, str) else kind.any
    if isinstance(kind, Section | marshmallow_fields.Nested):
        for name, inner in kind.schema.fields.items():
            if (inner.data_key or name) == key:
                return inner
        return None
    if isinstance(kind, ByName | ListOf | marshmallow_fields.List):
        return kind.inner
    return None


def _index(part: Any) -> int | None:
    if isinstance(part, int):
        return part
    return int(part) if isinstance(part, str) and part.isascii() and part.isdigit() else None


def _part(key: Any, value: Any) -> str | int:
    return key if isinstance(key, int) and isinstance(value, list) else str(key)


def _is_missing(error: Any) -> bool:
    first = error[0] if isinstance(error, list) and error else error
    return first == _MISSING or (isinstance(first, Complaint) and first.missing is not None)


def _is_unknown(error: Any) -> bool:
    return bool(error == [_UNKNOWN])


def _phrased(message: str) -> Complaint:
    """A message of somebody else's field, in the same shape as ours."""
    guess = None
    match = _GUESS.search(message)
    if match:
        guess, message = match[1], message[: match.start()]
    if message in _PLAIN_WORDS:
        return Complaint(_PLAIN_WORDS[message], guess=guess)
    message = message.removesuffix(".")
    text = message[0].lower() + message[1:] if message else "another value"
    text = text.replace("must be one of: ", "expected one of ")
    if not text.startswith("expected "):
        return Complaint(f"something else: {message}", guess=guess, got="")
    expected = text.removeprefix("expected ")
    words = _ONE_OF.match(expected)
    choices = tuple(word.strip(" '\"") for word in words[1].split(",")) if words else ()
    return Complaint(expected, choices, guess=guess, got="" if ", got " in expected else None)
