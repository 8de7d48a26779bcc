"""The checks of a Zammad on what a real one answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.answers import Answer, Call
from connectors.probing import Denied
from connectors.zammad.dossier import by_id
from connectors.zammad.examination import Access, Seen
from connectors.zammad.examining import judged
from plugin.domain.examining import Level, Needed
from plugin.domain.settings import Secret
from tests.samples_reader import answer
from tests.unit.connectors.given import settings

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
HOOK = "http://127.0.0.1:8098/hook"
ZAMMAD = settings("zammad", webhook_secret=Secret("lab-secret-123"))


def recorded(name: str):
    return answer(f"zammad-live/{name}")


def got(name: str, path: str) -> Answer:
    return Answer(Call("GET", path, True), 200, {}, recorded(name), is_json=True)


@pytest.fixture
def seen() -> Seen:
    """The laboratory's Zammad with the trigger that fired on everything."""
    groups = by_id(recorded("api-groups"))
    return Seen(
        ZAMMAD,
        Needed(now=NOW, webhook_url=HOOK, groups=frozenset({"Finance"}), sends_replies=True),
        me=got("api-users-me-expand", "/users/me"),
        work=got("api-ticket-states-expand", "/ticket_states"),
        groups=groups,
        access={"Finance": Access(next(g for g in groups.values() if g["name"] == "Finance"))},
        webhooks=recorded("api-webhooks"),
        triggers=[recorded("api-trigger-create")],
        log=recorded("api-http-logs-webhook"),
        version=recorded("api-version")["version"],
    )


def told(seen: Seen) -> dict[str, Level]:
    return {finding.check: finding.level for finding in judged(seen).findings}


def test_the_laboratory_is_well_but_for_the_mails_to_its_service_user(seen):
    assert told(seen) == {
        "access": Level.OK,
        "deliveries": Level.OK,
        "groups": Level.OK,
        "notifications": Level.WARNING,
        "service_user": Level.OK,
        "trigger": Level.OK,
        "version": Level.OK,
        "webhook": Level.OK,
    }


@pytest.mark.parametrize(
    ("found", "words"),
    [
        pytest.param(
            Answer(Call("GET", "/users/me", True), 401, {"content-type": "text/html"}),
            "a login of its own",
            id="a page",
        ),
        pytest.param(
            Answer(Call("GET", "/users/me", True), 401, {"x-failure": "no"}, {"error": "no"}, True),
            "does not accept the token",
            id="Zammad itself",
        ),
    ],
)
def test_a_login_in_front_is_told_from_a_wrong_token(found, words):
    (finding,) = [
        one
        for one in judged(Seen(ZAMMAD, Needed(now=NOW), Denied(found, "no"))).findings
        if one.check == "access"
    ]

    assert finding.level is Level.ERROR
    assert words in finding.text


def test_the_recorded_failures_of_calls_are_found(seen):
    log = [row for row in recorded("api-http-logs-webhook-failures") if row["url"] != HOOK]
    for row in log:
        there = replace(seen, needed=replace(seen.needed, webhook_url=row["url"]), log=[row])
        expected = Level.OK if row["status"].startswith("2") else Level.ERROR

        assert told(there)["deliveries"] is expected


def test_the_recorded_trigger_on_a_list_of_events_never_runs(seen):
    array = recorded("api-trigger-create-action")

    assert told(replace(seen, triggers=[array]))["trigger"] in {Level.ERROR, Level.WARNING}


def test_a_recorded_trigger_with_an_unknown_webhook_is_told(seen):
    lost = {**recorded("api-trigger-create-unknown-webhook"), "name": "Deskladder: all"}

    (finding,) = [
        one for one in judged(replace(seen, triggers=[lost])).findings if one.check == "trigger"
    ]

    assert finding.level is Level.ERROR


def test_the_recorded_group_without_an_address_cannot_reply(seen):
    silent = [group for group in seen.groups.values() if group["email_address_id"] is None]
    assert silent
    needs = replace(seen.needed, groups=frozenset({silent[0]["name"]}))
    there = replace(seen, needed=needs, access={silent[0]["name"]: Access(silent[0])})

    assert told(there)["groups"] is Level.ERROR


@pytest.mark.parametrize(
    "name",
    [
        "api-auth-expired-token",
        "api-auth-inactive-user",
        "api-auth-token-access-disabled",
    ],
)
def test_each_recorded_refusal_has_words_of_its_own(name, seen):
    from connectors.probing import Denied
    from connectors.zammad.refusals import reason_of
    from tests.samples_reader import sample

    response = sample(f"zammad-live/{name}")["response"]
    headers = {key.lower(): value for key, value in response["headers"].items()}
    found = Answer(
        Call("GET", "/users/me", True), response["status"], headers, response["body"], is_json=True
    )
    there = Seen(ZAMMAD, seen.needed, Denied(found, reason_of(found)))

    (finding,) = judged(there).findings
    assert finding.level is Level.ERROR
    assert {
        "api-auth-expired-token": "expired",
        "api-auth-inactive-user": "not active",
        "api-auth-token-access-disabled": "no token",
    }[name] in finding.text
