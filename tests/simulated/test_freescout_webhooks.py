"""Every recorded event of the real FreeScout, caused again: same event, same shape, same signing."""

from __future__ import annotations

import base64
import hmac
import json

import pytest
import requests

from tests.samples_reader import names, sample
from tests.simulated.freescout_lab import (
    ALL_MODULES,
    BEA,
    BOT,
    CARL,
    ERIN,
    KEY,
    SECRET,
    freescout_lab,
    with_conversations,
)
from tests.simulated.receiver import Receiver
from tests.simulated.shapes import differences

NOT_COMPARED = {
    "custom-workflow-event": "the Workflows module and its custom events are not simulated",
    "customer.created-mailbox-address": "no customer is made of a mailbox's own address here",
    "customer.updated-by-ui": "there is no page here to edit a customer",
    "convo.agent.reply.created-by-email": "an agent's answer by mail: the same event as by UI, without undo time",
    "demo-retry-schedule": "a schedule, no call: a test of its own below",
    "demo-snapshot-fields-live-threads": "a story over several calls: a test of its own below",
    "redirect-302-first": "a test of its own below",
    "redirect-302-followed-as-GET": "a test of its own below",
    "redirect-307-followed-as-POST": "a test of its own below",
}


def api(method, path, body=None):
    def act(lab):
        headers = {"X-FreeScout-API-Key": KEY, "Accept": "application/json"}
        answer = requests.request(
            method, f"{lab.url}/api{path}", json=body, headers=headers, timeout=5
        )
        answer.raise_for_status()

    return act


def create(*threads, **given):
    body = {"type": "email", "mailboxId": 1, "subject": "S", "customer": {"email": ERIN}}
    return api("POST", "/conversations", {**body, "threads": list(threads), **given})


BY_CUSTOMER = {"type": "customer", "text": "q", "customer": {"email": ERIN}}
BY_AGENT = {"type": "message", "text": "hello", "user": 3}

EVENTS = {
    "convo.agent.reply.created-api-draft": api(
        "POST",
        "/conversations/9/threads",
        {"type": "message", "text": "DRAFT", "user": 2, "state": "draft"},
    ),
    "convo.agent.reply.created-by-ui": lambda lab: lab.agent_replies(9, BEA, "answer"),
    "convo.assigned-by-api": api("PUT", "/conversations/9", {"assignTo": 3, "byUser": 4}),
    "convo.assigned-by-ui": lambda lab: lab.agent_assigns(9, BEA, CARL),
    "convo.created-by-api-agent-message": create(BY_AGENT, assignTo=3, status="closed"),
    "convo.created-by-api-customer": create(BY_CUSTOMER),
    "convo.created-by-api-imported": create(
        BY_AGENT, BY_CUSTOMER, assignTo=2, status="pending", imported=True
    ),
    "convo.created-by-api-phone-note": create(
        {"type": "note", "text": "called", "user": 2}, type="phone"
    ),
    "convo.created-by-email": lambda lab: lab.customer_writes(
        "dana@cust.test", "Invoice", "Hello", group="Support"
    ),
    "convo.customer.reply.created-by-api": lambda lab: (
        lab.data.conversation(9).bcc.append("bcc@cust.test"),
        api("POST", "/conversations/9/threads", BY_CUSTOMER)(lab),
    ),
    "convo.customer.reply.created-by-email": lambda lab: lab.customer_replies(
        lab.agent_writes(BEA, ERIN, "Offer", "Hello", group="Support"), "More"
    ),
    "convo.deleted-by-ui": lambda lab: lab.soft_delete(9, BEA),
    "convo.deleted_forever-by-api": api("DELETE", "/conversations/9"),
    "convo.moved-by-ui": lambda lab: lab.agent_moves(9, BEA, "Billing"),
    "convo.note.created-by-api": api(
        "POST",
        "/conversations/9/threads",
        {"type": "note", "text": "n", "user": 4, "imported": True},
    ),
    "convo.restored-by-ui": lambda lab: lab.restore(7, BEA),
    "convo.status-by-api": lambda lab: (
        lab.agent_assigns(9, BEA, CARL),
        api("PUT", "/conversations/9", {"status": "pending", "byUser": 4})(lab),
    ),
    "convo.status-by-ui": lambda lab: lab.agent_sets_state(9, BEA, "pending"),
    "customer.created-by-email": lambda lab: lab.customer_writes(
        "somebody@new.test", "Hi", "Hello", group="Support"
    ),
}

CASES = [name.removeprefix("freescout/webhook-") for name in names("freescout", "webhook-*")]


def watched_lab(receiver, modules=()):
    lab = with_conversations(freescout_lab(modules), 10)
    lab.agent_assigns(8, BEA, CARL)
    lab.agent_closes(8, BEA)
    lab.soft_delete(7, BEA)
    lab.connect_webhook(receiver.url)
    lab.sender.time_scale = 0.0
    return lab


@pytest.mark.parametrize("event", [case for case in CASES if case not in NOT_COMPARED])
def test_same_event_same_shape(event):
    recorded = sample(f"freescout/webhook-{event}")
    name = dict(recorded["headers"])["X-FreeScout-Event"]
    modules = ALL_MODULES if "customFields" in recorded["parsed_body"] else ()

    with Receiver() as receiver, watched_lab(receiver, modules) as lab:
        EVENTS[event](lab)
        assert lab.settle()

    calls = [call for call in receiver.received if call.header("X-FreeScout-Event") == name]
    assert len(calls) == 1
    body = json.loads(calls[0].body)
    assert list(differences(recorded["parsed_body"], body)) == []
    assert [key for key, _ in calls[0].headers] == [key for key, _ in recorded["headers"]]
    for key in ("status", "state", "type"):
        assert body.get(key) == recorded["parsed_body"].get(key)
    types = [thread["type"] for thread in body["_embedded"].get("threads", ())]
    if event.startswith("convo.created") or "draft" in event or "deleted" in event:
        assert sorted(types) == sorted(
            t["type"] for t in recorded["parsed_body"]["_embedded"]["threads"]
        )


def test_every_recorded_event_is_compared_or_excused():
    assert set(CASES) == set(EVENTS) | set(NOT_COMPARED)


def test_signature_covers_the_exact_ascii_bytes():
    with Receiver() as receiver, watched_lab(receiver) as lab:
        lab.agent_notes(9, BOT, "Größe 1/2")
        assert lab.settle()

    call = receiver.received[-1]
    signature = base64.b64encode(hmac.digest(SECRET.encode(), call.body, "sha1")).decode()
    assert call.header("X-FreeScout-Signature") == signature
    assert b"Gr\\u00f6\\u00dfe 1\\/2" in call.body
    assert call.body.isascii()


def test_retries_repeat_the_same_stale_bytes_ten_times():
    with Receiver(answers=[500] * 10) as receiver, watched_lab(receiver) as lab:
        lab.agent_sets_state(9, BEA, "pending")
        assert lab.settle()

    assert len(receiver.received) == 10
    assert len({call.body for call in receiver.received}) == 1
    assert lab.deliveries[-1].state == "given up"


def test_fields_are_frozen_at_the_event_but_threads_are_read_when_sent():
    with Receiver() as receiver, watched_lab(receiver) as lab:
        with lab.server.lock:
            lab.agent_notes(9, BEA, "first")
            lab.agent_sets_state(9, BEA, "closed")
            lab.agent_notes(9, BEA, "second")
        assert lab.settle()

    body = json.loads(receiver.received[0].body)
    assert body["status"] == "active"
    assert {"second", "first"} <= {thread["body"] for thread in body["_embedded"]["threads"]}


@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (307, "POST")], ids=str)
def test_redirects_as_recorded(status, method):
    recorded = sample(f"freescout/webhook-redirect-{status}-followed-as-{method}")

    with Receiver(answers=[(status, "/target")]) as receiver, watched_lab(receiver) as lab:
        lab.agent_notes(9, BOT, "note")
        assert lab.settle()

    landed = receiver.received[-1]
    assert landed.path == "/target"
    assert (landed.method, bool(landed.body)) == (method, bool(recorded["raw_body"]))
    assert [key for key, _ in landed.headers] == [key for key, _ in recorded["headers"]]
    assert lab.deliveries[-1].state == "delivered"


@pytest.mark.parametrize(
    ("act", "events"),
    [
        (lambda lab: lab.agent_assigns(8, BEA, None), []),
        (lambda lab: lab.agent_tags(9, BEA, "vip"), []),
        (lambda lab: lab.agent_merges(10, BEA, 9), ["convo.deleted"]),
        (lambda lab: lab.customer_replies(8, "again"), ["convo.customer.reply.created"]),
        (
            lambda lab: lab.agent_replies(9, BEA, "a"),
            ["convo.assigned", "convo.status", "convo.agent.reply.created"],
        ),
        (api("PUT", "/conversations/9", {"subject": "new"}), []),
        (api("PUT", "/customers/3", {"notes": "x"}), []),
        (api("POST", "/customers", {"email": "n@x.test"}), ["customer.created"]),
        (
            api(
                "POST",
                "/conversations/9/threads",
                {"type": "note", "text": "n", "user": 4, "status": "closed"},
            ),
            ["convo.note.created"],
        ),
    ],
    ids=[
        "unassign",
        "tag",
        "merge",
        "reply reopens",
        "agent reply",
        "subject",
        "edit customer",
        "new customer",
        "note with status",
    ],
)
def test_what_fires_what(act, events):
    with Receiver() as receiver, watched_lab(receiver, ("tags",)) as lab:
        act(lab)
        assert lab.settle()

    assert [call.header("X-FreeScout-Event") for call in receiver.received] == events


def test_a_failed_creation_tells_of_a_conversation_nobody_saw():
    with Receiver() as receiver, watched_lab(receiver) as lab:
        headers = {"X-FreeScout-API-Key": KEY, "Accept": "application/json"}
        body = {
            "type": "email",
            "mailboxId": 1,
            "subject": "x",
            "customer": {"email": ERIN},
            "threads": [],
        }
        answer = requests.post(
            f"{lab.url}/api/conversations", json=body, headers=headers, timeout=5
        )
        assert lab.settle()

    assert answer.status_code == 400
    assert [call.header("X-FreeScout-Event") for call in receiver.received] == [
        "convo.deleted_forever"
    ]
    assert lab.customer_writes(ERIN, "next", "x", group="Support") == 12


def test_a_stale_worker_does_not_know_new_webhooks_until_it_restarts():
    with Receiver() as receiver, watched_lab(receiver) as lab:
        lab.hooks.stale_worker = True
        lab.agent_replies(9, BEA, "one")
        assert lab.settle()
        unseen = [call.header("X-FreeScout-Event") for call in receiver.received]
        lab.hooks.restart_worker()
        lab.agent_replies(9, BEA, "two")
        assert lab.settle()

    assert "convo.agent.reply.created" not in unseen
    assert receiver.received[-1].header("X-FreeScout-Event") == "convo.agent.reply.created"
