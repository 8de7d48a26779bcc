"""Which escalations run, over all tickets."""

from __future__ import annotations

from datetime import timedelta

from plugin.domain.escalation import Cause, Escalation, Phase, Source
from plugin.domain.ladder import Kind, Level, Policy
from plugin.domain.memory import Memory
from plugin.domain.storing import SERVED
from plugin.store.store import Store
from tests.store.making import CUSTOMER, NINE, delivery, plan, ref, seen, take_one

DAY = timedelta(days=1)
POLICY = Policy("finance", Kind.FUNCTIONAL, (Level(1, "experts", Kind.FUNCTIONAL),), digest="abc")


def escalation(number: int = 1, **changes) -> Escalation:
    fields = {
        "number": number,
        "policy": POLICY,
        "phase": Phase.OPEN,
        "level": 1,
        "start": 1,
        "top": 1,
        "opened_at": NINE,
        "entered_at": NINE,
        "changed_at": NINE,
        "causes": (Cause(Source.RULE, "billing", "repeated", "the third time", NINE),),
    }
    return Escalation(**{**fields, **changes})


def remember(store: Store, *escalations: Escalation, ticket: int = 1, at=NINE) -> None:
    store.receive(delivery(ticket, f"{ticket} {at}", at))
    claim = take_one(store, at)
    memory = Memory(ref(ticket), NINE, seen=seen(at), escalations=escalations)
    assert not store.store_plans([(claim, plan(ref(ticket), at=at, memory=memory), CUSTOMER)])
    store.release(claim, at)


def test_an_escalation_is_listed_while_it_runs(store: Store) -> None:
    remember(store, escalation(had=("21", "22")))

    (one,) = store.running()

    assert (one.ref, one.number, one.policy, one.phase, one.level) == (
        ref(1), 1, "finance", Phase.OPEN, 1,
    )  # fmt: skip
    assert (one.reason, one.responsible, one.opened_at) == ("repeated", "22", NINE)


def test_it_is_listed_as_it_stands_after_the_last_look(store: Store) -> None:
    remember(store, escalation())
    later = NINE + DAY
    remember(store, escalation(phase=Phase.EXHAUSTED, changed_at=later), at=later)

    (one,) = store.running()

    assert (one.phase, one.changed_at) == (Phase.EXHAUSTED, later)
    assert store.status(later).escalations_by_phase == {"exhausted": 1}


def test_one_that_is_over_is_not_listed(store: Store) -> None:
    remember(store, escalation())
    later = NINE + DAY
    remember(store, escalation(phase=Phase.RESOLVED, changed_at=later), at=later)

    assert store.running() == ()
    assert store.status(later).escalations_by_phase == {}


def test_the_longest_unchanged_comes_first_and_phases_can_be_chosen(store: Store) -> None:
    remember(store, escalation(changed_at=NINE + DAY), ticket=1)
    remember(store, escalation(phase=Phase.EXHAUSTED), ticket=2)

    everything = [one.ref.id for one in store.running()]
    exhausted = [one.ref.id for one in store.running([Phase.EXHAUSTED])]

    assert everything == [2, 1]
    assert exhausted == [2]
    assert store.running([]) == ()
    assert len(store.running(limit=1)) == 1


def test_one_whose_helpdesk_is_not_in_the_file_is_listed_last_and_not_counted(store: Store) -> None:
    remember(store, escalation(), ticket=1)
    remember(store, escalation(), ticket=2)
    assert [one.is_in_file for one in store.running()] == [True, True]  # nobody has said yet

    store.keep_number(f"{SERVED}another", 1)

    assert [one.is_in_file for one in store.running()] == [False, False]
    assert store.running([]) == ()
    assert len(store.running(limit=1)) == 1
    assert store.status(NINE).escalations_by_phase == {}


def test_it_counts_again_when_its_helpdesk_is_back(store: Store) -> None:
    remember(store, escalation())
    store.keep_number(f"{SERVED}another", 1)

    store.keep_number(f"{SERVED}{ref(1).helpdesk}", 1)

    assert [one.is_in_file for one in store.running()] == [True]
    assert store.status(NINE).escalations_by_phase == {"open": 1}


def test_the_escalation_of_a_ticket_that_is_gone_is_over(store: Store) -> None:
    remember(store, escalation())
    store.receive(delivery(1, "again", NINE))

    store.drop(take_one(store, NINE), NINE, "the ticket is gone")

    assert store.running() == ()


def test_a_forgotten_customer_leaves_no_escalation_behind(store: Store) -> None:
    remember(store, escalation())

    store.forget(CUSTOMER)

    assert store.running() == ()
