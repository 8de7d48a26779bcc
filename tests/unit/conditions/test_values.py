"""Conditions that compare a value of the ticket."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from marshmallow import ValidationError

from plugin.conditions import Names
from plugin.domain.settings import Team
from plugin.domain.ticket import Group, Priority, State, StateType
from tests.given import ANA, BEN, FINANCE, GUEST, condition, memory, message, situation, ticket

TEAMS = {"finance": Team("finance", "Finance"), "front": Team("front", "1st Level")}
GESCHLOSSEN = State("Geschlossen", StateType.CLOSED)

CASES = [
    ("priority", "high", {"priority": Priority.HIGH}, True),
    ("priority", ["low", "high"], {"priority": Priority.NORMAL}, False),
    ("priority", {"at_least": "high"}, {"priority": Priority.URGENT}, True),
    ("priority", {"at_least": "high"}, {"priority": Priority.NORMAL}, False),
    ("priority", {"at_most": "normal"}, {"priority": None}, False),
    ("priority", {"not": "high"}, {"priority": None}, True),
    ("priority", {"at_least": "normal", "not": "high"}, {"priority": Priority.HIGH}, False),
    ("state", "closed", {"state": GESCHLOSSEN}, True),
    ("state", "geschlossen", {"state": GESCHLOSSEN}, True),
    ("state", {"not": ["closed", "merged"]}, {"state": GESCHLOSSEN}, False),
    ("group", "finance", {"group": FINANCE}, True),
    ("group", "Büro", {"group": Group(4, "buro")}, True),
    ("group", {"none_of": ["Finance"]}, {"group": FINANCE}, False),
    ("owner", "ANA@example.com", {"owner": ANA}, True),
    ("owner", "nobody", {"owner": None}, True),
    ("owner", {"not": ["ana@example.com", "nobody"]}, {"owner": BEN}, True),
    ("owner", {"not": ["ana@example.com", "nobody"]}, {"owner": None}, False),
    ("team", "finance", {"group": FINANCE}, True),
    ("team", {"not": "finance"}, {"group": FINANCE}, False),
    ("channel", ["phone", "chat"], {"channel": "chat"}, True),
    ("channel", "email", {"channel": "chat"}, False),
    ("category", "billing", {"fields": {"Category": "Billing"}}, True),
    ("category", "billing", {"tags": frozenset({"category:billing"})}, True),
    ("category", {"not": "billing"}, {"tags": frozenset({"category:safety"})}, True),
    ("category", "billing", {}, False),
    ("tags", "VIP", {"tags": frozenset({"vip"})}, True),
    ("tags", {"all_of": ["a", "b"]}, {"tags": frozenset({"a", "b", "c"})}, True),
    ("tags", {"all_of": ["a", "b"]}, {"tags": frozenset({"a"})}, False),
    ("tags", {"any_of": ["a"], "none_of": ["b"]}, {"tags": frozenset({"a", "b"})}, False),
    ("tags", {"not": "a"}, {"tags": frozenset()}, True),
    ("field.order", 4711, {"fields": {"order": 4711}}, True),
    ("field.Order", "4711", {"fields": {"order": "4711"}}, True),
    ("field.paid", False, {"fields": {"paid": False}}, True),
    ("field.sum", {"at_least": 500}, {"fields": {"sum": "500.0"}}, True),
    ("field.sum", {"at_least": 500}, {"fields": {"sum": "a lot"}}, False),
    ("field.sum", {"at_most": 500}, {}, False),
    ("field.kind", {"contains": "ware"}, {"fields": {"kind": ["Hardware", "other"]}}, True),
    ("field.kind", {"matches": "^soft"}, {"fields": {"kind": "Software"}}, True),
    ("field.kind", {"not": "x"}, {}, True),
    ("field.sum", {"at_least": 1, "at_most": 3}, {"fields": {"sum": 2}}, True),
    ("customer.email", "Gerda@Hotel.example.com", {}, True),
    ("customer.email", {"matches": "@hotel"}, {}, True),
    ("customer.email", {"matches": "@hotel", "not": "gerda@hotel.example.com"}, {}, False),
    ("customer.domain", "hotel.example.com", {}, True),
    ("customer.domain", "example.com", {}, False),
    ("customer.domain", "*.example.com", {}, True),
    ("customer.domain", {"not": "*.example.org"}, {}, True),
    ("customer.vip", True, {"customer": replace(GUEST, vip=True)}, True),
    ("customer.vip", False, {}, True),
    (
        "customer.organization",
        "grand hotel",
        {"customer": replace(GUEST, organization="Grand Hotel")},
        True,
    ),
    ("customer.organization", {"not": "Grand Hotel"}, {}, True),
    ("from_social", True, {"channel": "social"}, True),
    ("from_social", True, {"channel": "email"}, False),
    ("language", "nl", {"language": "nl-BE"}, True),
    ("language", "nl-BE", {"language": "nl"}, False),
    ("language", ["de", "nl"], {"customer": replace(GUEST, language="de")}, True),
    ("language", {"not": "de"}, {"language": "en"}, True),
    ("unassigned", True, {"owner": None}, True),
    ("unassigned", False, {"owner": None}, False),
    ("unassigned", False, {"owner": ANA}, True),
]


@pytest.mark.parametrize(
    ("key", "value", "fields", "holds"), CASES, ids=[f"{c[0]}: {c[1]} -> {c[3]}" for c in CASES]
)
def test_a_value(key: str, value: Any, fields: dict[str, Any], holds: bool) -> None:
    asked = condition(key, value)
    at_hand = situation(ticket(**fields), teams=TEAMS)

    verdict = asked.judge(at_hand)

    assert asked.holds(at_hand) is holds
    assert verdict.holds is holds
    assert verdict.reason
    assert verdict.changes_at is None


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("group", "Finance", "group is 1st Level, not Finance"),
        ("group", "1st Level", "group is 1st Level"),
        ("priority", {"at_least": "high"}, "priority is normal (wanted at least high)"),
        ("tags", ["vip", "press"], "has no tag \u2018press\u2019, \u2018vip\u2019"),
        ("owner", "ana@example.com", "nobody owns the ticket"),
        ("field.order", "4711", "field.order is empty"),
        ("reopened", 2, "no reopenings (limit 2)"),
    ],
)
def test_the_reason_says_what_is(key: str, value: Any, reason: str) -> None:
    assert condition(key, value).judge(situation()).reason == reason


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("customer.email", "gerda@hotel.example.com"),
        ("customer.email", {"not": "gerda@hotel.example.com"}),
        ("customer.email", {"matches": "gerda"}),
        ("owner", "ana@example.com"),
        ("owner", {"not": "ana@example.com"}),
    ],
)
def test_no_reason_shows_an_address(key: str, value: Any) -> None:
    verdict = condition(key, value).judge(situation(ticket(owner=ANA)))

    assert "@" not in verdict.reason


def test_no_reason_quotes_a_custom_field() -> None:
    asked = condition("field.remark", {"not": "nothing"})

    verdict = asked.judge(situation(ticket(fields={"remark": "my card is 4111"})))

    assert "4111" not in verdict.reason


def test_the_language_is_detected_only_when_nothing_says_it() -> None:
    asked = condition("language", "nl")
    text = "Goedemorgen, mijn factuur klopt niet en ik wacht al drie dagen op een antwoord."

    assert asked.holds(situation(ticket(message(text=text))))
    assert not asked.holds(situation(ticket(message(text=text), language="en")))


def test_a_text_too_short_to_tell_has_no_language() -> None:
    short = situation(ticket(message(text="ok"), subject=""))

    assert not condition("language", "nl").holds(short)
    assert condition("language", {"not": "nl"}).holds(short)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("priority", "hihg", "expected one of low, normal, high, urgent"),
        ("priority", {"at_least": ["high"]}, "expected one of low, normal, high, urgent"),
        ("channel", "fax", "expected one of email"),
        ("customer.vip", "yes", "expected true or false"),
        ("customer.domain", "a@example.com", "behind the @"),
        ("language", "dutch!", "language code"),
        ("group", {"is": "a", "any_of": ["b"]}, "not both"),
        ("group", {"at_least": 3}, "expected one of is, not, any_of, none_of"),
        ("tags", "", "expected the name of a tag"),
        ("field.x", {"at_least": "much"}, "expected a number"),
    ],
)
def test_a_wrong_value_is_refused(key: str, value: Any, expected: str) -> None:
    with pytest.raises(ValidationError) as mistake:
        condition(key, value)

    assert expected in str(mistake.value.messages)


def test_an_unknown_team_is_refused() -> None:
    with pytest.raises(ValidationError, match="expected one of the teams finance"):
        condition("team", "finanse", Names(teams=frozenset({"finance"})))


def test_counters_come_from_memory() -> None:
    at_hand = situation(memory=memory(reopened=2, handoffs=3))

    assert condition("reopened", {"at_least": 2}).holds(at_hand)
    assert condition("handoffs", {"at_most": 3}).holds(at_hand)
    assert not condition("reopened", False).holds(at_hand)
    assert condition("handoffs", True).holds(at_hand)
