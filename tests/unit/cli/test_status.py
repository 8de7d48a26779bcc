"""`deskladder status` tells of messages that wait for somebody's hours, and of those that failed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from plugin import clock
from plugin.cli.main import run
from plugin.domain.ladder import Urgency
from plugin.domain.memory import ActionState
from plugin.domain.notices import HeldNotice, NoticeState
from plugin.domain.storing import HEARTBEAT, LEFT_ALONE, SERVED
from plugin.domain.ticket import TicketRef
from plugin.store.store import Store
from tests.store.making import CUSTOMER, MINUTE, NINE, action, delivery, plan, ref, take_one
from tests.store.test_escalating import escalation, remember


@pytest.fixture
def store_with_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two wait, one failed."""
    monkeypatch.setenv("DESKLADDER_DATABASE", f"sqlite:///{tmp_path}/store.sqlite3")
    store = Store.open(f"sqlite:///{tmp_path}/store.sqlite3", now=NINE)
    about = {"number": "1", "url": "", "title": "t", "body": "b", "urgency": Urgency.NORMAL}
    store.hold(
        [
            HeldNotice(key, "ana", "mail", TicketRef("support", 1), at=NINE, due_at=NINE, **about)
            for key in ("a", "b", "c")
        ]
    )
    store.settle_notices(store.claim_notices(NINE, keys=["a"]), NoticeState.FAILED, NINE)
    store.close()


@pytest.mark.usefixtures("store_with_messages")
def test_people_read_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status"]) == 0

    assert "messages to people   2 held, 1 failed" in capsys.readouterr().out


@pytest.mark.usefixtures("store_with_messages")
def test_scripts_do_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status", "--format", "json"]) == 0

    assert json.loads(capsys.readouterr().out)["messages"] == {"held": 2, "failed": 1}


def test_nothing_is_said_while_nothing_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DESKLADDER_DATABASE", f"sqlite:///{tmp_path}/store.sqlite3")

    Store.open(f"sqlite:///{tmp_path}/store.sqlite3", now=NINE).close()

    assert run(["status"]) == 0
    assert "messages" not in capsys.readouterr().out


# Escalations ------------------------------------------------------------------------------------


@pytest.fixture
def store_with_ladders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """One escalation runs, on the helpdesk of the tests."""
    monkeypatch.setenv("DESKLADDER_DATABASE", f"sqlite:///{tmp_path}/store.sqlite3")
    monkeypatch.setattr(clock, "now", lambda: NINE + timedelta(hours=1))
    store = Store.open(f"sqlite:///{tmp_path}/store.sqlite3", now=NINE)
    remember(store, escalation())
    yield store
    store.close()


OPEN = "open escalations, the longest unchanged first (`deskladder explain TICKET` tells more):"
LEFT = "escalations whose helpdesk is no longer in the file; they go on when it is back:"


def test_one_whose_helpdesk_left_the_file_is_told_apart(
    store_with_ladders: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    store_with_ladders.keep_number(f"{SERVED}another", 1)

    run(["status"])
    lines = capsys.readouterr().out.splitlines()
    run(["status", "--format", "json"])
    (one,) = json.loads(capsys.readouterr().out)["escalations"]

    assert lines[-3:] == [LEFT, "  support/1: finance, level 1, open", "    for 1h, as it is for 1h: repeated"]  # fmt: skip
    assert OPEN not in lines
    assert one["helpdesk_in_file"] is False


def test_one_whose_helpdesk_is_in_the_file_is_listed_as_open(
    store_with_ladders: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    store_with_ladders.keep_number(f"{SERVED}support", 1)

    run(["status"])
    lines = capsys.readouterr().out.splitlines()

    assert OPEN in lines
    assert LEFT not in lines


def test_who_is_responsible_is_named_where_an_action_said_so(
    store_with_ladders: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    store = store_with_ladders
    remember(store, escalation(had=("21",)), ticket=1, at=NINE + MINUTE)
    remember(store, escalation(had=("22",)), ticket=2)
    given = action(ref(1), "assign")
    store.receive(delivery(1, "given", NINE))
    claim = take_one(store, NINE)
    kept = store.memory(ref(1), CUSTOMER, NINE)
    assert not store.store_plans([(claim, plan(ref(1), given, memory=kept), CUSTOMER)])
    store.start_action(claim, given.key, NINE)
    said, wrote = "assigned to Ana Alba, whose turn it is", {"owner": "21"}
    store.finish_action(claim, given.key, ActionState.DONE, NINE, detail=said, wrote=wrote)
    store.release(claim, NINE)

    run(["status"])
    text = capsys.readouterr().out
    run(["status", "--format", "json"])
    told = json.loads(capsys.readouterr().out)["escalations"]

    assert "support/1: finance, level 1, open, Ana Alba" in text
    assert "support/2: finance, level 1, open, agent 22" in text
    assert {(one["responsible"], one["responsible_name"]) for one in told} == {("21", "Ana Alba"), ("22", "")}  # fmt: skip


# Breakers ---------------------------------------------------------------------------------------


@pytest.fixture
def store_of_a_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """A service with two helpdesks, which gave its last sign of life so many minutes ago."""
    monkeypatch.setenv("DESKLADDER_DATABASE", f"sqlite:///{tmp_path}/store.sqlite3")
    monkeypatch.setattr(clock, "now", lambda: NINE)
    store = Store.open(f"sqlite:///{tmp_path}/store.sqlite3", now=NINE)
    for name in ("support", "shop"):
        store.keep_number(f"{SERVED}{name}", 1)
    store.keep_number(f"{LEFT_ALONE}shop", int((NINE - 5 * MINUTE).timestamp()))
    store.set_watermark(HEARTBEAT, NINE - request.param * MINUTE)
    store.close()


@pytest.mark.usefixtures("store_of_a_service")
@pytest.mark.parametrize("store_of_a_service", [1], indirect=True)
def test_the_breaker_of_each_helpdesk_is_told_while_a_service_runs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(["status"])
    text = capsys.readouterr().out
    run(["status", "--format", "json"])
    told = json.loads(capsys.readouterr().out)

    assert "helpdesks            shop (breaker open for 5m), support (breaker closed)" in text
    assert "shop is left alone since 5m" in text
    assert told["breakers"] == {
        "shop": {"state": "open", "since": "2026-11-23T08:55:00+00:00"},
        "support": {"state": "closed", "since": None},
    }


@pytest.mark.usefixtures("store_of_a_service")
@pytest.mark.parametrize("store_of_a_service", [4], indirect=True)
def test_nothing_is_told_of_breakers_when_none_runs(capsys: pytest.CaptureFixture[str]) -> None:
    run(["status"])
    text = capsys.readouterr().out
    run(["status", "--format", "json"])
    told = json.loads(capsys.readouterr().out)

    assert "breaker" not in text
    assert (told["breakers"], told["breakers_open"]) == (None, {})
