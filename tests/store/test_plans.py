from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from plugin.domain.duration import Duration
from plugin.domain.escalation import Cause, Escalation, Phase, Source, Taken
from plugin.domain.ladder import Kind, Level, Notice, Policy, Responsible, Urgency
from plugin.domain.memory import ActionState, Announced, Memory, Seen
from plugin.domain.plan import Timer
from plugin.domain.settings import ActionCall, Place
from plugin.domain.storing import AuditEntry
from plugin.domain.ticket import Change, Group, Priority, StateType
from plugin.store import remembering
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
    states,
    take,
    take_one,
)

# Kept in tables of their own, or handed to `recall` by the store itself.
FILLED_IN = {"ref", "installed_at", "first_seen_at", "actions", "customer_replies", "demoted"}
FILLED_IN |= {"requests", "elsewhere"}


def escalation() -> Escalation:
    """One with something in every field."""
    act = ActionCall("note", {"name": "why"}, Place("deskladder.yaml", 3, 7))
    levels = (
        Level(0, "hint", Kind.FUNCTIONAL, do=(act,), wait=Duration(minutes=30), script="Sorry"),
        Level(
            1,
            "experts",
            Kind.FUNCTIONAL,
            Responsible(team="finance", skill="billing"),
            notify=(Notice("lead", Urgency.PAGE),),
            ack_within=Duration(minutes=60),
            resolve_within=Duration(business_days=1),
        ),
    )
    policy = Policy(
        "finance",
        Kind.FUNCTIONAL,
        levels,
        calendar="office",
        repeat=1,
        exhausted=(Notice("duty@example.com"),),
        exhausted_do=(act,),
        priority=Priority.URGENT,
        digest="d1",
    )
    cause = Cause(
        Source.NOTE, "rule", "sla", "the clock", NINE, "Ana", "first_response/x", "CRM-1", NINE
    )
    taken = Taken(1, NINE, "level", 1, "nobody answered", "Ana", 1, (2, 3))
    return Escalation(
        number=2,
        policy=policy,
        phase=Phase.SNOOZED,
        level=1,
        start=0,
        top=1,
        opened_at=NINE,
        entered_at=NINE + MINUTE,
        changed_at=NINE + MINUTE,
        causes=(cause,),
        step=3,
        entered_step=2,
        round=1,
        had=("7", "8"),
        acknowledged_by="Ana",
        acknowledged_at=NINE,
        worked_at=NINE,
        snoozed_until=NINE + LEASE,
        gone_since=NINE,
        taken=(taken,),
        group=Group(3, "Finance"),
    )


class TestMemory:
    def test_of_an_unknown_ticket_is_empty(self, store: Store) -> None:
        memory = store.memory(ref(1), CUSTOMER, NINE)

        assert memory == Memory(ref=ref(1), installed_at=NINE)

    def test_comes_back_as_it_was_stored(self, store: Store) -> None:
        memory = Memory(
            ref=ref(1),
            installed_at=NINE,
            first_seen_at=NINE,
            seen=seen(NINE + timedelta(microseconds=123456), state_type=StateType.PENDING_REMINDER),
            cycle=3,
            reopened=2,
            handoffs=4,
            human_priority=Priority.URGENT,
            fired={"ü rule": (NINE, NINE + timedelta(microseconds=1)), "other": ()},
        )

        decided(store, memory=memory)

        assert store.memory(ref(1), CUSTOMER, NINE) == memory

    def test_without_owner_and_priority_too(self, store: Store) -> None:
        memory = Memory(
            ref=ref(1),
            installed_at=NINE,
            first_seen_at=NINE,
            seen=seen(owner_id=None, priority=None, tags=frozenset()),
        )

        decided(store, memory=memory)

        assert store.memory(ref(1), CUSTOMER, NINE) == memory

    def test_every_field_is_kept_or_filled_in(self, store: Store) -> None:
        kept = {field.name for field in dataclasses.fields(Memory)} - FILLED_IN
        changed = {
            "seen": seen(),
            "cycle": 9,
            "reopened": 9,
            "handoffs": 9,
            "looked_at": NINE + MINUTE,
            "closed_at": NINE + LEASE,
            "human_priority": Priority.LOW,
            "fired": {"rule": (NINE,)},
            "announced": Announced(
                "a1", NINE, ("first_response/x/met",), {"next/y/due": NINE}, ("next/y",)
            ),
            "noticed": {"owner": NINE},
            "observed": (Change(NINE, "state", "open", "closed"),),
            "escalations": (escalation(),),
        }
        assert kept == set(changed), "a new field of Memory is not stored yet"

        decided(store, memory=Memory(ref=ref(1), installed_at=NINE).with_changes(**changed))

        recalled = store.memory(ref(1), CUSTOMER, NINE)
        assert {name: getattr(recalled, name) for name in kept} == changed

    def test_every_field_of_what_was_seen_is_kept(self, store: Store) -> None:
        decided(store)

        recalled = store.memory(ref(1), CUSTOMER, NINE).seen

        assert recalled is not None
        for field in dataclasses.fields(Seen):
            assert getattr(recalled, field.name) == getattr(seen(), field.name)

    def test_only_the_last_twenty_firings_are_kept(self, store: Store) -> None:
        firings = tuple(NINE + number * MINUTE for number in range(25))

        decided(store, memory=Memory(ref=ref(1), installed_at=NINE, fired={"rule": firings}))

        assert store.memory(ref(1), CUSTOMER, NINE).fired == {"rule": firings[5:]}

    def test_first_seen_stays_what_it_was(self, store: Store) -> None:
        store.release(decided(store), NINE)

        decided(store, now=NINE + MINUTE)

        assert store.memory(ref(1), CUSTOMER, NINE).first_seen_at == NINE

    def test_shows_the_actions_with_their_traces(self, store: Store) -> None:
        tag = action(ref(1), "tag", 0)
        claim = decided(store, tag, action(ref(1), "note", 1))
        store.start_action(claim, tag.key, NINE)
        store.finish_action(
            claim,
            tag.key,
            ActionState.DONE,
            NINE + MINUTE,
            detail="tagged",
            wrote={"tags": ["a"]},
            replaced={"group": "3"},
        )

        done, planned = store.memory(ref(1), CUSTOMER, NINE).actions

        assert done.key == tag.key
        assert (done.rule, done.name, done.cycle, done.detail) == ("rule", "tag", "1", "tagged")
        assert done.state is ActionState.DONE
        assert (done.planned_at, done.done_at) == (NINE, NINE + MINUTE)
        assert (done.wrote, done.replaced) == ({"tags": ["a"]}, {"group": "3"})
        assert (planned.state, planned.done_at) == (ActionState.PLANNED, None)

    def test_one_statement_or_several_tell_the_same(self, store: Store) -> None:
        decided(store, *[action(ref(1), "tag", position) for position in (2, 0, 1)])
        about = (ref(1), CUSTOMER, NINE + MINUTE, NINE)
        read = store._database.read

        at_once = read(lambda t: remembering.recall_at_once(t, *about))
        one_by_one = read(lambda t: remembering.recall(t, *about))

        assert at_once == one_by_one
        assert [one.key[-5:] for one in one_by_one.actions] == ["0.tag", "1.tag", "2.tag"]

    def test_what_is_rare_is_asked_for_when_it_is_there(self, store: Store) -> None:
        decided(store, demote={"wild rule": "fired too often"})
        about = (ref(1), CUSTOMER, NINE, NINE)

        at_once = store._database.read(lambda t: remembering.recall_at_once(t, *about))

        assert at_once is None
        assert store.memory(*about[:3]).demoted == {"wild rule": "fired too often"}


class TestCustomerReplies:
    def reply(self, store: Store, ticket_id: int, customer: str, at, state=ActionState.DONE):
        store.receive(delivery(ticket_id, key=f"{ticket_id}-{at}", at=at))
        claim = take_one(store, at)
        reply = action(ref(ticket_id), "reply", cycle=str(at))
        store.store_plans([(claim, plan(ref(ticket_id), reply, at=at), customer)])
        store.start_action(claim, reply.key, at)
        store.finish_action(claim, reply.key, state, at)
        store.release(claim, at)

    def test_are_counted_over_all_tickets_of_the_customer(self, store: Store) -> None:
        self.reply(store, 1, CUSTOMER, NINE)
        self.reply(store, 2, CUSTOMER, NINE + MINUTE)
        self.reply(store, 3, "somebody else", NINE + 2 * MINUTE)

        memory = store.memory(ref(4), CUSTOMER, NINE + LEASE)

        assert memory.customer_replies == (NINE, NINE + MINUTE)

    @pytest.mark.parametrize(
        ("age", "counts"),
        [
            pytest.param(timedelta(hours=24) - timedelta(microseconds=1), True, id="within a day"),
            pytest.param(timedelta(hours=24), False, id="a day old"),
        ],
    )
    def test_are_forgotten_after_a_day(self, store: Store, age: timedelta, counts: bool) -> None:
        self.reply(store, 1, CUSTOMER, NINE)

        assert bool(store.memory(ref(1), CUSTOMER, NINE + age).customer_replies) is counts

    def test_only_those_that_were_sent_count(self, store: Store) -> None:
        self.reply(store, 1, CUSTOMER, NINE, ActionState.FAILED)

        assert store.memory(ref(1), CUSTOMER, NINE).customer_replies == ()

    def test_of_an_unknown_customer_are_none(self, store: Store) -> None:
        self.reply(store, 1, "", NINE)

        assert store.memory(ref(1), "", NINE).customer_replies == ()


class TestStoringPlans:
    def test_marks_exactly_the_claims_deliveries_done(self, store: Store) -> None:
        store.receive(delivery(1, key="first"))
        claim = take_one(store)
        store.receive(delivery(1, key="second"))

        store.store_plans([(claim, plan(ref(1)), CUSTOMER)])

        assert store.status(NINE).deliveries_waiting == 1

    def test_keeps_the_claim(self, store: Store) -> None:
        decided(store, action(ref(1)))

        assert take(store) == []

    def test_gives_those_back_that_need_nothing_more(self, store: Store) -> None:
        for number in (1, 2, 3):
            store.receive(delivery(number))
        lost, kept, done = sorted(take(store), key=lambda claim: claim.ref)
        store.release(lost, NINE)
        other = take_one(store)
        store.receive(delivery(3, "came meanwhile", NINE + MINUTE))

        answer = store.store_plans(
            [(claim, plan(claim.ref), CUSTOMER) for claim in (lost, kept, done)],
            release=[lost, done],
        )

        assert answer == [lost.ref]
        store.renew(kept, NINE, LEASE)
        store.renew(other, NINE, LEASE)
        again = take_one(store, NINE + MINUTE)
        assert (again.ref, again.look) == (done.ref, True)

    def test_an_action_planned_before_is_left_as_it_is(self, store: Store) -> None:
        first = action(ref(1))
        claim = decided(store, first)
        store.start_action(claim, first.key, NINE)
        store.finish_action(claim, first.key, ActionState.DONE, NINE, detail="noted")
        store.release(claim, NINE)

        again = action(ref(1), why="again")
        store.release(decided(store, again, now=NINE + MINUTE), NINE + MINUTE)

        (record,) = store.memory(ref(1), CUSTOMER, NINE).actions
        assert (record.state, record.detail) == (ActionState.DONE, "noted")
        assert take(store, NINE + MINUTE) == []

    def test_actions_that_must_not_be_done_are_recorded_only(self, store: Store) -> None:
        observed = action(ref(1), position=0, state=ActionState.OBSERVED, detail="mode observe")
        guarded = action(ref(1), position=1, state=ActionState.GUARDED)

        claim = decided(store, observed, guarded)
        store.release(claim, NINE)

        assert set(states(store).values()) == {ActionState.OBSERVED, ActionState.GUARDED}
        assert store.open_actions(ref(1), NINE) == []
        assert take(store) == []

    def test_timers_replace_all_timers_of_the_ticket(self, store: Store) -> None:
        old = (Timer("idle", NINE + MINUTE), Timer("waiting", NINE + 2 * MINUTE))
        store.release(decided(store, timers=old), NINE)
        new = (Timer("waiting", NINE + 30 * MINUTE, "thirty minutes"),)

        store.release(decided(store, timers=new, now=NINE + timedelta(seconds=1)), NINE)

        assert store.status(NINE).timers == 1
        assert store.status(NINE).next_timer_at == NINE + 30 * MINUTE
        assert store.next_due() == NINE + 30 * MINUTE

    def test_a_lost_ticket_is_named_and_the_others_are_stored(self, store: Store) -> None:
        for ticket_id in (1, 2):
            store.receive(delivery(ticket_id))
        lost, kept = take(store)
        later = NINE + LEASE
        store.renew(kept, NINE, 2 * LEASE)
        take_one(store, later)
        audit = [AuditEntry(later, "action", f"of {number}", ref(number)) for number in (1, 2)]

        answer = store.store_plans(
            [
                (claim, plan(claim.ref, action(claim.ref), demote={"rule": "loop"}), CUSTOMER)
                for claim in (lost, kept)
            ],
            audit,
        )

        assert answer == [ref(1)]
        assert states(store) == {}
        assert len(store.open_actions(ref(2), NINE)) == 1
        assert [entry.text for entry in store.audit()] == ["of 2"]

    def test_a_plan_that_cannot_be_written_changes_nothing(self, store: Store) -> None:
        store.receive(delivery(1))
        claim = take_one(store)
        bad = action(ref(1), params={"at": NINE})

        with pytest.raises(TypeError):
            store.store_plans([(claim, plan(ref(1), bad), CUSTOMER)])

        assert store.status(NINE).tickets_known == 0
        assert store.status(NINE).deliveries_waiting == 1

    def test_nothing_to_store_is_fine(self, store: Store) -> None:
        assert store.store_plans([]) == []

    def test_a_demoted_rule_stays_so_until_it_is_let_off(self, store: Store) -> None:
        store.release(decided(store, demote={"loops": "4 times in an hour"}), NINE)
        decided(store, demote={"loops": "5 times in an hour"}, now=NINE + MINUTE)
        demoted = store.memory(ref(9), CUSTOMER, NINE).demoted

        assert demoted == {"loops": "4 times in an hour"}
        assert store.status(NINE).demoted == demoted
        assert store.undemote("loops")
        assert not store.undemote("loops")
        assert store.memory(ref(9), CUSTOMER, NINE).demoted == {}
