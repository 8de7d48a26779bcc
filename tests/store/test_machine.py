"""Any order of events against a model of a few lines: nothing lost, nothing twice, one holder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from plugin.domain.escalation import Ask, Request
from plugin.domain.memory import ActionState
from plugin.domain.plan import Timer
from plugin.domain.storing import Claim, LeaseLost
from plugin.store.store import Store
from tests.store.conftest import without_postgresql
from tests.store.making import CUSTOMER, LEASE, MINUTE, NINE, action, delivery, plan, ref

TICKETS = st.integers(1, 4)
KEYS = st.integers(1, 30).map(str)
FINAL = {ActionState.DONE, ActionState.FAILED, ActionState.SKIPPED}


@dataclass
class Ticket:
    """What ought to be true of a ticket."""

    waiting: set[str] = field(default_factory=set)
    timers: dict[str, object] = field(default_factory=dict)
    actions: dict[str, ActionState] = field(default_factory=dict)
    not_before: dict[str, object] = field(default_factory=dict)
    holder: str | None = None
    held_until: object = None
    postponed_until: object = NINE - MINUTE
    plans: int = 0
    requests: list[str] = field(default_factory=list)

    def has_reason(self, now) -> bool:
        return bool(
            self.waiting
            or any(at <= now for at in self.timers.values())
            or any(
                state not in FINAL and self.not_before[key] <= now
                for key, state in self.actions.items()
            )
        )


@dataclass
class Hold:
    claim: Claim
    keys: set[str]


class StoreMachine(RuleBasedStateMachine):
    """Time only moves forward. A crash is a claim nobody gives back: time passes over its lease."""

    holds = Bundle("holds")
    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.store = self.open()
        self.now = NINE
        self.tickets = {number: Ticket() for number in range(1, 5)}
        self.received: set[str] = set()

    def open(self) -> Store:
        raise NotImplementedError

    def free(self, ticket: Ticket) -> bool:
        return ticket.holder is None or ticket.held_until <= self.now

    # What happens ---------------------------------------------------------------------------

    @rule(ticket_id=TICKETS, key=KEYS)
    def receive(self, ticket_id: int, key: str) -> None:
        name = f"{ticket_id}/{key}"

        new = self.store.receive(delivery(ticket_id, key=name, at=self.now))

        assert new is (name not in self.received)
        if new:
            self.received.add(name)
            self.tickets[ticket_id].waiting.add(name)

    @rule(ticket_id=TICKETS)
    def look_at(self, ticket_id: int) -> None:
        ticket = self.tickets[ticket_id]
        name = f"look/{ticket_id}/{self.now}"
        covered = bool(ticket.waiting) and ticket.holder is None

        added = self.store.look_at([ref(ticket_id)], self.now, "reconcile")

        if covered or name in self.received:
            assert added == 0
        else:
            assert added == 1
            self.received.add(name)
            ticket.waiting.add(name)

    @rule(ticket_id=TICKETS, key=KEYS)
    def ask(self, ticket_id: int, key: str) -> None:
        new = self.store.ask(ref(ticket_id), Ask.SNOOZE, self.now, key=key, by=key)

        assert new is (f"request/{key}" not in self.received)
        if new:
            self.received.add(f"request/{key}")
            self.tickets[ticket_id].waiting.add(f"request/{key}")
            self.tickets[ticket_id].requests.append(key)

    @rule(seconds=st.sampled_from([1, 20, 60, 301]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(target=holds, limit=st.integers(1, 5))
    def claim(self, limit: int):
        claims = self.store.claim(self.now, worker="w", limit=limit, lease=LEASE)

        able = {
            number
            for number, ticket in self.tickets.items()
            if self.free(ticket)
            and ticket.postponed_until <= self.now
            and ticket.has_reason(self.now)
        }
        taken = {claim.ref.id for claim in claims}
        assert taken <= able
        assert len(taken) == len(claims) == min(limit, len(able))
        for number, ticket in self.tickets.items():
            # A dead worker's ticket without a reason may have been cleared up on the way.
            if number not in able and ticket.holder and ticket.held_until <= self.now:
                ticket.holder = ticket.holder if self.still_held(number) else None
        return multiple(*(self.begin(claim) for claim in claims))

    def still_held(self, number: int) -> bool:
        sql = "SELECT token FROM work WHERE ticket_id = ?"
        ((token,),) = self.store._database.read(lambda t: t.rows(sql, (number,)))
        return token is not None

    def begin(self, claim: Claim) -> Hold:
        ticket = self.tickets[claim.ref.id]
        assert len(claim.delivery_ids) == len(ticket.waiting)
        due = {name for name, at in ticket.timers.items() if at <= self.now}
        assert set(claim.due_timers) == due
        assert claim.look is bool(ticket.waiting or due)
        ticket.holder, ticket.held_until = claim.token, claim.lease_until
        return Hold(claim, set(ticket.waiting))

    def requests_of(self, number: int) -> tuple[Request, ...]:
        return self.store.memory(ref(number), CUSTOMER, self.now).requests

    def holding(self, hold: Hold) -> Ticket | None:
        ticket = self.tickets[hold.claim.ref.id]
        return ticket if ticket.holder == hold.claim.token else None

    @rule(hold=holds, timer=st.sampled_from([None, 30, 400]), note=st.booleans())
    def decide(self, hold: Hold, timer: int | None, note: bool) -> None:
        claim, ticket = hold.claim, self.holding(hold)
        model = self.tickets[claim.ref.id]
        actions = [action(claim.ref, cycle=str(model.plans // 2))] if note else []
        timers = (Timer("idle", self.now + timedelta(seconds=timer)),) if timer else ()
        asked = tuple(one.id for one in self.requests_of(claim.ref.id))
        made = replace(plan(claim.ref, *actions, timers=timers, at=self.now), requests=asked)

        lost = self.store.store_plans([(claim, made, CUSTOMER)])

        assert lost == ([] if ticket else [claim.ref])
        if ticket:
            ticket.plans += 1
            ticket.waiting -= hold.keys
            ticket.requests.clear()
            ticket.timers = {timer.name: timer.due_at for timer in timers}
            for each in actions:
                ticket.actions.setdefault(each.key, ActionState.PLANNED)
                ticket.not_before.setdefault(each.key, self.now)

    @rule(
        hold=holds,
        outcome=st.sampled_from(
            [ActionState.DONE, ActionState.FAILED, ActionState.UNKNOWN, ActionState.PLANNED, None]
        ),
    )
    def act(self, hold: Hold, outcome: ActionState | None) -> None:
        """`None`: the process dies between the call and its record."""
        claim, ticket = hold.claim, self.holding(hold)
        for found in self.store.open_actions(claim.ref, self.now)[:1]:
            key = found.action.key
            if ticket is None:
                with pytest.raises(LeaseLost):
                    self.store.start_action(claim, key, self.now)
                return
            expected = ticket.actions[key]
            assert (found.state is ActionState.PLANNED) is (expected is ActionState.PLANNED)
            self.store.start_action(claim, key, self.now)
            ticket.actions[key] = ActionState.CLAIMED
            if outcome is not None:
                later = self.now + timedelta(seconds=30)
                again = None if outcome in FINAL else later
                self.store.finish_action(claim, key, outcome, self.now, not_before=again)
                ticket.actions[key] = outcome
                ticket.not_before[key] = again or self.now

    @rule(hold=consumes(holds))
    def release(self, hold: Hold) -> None:
        self.store.release(hold.claim, self.now)

        ticket = self.holding(hold)
        if ticket:
            ticket.holder = None

    @rule(hold=consumes(holds), seconds=st.sampled_from([5, 90]))
    def postpone(self, hold: Hold, seconds: int) -> None:
        until = self.now + timedelta(seconds=seconds)
        ticket = self.holding(hold)
        if ticket is None:
            with pytest.raises(LeaseLost):
                self.store.postpone(hold.claim, until, "503")
            return

        self.store.postpone(hold.claim, until, "503")

        ticket.holder, ticket.postponed_until = None, until

    @rule(hold=holds)
    def renew(self, hold: Hold) -> None:
        ticket = self.holding(hold)
        if ticket is None:
            with pytest.raises(LeaseLost):
                self.store.renew(hold.claim, self.now, LEASE)
            return

        ticket.held_until = self.store.renew(hold.claim, self.now, LEASE).lease_until

        assert ticket.held_until == self.now + LEASE

    @rule()
    def retry(self) -> None:
        dead = [
            (ticket, key)
            for ticket in self.tickets.values()
            for key, state in ticket.actions.items()
            if state is ActionState.FAILED
        ]

        assert self.store.retry(None, self.now) == len(dead)

        for ticket, key in dead:
            ticket.actions[key] = ActionState.PLANNED
            ticket.not_before[key] = self.now

    # What must hold ---------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost(self) -> None:
        waiting = sum(len(ticket.waiting) for ticket in self.tickets.values())
        assert self.store.status(self.now).deliveries_waiting == waiting

    @invariant()
    def each_action_is_where_it_should_be(self) -> None:
        for number, ticket in self.tickets.items():
            actions = self.store.memory(ref(number), CUSTOMER, self.now).actions
            assert {record.key: record.state for record in actions} == ticket.actions

    @invariant()
    def what_was_asked_waits_in_its_order(self) -> None:
        for number, ticket in self.tickets.items():
            assert [one.by for one in self.requests_of(number)] == ticket.requests

    @invariant()
    def the_next_due_instant_is_not_missed(self) -> None:
        due = self.store.next_due()
        for ticket in self.tickets.values():
            if self.free(ticket) and ticket.has_reason(self.now):
                assert due is not None
                assert due <= max(self.now, ticket.postponed_until)

    def teardown(self) -> None:
        self.store.close()


class OnSqlite(StoreMachine):
    def open(self) -> Store:
        self.folder = tempfile.TemporaryDirectory()
        return Store.open(f"sqlite:///{self.folder.name}/store.sqlite3", now=NINE)

    def teardown(self) -> None:
        super().teardown()
        self.folder.cleanup()


def runs(count: int) -> settings:
    return settings(
        max_examples=count,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


TestOnSqlite = OnSqlite.TestCase
TestOnSqlite.settings = runs(40)


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Iterator[type[StoreMachine]]:
    stores = [Store.open(postgresql_url, now=NINE)]

    class OnPostgresql(StoreMachine):
        def open(self) -> Store:
            tables = "deliveries, work, tickets, audit, demotions, requests"
            stores[0]._database.write(lambda t: t.change(f"TRUNCATE {tables} CASCADE"))
            return stores[0]

        def teardown(self) -> None:
            pass

    yield OnPostgresql
    stores[0].close()


@pytest.mark.slow
@pytest.mark.postgresql
@without_postgresql
def test_on_postgresql(on_postgresql: type[StoreMachine]) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(on_postgresql, settings=runs(15))
