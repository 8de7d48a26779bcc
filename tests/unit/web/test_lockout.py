"""Counting wrong keys."""

from __future__ import annotations

from types import SimpleNamespace

from werkzeug.datastructures import Headers

from plugin.web import lockout
from plugin.web.lockout import Lockout, caller_of
from tests.unit.web.outside import Ticking


def test_the_door_closes_at_the_limit_and_opens_again():
    clock = Ticking(at=1000.0)
    door = Lockout(3, 60, clock=clock)

    closed = [door.count("ann") for _ in range(4)]

    assert closed == [False, False, True, False]
    assert 0 < door.wait("ann") <= 61
    assert door.wait("ben") == 0
    clock.at += 61
    assert door.wait("ann") == 0
    assert door.count("ann") is False


def test_slow_mistakes_never_add_up():
    clock = Ticking(at=1000.0)
    door = Lockout(3, 60, clock=clock)

    for _ in range(20):
        door.count("ann")
        clock.at += 31

    assert door.wait("ann") == 0


def test_who_is_locked_out_stays_so_for_the_whole_time_from_the_last_straw():
    clock = Ticking(at=1000.0)
    door = Lockout(3, 60, clock=clock)
    for _ in range(3):
        door.count("ann")
        clock.at += 25

    clock.at = 1000.0 + 50 + 59

    assert door.wait("ann") > 0


def test_a_million_callers_cost_no_more_than_ten_thousand(monkeypatch):
    monkeypatch.setattr(lockout, "_ADDRESSES", 5)
    door = Lockout(1, 60)

    for number in range(50):
        door.count(str(number))

    assert len(door._counts) == 5
    assert door.wait("49") > 0


def test_behind_a_proxy_the_one_it_saw_counts():
    def caller(forwarded: str | None) -> str:
        headers = Headers({"X-Forwarded-For": forwarded} if forwarded else {})
        return caller_of(SimpleNamespace(remote_addr="10.0.0.1", headers=headers))

    assert caller("1.1.1.1, 2.2.2.2") == caller("9.9.9.9, 2.2.2.2")
    assert caller("2.2.2.2") != caller("3.3.3.3")
    assert caller(None) != caller("2.2.2.2")
    assert len(caller("x" * 10_000)) < 400
