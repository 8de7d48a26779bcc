"""At which level of its ladder a ticket stands."""

from __future__ import annotations

import pytest

from plugin.domain.escalation import Cause, Escalation, Phase, Source
from plugin.domain.ladder import Kind, Level, Policy
from tests.given import MONDAY, condition, memory, situation

POLICY = Policy("finance", Kind.FUNCTIONAL, tuple(Level(n, "", Kind.FUNCTIONAL) for n in range(4)))


def at(*standing: tuple[Phase, int]) -> object:
    """A situation with escalations that stand so."""
    escalations = tuple(
        Escalation(
            number=number,
            policy=POLICY,
            phase=phase,
            level=level,
            start=0,
            top=3,
            opened_at=MONDAY,
            entered_at=MONDAY,
            changed_at=MONDAY,
            causes=(Cause(Source.RULE, "r", "", "", MONDAY),),
        )
        for number, (phase, level) in enumerate(standing, 1)
    )
    return situation(memory=memory(escalations=escalations))


OPEN, OVER, MAYBE = Phase.OPEN, Phase.RESOLVED, Phase.SUGGESTED


@pytest.mark.parametrize(
    ("operand", "standing", "holds"),
    [
        (2, [(OPEN, 2)], True),
        (2, [(OPEN, 3)], True),
        (2, [(OPEN, 1)], False),
        ({"is": 2}, [(OPEN, 3)], False),
        ({"at_most": 1}, [(OPEN, 1)], True),
        ({"at_most": 1}, [], False),
        ({"at_least": 0}, [(OPEN, 0)], True),
        ({"at_least": 0}, [], False),
        (2, [(OPEN, 1), (Phase.SNOOZED, 2)], True),
        (2, [(OPEN, 1), (OVER, 3)], False),
        (1, [(MAYBE, 1)], False),
        (1, [(Phase.EXHAUSTED, 1)], True),
        (True, [(OPEN, 0)], True),
        (True, [], False),
        (False, [], True),
        (False, [(OVER, 3)], True),
        (False, [(OPEN, 0)], False),
    ],
    ids=str,
)
def test_the_highest_open_escalation_counts(
    operand: object, standing: list[tuple[Phase, int]], holds: bool
) -> None:
    compiled, there = condition("level", operand), at(*standing)

    assert compiled.holds(there) is holds
    assert compiled.judge(there).holds is holds


def test_the_reason_says_where_it_stands() -> None:
    compiled = condition("level", {"at_least": 2})

    assert compiled.judge(at((OPEN, 1))).reason == "escalated at level 1 (limit 2)"
    assert compiled.judge(at()).reason == "no escalation is open (limit 2)"
