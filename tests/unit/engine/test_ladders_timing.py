"""How long levels have, and which is due after a silence of any length."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.calendar import Calendar
from plugin.domain.duration import Duration
from plugin.domain.escalation import Cause, Escalation, Phase, Source
from plugin.domain.ladder import Kind, Level, Policy
from plugin.domain.level_time import counts_from
from plugin.domain.memory import ActionRecord, ActionState
from plugin.domain.ticket import Change, State, StateType
from plugin.engine.ladders.timing import (
    PATIENCE,
    due_of,
    idle_at,
    looks_again_at,
    worked_at,
)
from tests.given import MONDAY, OFFICE, answer, hours, message, minutes, note, ticket

SPANS = st.lists(st.integers(1, 600), min_size=1, max_size=5)


def ladder(*spans: int, hint: int | None = None, repeat: int = 0, **changes: object) -> Policy:
    """A policy whose levels have so many minutes each."""
    levels = [
        Level(number, f"l{number}", Kind.FUNCTIONAL, ack_within=Duration(minutes=span))
        for number, span in enumerate(spans, 1)
    ]
    if hint is not None:
        levels.insert(0, Level(0, "hint", Kind.FUNCTIONAL, wait=Duration(minutes=hint)))
    return Policy("finance", Kind.FUNCTIONAL, tuple(levels), repeat=repeat, **changes)  # type: ignore[arg-type]


def escalation(policy: Policy, **changes: object) -> Escalation:
    fields: dict[str, object] = {
        "number": 1,
        "policy": policy,
        "phase": Phase.OPEN,
        "level": policy.first,
        "start": policy.first,
        "top": policy.last,
        "opened_at": MONDAY,
        "entered_at": MONDAY,
        "changed_at": MONDAY,
        "causes": (Cause(Source.RULE, "billing", "", "", MONDAY),),
        "step": 1,
        "entered_step": 1,
    }
    return Escalation(**fields | changes)  # type: ignore[arg-type]


def climbed(one: Escalation, now: datetime, calendar: Calendar | None = None) -> Escalation:
    """Where it stands when somebody looked at each instant at which something was due."""
    while (due := due_of(one, (), calendar, now)) is not None:
        at_its_instant = due_of(one, (), calendar, due.at)
        assert at_its_instant is not None
        if at_its_instant.level is None:
            return one.with_changes(phase=Phase.EXHAUSTED)
        one = one.with_changes(
            level=at_its_instant.level, round=at_its_instant.round, entered_at=due.at
        )
    return one


@given(spans=SPANS, hint=st.none() | st.integers(1, 600), away=st.integers(0, 4_000))
def test_after_any_silence_the_level_is_the_one_it_would_have_come_to_or_the_last(
    spans: list[int], hint: int | None, away: int
) -> None:
    one = escalation(ladder(*spans, hint=hint))
    now = MONDAY + minutes(away)

    due = due_of(one, (), None, now)
    step_by_step = climbed(one, now)

    if due is None:
        assert step_by_step.level == one.level
        assert step_by_step.phase is Phase.OPEN
    elif due.level is None:
        assert one.level == one.top
    else:
        assert due.level == step_by_step.level
        skipped = range(one.level + 1, due.level)
        assert due.skipped == tuple(skipped)


@given(spans=SPANS, away=st.integers(0, 10_000), repeat=st.integers(0, 2))
def test_nothing_is_exhausted_before_the_last_level_was_asked(
    spans: list[int], away: int, repeat: int
) -> None:
    one = escalation(ladder(*spans, repeat=repeat))

    due = due_of(one, (), None, MONDAY + minutes(away))

    if due is not None and due.level is None:
        assert one.level == one.top
        assert one.round == repeat


@given(spans=SPANS, start=st.integers(0, 6_000))
def test_in_office_hours_a_level_never_runs_out_while_the_office_is_closed(
    spans: list[int], start: int
) -> None:
    policy = ladder(*spans, calendar="office")
    began = MONDAY + minutes(start)
    one = escalation(policy, entered_at=began)

    coming = looks_again_at(one, ticket(), (), OFFICE, began)

    assert coming is not None
    assert coming[0] == OFFICE.due(began, Duration(minutes=spans[0]))


def record(name: str, state: ActionState, done_at: datetime | None, step: int = 1) -> ActionRecord:
    key = f"support/12/ladder: finance/e1.{step}/0.{name}"
    return ActionRecord(
        key, "ladder: finance", name, state, MONDAY, done_at=done_at, cycle=f"e1.{step}"
    )


def test_time_counts_from_when_the_last_write_of_the_level_was_done() -> None:
    one = escalation(ladder(60, 60))
    actions = [
        record("tag", ActionState.DONE, MONDAY + minutes(1)),
        record("note", ActionState.FAILED, MONDAY + minutes(7)),
        record("notify", ActionState.DONE, MONDAY + minutes(30)),
        record("note", ActionState.DONE, MONDAY + minutes(50), step=2),
    ]

    assert counts_from(one, actions) == MONDAY + minutes(7)


def test_while_a_write_is_open_nothing_counts_and_it_is_looked_at_again_soon() -> None:
    one = escalation(ladder(60, 60))
    actions = [record("assign", ActionState.PLANNED, None)]
    now = MONDAY + hours(5)

    coming = looks_again_at(one, ticket(), actions, None, now)

    assert due_of(one, actions, None, now) is None
    assert coming is not None
    assert coming[0] == now + PATIENCE


def test_what_is_only_told_holds_nothing_up() -> None:
    one = escalation(ladder(60, 60))
    actions = [record("notify", ActionState.PLANNED, None)]

    due = due_of(one, actions, None, MONDAY + hours(1))

    assert due is not None
    assert due.level == 2


@pytest.mark.parametrize(
    ("touched", "since"),
    [
        ({}, 10),
        ({"touched_at": MONDAY + minutes(30)}, 30),
        ({"messages": (message(), note(2, at=MONDAY + minutes(40)))}, 40),
        ({"messages": (message(), answer(2, at=MONDAY + minutes(50)))}, 50),
        ({"messages": (message(), message(2, at=MONDAY + minutes(60)))}, 10),
        ({"messages": (message(), note(2, at=MONDAY + minutes(40), ours=True))}, 10),
    ],
    ids=["acknowledged", "changed", "note", "answer", "not the customer", "not us"],
)
def test_work_is_what_an_agent_does(touched: dict[str, object], since: int) -> None:
    one = escalation(ladder(60), phase=Phase.ACKNOWLEDGED, acknowledged_at=MONDAY + minutes(10))
    fields = {key: value for key, value in touched.items() if key != "messages"}
    seen = ticket(*touched.get("messages", ()), **fields)  # type: ignore[misc]

    assert worked_at(one, seen) == MONDAY + minutes(since)
    assert idle_at(one, seen, None) == MONDAY + minutes(since) + hours(8)


WAITING = State("pending reminder", StateType.PENDING_REMINDER)


def was_pending(since: int, until: int) -> tuple[Change, ...]:
    """It waited for the customer from one minute to another."""
    return (
        Change(MONDAY + minutes(since), "state", "open", WAITING.name),
        Change(MONDAY + minutes(until), "state", WAITING.name, "open"),
    )


def test_nobody_is_idle_while_the_ticket_waits_for_the_customer() -> None:
    one = escalation(ladder(60), phase=Phase.ACKNOWLEDGED, acknowledged_at=MONDAY)

    assert idle_at(one, ticket(state=WAITING), None) is None


def test_a_reminder_ends_the_waiting() -> None:
    one = escalation(ladder(60), phase=Phase.ACKNOWLEDGED, acknowledged_at=MONDAY)
    reminded = ticket(state=WAITING, pending_until=MONDAY + hours(50))

    assert idle_at(one, reminded, None) == MONDAY + hours(58)


@pytest.mark.parametrize("has_history", [True, False], ids=["told", "seen"])
def test_after_the_waiting_there_is_the_whole_time_again(has_history: bool) -> None:
    one = escalation(ladder(60), phase=Phase.ACKNOWLEDGED, acknowledged_at=MONDAY)
    changes = was_pending(30, 600)
    seen = ticket(history=changes if has_history else None)

    idle = idle_at(one, seen, None, () if has_history else changes)

    assert idle == MONDAY + minutes(600) + hours(8)


@pytest.mark.parametrize("phase", [Phase.SUGGESTED, Phase.EXHAUSTED, Phase.RESOLVED])
def test_time_alone_moves_nothing_that_waits_for_people(phase: Phase) -> None:
    one = escalation(ladder(60), phase=phase)

    assert looks_again_at(one, ticket(), (), None, MONDAY + hours(5)) is None
    assert due_of(one, (), None, MONDAY + hours(5)) is None


def test_a_calendar_that_never_opens_stops_the_ladder_and_nothing_else() -> None:
    closed = Calendar.of("closed", "UTC", {"mon": ["09:00-10:00"]})
    never = Calendar.of(
        "never",
        "UTC",
        {"mon": ["09:00-10:00"]},
        holidays={(MONDAY + timedelta(days=day)).date(): "closed" for day in range(800)},
    )
    one = escalation(ladder(60))

    assert looks_again_at(one, ticket(), (), closed, MONDAY) is not None
    assert looks_again_at(one, ticket(), (), never, MONDAY) is None
