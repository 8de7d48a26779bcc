"""Records of other systems, and the secrets Deskladder makes for itself."""

from __future__ import annotations

from threading import Barrier, Thread

from plugin.domain.cases import Case
from plugin.store.store import Store
from tests.store.making import MINUTE, NINE, ref


def test_a_record_is_found_by_system_and_reference(store: Store) -> None:
    store.keep_case("crm", "4711", ref(1), 2, NINE)
    store.keep_case("monitor", "4711", ref(3), None, NINE)

    assert store.case("crm", "4711") == Case("crm", "4711", ref(1), 2, NINE)
    assert store.case("monitor", "4711") == Case("monitor", "4711", ref(3), None, NINE)
    assert store.case("crm", "4712") is None


def test_the_ticket_it_was_last_kept_for_counts(store: Store) -> None:
    store.keep_case("crm", "4711", ref(1), 2, NINE)
    store.keep_case("crm", "4711", ref(2, "hotel"), None, NINE + MINUTE)

    assert store.case("crm", "4711") == Case("crm", "4711", ref(2, "hotel"), None, NINE + MINUTE)


def test_a_strange_reference_can_be_kept_and_found(store: Store) -> None:
    strange = "\ud83d\0 '; DROP TABLE cases --"
    store.keep_case("crm", strange, ref(1), None, NINE)

    found = store.case("crm", strange)

    assert found is not None
    assert found.ref == ref(1)


def test_a_secret_is_long_and_stays_the_same(store: Store, store_url: str) -> None:
    made = store.secret("links")
    store.close()

    opened = Store.open(store_url, now=NINE)

    assert len(made) >= 32
    assert opened.secret("links") == made
    assert opened.secret("another") != made
    opened.close()


def test_replicas_that_ask_at_once_get_the_same_secret(store: Store, store_url: str) -> None:
    replicas = [store, *(Store.open(store_url, now=NINE) for _ in range(3))]
    ready = Barrier(len(replicas))
    made: list[bytes] = []

    def ask(replica: Store) -> None:
        ready.wait()
        made.append(replica.secret("links"))

    threads = [Thread(target=ask, args=(replica,)) for replica in replicas]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == len(replicas)
    assert len(set(made)) == 1
    for replica in replicas[1:]:
        replica.close()
