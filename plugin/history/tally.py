"""Counts what a replay would have brought: how often, to whom, when, and whether it was needed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from plugin.domain.calendar import Calendar
from plugin.domain.clocks import Phase
from plugin.domain.dataclass import dataclass
from plugin.domain.memory import ActionRecord, ActionState
from plugin.domain.past import Staff
from plugin.domain.plan import Event, Plan, PlannedAction
from plugin.domain.settings import Config, Rule
from plugin.domain.ticket import Message, MessageKind, Ticket, TicketRef
from plugin.domain.watching import watch
from plugin.engine.decide import zone_of
from plugin.history.doing import BUDGET, TOUCH_GRACE
from plugin.history.live import Live
from plugin.history.rewinding import Timeline

NEEDLESS_WITHIN = timedelta(minutes=5)
"""Answered this soon, the escalation was not needed: somebody was about to."""

_BUSIEST = 20
_ENTERED = "level"
"""What `Taken.what` says when a level was entered: somebody was asked for help."""
_PERSON = {"assign": "owner", "subscribe": "responsible"}
"""Where an action says who has it now: a functional level assigns, a hierarchical one subscribes."""
_GUARD = re.compile(r"\(guards\.(\w+)\)")
_HOLDS = frozenset({ActionState.OBSERVED, ActionState.GUARDED})


@dataclass(slots=True)
class Busy:
    """What one ticket alone would have seen."""

    number: str
    url: str
    escalations: int = 0
    notes: int = 0
    replies: int = 0


@dataclass(slots=True)
class Counts:
    """All numbers of a simulation. Instants are in the zone of the default calendar.

    An escalation is a level of a ladder that was entered, or a firing of a rule that climbs none.
    `ladders` counts every step ladders took by what it was: a level, or the phase it came to.
    `grid` counts by weekday (Monday is 0) and hour. `outside` counts escalations outside of office
    hours: on a weekend or holiday, or at night; `nights` and `free_days` are the dates disturbed.
    `guards` are actions held back or delayed by a guard. `needless` were answered at once anyway.
    """

    tickets: int = 0
    looks: int = 0
    escalations: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    by_reason: Counter[str] = field(default_factory=Counter)
    by_policy: Counter[str] = field(default_factory=Counter)
    by_level: Counter[str] = field(default_factory=Counter)
    ladders: Counter[str] = field(default_factory=Counter)
    by_person: Counter[str] = field(default_factory=Counter)
    by_day: Counter[date] = field(default_factory=Counter)
    grid: Counter[tuple[int, int]] = field(default_factory=Counter)
    outside: Counter[str] = field(default_factory=Counter)
    nights: set[date] = field(default_factory=set)
    free_days: set[date] = field(default_factory=set)
    actions: Counter[tuple[str, str]] = field(default_factory=Counter)
    mails: Counter[str] = field(default_factory=Counter)
    guards: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    needless: int = 0
    needless_by_rule: Counter[str] = field(default_factory=Counter)
    sla: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    without_history: int = 0
    failed: list[TicketRef] = field(default_factory=list)
    busy: dict[TicketRef, Busy] = field(default_factory=dict)

    def busiest(self) -> list[tuple[TicketRef, Busy]]:
        """The twenty with the most escalations, then notes, then mails."""
        ranked = sorted(
            self.busy.items(),
            key=lambda item: (
                -item[1].escalations,
                -item[1].notes,
                -item[1].replies,
                item[0],
            ),
        )
        return ranked[:_BUSIEST]


Story = tuple[datetime, str]
"""What happened on one ticket, and when: `rule 'billing' fired`, `reply 'we_escalated' sent`."""


class Tally:
    """Watches a replay and counts. With `stories` each ticket's story is kept, for a comparison."""

    def __init__(
        self,
        config: Config,
        staff: Mapping[str, Staff],
        *,
        since: datetime,
        until: datetime,
        stories: bool = False,
    ) -> None:
        self.config = config
        self.counts = Counts()
        self.stories: dict[TicketRef, list[Story]] = {}
        self.ends: dict[TicketRef, tuple[str, ...]] = {}
        self.numbers: dict[TicketRef, str] = {}
        self._keeps_stories = stories
        self._since, self._until = since, until
        self.zone: ZoneInfo = zone_of(config)
        self._office: Calendar | None = config.calendars.get(config.defaults.calendar or "")
        self._rules = {rule.name: rule for rule in config.rules}
        self._people = {
            (name, str(agent.person.id)): agent.person.name
            for name, known in staff.items()
            for agents in known.agents.values()
            for agent in agents
        }

    # What is heard --------------------------------------------------------------------------

    def decided(self, live: Live, timeline: Timeline, ticket: Ticket, plan: Plan) -> None:
        """Count the rules that fired."""
        self.counts.looks += 1
        for outcome in plan.outcomes:
            rule = self._rules.get(outcome.rule)
            if not outcome.fired or rule is None:
                continue
            self.counts.by_rule[rule.name] += 1
            self._tell(live, plan.decided_at, f"rule {rule.name!r} fired")
            if not any(call.name == "escalate" for call in rule.do):
                # What climbs a ladder counts there.
                reason = _reason(rule, plan.events)
                self._escalated(live, timeline, ticket, plan.decided_at, rule.name, reason)
        self._climbed(live, timeline, ticket, plan)
        self.counts.guards["loop_firings"] += len(plan.demote)

    def did(self, live: Live, action: PlannedAction, record: ActionRecord, at: datetime) -> None:
        """Count what an action came to."""
        counts = self.counts
        counts.actions[action.name, record.state.value] += 1
        if record.state in _HOLDS:
            found = _GUARD.search(record.detail)
            if found and found[1] != "loop_firings":
                counts.guards[found[1]] += 1
        elif record.state is ActionState.FAILED:
            counts.refused[action.rule, action.name, record.detail] += 1
        elif record.state is ActionState.DONE:
            self._done(live, action, record, at)

    def held(self, live: Live, action: PlannedAction, why: str, at: datetime) -> None:  # noqa: ARG002
        """Count what had to wait."""
        if why in {TOUCH_GRACE, BUDGET}:
            self.counts.guards[why] += 1

    def failed(self, ref: TicketRef) -> None:
        """Count a ticket that could not be replayed."""
        self.counts.failed.append(ref)

    def left(self, live: Live, timeline: Timeline, ticket: Ticket) -> None:
        """Count how the SLA clocks ended."""
        counts = self.counts
        counts.tickets += 1
        if self._keeps_stories:
            self.numbers[live.ref] = ticket.number
        counts.without_history += timeline.past.ticket.history is None
        ended = [_end_of(ticket)] if live.effects.wrote_at else []
        if self.config.sla:
            for clock in watch(self.config, ticket, live.memory, self._until).clocks:
                if clock.started_at < self._since:
                    continue
                phase = clock.phase.value
                counts.sla.setdefault((clock.policy, clock.metric.value), Counter())[phase] += 1
                ended.append(f"{clock.policy} {clock.metric}: {phase}")
        if ended and self._keeps_stories:
            self.ends[live.ref] = tuple(ended)

    # Counting -------------------------------------------------------------------------------

    def _tell(self, live: Live, at: datetime, what: str) -> None:
        if self._keeps_stories:
            self.stories.setdefault(live.ref, []).append((at, what))

    def _climbed(self, live: Live, timeline: Timeline, ticket: Ticket, plan: Plan) -> None:
        """Count what ladders did in this look."""
        known = {one.number: one.step for one in live.memory.escalations}
        for one in plan.memory.escalations:
            policy = one.policy.name
            for taken in one.taken:
                if taken.number <= known.get(one.number, 0):
                    continue
                self.counts.ladders[taken.what] += 1
                entered = taken.what == _ENTERED
                what = "level" if entered else f"{taken.what} at level"
                self._tell(live, taken.at, f"{policy}: {what} {taken.level}")
                if not entered:
                    continue
                cause = one.causes[-1]
                reason = cause.reason or cause.rule
                if known.get(one.number) is None and taken.number == 1:
                    self.counts.by_policy[policy] += 1
                self.counts.by_level[f"{policy}, level {taken.level}"] += 1
                self._escalated(live, timeline, ticket, taken.at, cause.rule, reason)

    def _escalated(
        self,
        live: Live,
        timeline: Timeline,
        ticket: Ticket,
        at: datetime,
        rule: str,
        reason: str,
    ) -> None:
        counts = self.counts
        counts.escalations += 1
        counts.by_reason[reason] += 1
        local = at.astimezone(self.zone)
        counts.by_day[local.date()] += 1
        counts.grid[local.weekday(), local.hour] += 1
        self._disturb(at, local)
        self._busy(live, ticket).escalations += 1
        answered = answer_after(timeline, at)
        if answered is not None and answered.created_at - at <= NEEDLESS_WITHIN:
            counts.needless += 1
            counts.needless_by_rule[rule] += 1

    def _disturb(self, at: datetime, local: datetime) -> None:
        kind = outside_hours(at, local, self._office)
        if not kind:
            return
        self.counts.outside[kind] += 1
        if kind == NIGHT:
            self.counts.nights.add(_night_of(local))
        else:
            self.counts.free_days.add(local.date())

    def _done(self, live: Live, action: PlannedAction, record: ActionRecord, at: datetime) -> None:
        counts = self.counts
        who = record.wrote.get(_PERSON.get(action.name, ""))
        if who:
            name = self._people.get((live.ref.helpdesk, str(who)))
            counts.by_person[name or f"agent {who}"] += 1
        busy = counts.busy.get(live.ref)
        if action.name == "reply":
            name = str(action.params.get("name", ""))
            counts.mails[name] += 1
            self._tell(live, at, f"reply {name!r} sent")
            if busy:
                busy.replies += 1
        elif action.name == "note" and busy:
            busy.notes += 1

    def _busy(self, live: Live, ticket: Ticket) -> Busy:
        return self.counts.busy.setdefault(live.ref, Busy(ticket.number, ticket.url))


def answer_after(timeline: Timeline, at: datetime) -> Message | None:
    """The first public answer of a person on our side after an instant; None when there was none."""
    answers = (
        message
        for message in timeline.messages
        if message.kind is MessageKind.AGENT and message.by_human and message.created_at > at
    )
    return min(answers, key=lambda message: message.created_at, default=None)


def outside_hours(at: datetime, local: datetime, office: Calendar | None) -> str:
    """`night`, `weekend or holiday`, or empty inside office hours.

    A day without any open time is free. Without a calendar the night is from 20 to 7 o'clock and the
    weekend Saturday and Sunday, in UTC.
    """
    if office is None:
        if local.weekday() >= _SATURDAY:
            return FREE
        return NIGHT if local.hour >= _EVENING or local.hour < _MORNING else ""
    if office.is_open(at):
        return ""
    begins = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return NIGHT if office.open_between(begins, begins + timedelta(days=1)) else FREE


NIGHT, FREE = "night", "weekend or holiday"
_SATURDAY, _EVENING, _MORNING = 5, 20, 7


def _night_of(local: datetime) -> date:
    """The date the night began on: three in the morning belongs to the evening before."""
    return (local - timedelta(hours=12)).date()


def _reason(rule: Rule, events: tuple[Event, ...]) -> str:
    """What woke the rule."""
    heard = sorted({event.name for event in events} & rule.on)
    return " and ".join(heard) or "time"


def _end_of(ticket: Ticket) -> str:
    """How the ticket stands in the end, where we would have changed it."""
    owner = ticket.owner.name or f"agent {ticket.owner.id}" if ticket.owner else "nobody"
    priority = ticket.priority.word if ticket.priority else "none"
    tags = ", ".join(sorted(ticket.tags)) or "none"
    return f"in {ticket.group.name}, owner {owner}, priority {priority}, tags {tags}"


def phases() -> Iterator[str]:
    """The states a clock may end in, in the order of a report."""
    yield from (
        phase.value
        for phase in (
            Phase.MET,
            Phase.MET_LATE,
            Phase.BREACHED,
            Phase.RUNNING,
            Phase.PAUSED,
            Phase.VOID,
        )
    )
