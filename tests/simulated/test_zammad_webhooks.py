"""Every recorded change of the real Zammad, made again: as many deliveries, of the same shape."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from plugin.simulated.faults import Mishap
from plugin.simulated.zammad.articles import add_article, subscribe
from plugin.simulated.zammad.tables_api import insert
from plugin.simulated.zammad.tickets_api import saved_twice
from plugin.simulated.zammad.writing import create_ticket
from tests.samples_reader import names, sample
from tests.simulated.receiver import Receiver
from tests.simulated.shapes import differences
from tests.simulated.zammad_lab import BOT, DAVID, EMMA, with_tickets, zammad_lab

NOT_COMPARED = {
    "redirect-302": "a test of its own below: the target gets a GET",
    "signature-vector-live": "one delivery for checking signatures, no event",
    "slow-receiver": "needs a receiver of 35 s; retries have a test of their own below",
    "status-204": "about the receiver's answer: a test of its own below",
}


def created(lab, agent, group, **given):
    """A ticket by API call, with a note."""
    with lab._acting(lab.data.find_user(agent)["id"]) as call:
        ticket = create_ticket(
            lab.data, {"title": "T", "group": group, "customer": DAVID, **given}, call.user
        )
        article = add_article(lab.data, ticket, {"body": "Body", "type": "note"}, call.user)
        call.change(ticket["id"], "create", article["id"])
        if saved_twice(call, ticket):
            call.change(ticket["id"], "create")


def article(ticket, agent, **given):
    def act(lab):
        with lab._acting(lab.data.find_user(agent)["id"]) as call:
            row = add_article(lab.data, lab.data.ticket(ticket), {"body": "b", **given}, call.user)
            call.change(ticket, "update", row["id"])

    return act


def update(ticket, agent, **columns):
    return lambda lab: lab._agent_updates(ticket, agent, columns)


def update_with_note(lab):
    with lab._acting(lab.data.find_user(EMMA)["id"]) as call:
        ticket = lab.data.ticket(7)
        ticket["priority_id"] = 3
        row = add_article(
            lab.data, ticket, {"body": "changed and noted", "internal": True}, call.user
        )
        call.change(7, "update", row["id"], {"priority_id"})


def agent_then_bot(lab):
    lab.sender.latency = 100
    lab.agent_sets_priority(42, EMMA, "3 high")
    lab.agent_sets_priority(42, BOT, "1 low")


def hidden(lab):
    lab.data.articles[lab.data.articles_of[14][0]]["internal"] = True


def visible_change_of_visibility(lab):
    import requests

    number = lab.data.articles_of[14][0]
    answer = requests.put(
        f"{lab.url}/api/v1/ticket_articles/{number}",
        json={"internal": True},
        headers={
            "Authorization": "Token token=PoBENjd3H3gtJ3RK2wA6D6dsoC1DIpyl4ltDx-QiMngX21K2yRK4ugzMx8PMI0oR"
        },
        timeout=5,
    )
    assert answer.status_code == 200


def link_added(lab):
    import requests

    body = {
        "link_type": "normal",
        "link_object_target": "Ticket",
        "link_object_target_value": 14,
        "link_object_source": "Ticket",
        "link_object_source_number": "30015",
    }
    answer = requests.post(
        f"{lab.url}/api/v1/links/add",
        json=body,
        headers={
            "Authorization": "Token token=PoBENjd3H3gtJ3RK2wA6D6dsoC1DIpyl4ltDx-QiMngX21K2yRK4ugzMx8PMI0oR"
        },
        timeout=5,
    )
    assert answer.status_code == 201


def mentioned(lab):
    with lab._acting(lab.data.find_user(EMMA)["id"]) as call:
        subscribe(lab.data, 14, call.user, call.user)


def priority_by_another_trigger(lab):
    always = {
        "ticket.created_at": {"operator": "after (absolute)", "value": "1970-01-01T00:00:00.000Z"}
    }
    insert(
        lab.data,
        "triggers",
        {
            "name": "ZZZ other",
            "condition": always,
            "perform": {"ticket.priority_id": {"value": "1"}},
        },
        1,
    )
    lab.agent_notes(19, EMMA, "note")


def broken_trigger(lab):
    broken = {"ticket.nope": {"operator": "is", "value": ["1"]}}
    insert(lab.data, "triggers", {"name": "AAA broken", "condition": broken, "perform": {}}, 1)
    created(lab, EMMA, "1st Level")


def by_web_customer(ticket):
    return article(ticket, DAVID, type="web", sender="Customer", body="still broken")


def after(*actions):
    """The last action is the one that was recorded; what the others send is not counted."""

    def act(lab):
        for action in actions[:-1]:
            action(lab)
        assert lab.settle()
        lab.sender.log.clear()
        actions[-1](lab)

    return act


def owned_by_emma(number):
    return lambda lab: lab.agent_assigns(number, EMMA, EMMA)


def closed(number, agent=EMMA):
    return lambda lab: lab.agent_closes(number, agent)


EVENTS = {
    "agent-change-then-bot-change": agent_then_bot,
    "agent-phone-call": after(owned_by_emma(16), article(16, EMMA, type="phone")),
    "article-added-by-agent-email": lambda lab: lab.agent_replies(7, EMMA, "again"),
    "article-added-by-customer-email": lambda lab: lab.customer_replies(7, "Any news?"),
    "article-email-by-bot": lambda lab: lab.agent_replies(12, BOT, "reply"),
    "article-email-internal": article(12, BOT, type="email", internal=True, to="x@y.example"),
    "article-email-sender-system": article(12, BOT, type="email", sender="System", to=DAVID),
    "article-note-by-agent": lambda lab: lab.agent_notes(7, EMMA, "note"),
    "article-note-by-bot": lambda lab: lab.agent_notes(7, BOT, "note"),
    "article-visibility-changed": visible_change_of_visibility,
    "bot-system-mail-after-agent": article(43, BOT, type="email", sender="System", to=DAVID),
    "bot-system-note-after-agent": article(43, BOT, type="note", sender="System"),
    "burst-20-notes": lambda lab: [lab.agent_notes(42, EMMA, f"note {n}") for n in range(20)],
    "customer-email-reply-on-closed": after(
        owned_by_emma(39), closed(39), lambda lab: lab.customer_replies(39, "Again")
    ),
    "customer-web-reply-on-closed": after(owned_by_emma(16), closed(16), by_web_customer(16)),
    "link-added": link_added,
    "mention-subscribed": mentioned,
    "nested-empty-condition-note": lambda lab: lab.agent_notes(50, EMMA, "note"),
    "nested-empty-condition-update": update(50, EMMA, priority="3 high"),
    "no-echo-agent-note": lambda lab: lab.agent_notes(42, EMMA, "note"),
    "no-echo-bot-note": lambda lab: lab.agent_notes(42, BOT, "note"),
    "no-echo-bot-system-mail": after(
        lambda lab: lab.agent_notes(42, BOT, "note"),
        article(42, BOT, type="email", sender="System", to=DAVID),
    ),
    "no-echo-bot-update": update(42, BOT, priority="3 high"),
    "tag-added-by-agent": lambda lab: lab.agent_tags(14, EMMA, "tagged"),
    "tag-then-update": after(
        lambda lab: lab.agent_tags(14, EMMA, "x"), update(14, EMMA, priority="1 low")
    ),
    "ticket-created-by-agent": lambda lab: created(lab, EMMA, "1st Level"),
    "ticket-created-by-bot": lambda lab: created(lab, BOT, "2nd Level"),
    "ticket-created-by-customer": lambda lab: lab.customer_writes(
        DAVID, "Help", "fire", group="1st Level", channel="web"
    ),
    "ticket-created-by-email": lambda lab: lab.customer_writes(
        DAVID, "Cannot log in", "Hello", group="1st Level"
    ),
    "ticket-created-by-email-auto-submitted": lambda lab: lab.customer_writes(
        "carl@gmx.example", "Away", "I am away", group="1st Level", automatic=True
    ),
    "ticket-created-by-email-unknown-sender": lambda lab: lab.customer_writes(
        "new.person@else.example", "Hi", "Hello", group="1st Level"
    ),
    "ticket-created-with-tags": lambda lab: created(lab, EMMA, "2nd Level"),
    "ticket-deleted": lambda lab: lab.delete(17),
    "ticket-merged": lambda lab: lab.agent_merges(13, EMMA, 14),
    "ticket-pending": after(
        owned_by_emma(7),
        lambda lab: lab.agent_sets_state(7, BOT, "pending reminder", lab.now() + timedelta(days=2)),
    ),
    "ticket-preferences-updated": lambda lab: (
        created(lab, EMMA, "2nd Level"),
        lab._agent_updates(50, BOT, {"preferences": {"sidecar": {"v": 1}}}),
    ),
    "ticket-update-with-article": after(owned_by_emma(7), update_with_note),
    "trigger-made-change-after": priority_by_another_trigger,
    "trigger-with-broken-condition-blocks": broken_trigger,
}

CASES = [name.removeprefix("zammad-live/webhook-") for name in names("zammad-live", "webhook-*")]


def watched_lab(receiver, **options):
    lab = with_tickets(zammad_lab(**options), 51)
    lab.webhook_secret = "lab-secret-123"
    lab.connect_webhook(receiver.url)
    lab.sender.time_scale = 0.0
    return lab


@pytest.mark.parametrize("event", [case for case in CASES if case not in NOT_COMPARED])
def test_as_many_deliveries_of_the_same_shape(event):
    recorded = [
        call
        for call in sample(f"zammad-live/webhook-{event}")["deliveries"]
        if call["path"] == "/hook"
    ]

    with (
        Receiver() as receiver,
        watched_lab(receiver, auto_reply="customer" in event or "email" in event) as lab,
    ):
        before = len(receiver.received)
        EVENTS[event](lab)
        assert lab.settle()
        received = receiver.received[before:]
        sent = [outgoing for outgoing in lab.deliveries if outgoing.statuses]

    received = received[len(received) - len(sent) :]
    assert [has_article(json.loads(call.body)) for call in received] == [
        has_article(call["parsed_body"]) for call in recorded
    ]
    for mine, theirs in zip(received, recorded, strict=True):
        assert list(differences(theirs["parsed_body"], json.loads(mine.body))) == []
        assert [name for name, _ in mine.headers] == [name for name, _ in theirs["raw_headers"]]
        same = ("User-Agent", "Content-Type", "Accept", "Accept-Encoding", "Connection")
        assert [mine.header(name) for name in same] == [
            dict(theirs["raw_headers"])[name] for name in same
        ]


def has_article(body):
    return bool(body["article"])


def test_every_recorded_event_is_compared_or_excused():
    assert set(CASES) == set(EVENTS) | set(NOT_COMPARED)


def test_signature_covers_the_exact_bytes():
    with Receiver() as receiver, watched_lab(receiver) as lab:
        lab.agent_notes(7, EMMA, "<b>Größe & Gewicht</b>")
        assert lab.settle()

    call = receiver.received[-1]
    signature = hmac.new(b"lab-secret-123", call.body, hashlib.sha1).hexdigest()
    assert call.header("X-Hub-Signature") == f"sha1={signature}"
    assert b"\\u003cb\\u003eGr\xc3\xb6\xc3\x9fe \\u0026" in call.body


def test_retries_keep_the_delivery_id_and_tell_the_state_of_now():
    with Receiver(answers=[500]) as receiver, watched_lab(receiver) as lab:
        lab.sender.time_scale = 0.01
        lab.agent_notes(20, EMMA, "note")
        while not receiver.received:
            pass
        lab.data.ticket(20)["priority_id"] = 3
        assert lab.settle()

    first, second = receiver.received
    assert first.header("X-Zammad-Delivery") == second.header("X-Zammad-Delivery")
    assert [json.loads(call.body)["ticket"]["priority_id"] for call in (first, second)] == [2, 3]
    assert lab.deliveries[-1].state == "delivered"


def test_a_delivery_is_given_up_after_five_attempts():
    with Receiver(answers=[500, 404, 429, 503, 500]) as receiver, watched_lab(receiver) as lab:
        lab.agent_notes(20, EMMA, "note")
        assert lab.settle()

    assert lab.deliveries[-1].statuses == [500, 404, 429, 503, 500]
    assert lab.deliveries[-1].state == "given up"
    assert len(receiver.received) == 5


def test_any_2xx_is_success():
    with Receiver(answers=[204]) as receiver, watched_lab(receiver) as lab:
        lab.agent_notes(20, EMMA, "note")
        assert lab.settle()

    assert lab.deliveries[-1].statuses == [204]
    assert len(receiver.received) == 1


def test_a_redirect_is_followed_as_get_with_the_body_in_the_query():
    recorded = sample("zammad-live/webhook-redirect-302")["deliveries"][1]

    with Receiver(answers=[(302, "/landed")]) as receiver, watched_lab(receiver) as lab:
        lab.agent_notes(20, EMMA, "note")
        assert lab.settle()

    landed = receiver.received[-1]
    assert (landed.method, landed.body) == ("GET", b"")
    assert landed.path.startswith("/landed?&ticket=%7B%22article_count%22%3D%3E")
    assert [name for name, _ in landed.headers] == [name for name, _ in recorded["raw_headers"]]
    assert lab.deliveries[-1].state == "delivered"


def test_the_condition_against_echoes_lets_system_articles_through():
    with Receiver() as receiver, watched_lab(receiver) as lab:
        bot = str(lab.data.find_user(BOT)["id"])
        trigger = lab.data.tables["triggers"][max(lab.data.tables["triggers"])]
        trigger["condition"] = {
            "ticket.updated_by_id": {
                "operator": "is not",
                "pre_condition": "specific",
                "value": [bot],
            }
        }
        lab.agent_notes(43, BOT, "an echo")
        lab.agent_notes(43, EMMA, "no echo")
        article(43, BOT, type="note", sender="System")(lab)
        assert lab.settle()

    authors = [
        json.loads(call.body)["article"]["created_by"]["login"] for call in receiver.received
    ]
    assert authors == [EMMA, BOT]


@pytest.mark.parametrize(
    ("mishap", "expected"),
    [
        (Mishap.LOST, ["second"]),
        (Mishap.DUPLICATED, ["first", "first", "second"]),
        (Mishap.REORDERED, ["second", "first"]),
        (Mishap.DELAYED, ["second", "first"]),
    ],
    ids=str,
)
def test_deliveries_can_go_astray(mishap, expected):
    with Receiver() as receiver, watched_lab(receiver) as lab:
        lab.sender.time_scale = 0.01
        lab.mishaps.add(mishap)
        lab.agent_notes(20, EMMA, "first")
        lab.agent_notes(20, EMMA, "second")
        assert lab.settle()

    assert [json.loads(call.body)["article"]["body"] for call in receiver.received] == expected
