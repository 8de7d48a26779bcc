"""The shapes of the engine's sentences in English, German and Dutch.

`{x}` is taken over as it is, `{x!}` is a sentence itself; `{noun}` and `{metric}` are words of
`NOUNS`, `{count}` is a number or `no`, `{field}` a field of the helpdesk, `{who}` a name without brackets and commas. Earlier shapes win, so the closer ones come first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from plugin.texts.reasons_actions import DONE
from plugin.texts.reasons_conditions import CLOCKS, CONDITIONS, LIMITS
from plugin.texts.reasons_ladders import ANSWERS, STEPS
from plugin.texts.reasons_people import AUTOMATIC, PEOPLE

OTHERS: Final = ("de", "nl")
"""The languages, in the order of the columns after English."""

JOINTS: Final[Mapping[str, Mapping[str, str]]] = {
    "de": {"; ": "; ", " and ": " und ", ", ": ", "},
    "nl": {"; ": "; ", " and ": " en ", ", ": ", "},
}
"""What joins sentences, the loosest first."""

NOUNS: Final[Mapping[str, Mapping[str, str]]] = {
    "de": {
        "text": "Text",
        "subject": "Betreff",
        "body": "Nachricht",
        "state": "Status",
        "group": "Gruppe",
        "owner": "Zuständigkeit",
        "priority": "Priorität",
        "team": "Team",
        "channel": "Kanal",
        "category": "Kategorie",
        "language": "Sprache",
        "metric": "Messgröße",
        "tags": "Tags",
        "SLA policy": "SLA",
        "the customer's organization": "Organisation",
        "the customer's domain": "Domain der Adresse",
        "the customer's address": "Adresse",
        "first_response": "erste Antwort",
        "next_response": "nächste Antwort",
        "periodic_update": "Zwischenstand",
        "resolution": "Lösung",
        "first response": "erste Antwort",
        "next response": "nächste Antwort",
        "periodic update": "Zwischenstand",
    },
    "nl": {
        "text": "tekst",
        "subject": "onderwerp",
        "body": "bericht",
        "state": "status",
        "group": "groep",
        "owner": "eigenaar",
        "priority": "prioriteit",
        "team": "team",
        "channel": "kanaal",
        "category": "categorie",
        "language": "taal",
        "metric": "maatstaf",
        "tags": "tags",
        "SLA policy": "SLA",
        "the customer's organization": "organisatie",
        "the customer's domain": "domein van het adres",
        "the customer's address": "adres",
        "first_response": "eerste antwoord",
        "next_response": "volgend antwoord",
        "periodic_update": "tussenstand",
        "resolution": "oplossing",
        "first response": "eerste antwoord",
        "next response": "volgend antwoord",
        "periodic update": "tussenstand",
    },
}


SHAPES: Final[Sequence[tuple[str, str, str]]] = (
    *LIMITS,
    *CLOCKS,
    *STEPS,
    *ANSWERS,
    *DONE,
    *CONDITIONS,
    *PEOPLE,
    *AUTOMATIC,
)
"""English, German, Dutch."""
