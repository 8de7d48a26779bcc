"""The group the ticket sits in (FreeScout: mailbox), by its name there.

Case and accents do not matter. A nested Zammad group is written in full: `Sales::North`.

    group: [Finance, Back office]
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._operands import Operand, Word
from plugin.conditions._values import single_condition, value_operand
from plugin.domain.situation import Condition

OPERAND = value_operand(Word("the name of a group"))


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    return single_condition(
        operand,
        read="folded_group",
        noun="group",
        show=lambda situation: situation.ticket.group.name,
    )
