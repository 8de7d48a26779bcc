"""The name of an agent, read from what actions came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from plugin.domain.memory import ActionState
from plugin.texts.told_names import told_name
from tests.unit.actions.doing import done


def given(detail: str, hours: int = 0, **changes: object):
    record = done("assign", {"owner": "11"}, detail)
    return replace(record, done_at=record.planned_at + timedelta(hours=hours), **changes)


@pytest.mark.parametrize(
    "detail",
    [
        "assigned to Ana Alba",
        "assigned to Ana Alba, whose turn it is (round robin; Ben Berg, who is new, is absent)",
        "stays with Ana Alba, who is of team 'finance' and has it",
        "given back to Ana Alba",
    ],
)
def test_who_got_the_ticket_is_known_by_name(detail):
    assert told_name("11", [given(detail)]) == "Ana Alba"


@pytest.mark.parametrize("detail", ["Mia is responsible, the only one who can take it", "Mia follows the ticket"])  # fmt: skip
def test_who_was_made_responsible_too(detail):
    record = given(detail, wrote={"responsible": "11"})

    assert told_name("11", [record]) == "Mia"


def test_the_last_name_counts():
    assert told_name("11", [given("assigned to Ana Berg", 2), given("assigned to Ana Alba", 1)]) == "Ana Berg"  # fmt: skip


@pytest.mark.parametrize(
    "record",
    [
        given("assigned to Ana Alba", state=ActionState.SKIPPED),
        given("assigned to Ana Alba", wrote={"owner": "12"}),
        given("done, though its answer was lost"),
    ],
    ids=["not done", "somebody else", "no name in it"],
)
def test_otherwise_the_name_is_not_known(record):
    assert told_name("11", [record]) == ""
