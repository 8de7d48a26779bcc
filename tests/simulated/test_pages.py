"""The agent page: shows what is there, does what people do, and takes nothing for markup."""

from __future__ import annotations

import re

import pytest
import requests

from plugin.simulated.freescout import SimulatedFreeScout
from plugin.simulated.zammad import SimulatedZammad

ANA, DAVID = "ana@example.com", "david@acme.example"
NASTY = '<script>alert("x")</script><img src=x onerror=alert(1)> & <b>bold</b>'


@pytest.fixture(params=[SimulatedZammad, SimulatedFreeScout], ids=["zammad", "freescout"])
def desk(request):
    with request.param() as running:
        running.add_group("Finance")
        running.add_group("1st Level")
        running.add_agent("Ana Agent", ANA, {"Finance": "full", "1st Level": "full"})
        running.customer_writes(DAVID, "Invoice", "My invoice is wrong", group="Finance")
        yield running


def see(desk, path="/"):
    answer = requests.get(desk.url + path, timeout=5)
    return answer.status_code, answer.text


def submit(desk, path="/tickets/1", headers=None, **form):
    return requests.post(
        desk.url + path, data=form, headers=headers, timeout=5, allow_redirects=False
    )


def test_the_list_names_tickets_with_their_people_and_tags(desk):
    desk.agent_assigns(1, ANA, ANA)
    desk.agent_tags(1, ANA, "vip")

    status, page = see(desk)

    assert status == 200
    for word in ("Invoice", "Finance", "Ana Agent", "vip", desk.number(1)):
        assert word in page


def test_a_ticket_shows_messages_by_kind_and_its_history(desk):
    desk.agent_notes(1, ANA, "for us only")
    desk.agent_replies(1, ANA, "for you")
    desk.agent_moves(1, ANA, "1st Level")

    _, page = see(desk, "/tickets/1")

    kinds = re.findall(r'<article class="(\w+)">.*?class="text">(.*?)</p>', page, re.DOTALL)
    assert kinds == [
        ("customer", "My invoice is wrong"),
        ("note", "for us only"),
        ("agent", "for you"),
    ]
    assert re.search(
        r"Ana Agent (moved conversation|changed group from Finance to 1st Level)", page
    )


@pytest.mark.parametrize("where", ["subject", "text", "note", "tag", "customer"])
def test_nothing_people_write_becomes_markup(desk, where):
    if where in {"subject", "text"}:
        texts = {"subject": "Hi", "text": "Hello", where: NASTY}
        desk.customer_writes("eve@x.example", texts["subject"], texts["text"], group="Finance")
    elif where == "note":
        desk.agent_notes(1, ANA, NASTY)
    elif where == "tag":
        desk.agent_tags(1, ANA, NASTY)
    else:
        desk.add_customer(NASTY, "mallory@x.example")
        desk.customer_writes("mallory@x.example", "Hi", "Hello", group="Finance")

    pages = [see(desk)[1], *(see(desk, f"/tickets/{ticket}")[1] for ticket in desk.tickets())]

    for page in pages:
        assert page.count("<script>") == 1
        assert "<img" not in page
        assert "<b>" not in page


def test_links_to_other_tickets_here_can_be_followed(desk):
    desk.agent_notes(1, ANA, f"see {desk.url}/#ticket/zoom/1 and {desk.url}/conversation/1")

    _, page = see(desk, "/tickets/1")

    assert page.count('<a href="/tickets/1">ticket 1</a>') == 2
    assert see(desk, "/conversation/1")[0] == 200


def test_a_customer_writes_by_the_form(desk):
    answer = submit(
        desk,
        "/",
        customer="new@x.example",
        subject="Hello",
        text="It broke",
        group="Finance",
        channel="email",
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, "/tickets/2")
    assert [said.body for said in desk.messages(2)] == ["It broke"]


@pytest.mark.parametrize(
    ("who", "kind"), [("customer", "customer"), ("agent", "agent"), ("note", "note")], ids=str
)
def test_people_say_something_by_the_form(desk, who, kind):
    submit(desk, act="say", text="more", agent=ANA, **{"as": who})

    assert (desk.messages(1)[-1].kind, desk.messages(1)[-1].body) == (kind, "more")


def test_an_agent_changes_only_what_differs(desk):
    desk.settle()
    submit(desk, act="update", agent=ANA, group="1st Level", owner=ANA, state="closed")
    events = len(desk.events(1))
    submit(desk, act="update", agent=ANA, group="1st Level", owner=ANA, state="closed")

    assert (desk.group(1), desk.owner(1), desk.state(1)) == ("1st Level", ANA, "closed")
    assert len(desk.events(1)) == events


def test_tags_come_and_go(desk):
    submit(desk, act="tag", tag="vip")
    there = desk.tags(1)
    submit(desk, act="untag", tag="vip")

    assert (there, desk.tags(1)) == ({"vip"}, set())


def test_mail_that_left_is_shown(desk):
    desk.agent_replies(1, ANA, "answer for David")

    _, page = see(desk, "/mails")

    assert DAVID in page
    assert "answer for David" in page


@pytest.mark.parametrize("path", ["/tickets/99", "/nothing", "/tickets/x"])
def test_what_is_not_there_is_said(desk, path):
    status, page = see(desk, path)

    assert status == 404
    assert 'class="wrong"' in page


def test_a_form_without_text_changes_nothing(desk):
    answer = submit(desk, act="say", text="  ", agent=ANA, **{"as": "note"})

    assert answer.status_code == 404
    assert "Please give a text." in answer.text
    assert len(desk.messages(1)) == 1


def test_a_form_of_another_site_is_refused(desk):
    answer = submit(
        desk,
        act="say",
        text="x",
        agent=ANA,
        headers={"Origin": "https://evil.example"},
        **{"as": "note"},
    )

    assert "another page" in answer.text
    assert desk.notes(1) == []


def test_the_page_loads_nothing_from_elsewhere(desk):
    answer = requests.get(desk.url, timeout=5)

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)
