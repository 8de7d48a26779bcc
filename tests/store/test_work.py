from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from plugin.domain.memory import ActionState
from plugin.domain.plan import Timer
from plugin.domain.storing import LeaseLost
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
    states,
    take,
    take_one,
)


class TestClaim:
    def test_takes_the_oldest_first(self, store: Store) -> None:
        for ticket_id, minute in ((1, 3), (2, 1), (3, 2)):
            store.receive(delivery(ticket_id, at=NINE + minute * MINUTE))

        claims = take(store, NINE + LEASE)

        assert [claim.ref.id for claim in claims] == [2, 3, 1]

    def test_takes_no_more_than_asked_for_and_the_rest_later(self, store: Store) -> None:
        for ticket_id in range(5):
            store.receive(delivery(ticket_id, at=NINE + ticket_id * timedelta(seconds=1)))

        first = take(store, NINE + MINUTE, limit=3)
        second = take(store, NINE + MINUTE, limit=3)

        assert [claim.ref.id for claim in first] == [0, 1, 2]
        assert [claim.ref.id for claim in second] == [3, 4]
        assert take(store, NINE + MINUTE) == []

    def test_leaves_the_tickets_of_other_helpdesks(self, store: Store) -> None:
        store.receive(delivery(1, helpdesk="hangs"))
        store.receive(delivery(1, helpdesk="hotel", at=NINE + MINUTE))
        store.receive(delivery(2, helpdesk="shop"))

        claims = take(store, NINE + MINUTE, helpdesks=["hotel", "shop"])

        assert [str(claim.ref) for claim in claims] == ["shop/2", "hotel/1"]
        assert [str(claim.ref) for claim in take(store, NINE + MINUTE)] == ["hangs/1"]

    def test_takes_nothing_for_no_helpdesk(self, store: Store) -> None:
        store.receive(delivery(1))

        assert take(store, helpdesks=[]) == []

    def test_names_the_timers_that_are_due(self, store: Store) -> None:
        timers = (
            Timer("idle", NINE + 10 * MINUTE),
            Timer("waiting", NINE + 5 * MINUTE),
            Timer("later", NINE + 60 * MINUTE),
        )
        store.release(decided(store, timers=timers), NINE)

        early = take(store, NINE + 4 * MINUTE)
        claim = take_one(store, NINE + 10 * MINUTE)

        assert early == []
        assert claim.due_timers == ("waiting", "idle")
        assert claim.look
        assert not claim.act
        assert claim.waiting_since is None

    def test_says_when_only_actions_are_due(self, store: Store) -> None:
        store.release(decided(store, action(ref(1))), NINE)

        claim = take_one(store)

        assert claim.act
        assert not claim.look

    def test_an_action_held_back_is_not_due_before(self, store: Store) -> None:
        later = action(ref(1), not_before=NINE + 7 * MINUTE)
        store.release(decided(store, later), NINE)

        assert take(store, NINE + 6 * MINUTE) == []
        assert take_one(store, NINE + 7 * MINUTE).act


class TestLease:
    @pytest.mark.parametrize(
        ("after", "claimable"),
        [
            pytest.param(LEASE - timedelta(microseconds=1), False, id="just before its end"),
            pytest.param(LEASE, True, id="at its end"),
        ],
    )
    def test_a_dead_workers_ticket_comes_back(
        self, store: Store, after: timedelta, claimable: bool
    ) -> None:
        store.receive(delivery(1))
        dead = take_one(store)

        claims = take(store, NINE + after)

        assert bool(claims) is claimable
        if claimable:
            assert claims[0].token != dead.token
            assert claims[0].delivery_ids == dead.delivery_ids

    def test_tickets_with_nothing_to_do_take_nobodys_place(self, store: Store) -> None:
        for ticket_id in range(5):
            store.receive(delivery(ticket_id))
        dead = take(store)
        for claim in dead[:2]:
            store.store_plans([(claim, plan(claim.ref), CUSTOMER)])

        claims = take(store, NINE + LEASE, limit=3)

        assert {claim.ref for claim in claims} == {claim.ref for claim in dead[2:]}

    def test_a_ticket_left_by_a_dead_worker_with_nothing_to_do_is_not_handed_out(
        self, store: Store
    ) -> None:
        decided(store)  # never released
        store.receive(delivery(2, at=NINE + LEASE + MINUTE))

        claims = take(store, NINE + LEASE + MINUTE, limit=1)

        assert [claim.ref.id for claim in claims] == [2]
        assert store.next_due() == claims[0].lease_until

    def test_renewing_holds_it_longer(self, store: Store) -> None:
        store.receive(delivery(1))
        claim = take_one(store)

        renewed = store.renew(claim, NINE + 4 * MINUTE, LEASE)

        assert renewed.lease_until == NINE + 9 * MINUTE
        assert take(store, NINE + 8 * MINUTE) == []
        assert take(store, NINE + 9 * MINUTE)

    def test_nothing_can_be_written_under_a_lost_lease(self, store: Store) -> None:
        late = decided(store, action(ref(1)))
        later = NINE + LEASE
        holder = take_one(store, later)

        with pytest.raises(LeaseLost):
            store.renew(late, later, LEASE)
        with pytest.raises(LeaseLost):
            store.postpone(late, later + LEASE, "busy")
        with pytest.raises(LeaseLost):
            store.drop(late, later, "gone")
        with pytest.raises(LeaseLost):
            store.start_action(late, action(ref(1)).key, later)
        with pytest.raises(LeaseLost):
            store.finish_action(late, action(ref(1)).key, ActionState.DONE, later)
        store.release(late, later)

        assert states(store) == {action(ref(1)).key: ActionState.PLANNED}
        assert take(store, later) == []
        assert store.renew(holder, later, LEASE).ref == ref(1)

    def test_a_lease_that_ran_out_but_was_not_taken_over_still_counts(self, store: Store) -> None:
        slow = decided(store, action(ref(1)))

        store.start_action(slow, action(ref(1)).key, NINE + 2 * LEASE)

        assert states(store) == {action(ref(1)).key: ActionState.CLAIMED}


class TestGivingBack:
    def test_releasing_twice_is_harmless(self, store: Store) -> None:
        store.receive(delivery(1))
        claim = take_one(store)
        store.release(claim, NINE)
        other = take_one(store)

        store.release(claim, NINE)

        assert take(store) == []
        store.renew(other, NINE, LEASE)

    def test_what_was_not_looked_at_stays_due(self, store: Store) -> None:
        store.receive(delivery(1))
        claim = take_one(store)

        store.release(claim, NINE)

        assert take_one(store).delivery_ids == claim.delivery_ids

    def test_many_at_once(self, store: Store) -> None:
        for ticket_id in range(4):
            store.receive(delivery(ticket_id))
        claims = take(store)

        store.release_all(claims[:3], NINE)

        assert {claim.ref for claim in take(store)} == {claim.ref for claim in claims[:3]}

    def test_after_the_plan_nothing_is_due(self, store: Store) -> None:
        claim = decided(store)

        store.release(claim, NINE)

        assert take(store, NINE + 365 * 24 * 60 * MINUTE) == []
        assert store.next_due() is None


class TestPostpone:
    def test_holds_everything_back_and_counts(self, store: Store) -> None:
        store.receive(delivery(1))
        store.postpone(take_one(store), NINE + 10 * MINUTE, "503")
        store.receive(delivery(1, key="meanwhile", at=NINE + MINUTE))

        early = take(store, NINE + 9 * MINUTE)
        claim = take_one(store, NINE + 10 * MINUTE)

        assert early == []
        assert claim.attempts == 1
        assert len(claim.delivery_ids) == 2

    def test_counts_up_to_the_next_plan_that_is_stored(self, store: Store) -> None:
        store.receive(delivery(1))
        for attempt in range(3):
            claim = take_one(store, NINE + attempt * MINUTE)
            store.postpone(claim, NINE + (attempt + 1) * MINUTE, "503")
        third = take_one(store, NINE + 3 * MINUTE)
        store.store_plans([(third, plan(ref(1)), CUSTOMER)])
        store.release(third, NINE + 3 * MINUTE)
        store.receive(delivery(1, key="new", at=NINE + 4 * MINUTE))

        assert third.attempts == 3
        assert take_one(store, NINE + 4 * MINUTE).attempts == 0

    def test_later_reasons_keep_their_own_time(self, store: Store) -> None:
        claim = decided(store, timers=(Timer("idle", NINE + 60 * MINUTE),))

        store.postpone(claim, NINE + 10 * MINUTE, "503")

        assert store.next_due() == NINE + 60 * MINUTE


class TestDrop:
    def test_ends_everything_open(self, store: Store) -> None:
        store.release(decided(store, action(ref(1)), timers=(Timer("idle", NINE + LEASE),)), NINE)
        store.receive(delivery(1, key="second"))

        store.drop(take_one(store), NINE, "the ticket was deleted")

        (record,) = store.memory(ref(1), CUSTOMER, NINE).actions
        assert record.state is ActionState.SKIPPED
        assert record.detail == "the ticket was deleted"
        assert store.next_due() is None
        assert store.status(NINE).timers == 0
        assert store.status(NINE).deliveries_waiting == 0
        assert store.status(NINE).leases == 0

    def test_leaves_what_came_after_the_claim(self, store: Store) -> None:
        store.receive(delivery(1))
        claim = take_one(store)
        store.receive(delivery(1, key="restored"))

        store.drop(claim, NINE, "the ticket was deleted")

        assert len(take_one(store).delivery_ids) == 1


class TestNextDue:
    def test_is_none_when_nothing_waits(self, store: Store) -> None:
        assert store.next_due() is None

    @pytest.mark.parametrize(
        ("minutes", "due"),
        [
            pytest.param((30, 10, 20), NINE + 10 * MINUTE, id="first of several timers"),
            pytest.param((1,), NINE + MINUTE, id="only one"),
        ],
    )
    def test_is_the_first_timer(self, store: Store, minutes: tuple, due: datetime) -> None:
        timers = tuple(Timer(f"t{m}", NINE + m * MINUTE) for m in minutes)

        store.release(decided(store, timers=timers), NINE)

        assert store.next_due() == due

    def test_of_a_held_ticket_is_the_end_of_its_lease(self, store: Store) -> None:
        store.receive(delivery(1))
        take_one(store)

        assert store.next_due() == NINE + LEASE


class TestWait:
    def test_returns_at_once_for_news_from_before(self, store: Store) -> None:
        store.receive(delivery(1))

        assert store.wait(60)

    def test_news_is_told_once(self, store: Store) -> None:
        store.receive(delivery(1))
        store.wait(60)

        assert not store.wait(0)

    def test_a_repeated_delivery_is_no_news(self, store: Store) -> None:
        store.receive(delivery(1))
        store.wait(60)

        store.receive(delivery(1))

        assert not store.wait(0)

    def test_giving_a_ticket_back_is_news(self, store: Store) -> None:
        claim = decided(store, timers=(Timer("soon", NINE + MINUTE),))
        store.wait(60)

        store.release(claim, NINE)

        assert store.wait(60)
