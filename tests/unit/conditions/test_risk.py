"""Words that announce trouble are found, and ordinary messages have none of them."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from plugin.conditions import registry
from plugin.conditions._risk_words import RISKS
from tests.given import condition, message, situation, ticket

TROUBLE = [
    ("legal", "If this is not solved by Friday my lawyer will contact you."),
    ("legal", "I will see you in court."),
    ("legal", "Ich werde rechtliche Schritte einleiten."),
    ("legal", "Mein Rechtsanwalt meldet sich."),
    ("legal", "Dan stap ik naar de Geschillencommissie."),
    ("legal", "U hoort van mijn advocaat!"),
    ("publicity", "Expect a bad review on Tripadvisor."),
    ("publicity", "Ich werde eine Bewertung schreiben, die sich gewaschen hat."),
    ("publicity", "Ik ga hiermee naar de pers."),
    ("leaving", "Please cancel my subscription."),
    ("leaving", "Hiermit kündige ich den Vertrag."),
    ("leaving", "hiermit kuendige ich"),
    ("leaving", "Ik wil mijn abonnement opzeggen."),
    ("chargeback", "I will dispute the charge with my bank."),
    ("chargeback", "Das ist Abzocke."),
    ("chargeback", "Ik laat het bedrag terugboeken."),
    ("safety", "My son had an allergic reaction and is in hospital."),
    ("safety", "Wir haben eine Lebensmittelvergiftung."),
    ("safety", "Er kwam rook uit, brandgevaar!"),
]
ORDINARY = [
    "Could you please review the attached offer and cancel the second line?",
    "The star on the tree was lovely. Which courts can we book for tennis?",
    "Please press the green button; the newspaper was not delivered.",
    "Bitte prüfen Sie die Bewertung der Immobilie im Anhang.",
    "Wann erscheint die Zeitung? Der Anwaltssessel ist bequem.",
    "De rechter stoel wiebelt, en bij de kassa was het druk.",
    "Kan ik een extra kamer boeken voor zaterdag?",
    "Wie lange haben Sie geöffnet?",
]


def judged(operand, text):
    return condition("risk", operand).judge(situation(ticket(messages=(message(text=text),))))


@pytest.mark.parametrize(("kind", "text"), TROUBLE, ids=[text[:30] for _, text in TROUBLE])
def test_trouble_is_announced(kind, text):
    verdict = judged(kind, text)

    assert verdict.holds
    assert verdict.reason.startswith(f"risk {kind}: text has ")
    assert judged(True, text).holds


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_message_has_none_of_them(text):
    verdict = judged(True, text)

    assert not verdict.holds, verdict.reason
    assert judged(False, text).holds


def test_a_list_that_was_not_named_does_not_count():
    assert not judged(["legal", "safety"], "Please cancel my subscription.").holds


@pytest.mark.parametrize("kind", RISKS)
def test_every_list_is_in_three_languages(kind):
    assert set(RISKS[kind]) == {"en", "de", "nl"}
    assert all(len(words) >= 8 for words in RISKS[kind].values())


@pytest.mark.parametrize("value", ["lawyers", ["legal", "x"], {"any_of": ["legal"]}, 3, None])
def test_anything_else_is_refused_with_what_was_expected(value):
    with pytest.raises(ValidationError, match="expected"):
        registry()["risk"].OPERAND.deserialize(value)
