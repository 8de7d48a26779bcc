"""How many times the ticket was opened again after it had been closed.

Counted from the first time Deskladder saw the ticket; `reopened: true` means at least once.

    reopened: {at_least: 2}
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
        count=lambda situation: situation.memory.reopened,
        noun=("reopening", "reopenings"),
        cost=1,
        needs=frozenset({Need.HISTORY}),
    )
