"""What was recorded in other systems can be said again, and told to them."""

from __future__ import annotations

from tests.unit.actions.doing import Doing, done

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
