"""The mail a simulated Zammad would have sent to agents and customers."""

from __future__ import annotations

import pytest
import requests

from plugin.simulated.zammad import SimulatedZammad

ANA, BEN, DAVID = "ana@example.com", "ben@example.com", "david@acme.example"


@pytest.fixture
def desk():
    desk = SimulatedZammad()
    desk.add_group("Finance")
    desk.add_group("Secret", email="")
    desk.add_agent("Ana Agent", ANA, {"Finance": "full"})
    desk.add_agent("Ben Berg", BEN, {"Secret": "full"})
    desk.customer_writes(DAVID, "Invoice", "My invoice is wrong", group="Finance")
    return desk


def notified(desk):
    return [mail.to for mail in desk.mails() if mail.kind == "notification"]


def test_a_ticket_nobody_owns_is_announced_to_those_with_access(desk):
    assert sorted(notified(desk)) == [ANA, desk.service_user]


def test_later_only_the_owner_hears_of_it_and_never_the_author(desk):
    desk.agent_assigns(1, ANA, ANA)
    before = len(notified(desk))

    desk.customer_replies(1, "Any news?")
    desk.agent_notes(1, ANA, "I look into it")

    assert notified(desk)[before:] == [ANA]


def test_the_service_user_can_switch_its_mail_off(desk):
    off = {"criteria": {}, "channel": {"email": False, "online": False}}
    matrix = dict.fromkeys(("create", "update"), off)

    with desk:
        answer = requests.put(
            f"{desk.url}/api/v1/users/preferences",
            json={"notification_config": {"matrix": matrix}},
            headers={"Authorization": f"Token token={desk.token}"},
            timeout=5,
        )
    desk.customer_writes(DAVID, "Again", "Hello?", group="Finance")

    assert answer.json() == {"message": "ok"}
    assert notified(desk)[2:] == [ANA]


def test_a_system_reply_is_mailed_but_counts_as_no_answer(desk):
    given = {
        "ticket_id": 1,
        "type": "email",
        "sender": "System",
        "to": DAVID,
        "body": "We have it.",
    }

    with desk:
        headers = {"Authorization": f"Token token={desk.token}"}
        requests.post(f"{desk.url}/api/v1/ticket_articles", json=given, headers=headers, timeout=5)
        ticket = requests.get(f"{desk.url}/api/v1/tickets/1", headers=headers, timeout=5).json()

    assert [mail.to for mail in desk.mails() if mail.kind == "reply"] == [DAVID]
    assert (ticket["first_response_at"], ticket["article_count"], desk.state(1)) == (None, 1, "new")


def test_a_group_without_address_sends_nothing_and_stores_nothing(desk):
    ticket = desk.customer_writes(DAVID, "Hi", "Hello", group="Secret", channel="web")
    desk.give_token(BEN, "bens-token", ["ticket.agent"])

    with desk:
        given = {"ticket_id": ticket, "type": "email", "to": DAVID, "body": "answer"}
        headers = {"Authorization": "Token token=bens-token"}
        answer = requests.post(
            f"{desk.url}/api/v1/ticket_articles", json=given, headers=headers, timeout=5
        )

    assert answer.status_code == 500
    assert desk.replies(ticket) == []
    assert not [mail for mail in desk.mails() if mail.kind == "reply"]
