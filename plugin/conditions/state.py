"""The ticket's state, by the helpdesk's own name or by what it means.

`closed` matches every state that means closed, whatever an admin called it; the meanings are
`new`, `open`, `pending reminder`, `pending close`, `closed`, `merged`, `removed`, `spam`, `other`.

    state: {not: [closed, merged]}
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._operands import Operand, Word
from plugin.conditions._values import value_condition, value_operand
from plugin.domain.folding import fold
from plugin.domain.situation import Condition, Situation

OPERAND = value_operand(Word("the name of a state"))


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    return value_condition(
        operand,
        read=_read,
        noun="state",
        show=lambda situation: situation.ticket.state.name,
    )


def _read(situation: Situation) -> tuple[str, ...]:
    state = situation.ticket.state
    return (fold(state.name), state.type.value)
