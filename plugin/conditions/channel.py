"""How the ticket came in: `email phone chat web social sms note other`.

It is the way of the first message: a ticket begun by phone stays so when mails follow.

    channel: [phone, chat]
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._operands import Operand, Word
from plugin.conditions._values import single_condition, value_operand
from plugin.domain.situation import Condition

CHANNELS = ("email", "phone", "chat", "web", "social", "sms", "note", "other")
OPERAND = value_operand(Word(known=CHANNELS))


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    return single_condition(
        operand,
        read="ticket.channel",
        noun="channel",
        show=lambda situation: situation.ticket.channel,
        cost=1,
    )
