"""What explain tells a person, pinned word by word, and a script."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from plugin.domain.memory import ActionState, Memory
from plugin.domain.settings import Config, Defaults, Mode, OncePer
from plugin.domain.ticket import EarlierTicket, Ticket
from plugin.engine.decide import decide
from plugin.engine.explain import explain
from tests.given import (
    ANA,
    CLOSED,
    FINANCE,
    GUEST,
    MONDAY,
    OFFICE,
    answer,
    config,
    hours,
    memory,
    message,
    minutes,
    note,
    rule,
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


def stories() -> dict[str, tuple[Config, Ticket, Memory]]:
    acted = after_the_first_look(BILL)
    refused = acted.with_changes(
        actions=(
            replace(acted.actions[0], state=ActionState.FAILED, detail="no tag of this name"),
            *acted.actions[1:],
        )
    )
    demoted = acted.with_changes(demoted={"nobody answers": "fired 4 times within 60 minutes"})
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
    }


@pytest.mark.parametrize("story", stories())
def test_the_text(story: str, golden) -> None:
    settings, seen, known = stories()[story]

    text = explain(settings, seen, known, MONDAY + hours(2)).as_text()

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
        timer.name: timer.due_at for timer in plan.timers
    }


def test_a_script_gets_the_whole_tree() -> None:
    explained = explain(RULES, BILL, memory(), MONDAY).as_json()

    rules = json.loads(json.dumps(explained))["rules"]
    assert [one["name"] for one in rules if one["fires"]] == [BILLING.name]
    assert [part["holds"] for part in rules[0]["verdict"]["parts"]] == [True, True]
    assert rules[1]["looks_again_at"] == "2026-11-23T12:00:00+00:00"
    assert rules[3]["verdict"] is None
