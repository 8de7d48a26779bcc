"""The words of a mistake: what was found, what was meant, and other people's messages in our shape."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from plugin.configuration.fields import Complaint
from plugin.configuration.scalars import Concealed, concealed_in

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
_ONE_OF = re.compile(
    r"(?:a \w+ of this file: )?one of:? (?:the \w+ )?(.+?)(?:; |\. | \(|, got |\.?$)", re.DOTALL
)
_GUESS = re.compile(r"[,;:.]? ?did you mean ['\"]?([^'\"?]+)['\"]?\?\s*$")


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


_DEFINED = re.compile(r"^unknown (?P<noun>[\w ]+?)(?: '[^']*')?: expected one of (?P<known>.*)$")


def _defined(match: re.Match[str]) -> str:
    if match["known"] == "none is defined":
        return f"expected a {match['noun']} of this file, which has none"
    return f"expected a {match['noun']} of this file: one of {match['known']}"


def phrased(message: str) -> Complaint:
    """A message of somebody else's field, in the same shape as ours."""
    guess = None
    match = _GUESS.search(message)
    if match:
        guess, message = match[1], message[: match.start()]
    if message in _PLAIN_WORDS:
        return Complaint(_PLAIN_WORDS[message], guess=guess)
    message = message.removesuffix(".")
    message = _DEFINED.sub(_defined, message)
    text = message[0].lower() + message[1:] if message else "another value"
    text = text.replace("must be one of: ", "expected one of ")
    if not text.startswith("expected "):
        return Complaint(f"a usable value: {message}", guess=guess, got="")
    expected = re.sub(r", not '[^']*'$", "", text.removeprefix("expected "))
    words = _ONE_OF.match(expected)
    choices = tuple(word.strip(" '\"") for word in words[1].split(",")) if words else ()
    return Complaint(
        expected,
        choices,
        guess=guess,
        got="" if ", got " in expected or expected.endswith(" as well") else None,
    )
