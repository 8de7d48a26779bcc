"""How long the customer has been waiting: since the first message no human agent has answered.

Further messages do not start it anew; notes, automatic messages and our own replies do not stop it.
`m`, `h` and `bd` are counted in open time of the default calendar, or of the one named; `d` is 24
hours of real time. The limit is inclusive: 4h holds from the very instant at which four hours have passed.

    waiting: {at_least: 4h, calendar: office}
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from datetime import datetime

from plugin.conditions import Names
from plugin.conditions._elapsed import elapsed_condition, elapsed_operand
from plugin.conditions._operands import Operand
from plugin.domain.situation import Condition, Situation
from plugin.domain.waiting import unanswered_messages

OPERAND = elapsed_operand()


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    return elapsed_condition(
        operand,
        names,
        since=_since,
        otherwise="the customer waits for no answer",
        phrase="no human answer for {}",
    )


def _since(situation: Situation) -> datetime | None:
    waiting = unanswered_messages(situation.ticket, situation.memory.closed_at)
    return waiting[0].created_at if waiting else None
