"""What people outside the helpdesk read: one message, or many as one."""

import pytest

from plugin.domain.notices import NoticeKind
from plugin.texts.notices import ACK_MARK, LONGEST_BODY, Told, as_one_message, notice_texts
from plugin.texts.templates import check_template, placeholders

LINK = "https://ladder.example.com/ack/token"


def told(number: int = 1, **changes: object) -> Told:
    fields: dict[str, object] = {
        "title": f"support #{number}: late",
        "body": f"why {number}\nhttps://help.example.com/{number}",
        "url": f"https://help.example.com/{number}",
    }
    return Told(**fields | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["en", "de", "nl", "de-AT", "fr"])
@pytest.mark.parametrize("kind", NoticeKind, ids=lambda kind: kind.value)
@pytest.mark.parametrize("is_held", [False, True], ids=["now", "held"])
def test_every_built_in_message_is_a_good_template_and_names_the_ticket(language, kind, is_held):
    texts = notice_texts(kind, language, is_responsible=True, is_held=is_held)

    check_template(texts.title)
    check_template(texts.body)
    assert "ticket.number" in placeholders(texts.title)
    assert "ticket.url" in placeholders(texts.body)
    assert not {"ticket.subject", "customer.name"} & placeholders(texts.title + texts.body)


@pytest.mark.parametrize("kind", NoticeKind, ids=lambda kind: kind.value)
def test_all_languages_say_the_same(kind):
    used = {
        placeholders(texts.title + texts.body)
        for texts in (notice_texts(kind, code, is_responsible=False) for code in ("en", "de", "nl"))
    }

    assert len(used) == 1


def test_one_message_is_itself_with_the_link_to_answer_by():
    title, body = as_one_message([told(ack_url=LINK)], "en")

    assert title == "support #1: late"
    assert body == f"why 1\nhttps://help.example.com/1\nAcknowledge or hand back: {LINK}"


def test_a_text_that_has_a_place_for_the_link_gets_it_there():
    _, body = as_one_message([told(body=f"Go to {ACK_MARK} now", ack_url=LINK)], "en")
    _, without = as_one_message([told(body=f"Go to {ACK_MARK} now")], "en")

    assert body == f"Go to {LINK} now"
    assert without == "Go to  now"


@pytest.mark.parametrize(
    ("language", "title", "ack"),
    [
        ("en", "Deskladder: 2 messages", "Acknowledge or hand back"),
        ("de", "Deskladder: 2 Meldungen", "Übernehmen oder zurückgeben"),
        ("nl", "Deskladder: 2 meldingen", "Bevestigen of teruggeven"),
        ("fr", "Deskladder: 2 messages", "Acknowledge or hand back"),
    ],
)
def test_a_digest_has_a_line_and_a_link_for_each(language, title, ack):
    digest = as_one_message([told(1), told(2, ack_url=LINK)], language)

    assert digest == (
        title,
        (
            "- support #1: late\n  https://help.example.com/1\n"
            f"- support #2: late\n  https://help.example.com/2\n  {ack}: {LINK}"
        ),
    )


def test_what_is_exhausted_comes_first_under_a_heading_of_its_own():
    _, body = as_one_message([told(1), told(2, kind=NoticeKind.EXHAUSTED)], "en")

    assert body.splitlines() == [
        "Nobody is left to ask, until somebody acts:",
        "- support #2: late",
        "  https://help.example.com/2",
        "Since the last time:",
        "- support #1: late",
        "  https://help.example.com/1",
    ]


@pytest.mark.parametrize("count", [2, 50, 91, 400])
def test_a_digest_too_long_for_a_message_counts_what_it_leaves_out(count):
    title, body = as_one_message([told(number) for number in range(count)], "en")

    shown = body.count("- support #")
    assert title == f"Deskladder: {count} messages"
    assert len(body) <= LONGEST_BODY
    if shown < count:
        assert body.endswith(f"… and {count - shown} more; `deskladder status` lists what is open.")
    assert shown == count or shown > 50
