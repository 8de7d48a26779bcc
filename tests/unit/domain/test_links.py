"""Acknowledge links: what they carry, and that nobody can make or change one."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from plugin.domain.links import LONGEST, AckLink, BadLink, ExpiredLink, ack_link, read_ack
from plugin.domain.ticket import TicketRef

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
ANAS = AckLink(TicketRef("support", 12), 1, 2, "21", NOW + WEEK, "10012")


def url_of(
    link: AckLink = ANAS, key: bytes = KEY, service: str = "https://desk.example.com"
) -> str:
    ref = link.ref
    who = (link.escalation, link.step, link.person, link.expires_at)
    return ack_link(service, key, ref.helpdesk, ref.id, *who, number=link.number)


def token_of(link: AckLink = ANAS, key: bytes = KEY) -> str:
    return url_of(link, key).rsplit("/", 1)[1]


def test_a_link_is_read_as_it_was_made():
    assert read_ack(KEY, token_of(), NOW) == ANAS


@pytest.mark.parametrize(
    "service", ["https://desk.example.com", "https://desk.example.com/", "http://x/ladder/"]
)
def test_a_link_lies_below_the_address_of_the_file(service):
    url = url_of(service=service)

    assert url.startswith(f"{service.rstrip('/')}/ack/")
    assert url.count("//") == 1
    assert url.isascii()


def test_a_link_ends_at_its_instant_and_says_what_it_stood_for():
    assert read_ack(KEY, token_of(), NOW + WEEK - timedelta(seconds=1)) == ANAS
    with pytest.raises(ExpiredLink) as expired:
        read_ack(KEY, token_of(), NOW + WEEK)
    assert expired.value.link == ANAS


@pytest.mark.parametrize(
    "changes",
    [
        {"ref": TicketRef("support", 13)},
        {"ref": TicketRef("hotel", 12)},
        {"escalation": 2},
        {"step": 3},
        {"person": "22"},
        {"expires_at": NOW + 2 * WEEK},
        {"number": "10013"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_the_signature_of_one_link_is_good_for_no_other(changes):
    body = token_of(replace(ANAS, **changes)).rpartition(".")[0]
    signature = token_of().rpartition(".")[2]

    with pytest.raises(BadLink):
        read_ack(KEY, f"{body}.{signature}", NOW)


def test_a_link_signed_by_somebody_else_is_refused():
    with pytest.raises(BadLink):
        read_ack(KEY, token_of(key=OTHER_KEY), NOW)


@pytest.mark.parametrize(
    "token",
    ["", ".", "a.b", "x" * (LONGEST + 1), "\u00e4.b", token_of().rpartition(".")[0]],
    ids=["empty", "dot", "short", "long", "not ASCII", "no signature"],
)
def test_what_is_no_link_is_refused(token):
    with pytest.raises(BadLink):
        read_ack(KEY, token, NOW)


@pytest.mark.parametrize(
    "payload", [b"{}", b"[1]", b'["s",{},1,1,"p",1,""]', b'["s",1,1,1,"p",1e99,""]']
)
def test_a_signed_payload_of_another_shape_is_refused(payload):
    from plugin.domain.links import _serializer

    body = base64.urlsafe_b64encode(payload).rstrip(b"=")
    signed = _serializer(KEY).make_signer("deskladder/acknowledge/1").sign(body).decode()

    with pytest.raises(BadLink):
        read_ack(KEY, signed, NOW)


def test_all_spellings_of_one_link_count_as_one():
    token = token_of()
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spellings = [token[:-1] + char for char in last]

    read = [link for one in spellings if (link := _read_or_none(one))]

    assert len(read) > 1  # base64 leaves two bits of the last character unused
    assert {link.key for link in read} == {ANAS.key}


def _read_or_none(token: str) -> AckLink | None:
    try:
        return read_ack(KEY, token, NOW)
    except BadLink:
        return None


@given(at=st.integers(0, 200), char=st.characters(codec="ascii"))
@settings(max_examples=200)
def test_one_changed_character_makes_it_worthless_or_the_same(at, char):
    token = token_of()
    at %= len(token)
    changed = token[:at] + char + token[at + 1 :]
    assume(changed != token)

    assert _read_or_none(changed) in {None, ANAS}


@given(st.text(max_size=300))
def test_any_other_text_is_refused(token):
    with pytest.raises(BadLink):
        read_ack(KEY, token, NOW)
