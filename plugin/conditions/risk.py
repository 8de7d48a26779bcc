"""Words in the customer's newest message that announce trouble: lawyers, reviews, leaving.

`true` means any of the lists `legal` (lawyer, court, ombudsman), `publicity` (bad review, the press),
`leaving` (cancelling, the competitor), `chargeback` (the bank, fraud) and `safety` (injuries,
emergencies); naming lists means these. They are in English, German and Dutch, all tried whatever the
customer's language, found as in [text](#text). Words of your own go into `text`.

    risk: [legal, publicity]
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError
from marshmallow.fields import Field

from plugin.conditions import Names
from plugin.conditions._operands import Truth, Word, Words
from plugin.conditions._risk_words import RISKS
from plugin.conditions._words import WordList
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict


class _Risks(Field[Any]):
    """true, false, or the names of lists."""

    def __init__(self) -> None:
        super().__init__(error_messages={"null": "expected true, or a list such as legal"})
        self._named = Words(Word("a list of risk words", known=tuple(RISKS)))

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> bool | tuple[str, ...]:
        del attr, data, kwargs
        if isinstance(value, bool):
            return value
        try:
            return tuple(self._named.deserialize(value))
        except ValidationError as error:
            if isinstance(value, str | list):
                raise
            raise ValidationError(f"expected true, or one of {', '.join(RISKS)}") from error

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [Truth().json_schema(), self._named.json_schema()]}


OPERAND = _Risks()


def compile_condition(key: str, operand: bool | tuple[str, ...], names: Names) -> Condition:
    """Build the condition."""
    wanted = operand is not False
    chosen = tuple(RISKS) if isinstance(operand, bool) else operand
    lists = [(name, _words(name)) for name in chosen]

    def judge(situation: Situation) -> Verdict:
        for name, words in lists:
            entry = words.first_in(situation.text_words)
            if entry:
                return Verdict(wanted, f"risk {name}: text has {entry}")
        return Verdict(not wanted, f"text has no risk words ({', '.join(chosen)})")

    def holds(situation: Situation) -> bool:
        found = situation.text_words
        return any(words.found_in(found) for _, words in lists) is wanted

    return Condition(holds=holds, judge=judge, cost=6)


def _words(name: str) -> WordList:
    return WordList((word, language) for language, words in RISKS[name].items() for word in words)
