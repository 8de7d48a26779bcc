from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.breaker import Breaker, BreakerState
from connectors.remembered import Remembered


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(failures_allowed=3, first_wait=5.0, longest_wait=18.0, monotonic=clock)


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        assert breaker.admit() == 0
        breaker.failed()


def test_it_stays_closed_below_the_limit(breaker: Breaker) -> None:
    fail(breaker, 2)

    assert breaker.admit() == 0
    assert breaker.state is BreakerState.CLOSED


def test_a_success_starts_the_count_anew(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.succeeded()
    fail(breaker, 2)

    assert breaker.state is BreakerState.CLOSED


def test_it_opens_at_the_limit_and_says_how_long(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 2

    assert breaker.state is BreakerState.OPEN
    assert breaker.admit() == 3.0


def test_after_the_wait_one_call_goes_through_and_no_second(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 5

    assert breaker.admit() == 0
    assert breaker.state is BreakerState.HALF_OPEN
    assert breaker.admit() > 0


def test_a_probe_that_succeeds_closes_it(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 5
    breaker.admit()
    breaker.succeeded()

    assert breaker.state is BreakerState.CLOSED
    assert breaker.admit() == 0


def test_each_probe_that_fails_doubles_the_wait_up_to_the_longest(
    breaker: Breaker, clock: Clock
) -> None:
    fail(breaker, 3)
    waits = []
    for _ in range(4):
        waits.append(breaker.admit())
        clock.now += waits[-1]
        fail(breaker, 1)

    assert waits == [5.0, 10.0, 18.0, 18.0]


def test_a_probe_that_never_came_back_is_replaced(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 5
    breaker.admit()
    clock.now += 121

    assert breaker.admit() == 0


def test_late_failures_of_calls_under_way_do_not_lengthen_the_wait(
    breaker: Breaker, clock: Clock
) -> None:
    fail(breaker, 3)
    breaker.failed()
    breaker.failed()

    assert breaker.admit() == 5.0


def test_a_pause_asked_for_is_kept_and_a_shorter_one_does_not_end_it(
    breaker: Breaker, clock: Clock
) -> None:
    breaker.hold(10)
    breaker.hold(2)
    clock.now += 4
    held = breaker.admit()
    clock.now += 6

    assert held == 6.0
    assert breaker.admit() == 0
    assert breaker.state is BreakerState.CLOSED


@given(st.lists(st.sampled_from(["call fails", "call succeeds", "wait", "hold"]), max_size=40))
@settings(deadline=None)
def test_it_never_locks_out_for_ever(events: list[str]) -> None:
    clock = Clock()
    breaker = Breaker(failures_allowed=2, first_wait=1.0, longest_wait=8.0, monotonic=clock)
    for event in events:
        if event == "wait":
            clock.now += 1
        elif event == "hold":
            breaker.hold(3)
        elif breaker.admit() == 0:
            (breaker.failed if event == "call fails" else breaker.succeeded)()

    clock.now += 9

    assert breaker.admit() == 0


def test_a_value_is_loaded_once_while_it_is_fresh(clock: Clock) -> None:
    loaded: list[int] = []
    remembered = Remembered(lambda: loaded.append(1) or len(loaded), 60, clock)

    seen = [remembered.get(), remembered.get()]
    clock.now += 60
    seen.append(remembered.get())

    assert seen == [1, 1, 2]


def test_a_load_that_fails_is_tried_again_and_keeps_nothing(clock: Clock) -> None:
    answers = iter([ValueError("down"), "there"])

    def load() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    remembered = Remembered(load, 60, clock)

    with pytest.raises(ValueError, match="down"):
        remembered.get()
    assert remembered.get() == "there"


def test_a_reload_asks_again_but_not_all_the_time(clock: Clock) -> None:
    loaded: list[int] = []
    remembered = Remembered(lambda: loaded.append(1) or len(loaded), 600, clock)
    remembered.get()

    at_once = remembered.reload()
    clock.now += 30
    later = remembered.reload()
    again = remembered.reload()

    assert (at_once, later, again) == (1, 2, 2)


def test_forgetting_asks_again(clock: Clock) -> None:
    loaded: list[int] = []
    remembered = Remembered(lambda: loaded.append(1) or len(loaded), 600, clock)
    remembered.get()

    remembered.forget()

    assert remembered.get() == 2


def test_an_empty_value_is_remembered_too(clock: Clock) -> None:
    loaded: list[int] = []
    remembered = Remembered(lambda: [] if loaded.append(1) is None else [1], 600, clock)

    remembered.get()
    remembered.get()

    assert len(loaded) == 1


def test_threads_that_come_together_load_once() -> None:
    loaded: list[int] = []
    begin = threading.Barrier(6)
    remembered = Remembered(lambda: loaded.append(1) or len(loaded), 600)

    def ask() -> None:
        begin.wait()
        remembered.get()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(loaded) == 1
