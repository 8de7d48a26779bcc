"""The customer's e-mail address, whole and without regard to case.

`matches` is a regular expression (RE2). Reasons never show the address.

    customer.email: {any_of: [guest@example.com]}
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._operands import Operand, Operators, Pattern, Word, Words
from plugin.conditions._patterns import searcher
from plugin.conditions._values import value_condition
from plugin.domain.folding import fold
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict

KEYS = ("customer.email",)

_LISTED = Words(Word("an e-mail address"))
OPERAND = Operators(
    {"is": _LISTED, "not": _LISTED, "any_of": _LISTED, "none_of": _LISTED, "matches": Pattern()},
    bare="any_of",
)
NOUN = "the customer's address"


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    plain = {name: value for name, value in operand.items() if name != "matches"}
    named = (
        value_condition(
            plain,
            read=lambda situation: (fold(situation.ticket.customer.email),),
            noun=NOUN,
            show=None,
        )
        if plain
        else None
    )
    pattern = operand.get("matches")
    if pattern is None:
        assert named is not None  # noqa: S101 - an operand is never empty
        return named
    search = searcher(pattern)

    def holds(situation: Situation) -> bool:
        if named and not named.holds(situation):
            return False
        return search(situation.ticket.customer.email)

    def judge(situation: Situation) -> Verdict:
        met = search(situation.ticket.customer.email)
        reason = f"{NOUN} {'matches' if met else 'does not match'} the expression"
        if named:
            reason = f"{named.judge(situation).reason} and {reason}"
        return Verdict(holds(situation), reason)

    return Condition(holds=holds, judge=judge, cost=10)
