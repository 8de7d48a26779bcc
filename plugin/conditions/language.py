"""The language of the ticket: `en`, `de`, `nl` …

Taken from the ticket, else from the customer, else detected in the customer's newest message, without
what it quotes; a ticket whose language cannot be told meets only `not` and `none_of`. `nl` also means `nl-BE`;
`nl-BE` means only that. Detection costs memory and time, and happens only where this is asked.

    language: [nl, de]
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

import re
from collections.abc import Callable

from marshmallow import ValidationError

from plugin.conditions import Names
from plugin.conditions._operands import Operand, Word
from plugin.conditions._values import value_condition, value_operand
from plugin.domain.situation import Condition, Situation

_CODE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z]{2,4})?")
_USUAL = frozenset({"de", "en", "es", "fr", "it", "nl"})
OPERAND = value_operand(Word("a language code such as en, de or nl"))


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition; `names.languages` are further languages detection may answer."""
    asked = {word for words in operand.values() for word in words}
    for word in sorted(asked):
        if not _CODE.fullmatch(word):
            raise ValidationError(f"expected a language code such as en, de or nl, not {word!r}")
    allowed = tuple(sorted({_base(word) for word in asked | names.languages} | _USUAL))
    language_of = _reader(allowed)

    def read(situation: Situation) -> tuple[str, ...]:
        language = language_of(situation)
        return (language, _base(language)) if language else ()

    plain = {
        name: tuple(word.lower().replace("_", "-") for word in words)
        for name, words in operand.items()
    }
    return value_condition(
        plain,
        read=read,
        noun="language",
        show=lambda situation: language_of(situation) or "unknown",
        cost=50,
    )


def _reader(allowed: tuple[str, ...]) -> Callable[[Situation], str]:
    def language_of(situation: Situation) -> str:
        ticket = situation.ticket
        known = ticket.language or ticket.customer.language
        if known:
            return known.lower().replace("_", "-")
        if allowed not in situation.detected:
            from plugin.texts.language import detect

            situation.detected[allowed] = detect(situation.text, allowed)
        return (situation.detected[allowed] or "").lower()

    return language_of


def _base(language: str) -> str:
    return re.split("[-_]", language.lower(), maxsplit=1)[0]
