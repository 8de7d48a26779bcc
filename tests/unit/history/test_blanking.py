"""An export holds nothing private, and the same rules do the same with it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from plugin.domain.ticket import Message, MessageKind
from plugin.history.blanking import NOTHING, KeptWords, blank, conditions_of, texts_of
from plugin.history.encoding import past_as_json, staff_as_json
from plugin.simulated.year import BEGIN, STAFF, year
from tests.given import MONDAY
from tests.unit.history import full

PRIVATE = (
    "gerda",
    "g@h.example",
    '"inn"',
    '"ana"',
    "invoice is",
    "quoted",
    "10012",
    "10003",
    '"spa"',
    "help.example.com",
    "x.example",
    '"vip"]',
    "abc",
)
FILE = {
    "rules": [
        {
            "when": {
                "all": [
                    {"text": {"any_of": {"en": ["invoice", "refund*"], "de": ["Rückgabe"]}}},
                    {"subject": {"matches": r"(?i)\bglass in\b"}},
                    {"body": {"contains": "voice mail"}},
                ],
                "none": [{"tags": ["vip"]}, {"customer.domain": "h.example"}],
            }
        }
    ],
    "sla": [{"when": {"customer.organization": "Inn"}}],
    "matrix": [{"category": "safety", "policy": "management"}],
    "helpdesks": {"support": {"token": "secret-token"}},
}


def written(past, staff):
    return json.dumps([past_as_json(past), staff_as_json(staff)], ensure_ascii=False).lower()


def test_nothing_private_is_left():
    text = written(*blank(full.FULL, full.STAFF))

    assert [word for word in PRIVATE if word in text] == []
    assert all(word in written(full.FULL, full.STAFF) for word in PRIVATE)


def test_what_happened_when_is_left():
    past, _ = blank(full.FULL, full.STAFF)

    before, after = full.FULL.ticket, past.ticket
    assert (after.created_at, after.updated_at, after.state) == (
        before.created_at,
        before.updated_at,
        before.state,
    )
    assert [(row.at, row.what, row.after) for row in after.history] == [
        (row.at, row.what, row.after) for row in before.history
    ]
    assert (after.customer.vip, after.customer.language, after.group) == (True, "nl", before.group)


def test_the_same_person_has_the_same_name_throughout():
    past, staff = blank(full.FULL, full.STAFF)

    known = {past.ticket.owner, past.ticket.history[0].by, past.tagging[0].by}
    assert known == {staff.agents[3][0].person}
    assert past.ticket.customer == past.ticket.messages[0].author
    assert past.ticket.owner.name == "Agent 1"


def test_blanking_twice_gives_the_same():
    past = next(year(1, begins_at=BEGIN, days=30))

    assert blank(past, STAFF) == blank(past, STAFF)


@pytest.fixture
def kept():
    return KeptWords.of(conditions_of(FILE))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("My Invoice, please!", "x Invoice, x!", id="a word"),
        pytest.param("Refunding me?", "Refunding x?", id="a beginning"),
        pytest.param("Ruckgabe, RÜCKGABE", "Ruckgabe, RÜCKGABE", id="case and accents"),
        pytest.param("There is glass in it", "x x glass in x", id="a regular expression"),
        pytest.param("Invoices by voicemail", "Invoices x voicemail", id="inside a word"),
        pytest.param("Paula, room 12", "x, x x", id="nothing"),
        pytest.param("secret-token", "x-x", id="nothing of other sections"),
        pytest.param("a\n> b", "x\n> x", id="the shape stays"),
    ],
)
def test_only_words_the_conditions_name_are_kept(kept, text, left):
    message = Message(1, MessageKind.CUSTOMER, full.GUEST, MONDAY, text, fresh=text)
    past = replace(full.FULL, ticket=replace(full.FULL.ticket, messages=(message,), subject=text))

    bare, _ = blank(past, STAFF, kept)

    (said,) = bare.ticket.messages
    assert (said.text, said.fresh, bare.ticket.subject) == (left, left, left)


def test_tags_domains_and_organizations_of_the_file_are_kept(kept):
    with_words, _ = blank(full.FULL, full.STAFF, kept)
    without, _ = blank(full.FULL, full.STAFF, NOTHING)

    assert (with_words.ticket.tags, without.ticket.tags) == ({"vip"}, {"tag-1"})
    assert (with_words.ticket.customer.domain, without.ticket.customer.domain) == (
        "h.example",
        "example.invalid",
    )
    assert (with_words.ticket.customer.organization, without.ticket.customer.organization) == (
        "Inn",
        "Organization 1",
    )


def test_custom_fields_keep_their_kinds_and_lose_their_values():
    past, _ = blank(full.FULL, full.STAFF)

    assert past.ticket.fields == {"room": "x", "nights": 0, "paid": True, "extras": ["x"]}


def test_texts_of_a_file_are_all_texts_but_no_keys():
    assert list(texts_of({"a": ["b", {"c": "d"}], "e": 1})) == ["b", "d"]
