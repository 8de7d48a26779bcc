"""How many times people have passed the ticket on: to another group, or from one owner to another.

What Deskladder itself changed does not count, nor does taking a ticket nobody owned; a move to
another group that changes the owner as well is one handoff. Counted from the first time
Deskladder saw the ticket.

    handoffs: {at_least: 3}
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._counts import count_condition, count_operand
from plugin.conditions._operands import Operand
from plugin.domain.helpdesk import Need
from plugin.domain.situation import Condition

OPERAND = count_operand()


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    return count_condition(
        operand,
        count=lambda situation: situation.memory.handoffs,
        noun=("handoff", "handoffs"),
        cost=1,
        needs=frozenset({Need.HISTORY}),
    )
