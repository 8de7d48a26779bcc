"""Every recorded API call of the real FreeScout, sent again to the simulated one."""

from __future__ import annotations

import json

import pytest
import requests

from plugin.simulated.freescout import threads, writing
from tests.samples_reader import names, sample
from tests.simulated.freescout_lab import (
    ADA,
    ALL_MODULES,
    BEA,
    BOT,
    CARL,
    freescout_lab,
    with_conversations,
)
from tests.simulated.shapes import differences

NOT_COMPARED: dict[str, str] = {}

SAME_VALUES = ("status", "state", "type", "mailboxId", "body", "threadsCount", "source")


def quiet(*_args, **_kwargs):
    """No events while a test prepares."""


def tagged(*tags, conversation=46):
    return lambda lab: writing.put_tags(lab.data, lab.data.conversation(conversation), list(tags))


def conversation_two_as_recorded(lab):
    row = lab.data.conversation(2)
    for member, value in (
        ("status", "pending"),
        ("assign", 3),
        ("assign", None),
        ("status", "active"),
    ):
        if member == "status":
            writing.set_status(lab.data, row, 4, value, quiet)
        else:
            writing.assign(lab.data, row, 4, value, quiet)
    threads.post_thread(
        lab.data,
        row,
        {
            "type": "message",
            "text": "<p>Dear Erin</p>",
            "user": 2,
            "status": "active",
            "bcc": ["bcc@cust.test"],
        },
        quiet,
    )
    threads.post_thread(
        lab.data,
        row,
        {"type": "message", "text": "closing reply", "user": 2, "cc": ["boss@cust.test"]},
        quiet,
    )
    threads.post_thread(lab.data, row, {"type": "note", "text": "a note", "user": 4}, quiet)
    for text in ("one", "two", "bogus type"):
        threads.post_thread(lab.data, row, {"type": "customer", "text": text}, quiet)
    writing.move(lab.data, row, 4, 2, quiet)
    writing.move(lab.data, row, 4, 1, quiet)
    writing.assign(lab.data, row, 4, 2, quiet)


def assigned_to_carl(lab):
    lab.agent_assigns(2, BOT, CARL)


def user_without_mailbox(lab):
    for number in (5, 6, 7):
        lab.add_agent(f"User {number}", f"user{number}@fslab.test", {})


def fifth_user(lab):
    lab.add_agent("Api User", "apiuser@fslab.test", {})


def robot_and_deleted_user(lab):
    fifth_user(lab)
    lab.data.users[5].created_by_api = True
    requests.delete(
        f"{lab.url}/api/users/5?byUserId=1", headers={"X-FreeScout-API-Key": lab.token}, timeout=5
    ).raise_for_status()
    lab.add_agent("Workflow", "fsworkflow@example.org", {})


def webhooks(number):
    return lambda lab: [lab.connect_webhook("http://127.0.0.1:1/gap") for _ in range(number)]


def logged_time(lab):
    now = lab.data.now()
    lab.data.timelogs[2].append(
        {
            "id": 1,
            "conversationStatus": "active",
            "userId": 2,
            "timeSpent": 219,
            "paused": False,
            "finished": True,
            "createdAt": now,
            "updatedAt": now,
        }
    )


def ninth_customer_next(lab):
    lab.add_customer("Eighth", "eighth@cust.test")


def maintenance(lab):
    lab.maintenance = True


def many_threads_in_workflow(lab):
    row = lab.data.conversation(47)
    writing.assign(lab.data, row, 2, 2, quiet)


PREPARATIONS = {
    "api-conversation-after-workflow": many_threads_in_workflow,
    "api-conversation-get": conversation_two_as_recorded,
    "api-conversation-get-closed": lambda lab: lab.agent_closes(50, BOT),
    "api-conversation-get-embed-tags": tagged("refund", "vip", "überfällig"),
    "api-conversation-get-embed-threads-tags": tagged("refund", "vip", "überfällig"),
    "api-conversation-get-merged-away": lambda lab: lab.agent_merges(30, BEA, 29),
    "api-conversation-update-assign-same": assigned_to_carl,
    "api-conversation-update-assign-user-without-mailbox": user_without_mailbox,
    "api-conversation-update-customer-no-byuser": lambda lab: writing.change_customer(
        lab.data, lab.data.conversation(2), 4, lab.data.customers[1]
    ),
    "api-conversation-update-unassign-minus1": assigned_to_carl,
    "api-conversation-update-unassign-null": assigned_to_carl,
    "api-conversations-list-embed-threads": conversation_two_as_recorded,
    "api-customer-create": ninth_customer_next,
    "api-error-maintenance-mode": maintenance,
    "api-tags-accent-collision": tagged("überfällig", conversation=56),
    "api-tags-list": tagged("refund", "vip", "überfällig", "ai:billing"),
    "api-tags-put-empty": tagged("refund"),
    "api-tags-put-replace": tagged("refund", "vip"),
    "api-thread-create-unknown-type": lambda lab: writing.change_customer(
        lab.data, lab.data.conversation(2), 4, lab.data.customers[7]
    ),
    "api-timelogs-list": logged_time,
    "api-user-delete": fifth_user,
    "api-users-list-with-robot-and-deleted": robot_and_deleted_user,
    "api-webhook-create-events-as-string": webhooks(1),
    "api-webhook-create-unknown-event-first": webhooks(18),
    "api-webhook-delete": webhooks(19),
}

AFTERWARDS = {
    "api-conversation-update-assign-same": lambda lab: (
        (lab.owner(2), len(lab.events(2))) == (CARL, 1)
    ),
    "api-conversation-update-assign-user-without-mailbox": lambda lab: (
        lab.owner(51) == "user7@fslab.test"
    ),
    "api-conversation-update-combined": lambda lab: (lab.state(2), lab.owner(2)) == ("closed", BEA),
    "api-conversation-update-mailbox": lambda lab: lab.group(2) == "Billing",
    "api-conversation-update-status": lambda lab: lab.state(2) == "pending",
    "api-conversation-update-status-bogus": lambda lab: lab.state(2) == "active",
    "api-conversation-update-status-spam": lambda lab: lab.state(2) == "spam",
    "api-conversation-update-subject": lambda lab: lab.subject(2) == "New subject by sidecar",
    "api-conversation-update-unassign-minus1": lambda lab: lab.owner(2) is None,
    "api-conversation-update-unassign-null": lambda lab: lab.owner(2) is None,
    "api-custom-fields-put": lambda lab: (
        lab.fields(46)
        == {"AI label": "refund", "Priority": "2", "AI confidence": "0.93", "Due": "2026-12-01"}
    ),
    "api-error-custom-fields-map": lambda lab: lab.fields(46) == {},
    "api-error-tags-long": lambda lab: [len(tag) for tag in lab.tags(46)] == [191],
    "api-error-tags-string": lambda lab: lab.tags(46) == set(),
    "api-error-update-malformed-json": lambda lab: lab.state(2) == "active",
    "api-error-update-partial": lambda lab: lab.state(56) == "pending",
    "api-tags-accent-collision": lambda lab: lab.tags(56) == set(),
    "api-tags-put": lambda lab: lab.tags(46) == {"refund", "vip", "überfällig"},
    "api-tags-put-empty": lambda lab: lab.tags(46) == set(),
    "api-tags-put-replace": lambda lab: lab.tags(46) == {"refund", "ai:billing"},
    "api-thread-create-message": lambda lab: (
        (lab.state(2), lab.mails()[-1].to) == ("pending", "erin@cust.test")
    ),
    "api-thread-create-message-draft": lambda lab: (lab.replies(2), lab.mails()) == ([], []),
    "api-thread-create-message-status-closed": lambda lab: lab.state(2) == "closed",
    "api-thread-create-note-imported": lambda lab: lab.mails() == [],
    "api-thread-create-note-with-status": lambda lab: (
        (lab.state(2), lab.events(2)) == ("pending", [])
    ),
    "api-thread-create-lineitem": lambda lab: lab.mails()[-1].to == "erin@cust.test",
    "api-user-delete": lambda lab: "apiuser@fslab.test" not in lab.agents(),
    "api-webhook-delete": lambda lab: 19 not in lab.data.webhooks,
}

CASES = [name.removeprefix("freescout/") for name in names("freescout", "api-*")]
FEW = {"api-conversations-list": 12, "api-conversation-create-phone-note": 4}


def modules_of(name):
    """The optional modules were installed for the second half of the recordings."""
    if "no-module" in name:
        return ()
    if "embed" in name:
        return ("tags",)
    wanted = ("tags", "custom", "timelogs", "workflow", "closed", "merged")
    return ALL_MODULES if any(word in name for word in wanted) else ()


def send_again(lab, recorded):
    request = recorded["request"]
    body = request.get("raw_body")
    if body is None and request.get("body") is not None:
        body = json.dumps(request["body"])
    headers = {key: value for key, value in request["headers"].items() if key != "Content-Length"}
    return requests.request(
        request["method"],
        lab.url + request["url"],
        headers=headers,
        data=body and body.encode(),
        timeout=10,
    )


@pytest.mark.parametrize("name", [case for case in CASES if case not in NOT_COMPARED])
def test_answers_like_the_real_one(name):
    recorded = sample(f"freescout/{name}")
    lab = with_conversations(freescout_lab(modules_of(name)), FEW.get(name, 56))
    lab.sender.enabled = False

    with lab:
        if prepare := PREPARATIONS.get(name):
            prepare(lab)
        answer = send_again(lab, recorded)

    wanted = recorded["response"]
    assert answer.status_code == wanted["status"], answer.text[:500]
    for header in ("Content-Type", "Resource-ID", "Cache-Control"):
        if header == "Resource-ID":
            assert (header in answer.headers) == (header in wanted["headers"])
    kind = {key.lower(): value for key, value in wanted["headers"].items()}.get("content-type", "")
    assert answer.headers.get("Content-Type", "").partition(";")[0] == kind.partition(";")[0]
    if wanted.get("body") is None:
        assert answer.text == (wanted.get("raw_body") or "")
    else:
        found = answer.json()
        assert list(differences(wanted["body"], found)) == []
        if "id" in wanted["body"]:
            same = {key: found.get(key) for key in SAME_VALUES if key in wanted["body"]}
            assert same == {key: wanted["body"][key] for key in same}
    assert AFTERWARDS.get(name, lambda _lab: True)(lab)


def test_every_preparation_is_for_a_recorded_call():
    assert set(PREPARATIONS) | set(AFTERWARDS) | set(NOT_COMPARED) | set(FEW) <= set(CASES)


def test_admin_of_the_lab_is_the_recorded_one():
    assert freescout_lab().data.users[1].email == ADA
