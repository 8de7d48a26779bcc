"""Conditions on time that has passed: their edges, and when they could turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from plugin.conditions import Names
from plugin.domain.calendar import Calendar
from plugin.domain.situation import Situation
from plugin.domain.ticket import Change, Person, Role, Ticket
from tests.given import (
    ANA,
    MONDAY,
    OFFICE,
    answer,
    condition,
    hours,
    memory,
    message,
    minutes,
    note,
    situation,
    ticket,
)

NIGHT = Calendar.of("night", "UTC", {"mon-sun": ["22:00-24:00"]})
ROBOT = Person(1, Role.SYSTEM)


def judged(key: str, value: Any, at_hand: Situation):
    asked = condition(key, value)
    verdict = asked.judge(at_hand)
    assert verdict.holds is asked.holds(at_hand)
    return verdict


@pytest.mark.parametrize(
    ("after", "holds"),
    [
        pytest.param(hours(4) - timedelta(microseconds=1), False, id="a moment early"),
        pytest.param(hours(4), True, id="on the dot"),
        pytest.param(hours(90), True, id="days late"),
    ],
)
def test_waiting_holds_from_the_very_instant(after: timedelta, holds: bool) -> None:
    verdict = judged("waiting", "4h", situation(now=MONDAY + after))

    assert verdict.holds is holds
    assert verdict.changes_at == (None if holds else MONDAY + hours(4))


def test_the_reason_tells_the_time_passed_and_the_limit() -> None:
    verdict = judged("waiting", "4h", situation(now=MONDAY + hours(4) + minutes(10)))

    assert verdict.reason == "no human answer for 4h 10m (limit 4h)"


def test_hours_are_counted_in_open_time_of_the_default_calendar() -> None:
    friday_afternoon = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)  # 16:00 in Amsterdam
    spoken = ticket(message(at=friday_afternoon))
    due = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)  # Monday 12:00 there

    early = judged("waiting", "4h", situation(spoken, now=due - minutes(1), calendar=OFFICE))
    sharp = judged("waiting", "4h", situation(spoken, now=due, calendar=OFFICE))

    assert (early.holds, early.changes_at) == (False, due)
    assert early.reason == "no human answer for 3h 59m (limit 4h)"
    assert sharp.holds


def test_days_are_real_days_whatever_the_calendar() -> None:
    verdict = judged("age", "2d", situation(now=MONDAY + hours(47), calendar=OFFICE))

    assert verdict.changes_at == MONDAY + hours(48)
    assert verdict.reason == "created 1d 23h ago (limit 2d)"


def test_the_operand_may_name_another_calendar() -> None:
    at_hand = situation(now=MONDAY + hours(1), calendar=OFFICE, calendars={"night": NIGHT})

    verdict = judged("waiting", {"at_least": "30m", "calendar": "night"}, at_hand)

    assert verdict.changes_at == datetime(2026, 11, 23, 22, 30, tzinfo=UTC)


def test_at_most_holds_through_the_night_when_the_day_ended_exactly_there() -> None:
    three = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # two hours before closing
    spoken = ticket(message(at=three))
    night = situation(spoken, now=three + hours(10), calendar=OFFICE)
    opening = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)

    verdict = judged("waiting", {"at_most": "2h"}, night)
    sharp = judged("waiting", {"at_most": "2h"}, situation(spoken, now=opening, calendar=OFFICE))
    later = situation(spoken, now=opening + timedelta(microseconds=1), calendar=OFFICE)

    assert verdict.holds
    assert verdict.changes_at == later.now
    assert sharp.holds
    assert not judged("waiting", {"at_most": "2h"}, later).holds


def test_a_window_opens_and_closes() -> None:
    window = {"at_least": "1h", "at_most": "2h"}

    before = judged("age", window, situation(now=MONDAY))
    inside = judged("age", window, situation(now=MONDAY + hours(1)))
    after = judged("age", window, situation(now=MONDAY + hours(3)))

    assert (before.holds, before.changes_at) == (False, MONDAY + hours(1))
    assert (inside.holds, inside.changes_at) == (
        True,
        MONDAY + hours(2) + timedelta(microseconds=1),
    )
    assert (after.holds, after.changes_at) == (False, None)


@given(
    limit=st.sampled_from(["10m", "1h", "4h", "1d", "2bd", "1d2h"]),
    operator=st.sampled_from(["at_least", "at_most"]),
    started=st.integers(0, 14 * 24 * 60).map(minutes),
    passed=st.integers(0, 14 * 24 * 60).map(minutes),
    calendar=st.sampled_from([None, OFFICE, NIGHT]),
)
@settings(max_examples=150)
def test_the_answer_turns_at_the_announced_instant_and_never_before(
    limit: str, operator: str, started: timedelta, passed: timedelta, calendar: Calendar | None
) -> None:
    start = MONDAY + started
    spoken = ticket(message(at=start))
    asked = condition("waiting", {operator: limit})

    def holds(at: datetime) -> bool:
        return asked.holds(situation(spoken, now=at, calendar=calendar))

    verdict = asked.judge(situation(spoken, now=start + passed, calendar=calendar))

    assert verdict.holds is holds(start + passed)
    if verdict.changes_at is None:
        assert holds(start + passed + timedelta(days=30)) is verdict.holds
    else:
        assert verdict.changes_at > start + passed
        assert holds(verdict.changes_at) is not verdict.holds
        assert holds(verdict.changes_at - timedelta(microseconds=1)) is verdict.holds


def waiting_since(spoken: Ticket, **more: Any) -> timedelta | None:
    """How long the customer waits, told by the limit at which `waiting` turns."""
    now = MONDAY + hours(100)
    for quarter in range(400, 0, -1):
        if condition("waiting", f"{quarter * 15}m").holds(situation(spoken, now=now, **more)):
            return minutes(quarter * 15)
    return None


def test_further_messages_do_not_start_the_wait_anew() -> None:
    spoken = ticket(message(1), message(2, at=MONDAY + hours(5)))

    assert waiting_since(spoken) == hours(100)


def test_only_a_human_answer_ends_the_wait() -> None:
    unmoved = ticket(
        message(1),
        answer(2, at=MONDAY + hours(1), automatic="trigger"),
        answer(3, at=MONDAY + hours(1), ours=True),
        note(4, at=MONDAY + hours(2)),
    )
    answered = ticket(message(1), answer(2, at=MONDAY + hours(1)))

    assert waiting_since(unmoved) == hours(100)
    assert waiting_since(answered) is None


def test_an_automatic_message_starts_no_wait() -> None:
    spoken = ticket(message(1, automatic="out of office"))

    verdict = judged("waiting", {"at_most": "1h"}, situation(spoken))

    assert not verdict.holds
    assert verdict.reason == "the customer waits for no answer"


def test_a_message_after_the_answer_starts_a_new_wait() -> None:
    spoken = ticket(message(1), answer(2, at=MONDAY + hours(1)), message(3, at=MONDAY + hours(40)))

    assert waiting_since(spoken) == hours(60)


def test_closing_settles_what_was_written_before() -> None:
    spoken = ticket(message(1), message(2, at=MONDAY + hours(60)))

    since = waiting_since(spoken, memory=memory(closed_at=MONDAY + hours(20)))

    assert since == hours(40)


def test_a_closed_ticket_still_tells_that_it_was_not_answered() -> None:
    from tests.given import CLOSED

    spoken = ticket(message(1), state=CLOSED, closed_at=MONDAY + hours(1))

    assert condition("unanswered", True).holds(situation(spoken))


def test_messages_are_counted_since_the_last_human_answer() -> None:
    spoken = ticket(
        message(1),
        answer(2, at=MONDAY + minutes(1)),
        message(3, at=MONDAY + minutes(2)),
        message(4, at=MONDAY + minutes(3), automatic="bounce"),
        message(5, at=MONDAY + minutes(4)),
    )

    verdict = judged("unanswered", {"at_least": 3}, situation(spoken))

    assert not verdict.holds
    assert verdict.reason == "2 unanswered messages (limit 3)"
    assert judged("unanswered", 2, situation(spoken)).holds
    assert judged("unanswered", {"is": 2}, situation(spoken)).holds
    assert not judged("unanswered", {"at_most": 1}, situation(spoken)).holds
    assert not judged("unanswered", False, situation(spoken)).holds


@pytest.mark.parametrize(
    ("more", "idle_from"),
    [
        pytest.param({}, MONDAY, id="nothing but the first message"),
        pytest.param({"touched_at": MONDAY + hours(2)}, MONDAY + hours(2), id="an agent's change"),
        pytest.param(
            {"history": (Change(MONDAY + hours(3), "group", "a", "b", by=ANA),)},
            MONDAY + hours(3),
            id="a row of the history",
        ),
        pytest.param(
            {"history": (Change(MONDAY + hours(3), "group", "a", "b", ours=True),)},
            MONDAY,
            id="our own change",
        ),
        pytest.param(
            {"history": (Change(MONDAY + hours(3), "group", "a", "b", by=ROBOT),)},
            MONDAY,
            id="a machine's change",
        ),
    ],
)
def test_idle_counts_from_the_last_human_act(more: dict[str, Any], idle_from: datetime) -> None:
    verdict = judged("idle", "10h", situation(ticket(**more), now=MONDAY + hours(4)))

    assert verdict.changes_at == idle_from + hours(10)


def test_a_note_is_an_act_and_an_automatic_message_is_none() -> None:
    noted = ticket(message(1), note(2, at=MONDAY + hours(1)))
    echoed = ticket(message(1), answer(2, at=MONDAY + hours(1), automatic="workflow"))

    assert not judged("idle", "2h", situation(noted, now=MONDAY + hours(2))).holds
    assert judged("idle", "2h", situation(echoed, now=MONDAY + hours(2))).holds


def test_unassigned_counts_from_when_the_owner_was_removed() -> None:
    left = (
        Change(MONDAY + hours(1), "owner", "", "21", by=ANA),
        Change(MONDAY + hours(5), "owner", "21", "", by=ANA),
    )
    at = MONDAY + hours(6)

    told = judged("unassigned", "2h", situation(ticket(history=left), now=at))
    untold = judged("unassigned", "2h", situation(ticket(), now=at))
    owned = judged("unassigned", "2h", situation(ticket(owner=ANA), now=at))

    assert (told.holds, told.changes_at) == (False, MONDAY + hours(7))
    assert untold.holds
    assert (owned.holds, owned.reason) == (False, "somebody owns the ticket")


def test_business_hours_wait_for_the_opening() -> None:
    six = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)

    closed = judged("business_hours", True, situation(now=six, calendar=OFFICE))
    open_ = judged("business_hours", True, situation(now=MONDAY, calendar=OFFICE))

    assert (closed.holds, closed.changes_at) == (False, MONDAY)
    assert (open_.holds, open_.changes_at) == (True, MONDAY + hours(8))
    assert closed.reason == "it is outside the hours of office"


def test_business_hours_of_a_calendar_by_name() -> None:
    at_hand = situation(calendar=OFFICE, calendars={"night": NIGHT})

    assert not judged("business_hours", "night", at_hand).holds
    assert judged("business_hours", {"is": False, "calendar": "night"}, at_hand).holds


def test_without_a_calendar_it_is_always_open() -> None:
    assert judged("business_hours", True, situation()).holds
    assert not judged("business_hours", False, situation()).holds


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("waiting", 4, "with its unit"),
        ("waiting", "4 hours", "expected a duration"),
        ("waiting", "0h", "longer than nothing"),
        ("waiting", {"within": "4h"}, "expected one of at_least, at_most, calendar"),
        ("waiting", {"calendar": "office"}, "expected one of at_least, at_most"),
        ("waiting", {"at_least": "4h", "calendar": "offcie"}, "calendars office"),
        ("business_hours", "offcie", "calendars office"),
        ("unassigned", 3, "with its unit"),
        ("unanswered", -1, "0 or more"),
        ("unanswered", "3", "whole number"),
        ("unanswered", {"_truth": True}, "expected one of at_least, at_most, is"),
    ],
)
def test_a_wrong_value_is_refused(key: str, value: Any, expected: str) -> None:
    with pytest.raises(ValidationError) as mistake:
        condition(key, value, Names(calendars=frozenset({"office"})))

    assert expected in str(mistake.value.messages)
