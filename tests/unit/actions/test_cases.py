"""What was recorded in other systems can be said again, and told to them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin.domain.errors import TryAgain
from plugin.domain.memory import ActionState
from tests.unit.actions.doing import Doing, a_config, done

EACH = "{% for one in cases %}{{ one.system }} {{ one.reference }};{% endfor %}"


def test_a_later_webhook_names_the_record_an_earlier_one_made():
    doing = Doing()

    doing.do(
        "webhook",
        {"url": "https://crm.example/closed", "json": {"cases": EACH}},
        actions=(done("webhook", {"webhook.crm": "815"}),),
    )

    assert doing.posted[0][1] == {"cases": "crm 815;"}


def test_a_note_names_it_and_what_the_other_system_answered_is_escaped():
    doing = Doing()

    doing.do("note", {"text": EACH}, actions=(done("webhook", {"webhook.crm": "<b>815</b>"}),))

    ((_, html, _),) = doing.helpdesk.notes
    assert "crm &lt;b&gt;815&lt;/b&gt;;" in html


def test_without_records_there_is_nothing_to_say():
    doing = Doing()

    doing.do("webhook", {"url": "https://crm.example/x", "json": {"cases": EACH}})

    assert doing.posted[0][1] == {"cases": ""}


# A record that was made after the note of its step ----------------------------------------------

CRM = {"name": "crm", "url": "https://crm.example/cases", "json": {"a": "b"}, "id": "data.id"}
NOTED = done("note", {})


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Recorded in another system: crm 815"),
        ("de-AT", "Erfasst in einem anderen System: crm 815"),
        ("nl", "Vastgelegd in een ander systeem: crm 815"),
        ("fr", "Recorded in another system: crm 815"),
    ],
)
def test_a_record_made_after_the_note_gets_a_note_of_its_own(language, text):
    config = a_config()
    doing = Doing(config=replace(config, defaults=replace(config.defaults, language=language)))

    outcome = doing.do("webhook", CRM, actions=(NOTED,))

    ((_, html, _),) = doing.helpdesk.notes
    assert text in html
    assert outcome.detail == "sent to crm, its id there is 815; noted"


def test_repeated_after_a_crash_it_is_noted_once():
    doing = Doing()

    first = doing.do("webhook", CRM, actions=(NOTED,))
    second = doing.do("webhook", CRM, actions=(NOTED,))

    assert len(doing.helpdesk.notes) == 1
    assert first == second


@pytest.mark.parametrize(
    "record",
    [
        replace(NOTED, state=ActionState.PLANNED),
        replace(NOTED, cycle="c0"),
        replace(NOTED, rule="another"),
        done("tag", {"tags": ["x"]}),
    ],
    ids=["still to come", "an earlier firing's", "another rule's", "no note"],
)
def test_otherwise_the_note_of_the_step_names_it(record):
    doing = Doing()

    doing.do("webhook", CRM, actions=(record,))

    assert doing.helpdesk.notes == []


def test_a_note_that_fails_does_not_make_the_record_twice():
    doing = Doing()
    doing.helpdesk.fail = TryAgain("the helpdesk is down")

    outcome = doing.do("webhook", CRM, actions=(NOTED,))

    assert outcome.wrote == {"webhook.crm": "815"}
    assert "the note about it failed: the helpdesk is down" in outcome.detail
