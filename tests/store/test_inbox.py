from __future__ import annotations

from datetime import datetime

import pytest

from plugin.domain.storing import QueueFull
from plugin.store.store import Store
from tests.store.making import LEASE, MINUTE, NINE, delivery, plan, ref, take, take_one


def test_a_delivery_makes_its_ticket_claimable(store: Store) -> None:
    store.receive(delivery(4))

    claim = take_one(store)

    assert claim.ref == ref(4)
    assert claim.look
    assert not claim.act
    assert len(claim.delivery_ids) == 1
    assert claim.waiting_since == NINE
    assert claim.attempts == 0


def test_the_same_delivery_twice_is_one(store: Store) -> None:
    first = store.receive(delivery(4, key="k"))
    second = store.receive(delivery(4, key="k", at=NINE + MINUTE))

    assert (first, second) == (True, False)
    assert store.status(NINE).deliveries_waiting == 1


def test_the_same_key_on_another_helpdesk_is_another_delivery(store: Store) -> None:
    store.receive(delivery(4, key="k", helpdesk="support"))

    assert store.receive(delivery(4, key="k", helpdesk="hotel"))


def test_a_delivery_seen_long_ago_and_done_is_still_known(store: Store) -> None:
    store.receive(delivery(4, key="k"))
    claim = take_one(store)
    store.store_plans([(claim, plan(ref(4)), "")])
    store.release(claim, NINE)

    assert not store.receive(delivery(4, key="k", at=NINE + 60 * MINUTE))
    assert take(store, NINE + 60 * MINUTE) == []


def test_several_deliveries_of_a_ticket_are_one_claim(store: Store) -> None:
    for minute in (2, 0, 1):
        store.receive(delivery(4, key=f"{minute}", at=NINE + minute * MINUTE))

    claim = take_one(store, NINE + 5 * MINUTE)

    assert len(claim.delivery_ids) == 3
    assert claim.waiting_since == NINE


def test_a_delivery_about_no_ticket_is_not_kept(store: Store) -> None:
    assert not store.receive(delivery(None, key="customer.created"))
    assert store.status(NINE).deliveries_waiting == 0


def test_what_comes_while_the_ticket_is_held_waits_and_is_due_right_after(store: Store) -> None:
    store.receive(delivery(4, key="first"))
    claim = take_one(store)
    store.receive(delivery(4, key="second", at=NINE + MINUTE))
    nothing_yet = take(store, NINE + MINUTE)
    store.store_plans([(claim, plan(ref(4)), "")])
    store.release(claim, NINE + MINUTE)

    again = take_one(store, NINE + MINUTE)

    assert nothing_yet == []
    assert len(again.delivery_ids) == 1
    assert set(again.delivery_ids).isdisjoint(claim.delivery_ids)
    assert again.waiting_since == NINE + MINUTE


def test_a_full_queue_says_so_and_takes_again_when_there_is_room(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.store.inbox._RECOUNT_SECONDS", 0)
    store = Store.open(store_url, now=NINE, max_waiting=3)
    for number in range(3):
        store.receive(delivery(number))

    with pytest.raises(QueueFull, match="3 deliveries wait already"):
        store.receive(delivery(9))

    claim = take(store)[0]
    store.store_plans([(claim, plan(claim.ref), "")])
    assert store.receive(delivery(9))
    with pytest.raises(QueueFull):
        store.receive(delivery(10))
    assert store.status(NINE).deliveries_waiting == 3
    store.close()


class TestLookAt:
    def test_asks_for_a_look_without_a_delivery(self, store: Store) -> None:
        added = store.look_at([ref(1), ref(2), ref(2)], NINE, "changed since the last pass")

        assert added == 2
        assert {claim.ref for claim in take(store)} == {ref(1), ref(2)}

    def test_skips_tickets_somebody_will_look_at_anyway(self, store: Store) -> None:
        store.receive(delivery(1))

        assert store.look_at([ref(1), ref(2)], NINE, "reconcile") == 1

    def test_does_not_skip_a_ticket_that_was_perhaps_read_before_the_change(
        self, store: Store
    ) -> None:
        store.receive(delivery(1))
        claim = take_one(store)

        added = store.look_at([ref(1)], NINE + MINUTE, "reconcile")
        store.store_plans([(claim, plan(ref(1)), "")])
        store.release(claim, NINE + MINUTE)

        assert added == 1
        assert take_one(store, NINE + MINUTE).look

    def test_may_ask_again_later(self, store: Store) -> None:
        store.look_at([ref(1)], NINE, "reconcile")
        claim = take_one(store)
        store.store_plans([(claim, plan(ref(1)), "")])
        store.release(claim, NINE)

        assert store.look_at([ref(1)], NINE + MINUTE, "reconcile") == 1


@pytest.mark.parametrize(
    ("at", "claimable"),
    [
        pytest.param(NINE - MINUTE, False, id="a minute before it came"),
        pytest.param(NINE, True, id="the instant it came"),
        pytest.param(NINE + LEASE, True, id="later"),
    ],
)
def test_is_due_from_the_instant_it_was_received(
    store: Store, at: datetime, claimable: bool
) -> None:
    store.receive(delivery(1, at=NINE))

    assert bool(take(store, at)) is claimable
