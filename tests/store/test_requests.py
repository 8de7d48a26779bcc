"""What people ask for outside the helpdesk: kept once, handed to the next look, done with its plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from plugin.domain.escalation import Ask, Request
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
    take_one,
)

DAY = timedelta(days=1)


def ask(store: Store, key: str = "k1", ticket: int = 1, at=NINE, **more) -> bool:
    return store.ask(ref(ticket), more.pop("what", Ask.SNOOZE), at, key=key, **more)


def waiting(store: Store, ticket: int = 1) -> tuple[Request, ...]:
    return store.memory(ref(ticket), CUSTOMER, NINE).requests


def test_a_request_is_handed_to_the_next_look_as_it_was_asked(store: Store) -> None:
    kept = ask(store, by="21", escalation=2, step=3, params={"for": "2h", "odd": "\ud83d"})

    (request,) = waiting(store)
    assert kept
    assert request == Request(
        request.id, Ask.SNOOZE, NINE, "21", 2, 3, {"for": "2h", "odd": "\ud83d"}
    )


def test_its_ticket_is_due_at_once_even_if_it_was_never_seen(store: Store) -> None:
    ask(store)

    claim = take_one(store)

    assert (claim.ref, claim.look) == (ref(1), True)


def test_it_wakes_who_waits_for_work(store: Store) -> None:
    store.wait(0)

    ask(store)

    assert store.wait(0)


def test_the_same_key_counts_once_whatever_the_ticket(store: Store) -> None:
    first = ask(store)
    again, elsewhere = ask(store, what=Ask.ACKNOWLEDGE), ask(store, ticket=2)

    assert (first, again, elsewhere) == (True, False, False)
    assert [one.what for one in waiting(store)] == [Ask.SNOOZE]
    assert waiting(store, 2) == ()


def test_several_wait_in_the_order_they_came(store: Store) -> None:
    ask(store, "k1", what=Ask.SNOOZE)
    ask(store, "k2", what=Ask.HAND_BACK)
    ask(store, "of another", ticket=2)

    assert [one.what for one in waiting(store)] == [Ask.SNOOZE, Ask.HAND_BACK]


def test_the_plan_that_names_it_takes_it_in(store: Store) -> None:
    ask(store, "k1")
    ask(store, "k2", what=Ask.ACKNOWLEDGE)
    claim, (first, second) = take_one(store), waiting(store)

    store.store_plans([(claim, replace(plan(ref(1)), requests=(first.id,)), CUSTOMER)])

    assert [one.id for one in waiting(store)] == [second.id]
    assert not ask(store, "k1"), "the key of a request that is done still counts"


def test_a_plan_that_was_lost_takes_nothing_in(store: Store) -> None:
    ask(store)
    claim, (request,) = take_one(store), waiting(store)
    take(store, NINE + LEASE + MINUTE)

    lost = store.store_plans([(claim, replace(plan(ref(1)), requests=(request.id,)), CUSTOMER)])

    assert lost == [ref(1)]
    assert len(waiting(store)) == 1


def test_what_comes_while_somebody_decides_asks_for_another_look(store: Store) -> None:
    store.receive(delivery(1))
    claim = take_one(store)
    store.memory(ref(1), CUSTOMER, NINE)

    ask(store)
    store.store_plans([(claim, plan(ref(1)), CUSTOMER)])
    store.release(claim, NINE)

    assert take_one(store).look
    assert len(waiting(store)) == 1


def test_what_was_asked_of_a_ticket_that_is_gone_is_void(store: Store) -> None:
    ask(store)

    store.drop(take_one(store), NINE, "no such ticket")

    assert waiting(store) == ()
    assert take(store) == []


def test_of_many_who_ask_the_same_at_once_one_is_heard(store: Store) -> None:
    answers: list[bool] = []
    ready = Barrier(6)

    def one() -> None:
        ready.wait()
        answers.append(ask(store))

    threads = [Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [False] * 5 + [True]
    assert len(waiting(store)) == 1


def test_a_request_survives_a_restart(store: Store, store_url: str) -> None:
    ask(store, by="21")
    store.close()

    opened = Store.open(store_url, now=NINE)

    assert [one.by for one in opened.memory(ref(1), CUSTOMER, NINE).requests] == ["21"]
    opened.close()


class TestKeepingHouse:
    def test_old_requests_that_were_taken_in_are_removed(self, store: Store) -> None:
        ask(store, "old")
        ask(store, "waits")
        claim, (old, _) = take_one(store), waiting(store)
        store.store_plans([(claim, replace(plan(ref(1)), requests=(old.id,)), CUSTOMER)])

        store.prune(NINE + 100 * DAY, 90 * DAY)

        assert ask(store, "old", at=NINE + 100 * DAY)
        assert not ask(store, "waits", at=NINE + 100 * DAY)

    @pytest.mark.parametrize("how", ["prune", "forget"])
    def test_what_names_a_ticket_goes_with_it(self, store: Store, how: str) -> None:
        ask(store)
        claim = take_one(store)
        closed = plan(ref(1), memory=memory_of_closed(store))
        store.store_plans([(claim, closed, CUSTOMER)])
        store.release(claim, NINE)
        store.keep_case("crm", "4711", ref(1), 1, NINE)
        hold_a_notice(store)

        removed = (
            store.forget(CUSTOMER) if how == "forget" else store.prune(NINE + 100 * DAY, 90 * DAY)
        )

        assert removed
        assert waiting(store) == ()
        assert store.case("crm", "4711") is None
        assert left(store, "notices") == left(store, "requests") == 0

    def test_other_peoples_rows_stay(self, store: Store) -> None:
        ask(store, "mine", ticket=1)
        ask(store, "theirs", ticket=2)
        store.store_plans([(claim, plan(claim.ref), str(claim.ref.id)) for claim in take(store)])
        store.keep_case("crm", "1", ref(1), None, NINE)
        store.keep_case("crm", "2", ref(2), None, NINE)

        assert store.forget("1") == 1

        assert [len(waiting(store, 1)), len(waiting(store, 2))] == [0, 1]
        assert [store.case("crm", "1"), store.case("crm", "2") is None] == [None, False]

    def test_records_of_tickets_nobody_ever_saw_do_not_stay_for_ever(self, store: Store) -> None:
        store.keep_case("crm", "4711", ref(9), None, NINE)

        store.prune(NINE + 89 * DAY, 90 * DAY)
        assert store.case("crm", "4711") is not None
        store.prune(NINE + 91 * DAY, 90 * DAY)

        assert store.case("crm", "4711") is None


def memory_of_closed(store: Store):
    known = store.memory(ref(1), CUSTOMER, NINE)
    return known.with_changes(seen=seen(state_type=StateType.CLOSED))


def hold_a_notice(store: Store) -> None:
    row = ("n1", "21", "duty", "support", 1, "t", "b", "normal", 1, 1)
    sql = (
        "INSERT INTO notices (key, recipient, channel, helpdesk, ticket_id, title, body, urgency,"
        " at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    store._database.write(lambda t: t.change(sql, row))


def left(store: Store, table: str) -> int:
    ((count,),) = store._database.read(lambda t: t.rows(f"SELECT count(*) FROM {table}"))  # noqa: S608
    return count
