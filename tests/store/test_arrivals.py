"""Which webhook calls came, and numbers kept under names."""

from __future__ import annotations

from plugin.store.store import Store
from tests.store.making import MINUTE, NINE, delivery, ref


def test_the_calls_of_a_helpdesk_come_back_newest_first(store: Store) -> None:
    for minute, ticket in enumerate((4, 5, 6)):
        store.receive(delivery(ticket, key=f"{ticket}", at=NINE + minute * MINUTE))
    store.receive(delivery(7, key="7", at=NINE, helpdesk="hotel"))

    found = store.arrivals("support", NINE + MINUTE)

    assert [one.ticket_id for one in found] == [6, 5]
    assert found[0].at == NINE + 2 * MINUTE


def test_a_look_we_asked_for_ourselves_is_no_call(store: Store) -> None:
    store.look_at([ref(4)], NINE, "reconcile")

    assert list(store.arrivals("support", NINE - MINUTE)) == []
    assert store.last_arrival("support") is None


def test_the_last_call_is_known_however_old_it_is(store: Store) -> None:
    store.receive(delivery(4, key="a", at=NINE))
    store.receive(delivery(5, key="b", at=NINE + MINUTE))

    last = store.last_arrival("support")

    assert last is not None
    assert (last.ticket_id, last.at) == (5, NINE + MINUTE)


def test_a_number_is_kept_replaced_and_forgotten(store: Store) -> None:
    unknown = store.number("install/support/webhook")
    store.keep_number("install/support/webhook", 7)
    store.keep_number("install/support/webhook", 8)
    replaced = store.number("install/support/webhook")
    store.keep_number("install/support/webhook", None)

    assert (unknown, replaced) == (None, 8)
    assert store.number("install/support/webhook") is None
