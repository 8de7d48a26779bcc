"""The global guard."""

from __future__ import annotations

from datetime import timedelta

from plugin.engine.budget import Budget
from tests.fakes import NOON


def test_so_many_and_no_more():
    budget = Budget(lambda _since: 0)

    taken = [budget.take(3, NOON) for _ in range(5)]

    assert taken == [True, True, True, False, False]


def test_what_other_processes_did_counts():
    budget = Budget(lambda _since: 2)

    assert [budget.take(3, NOON) for _ in range(2)] == [True, False]


def test_after_a_while_the_store_is_asked_again():
    counts = iter([3, 0])
    budget = Budget(lambda _since: next(counts))

    assert not budget.take(3, NOON)
    assert budget.take(3, NOON + timedelta(seconds=1))


def test_a_clock_set_back_is_no_reason_to_wait_for_it():
    counts = iter([3, 0])
    budget = Budget(lambda _since: next(counts))

    assert not budget.take(3, NOON)
    assert budget.take(3, NOON - timedelta(hours=1))


def test_the_five_minutes_before_now_are_counted():
    asked = []
    budget = Budget(lambda since: asked.append(since) or 0)

    budget.take(1, NOON)

    assert asked == [NOON - timedelta(minutes=5)]


def test_running_out_is_told_once_until_there_is_room_again():
    budget = Budget(lambda _since: 0)
    budget.take(1, NOON)

    assert [budget.newly_spent(), budget.newly_spent()] == [True, False]

    assert budget.take(1, NOON + timedelta(seconds=2))
    assert budget.newly_spent()
