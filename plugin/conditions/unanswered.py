"""How many messages the customer has written since a human agent last answered in public.

Notes, automatic messages and our own replies are no answers; automatic messages of the customer's
side do not count. Closing settles what was written before it, once the ticket is open again.
`unanswered: 3` means at least three.

    unanswered: {at_least: 3}
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._counts import count_condition, count_operand
from plugin.conditions._operands import Operand
from plugin.domain.situation import Condition
from plugin.domain.waiting import unanswered_messages

OPERAND = count_operand()


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    return count_condition(
        operand,
        count=lambda situation: len(
            unanswered_messages(situation.ticket, situation.memory.closed_at)
        ),
        noun=("unanswered message", "unanswered messages"),
        cost=4,
    )
