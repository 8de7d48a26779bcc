"""The engine's sentences in the language of the note."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.conditions import registry
from plugin.domain.choosing import Candidate, choose
from plugin.domain.clocks import clocks_of, timeline_of
from plugin.domain.ladder import Strategy
from plugin.texts.reasons import say_reason
from plugin.texts.reasons_words import NOUNS, OTHERS, SHAPES
from tests.given import MONDAY, OFFICE, condition, hours, message, situation, sla, ticket

LANGUAGES = pytest.mark.parametrize("language", OTHERS)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape[0][:50])
def test_every_shape_has_the_same_slots_in_all_languages(shape):
    english, *others = (sorted(re.findall(r"\{(\w+)", text)) for text in shape)

    assert all(other == english for other in others)


def test_every_noun_is_known_in_all_languages():
    assert len({frozenset(words) for words in NOUNS.values()}) == 1


@LANGUAGES
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape[0][:50])
def test_every_shape_is_said_and_not_hidden_by_one_before_it(shape, language):
    fillings = {
        "noun": "group",
        "metric": "resolution",
        "count": "7",
        "limit": "limit 3",
        "field": "field.room",
    }

    def filled(text: str, words: dict[str, str]) -> str:
        return re.sub(r"\{(\w+)!?\}", lambda slot: words.get(slot[1], f"X{slot[1]}"), text)

    english = filled(shape[0], fillings)

    said = say_reason(english, language)

    nouns = {name: NOUNS[language][fillings[name]] for name in ("noun", "metric")}
    limit = {"limit": {"de": "Grenze 3", "nl": "grens 3"}[language]}
    assert said == filled(shape[1 + OTHERS.index(language)], {**fillings, **nouns, **limit})


# What the engine really says ----------------------------------------------------------------------

BUSY = ticket(
    message(1, "the invoice is wrong", at=MONDAY - hours(5)),
    message(2, "my lawyer will sue you", at=MONDAY - hours(4)),
    tags=frozenset({"vip"}),
    created_at=MONDAY - hours(5),
    customer_tickets=(),
    channel="social",
)
OPERANDS = {
    "age": {"at_least": "4h"},
    "body": ["lawyer"],
    "business_hours": True,
    "category": "billing",
    "channel": "social",
    "customer.domain": "hotel.example.com",
    "customer.email": "gerda@hotel.example.com",
    "customer.organization": "Hotel",
    "customer.tickets": 1,
    "customer.vip": False,
    "from_social": True,
    "group": "1st Level",
    "handoffs": {"at_most": 3},
    "idle": {"at_least": "1h"},
    "language": "en",
    "level": {"at_most": 2},
    "metric": "resolution",
    "owner": "ana@example.com",
    "priority": "normal",
    "reopened": {"at_most": 3},
    "risk": True,
    "sla": "standard",
    "state": "open",
    "subject": ["question"],
    "tags": "vip",
    "team": "finance",
    "text": ["lawyer"],
    "unanswered": 1,
    "unassigned": True,
    "waiting": {"at_least": "1h"},
}


@LANGUAGES
@pytest.mark.parametrize("key", sorted({*registry()} - {"field.*"}))  # names what is in the file
def test_the_reason_of_every_condition_is_said(key, language):
    asked = condition(key, OPERANDS[key])

    english = asked.judge(situation(BUSY, calendar=OFFICE)).reason

    said = say_reason(english, language)
    assert said != english
    assert not re.search(r"\b(?:the|has|is one|limit|nobody|customer)\b", said), said


@LANGUAGES
def test_what_clocks_tell_is_said(language):
    policy = sla(first_response="2h", at_risk="75% 10m")
    told = [
        f"{event.why} (SLA policy \u2018{policy.name}\u2019)"
        for clock in clocks_of(BUSY, policy.policy, OFFICE, MONDAY + hours(6))
        for event in timeline_of(clock)
    ]

    assert len(told) == 3
    for english in told:
        assert "first_response" not in say_reason(english, language)
        assert "policy" not in say_reason(english, language)


@LANGUAGES
@pytest.mark.parametrize("strategy", [one for one in Strategy if one is not Strategy.SKILL])
def test_how_somebody_was_chosen_is_said(strategy, language):
    people = [
        Candidate("21", "Ana"),
        Candidate("22", "Ben"),
        Candidate("23", "Cleo", unfit="Cleo is absent until 2026-12-11"),
    ]

    choice = choose(strategy, people, loads={"21": 2, "22": 3}, answered=("21",))
    english = f"assigned to Ana, {choice.told('21')}"

    said = say_reason(english, language)
    assert not re.search(r"\b(?:whose|who|absent until|assigned)\b", said), said
    assert "Ana" in said
    assert "2026-12-11" in said


@LANGUAGES
@pytest.mark.parametrize(
    "english",
    [
        "tagged escalated, esc-l1",
        "removed tag esc-l1",
        "priority high, was normal",
        "priority normal again",
        "moved from 1st Level to Finance",
        "moved from 1st Level to Finance, which the owner has no access to",
        "back in 1st Level",
        "assigned to Ana",
        "stays with Ana, the only one who can take it",
        "given back to Ana",
        "nobody owns it again",
        "Mia follows the ticket",
        "Mia is responsible",
        "Mia is responsible, the only one who can take it",
        "nobody follows the ticket: Mia had it already",
        "assigned to Ben, whose turn it is (round robin; Mia is asked on a later level)",
        "state open, was new",
        "field room set",
        "sent to crm, its id there is 7",
        "sent to crm, its id there is 7; noted",
        "priority is normal (wanted at least high)",
        "owner is Ana, not as asked",
        "text has no risk words (legal, churn)",
        "field.room is at least 12 and field.floor fails: is 3",
        "assigned to nobody, Ana is absent until 2026-12-07, and the replacement named is no agent",
        "nobody acknowledged level 2 in time; it was the last level, and the ladder is climbed again",
        "not escalated: finance was handed back and rests until 2026-12-04 12:00 UTC",
        "the customer is a robot: sent by a no-reply address",
    ],
)
def test_what_was_done_is_said(english, language):
    said = say_reason(english, language)

    assert said != english
    assert not re.search(r"\b(?:the|nobody|responsible|follows|again|already|who|which)\b", said), (
        said
    )


def test_sentences_are_joined_as_the_language_joins_them():
    english = (
        "first_response took longer than 4h (SLA policy \u2018vip\u2019); nobody owns the ticket and "
        "text has \u2018black and white\u2019"
    )

    assert say_reason(english, "de") == (
        "erste Antwort dauerte länger als 4h (SLA \u2018vip\u2019); niemand ist zuständig und "
        "Text enthält \u2018black and white\u2019"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("wrong team and too late; sorry, Ana", id="what a person typed"),
        pytest.param("something new and unheard of", id="what we have no words for"),
    ],
)
def test_what_is_no_sentence_of_ours_stays_whole(text):
    assert say_reason(text, "de") == text


def test_other_languages_read_english():
    assert say_reason("nobody owns the ticket", "fr") == "nobody owns the ticket"
    assert say_reason("nobody owns the ticket", "nl-BE") == "niemand heeft het ticket"


@given(st.text(max_size=200), st.sampled_from([*OTHERS, "en", ""]))
def test_nothing_a_person_types_is_ever_too_much(text, language):
    assert isinstance(say_reason(text, language), str)


def test_a_very_long_text_is_left_alone():
    text = "nobody owns the ticket and " * 200

    assert say_reason(text, "de") == text
