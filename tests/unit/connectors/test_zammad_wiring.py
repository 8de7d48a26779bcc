"""How a Zammad's webhooks and triggers are told apart and judged by their looks."""

from __future__ import annotations

import pytest

from connectors.zammad import wiring
from connectors.zammad.examination import version_pair
from connectors.zammad.installation import _differences
from connectors.zammad.wiring import Scope
from tests.samples_reader import answer
from tests.unit.connectors.given import settings

ZAMMAD = settings("zammad")
URL = "https://deskladder.example.com/webhooks/support"
ALWAYS = {
    "ticket.created_at": {"operator": "after (absolute)", "value": "1970-01-01T00:00:00.000Z"}
}
TEXT = {"operator": "contains", "value": "x"}


@pytest.mark.parametrize(
    ("condition", "scope"),
    [
        pytest.param(ALWAYS, Scope.ALWAYS, id="ours"),
        pytest.param(
            {"ticket.created_at": {"operator": "after (absolute)", "value": "1970-01-01"}},
            Scope.ALWAYS,
            id="made-by-hand",
        ),
        pytest.param({"operator": "AND", "conditions": []}, Scope.ALWAYS, id="nested-and-empty"),
        pytest.param(
            {"ticket.created_at": {"operator": "after (absolute)", "value": "2026-01-01"}},
            Scope.UNCLEAR,
            id="only-young-tickets",
        ),
        pytest.param({**ALWAYS, "ticket.title": TEXT}, Scope.UNCLEAR, id="and-something-else"),
        pytest.param(
            {"ticket.action": {"operator": "is", "value": ["create", "update"]}},
            Scope.NEVER,
            id="list-of-events",
        ),
        pytest.param(
            {"ticket.action": {"operator": "is", "value": "create"}}, Scope.UNCLEAR, id="one-event"
        ),
        pytest.param({}, Scope.UNCLEAR, id="empty"),
        pytest.param(None, Scope.UNCLEAR, id="nothing"),
    ],
)
def test_a_condition_is_judged_by_its_looks(condition, scope):
    assert wiring.scope({"condition": condition}) is scope


def test_the_recorded_trigger_for_every_change_is_one():
    recorded = answer("zammad-live/api-trigger-create")

    assert wiring.scope(recorded) is Scope.ALWAYS


@pytest.mark.parametrize(
    ("condition", "can_be_tried"),
    [
        ({"ticket.title": TEXT}, True),
        ({"ticket.action": {"operator": "is", "value": "create"}}, False),
        ({"article.body": TEXT}, False),
        ({"ticket.owner_id": {"operator": "has changed"}}, False),
        ({"operator": "AND", "conditions": [{"name": "ticket.title", **TEXT}]}, True),
        ({"operator": "AND", "conditions": [{"name": "article.body", **TEXT}]}, False),
    ],
    ids=str,
)
def test_only_what_a_search_knows_is_tried_as_a_search(condition, can_be_tried):
    assert wiring.searchable(condition) is can_be_tried


@pytest.mark.parametrize(("value", "is_masked"), [("**********", True), ("", False), ("s*", False)])
def test_stars_are_no_secret(value, is_masked):
    assert wiring.is_masked(value) is is_masked


def test_a_masked_token_is_set_again_because_nobody_can_tell():
    should = wiring.webhook(ZAMMAD, URL)
    row = {**should, "id": 1, "signature_token": "**********"}

    assert _differences(row, should) == ["its token cannot be seen"]


def test_columns_a_version_has_not_are_no_difference():
    should = wiring.trigger(ZAMMAD, 7)
    row = {
        name: should[name]
        for name in should
        if name not in {"activator", "execution_condition_mode"}
    }

    assert _differences(row, should) == []
    assert _differences({**row, "execution_condition_mode": "selective"}, should) == [
        "execution condition mode"
    ]


@pytest.mark.parametrize(
    ("row", "is_for_us"),
    [
        pytest.param({"endpoint": URL}, True, id="our-address"),
        pytest.param({"endpoint": URL + "/"}, True, id="with-a-slash"),
        pytest.param({"endpoint": "https://old.example.com/webhooks/support"}, True, id="our-path"),
        pytest.param(
            {"endpoint": "https://x", "name": "Deskladder (support)", "note": wiring.NOTE},
            True,
            id="our-name-and-note",
        ),
        pytest.param(
            {"endpoint": "https://x", "name": "Deskladder (support)"}, False, id="name-only"
        ),
        pytest.param({"endpoint": "https://x/webhooks/shop"}, False, id="another-helpdesks"),
        pytest.param({"endpoint": "https://stock.example.com/in"}, False, id="foreign"),
    ],
)
def test_a_webhook_for_us_is_known_by_address_path_or_name(row, is_for_us):
    assert bool(wiring.our_webhooks([{"id": 1, **row}], ZAMMAD, URL)) is is_for_us


def test_the_one_at_our_address_comes_first():
    rows = [
        {"id": 1, "endpoint": "https://old.example.com/webhooks/support"},
        {"id": 2, "endpoint": URL},
    ]

    assert [row["id"] for row in wiring.our_webhooks(rows, ZAMMAD, URL)] == [2, 1]


def test_the_recorded_service_user_is_mailed_until_its_table_is_silent():
    me = answer("zammad-live/api-users-me-expand")
    silent = {"preferences": {"notification_config": {"matrix": wiring.silent_matrix()}}}

    assert wiring.is_mailed(me)
    assert not wiring.is_mailed(silent)
    assert not wiring.is_mailed({"preferences": {}})


def test_the_silent_table_is_the_recorded_one():
    from tests.samples_reader import sample

    sent = sample("zammad-live/api-user-preferences-notifications-off")["request"]["body"]

    assert wiring.silent_matrix() == sent["notification_config"]["matrix"]


@pytest.mark.parametrize(
    ("text", "pair"), [("5.5.x", (5, 5)), ("6.4.1-1717", (6, 4)), ("", None), ("develop", None)]
)
def test_versions_are_read_as_far_as_they_say(text, pair):
    assert version_pair(text) == pair
