from __future__ import annotations

import threading

import pytest

from connectors import connector
from connectors.breaker import BreakerState
from plugin.domain.errors import Refused, TryAgain
from plugin.domain.settings import Secret
from plugin.simulated.desk import SimulatedDesk
from tests.contract.world import ERIN, MARK, World, settings_for

AFTER = ["timeout after", "reset after", "504 after", "truncated after"]
BEFORE = ["reset before", "502", "503", "500", "timeout before"]
POSTS = r"/(ticket_articles|threads)$"


@pytest.mark.parametrize("trouble", AFTER)
def test_a_note_whose_answer_was_lost_is_there_once_and_found_by_its_mark(
    world: World, trouble: str
) -> None:
    ticket = world.read()
    world.desk.faults.add(trouble, method="POST", path=POSTS)

    with pytest.raises(TryAgain) as lost:
        world.helpdesk.add_note(ticket, "<p>why</p>", MARK)

    assert lost.value.ambiguous
    (note,) = world.desk.notes(world.ticket_id)
    assert world.helpdesk.find_mark(world.ticket_id, MARK) == note.id


@pytest.mark.parametrize("trouble", [*AFTER, *BEFORE])
def test_a_reply_is_never_posted_twice_by_itself(world: World, trouble: str) -> None:
    ticket = world.read()
    world.desk.faults.add(trouble, method="POST", path=POSTS)

    with pytest.raises(TryAgain):
        world.helpdesk.add_reply(ticket, "<p>soon</p>", MARK)

    assert len(world.desk.replies(world.ticket_id)) == (trouble in AFTER)


@pytest.mark.parametrize("trouble", ["reset before", "reset after", "502", "503", "504 after"])
def test_reading_survives_a_short_trouble(world: World, trouble: str) -> None:
    world.desk.faults.add(trouble, method="GET", path=f"/{world.ticket_id}", times=2)

    assert world.read().subject == "Wrong invoice"


@pytest.mark.parametrize("trouble", ["reset after", "502", "503", "504 after"])
def test_a_setter_survives_a_short_trouble(world: World, trouble: str) -> None:
    ticket = world.read()
    world.desk.faults.add(trouble, method="PUT", times=2)

    world.helpdesk.set_group(ticket, "Finance")

    assert world.desk.group(world.ticket_id) == "Finance"


def test_a_wish_for_a_pause_is_passed_on_and_kept(world: World) -> None:
    world.read()
    world.desk.faults.add("429", retry_after="7")

    with pytest.raises(TryAgain) as told:
        world.read()
    so_far = len(world.desk.requests)
    with pytest.raises(TryAgain) as held:
        world.read()

    assert told.value.after == 7
    assert not told.value.ambiguous
    assert held.value.after is not None
    assert 0 < held.value.after <= 7
    assert len(world.desk.requests) == so_far


def test_maintenance_with_a_time_is_passed_on(world: World) -> None:
    world.desk.faults.add("503", retry_after="30", times=None)

    with pytest.raises(TryAgain) as told:
        world.read()

    assert told.value.after == 30


@pytest.mark.parametrize("trouble", ["html page", "truncated after"])
def test_an_answer_that_is_no_json_is_no_crash(world: World, trouble: str) -> None:
    world.read()
    world.desk.faults.add(trouble, method="GET", path=f"/{world.ticket_id}", times=None)

    with pytest.raises(TryAgain) as told:
        world.read()

    assert "Sign in" not in str(told.value)


def test_a_slow_answer_is_waited_for_and_a_slower_one_is_not(world: World) -> None:
    world.read()
    world.desk.faults.add("slow", method="GET", path=f"/{world.ticket_id}", seconds=0.2)
    world.read()
    world.desk.faults.add("slow", method="GET", path=f"/{world.ticket_id}", seconds=1.2)

    with pytest.raises(TryAgain, match="no answer within") as told:
        world.read()

    assert not told.value.ambiguous


def test_a_host_that_is_down_is_left_alone_and_comes_back(world: World) -> None:
    world.read()
    breaker = world.helpdesk._api.breaker  # type: ignore[attr-defined]
    world.desk.faults.add("502", times=None)
    for _ in range(2):
        with pytest.raises(TryAgain):
            world.read()
    so_far = len(world.desk.requests)

    with pytest.raises(TryAgain, match="left alone") as open_:
        world.read()

    assert breaker.state is BreakerState.OPEN
    assert open_.value.after is not None
    assert len(world.desk.requests) == so_far

    world.desk.faults.clear()
    breaker._closed_until = 0.0
    assert world.read().subject == "Wrong invoice"
    assert breaker.state is BreakerState.CLOSED


def test_a_host_that_is_not_there_is_said_to_be_so(world: World) -> None:
    world.read()
    world.desk.stop()

    with pytest.raises(TryAgain, match=r"no connection|broke off") as told:
        world.read()

    assert not told.value.ambiguous


def test_a_wrong_token_is_refused_with_what_to_do(world: World) -> None:
    settings = settings_for(world.desk, token=Secret("wr0ng-t0ken"))
    stranger = connector(world.desk.type).connect(settings)

    with pytest.raises(Refused, match=r"token|API key") as told:
        stranger.read(world.ticket_id)

    assert "wr0ng-t0ken" not in str(told.value)
    stranger.close()


def test_a_service_user_nobody_knows_is_refused(world: World) -> None:
    settings = settings_for(world.desk, service_user="somebody.else@example.com")
    stranger = connector(world.desk.type).connect(settings)

    with pytest.raises(Refused, match="service_user"):
        stranger.whoami()

    stranger.close()


def test_never_more_calls_at_once_than_allowed(world: World) -> None:
    settings = settings_for(world.desk, concurrency=2, read_timeout=10.0)
    helpdesk = connector(world.desk.type).connect(settings)
    helpdesk.read(world.ticket_id)
    world.desk.faults.add("slow", path=f"/{world.ticket_id}", seconds=0.05, times=None)
    seen = _Connections(world.desk)
    world.desk.on_request(seen)
    threads = [threading.Thread(target=helpdesk.read, args=(world.ticket_id,)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen.calls >= 8
    assert seen.most <= 2 + seen.before
    helpdesk.close()


def test_what_goes_wrong_never_shows_the_token_or_the_customer(world: World) -> None:
    ticket = world.read()
    said: list[str] = []
    for trouble in ["429", "500", "502", "reset after", "html page", "truncated after"]:
        world.helpdesk._api.breaker.succeeded()  # type: ignore[attr-defined]
        world.helpdesk._api.breaker._held_until = 0.0  # type: ignore[attr-defined]
        world.desk.faults.add(trouble, method="POST", path=POSTS)
        with pytest.raises(TryAgain) as told:
            world.helpdesk.add_reply(ticket, "<p>secret words</p>", MARK)
        said.append(str(told.value))

    for words in said:
        assert world.desk.token not in words
        assert ERIN not in words
        assert "secret words" not in words


class _Connections:
    """How many connections were open at once, above those from before."""

    def __init__(self, desk: SimulatedDesk) -> None:
        self._desk = desk
        self.calls = self.most = 0
        self.before = self._open() - 1  # one of them is that of the client under test

    def _open(self) -> int:
        server = self._desk.server._server
        assert server is not None
        with server.connections_lock:
            return len(server.open_connections)

    def __call__(self, phase: str, method: str, path: str) -> None:
        self.calls += phase == "before"
        self.most = max(self.most, self._open())
