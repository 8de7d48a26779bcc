"""The SLA clocks, cell by cell of their table, then what the table does not say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.calendar import Calendar
from plugin.domain.clocks import (
    ClockState,
    Phase,
    clocks_of,
    events_of,
    next_instant,
    timeline_of,
)
from plugin.domain.duration import Duration
from plugin.domain.sla import Metric, SlaPolicy, Threshold
from plugin.domain.ticket import (
    Change,
    Group,
    Message,
    MessageKind,
    Person,
    Priority,
    Role,
    State,
    StateType,
    Ticket,
    TicketRef,
)

ALWAYS = Calendar.of("always", "UTC", "24/7")
OFFICE = Calendar.of("office", "UTC", {"mon-fri": ["09:00-17:00"]})
BORN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday
FIRST, NEXT, UPDATE, RESOLUTION = Metric
POLICY = SlaPolicy(
    "standard",
    {
        FIRST: Duration(minutes=60),
        NEXT: Duration(minutes=120),
        UPDATE: Duration(minutes=180),
        RESOLUTION: Duration(minutes=480),
    },
    pause_in=frozenset({"pending reminder"}),
)
ANA = Person(7, Role.AGENT, "Ana")
GUEST = Person(3, Role.CUSTOMER, "Guest")
ROBOT = Person(1, Role.SYSTEM, "Robot")


def at(minutes: float) -> datetime:
    return BORN + timedelta(minutes=minutes)


class Life:
    """A ticket told step by step; minutes count from its creation."""

    def __init__(self, *, by: Role = Role.CUSTOMER, opened: bool = True) -> None:
        self.messages: list[Message] = []
        self.changes: list[Change] = []
        self.states = [("new", 0.0)]
        self.by = by
        self.merged_into: int | None = None
        if opened:
            self.customer(0) if by is Role.CUSTOMER else self.agent(0)

    def customer(self, minute: float, **changes: object) -> Life:
        return self._say(minute, MessageKind.CUSTOMER, GUEST, changes)

    def agent(self, minute: float, **changes: object) -> Life:
        return self._say(minute, MessageKind.AGENT, ANA, changes)

    def note(self, minute: float) -> Life:
        return self._say(minute, MessageKind.NOTE, ANA, {"channel": "note"})

    def state(self, minute: float, name: str) -> Life:
        self.changes.append(Change(at(minute), "state", self.states[-1][0], name, ANA))
        self.states.append((name, minute))
        return self

    def change(self, minute: float, what: str, before: str, after: str) -> Life:
        self.changes.append(Change(at(minute), what, before, after, ANA))
        return self

    def _say(self, minute: float, kind: MessageKind, who: Person, changes: dict) -> Life:
        message = Message(len(self.messages) + 1, kind, who, at(minute))
        self.messages.append(replace(message, **changes))
        return self

    def ticket(self, **changes: object) -> Ticket:
        name, minute = self.states[-1]
        kind = StateType(name)
        ticket = Ticket(
            ref=TicketRef("support", 1),
            number="1",
            url="https://help.example.com/1",
            subject="Invoice",
            state=State(name, kind),
            priority=Priority.NORMAL,
            group=Group(1, "Front"),
            owner=None,
            customer=GUEST,
            channel="email",
            created_at=BORN,
            updated_at=at(minute),
            messages=tuple(self.messages),
            history=tuple(self.changes),
            closed_at=at(minute) if kind.is_closed else None,
            created_by=self.by,
        )
        return replace(ticket, **changes)

    def clocks(self, minute: float, policy: SlaPolicy = POLICY, calendar: Calendar = ALWAYS):
        return clocks_of(self.ticket(), policy, calendar, at(minute))

    def last(self, metric: Metric, minute: float, policy: SlaPolicy = POLICY) -> ClockState | None:
        found = [one for one in self.clocks(minute, policy) if one.metric is metric]
        return found[-1] if found else None


def told(clock: ClockState | None) -> str:
    """`running 1, 0 to 60`: phase, cycle, start and due (or stop) in minutes since the creation."""
    if clock is None:
        return "none"
    until = clock.stopped_at or clock.due_at
    end = "?" if until is None else f"{(until - BORN).total_seconds() / 60:g}"
    return (
        f"{clock.phase} {clock.cycle}, {(clock.started_at - BORN).total_seconds() / 60:g} to {end}"
    )


TABLE = {
    "created by customer": (Life, 5, ["running 1, 0 to 60", "none", "running 1, 0 to 180", "running 1, 0 to 480"]),
    "created by agent": (lambda: Life(by=Role.AGENT), 5, ["none", "none", "running 1, 0 to 180", "running 1, 0 to 480"]),
    "customer message, first unanswered": (
        lambda: Life().agent(10).customer(20), 25,
        ["met 1, 0 to 10", "running 1, 20 to 140", "running 2, 10 to 190", "running 1, 0 to 480"],
    ),
    "customer message, further unanswered": (
        lambda: Life().agent(10).customer(20).customer(30), 35,
        ["met 1, 0 to 10", "running 1, 20 to 140", "running 2, 10 to 190", "running 1, 0 to 480"],
    ),
    "customer message before the first answer": (
        lambda: Life().customer(20), 25,
        ["running 1, 0 to 60", "none", "running 1, 0 to 180", "running 1, 0 to 480"],
    ),
    "public reply by a human agent": (
        lambda: Life().agent(10).customer(20).agent(30), 35,
        ["met 1, 0 to 10", "met 1, 20 to 30", "running 3, 30 to 210", "running 1, 0 to 480"],
    ),
    "automatic reply": (
        lambda: Life().agent(10, automatic="trigger").agent(11, ours=True), 15,
        ["running 1, 0 to 60", "none", "running 1, 0 to 180", "running 1, 0 to 480"],
    ),
    "automatic message from the customer": (
        lambda: Life().agent(10).customer(20, automatic="out of office"), 25,
        ["met 1, 0 to 10", "none", "running 2, 10 to 190", "running 1, 0 to 480"],
    ),
    "internal note": (
        lambda: Life().note(10), 15,
        ["running 1, 0 to 60", "none", "running 1, 0 to 180", "running 1, 0 to 480"],
    ),
    "state enters pause_in": (
        lambda: Life().agent(10).customer(20).state(30, "pending reminder"), 35,
        ["met 1, 0 to 10", "paused 1, 20 to ?", "paused 2, 10 to ?", "paused 1, 0 to ?"],
    ),
    "state leaves it": (
        lambda: Life().agent(10).customer(20).state(30, "pending reminder").state(50, "open"), 55,
        ["met 1, 0 to 10", "running 1, 20 to 160", "running 3, 50 to 230", "running 1, 0 to 500"],
    ),
    "closed, never answered": (
        lambda: Life().state(30, "closed"), 35,
        ["void 1, 0 to 30", "none", "met 1, 0 to 30", "met 1, 0 to 30"],
    ),
    "closed with a question open": (
        lambda: Life().agent(10).customer(20).state(30, "closed"), 35,
        ["met 1, 0 to 10", "met 1, 20 to 30", "met 2, 10 to 30", "met 1, 0 to 30"],
    ),
    "reopened within the window": (
        lambda: Life().agent(10).state(30, "closed").state(90, "open"), 95,
        ["met 1, 0 to 10", "running 1, 90 to 210", "running 3, 90 to 270", "running 1, 0 to 540"],
    ),
    "reopened later": (
        lambda: Life().agent(10).state(30, "closed").state(3000, "open"), 3005,
        ["met 1, 0 to 10", "running 1, 3000 to 3120", "running 3, 3000 to 3180", "running 2, 3000 to 3480"],
    ),
    "group or owner change": (
        lambda: Life().change(10, "group", "Front", "Finance").change(11, "owner", "", "7"), 15,
        ["running 1, 0 to 60", "none", "running 1, 0 to 180", "running 1, 0 to 480"],
    ),
    "merged away": (
        lambda: Life().agent(10).customer(20).state(30, "merged"), 35,
        ["met 1, 0 to 10", "void 1, 20 to 30", "void 2, 10 to 30", "void 1, 0 to 30"],
    ),
    "deleted": (
        lambda: Life().state(30, "removed"), 35,
        ["void 1, 0 to 30", "none", "void 1, 0 to 30", "void 1, 0 to 30"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "metric"),
    [pytest.param(row, metric, id=f"{row}: {metric}") for row in TABLE for metric in Metric],
)
def test_a_cell_of_the_table(row: str, metric: Metric) -> None:
    live, minute, expected = TABLE[row]

    assert told(live().last(metric, minute)) == expected[list(Metric).index(metric)]


@pytest.mark.parametrize("metric", list(Metric))
def test_a_policy_change_gives_a_new_target_and_keeps_the_anchor(metric: Metric) -> None:
    life = Life().agent(10).customer(20)
    shorter = replace(POLICY, name="vip", targets=dict.fromkeys(Metric, Duration(minutes=30)))

    before, after = life.last(metric, 25), life.last(metric, 25, shorter)

    assert (after.started_at, after.key, after.cycle) == (
        before.started_at,
        before.key,
        before.cycle,
    )
    assert after.due_at == after.started_at + timedelta(minutes=30)
    assert after.policy == "vip"


def test_a_metric_without_a_target_has_no_clock() -> None:
    only = replace(POLICY, targets={RESOLUTION: Duration(minutes=480)})

    assert [one.metric for one in Life().customer(20).clocks(25, only)] == [RESOLUTION]


class TestResponses:
    def test_the_channel_decides_whether_a_reply_counts(self) -> None:
        mail_only = replace(POLICY, counts_as_response=frozenset({"email"}))
        life = Life().agent(10, channel="chat")

        assert told(life.last(FIRST, 15)) == "met 1, 0 to 10"
        assert told(life.last(FIRST, 15, mail_only)) == "running 1, 0 to 60"

    def test_a_reply_during_a_pause_stops_the_clock_and_the_pause_does_not_count(self) -> None:
        life = Life().state(10, "pending reminder").agent(100)

        clock = life.last(FIRST, 120)

        assert clock.phase is Phase.MET
        assert clock.remaining == timedelta(minutes=50)

    def test_a_reply_at_the_deadline_is_in_time_and_a_second_later_it_is_not(self) -> None:
        assert Life().agent(60).last(FIRST, 70).phase is Phase.MET
        assert Life().agent(60 + 1 / 60).last(FIRST, 70).phase is Phase.MET_LATE

    def test_a_reply_saved_together_with_the_closing_counts_even_when_dated_after_it(self) -> None:
        life = Life().state(10, "closed").agent(10.02)

        assert life.last(FIRST, 15).phase is Phase.MET

    def test_an_answer_that_reopens_the_ticket_leaves_nothing_to_answer(self) -> None:
        life = Life().agent(10).state(30, "closed").agent(60).state(60, "open")

        assert life.last(NEXT, 65) is None

    def test_a_message_on_a_closed_ticket_starts_nothing(self) -> None:
        life = Life().agent(10).state(30, "closed").customer(60)

        assert life.last(NEXT, 65) is None

    def test_the_first_message_of_a_ticket_an_agent_opened_waits_for_an_answer(self) -> None:
        life = Life(by=Role.AGENT).customer(30)

        assert told(life.last(NEXT, 35)) == "running 1, 30 to 150"

    def test_a_ticket_without_an_opening_message_waits_for_the_answer_to_the_first(self) -> None:
        life = Life(opened=False).customer(10).customer(20)

        assert told(life.last(NEXT, 35)) == "running 1, 10 to 130"


class TestPauses:
    def test_a_ticket_created_in_a_pausing_state_is_paused_from_the_start(self) -> None:
        life = Life()
        life.states = [("pending reminder", 0)]

        clock = life.last(RESOLUTION, 100)

        assert (clock.phase, clock.paused_since, clock.due_at) == (Phase.PAUSED, BORN, None)
        assert clock.remaining == timedelta(minutes=480)

    def test_what_was_breached_before_the_pause_stays_breached(self) -> None:
        life = Life().state(100, "pending reminder")

        assert told(life.last(FIRST, 200)) == "breached 1, 0 to 60"

    def test_warnings_wait_after_a_pause(self) -> None:
        careful = replace(POLICY, at_risk=(Threshold.parse("75%"), Threshold.parse("10m")))
        life = Life().state(44, "pending reminder").state(100, "open")

        clock = life.last(FIRST, 102, careful)

        minutes = [(one.at - BORN).total_seconds() / 60 for one in clock.warnings]
        assert (clock.due_at, minutes) == (at(116), [115, 115])

    def test_a_warning_never_comes_after_the_deadline(self) -> None:
        careful = replace(POLICY, at_risk=(Threshold.parse("75%"),))
        life = Life().state(50, "pending reminder").state(100, "open")

        clock = life.last(FIRST, 102, careful)

        assert [one.at for one in clock.warnings] == [at(45)]
        assert clock.due_at == at(110)

    def test_state_names_of_an_admin_pause_by_name_or_by_type(self) -> None:
        policy = replace(POLICY, pause_in=frozenset({"Waiting for parts", "pending close"}))
        types = {"Waiting for parts": StateType.OTHER, "Almost done": StateType.PENDING_CLOSE}
        life = Life().change(10, "state", "new", "Waiting for parts")
        life.change(20, "state", "Waiting for parts", "Almost done")
        life.change(30, "state", "Almost done", "new")

        clock = clocks_of(life.ticket(), policy, ALWAYS, at(40), states=types)[0]

        assert clock.due_at == at(80)

    def test_open_time_is_that_of_the_calendar(self) -> None:
        life = Life().state(470, "pending reminder").state(480 + 16 * 60 + 30, "open")

        clock = life.clocks(
            3000, replace(POLICY, targets={RESOLUTION: Duration(minutes=480)}), OFFICE
        )[0]

        assert clock.due_at == datetime(2026, 11, 25, 9, 40, tzinfo=UTC)


class TestReopening:
    def test_exactly_at_the_window_it_is_still_the_same_cycle(self) -> None:
        life = Life().state(30, "closed").state(30 + 1440, "open")

        assert told(life.last(RESOLUTION, 1500)) == "running 1, 0 to 1920"

    def test_closed_and_reopened_twice(self) -> None:
        life = Life().state(30, "closed").state(90, "open").state(100, "closed").state(150, "open")

        assert told(life.last(RESOLUTION, 155)) == "running 1, 0 to 590"

    def test_from_closed_to_another_closed_state_is_no_reopening(self) -> None:
        life = Life().state(30, "closed").state(90, "spam")

        assert told(life.last(RESOLUTION, 95)) == "met 1, 0 to 30"


class TestHostsWithoutHistory:
    def test_a_closed_ticket_was_open_until_it_was_closed(self) -> None:
        ticket = Life().agent(10).state(30, "closed").ticket(history=None)

        clocks = {one.metric: one for one in clocks_of(ticket, POLICY, ALWAYS, at(40))}

        assert told(clocks[FIRST]) == "met 1, 0 to 10"
        assert told(clocks[RESOLUTION]) == "met 1, 0 to 30"

    def test_a_pending_ticket_is_paused_since_its_last_update(self) -> None:
        ticket = Life().state(30, "pending reminder").ticket(history=None)

        clock = clocks_of(ticket, POLICY, ALWAYS, at(40))[0]

        assert clock.paused_since == at(30)

    def test_changes_we_saw_stand_in_for_a_history(self) -> None:
        life = Life().state(30, "pending reminder").state(50, "open")
        ticket = life.ticket(history=None)

        clock = clocks_of(ticket, POLICY, ALWAYS, at(55), observed=life.changes)[0]

        assert clock.due_at == at(80)


class TestEvents:
    policy = replace(POLICY, at_risk=(Threshold.parse("75%"), Threshold.parse("10m")))

    def names(self, life: Life, minute: float) -> list[tuple[str, str, float]]:
        events = events_of(life.clocks(minute, self.policy), at(minute))
        return [
            (one.name, one.key.rpartition("Z/")[2], (one.at - BORN).total_seconds() / 60)
            for one in events
            if one.metric is FIRST
        ]

    def test_each_threshold_and_the_breach_are_told_once(self) -> None:
        life = Life()

        assert self.names(life, 44) == []
        assert self.names(life, 45) == [("sla.at_risk", "at_risk/75%", 45)]
        assert self.names(life, 300) == [
            ("sla.at_risk", "at_risk/75%", 45),
            ("sla.at_risk", "at_risk/10m", 50),
            ("sla.breached", "breached", 60),
        ]

    def test_an_answer_in_time_is_met_and_nothing_else(self) -> None:
        assert self.names(Life().agent(20), 300) == [("sla.met", "met", 20)]

    def test_a_late_answer_was_a_breach_and_is_not_met(self) -> None:
        names = self.names(Life().agent(80), 300)

        assert [name for name, _, _ in names] == ["sla.at_risk", "sla.at_risk", "sla.breached"]

    def test_a_closing_does_not_undo_a_breach(self) -> None:
        assert ("sla.breached", "breached", 60) in self.names(Life().state(80, "closed"), 300)

    def test_keys_are_unique_over_a_long_life(self) -> None:
        life = Life().agent(10).customer(20).agent(30).state(40, "pending reminder")
        life.state(50, "open").customer(60).state(70, "closed").state(80, "open").agent(90)

        keys = [one.key for one in events_of(life.clocks(9000, self.policy), at(9000))]

        assert len(keys) == len(set(keys))

    def test_the_next_instant_is_that_of_the_next_event(self) -> None:
        life = Life()

        instants = [
            next_instant(life.clocks(minute, self.policy), at(minute))
            for minute in (0, 45, 50, 480)
        ]

        assert instants == [at(45), at(50), at(60), None]

    @pytest.mark.parametrize("minute", range(0, 2000, 13))
    def test_the_next_instant_is_that_of_the_timeline(self, minute: int) -> None:
        life = Life().agent(10).customer(20).state(30, "pending reminder").state(700, "open")
        clocks = life.customer(710).agent(1500).state(1600, "closed").clocks(minute, self.policy)

        ahead = [one.at for clock in clocks for one in timeline_of(clock) if one.at > at(minute)]

        assert next_instant(clocks, at(minute)) == min(ahead, default=None)

    def test_at_risk_is_from_the_first_threshold_to_the_breach(self) -> None:
        def is_at_risk(minute: float) -> bool:
            return Life().last(FIRST, minute, self.policy).is_at_risk(at(minute))

        assert [is_at_risk(minute) for minute in (44, 45, 59, 60)] == [False, True, True, False]


steps = st.lists(
    st.tuples(
        st.integers(0, 3000),
        st.sampled_from(
            ["customer", "agent", "note", "open", "pending reminder", "closed", "pending close"]
        ),
    ),
    max_size=12,
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(steps, st.integers(0, 4000))
def test_any_life_has_consistent_clocks(story: list, minute: int) -> None:
    life = Life()
    for when, what in sorted(story, key=lambda step: step[0]):
        if what in {"customer", "agent", "note"}:
            getattr(life, what)(when)
        elif what != life.states[-1][0]:
            life.state(when, what)

    clocks = life.clocks(minute, TestEvents.policy)

    running = [one.metric for one in clocks if not one.phase.is_final]
    assert len(running) == len(set(running))
    assert len({one.key for one in clocks if one.phase is not Phase.VOID}) == len(
        [one for one in clocks if one.phase is not Phase.VOID]
    )
    for one in clocks:
        assert one.started_at <= at(minute)
        assert (one.stopped_at is None) is not one.phase.is_final
        assert one.due_at is None or one.due_at >= one.started_at
        assert (one.phase is Phase.PAUSED) is (one.paused_since is not None and one.due_at is None)
    assert all(event.at <= at(minute) for event in events_of(clocks, at(minute)))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(steps, st.integers(0, 3000), st.integers(0, 2000))
def test_what_was_told_is_never_taken_back(story: list, minute: int, later: int) -> None:
    """Up to `minute` the same things happened, so an event told then is told later too."""
    life = Life()
    for when, what in sorted(story, key=lambda step: step[0]):
        if what in {"customer", "agent", "note"}:
            getattr(life, what)(when)
        elif what != life.states[-1][0]:
            life.state(when, what)

    early = {
        (one.key, one.at)
        for one in events_of(life.clocks(minute, TestEvents.policy), at(minute))
        if one.name != "sla.met"
    }
    late = {
        (one.key, one.at)
        for one in events_of(life.clocks(minute + later, TestEvents.policy), at(minute + later))
    }

    assert early <= late
