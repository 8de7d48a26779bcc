"""At which level of its ladder the ticket stands: the highest of its open escalations.

A ticket without one, or with a suggestion only, stands nowhere: no level holds, and `false` does.
The hint is level 0. A bare number means *at least*.

    level: {at_least: 2}
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._counts import TRUTH, bounds, count_operand, in_words
from plugin.conditions._operands import Operand
from plugin.domain.escalation import Phase
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict

OPERAND = count_operand()


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    least, most = bounds(operand)
    limit = in_words(operand)
    if TRUTH in operand:
        wanted = bool(operand[TRUTH])
        return Condition(
            holds=lambda situation: (_level(situation) is not None) is wanted,
            judge=lambda situation: Verdict(
                (_level(situation) is not None) is wanted, _said(situation)
            ),
            cost=1,
        )

    def holds(situation: Situation) -> bool:
        level = _level(situation)
        return level is not None and least <= level and (most is None or level <= most)

    def judge(situation: Situation) -> Verdict:
        return Verdict(holds(situation), f"{_said(situation)} ({limit})")

    return Condition(holds=holds, judge=judge, cost=1)


def _said(situation: Situation) -> str:
    level = _level(situation)
    return "no escalation is open" if level is None else f"escalated at level {level}"


def _level(situation: Situation) -> int | None:
    standing = (
        one.level
        for one in situation.memory.escalations
        if not one.phase.is_over and one.phase is not Phase.SUGGESTED
    )
    return max(standing, default=None)
