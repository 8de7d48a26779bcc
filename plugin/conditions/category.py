"""What the ticket is about, as agents or the host sorted it.

Looks at the custom field `category` (any case) and at tags of the form `category:<name>`; a ticket
may have several.

    category: [billing, warranty]
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._operands import Operand, Word
from plugin.conditions._values import value_condition, value_operand
from plugin.domain.folding import fold
from plugin.domain.situation import Condition, Situation

TAG = "category:"
OPERAND = value_operand(Word("the name of a category"))


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    return value_condition(
        operand,
        read=_read,
        noun="category",
        show=lambda situation: " and ".join(_categories(situation)),
        cost=3,
    )


def _categories(situation: Situation) -> list[str]:
    tags = sorted(tag for tag in situation.ticket.tags if tag.lower().startswith(TAG))
    named = [tag[len(TAG) :].strip() for tag in tags]
    return [*situation.field_texts.get("category", ()), *filter(None, named)]


def _read(situation: Situation) -> tuple[str, ...]:
    return tuple(fold(name) for name in _categories(situation))
