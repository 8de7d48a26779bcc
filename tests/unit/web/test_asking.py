"""`POST /api/escalations`: what is taken, what is refused with which words, and who is kept out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.domain.cases import Case
from plugin.domain.escalation import Ask
from plugin.domain.ladder import MatrixRow
from plugin.domain.service import Service
from plugin.domain.ticket import TicketRef
from plugin.web.asking import MAX_BODY
from tests.unit.web.outside import NOW, REF, TOKEN, Scene, escalation, helpdesk, the_config

ALERT = {"helpdesk": "support", "ticket": 12, "policy": "finance", "reason": "payment is down"}


@pytest.fixture
def scene():
    return Scene()


def changed(**changes: object) -> dict[str, object]:
    """The alert with some fields changed; None takes one out."""
    return {key: value for key, value in (ALERT | changes).items() if value is not None}


# Asking ---------------------------------------------------------------------------------------


def test_an_escalation_is_asked_for_at_the_next_look(scene):
    answer = scene.post(ALERT)

    (asked,) = scene.store.asked
    assert (answer.status_code, answer.json) == (202, {"accepted": True, "ticket": "support/12"})
    assert (asked["ref"], asked["what"], asked["at"]) == (REF, Ask.ESCALATE, NOW)
    assert asked["by"] == "another system"
    assert asked["params"] == {"policy": "finance", "reason": "payment is down"}


def test_everything_it_may_say_is_kept(scene):
    scene.post(changed(start_level=2, source="pager", reference=4711, reason=" down\n\tagain "))

    (asked,) = scene.store.asked
    assert asked["by"] == "pager"
    assert asked["params"] == {
        "policy": "finance",
        "reason": "down again",
        "start_level": 2,
        "source": "pager",
        "reference": "4711",
    }
    assert scene.store.cases == {("pager", "4711"): Case("pager", "4711", REF, None, NOW)}


def test_with_one_helpdesk_its_name_may_be_left_out(scene):
    assert scene.post(changed(helpdesk=None)).status_code == 202


def test_with_two_helpdesks_the_name_is_needed(scene):
    both = {"support": helpdesk("support"), "hotel": helpdesk("hotel")}
    scene.config = the_config(helpdesks=both)

    answer = scene.post(changed(helpdesk=None))

    assert answer.status_code == 400
    assert answer.json == {"error": "helpdesk: expected one of hotel, support"}


def test_the_matrix_chooses_when_nobody_names_a_policy(scene):
    row = MatrixRow(when=None, weight=0, policy="finance")  # type: ignore[arg-type]
    scene.config = the_config(matrix=(row,))

    scene.post(changed(policy=None))

    assert scene.store.asked[0]["params"]["policy"] == "matrix"


def test_the_only_policy_needs_no_name(scene):
    scene.config = the_config(policies={"finance": escalation().policy})

    scene.post(changed(policy=None))

    assert scene.store.asked[0]["params"]["policy"] == "finance"


def test_a_case_of_another_system_names_its_ticket(scene):
    scene.store.cases["crm", "4711"] = Case("crm", "4711", TicketRef("support", 9), 3, NOW)

    answer = scene.post(
        {"source": "crm", "reference": "4711", "policy": "front", "reason": "again"}
    )

    assert (answer.status_code, answer.json["ticket"]) == (202, "support/9")


# Once -----------------------------------------------------------------------------------------


def test_the_same_key_counts_once(scene):
    first = scene.post(ALERT, headers={"Idempotency-Key": "alert-1"})
    again = scene.post(changed(reason="other words"), headers={"Idempotency-Key": "alert-1"})
    other = scene.post(ALERT, headers={"Idempotency-Key": "alert-2"})

    assert [first.status_code, again.status_code, other.status_code] == [202, 200, 202]
    assert again.json == {
        "accepted": False,
        "ticket": "support/12",
        "why": "this was asked before",
    }
    assert len(scene.store.asked) == 2


def test_without_a_key_the_same_body_counts_once_an_hour(scene):
    answers = [scene.post(ALERT).status_code, scene.post(ALERT).status_code]
    scene.now += timedelta(hours=1)
    later = scene.post(ALERT).status_code

    assert [*answers, later] == [202, 200, 202]


@pytest.mark.parametrize("key", ["", "x" * 201, "\u00fc\x80"], ids=["empty", "long", "control"])
def test_a_key_nobody_can_read_is_refused(scene, key):
    answer = scene.post(ALERT, headers={"Idempotency-Key": key})

    assert answer.status_code == 400
    assert scene.store.asked == []


# Closing --------------------------------------------------------------------------------------


def test_the_other_system_closes_its_case(scene):
    scene.store.cases["crm", "4711"] = Case("crm", "4711", TicketRef("support", 9), 3, NOW)

    answer = scene.post({"close": True, "source": "crm", "reference": "4711"})

    (asked,) = scene.store.asked
    assert answer.status_code == 202
    assert (asked["what"], asked["ref"]) == (Ask.CLOSED_OUTSIDE, TicketRef("support", 9))
    assert asked["escalation"] == 3
    assert asked["params"] == {"source": "crm", "reference": "4711"}


def test_what_was_asked_for_with_a_reference_is_closed_by_it(scene):
    scene.post(changed(source="pager", reference="77"))
    scene.post({"close": True, "source": "pager", "reference": "77"})

    opened, closed = scene.store.asked
    assert (closed["ref"], closed["what"]) == (opened["ref"], Ask.CLOSED_OUTSIDE)


def test_a_case_nobody_knows_is_said_to_be_unknown(scene):
    answer = scene.post({"close": True, "source": "crm", "reference": "4712"})

    assert answer.status_code == 404
    assert answer.json == {"error": "no ticket is known for this source and reference"}


# Refused --------------------------------------------------------------------------------------

WRONG = {
    "not JSON": ("{SECRETWORD", 400, "the body is not JSON"),
    "no object": ("[1]", 400, "expected a JSON object"),
    "deep": ("[" * 8_000, 400, "the body is not JSON"),
    "unknown": (changed(tikcet=3), 400, "unknown: tikcet"),
    "number": (changed(number="10012"), 400, "expected ticket, the id in the ticket's address"),
    "no ticket": (changed(ticket=None), 400, "ticket: expected the id"),
    "ticket as text": (changed(ticket="12"), 400, "ticket: expected the id"),
    "ticket true": (changed(ticket=True), 400, "ticket: expected the id"),
    "ticket 0": (changed(ticket=0), 400, "ticket: expected the id"),
    "ticket huge": (changed(ticket=2**63), 400, "ticket: expected the id"),
    "helpdesk": (changed(helpdesk="nobody"), 400, "helpdesk: expected one of support"),
    "helpdesk list": (changed(helpdesk=["support"]), 400, "helpdesk: expected one of support"),
    "policy": (changed(policy="nobody"), 400, "policy: expected one of finance, front"),
    "no policy": (changed(policy=None), 400, "policy: expected one of finance, front"),
    "matrix without one": (changed(policy="matrix"), 400, "policy: expected one of finance, front"),
    "no reason": (changed(reason=None), 400, "reason: expected why"),
    "empty reason": (changed(reason=" "), 400, "reason: expected a text of 1 to 300"),
    "long reason": (changed(reason="x" * 301), 400, "reason: expected a text of 1 to 300"),
    "control": (changed(reason="a\x1b[0m"), 400, "reason: expected a text of 1 to 300"),
    "reason list": (changed(reason=["x"]), 400, "reason: expected a text"),
    "level": (changed(start_level=3), 400, "start_level: expected a whole number from 0 to 2"),
    "level text": (changed(start_level="2"), 400, "start_level: expected a whole number"),
    "level true": (changed(start_level=True), 400, "start_level: expected a whole number"),
    "source": (changed(source="x" * 41), 400, "source: expected a text of 1 to 40"),
    "reference": (changed(reference="x" * 101), 400, "reference: expected a text of 1 to 100"),
    "close": (changed(close="yes"), 400, "close: expected true or false"),
    "close what": ({"close": True, "ticket": 12}, 400, "reference: expected the id of the case"),
    "close alone": ({"close": True}, 400, "ticket: expected the id"),
    "huge": (changed(reason="x" * MAX_BODY), 413, "the body is larger than"),
}


@pytest.mark.parametrize(("body", "status", "error"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_on_one_line_and_leaves_no_trace(scene, body, status, error):
    answer = scene.post(body)

    assert answer.status_code == status
    assert answer.json["error"].startswith(error)
    assert answer.data.count(b"\n") == 1
    assert "SECRETWORD" not in answer.text
    assert scene.store.asked == []
    assert scene.store.cases == {}


def test_without_policies_nothing_can_be_escalated(scene):
    scene.config = the_config(policies={})

    assert scene.post(ALERT).status_code == 409


@pytest.mark.parametrize("content", ["text/plain", "application/x-www-form-urlencoded", None])
def test_only_json_is_read(scene, content):
    answer = scene.post(json.dumps(ALERT), content_type=content)

    assert answer.status_code == 415
    assert scene.store.asked == []


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "options"])
def test_other_methods_do_nothing(scene, method):
    headers = {"Authorization": f"Bearer {TOKEN}"}

    answer = getattr(scene.client, method)("/api/escalations", json=ALERT, headers=headers)

    assert answer.status_code == 405
    assert scene.store.asked == []


def test_a_store_that_is_down_asks_to_come_back(scene):
    scene.store.problem = OSError("the disk is gone")

    answer = scene.post(ALERT)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "disk" not in answer.text


# Who may ask ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": TOKEN},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN.upper()}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer \u00fc\u00e4"},
        {"X-Api-Key": TOKEN},
    ],
    ids=["none", "empty", "bare", "nothing", "cut", "long", "case", "basic", "umlauts", "other"],
)
def test_without_the_token_nothing_is_looked_at(scene, headers):
    answer = scene.post(ALERT, token=None, headers=headers)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert scene.store.asked == []


def test_the_scheme_may_be_written_small(scene):
    headers = {"Authorization": f"bearer {TOKEN}"}

    assert scene.post(ALERT, token=None, headers=headers).status_code == 202


def test_the_token_in_the_address_does_not_count(scene):
    answer = scene.post(ALERT, token=None, path=f"/api/escalations?token={TOKEN}")

    assert answer.status_code == 401


def test_without_a_token_in_the_file_there_is_no_such_page(scene):
    scene.config = the_config(service=Service())

    with_token, unknown = scene.post(ALERT), scene.post(ALERT, path="/api/nothing")

    assert with_token.status_code == unknown.status_code == 404
    assert with_token.json == unknown.json
    assert scene.store.asked == []


def test_a_token_changed_by_a_reload_counts_at_once(scene):
    from plugin.domain.settings import Secret

    service = replace(scene.config.service, api_token=Secret("another-token-0123456789"))
    scene.config = replace(scene.config, service=service)

    assert scene.post(ALERT).status_code == 401
    assert scene.post(ALERT, token="another-token-0123456789").status_code == 202


def test_who_guesses_is_not_listened_to_for_a_minute(scene):
    guesses = [scene.post(ALERT, token=f"guess-{n}").status_code for n in range(12)]
    locked = scene.post(ALERT)
    scene.seconds.at += 61
    later = scene.post(ALERT)

    assert guesses == [401] * 10 + [429] * 2
    assert locked.status_code == 429
    assert 0 < int(locked.headers["Retry-After"]) <= 61
    assert later.status_code == 202


def test_somebody_elses_guesses_keep_nobody_out(scene):
    for number in range(12):
        scene.post(ALERT, token=f"guess-{number}", environ_base={"REMOTE_ADDR": "10.9.9.9"})
    for number in range(12):
        scene.post(ALERT, token=f"guess-{number}", headers={"X-Forwarded-For": "6.6.6.6"})

    assert scene.post(ALERT).status_code == 202
    assert scene.post(changed(ticket=13), headers={"X-Forwarded-For": "7.7.7.7"}).status_code == 202


def test_a_caller_gone_wild_is_slowed_down(scene):
    answers = [scene.post(changed(ticket=number)).status_code for number in range(1, 303)]

    assert answers[:300] == [202] * 300
    assert answers[300:] == [429, 429]


def test_the_token_is_never_logged_nor_what_was_sent(scene, log):
    scene.post(changed(source="pager", reference="77"))
    scene.post(ALERT)
    scene.post("{SECRETWORD")
    scene.post(changed(unheard="SECRETWORD"))
    scene.store.problem = OSError("down")
    scene.post(changed(ticket=99))
    for number in range(12):
        scene.post(ALERT, token=f"{TOKEN}{number}")

    said = log.getvalue()
    assert "api.asked" in said
    assert "api.refused" in said
    assert "store.failed" in said
    assert "api.locked_out" in said
    assert TOKEN not in said
    assert "SECRETWORD" not in said
    assert "payment is down" not in said


def test_what_was_answered_is_counted(scene):
    for token in (TOKEN, TOKEN, "guess"):
        scene.post(ALERT, token=token)

    said = scene.metrics.render().decode()
    assert 'deskladder_asked_total{door="api",status="202"} 1.0' in said
    assert 'deskladder_asked_total{door="api",status="200"} 1.0' in said
    assert 'deskladder_asked_total{door="api",status="401"} 1.0' in said


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from([*ALERT, "source", "reference", "start_level", "close", "number", "x"])


@pytest.mark.slow
@given(st.one_of(JSON, st.dictionaries(FIELDS, JSON).map(lambda more: ALERT | more)))
@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    max_examples=200,
)
def test_no_body_breaks_it(scene, body):
    scene.store.asked.clear()
    scene.store.cases.clear()
    scene.seconds.at += 61  # nobody is kept waiting

    answer = scene.post(json.dumps(body))

    assert answer.status_code in {200, 202, 400, 404}
    assert len(scene.store.asked) == (answer.status_code == 202)
    assert answer.data.count(b"\n") == 1
