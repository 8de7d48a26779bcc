"""Messages no human wrote are found, and messages about them are left alone."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.automatic import why_automatic

CORPUS = yaml.safe_load(Path(__file__).with_name("automatic_corpus.yaml").read_text("utf-8"))
OURS = frozenset({"help@our.example"})


def _name(mail: dict) -> str:
    return f"{mail['sender'][:20]} {mail['subject'][:40]}"


def _why(mail: dict) -> str | None:
    known = {name: mail[name] for name in ("sender", "subject", "text", "headers") if name in mail}
    return why_automatic(**known, own_addresses=OURS)


@pytest.mark.parametrize("mail", CORPUS["automatic"], ids=_name)
def test_a_robot_is_recognised(mail: dict):
    assert mail["expect"] in str(_why(mail))


@pytest.mark.parametrize("mail", CORPUS["human"], ids=_name)
def test_a_human_is_heard(mail: dict):
    assert _why(mail) is None


def test_the_corpus_keeps_its_size():
    assert len(CORPUS["automatic"]) >= 60
    assert len(CORPUS["human"]) >= 40


def test_the_host_knows_its_own_automations():
    assert why_automatic(sender="ann@example.com", subject="Hi", system_sender=True)


def test_the_reason_never_repeats_what_the_sender_wrote():
    secret = "XYZZY4711"
    for mail in CORPUS["automatic"]:
        spiced = {
            **mail,
            "subject": f"{mail['subject']} {secret}",
            "text": f"{mail.get('text', '')} {secret}",
            "headers": {
                name: f"{value} {secret}" for name, value in mail.get("headers", {}).items()
            },
        }
        assert secret.lower() not in str(_why(spiced)).lower()


def test_only_the_first_lines_count():
    footer = "This is an automated message, please do not reply."

    near = why_automatic(sender="a@b.example", subject="x", text="line\n" * 19 + footer)
    far = why_automatic(sender="a@b.example", subject="x", text="line\n" * 20 + footer)

    assert near
    assert far is None


_TEXTS = st.text() | st.text(alphabet="re: automticply[]()<>@-\n\t", max_size=400)


@settings(deadline=None)
@given(
    sender=_TEXTS,
    subject=_TEXTS,
    text=_TEXTS,
    headers=st.dictionaries(
        st.sampled_from(["Auto-Submitted", "Precedence", "List-Id", "Return-Path", "Reply-To"])
        | st.text(),
        st.text(),
    ),
)
def test_nothing_makes_it_raise(sender: str, subject: str, text: str, headers: dict[str, str]):
    reason = why_automatic(sender=sender, subject=subject, text=text, headers=headers)

    assert reason is None or reason


@pytest.mark.parametrize("filler", ["[", "(", "re: ", "[a] ", "on ", "> ", "i am ", "\n", "\u2028"])
def test_a_megabyte_is_as_quick_as_its_first_lines(filler: str):
    """Everything is cut before it is searched, so the rest cannot matter."""
    bomb = filler * (1_000_000 // len(filler))

    assert why_automatic(sender=bomb, subject=bomb, text=bomb) is None
