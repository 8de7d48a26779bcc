from __future__ import annotations

from datetime import timedelta

from plugin.domain.memory import ActionState, Memory
from plugin.domain.plan import Timer
from plugin.domain.storing import AuditEntry
from plugin.domain.ticket import StateType
from plugin.store.store import Store
from tests.store.making import (
    CUSTOMER,
    LEASE,
    MINUTE,
    NINE,
    action,
    decided,
    delivery,
    plan,
    ref,
    seen,
    take,
    take_ticket,
)

DAY = timedelta(days=1)
KEEP = 90 * DAY
LATER = NINE + 100 * DAY


def closed(store: Store, ticket_id: int = 1, customer: str = CUSTOMER, at=NINE, *actions) -> None:
    store.receive(delivery(ticket_id, key=f"{ticket_id}/{at}", at=at))
    claim = take_ticket(store, ref(ticket_id), at)
    memory = Memory(
        ref=ref(ticket_id), installed_at=NINE, seen=seen(at, state_type=StateType.CLOSED)
    )
    store.store_plans([(claim, plan(ref(ticket_id), *actions, at=at, memory=memory), customer)])
    store.release(claim, at)


class TestWatermarks:
    def test_are_kept_by_name(self, store: Store) -> None:
        store.set_watermark("support", NINE)
        store.set_watermark("hotel", NINE + MINUTE)
        store.set_watermark("support", NINE + LEASE)

        assert store.watermark("support") == NINE + LEASE
        assert store.watermark("hotel") == NINE + MINUTE
        assert store.watermark("other") is None

    def test_cannot_touch_the_stores_own(self, store: Store) -> None:
        store.set_watermark("installed_at", NINE + DAY)

        assert store.memory(ref(1), "", NINE).installed_at == NINE


class TestGlimpsed:
    def test_tells_what_was_seen_of_known_tickets(self, store: Store) -> None:
        decided(store)
        store.receive(delivery(2))

        known = store.glimpsed("support", [1, 2, 3])

        assert known == {1: (NINE, frozenset({"billing", "vip"}))}
        assert store.glimpsed("hotel", [1]) == {}
        assert store.glimpsed("support", []) == {}

    def test_knows_hundreds_at_once(self, store: Store) -> None:
        ids = list(range(1, 251))
        for ticket_id in ids:
            store.receive(delivery(ticket_id))
        claims = take(store, limit=250)
        store.store_plans([(claim, plan(claim.ref), "") for claim in claims])

        assert sorted(store.glimpsed("support", ids)) == ids


class TestAudit:
    def test_comes_back_oldest_first(self, store: Store) -> None:
        entries = [
            AuditEntry(NINE, "event", "customer replied", ref(1), None, {"message": 7, "é": "ü"}),
            AuditEntry(NINE + MINUTE, "action", "noted", ref(1), "a rule"),
            AuditEntry(NINE + MINUTE, "config", "reloaded"),
            AuditEntry(NINE + MINUTE, "event", "created", ref(2)),
        ]

        store.write_audit(entries)

        assert store.audit() == entries
        assert store.audit(ref(1)) == entries[:2]
        assert store.audit(limit=1) == entries[3:]
        assert store.audit(ref(1), limit=1) == entries[1:2]
        assert store.audit(ref(3)) == []


class TestStatus:
    def test_of_a_new_store_is_empty(self, store: Store) -> None:
        status = store.status(NINE)

        assert status.deliveries_waiting == 0
        assert status.oldest_waiting_age is None
        assert status.tickets_known == 0
        assert (status.timers, status.next_timer_at) == (0, None)
        assert status.actions_by_state == {}
        assert status.dead_letters == []
        assert status.leases == 0

    def test_counts(self, store: Store) -> None:
        first, second = action(ref(1), "tag", 0), action(ref(1), "note", 1)
        claim = decided(store, first, second, timers=(Timer("idle", NINE + DAY),))
        store.finish_action(claim, first.key, ActionState.DONE, NINE)
        store.receive(delivery(2, key="a", at=NINE + MINUTE))
        store.receive(delivery(3, key="b"))

        status = store.status(NINE + 3 * MINUTE)

        assert status.deliveries_waiting == 2
        assert status.oldest_waiting_age == 180
        assert status.tickets_known == 1
        assert (status.timers, status.next_timer_at) == (1, NINE + DAY)
        assert status.actions_by_state == {"done": 1, "planned": 1}
        assert status.leases == 1
        assert store.status(NINE + LEASE).leases == 0


class TestPrune:
    def test_removes_what_is_finished_and_old(self, store: Store) -> None:
        closed(store)
        store.write_audit([AuditEntry(NINE, "event", "closed", ref(1))])

        removed = store.prune(LATER, KEEP)

        assert removed == 3  # the delivery, the line, the ticket
        assert store.status(LATER).tickets_known == 0
        assert store.audit() == []
        assert store.prune(LATER, KEEP) == 0

    def test_keeps_what_is_young(self, store: Store) -> None:
        closed(store)
        store.write_audit([AuditEntry(NINE, "event", "closed", ref(1))])

        assert store.prune(NINE + KEEP, KEEP) == 0
        assert store.status(NINE).tickets_known == 1

    def test_keeps_open_things_however_old(self, store: Store) -> None:
        closed(store, 1, CUSTOMER, NINE, action(ref(1)))  # an action is still planned
        closed(store, 2)
        store.receive(delivery(2, key="waiting"))  # a delivery waits
        closed(store, 3)
        store.receive(delivery(3, key="held"))
        decided_open = delivery(4, key="open")
        store.receive(decided_open)
        for claim in take(store):
            if claim.ref.id == 4:  # not closed, with a timer
                later = (Timer("idle", LATER + DAY),)
                store.store_plans([(claim, plan(ref(4), timers=later), CUSTOMER)])
            if claim.ref.id != 3:  # this one stays held
                store.release(claim, NINE)

        store.prune(LATER, KEEP)

        status = store.status(LATER)
        assert status.tickets_known == 4
        assert status.timers == 1
        assert status.deliveries_waiting == 2
        assert status.actions_by_state == {"planned": 1}

    def test_what_was_cleared_out_is_no_news_when_it_comes_up_again(self, store: Store) -> None:
        closed(store)
        store.prune(LATER, KEEP)

        assert store.memory(ref(1), CUSTOMER, LATER).installed_at == LATER - KEEP
        assert store.installed_at == NINE

    def test_a_known_tickets_news_are_not_moved(self, store: Store) -> None:
        closed(store, 1)
        closed(store, 2, at=LATER)

        store.prune(LATER, KEEP)

        assert store.memory(ref(2), CUSTOMER, LATER).installed_at == NINE

    def test_goes_in_bounded_steps_to_the_end(self, store: Store) -> None:
        lines = [AuditEntry(NINE, "event", f"line {number}") for number in range(1_200)]
        store.write_audit(lines)

        assert store.prune(LATER, KEEP) == 1_200
        assert store.audit() == []


class TestForget:
    def test_removes_everything_about_a_customers_tickets(self, store: Store) -> None:
        closed(store, 1, CUSTOMER, NINE, action(ref(1)))
        closed(store, 2, CUSTOMER)
        closed(store, 3, "somebody else", NINE, action(ref(3)))
        store.receive(delivery(1, key="waits"))
        store.write_audit([AuditEntry(NINE, "event", "said", ref(number)) for number in (1, 3)])

        forgotten = store.forget(CUSTOMER)

        assert forgotten == 2
        assert store.memory(ref(1), CUSTOMER, NINE) == Memory(ref=ref(1), installed_at=NINE)
        assert store.status(NINE).deliveries_waiting == 0
        assert [entry.ref for entry in store.audit()] == [ref(3)]
        assert [claim.ref for claim in take(store)] == [ref(3)]
        assert store.forget(CUSTOMER) == 0

    def test_takes_the_ticket_from_who_holds_it(self, store: Store) -> None:
        claim = decided(store, action(ref(1)))

        store.forget(CUSTOMER)

        assert store.store_plans([(claim, plan(ref(1)), CUSTOMER)]) == [ref(1)]
        store.release(claim, NINE)
        assert store.status(NINE).tickets_known == 0


def test_ping_writes_and_reads(store: Store) -> None:
    store.ping()
    store.ping()
