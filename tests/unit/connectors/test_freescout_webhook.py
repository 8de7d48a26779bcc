from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.deliveries import sha1_digest
from connectors.freescout import parse_delivery
from plugin.domain.delivery import Delivery
from plugin.domain.errors import BadDelivery
from plugin.domain.settings import Secret
from tests.samples_reader import RecordedCall, freescout_calls
from tests.unit.connectors import given as start

SETTINGS = start.settings("freescout")
RECORDED = list(freescout_calls())
OF_CUSTOMERS = [call for call in RECORDED if call.case.startswith("customer.")]
OF_CONVERSATIONS = [call for call in RECORDED if not call.case.startswith("customer.")]
CONVERSATION = b'{"id":7,"mailboxId":1,"threadsCount":2}'


def by_case(call: RecordedCall) -> str:
    return call.case


def receive(
    body: bytes,
    headers: dict[str, str] | None = None,
    *,
    secret: str = "s3cr3t",
    later: timedelta = timedelta(),
) -> Delivery:
    return parse_delivery(
        headers if headers is not None else signed(body),
        body,
        settings=replace(SETTINGS, webhook_secret=Secret(secret)),
        received_at=start.NINE + later,
    )


def signed(body: bytes, event: str = "convo.status") -> dict[str, str]:
    digest = b64encode(sha1_digest(Secret("s3cr3t"), body)).decode()
    return {"x-freescout-signature": digest, "x-freescout-event": event}


def test_there_are_recordings_of_both_kinds() -> None:
    assert len(OF_CONVERSATIONS) >= 20
    assert len(OF_CUSTOMERS) == 3


@pytest.mark.parametrize("call", OF_CONVERSATIONS, ids=by_case)
def test_a_recorded_call_is_accepted_with_its_conversation(call: RecordedCall) -> None:
    delivery = receive(call.body, dict(call.headers), secret=call.secret or "")

    assert delivery.ticket_id == call.parsed["id"]
    assert delivery.hint == call.headers["x-freescout-event"]
    assert delivery.key.startswith(delivery.hint + ":")


@pytest.mark.parametrize("call", OF_CUSTOMERS, ids=by_case)
def test_a_recorded_call_about_a_customer_is_about_no_ticket(call: RecordedCall) -> None:
    delivery = receive(call.body, dict(call.headers), secret=call.secret or "")

    assert delivery.ticket_id is None


def test_a_customer_stays_no_ticket_whatever_the_unsigned_event_says() -> None:
    call = OF_CUSTOMERS[0]
    forged = {**call.headers, "x-freescout-event": "convo.created"}

    delivery = receive(call.body, forged, secret=call.secret or "")

    assert delivery.ticket_id is None


@pytest.mark.parametrize("call", RECORDED, ids=by_case)
def test_a_recorded_call_with_one_byte_changed_is_refused(call: RecordedCall) -> None:
    place = call.body.index(b'"id":') + len(b'"id":')
    changed = call.body[:place] + bytes([call.body[place] ^ 1]) + call.body[place + 1 :]

    with pytest.raises(BadDelivery) as refused:
        receive(changed, dict(call.headers), secret=call.secret or "")

    assert refused.value.status == 401


def test_a_redirected_call_has_lost_its_body_and_is_refused() -> None:
    headers = signed(CONVERSATION)

    with pytest.raises(BadDelivery) as refused:
        receive(b"", headers)

    assert refused.value.status == 401


def test_a_repeated_call_is_the_same_delivery() -> None:
    first, again = receive(CONVERSATION), receive(CONVERSATION, later=timedelta(seconds=11))

    assert first.key == again.key


def test_the_same_bytes_later_are_a_new_delivery() -> None:
    first, later = receive(CONVERSATION), receive(CONVERSATION, later=timedelta(minutes=2))

    assert first.key != later.key


def test_several_events_of_one_action_share_the_body_and_stay_apart() -> None:
    status = receive(CONVERSATION, signed(CONVERSATION, "convo.status"))
    assigned = receive(CONVERSATION, signed(CONVERSATION, "convo.assigned"))

    assert status.key != assigned.key


@pytest.mark.parametrize(
    "found", ["", "=", "AAAA", "0" * 40, "sha1=abc", "Grüße 😀"], ids=lambda text: text or "empty"
)
def test_a_wrong_signature_is_refused(found: str) -> None:
    with pytest.raises(BadDelivery) as refused:
        receive(CONVERSATION, {"x-freescout-signature": found})

    assert refused.value.status == 401


def test_a_call_without_a_signature_is_refused() -> None:
    with pytest.raises(BadDelivery, match="missing") as refused:
        receive(CONVERSATION, {})

    assert refused.value.status == 401


def test_an_empty_secret_accepts_nobody() -> None:
    with pytest.raises(BadDelivery, match="no webhook_secret") as refused:
        receive(CONVERSATION, secret="")

    assert refused.value.status == 401


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b"[]", "not an object", id="a list"),
        pytest.param(b"{}", "no conversation id", id="nothing in it"),
        pytest.param(b'{"id":7}', "no conversation id", id="an id of what"),
        pytest.param(b'{"mailboxId":7}', "no conversation id", id="no id"),
        pytest.param(b'{"id":"x","mailboxId":7}', "no conversation id", id="words"),
        pytest.param(b'{"id":[7],"mailboxId":7}', "no conversation id", id="a list of ids"),
        pytest.param(b'{"id":7,"_embedded":[]}', "no conversation id", id="odd embedding"),
        pytest.param(b'{"status":"success","data":{}}', "API & Webhooks", id="another module"),
    ],
)
def test_a_signed_body_of_another_make_is_a_bad_request(body: bytes, words: str) -> None:
    with pytest.raises(BadDelivery, match=words) as refused:
        receive(body)

    assert refused.value.status == 400


@pytest.mark.slow
@given(
    st.dictionaries(
        st.sampled_from(["id", "mailboxId", "threadsCount", "_embedded", "customer"]),
        st.none()
        | st.integers()
        | st.text(max_size=10)
        | st.lists(st.integers(), max_size=3)
        | st.dictionaries(st.sampled_from(["emails", "threads"]), st.lists(st.integers())),
    )
)
@settings(max_examples=200, deadline=None)
def test_any_json_gives_a_delivery_or_a_bad_request(payload: dict[str, object]) -> None:
    body = json.dumps(payload).encode()

    try:
        ticket_id = receive(body).ticket_id
    except BadDelivery as refused:
        outcome = f"{refused.status}"
    else:
        outcome = "accepted" if ticket_id is None or 0 < ticket_id < 2**63 else "odd id"

    assert outcome in {"400", "accepted"}


@given(st.binary(max_size=200), st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_junk_never_gets_in_and_never_breaks(body: bytes, signature: str) -> None:
    with pytest.raises(BadDelivery):
        receive(body, {"x-freescout-signature": signature, "x-freescout-event": signature})
