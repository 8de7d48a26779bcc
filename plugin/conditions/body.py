"""The customer's newest message, without the subject.

A word or phrase is found whole, without regard to case, accents and punctuation: `any_of` (also
meant by a bare list), `none_of`, `all_of`. Lists may stand by language; all of them are tried, and the
reason names word and language. `refund*` also finds what begins so; `Rückgabe` also finds
`Rueckgabe`. `contains` finds a part of a word or a sign, `matches` a regular expression (RE2: linear
time, no look-around, no back references), `is` and `not` compare the whole. Only messages written by a human count, and of a very long one only the beginning.
Quoted history and the signature do not count, unless there is nothing else; answers between quoted lines and
forwarded mails do.

    body: {none_of: {en: [thank you], nl: [bedankt]}}
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._operands import Operand
from plugin.conditions._texts import Place, text_condition, text_operand
from plugin.domain.situation import Condition

OPERAND = text_operand()
PLACE = Place(
    "body",
    written=lambda situation: situation.body,
    folded="folded_body",
    words="body_words",
)


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    return text_condition(operand, PLACE)
