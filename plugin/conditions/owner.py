"""The agent who owns the ticket, by e-mail address or login; `nobody` means unassigned.

Reasons name the owner, never an address.

    owner: {not: [ruud@example.com, nobody]}
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._operands import Operand, Word
from plugin.conditions._values import value_condition, value_operand
from plugin.domain.folding import fold
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict

NOBODY = "nobody"
OPERAND = value_operand(Word("an agent's e-mail address or login, or nobody"))


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    condition = value_condition(operand, read=_read, noun="owner", show=None)

    def judge(situation: Situation) -> Verdict:
        verdict = condition.judge(situation)
        owner = situation.ticket.owner
        if owner is None:
            return Verdict(verdict.holds, "nobody owns the ticket")
        who = owner.name or f"agent {owner.id}"
        return Verdict(verdict.holds, f"owner is {who}{'' if verdict.holds else ', not as asked'}")

    return Condition(holds=condition.holds, judge=judge, cost=condition.cost)


def _read(situation: Situation) -> tuple[str, ...]:
    owner = situation.ticket.owner
    return (NOBODY,) if owner is None else (fold(owner.email), fold(owner.login))
