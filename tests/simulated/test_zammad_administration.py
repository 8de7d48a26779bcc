"""What administrators do on a simulated Zammad, as its documentation says; recorded calls are compared elsewhere."""

from __future__ import annotations

import pytest
import requests

from plugin.simulated.zammad import SimulatedZammad
from tests.simulated.receiver import Receiver

ALWAYS = {"ticket.created_at": {"operator": "after (absolute)", "value": "1970-01-01T00:00:00Z"}}


@pytest.fixture
def zammad():
    desk = SimulatedZammad()
    desk.sender.time_scale = 0.001
    desk.add_group("Finance")
    desk.add_agent("Ana Alba", "ana@example.com", {"Users": "full"})
    desk.give_token("ana@example.com", "anas-token", ["ticket.agent"])
    desk.start()
    yield desk
    desk.stop()


def call(desk, method, path, body=None, token="zammad-admin-token"):
    headers = {"Authorization": f"Token token={token}"}
    return requests.request(
        method, f"{desk.url}/api/v1{path}", json=body, headers=headers, timeout=5
    )


def with_trigger(desk, endpoint, **columns):
    hook = call(desk, "POST", "/webhooks", {"name": "Hook", "endpoint": endpoint}).json()
    given = {
        "name": "All",
        "condition": ALWAYS,
        "perform": {"notification.webhook": {"webhook_id": hook["id"]}},
        **columns,
    }
    return call(desk, "POST", "/triggers", given).json()


def sent_on_an_attribute_change(desk, **columns):
    with Receiver() as receiver:
        with_trigger(desk, receiver.url, **columns)
        ticket = desk.customer_writes("paula@guest.example", "Hi", "Hello", group="Users")
        desk.settle()
        before = len(receiver.received)
        desk.agent_sets_priority(ticket, "ana@example.com", "3 high")
        desk.settle()
        changed = len(receiver.received) - before
        desk.agent_notes(ticket, "ana@example.com", "a note")
        desk.settle()
        return before, changed, len(receiver.received) - before - changed


def test_version_5_knows_no_mode_and_fires_on_everything(zammad):
    assert sent_on_an_attribute_change(zammad, execution_condition_mode="selective") == (1, 1, 1)
    assert "execution_condition_mode" not in zammad.data.tables["triggers"][1]


def test_version_6_is_selective_unless_told_otherwise(zammad):
    zammad.settings.version = "6.4.0"

    assert sent_on_an_attribute_change(zammad) == (1, 0, 1)


def test_version_6_fires_on_everything_in_the_mode_always(zammad):
    zammad.settings.version = "6.4.0"

    assert sent_on_an_attribute_change(zammad, execution_condition_mode="always") == (1, 1, 1)


def test_a_trigger_by_time_does_not_fire_on_changes(zammad):
    zammad.settings.version = "6.4.0"

    assert sent_on_an_attribute_change(zammad, activator="time") == (0, 0, 0)


def test_agents_see_their_groups_from_version_6_on(zammad):
    before = call(zammad, "GET", "/groups", token="anas-token")
    zammad.settings.version = "6.0.0"
    after = call(zammad, "GET", "/groups", token="anas-token")

    assert before.status_code == 403
    assert [row["name"] for row in after.json()] == ["Users"]


def test_a_tag_made_known_twice_is_one_and_removing_it_takes_it_from_tickets(zammad):
    for _ in range(2):
        call(zammad, "POST", "/tag_list", {"name": "billing"})
    ticket = zammad.customer_writes("paula@guest.example", "Hi", "Hello", group="Users")
    zammad.agent_tags(ticket, "ana@example.com", "billing")
    listed = call(zammad, "GET", "/tag_list").json()

    call(zammad, "DELETE", f"/tag_list/{listed[0]['id']}")

    assert [(row["name"], row["count"]) for row in listed] == [("billing", 1)]
    assert zammad.tags(ticket) == set()


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/tag_list"), ("POST", "/macros"), ("GET", "/http_logs/webhook")]
)
def test_what_is_for_administrators_is_refused_to_agents(method, path, zammad):
    assert call(zammad, method, path, {"name": "x"}, token="anas-token").status_code == 403


def test_agents_may_read_macros(zammad):
    call(zammad, "POST", "/macros", {"name": "Spam", "perform": {}})

    assert [row["name"] for row in call(zammad, "GET", "/macros", token="anas-token").json()] == [
        "Spam"
    ]
