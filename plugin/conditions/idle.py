"""How long no human has done anything: no message, no note, no change by an agent or the customer.

What Deskladder or another automation does is no activity. Units as in `waiting`.

    idle: 2bd
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._elapsed import elapsed_condition, elapsed_operand
from plugin.conditions._operands import Operand
from plugin.domain.situation import Condition
from plugin.domain.waiting import last_human_act_at

OPERAND = elapsed_operand()


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    return elapsed_condition(
        operand,
        names,
        since=lambda situation: last_human_act_at(situation.ticket),
        otherwise="",
        phrase="nobody did anything for {}",
    )
