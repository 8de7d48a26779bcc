"""What explain tells a person, pinned word by word, and a script."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from plugin.domain.calendar import Calendar
from plugin.domain.memory import ActionState, Memory
from plugin.domain.settings import Config, Defaults, Mode, OncePer
from plugin.domain.ticket import Change, EarlierTicket, State, StateType, Ticket
from plugin.engine.announcing import TIMER
from plugin.engine.decide import decide
from plugin.engine.explain import explain
from tests.given import (
    ANA,
    CLOSED,
    FINANCE,
    GUEST,
    MONDAY,
    OFFICE,
    OPEN,
    answer,
    config,
    hours,
    memory,
    message,
    minutes,
    note,
    rule,
    sla,
    stored,
    ticket,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "explain"
SECRET = "my card is 4111 1111"

BILLING = rule(
    "hotel guest with repeated billing errors",
    on="ticket.created customer.replied",
    tree={
        "all": [
            {"text": {"any_of": {"nl": ["factuur", "rekening"], "en": ["invoice", "bill"]}}},
            {"customer.tickets": {"at_least": 3, "within": "30d"}},
        ]
    },
    do=[{"tag": {"tags": ["escalated"]}}, {"note": {"text": "see"}}, {"reply": {"name": "x"}}],
)
SILENCE = rule(
    "nobody answers",
    on="time",
    tree={"waiting": {"at_least": "4h"}, "none": [{"group": "Finance"}, {"tags": "vip"}]},
    once_per=OncePer.MESSAGE,
)
WATCHED = rule("handed around", on="ticket.moved", tree={"handoffs": 3}, mode=Mode.OBSERVE)
ASLEEP = rule("asleep", on="time", tree={"age": "30d"}, mode=Mode.OFF)
RULES = config(BILLING, SILENCE, WATCHED, ASLEEP, calendar=OFFICE)

EARLIER = tuple(
    EarlierTicket(number, str(number), MONDAY - timedelta(days=number), "https://example.com")
    for number in (3, 9)
)
BILL = ticket(
    message(1, f"Mijn factuur klopt niet, {SECRET}"),
    subject=f"Factuur {SECRET}",
    customer=replace(GUEST, vip=True, organization="Grand Hotel"),
    customer_tickets=EARLIER,
)


def after_the_first_look(seen: Ticket, settings: Config = RULES) -> Memory:
    return stored(decide(settings, seen, memory(), MONDAY), memory())


def when_asked(story: str) -> datetime:
    """Two hours later, or days later where clocks are told."""
    late = story in {"sla-paused", "sla-over-night-lunch-and-pause"}
    return MONDAY + (timedelta(days=1, hours=3) if late else hours(2))


LUNCH = Calendar.of(
    "office",
    "Europe/Amsterdam",
    {"mon-fri": ["09:00-12:30", "13:00-17:00"]},
    {date(2026, 11, 26): "Thanksgiving"},
)
NEVER = Calendar.of("never", "UTC", {"mon": []})
PENDING = State("waiting for parts", StateType.PENDING_REMINDER)
STATES = {"waiting for parts": StateType.PENDING_REMINDER}
VIP = sla("vip", tree={"customer.vip": True}, first_response="30m", at_risk="75%")
STANDARD = sla(
    "standard",
    calendar=LUNCH,
    first_response="6h",
    resolution="2bd",
    at_risk="75% 30m",
    pause_in="pending reminder",
)
WATCH = rule("soon late", on="sla.at_risk sla.breached", tree={"metric": "first_response"})


def stories() -> dict[str, tuple[Config, Ticket, Memory]]:
    acted = after_the_first_look(BILL)
    refused = acted.with_changes(
        actions=(
            replace(acted.actions[0], state=ActionState.FAILED, detail="no tag of this name"),
            *acted.actions[1:],
        )
    )
    demoted = acted.with_changes(demoted={"nobody answers": "fired 4 times within 60 minutes"})
    promised = config(WATCH, sla=(VIP, STANDARD), calendar=OFFICE)
    monday = MONDAY + timedelta(hours=7)  # 16:00, an hour before closing time
    question = ticket(message(1, SECRET, at=monday), history=(), states=STATES)
    paused = replace(
        question,
        state=PENDING,
        history=(Change(monday + minutes(30), "state", "new", "waiting for parts", ANA),),
    )
    resumed = replace(
        paused,
        messages=(*question.messages, answer(2, at=monday + hours(20))),
        state=OPEN,
        history=(
            *paused.history,
            Change(monday + hours(18), "state", "waiting for parts", "open", ANA),
        ),
    )
    early = config(BILLING, defaults=Defaults(enforce_from=MONDAY + hours(1)))
    answered = replace(
        BILL,
        messages=(*BILL.messages, answer(2, at=MONDAY + minutes(9)), note(3, at=MONDAY + hours(1))),
        owner=ANA,
        group=FINANCE,
        tags=frozenset({"escalated", "vip"}),
        updated_at=MONDAY + hours(1),
        touched_at=MONDAY + hours(1),
    )
    return {
        "before-the-first-look": (RULES, BILL, memory()),
        "after-acting": (RULES, BILL, acted),
        "an-action-refused": (RULES, BILL, refused),
        "a-rule-demoted": (RULES, BILL, demoted),
        "answered-by-a-human": (RULES, answered, acted),
        "closed": (RULES, replace(BILL, state=CLOSED), acted),
        "older-than-enforce-from": (early, BILL, memory()),
        "no-rules": (config(), ticket(), memory()),
        "sla-running": (promised, ticket(history=()), memory()),
        "sla-vip": (promised, replace(BILL, history=None), memory()),
        "sla-paused": (promised, paused, memory()),
        "sla-over-night-lunch-and-pause": (promised, resumed, memory()),
        "sla-calendar-without-open-time": (
            config(sla=(sla(calendar=NEVER, first_response="1h"),)),
            question,
            memory(),
        ),
    }


@pytest.mark.parametrize("story", stories())
def test_the_text(story: str, golden) -> None:
    settings, seen, known = stories()[story]

    text = explain(settings, seen, known, when_asked(story)).as_text()

    golden(GOLDEN / f"{story}.txt", text)


@pytest.mark.parametrize("story", stories())
def test_nothing_a_customer_wrote_and_no_address_is_told(story: str) -> None:
    settings, seen, known = stories()[story]
    explanation = explain(settings, seen, known, MONDAY + hours(2))

    told = explanation.as_text() + json.dumps(explanation.as_json())

    assert "4111" not in told
    assert "gerda" not in told.lower()
    assert "@" not in told


@pytest.mark.parametrize("story", stories())
def test_explain_says_what_decide_does(story: str) -> None:
    settings, seen, known = stories()[story]

    plan = decide(settings, seen, known, MONDAY + hours(2))
    explanation = explain(settings, seen, known, MONDAY + hours(2))

    assert {one.name for one in explanation.rules if one.fires} == {
        one.rule for one in plan.outcomes if one.fired
    }
    assert explanation.would == plan.actions
    assert {one.name: one.looks_again_at for one in explanation.rules if one.looks_again_at} == {
        timer.name: timer.due_at for timer in plan.timers if timer.name != TIMER
    }


def test_a_script_gets_the_whole_tree() -> None:
    explained = explain(RULES, BILL, memory(), MONDAY).as_json()

    rules = json.loads(json.dumps(explained))["rules"]
    assert [one["name"] for one in rules if one["fires"]] == [BILLING.name]
    assert [part["holds"] for part in rules[0]["verdict"]["parts"]] == [True, True]
    assert rules[1]["looks_again_at"] == "2026-11-23T12:00:00+00:00"
    assert rules[3]["verdict"] is None


def test_the_next_thing_a_clock_tells_is_what_the_timer_waits_for() -> None:
    settings, seen, known = stories()["sla-running"]

    explanation = explain(settings, seen, known, MONDAY + hours(2))

    assert explanation.sla
    ahead = [event.at for one in explanation.sla.clocks for event in one.next]
    assert [timer.due_at for timer in explanation.timers if timer.name == TIMER] == [min(ahead)]


def test_a_script_gets_every_clock_with_what_did_not_count() -> None:
    settings, seen, known = stories()["sla-over-night-lunch-and-pause"]

    told = explain(settings, seen, known, MONDAY + timedelta(days=1, hours=3)).as_json()["sla"]

    assert json.loads(json.dumps(told)) == told
    assert [policy["counts"] for policy in told["policies"]] == [False, True]
    first, resolution = told["clocks"]
    assert (first["state"], first["due_at"]) == ("met", "2026-11-24T15:00:00+00:00")
    assert first["skipped"] == [
        {
            "start": "2026-11-23T15:30:00+00:00",
            "end": "2026-11-24T09:00:00+00:00",
            "reason": "pause",
        }
    ]
    assert resolution["remaining"] == 45000
    assert [one["name"] for one in resolution["next"]] == [
        "sla.at_risk",
        "sla.at_risk",
        "sla.breached",
    ]
