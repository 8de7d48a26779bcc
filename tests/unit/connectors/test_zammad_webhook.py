from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.deliveries import sha1_digest
from connectors.zammad import parse_delivery
from plugin.domain.delivery import Delivery
from plugin.domain.errors import BadDelivery
from plugin.domain.settings import Secret
from tests.samples_reader import RecordedCall, sample, zammad_calls
from tests.unit.connectors import given as start

SETTINGS = start.settings("zammad")
RECORDED = list(zammad_calls())
SIGNED = [call for call in RECORDED if call.secret]
UNSIGNED = [call for call in RECORDED if not call.secret]


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
        headers if headers is not None else signed(body, secret),
        body,
        settings=replace(SETTINGS, webhook_secret=Secret(secret)),
        received_at=start.NINE + later,
    )


def signed(body: bytes, secret: str = "s3cr3t") -> dict[str, str]:
    return {"x-hub-signature": f"sha1={sha1_digest(Secret(secret), body).hex()}"}


def test_there_are_recordings_of_both_kinds() -> None:
    assert len(SIGNED) >= 60
    assert len(UNSIGNED) >= 20


@pytest.mark.parametrize("call", SIGNED, ids=by_case)
def test_a_recorded_call_is_accepted_with_its_ticket_and_its_delivery_id(
    call: RecordedCall,
) -> None:
    delivery = receive(call.body, dict(call.headers), secret=call.secret or "")

    assert delivery.ticket_id == call.parsed["ticket"]["id"]
    assert delivery.key == call.headers["x-zammad-delivery"]
    assert delivery.helpdesk == "support"
    assert delivery.received_at == start.NINE


@pytest.mark.parametrize("call", SIGNED, ids=by_case)
def test_a_recorded_call_with_one_byte_changed_is_refused(call: RecordedCall) -> None:
    place = call.body.index(b'"id":') + len(b'"id":')
    changed = call.body[:place] + bytes([call.body[place] ^ 1]) + call.body[place + 1 :]

    with pytest.raises(BadDelivery) as refused:
        receive(changed, dict(call.headers), secret=call.secret or "")

    assert refused.value.status == 401


@pytest.mark.parametrize("call", UNSIGNED, ids=by_case)
def test_a_recorded_call_without_a_signature_is_refused(call: RecordedCall) -> None:
    with pytest.raises(BadDelivery, match="signature") as refused:
        receive(call.body, dict(call.headers))

    assert refused.value.status == 401


def test_a_repeated_call_has_the_same_key_although_its_body_changed() -> None:
    attempts = [call for call in RECORDED if call.case.startswith("slow-receiver")]

    keys = {receive(call.body, {**call.headers, **signed(call.body)}).key for call in attempts}

    assert len({call.body for call in attempts}) > 1
    assert len(keys) == 1


def test_the_published_signature_fits() -> None:
    vector = sample("zammad/webhook_signature_vector")
    body = vector["raw_body"].encode()

    delivery = receive(body, {"x-hub-signature": vector["header"]}, secret="s3cr3t-signature-token")

    assert delivery.ticket_id == 81


@pytest.mark.parametrize(
    "found",
    [
        pytest.param("", id="empty"),
        pytest.param("sha1=", id="no digest"),
        pytest.param("sha256=" + "0" * 64, id="another algorithm"),
        pytest.param("sha1=" + "0" * 40, id="another digest"),
        pytest.param("Grüße 😀", id="not ASCII"),
    ],
)
def test_a_wrong_signature_is_refused(found: str) -> None:
    with pytest.raises(BadDelivery) as refused:
        receive(b'{"ticket":{"id":1}}', {"x-hub-signature": found})

    assert refused.value.status == 401


def test_an_empty_secret_accepts_nobody() -> None:
    body = b'{"ticket":{"id":1}}'

    with pytest.raises(BadDelivery, match="no webhook_secret") as refused:
        receive(body, signed(body, ""), secret="")

    assert refused.value.status == 401


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b"", "not JSON", id="empty"),
        pytest.param(b"ticket=1", "not JSON", id="a form"),
        pytest.param(b"\xff\xfe", "UTF-8", id="not UTF-8"),
        pytest.param(b"[" * 200_000, "JSON|nested", id="a nesting bomb"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested", id="nested objects"),
        pytest.param(b'[{"ticket":{"id":1}}]', "not an object", id="a list"),
        pytest.param(b"null", "not an object", id="null"),
        pytest.param(b"{}", "no ticket id", id="nothing in it"),
        pytest.param(b'{"ticket":7}', "no ticket id", id="ticket is no object"),
        pytest.param(b'{"ticket":{"id":null}}', "no ticket id", id="null id"),
        pytest.param(b'{"ticket":{"id":true}}', "no ticket id", id="true"),
        pytest.param(b'{"ticket":{"id":0}}', "no ticket id", id="zero"),
        pytest.param(b'{"ticket":{"id":-4}}', "no ticket id", id="negative"),
        pytest.param(b'{"ticket":{"id":1.5}}', "no ticket id", id="a fraction"),
        pytest.param(b'{"ticket":{"id":"7 or 1"}}', "no ticket id", id="words"),
        pytest.param(b'{"ticket":{"id":' + b"9" * 30 + b"}}", "no ticket id", id="too large"),
        pytest.param(b'{"ticket":{"id":' + b"9" * 9000 + b"}}", "not JSON", id="far too large"),
    ],
)
def test_a_signed_body_of_another_make_is_a_bad_request(body: bytes, words: str) -> None:
    with pytest.raises(BadDelivery, match=words) as refused:
        receive(body)

    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("body", "ticket_id"),
    [
        pytest.param(b'{"ticket":{"id":"81"}}', 81, id="digits as text"),
        pytest.param(b'{"ticket_id":5}', 5, id="a custom payload"),
        pytest.param(b'{"ticket":{"id":9223372036854775807}}', 2**63 - 1, id="the largest"),
    ],
)
def test_ids_of_other_makes_are_read(body: bytes, ticket_id: int) -> None:
    assert receive(body).ticket_id == ticket_id


@pytest.mark.parametrize(
    "delivery_id",
    [
        "",
        "short",
        "x" * 101,
        "has space in it",
        "tab\tinside-it",
        "käse-käse-käse",
        "a/../../b-c-d",
    ],
)
def test_an_odd_delivery_id_is_no_key(delivery_id: str) -> None:
    body = b'{"ticket":{"id":1}}'

    key = receive(body, {**signed(body), "x-zammad-delivery": delivery_id}).key

    assert key.startswith("body:")
    assert delivery_id not in key or not delivery_id


def test_without_a_delivery_id_equal_calls_are_one_only_for_a_short_time() -> None:
    body, other = b'{"ticket":{"id":1}}', b'{"ticket":{"id":1},"article":{}}'

    first, again, later = receive(body), receive(body), receive(body, later=timedelta(minutes=2))

    assert first.key == again.key
    assert first.key != later.key
    assert first.key != receive(other).key


def test_the_name_of_the_trigger_is_made_fit_for_the_log() -> None:
    body = b'{"ticket":{"id":1}}'
    headers = {**signed(body), "x-zammad-trigger": "new\r\nlevel=error \x1b[31m" + "x" * 500}

    hint = receive(body, headers).hint

    assert hint.startswith("newlevelerror 31m")
    assert len(hint) == 60


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(["ticket", "ticket_id", "article", "id"]), json_values))
@settings(max_examples=200, deadline=None)
def test_any_json_gives_a_ticket_id_or_a_bad_request(payload: dict[str, object]) -> None:
    body = json.dumps(payload).encode()

    try:
        ticket_id = receive(body).ticket_id
    except BadDelivery as refused:
        outcome = f"{refused.status}"
    else:
        outcome = "accepted" if ticket_id is not None and 0 < ticket_id < 2**63 else "odd id"

    assert outcome in {"400", "accepted"}


@given(st.binary(max_size=200), st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_junk_never_gets_in_and_never_breaks(body: bytes, signature: str) -> None:
    with pytest.raises(BadDelivery):
        receive(body, {"x-hub-signature": signature, "x-zammad-delivery": signature})
    with pytest.raises(BadDelivery):
        receive(b"\x00" + body)
