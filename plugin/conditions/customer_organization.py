"""The organization the customer belongs to, by the helpdesk's name for it.

A customer without one meets only `not` and `none_of`.

    customer.organization: Grand Hotel
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._operands import Operand, Word
from plugin.conditions._values import value_condition, value_operand
from plugin.domain.folding import fold
from plugin.domain.situation import Condition, Situation

KEYS = ("customer.organization",)
OPERAND = value_operand(Word("the name of an organization"))


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    return value_condition(
        operand,
        read=_read,
        noun="the customer's organization",
        show=lambda situation: situation.ticket.customer.organization or "",
    )


def _read(situation: Situation) -> tuple[str, ...]:
    organization = situation.ticket.customer.organization
    return (fold(organization),) if organization else ()
