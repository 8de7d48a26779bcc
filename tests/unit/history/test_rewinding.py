"""A ticket wound back is the ticket that was: told by living it forward and comparing at every step."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.past import Past, Staff, TagChange
from plugin.domain.ticket import (
    Agent,
    Change,
    Message,
    MessageKind,
    Priority,
    Role,
    State,
    StateType,
)
from plugin.history.rewinding import TOGETHER, Effects, Timeline, together
from tests.given import (
    ANA,
    BEN,
    CLOSED,
    FINANCE,
    FRONT,
    GUEST,
    MONDAY,
    NEW,
    OPEN,
    US,
    message,
    ticket,
)

PENDING = State("pending reminder", StateType.PENDING_REMINDER)
STATES = {one.name: one for one in (NEW, OPEN, CLOSED, PENDING)}
GROUPS = {one.name: one for one in (FRONT, FINANCE)}
PEOPLE = {"": None, "21": ANA, "22": BEN}
PRIORITIES = {"1 low": Priority.LOW, "2 normal": Priority.NORMAL, "3 high": Priority.HIGH}
STAFF = Staff(groups=(FRONT, FINANCE), agents={1: (Agent(ANA), Agent(BEN)), 3: (Agent(ANA),)})
TYPES = {name: state.type for name, state in STATES.items()}


@st.composite
def lives(draw):
    """Every moment of a ticket as (instant, what a read then gave), and the past told at the end."""
    at = MONDAY
    now = ticket(message(1, at=at), state=NEW, priority=Priority.NORMAL, states=TYPES)
    priority = "2 normal"
    history, tagging, then = [], [], [(at, now)]
    for number in range(2, 2 + draw(st.integers(0, 12))):
        at += timedelta(seconds=draw(st.integers(3, 100_000)))
        what = draw(
            st.sampled_from(["state", "group", "owner", "priority", "tag", "customer", "agent"])
        )
        changes = {"updated_at": at}
        if what == "state":
            name = draw(st.sampled_from(sorted(set(STATES) - {now.state.name})))
            history.append(Change(at, what, now.state.name, name, ANA))
            changes |= {"state": STATES[name], "closed_at": at if name == "closed" else None}
        elif what == "group":
            name = draw(st.sampled_from(sorted(set(GROUPS) - {now.group.name})))
            history.append(Change(at, what, now.group.name, name, ANA))
            changes |= {"group": GROUPS[name]}
        elif what == "owner":
            before = str(now.owner.id) if now.owner else ""
            name = draw(st.sampled_from(sorted(set(PEOPLE) - {before})))
            history.append(Change(at, what, before, name, ANA))
            changes |= {"owner": PEOPLE[name]}
        elif what == "priority":
            name = draw(st.sampled_from(sorted(set(PRIORITIES) - {priority})))
            history.append(Change(at, what, priority, name, ANA))
            priority = name
            changes |= {"priority": PRIORITIES[name]}
        elif what == "tag":
            tag = draw(st.sampled_from(["vip", "billing"]))
            tagging.append(TagChange(at, tag, tag not in now.tags, ANA))
            changes |= {"tags": now.tags ^ {tag}}
        else:
            kind = MessageKind.CUSTOMER if what == "customer" else MessageKind.AGENT
            changes |= {"messages": (*now.messages, message(number, at=at, kind=kind))}
        if what != "customer":
            changes |= {"touched_at": at}
        now = replace(now, **changes)
        then.append((at, now))
    told = replace(now, history=tuple(history))
    return then, Past(told, tuple(tagging), PRIORITIES)


@given(lives())
def test_every_moment_is_found_again(life):
    then, past = life
    timeline = Timeline(past, STAFF)

    for at, was in then:
        found = timeline.at(at)
        assert replace(found, history=None) == was
        assert all(row.at <= at for row in found.history)


@given(lives())
def test_between_two_moments_the_earlier_one_holds(life):
    then, past = life
    timeline = Timeline(past, STAFF)

    for (_, was), (later, _) in itertools.pairwise(then):
        assert replace(timeline.at(later - timedelta(microseconds=1)), history=None) == was


@given(lives())
def test_every_moment_is_an_instant_to_look_at(life):
    then, past = life

    assert Timeline(past, STAFF).instants == together(at for at, _ in then)


def test_before_it_was_created_there_is_no_ticket():
    assert Timeline(Past(ticket()), STAFF).at(MONDAY - timedelta(seconds=1)) is None


def test_what_happened_together_is_one_instant():
    first = MONDAY
    rows = [first, first + TOGETHER / 2, first + TOGETHER, first + 3 * TOGETHER]

    assert together(rows) == (first + TOGETHER, first + 3 * TOGETHER)


@pytest.fixture
def ours():
    """We noted, moved it to Finance, tagged it; then Ben closed it."""
    hour = timedelta(hours=1)
    return Past(
        ticket(
            message(1, at=MONDAY),
            Message(2, MessageKind.NOTE, US, MONDAY + hour, ours=True, automatic="ours"),
            group=FINANCE,
            state=CLOSED,
            tags=frozenset({"billing"}),
            history=(
                Change(MONDAY + hour, "group", "1st Level", "Finance", US, ours=True),
                Change(MONDAY + 2 * hour, "state", "open", "closed", BEN),
            ),
            updated_at=MONDAY + 2 * hour,
            closed_at=MONDAY + 2 * hour,
        ),
        (TagChange(MONDAY + hour, "billing", added=True, by=US, ours=True),),
    )


def test_without_us_nothing_of_what_we_did_is_there(ours):
    then = Timeline(ours, STAFF).at(MONDAY + timedelta(hours=3))

    assert (then.group, then.tags, len(then.messages)) == (FRONT, frozenset(), 1)
    assert then.state == CLOSED


def test_with_us_it_is_as_it_was(ours):
    then = Timeline(ours, STAFF, ours=True).at(MONDAY + timedelta(hours=3))

    assert (then.group, then.tags, len(then.messages)) == (FINANCE, {"billing"}, 2)


def test_a_group_that_is_gone_is_told_from_every_other():
    hour = timedelta(hours=1)
    rows = (Change(MONDAY + hour, "group", "Kitchen", "1st Level", BEN),)
    timeline = Timeline(Past(ticket(history=rows)), STAFF)

    group = timeline.at(MONDAY).group

    assert group.name == "Kitchen"
    assert group.id not in {FRONT.id, FINANCE.id}
    assert timeline.group("Cellar").id != group.id


def test_a_closing_without_a_history_is_known_by_its_instant():
    hour = timedelta(hours=1)
    past = Past(ticket(state=CLOSED, closed_at=MONDAY + hour, updated_at=MONDAY + hour))
    timeline = Timeline(past, STAFF)

    assert not timeline.at(MONDAY).is_closed
    assert timeline.at(MONDAY + hour).is_closed
    assert timeline.instants == (MONDAY, MONDAY + hour)


@pytest.fixture
def effects():
    """An hour in we gave it to Ana and tagged it."""
    at = MONDAY + timedelta(hours=1)
    return Effects(
        changes=[Change(at, "owner", "", "21", US, ours=True)],
        tagging=[TagChange(at, "billing", added=True, by=US, ours=True)],
        wrote_at=at,
    )


def test_our_own_effects_lie_over_what_was(effects):
    timeline = Timeline(Past(ticket(history=())), STAFF)

    before = timeline.at(MONDAY + timedelta(minutes=59), Effects())
    after = timeline.at(MONDAY + timedelta(hours=2), effects)

    assert (before.owner, before.tags) == (None, frozenset())
    assert (after.owner, after.tags) == (ANA, {"billing"})
    assert after.updated_at == MONDAY + timedelta(hours=1)
    assert after.history[-1].ours


def test_what_a_person_did_later_wins_over_us(effects):
    later = MONDAY + timedelta(hours=2)
    past = Past(ticket(owner=BEN, history=(Change(later, "owner", "", "22", ANA),)))

    assert Timeline(past, STAFF).at(later, effects).owner == BEN


def test_who_answers_while_we_gave_it_away_is_whom_it_was_given_to(effects):
    said = message(2, at=MONDAY + timedelta(hours=2), kind=MessageKind.AGENT, author=BEN)
    early = message(1, at=MONDAY + timedelta(minutes=5), kind=MessageKind.AGENT, author=BEN)
    past = Past(ticket(message(0, at=MONDAY), early, said, history=()))

    then = Timeline(past, STAFF).at(MONDAY + timedelta(hours=3), effects)

    assert [one.author for one in then.messages] == [GUEST, BEN, ANA]


def test_somebody_who_is_no_agent_any_more_still_owned_it():
    rows = (Change(MONDAY + timedelta(hours=1), "owner", "77", "", BEN),)

    owner = Timeline(Past(ticket(history=rows)), STAFF).at(MONDAY).owner

    assert (owner.id, owner.role) == (77, Role.AGENT)
