"""What a host cannot show is left out of a ladder; what the file asked for is tried."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin.domain.plan import Step
from plugin.domain.ticket import Priority
from plugin.engine.recheck import reason_unable
from tests.fakes import FakeHelpdesk
from tests.unit.engine.test_outside import an_action

LADDER = "ladder: finance"


class PartlyMarked(FakeHelpdesk):
    """Has a tag for urgent, and none for high."""

    def whoami(self):
        able = frozenset({Priority.LOW, Priority.NORMAL, Priority.URGENT})
        return replace(super().whoami(), priorities=able)


@pytest.mark.parametrize(
    ("rule", "word", "reason"),
    [
        (LADDER, "high", "already so: nothing on this helpdesk stands for priority high"),
        (LADDER, "urgent", None),
        ("a rule", "high", None),
    ],
    ids=["no tag for it", "a tag for it", "a rule says so: the helpdesk refuses it"],
)
def test_a_ladder_leaves_out_a_priority_nothing_stands_for(rule, word, reason):
    action = an_action("priority", Step.WRITE, rule=rule, to=word)

    assert reason_unable(action, PartlyMarked()) == reason


def test_a_host_with_priorities_of_its_own_can_set_all():
    assert reason_unable(an_action("priority", Step.WRITE, rule=LADDER, to="high"), FakeHelpdesk()) is None  # fmt: skip
