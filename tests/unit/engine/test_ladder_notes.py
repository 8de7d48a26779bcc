"""The notes of a whole ladder as people read them, in three languages and on both hosts."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from plugin.domain.escalation import Ask
from plugin.domain.ticket import EarlierTicket
from plugin.simulated.freescout.views import preview_of
from plugin.simulated.zammad.sanitising import sanitised
from tests.fakes import ANA, BEN, MARTA, NOON, a_message
from tests.unit.engine.climb import RULE
from tests.unit.engine.night import HEAD, Night

GOLDEN = Path(__file__).parents[2] / "golden" / "notes"
POLICY = """\
policies:
  finance:
    type: functional
    calendar: always
    levels:
      - {name: hint, wait: 30m, authority: "refund up to EUR 50", script: "Say sorry first.", link: "https://wiki.example.com/refunds"}
      - {name: specialists, responsible: {team: finance}, ack_within: 1h, resolve_within: 8h, do: [{reply: sorry}], script: "Check the <stay> & the card."}
      - {responsible: {team: finance}, ack_within: 1h}
      - {name: head of finance, responsible: {lead: finance}, type: hierarchical, ack_within: 2h}
    ack_timeout: 4h
"""
LATE = "sla: [{name: standard, calendar: always, targets: {first_response: 2h}}]\n"
EARLIER = tuple(
    EarlierTicket(
        number,
        f"7000{number}",
        NOON - timedelta(days=9 - number),
        f"https://help.example.com/{number}",
    )
    for number in (5, 6)
)
LANGUAGES = pytest.mark.parametrize("language", ["en", "de", "nl"])
GoldenCheck = Callable[[Path, str], None]


def a_night(folder: Path, language: str, *, mode: str = "act") -> Night:
    """Thursday noon; the customer wrote before, and has a name that must be escaped."""
    head = HEAD.replace(
        "language: en, mode: act", f"language: {language}, mode: {mode}, calendar: always"
    ).replace('{sorry: {en: "Dear', f'{{sorry: {{{language}: "Dear')
    head += "guards: {notes_per_ticket_per_day: 50}\n"
    return Night(folder, rules=LATE + RULE, policy=POLICY, head=head)


def begin(night: Night) -> None:
    night.begin(
        messages=(a_message(created_at=night.now, text="The <b>invoice</b> is wrong"),),
        customer_tickets=EARLIER,
    )


def climbed(folder: Path, language: str) -> list[str]:
    """Up to the end, through downtime, with everything people can do on the way."""
    night = a_night(folder, language)
    begin(night)
    night.passes(minutes=31)
    night.says(ANA, "/explain")
    night.says(BEN, "/snooze")
    night.passes(minutes=6)
    night.asks(Ask.SNOOZE, by="Ana Alba", params={"for": "1h"})
    night.passes(minutes=61)
    night.is_down_for(hours=2, minutes=30)
    night.asks(Ask.ACKNOWLEDGE, by="Marta Maas")
    night.passes(hours=4, minutes=5)
    night.passes(hours=2, minutes=5)
    night.says(MARTA, "/handback wrong team & too late")
    return night.note_texts


def resolved(folder: Path, language: str) -> list[str]:
    """The cause goes away by itself: somebody answers, and the clock stops."""
    night = a_night(folder, language)
    rules = RULE.replace("[ticket.created]", "[sla.breached]").replace(
        "when: {text: {any_of: {en: [invoice]}}}", "when: {metric: first_response}"
    )
    night.use(POLICY + LATE + rules)
    begin(night)
    night.passes(hours=2, minutes=40)
    night.answers(BEN)
    night.passes(minutes=10)
    return night.note_texts


def suggested(folder: Path, language: str) -> list[str]:
    night = a_night(folder, language, mode="suggest")
    begin(night)
    return night.note_texts


def readable(notes: list[str]) -> str:
    """What a note is, one line each; before it what FreeScout shows of it in its list."""
    shown = []
    for note in notes:
        lines = note.replace("</p>", "</p>\n").replace("<br>", "<br>\n").strip()
        shown.append(f"# {preview_of(note)[:100]}\n{lines}\n")
    return "\n".join(shown)


@LANGUAGES
@pytest.mark.parametrize("story", [climbed, resolved, suggested], ids=lambda story: story.__name__)
def test_the_notes_read_like_this(
    story: Callable[[Path, str], list[str]], language: str, tmp_path: Path, golden: GoldenCheck
) -> None:
    notes = story(tmp_path, language)

    golden(GOLDEN / f"{story.__name__}-{language}.html", readable(notes))


@LANGUAGES
def test_both_hosts_keep_them_as_they_are(language: str, tmp_path: Path) -> None:
    for note in climbed(tmp_path, language):
        kept = (
            sanitised(note)
            .replace(' rel="nofollow noreferrer noopener"', "")
            .replace(' target="_blank"', "")
        )
        assert re.sub(r'(<a href="[^"]*") title="[^"]*"', r"\1", kept) == note


@LANGUAGES
def test_the_first_line_says_the_most_in_a_hundred_characters(
    language: str, tmp_path: Path
) -> None:
    notes = climbed(tmp_path, language)

    first = {
        "en": "Escalated to Finance, level 1: Ana Alba, answer by today 14:30.",
        "de": "Eskaliert an Finance, Stufe 1: Ana Alba, Antwort bis heute 14:30 Uhr.",
        "nl": "Geëscaleerd naar Finance, niveau 1: Ana Alba, antwoord uiterlijk vandaag 14:30 uur.",
    }[language]
    assert preview_of(notes[1]).startswith(first)
    assert len(first) <= 100
    for note in notes:
        line = html.unescape(re.split(r"<br>|</p>", note)[0].removeprefix("<p>"))
        assert len(line) <= 110, line
        assert preview_of(note)[len(line) - 1] == " ", line


@pytest.mark.parametrize(
    ("said", "first_line", "is_named"),
    [
        ("/ack", "No escalation is open on this ticket.", True),
        ("/snooze", "/snooze needs a duration, such as: /snooze 2h (also 30m or 1d)", False),
    ],
    ids=["the answer does not", "the answer does"],
)
def test_what_was_not_followed_is_named_where_the_answer_does_not(
    said: str, first_line: str, is_named: bool, tmp_path: Path
) -> None:
    night = a_night(tmp_path, "en")
    begin(night)
    night.closes()

    night.says(ANA, said)

    note = night.note_texts[-1]
    assert note.startswith(f"<p>{first_line}")
    assert (f"Not followed: {said}" in note) is is_named
