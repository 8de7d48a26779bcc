"""Whether the ticket came in over a social network, in public.

Others read along there, so a rule may want to hurry.

    from_social: true
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._operands import Truth
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict

OPERAND = Truth()


def compile_condition(key: str, operand: bool, names: Names) -> Condition:
    """Build the condition."""

    def judge(situation: Situation) -> Verdict:
        social = situation.ticket.from_social
        channel = situation.ticket.channel
        reason = "came in over a social network" if social else f"channel {channel} is not social"
        return Verdict(social is operand, reason)

    return Condition(
        holds=lambda situation: situation.ticket.from_social is operand, judge=judge, cost=1
    )
