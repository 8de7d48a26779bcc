"""Links for people, records of other systems, and when those are made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from plugin.domain.cases import Known, cases_of
from plugin.domain.links import read_ack
from plugin.domain.memory import ActionRecord, ActionState
from plugin.domain.plan import PlannedAction, Step
from plugin.domain.service import Service
from plugin.domain.storing import OpenAction
from plugin.engine.outside import Links, escalation_of, in_turn, keep_cases
from tests.given import MONDAY, REF, config, ticket

KEY = b"k" * 32


class Keeping:
    """A store that keeps cases and has one secret."""

    def __init__(self) -> None:
        self.cases: list[tuple] = []

    def secret(self, name: str) -> bytes:
        return KEY

    def keep_case(self, *case: object) -> None:
        self.cases.append(case)


def an_action(name: str, step: Step, *, rule: str = "rule", cycle: str = "c1", **params: object):
    return PlannedAction(
        key=f"{name}/{cycle}",
        ref=REF,
        rule=rule,
        name=name,
        params=params,
        step=step,
        position=0,
        why="",
        cycle=cycle,
    )


def waiting(*actions: PlannedAction) -> list[OpenAction]:
    return [OpenAction(one, ActionState.PLANNED, 0, MONDAY) for one in actions]


def names(items: list[OpenAction]) -> list[str]:
    return [item.action.name for item in items]


# Links ----------------------------------------------------------------------------------------


def links(service: Service) -> Links:
    return Links(Keeping(), replace(config(), service=service), ticket(), MONDAY)


def test_a_link_leads_to_the_service_and_ends_when_the_file_says():
    made = links(Service(url="https://desk.example.com", ack_link_valid=timedelta(days=2)))

    url = made(3, 4, "21")
    read = read_ack(KEY, url.rpartition("/")[2], MONDAY)

    assert url.startswith("https://desk.example.com/ack/")
    assert (read.ref, read.escalation, read.step, read.person) == (REF, 3, 4, "21")
    assert (read.expires_at, read.number) == (MONDAY + timedelta(days=2), "10012")


def test_without_an_address_in_the_file_there_are_no_links():
    assert links(Service())(3, 4, "21") == ""


# When a record is made ------------------------------------------------------------------------


def test_a_record_is_made_after_the_writes_and_before_the_note_that_names_it():
    items = waiting(
        an_action("tag", Step.WRITE),
        an_action("note", Step.NOTE),
        an_action("notify", Step.OUTSIDE),
        an_action("webhook", Step.OUTSIDE, id="data.id"),
        an_action("reply", Step.REPLY),
    )

    assert names(in_turn(items)) == ["tag", "webhook", "note", "notify", "reply"]


def test_a_webhook_without_an_id_keeps_its_place():
    items = waiting(
        an_action("note", Step.NOTE),
        an_action("notify", Step.OUTSIDE),
        an_action("webhook", Step.OUTSIDE),
    )

    assert names(in_turn(items)) == ["note", "notify", "webhook"]


def test_what_is_of_one_step_stays_in_the_stores_order():
    items = waiting(
        *(an_action(name, Step.WRITE) for name in ("group", "assign", "tag")),
    )

    assert names(in_turn(items)) == ["group", "assign", "tag"]


# Whose record it is ---------------------------------------------------------------------------


def test_the_record_is_kept_with_its_ticket_and_escalation():
    store = Keeping()
    made = an_action("webhook", Step.OUTSIDE, rule="ladder: finance", cycle="e3.5", id="id")

    keep_cases(store, made, {"webhook.crm": "C-1"}, MONDAY)

    assert store.cases == [("crm", "C-1", REF, 3, MONDAY)]


@pytest.mark.parametrize(
    ("name", "wrote"),
    [("webhook", {}), ("tag", {"tags": ["webhook.crm"]}), ("field", {"webhook.crm": "x"})],
    ids=["no id", "a tag", "a field of that name"],
)
def test_nothing_else_is_a_record(name, wrote):
    store = Keeping()

    keep_cases(store, an_action(name, Step.WRITE), wrote, MONDAY)

    assert store.cases == []


@pytest.mark.parametrize(
    ("rule", "cycle", "number"),
    [
        ("ladder: finance", "e12.3", 12),
        ("ladder: finance", "m7", None),
        ("a rule", "e12.3", None),
        ("a rule", "c1", None),
    ],
)
def test_only_actions_of_a_ladder_belong_to_an_escalation(rule, cycle, number):
    assert escalation_of(an_action("note", Step.NOTE, rule=rule, cycle=cycle)) == number


def test_the_records_of_a_ticket_are_told_each_once_oldest_first():
    def record(key: str, **wrote: object) -> ActionRecord:
        return ActionRecord(key, "rule", "webhook", ActionState.DONE, MONDAY, wrote=wrote)

    records = [
        record("1", **{"webhook.crm": "C-1"}),
        record("2", tags=["x"]),
        record("3", **{"webhook.pager": 7}),
        record("4", **{"webhook.crm": "C-1"}),
    ]

    assert cases_of(records) == (Known("crm", "C-1"), Known("pager", "7"))
    assert [str(case) for case in cases_of(records)] == ["crm C-1", "pager 7"]


def test_a_store_without_secrets_is_not_asked_for_one():
    store = SimpleNamespace()  # has no methods at all

    assert Links(store, config(), ticket(), MONDAY)(1, 1, "21") == ""
