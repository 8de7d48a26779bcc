"""Clocks whose deadlines the helpdesk computes itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from plugin.domain.borrowed import borrowed_clocks_of
from plugin.domain.clocks import ClockState, Phase, events_of
from plugin.domain.sla import SlaPolicy, Source, Threshold
from plugin.domain.ticket import Ticket
from tests.unit.domain.test_clocks import ALWAYS, BORN, OFFICE, Life, at

POLICY = SlaPolicy(
    "zammad's own",
    {},
    at_risk=(Threshold.parse("75%"), Threshold.parse("10m")),
    source=Source.HELPDESK,
)


def with_deadlines(life: Life, **deadlines: datetime) -> Ticket:
    return replace(life.ticket(), deadlines=deadlines)


def clocks(ticket: Ticket, minute: float, calendar=ALWAYS) -> dict[str, ClockState]:
    found = borrowed_clocks_of(ticket, POLICY, calendar, at(minute))
    return {str(one.metric): one for one in found}


def test_the_deadline_is_the_helpdesks_word():
    ticket = with_deadlines(Life(), first_response=at(100))

    found = clocks(ticket, 10)

    assert set(found) == {"first_response"}
    assert found["first_response"].due_at == at(100)
    assert found["first_response"].phase is Phase.RUNNING
    assert found["first_response"].remaining == timedelta(minutes=90)


def test_warnings_come_at_a_share_of_the_time_and_before_its_end():
    ticket = with_deadlines(Life(), first_response=at(100))

    warnings = clocks(ticket, 0)["first_response"].warnings

    assert [one.at for one in warnings] == [at(75), at(90)]


def test_shares_are_counted_in_the_calendar_of_the_policy():
    tomorrow_at_ten = BORN + timedelta(days=1, hours=1)
    ticket = with_deadlines(Life(), first_response=tomorrow_at_ten)

    found = clocks(ticket, 0, OFFICE)["first_response"]

    assert found.target.minutes == 9 * 60
    assert found.warnings[0].at == at(6.75 * 60)


def test_a_passed_deadline_is_a_breach_told_with_its_metric():
    ticket = with_deadlines(Life(), resolution=at(30))

    (found,) = borrowed_clocks_of(ticket, POLICY, ALWAYS, at(31))

    assert found.phase is Phase.BREACHED
    assert [event.name for event in events_of([found], at(31))][-1] == "sla.breached"


def test_a_moved_deadline_keeps_the_name_of_the_clock():
    before = clocks(with_deadlines(Life(), first_response=at(30)), 10)["first_response"]
    after = clocks(with_deadlines(Life(), first_response=at(90)), 10)["first_response"]

    assert before.key == after.key
    assert before.due_at != after.due_at


def test_the_update_deadline_is_the_answer_a_waiting_customer_is_owed():
    waiting = with_deadlines(Life().agent(10).customer(20), update=at(80))
    answered = with_deadlines(Life().agent(10), update=at(80))

    assert set(clocks(waiting, 30)) == {"next_response"}
    assert set(clocks(answered, 30)) == {"periodic_update"}


def test_without_a_deadline_there_is_no_clock():
    assert clocks(Life().ticket(), 10) == {}


def test_what_has_stopped_is_there_when_the_helpdesk_says_how_it_went():
    answered = replace(Life().agent(10).ticket(), kept={"first_response": True})
    too_late = replace(Life().agent(10).ticket(), kept={"first_response": False})

    assert clocks(answered, 20)["first_response"].phase is Phase.MET
    assert clocks(too_late, 20)["first_response"].phase is Phase.MET_LATE
    assert [event.name for event in events_of(clocks(answered, 20).values(), at(20))] == ["sla.met"]


def test_a_deadline_before_the_start_of_a_clock_belongs_to_another():
    stale = with_deadlines(Life().agent(10).customer(20), update=at(15))

    assert clocks(stale, 30) == {}
