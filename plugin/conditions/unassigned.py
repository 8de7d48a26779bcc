"""Whether, or for how long, nobody owns the ticket.

`true` and `false` ask whether; a duration asks for how long: since the owner was removed where the
host keeps a history, else since the ticket was created. Units as in `waiting`.

    unassigned: {at_least: 30m}
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._elapsed import TRUTH, elapsed_condition, elapsed_operand
from plugin.conditions._operands import Operand
from plugin.conditions._weaving import plain
from plugin.domain.helpdesk import Need
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict
from plugin.domain.waiting import unassigned_since

OPERAND = elapsed_operand(truth=True)


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    if TRUTH in operand:
        return _plain(wanted=operand[TRUTH])
    return elapsed_condition(
        operand,
        names,
        since=lambda situation: unassigned_since(situation.ticket),
        otherwise="somebody owns the ticket",
        phrase="nobody has owned the ticket for {}",
        needs=frozenset({Need.HISTORY}),
    )


def _plain(*, wanted: bool) -> Condition:
    def judge(situation: Situation) -> Verdict:
        unowned = situation.ticket.owner is None
        return Verdict(unowned is wanted, f"{'nobody' if unowned else 'somebody'} owns the ticket")

    return plain("(s.ticket.owner is None) is {}", wanted, judge, cost=1)
