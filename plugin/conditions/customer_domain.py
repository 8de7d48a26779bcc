"""The part of the customer's address behind the @.

`*.example.com` also matches every domain below it.

    customer.domain: [example.com, "*.example.org"]
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from marshmallow import ValidationError

from plugin.conditions import Names
from plugin.conditions._operands import Operand, Word
from plugin.conditions._values import value_condition, value_operand
from plugin.domain.situation import Condition, Situation

KEYS = ("customer.domain",)
OPERAND = value_operand(Word("a domain such as example.com"))


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    for words in operand.values():
        for word in words:
            if "@" in word:
                raise ValidationError("expected the part behind the @, such as example.com")
    wild = any(word.startswith("*.") for words in operand.values() for word in words)
    return value_condition(
        operand,
        read=_with_parents if wild else _alone,
        noun="the customer's domain",
        show=lambda situation: situation.ticket.customer.domain,
        cost=3 if wild else 2,
    )


def _alone(situation: Situation) -> tuple[str, ...]:
    return (situation.ticket.customer.domain,)


def _with_parents(situation: Situation) -> tuple[str, ...]:
    domain = situation.ticket.customer.domain
    labels = domain.split(".")
    parents = (f"*.{'.'.join(labels[index:])}" for index in range(len(labels)))
    return (domain, *parents)
