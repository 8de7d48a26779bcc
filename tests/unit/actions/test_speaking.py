"""note, reply, notify, webhook: said once, to the right people, and only while it makes sense."""

from dataclasses import replace
from datetime import timedelta

import pytest

from plugin.domain.errors import Refused, TryAgain
from plugin.domain.html import plain_text
from plugin.domain.memory import ActionState
from plugin.domain.settings import Defaults
from plugin.domain.ticket import EarlierTicket, MessageKind, Person, Role, StateType
from tests.fakes import ANA, CLOSED, FINANCE, GUEST, NOON, a_message, a_ticket
from tests.unit.actions.doing import MARK, Doing, a_config, done, seen


def note_of(doing: Doing) -> str:
    """The one note, as agents read it."""
    [(ticket_id, html, mark)] = doing.helpdesk.notes
    assert (ticket_id, mark) == (7, MARK)
    return plain_text(html)


# note -------------------------------------------------------------------------------------------


def test_the_note_why_begins_with_the_rule_and_its_reason():
    doing = Doing()

    outcome = doing.do("note", "why")

    assert note_of(doing).splitlines()[0] == "late answer: no human answer for 4h 10m (limit 4h)"
    assert outcome.detail == "note why"


def test_the_note_why_links_the_earlier_tickets():
    doing = Doing()
    earlier = (
        EarlierTicket(5, "70005", NOON - timedelta(days=9), "https://help.example.com/5"),
        EarlierTicket(7, "70007", NOON, "https://help.example.com/7"),
    )

    doing.do("note", "why", a_ticket(customer_tickets=earlier))

    assert "#70005 of Tue 24 Nov, 13:00: https://help.example.com/5" in note_of(doing)
    assert '<a href="https://help.example.com/5">' in doing.helpdesk.notes[0][1]
    assert "help.example.com/7" not in note_of(doing)


def test_the_note_why_tells_what_was_done_and_what_not():
    doing = Doing()
    records = (
        done("tag", {}, "tagged escalated"),
        done("group", {}, "somebody moved the ticket", key="b", state=ActionState.SKIPPED),
        done("state", {}, "already so: the state is open", key="x", state=ActionState.SKIPPED),
        done("tag", {}, "of another rule", key="c", rule="other"),
        done("tag", {}, "of another cycle", key="d", cycle="c9"),
    )

    doing.do("note", "why", actions=records)

    assert "Done:\n- tagged escalated\n" in note_of(doing)
    assert "Not done:\n- somebody moved the ticket\n" in note_of(doing)
    assert "another" not in note_of(doing)
    assert "already so" not in note_of(doing)


@pytest.mark.parametrize(
    ("ticket", "sentence"),
    [
        pytest.param(
            a_ticket(owner=ANA), "Next: Ana Alba (1st Level), by Thu 3 Dec, 15:01.", id="owned"
        ),
        pytest.param(
            a_ticket(group=FINANCE),
            "nobody owns this ticket yet; marta@example.com leads finance.",
            id="led",
        ),
        pytest.param(a_ticket(), "nobody owns this ticket yet (group 1st Level).", id="nobody"),
    ],
)
def test_the_note_why_says_who_is_next(ticket, sentence):
    doing = Doing()

    doing.do("note", "why", ticket)

    assert sentence in note_of(doing)


@pytest.mark.parametrize(
    ("language", "word"), [("de", "Als Nächstes"), ("nl-NL", "Nu aan zet"), ("fi", "Next")]
)
def test_notes_speak_the_agents_language(language, word):
    doing = Doing(config=a_config(defaults=Defaults(language=language)))

    doing.do("note", "why")

    assert word in note_of(doing)


def test_a_late_note_says_so():
    doing = Doing(now=NOON + timedelta(minutes=11))

    outcome = doing.do("note", "why")

    assert "This note is late: it was due Thu 3 Dec, 13:00." in note_of(doing)
    assert outcome.detail.endswith("(late)")


def test_ten_minutes_are_not_late():
    doing = Doing(now=NOON + timedelta(minutes=10))

    doing.do("note", "why")

    assert "late:" not in note_of(doing)


def test_the_hint_prints_what_the_team_may_decide():
    doing = Doing()

    doing.do("note", "authority_hint")

    assert note_of(doing).startswith("You may decide this yourself: refund up to EUR 50")


def test_the_file_replaces_a_built_in_note():
    doing = Doing(config=a_config(notes={"why": {"en": "Because of {{ rule }}."}}))

    doing.do("note", "why")

    assert note_of(doing) == "Because of late answer."


@pytest.mark.parametrize(
    "value",
    ["Call {{ customer.first_name }} back.", {"text": "Call {{ customer.first_name }} back."}],
)
def test_a_text_of_its_own_is_filled_in(value):
    doing = Doing()

    doing.do("note", value)

    assert note_of(doing) == "Call Gerda back."


def test_what_the_customer_wrote_is_escaped():
    doing = Doing()

    doing.do(
        "note", "About {{ ticket.subject }} now.", a_ticket(subject='<img src=x onerror="a()">')
    )

    [(_, html, _)] = doing.helpdesk.notes
    assert "<img" not in html
    assert "&lt;img" in html


def test_a_note_removed_from_the_file_is_refused():
    with pytest.raises(Refused, match="note 'gone' is not in the file any more"):
        Doing().do("note", "gone")


def test_an_empty_note_is_not_posted():
    doing = Doing()

    outcome = doing.do("note", {"text": "{% if ticket.owner %}x{% endif %}"})

    assert not outcome.done
    assert doing.helpdesk.notes == []


# reply ------------------------------------------------------------------------------------------


def test_the_reply_goes_out_with_its_promise_in_the_customers_time():
    doing = Doing()
    customer = replace(GUEST, timezone="America/New_York")

    outcome = doing.do("reply", "we_escalated", a_ticket(customer=customer))

    assert doing.helpdesk.replies == [
        (
            7,
            "<p>Dear Gerda Gast, a specialist has your case. You hear from us by Thu 3 Dec, 09:01.</p>",
            MARK,
        )
    ]
    assert outcome.detail == "reply we_escalated (en), promised 2026-12-03 15:01 Europe/Amsterdam"


def test_the_rules_own_promise_wins():
    doing = Doing()

    doing.do("reply", {"name": "we_escalated", "promise": "4h"})

    assert "17:01" in doing.helpdesk.replies[0][1]


def test_the_rules_own_language_wins():
    doing = Doing()

    doing.do("reply", {"name": "we_escalated", "language": "nl"})

    assert "Beste Gerda Gast" in doing.helpdesk.replies[0][1]


def test_without_a_promise_the_sentence_goes():
    doing = Doing(config=a_config(promise=None))

    outcome = doing.do("reply", "we_escalated")

    assert doing.helpdesk.replies[0][1] == "<p>Dear Gerda Gast, a specialist has your case.</p>"
    assert "promised" not in outcome.detail


def test_a_reply_of_nothing_but_a_promise_is_not_sent_without_one():
    doing = Doing(config=a_config(promise=None))

    outcome = doing.do("reply", "only_promise")

    assert not outcome.done
    assert doing.helpdesk.replies == []


AGENT_ANSWER = a_message(
    2, kind=MessageKind.AGENT, author=ANA, created_at=NOON + timedelta(seconds=30)
)


@pytest.mark.parametrize(
    ("ticket", "reason"),
    [
        pytest.param(
            a_ticket(customer=replace(GUEST, email="")), "no e-mail address", id="no address"
        ),
        pytest.param(
            a_ticket(customer=replace(GUEST, email="noreply@x.example")), "robot", id="no-reply"
        ),
        pytest.param(
            a_ticket(customer=replace(GUEST, email="MAILER-DAEMON@x.example")), "robot", id="daemon"
        ),
        pytest.param(
            a_ticket(customer=replace(GUEST, email="Deskladder@example.com")),
            "the helpdesk itself",
            id="own address",
        ),
        pytest.param(
            a_ticket(customer=Person(1, Role.SYSTEM, email="a@b.example")),
            "the helpdesk itself",
            id="system",
        ),
        pytest.param(
            a_ticket(messages=(a_message(), a_message(2, automatic="out-of-office"))),
            "out-of-office",
            id="newest is automatic",
        ),
        pytest.param(
            a_ticket(messages=(a_message(), AGENT_ANSWER)), "agent answered", id="answered"
        ),
        pytest.param(a_ticket(state=CLOSED), "closed meanwhile", id="closed"),
    ],
)
def test_no_reply_when_it_makes_no_sense(ticket, reason):
    doing = Doing()
    before = seen(ticket, message_id=1, state="open", state_type=StateType.OPEN)

    outcome = doing.do("reply", "we_escalated", ticket, seen=before)

    assert not outcome.done
    assert reason in outcome.detail
    assert doing.helpdesk.replies == []


def test_an_answer_from_before_the_plan_is_no_obstacle():
    ticket = a_ticket(messages=(a_message(), AGENT_ANSWER))

    assert Doing().do("reply", "we_escalated", ticket, seen=seen(ticket, message_id=2)).done


def test_an_automatic_answer_is_no_persons():
    robot = replace(AGENT_ANSWER, automatic="trigger")
    ticket = a_ticket(messages=(a_message(), robot))

    assert Doing().do("reply", "we_escalated", ticket, seen=seen(ticket, message_id=1)).done


def test_a_first_look_goes_by_the_clock():
    doing = Doing()

    outcome = doing.do(
        "reply", "we_escalated", a_ticket(messages=(a_message(), AGENT_ANSWER)), seen=None
    )

    assert "agent answered" in outcome.detail


def test_a_reply_to_a_closed_ticket_that_was_decided_on_closed_is_sent():
    ticket = a_ticket(state=CLOSED)

    assert Doing().do("reply", "we_escalated", ticket, seen=seen(ticket)).done


def test_a_reply_removed_from_the_file_is_refused():
    with pytest.raises(Refused, match="reply 'gone' is not in the file any more"):
        Doing().do("reply", "gone")


# notify -----------------------------------------------------------------------------------------


def test_a_channel_is_told_without_the_customers_words():
    doing = Doing()

    outcome = doing.do("notify", "duty", a_ticket(owner=ANA))

    assert doing.announced == [
        (
            "json://duty.example",
            "support #70007: late answer",
            f"{doing.why}\nGroup 1st Level, owner Ana Alba.\nhttps://help.example.com/#ticket/zoom/7",
            "normal",
        )
    ]
    assert outcome.detail == "told duty"
    assert "json://" not in outcome.detail


def test_a_page_says_what_the_rule_says():
    doing = Doing()

    doing.do(
        "notify",
        {
            "to": "duty",
            "urgency": "page",
            "title": "A\n{{ ticket.subject }}",
            "body": "{{ customer.name }}",
        },
    )

    assert doing.announced == [("json://duty.example", "A Invoice 4711", "Gerda Gast", "page")]


def test_text_for_people_is_not_escaped_for_html():
    doing = Doing()

    doing.do("notify", {"to": "duty", "body": "{{ ticket.subject }}"}, a_ticket(subject="R&D <x>"))

    assert doing.announced[0][2] == "R&D <x>"


def _failing(*bad: str):
    told = []

    def announce(url, title, body, urgency):
        if url in bad:
            raise TryAgain("the service did not take the notification")
        told.append(url)

    return announce, told


def test_when_nobody_was_told_it_is_tried_again():
    announce, _ = _failing("json://duty.example", "json://board.example")

    with pytest.raises(TryAgain):
        Doing(announce=announce).do("notify", ["duty", "board"])


def test_who_was_told_is_not_told_twice():
    announce, told = _failing("json://duty.example")

    with pytest.raises(Refused, match="told board, but not duty"):
        Doing(announce=announce).do("notify", ["duty", "board"])

    assert told == ["json://board.example"]


def test_a_channel_removed_from_the_file_is_refused():
    with pytest.raises(Refused, match="channel 'gone' is not in the file any more"):
        Doing().do("notify", "gone")


# webhook ----------------------------------------------------------------------------------------

CRM = {
    "name": "crm",
    "url": "https://crm.example/api/cases",
    "headers": {"Authorization": "Bearer ${CRM_TOKEN}"},
    "json": {
        "subject": "{{ ticket.subject }}",
        "tags": ["social", "{{ ticket.number }}"],
        "deep": {"n": 1, "t": True, "none": None},
    },
    "id": "data.id",
}


def test_json_goes_out_and_the_answers_id_is_kept():
    doing = Doing()

    outcome = doing.do("webhook", CRM, a_ticket(subject='Say "hi" & <b>'))

    [(url, payload, headers)] = doing.posted
    assert url == "https://crm.example/api/cases"
    assert payload == {
        "subject": 'Say "hi" & <b>',
        "tags": ["social", "70007"],
        "deep": {"n": 1, "t": True, "none": None},
    }
    assert headers["Authorization"] == "Bearer k-4711"
    assert outcome.wrote == {"webhook.crm": "815"}
    assert outcome.detail == "sent to crm, its id there is 815"


def test_a_repeated_webhook_carries_the_same_key():
    doing = Doing()

    doing.do("webhook", CRM)
    doing.do("webhook", CRM)

    first, second = (headers["Idempotency-Key"] for _, _, headers in doing.posted)
    assert first == second
    assert len(first) == 64


def test_a_customer_cannot_ask_for_a_secret_by_name():
    doing = Doing()

    doing.do("webhook", CRM, a_ticket(subject="${CRM_TOKEN} {{ helpdesk }}"))

    assert doing.posted[0][1]["subject"] == "${CRM_TOKEN} {{ helpdesk }}"


@pytest.mark.parametrize(
    ("answer", "path", "found"),
    [
        pytest.param({"id": "a\nb"}, "id", "a b", id="on one line"),
        pytest.param({"items": [{"id": 3}]}, "items.0.id", "3", id="in a list"),
        pytest.param({"id": True}, "id", None, id="not a truth value"),
        pytest.param({"id": {"x": 1}}, "id", None, id="not a mapping"),
        pytest.param({"items": []}, "items.0.id", None, id="past the end"),
        pytest.param("<html>", "id", None, id="no JSON"),
        pytest.param(None, "id", None, id="nothing"),
        pytest.param({"id": "x" * 500}, "id", "x" * 99 + "…", id="shortened"),
    ],
)
def test_the_id_is_found_or_missed_in_words(answer, path, found):
    doing = Doing(answer=(200, answer))

    outcome = doing.do("webhook", {**CRM, "id": path})

    assert outcome.done
    assert outcome.wrote == ({"webhook.crm": found} if found else {})
    assert found or f"its answer has no {path}" in outcome.detail


def test_a_webhook_without_an_id_needs_none():
    outcome = Doing().do("webhook", {"url": "https://x.example", "json": {"a": "b"}})

    assert outcome.detail == "sent to webhook"
    assert outcome.wrote == {}
