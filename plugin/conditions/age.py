"""How long ago the ticket was created. Units as in `waiting`.

Being closed or reopened does not make a ticket younger.

    age: {at_least: 7d}
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._elapsed import elapsed_condition, elapsed_operand
from plugin.conditions._operands import Operand
from plugin.domain.situation import Condition

OPERAND = elapsed_operand()


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    return elapsed_condition(
        operand,
        names,
        since=lambda situation: situation.ticket.created_at,
        otherwise="",
        phrase="created {} ago",
        cost=5,
    )
