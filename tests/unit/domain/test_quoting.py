"""What of a mail its writer wrote just now."""

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain import quoting
from plugin.domain.html import CITED, CUT, INDENTED, SIGNED, plain_text
from plugin.domain.quoting import fresh_html, fresh_of, fresh_text
from plugin.domain.ticket import Message, MessageKind, Person, Role

_CORPUS = yaml.safe_load(
    (Path(__file__).parent / "quoting_corpus.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("mail", [pytest.param(mail, id=mail["name"]) for mail in _CORPUS])
def test_the_fresh_part_of_a_mail(mail: dict[str, str]) -> None:
    subject = mail.get("subject", "")

    if "html" in mail:
        found = fresh_html(mail["html"], subject=subject)
    else:
        found = fresh_text(mail["text"], subject=subject)

    assert found == mail["fresh"]


# What must hold for any mail ---------------------------------------------------------------------

_PIECES = [
    "The room is dirty.", "> quoted", ">> older", "", "--", "-- ", "Jane", "Von: A <a@b.example>", "Sent: 3 March 2025 10:12",
    "Betreff: Zimmer", "On 03/03/2025 10:12, Support wrote:", "Am 3. März 2025 um 10:12 schrieb A <a@b.example>:",
    "-----Original Message-----", "---------- Forwarded message ---------", "________________", "Sent from my iPhone",
    "-- Please reply above this line --", "On Monday, March 3,", "\x02\x04\x06\x0e", "a:", "\u2028", "\r",
]  # fmt: skip
_LINES = st.lists(st.sampled_from(_PIECES) | st.text(max_size=20), max_size=30)


@given(_LINES)
def test_what_is_fresh_was_written_and_is_never_nothing(lines: list[str]) -> None:
    text = "\n".join(lines)

    found = fresh_text(text)

    assert bool(found.strip()) == bool(text.strip())
    written = {line.strip() for line in _without_marks(text).replace("\r", "\n").split("\n")}
    assert found == text or {line.strip() for line in found.split("\n")} <= written


@given(st.lists(st.sampled_from(["My answer.", "> their question", ""]), min_size=1, max_size=20))
def test_every_answer_between_quotes_stays_and_no_quote_does(lines: list[str]) -> None:
    answers = lines.count("My answer.")

    found = fresh_text("\n".join(lines))

    assert found.count("My answer.") == answers
    assert not answers or "their question" not in found


@given(st.lists(st.sampled_from([
    "<div>", "</div>", "<blockquote>", '<blockquote type="cite">', "</blockquote>", '<div class="yahoo_quoted">', "<span class='js-signatureMarker'>",
    "</span>", "<div id=divRplyFwdMsg>", "<div class=gmail_signature>", "words ", "<br>", "<p", "&#2;", "&lt;", "\x02", "\x0e", "<!--", '<td class="',
]), max_size=30))  # fmt: skip
def test_any_mark_up_is_read_and_leaves_no_mark(pieces: list[str]) -> None:
    html = "".join(pieces)

    found = fresh_html(html)

    assert bool(found.strip()) == bool(plain_text(html).strip())
    assert found == plain_text(html) or found == _without_marks(found)


def _without_marks(text: str) -> str:
    return text.translate(dict.fromkeys(map(ord, CITED + INDENTED + SIGNED + CUT)))


# Hostile mails -----------------------------------------------------------------------------------

_HOSTILE = {
    "introductions without end": "On 1 Jan 2025, at 10:12, " * 40_000,
    "introductions that never close": "On 1 Jan 2025, at 10:12, somebody\n" * 20_000,
    "colons": "On 1:\n" * 20_000,
    "heads that never end": "From: a@b.example\n" * 10_000,
    "heads without a subject": "From: a\nTo: b\nCc: c\n" * 5_000,
    "dashes": "--\n" * 50_000,
    "one ruled line": "-" * 1_000_000,
    "quotes": "> x\n" * 50_000,
    "blank lines": "\n \t" * 50_000,
    "introductions with an answer each": "On 03/03/2025 10:12, A wrote:\n> x\ny\n" * 5_000,
    "signatures": "a\n--\nb\n> c\n" * 10_000,
    "marks": "\x02\x04\x06\x0e\n" * 50_000,
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_a_mail_of_twice_the_length_takes_twice_the_steps(name: str) -> None:
    text = _HOSTILE[name][:10_000]

    once, twice = _steps(lambda: fresh_text(text)), _steps(lambda: fresh_text(text + text))

    assert twice <= 2.5 * once + 1000


@pytest.mark.parametrize("name", _HOSTILE)
def test_a_hostile_mail_of_full_size_is_read(name: str) -> None:
    assert fresh_text(_HOSTILE[name]).strip() or not _HOSTILE[name].strip()


@pytest.mark.parametrize("piece", [
    '<blockquote type="cite">', "<blockquote>x</blockquote>", '<div class="yahoo_quoted">', "<span class=js-signatureMarker></span>",
    '<div class="cite cite cite', "</blockquote>", '<div id="x_Signature">a',
])  # fmt: skip
def test_mark_up_of_twice_the_length_takes_twice_the_steps(piece: str) -> None:
    html = "<blockquote>a" + piece * 1000

    once, twice = _steps(lambda: fresh_html(html)), _steps(lambda: fresh_html(html + html))

    assert twice <= 2.5 * once + 1000


def test_no_expression_is_given_more_than_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the steps above cannot see is the work inside one expression: it must be short."""
    seen: list[int] = []

    class Watched:
        def __init__(self, pattern: re.Pattern[str]) -> None:
            self._pattern = pattern

        def __getattr__(self, name: str) -> object:
            def call(text: str, *rest: object) -> object:
                seen.append(len(text))
                return getattr(self._pattern, name)(text, *rest)

            return call

    for name in ("_TIME", "_DAY", "_ADDRESS", "_LABEL", "_BEGINS_DATE"):
        monkeypatch.setattr(quoting, name, Watched(getattr(quoting, name)))
    for text in _HOSTILE.values():
        fresh_text(text[:5000] + "\nOn 1 Jan 2025 at 10:12, A <a@b.example> wrote:\n" + text[:5000])

    assert seen
    assert max(seen) <= 500


def _steps(work: Callable[[], object]) -> int:
    """How many lines of Python run."""
    count = 0

    def trace(*_: object) -> object:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


# Where it is used --------------------------------------------------------------------------------


def test_a_message_its_connector_read_is_not_read_again() -> None:
    message = replace(_a_message("> a\nb"), fresh="what the connector found")

    assert fresh_of(message) == "what the connector found"


def test_a_message_nobody_read_is_read_from_its_text() -> None:
    assert fresh_of(_a_message("> a\nb")) == "b"


def test_of_a_long_message_only_the_beginning_counts() -> None:
    assert fresh_of(_a_message("abcdef"), 3) == "abc"


def _a_message(text: str) -> Message:
    author = Person(1, Role.CUSTOMER)
    return Message(1, MessageKind.CUSTOMER, author, datetime(2026, 1, 1, tzinfo=UTC), text=text)
