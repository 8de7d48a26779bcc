"""The SLA policy that counts for the ticket, by its name under `sla:`.

It is the first policy whose `when` holds, whether a clock of it runs or not. A ticket no policy is
for meets only `not` and `none_of`.

    sla: [vip, standard]
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from marshmallow import ValidationError

from plugin.conditions import Names
from plugin.conditions._operands import Operand, Word
from plugin.conditions._values import value_condition, value_operand
from plugin.domain.folding import fold
from plugin.domain.situation import Condition, Situation

OPERAND = value_operand(Word("the name of an SLA policy"))


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition; every policy it names must be defined in the file."""
    known = {fold(name) for name in names.sla}
    for words in operand.values() if known else ():
        for word in words:
            if fold(word) not in known:
                raise ValidationError(
                    f"expected one of the policies {', '.join(sorted(names.sla))}, not {word!r}"
                )
    return value_condition(operand, read=_read, noun="SLA policy", show=_policy, cost=2)


def _policy(situation: Situation) -> str:
    for event in situation.events:
        if event.clock:
            return event.clock.policy
    sla = situation.watch.sla if situation.watch else None
    return sla.name if sla else ""


def _read(situation: Situation) -> tuple[str, ...]:
    return (fold(_policy(situation)),)
