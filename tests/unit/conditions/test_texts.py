"""Conditions on what the customer wrote."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from tests.given import MONDAY, answer, condition, message, minutes, situation, ticket

WORDS = {"any_of": {"nl": ["factuur", "rekening"], "de": ["Rechnung"], "en": ["invoice", "bill"]}}


def wrote(text: str, subject: str = "Question"):
    return situation(ticket(message(text=text), subject=subject))


@pytest.mark.parametrize(
    ("value", "text", "holds"),
    [
        pytest.param("refund", "a refund please", True, id="one word"),
        pytest.param(["refund", "money back"], "my money back", True, id="list"),
        pytest.param(WORDS, "Meine Rechnung stimmt nicht", True, id="lists by language"),
        pytest.param(WORDS, "Mijn kamer is vies", False, id="none of the words"),
        pytest.param({"none_of": ["refund"]}, "hello", True, id="none of, absent"),
        pytest.param({"none_of": ["refund"]}, "refund", False, id="none of, present"),
        pytest.param({"all_of": ["late", "order"]}, "my order is late", True, id="all of"),
        pytest.param({"all_of": ["late", "order"]}, "my order", False, id="all of, one lacks"),
        pytest.param({"contains": "factuurnr"}, "zie FACTUURNR12", True, id="part of a word"),
        pytest.param({"contains": ["€", "$"]}, "it cost 5 €", True, id="a sign"),
        pytest.param({"matches": r"order #\d+"}, "my Order #77", True, id="expression"),
        pytest.param({"matches": r"^order"}, "my order", False, id="anchored expression"),
        pytest.param({"is": "unsubscribe"}, " Unsubscribe ", True, id="whole text"),
        pytest.param({"not": "unsubscribe"}, "Unsubscribe", False, id="not the whole text"),
        pytest.param(
            {"any_of": ["refund"], "none_of": ["thanks"]},
            "refund, thanks",
            False,
            id="two operators",
        ),
    ],
)
def test_body(value: Any, text: str, holds: bool) -> None:
    asked = condition("body", value)

    verdict = asked.judge(wrote(text))

    assert asked.holds(wrote(text)) is holds
    assert verdict.holds is holds
    assert verdict.reason


def test_text_looks_at_subject_and_body() -> None:
    asked = condition("text", "invoice")

    assert asked.holds(wrote("wrong!", subject="My invoice"))
    assert asked.holds(wrote("my invoice", subject="Wrong"))


def test_subject_ignores_the_body() -> None:
    asked = condition("subject", "invoice")

    assert not asked.holds(wrote("my invoice"))


def test_the_reason_names_the_word_and_its_language_and_nothing_else() -> None:
    verdict = condition("text", WORDS).judge(wrote("Mijn geheime factuur 4711"))

    assert verdict.reason == "text has \u2018factuur\u2019 (nl)"


def test_only_the_newest_human_message_of_the_customer_counts() -> None:
    asked = condition("body", "refund")
    spoken = ticket(
        message(1, "refund"),
        message(2, "thank you", at=MONDAY + minutes(1)),
        message(3, "refund", at=MONDAY + minutes(2), automatic="out of office"),
        answer(4, at=MONDAY + minutes(3), text="refund"),
    )

    assert not asked.holds(situation(spoken))


def test_an_expression_that_would_stall_others_is_quick() -> None:
    asked = condition("body", {"matches": r"^(\w+\s?)*$"})

    assert not asked.holds(wrote("a" * 5_000 + "!"))


def test_half_a_character_stops_no_expression() -> None:
    asked = condition("body", {"matches": "refund"})

    assert asked.holds(wrote("\ud83d refund"))


@pytest.mark.parametrize(
    ("value", "place", "expected"),
    [
        pytest.param({"anyof": ["x"]}, ("anyof",), "expected one of any_of", id="operator"),
        pytest.param({"at_least": 3}, ("at_least",), "expected one of any_of", id="not for texts"),
        pytest.param({"matches": "(?=x)"}, ("matches",), "RE2", id="look-around"),
        pytest.param({"matches": "("}, ("matches",), "missing )", id="broken expression"),
        pytest.param(
            {"any_of": {"nl": ["ok", "+"]}}, ("any_of", "nl", 1), "letter or digit", id="sign"
        ),
        pytest.param(
            {"any_of": {"dutch": ["x"]}}, ("any_of", "dutch"), "language code", id="language"
        ),
        pytest.param({"any_of": {}}, ("any_of",), "at least one language", id="no language"),
        pytest.param({"any_of": []}, ("any_of",), "at least one", id="empty list"),
        pytest.param(["a*b"], (0,), "at the end only", id="star inside"),
        pytest.param([True], (0,), "expected a word", id="not a text"),
        pytest.param(None, (), "got nothing", id="nothing"),
        pytest.param({}, (), "expected one of any_of", id="empty mapping"),
    ],
)
def test_a_mistake_is_told_where_it_stands(
    value: Any, place: tuple[str | int, ...], expected: str
) -> None:
    with pytest.raises(ValidationError) as mistake:
        condition("body", value)

    messages: Any = mistake.value.messages
    for key in place:
        messages = messages[key]
    assert expected in " ".join(messages)
