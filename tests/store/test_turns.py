"""Whose turn it is: fair, the same when asked again, over restarts and replicas."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.store.store import Store
from tests.fakes import FakeTurns
from tests.store.conftest import without_postgresql
from tests.store.making import CUSTOMER, NINE, decided, ref
from tests.store.test_concurrency import run_together

POOL, OTHER = "support/finance", "support/front"
PEOPLE = ["11", "12", "13"]
ROOT = Path(__file__).parents[2]
TAKER = """
import sys
from plugin.store.store import Store
from tests.store.making import NINE

store = Store.open(sys.argv[1], now=NINE)
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    key = f"support/{sys.argv[2]}/rule/c1/{number}.assign"
    print(store.take_turn("support/finance", list("abcdefg"), key, NINE))
"""


def turns(store: Store, count: int, candidates=PEOPLE, *, pool: str = POOL, begin: int = 0):
    return [
        store.take_turn(pool, candidates, f"support/{n}/rule/c1/0.assign", NINE)
        for n in range(begin, begin + count)
    ]


def test_people_take_turns_in_the_given_order(store: Store) -> None:
    assert turns(store, 7) == ["11", "12", "13", "11", "12", "13", "11"]


def test_asked_again_it_is_the_same_person(store: Store) -> None:
    first = store.take_turn(POOL, PEOPLE, "key", NINE)
    turns(store, 5)

    assert store.take_turn(POOL, PEOPLE, "key", NINE) == first
    assert store.take_turn(POOL, (), "key", NINE) == first
    assert turns(store, 1, begin=5) == ["11"]  # asking again took no turn


def test_a_turn_passes_on_when_the_person_cannot_take_it_any_more(store: Store) -> None:
    assert store.take_turn(POOL, PEOPLE, "key", NINE) == "11"

    assert store.take_turn(POOL, ["12", "13"], "key", NINE) == "12"
    assert store.take_turn(POOL, (), "key", NINE) == "12"
    assert turns(store, 1) == ["11"]  # who got nothing is next


def test_nobody_got_a_turn_that_was_not_taken(store: Store) -> None:
    assert store.take_turn(POOL, (), "key", NINE) == ""
    assert store.take_turn(POOL, PEOPLE, "key", NINE) == "11"


def test_pools_do_not_know_of_each_other(store: Store) -> None:
    turns(store, 2)

    assert turns(store, 2, pool=OTHER, begin=2) == ["11", "12"]


def test_somebody_who_was_away_gets_one_turn_first_and_no_more(store: Store) -> None:
    turns(store, 3)
    turns(store, 10, ["11", "12"], begin=3)

    assert turns(store, 4, begin=13) == ["13", "11", "12", "13"]


def test_turns_go_on_after_a_restart(store_url: str) -> None:
    first = Store.open(store_url, now=NINE)
    turns(first, 2)
    first.close()

    again = Store.open(store_url, now=NINE)

    assert turns(again, 2, begin=2) == ["13", "11"]
    again.close()


def test_clearing_out_keeps_what_each_got_last(store: Store) -> None:
    turns(store, 8)

    removed = store.prune(NINE + timedelta(days=91), timedelta(days=90))

    assert removed == 5
    assert store.take_turn(POOL, (), "support/7/rule/c1/0.assign", NINE) == "12"
    assert store.take_turn(POOL, (), "support/0/rule/c1/0.assign", NINE) == ""
    assert turns(store, 3, begin=100) == ["13", "11", "12"]


def test_clearing_out_keeps_young_turns(store: Store) -> None:
    turns(store, 8)

    assert store.prune(NINE + timedelta(days=89), timedelta(days=90)) == 0


def test_a_forgotten_customers_turns_name_no_ticket_and_still_count(store: Store) -> None:
    decided(store)
    turns(store, 2)  # tickets 0 and 1

    store.forget(CUSTOMER)

    assert store.take_turn(POOL, (), f"{ref(1)}/rule/c1/0.assign", NINE) == ""
    assert store.take_turn(POOL, (), f"{ref(0)}/rule/c1/0.assign", NINE) == "11"
    assert turns(store, 1, begin=10) == ["13"]


def test_threads_share_the_turns_evenly(store: Store) -> None:
    people = list("abcdefg")
    given_to: list[str] = []

    def take(thread: int) -> None:
        for number in range(20):
            key = f"support/{thread}/rule/c1/{number}.assign"
            given_to.append(store.take_turn(POOL, people, key, NINE))

    run_together(*(lambda n=thread: take(n) for thread in range(5)))

    counts = Counter(given_to).values()
    assert len(given_to) == 100
    assert max(counts) - min(counts) <= 1


def test_threads_that_ask_for_the_same_get_the_same(store: Store) -> None:
    given_to: list[str] = []

    def take() -> None:
        given_to.extend(turns(store, 25))

    run_together(take, take, take)

    assert Counter(given_to) == {"11": 27, "12": 24, "13": 24}


@pytest.mark.postgresql
@without_postgresql
def test_replicas_share_the_turns_evenly(postgresql_url: str) -> None:
    Store.open(postgresql_url, now=NINE).close()
    replicas = [
        subprocess.Popen(
            [sys.executable, "-c", TAKER, postgresql_url, str(number), "40"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for number in range(3)
    ]
    for replica in replicas:
        assert replica.stdout
        assert replica.stdout.readline() == "ready\n"

    for replica in replicas:
        assert replica.stdin
        replica.stdin.write("go\n")
        replica.stdin.flush()
    given_to = [line for replica in replicas for line in replica.communicate(timeout=60)[0].split()]

    counts = Counter(given_to).values()
    assert len(given_to) == 120
    assert max(counts) - min(counts) <= 1


class TestAnyCourseOfTurns:
    """The store against a list in memory that does the same the plain way."""

    STEPS = st.lists(
        st.tuples(
            st.sampled_from([POOL, OTHER]),
            st.sets(st.sampled_from(["11", "12", "13", "14"])).map(sorted),
            st.integers(0, 12),
        ),
        max_size=40,
    )

    @settings(max_examples=40, deadline=None)
    @given(steps=STEPS)
    def test_is_as_if_kept_in_one_list(self, steps) -> None:
        with tempfile.TemporaryDirectory() as folder:
            store, model = Store.open(f"sqlite:///{folder}/s.sqlite3", now=NINE), FakeTurns()

            for pool, candidates, number in steps:
                expected = model.take(f"key {number}", pool, candidates)
                assert store.take_turn(pool, candidates, f"key {number}", NINE) == expected
            store.close()
