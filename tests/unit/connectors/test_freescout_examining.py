"""The checks of a FreeScout on what a real one answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.answers import Answer, Call
from connectors.freescout.examination import Seen
from connectors.freescout.examining import judged
from connectors.freescout.refusals import reason_of
from connectors.probing import Denied
from connectors.shapes import integer
from plugin.domain.examining import Level, Needed
from plugin.domain.helpdesk import Ability
from tests.samples_reader import answer, sample
from tests.unit.connectors.given import settings

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
FREESCOUT = settings("freescout")


def rows(name: str, word: str):
    return answer(f"freescout/{name}")["_embedded"][word]


def refused(name: str) -> Denied:
    response = sample(f"freescout/{name}")["response"]
    headers = {key.lower(): value for key, value in response["headers"].items()}
    call = Call("GET", "/mailboxes", True)
    found = Answer(call, response["status"], headers, response["body"], is_json=True)
    return Denied(found, reason_of(found))


@pytest.fixture
def seen() -> Seen:
    users = rows("api-users-list-with-robot-and-deleted", "users")
    mailboxes = rows("api-mailboxes-list", "mailboxes")
    door = Answer(Call("GET", "/mailboxes", True), 200, {}, answer("freescout/api-mailboxes-list"))
    return Seen(
        replace(FREESCOUT, service_user=_person(users)),
        Needed(now=NOW, groups=frozenset({mailboxes[0]["name"]}), sends_replies=True),
        door=door,
        users=users,
        mailboxes=mailboxes,
        open_to_us=frozenset(integer(row["id"]) for row in mailboxes),
        has_tags=True,
        has_fields=True,
        conversations=rows("api-conversations-list-embed-threads", "conversations"),
    )


def _person(users) -> str:
    """Somebody among them who is neither deleted nor the robot."""
    addresses = [user["email"] for user in users]
    return next(one for one in addresses if "_deleted" not in one and "fsworkflow" not in one)


def told(seen: Seen) -> dict[str, Level]:
    return {finding.check: finding.level for finding in judged(seen).findings}


def test_the_laboratory_is_well(seen):
    assert set(told(seen).values()) == {Level.OK}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("api-auth-wrong-host", "does not answer under the host name"),
        ("api-error-no-such-route-get-mailboxes-1", "no API & Webhooks module"),
        ("api-error-tags-list-no-module", "refuses our call"),
    ],
)
def test_each_recorded_refusal_has_words_of_its_own(name, words, seen):
    shut = Seen(seen.settings, seen.needed, refused(name))

    (finding,) = judged(shut).findings

    assert finding.level is Level.ERROR
    assert words in finding.text


def test_a_login_in_front_is_not_the_keys_fault(seen):
    page = Answer(Call("GET", "/mailboxes", True), 401, {"content-type": "text/html"})

    (finding,) = judged(Seen(seen.settings, seen.needed, Denied(page, "status 401"))).findings

    assert "a login of its own" in finding.text


def test_the_recorded_deleted_user_is_told_from_one_who_never_was(seen):
    gone = next(user["email"] for user in seen.users if "_deleted" in user["email"])
    address = gone.partition("_deleted")[0]

    def text(service_user: str) -> str:
        there = replace(seen, settings=replace(seen.settings, service_user=service_user))
        return next(one.text for one in judged(there).findings if one.check == "service_user")

    assert "was deleted" in text(address)
    assert "has no user" in text("never@fslab.test")


def test_a_module_is_missed_only_where_the_file_needs_it(seen):
    bare = replace(seen, has_tags=False, has_fields=False)
    needs = replace(seen.needed, abilities={Ability.TAG: "deskladder.yaml:9:3"})

    assert "modules" not in told(bare)
    (finding,) = [
        one for one in judged(replace(bare, needed=needs)).findings if one.check == "modules"
    ]
    assert finding.level is Level.ERROR
    assert "deskladder.yaml:9:3" in finding.text


def test_what_customers_and_agents_wrote_is_expected_to_be_announced(seen):
    expected = judged(seen).expected

    assert {one.what for one in expected} <= {"new conversations", "agents' replies"}
    assert all(one.at.tzinfo for one in expected)
    by_customers = [
        row for row in seen.conversations if (row.get("source") or {}).get("via") == "customer"
    ]
    assert sum(one.what == "new conversations" for one in expected) == len(by_customers)
