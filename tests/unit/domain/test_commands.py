"""Commands in notes: what is understood, what is answered, and what is none of our business."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.commands import LONGEST_REASON, Command, Mistake, commands_in
from plugin.domain.commands_words import COMMANDS, COMMON, MISTAKES
from plugin.domain.escalation import Ask
from plugin.domain.html import plain_text
from plugin.domain.ticket import MessageKind, Person, Role
from tests.given import ANA, GUEST, MONDAY, US, answer, message, note

POLICIES = ("finance", "front desk", "management")


def read(text: str, **more: Any) -> Command | Mistake | None:
    """What a note with this text asks for, with the policies above and a matrix."""
    return commands_in(note(5, at=MONDAY, text=text, **more), POLICIES)


def command(text: str) -> Command:
    found = read(text)
    assert isinstance(found, Command), found
    return found


def sentence(text: str, language: str = "en") -> str:
    found = read(text)
    assert isinstance(found, Mistake), found
    return found.sentence(language)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("/escalate", Ask.ESCALATE),
        ("/ack", Ask.ACKNOWLEDGE),
        ("/handback not ours", Ask.HAND_BACK),
        ("/snooze 2h", Ask.SNOOZE),
        ("/explain", Ask.EXPLAIN),
        ("/accept", Ask.ACCEPT),
        ("/reject", Ask.REJECT),
        ("/eskalieren", Ask.ESCALATE),
        ("/übernehmen", Ask.ACKNOWLEDGE),
        ("/uebernehmen", Ask.ACKNOWLEDGE),
        ("/bestaetigen", Ask.ACKNOWLEDGE),
        ("/zurückgeben falsches Team", Ask.HAND_BACK),
        ("/escaleren", Ask.ESCALATE),
        ("/overnemen", Ask.ACKNOWLEDGE),
        ("/teruggeven verkeerde groep", Ask.HAND_BACK),
        ("/sluimer 30m", Ask.SNOOZE),
        ("/uitleg", Ask.EXPLAIN),
        ("/hand-back not ours", Ask.HAND_BACK),
        ("/Hand_Back not ours", Ask.HAND_BACK),
        ("/ACK", Ask.ACKNOWLEDGE),
    ],
)
def test_a_command_is_known_in_three_languages_and_any_case(text, what):
    assert command(text).what is what


@pytest.mark.parametrize(
    "text",
    [
        "\u200b/ack",
        "\ufeff \u00a0/ack\u00a0",
        "\n\n  /ack",
        "**/ack**",
        "/ack.",
        "\uff0fack",
        "\u202d/ack\u202c",
        "/ack\n-- \nAna Bakker\nFront office",
        "/ack\n\nOn Mon, 23 Nov 2026 at 09:00, Ben <ben@example.com> wrote:\n> /handback nonsense",
    ],
)
def test_what_editors_and_signatures_leave_behind_does_no_harm(text):
    found = command(text)

    assert (found.what, found.reason) == (Ask.ACKNOWLEDGE, "")


@pytest.mark.parametrize(
    "html",
    [
        "<div>/ack</div><br><div>-- <br>Ana</div>",
        "<p><span style='color:red'>/ack</span></p>",
        "<div><br></div><div>&nbsp;/ack&nbsp;</div>",
        "<b>/</b><i>ack</i>",
    ],
)
def test_rich_text_of_both_helpdesks_is_read_like_plain_text(html):
    assert command(plain_text(html)).what is Ask.ACKNOWLEDGE


def test_a_command_names_who_gave_it_and_when():
    found = command("/ack on it")

    assert (found.message_id, found.at, found.by, found.reason) == (5, MONDAY, ANA, "on it")


@pytest.mark.parametrize(
    ("text", "policy", "reason"),
    [
        ("/escalate", None, ""),
        ("/escalate finance", "finance", ""),
        ("/escalate Finance third wrong invoice", "finance", "third wrong invoice"),
        ("/escalate finance: third wrong invoice", "finance", "third wrong invoice"),
        ("/escalate front desk guest is waiting", "front desk", "guest is waiting"),
        ("/escalate guest is waiting", None, "guest is waiting"),
        ("/escalate matrix guest is waiting", None, "guest is waiting"),
        ('/escalate "guest is waiting"', None, "guest is waiting"),
        ("/escalate management-level matter", None, "management-level matter"),
        ("/escalate -- Ana", None, ""),
    ],
)
def test_escalate_takes_a_policy_and_a_reason_or_neither(text, policy, reason):
    found = command(text)

    assert (found.policy, found.reason) == (policy, reason)


def test_without_a_matrix_the_only_policy_is_meant():
    found = commands_in(note(5, at=MONDAY, text="/escalate too slow"), ["finance"], matrix=False)

    assert isinstance(found, Command)
    assert (found.policy, found.reason) == ("finance", "too slow")


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        (["finance", "it"], "/escalate needs the name of an escalation policy: finance, it"),
        ([], "/escalate can do nothing here: the configuration has no escalation policies"),
    ],
    ids=["several", "none"],
)
def test_without_a_matrix_somebody_must_say_which_policy(policies, expected):
    found = commands_in(note(5, at=MONDAY, text="/escalate too slow"), policies, matrix=False)

    assert isinstance(found, Mistake)
    assert found.sentence("en") == expected


@pytest.mark.parametrize(
    ("text", "period", "reason"),
    [
        ("/snooze 2h", timedelta(hours=2), ""),
        ("/snooze 2 h", timedelta(hours=2), ""),
        ("/snooze 90m waiting for the bank", timedelta(minutes=90), "waiting for the bank"),
        ("/snooze 1h30m", timedelta(minutes=90), ""),
        ("/snooze 1 hour and 30 minutes", timedelta(minutes=90), ""),
        ("/snooze 1,5h", timedelta(minutes=90), ""),
        ("/snooze for 1d", timedelta(days=1), ""),
        ("/vertagen 2 Stunden, Bank ruft an", timedelta(hours=2), "Bank ruft an"),
        ("/uitstellen 2 uur", timedelta(hours=2), ""),
        ("/snooze für 3 Tage", timedelta(days=3), ""),
    ],
)
def test_snooze_takes_a_duration_as_people_write_it(text, period, reason):
    found = command(text)

    assert (found.period, found.reason) == (period, reason)


def test_the_reason_of_a_hand_back_may_stand_in_the_next_lines():
    found = command("/handback\nThis belongs to sales,\nthey made the offer.\n\n-- \nAna")

    assert found.reason == "This belongs to sales, they made the offer."


def test_a_reason_is_cut_where_a_note_would_be_stored():
    assert len(command("/handback " + "very long " * 100).reason) <= LONGEST_REASON


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/ackk", "/ackk is not a command: did you mean /ack?"),
        ("/akc", "/akc is not a command: did you mean /ack?"),
        ("/esclate finance", "/esclate is not a command: did you mean /escalate?"),
        ("/snoze 2h", "/snoze is not a command: did you mean /snooze?"),
        ("/snooze", "/snooze needs a duration, such as: /snooze 2h (also 30m or 1d)"),
        ("/snooze later", "/snooze needs a duration, such as: /snooze 2h (also 30m or 1d)"),
        ("/snooze 2bd", "/snooze needs a duration, such as: /snooze 2h (also 30m or 1d)"),
        (
            "/snooze 0h",
            "/snooze takes a duration of at least a minute and at most 30 days, such as: /snooze 2h",
        ),
        (
            "/snooze 31d",
            "/snooze takes a duration of at least a minute and at most 30 days, such as: /snooze 2h",
        ),
        ("/handback", "/handback needs a reason, such as: /handback belongs to sales"),
        ("/handback ...", "/handback needs a reason, such as: /handback belongs to sales"),
        ("/handback\n-- \nAna", "/handback needs a reason, such as: /handback belongs to sales"),
        (
            "/escalate finanse too slow",
            "There is no escalation policy “finanse”: did you mean /escalate finance?",
        ),
    ],
)
def test_a_near_miss_is_answered_with_what_was_expected(text, expected):
    assert sentence(text) == expected


def test_a_mistake_is_told_in_the_language_asked_for_else_in_english():
    assert sentence("/snooze", "de").startswith("/snooze braucht eine Dauer")
    assert sentence("/snooze", "nl-NL").startswith("/snooze heeft een duur nodig")
    assert sentence("/snooze", "fr").startswith("/snooze needs a duration")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ack",
        "/",
        "/ 2",
        "/ ack",
        "//ack",
        "/2",
        "/usr/bin/ack",
        "/ack/old",
        "/ack.html is broken",
        "/ack@example.com",
        "/srv",
        "/invoice was wrong",
        "/me looks into it",
        "24/7 service",
        "Please /ack",
        "Hello\n/ack",
        "> /ack",
        "> /ack\n\nwhat did you mean?",
    ],
)
def test_other_text_is_no_command(text):
    assert read(text) is None


@pytest.mark.parametrize(
    "written",
    [
        message(5, "/ack", author=GUEST),
        answer(5, at=MONDAY, text="/ack"),
        note(5, at=MONDAY, text="/ack", author=GUEST),
        note(5, at=MONDAY, text="/ack", author=Person(1, Role.SYSTEM)),
        note(5, at=MONDAY, text="/ack", author=US, ours=True),
        note(5, at=MONDAY, text="/ack", automatic="a trigger"),
        note(5, at=MONDAY, text="/ack", channel="email"),
        note(5, at=MONDAY, text="/ack", channel="phone"),
    ],
    ids=[
        "mail",
        "reply",
        "customer's note",
        "the helpdesk's",
        "our own",
        "a trigger's",
        "an internal mail, whose sender may be forged",
        "an internal call",
    ],
)
def test_only_a_note_that_a_human_agent_wrote_commands(written):
    assert commands_in(written, POLICIES) is None


def test_every_mistake_is_written_in_three_languages():
    assert {frozenset(texts) for texts in MISTAKES.values()} == {frozenset({"en", "de", "nl"})}


def test_every_word_that_is_recommended_is_known():
    assert {COMMANDS[word.strip("/")]: word for word in COMMON.values()} == dict(COMMON)


@given(
    st.one_of(
        st.text(),
        st.text("/ackhndbsoze 2h.-_\u00a0\u200b\n>*ü\u0130\u00bd"),
        st.builds(
            "/{} {}".format,
            st.sampled_from(sorted(COMMANDS)),
            st.text("finace 12hd.,-\u0130\u00bd"),
        ),
    )
)
@settings(max_examples=400)
def test_no_note_breaks_it(text):
    found = read(text)

    assert found is None or isinstance(found, (Command, Mistake))
    if isinstance(found, Command):
        assert len(found.reason) <= LONGEST_REASON
        assert (found.period is not None) == (found.what is Ask.SNOOZE)
        assert found.reason or found.what is not Ask.HAND_BACK
    if isinstance(found, Mistake):
        assert all("{" not in one for one in found.sentences.values()) or "{" in text


@pytest.mark.parametrize("kind", [MessageKind.NOTE])
@pytest.mark.parametrize(
    "text",
    [
        "/" + "a" * 500_000,
        "/ack " + "- " * 250_000,
        "\u200b" * 500_000 + "/ack",
        "/snooze " + "1h" * 250_000,
        "/escalate " + "\u0130" * 500_000,
        "/handback " + "\n" * 500_000,
    ],
    ids=["word", "dashes", "invisible", "durations", "odd letters", "lines"],
)
def test_half_a_megabyte_is_read_no_further_than_its_beginning(text, kind):
    # The suite's time limit is the assertion: quadratic work on this would take hours.
    found = commands_in(message(5, text, kind=kind, author=ANA), POLICIES)

    assert found is None or isinstance(found, (Command, Mistake))
