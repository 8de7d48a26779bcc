"""How it went, group by group, counted where the work was done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plugin.domain.past import Past, Staff
from plugin.domain.ticket import Change, Role, State, StateType
from plugin.history.baseline import ALL, Baseline, span, summary_of
from plugin.history.rewinding import Timeline
from tests.given import (
    ANA,
    CLOSED,
    FINANCE,
    FRONT,
    MONDAY,
    NEW,
    OFFICE,
    OPEN,
    answer,
    hours,
    message,
    minutes,
    note,
    ticket,
)

STAFF = Staff(groups=(FRONT, FINANCE))
STATES = {one.name: one.type for one in (NEW, OPEN, CLOSED)}
UNTIL = MONDAY + timedelta(days=10)


def at(what, before, after, hour):
    return Change(MONDAY + hours(hour), what, before, after, ANA)


def measured(*tickets, calendar=None, since=MONDAY):
    baseline = Baseline(since, UNTIL, calendar)
    baseline.take_in(Timeline(Past(one), STAFF, ours=True) for one in tickets)
    return baseline.groups


def test_the_first_response_belongs_to_the_group_that_gave_it():
    one = ticket(
        message(1, at=MONDAY),
        note(2, at=MONDAY + minutes(10)),
        answer(3, at=MONDAY + minutes(20), automatic="by a trigger"),
        answer(4, at=MONDAY + hours(3)),
        answer(5, at=MONDAY + hours(4)),
        group=FINANCE,
        history=(at("group", "1st Level", "Finance", 2),),
        states=STATES,
    )

    groups = measured(one)

    assert groups["Finance"].first_response == [3 * 3600]
    assert groups["1st Level"].first_response == []
    assert groups[ALL].first_response == [3 * 3600]
    assert (groups["1st Level"].tickets, groups["1st Level"].handoffs) == (1, [1.0])


def test_in_open_time_a_night_does_not_count():
    late = MONDAY + hours(7.5)  # half an hour before the office closes in Amsterdam
    one = ticket(message(1, at=late), answer(2, at=late + hours(17)), history=())

    groups = measured(one, calendar=OFFICE)

    assert groups[ALL].first_response == [17 * 3600]
    assert groups[ALL].first_response_open == [3600]


def test_the_resolution_runs_to_the_last_closing_and_belongs_to_who_closed():
    one = ticket(
        message(1, at=MONDAY),
        state=CLOSED,
        group=FINANCE,
        history=(
            at("state", "new", "closed", 1),
            at("state", "closed", "open", 5),
            at("group", "1st Level", "Finance", 6),
            at("state", "open", "closed", 8),
        ),
        states=STATES,
    )

    groups = measured(one)

    assert groups["Finance"].resolution == [8 * 3600]
    assert groups["Finance"].reopenings == [1.0]
    assert groups["1st Level"].resolution == []


def test_opened_again_and_left_open_it_is_not_resolved():
    one = ticket(
        message(1, at=MONDAY),
        state=OPEN,
        history=(at("state", "new", "closed", 1), at("state", "closed", "open", 5)),
        states=STATES,
    )

    groups = measured(one)

    assert (groups[ALL].resolution, groups[ALL].reopenings) == ([], [1.0])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([], 0, id="none"),
        pytest.param([at("owner", "", "21", 1)], 0, id="the first owner"),
        pytest.param([at("owner", "21", "22", 1)], 1, id="another owner"),
        pytest.param([at("group", "Finance", "1st Level", 1), at("owner", "21", "22", 1)], 1, id="with the group"),
        pytest.param([at("group", "Finance", "1st Level", 1), at("owner", "21", "22", 2)], 2, id="and later the owner"),
        pytest.param([at("owner", "21", "", 1)], 0, id="owner removed"),
    ],
)  # fmt: skip
def test_hand_offs(rows, expected):
    assert measured(ticket(history=tuple(rows)))[ALL].handoffs == [float(expected)]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"state": State("merged", StateType.MERGED)}, id="merged"),
        pytest.param({"state": State("spam", StateType.SPAM)}, id="spam"),
    ],
)
def test_what_nobody_worked_on_does_not_count(changes):
    assert measured(ticket(history=(), **changes)) == {}


def test_a_ticket_opened_before_the_period_does_not_count():
    assert measured(ticket(history=()), since=MONDAY + hours(1)) == {}


def test_a_ticket_opened_by_an_agent_has_no_first_response():
    one = ticket(answer(1, at=MONDAY), created_by=Role.AGENT, history=())

    groups = measured(one)

    assert (groups[ALL].first_response, groups[ALL].unanswered) == ([], 0)


def test_unanswered_tickets_are_counted_where_they_wait():
    groups = measured(ticket(group=FINANCE, history=()))

    assert (groups["Finance"].unanswered, groups[ALL].unanswered) == (1, 1)


@pytest.mark.parametrize(
    ("values", "median", "p90"),
    [
        ([5.0], 5.0, 5.0),
        ([1.0, 2.0], 1.5, 2.0),
        ([float(n) for n in range(1, 11)], 5.5, 9.0),
        ([float(n) for n in range(1, 12)], 6.0, 10.0),
    ],
    ids=["one", "two", "ten", "eleven"],
)
def test_median_and_ninetieth_percentile(values, median, p90):
    found = summary_of(list(reversed(values)))

    assert (found.n, found.median, found.p90) == (len(values), median, p90)


def test_nothing_to_sum_up():
    assert summary_of([]).median is None


def test_it_is_told_to_people_and_to_scripts():
    baseline = Baseline(MONDAY, UNTIL, OFFICE)
    one = ticket(message(1, at=MONDAY), answer(2, at=MONDAY + hours(2)), history=())
    baseline.add(Timeline(Past(one), STAFF))

    text, content = baseline.as_text(), baseline.as_json()

    assert "first response                   2h          2h          1" in text
    assert content["groups"][ALL]["first_response"] == {
        "n": 1,
        "median": 7200.0,
        "p90": 7200.0,
        "total": 7200.0,
    }
    assert content["calendar"] == "office"


@pytest.mark.parametrize(
    ("seconds", "told"), [(None, "-"), (0, "0s"), (59, "59s"), (3661, "1h 1m"), (90061, "1d 1h")]
)
def test_spans_in_two_units(seconds, told):
    assert span(seconds) == told
