"""Changed SLA policies: every open ticket is looked at again, without crowding out the rest."""

from __future__ import annotations

from datetime import timedelta

from plugin.domain.memory import Memory
from plugin.domain.plan import Timer
from plugin.domain.ticket import StateType
from plugin.store.store import Store
from tests.store.making import (
    CUSTOMER,
    LEASE,
    MINUTE,
    NINE,
    delivery,
    plan,
    ref,
    seen,
    take,
    take_ticket,
)

A, B = "a1b2c3d4e5f60718", "00b2c3d4e5f60718"


def known(store: Store, number: int, timers: tuple[Timer, ...] = (), **changes) -> None:
    """A ticket that was looked at and given back."""
    ticket = ref(number)
    store.receive(delivery(number, at=NINE))
    claim = take_ticket(store, ticket)
    memory = Memory(ref=ticket, installed_at=NINE, seen=seen(**changes))
    store.store_plans([(claim, plan(ticket, timers=timers, memory=memory), CUSTOMER)])
    store.release(claim, NINE)


class TestRearm:
    def test_the_first_policies_make_every_open_ticket_due(self, store: Store) -> None:
        known(store, 1)
        known(store, 2)

        asked = store.rearm(A, NINE + MINUTE)

        assert asked == 2
        later = NINE + MINUTE + timedelta(seconds=1)
        assert {claim.ref for claim in take(store, now=later)} == {ref(1), ref(2)}

    def test_the_same_policies_ask_for_nothing(self, store: Store) -> None:
        known(store, 1)
        store.rearm(A, NINE)

        assert store.rearm(A, NINE + MINUTE) == 0

    def test_no_policies_ask_for_nothing_and_are_remembered(self, store: Store) -> None:
        known(store, 1)

        assert store.rearm("", NINE) == 0
        assert store.rearm(A, NINE) == 1
        assert store.rearm("", NINE) == 0
        assert store.rearm(A, NINE) == 1

    def test_changed_policies_ask_again(self, store: Store) -> None:
        known(store, 1)
        store.rearm(A, NINE)

        assert store.rearm(B, NINE) == 1

    def test_a_closed_ticket_is_left_alone(self, store: Store) -> None:
        known(store, 1, state="closed", state_type=StateType.CLOSED)

        assert store.rearm(A, NINE + MINUTE) == 0

    def test_looks_are_spread_out(self, store: Store) -> None:
        for number in range(1, 41):
            known(store, number)
        store.rearm(A, NINE + MINUTE)

        at_once = take(store, now=NINE + MINUTE + timedelta(milliseconds=1000))

        assert len(at_once) == 20

    def test_what_is_due_first_is_looked_at_first(self, store: Store) -> None:
        known(store, 1, timers=(Timer("x", NINE + 3 * MINUTE),))
        known(store, 2, timers=(Timer("x", NINE + 2 * MINUTE),))
        known(store, 3)
        store.rearm(A, NINE + MINUTE)

        first = take(store, now=NINE + MINUTE + timedelta(milliseconds=60))

        assert [claim.ref for claim in first] == [ref(2)]

    def test_a_held_ticket_is_due_once_it_is_given_back(self, store: Store) -> None:
        known(store, 1, timers=(Timer("x", NINE + MINUTE),))
        (claim,) = take(store, now=NINE + MINUTE)
        store.rearm(A, NINE + MINUTE)

        store.release(claim, NINE + MINUTE)

        due_at = store.next_due()
        assert due_at is not None
        assert due_at <= NINE + MINUTE + LEASE
