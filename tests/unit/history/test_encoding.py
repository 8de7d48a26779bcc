"""What is written to a file comes back as it was."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from plugin.history.encoding import past_as_json, past_from_json, staff_as_json, staff_from_json
from plugin.history.rewinding import Timeline
from plugin.simulated.year import BEGIN, STAFF, year
from tests.unit.history import full


def again(past):
    return past_from_json(json.loads(json.dumps(past_as_json(past))))


@pytest.mark.parametrize(
    "value",
    [full.FULL, full.FULL.ticket, full.FULL.ticket.messages[0], full.GUEST, full.STAFF],
    ids=["past", "ticket", "message", "person", "staff"],
)
def test_the_full_example_leaves_nothing_out(value):
    assert full.left_at_default(value) == []


def test_everything_of_a_past_comes_back():
    # Some serve writing, or telling what is new at this look: nobody does that with a past.
    message = replace(full.FULL.ticket.messages[0], remote_id=None)
    live = {"extra": {}, "absorbed": {}, "priority_tags": frozenset()}
    ticket = replace(full.FULL.ticket, messages=(message,), **live)

    assert again(full.FULL) == replace(full.FULL, ticket=ticket)


def test_everything_of_the_staff_comes_back():
    assert staff_from_json(json.loads(json.dumps(staff_as_json(full.STAFF)))) == full.STAFF


def test_a_year_comes_back():
    pasts = list(year(60, seed=3, begins_at=BEGIN, days=30))

    assert [again(past) for past in pasts] == pasts
    assert staff_from_json(staff_as_json(STAFF)) == STAFF


@pytest.mark.parametrize("fresh", [None, "", "The invoice"], ids=["not looked", "empty", "a part"])
def test_an_empty_text_is_not_one_nobody_has_looked_at(fresh):
    message = replace(full.FULL.ticket.messages[0], remote_id=None, fresh=fresh)
    past = replace(full.FULL, ticket=replace(full.FULL.ticket, messages=(message,)))

    assert again(past).ticket.messages == (message,)


@pytest.mark.parametrize("what", ["history", "tagging"])
def test_no_history_is_not_an_empty_one(what):
    for value in (None, ()):
        ticket = replace(full.FULL.ticket, history=value) if what == "history" else full.FULL.ticket
        past = replace(full.FULL, ticket=ticket, tagging=value if what == "tagging" else ())

        assert again(past).ticket.history == past.ticket.history
        assert again(past).tagging == past.tagging


def test_another_version_is_refused():
    with pytest.raises(ValueError, match="version"):
        past_from_json({**past_as_json(full.FULL), "version": 99})


def test_at_its_end_a_past_is_the_ticket_of_today_in_every_field():
    """A field that is added to a ticket must be wound back, or said to be as it is today."""
    timeline = Timeline(full.FULL, full.STAFF, ours=True)

    assert timeline.at(full.FULL.ticket.updated_at) == full.FULL.ticket
