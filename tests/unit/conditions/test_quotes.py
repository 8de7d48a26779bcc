"""A word that was only quoted, or stands in a signature, is not what the customer wrote."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plugin.domain.situation import TEXT_LIMIT
from tests.given import MONDAY, condition, message, situation, ticket

QUOTED = """Nog steeds niets gehoord, wanneer belt u mij eindelijk terug?

--
Jan Jansen
Incasso en juridische zaken

On Mon, Mar 3, 2025 at 10:12 AM Support <support@hotel.example> wrote:

> Dear guest, a specialist now has your complaint about the invoice.
> We are very sorry for the trouble and answer by tomorrow evening.
"""


@pytest.mark.parametrize(
    ("key", "value", "holds"),
    [
        pytest.param("body", "complaint", False, id="word in the quote"),
        pytest.param("text", {"any_of": ["invoice"]}, False, id="word list"),
        pytest.param("text", {"contains": "specialist"}, False, id="part of a word"),
        pytest.param("body", {"matches": "specialist.*complaint"}, False, id="expression"),
        pytest.param("body", "juridische", False, id="word in the signature"),
        pytest.param("body", {"none_of": ["invoice"]}, True, id="absent"),
        pytest.param("body", "niets", True, id="word of their own"),
        pytest.param("text", "reservation", True, id="the subject counts as ever"),
        pytest.param("language", "nl", True, id="language"),
        pytest.param("language", "en", False, id="language of the quote"),
    ],
)
def test_only_the_customers_own_words_count(key: str, value: Any, holds: bool) -> None:
    asked = condition(key, value)

    there = situation(ticket(message(text=QUOTED), subject="Reservation"))

    assert asked.holds(there) is holds
    assert asked.judge(there).holds is holds


def test_the_message_itself_keeps_all_its_text() -> None:
    there = situation(ticket(message(text=QUOTED)))

    assert there.latest is not None
    assert there.latest.text == QUOTED
    assert there.body.startswith("Nog steeds")


def test_what_the_connector_found_wins_over_the_text() -> None:
    looked = message(text="invoice", fresh="hello")

    assert not condition("body", "invoice").holds(situation(ticket(looked)))


def test_an_answer_between_quotes_counts() -> None:
    text = "Support wrote:\n> Is it solved?\nNo, I call a lawyer.\n> Anything else?\nRefund me."
    there = situation(ticket(message(text=text)))

    assert condition("body", {"all_of": ["lawyer", "refund"]}).holds(there)
    assert not condition("body", "solved").holds(there)


def test_the_newest_message_is_the_one_that_is_read() -> None:
    first = message(1, text="a complaint")
    second = message(2, text="> a complaint\nthank you", at=MONDAY + timedelta(hours=1))

    assert not condition("body", "complaint").holds(situation(ticket(first, second)))


def test_of_a_very_long_message_only_the_beginning_is_read() -> None:
    there = situation(ticket(message(text="word " * TEXT_LIMIT)))

    assert len(there.body) == TEXT_LIMIT
