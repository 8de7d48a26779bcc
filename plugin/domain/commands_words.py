"""The words of commands in notes, in three languages, and what is said when one was not understood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from plugin.domain.escalation import Ask
from plugin.domain.folding import fold

COMMON: Mapping[Ask, str] = {
    Ask.ESCALATE: "/escalate",
    Ask.ACKNOWLEDGE: "/ack",
    Ask.HAND_BACK: "/handback",
    Ask.SNOOZE: "/snooze",
    Ask.EXPLAIN: "/explain",
    Ask.ACCEPT: "/accept",
    Ask.REJECT: "/reject",
}
"""How each is written in the documentation."""

_SPOKEN: Mapping[Ask, str] = {
    Ask.ESCALATE: """
        escalate esc eskalieren eskaliere eskalation escaleren escaleer escalatie""",
    Ask.ACKNOWLEDGE: """
        ack acknowledge acknowledged übernehmen übernehme übernommen bestätigen bestätige bestätigt
        quittieren overnemen overgenomen bevestigen bevestig bevestigd""",
    Ask.HAND_BACK: """
        handback giveback zurückgeben zurückgegeben rückgabe teruggeven teruggave""",
    Ask.SNOOZE: """
        snooze schlummern vertagen zurückstellen sluimer sluimeren uitstellen snoozen""",
    Ask.EXPLAIN: """
        explain why erklären erkläre erklärung warum uitleg uitleggen verklaren waarom""",
    Ask.ACCEPT: """
        accept annehmen akzeptieren zustimmen accepteren aanvaarden akkoord""",
    Ask.REJECT: """
        reject decline ablehnen abgelehnt afwijzen weigeren""",
}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

COMMANDS: Mapping[str, Ask] = {
    spelt: what
    for what, spoken in _SPOKEN.items()
    for word in spoken.split()
    for spelt in (fold(word), fold(word.translate(_UMLAUTS)))
}
"""Every known spelling, folded and without hyphens, as `handback`."""

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UNITS: Mapping[str, timedelta] = (
    dict.fromkeys(["m", "min", "mins", "minute", "minutes", "minuten", "minuut"], _MINUTE)
    | dict.fromkeys(
        ["h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "u", "uur", "uren"], _HOUR
    )
    | dict.fromkeys(["d", "day", "days", "t", "tag", "tage", "tagen", "dag", "dagen"], _DAY)
)

MISTAKES: Mapping[str, Mapping[str, str]] = {
    "unknown": {
        "en": "/{said} is not a command: did you mean {meant}?",
        "de": "/{said} ist kein Befehl: meinten Sie {meant}?",
        "nl": "/{said} is geen opdracht: bedoelde u {meant}?",
    },
    "no reason": {
        "en": "/{said} needs a reason, such as: /{said} belongs to sales",
        "de": "/{said} braucht einen Grund, etwa: /{said} gehört zum Vertrieb",
        "nl": "/{said} heeft een reden nodig, zoals: /{said} hoort bij verkoop",
    },
    "no duration": {
        "en": "/{said} needs a duration, such as: /{said} 2h (also 30m or 1d)",
        "de": "/{said} braucht eine Dauer, etwa: /{said} 2h (auch 30m oder 1d)",
        "nl": "/{said} heeft een duur nodig, zoals: /{said} 2h (ook 30m of 1d)",
    },
    "long": {
        "en": "/{said} takes a duration of at least a minute and at most {days} days, such as: /{said} 2h",
        "de": "/{said} nimmt eine Dauer ab einer Minute und bis {days} Tage, etwa: /{said} 2h",
        "nl": "/{said} neemt een duur van een minuut tot {days} dagen, zoals: /{said} 2h",
    },
    "unknown policy": {
        "en": "There is no escalation policy “{policy}”: did you mean /{said} {meant}?",
        "de": "Es gibt keine Eskalationsregelung „{policy}“: meinten Sie /{said} {meant}?",
        "nl": "Er is geen escalatiebeleid “{policy}”: bedoelde u /{said} {meant}?",
    },
    "which policy": {
        "en": "/{said} needs the name of an escalation policy: {known}",
        "de": "/{said} braucht den Namen einer Eskalationsregelung: {known}",
        "nl": "/{said} heeft de naam van een escalatiebeleid nodig: {known}",
    },
    "no policies": {
        "en": "/{said} can do nothing here: the configuration has no escalation policies",
        "de": "/{said} kann hier nichts tun: die Konfiguration kennt keine Eskalationsregelungen",
        "nl": "/{said} kan hier niets doen: de configuratie kent geen escalatiebeleid",
    },
}
