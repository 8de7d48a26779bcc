"""SLA clocks: what was measured on a ticket, what is running, and when it will be late.

Pure and computed on every read: the same ticket, policy, calendar and instant give the same clocks.
The stored due time is only an index. `cycles.py` has the table of what starts and stops a clock.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from plugin.domain.calendar import Calendar
from plugin.domain.cycles import Cycle, cycles_of
from plugin.domain.dataclass import dataclass
from plugin.domain.duration import Duration
from plugin.domain.sla import Metric, SlaPolicy, Threshold
from plugin.domain.spans import States, state_spans
from plugin.domain.ticket import Change, Ticket

Span = tuple[datetime, datetime]

_ORDER = {metric: place for place, metric in enumerate(Metric)}


class Phase(enum.StrEnum):
    """Where a clock stands; the last three are final."""

    RUNNING = "running"
    PAUSED = "paused"
    BREACHED = "breached"
    MET = "met"
    MET_LATE = "met late"
    VOID = "void"

    @property
    def is_final(self) -> bool:
        """True when nothing can change it any more, short of a reopened ticket."""
        return self in {Phase.MET, Phase.MET_LATE, Phase.VOID}


@dataclass(frozen=True, slots=True)
class AtRisk:
    """The instant at which a clock is at risk by one threshold."""

    threshold: Threshold
    at: datetime


@dataclass(frozen=True, slots=True)
class ClockState:
    """One cycle of one metric.

    `due_at` is None while a pause holds the deadline back. `remaining` is open time, negative when
    late, at the stop for a stopped clock; real time for a target in real time. `pauses` are the finished spans that
    did not count, closed time of a reopened ticket included; `paused_since` the one still going on.
    `started_by` and `stopped_by` say why in words.
    """

    metric: Metric
    policy: str
    cycle: int
    target: Duration
    phase: Phase
    started_at: datetime
    started_by: str
    due_at: datetime | None
    remaining: timedelta
    stopped_at: datetime | None = None
    stopped_by: str = ""
    paused_since: datetime | None = None
    pauses: tuple[Span, ...] = ()
    warnings: tuple[AtRisk, ...] = ()

    @property
    def key(self) -> str:
        """Names the cycle for ever: a changed policy or a deleted message does not rename it."""
        started = self.started_at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
        return f"{self.metric}/{started.isoformat()}Z"

    def is_at_risk(self, now: datetime) -> bool:
        """True from the first threshold on, until it is breached or stopped."""
        return self.phase is Phase.RUNNING and any(one.at <= now for one in self.warnings)


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """`sla.at_risk`, `sla.breached` or `sla.met`, once per key."""

    name: str
    at: datetime
    metric: Metric
    key: str
    why: str


def clocks_of(
    ticket: Ticket,
    policy: SlaPolicy,
    calendar: Calendar,
    now: datetime,
    *,
    states: States | None = None,
    observed: Sequence[Change] = (),
) -> tuple[ClockState, ...]:
    """Every cycle of every metric the policy has a target for, in the order they began.

    `states` tells what the host's state names mean; `observed` are state changes we saw, for a host
    without a history. What happened after `now` is left out.
    """
    spans = [
        span if span.end is None or span.end <= now else replace(span, end=None)
        for span in state_spans(ticket, states, observed)
        if span.start <= now
    ]
    held = [(span.start, span.end) for span in spans if policy.pauses(span.name, span.type)]
    clocks = [
        _evaluated(cycle, policy, calendar, held, now)
        for cycle in cycles_of(ticket, policy, spans, now)
        if cycle.metric in policy.targets
    ]
    return tuple(sorted(clocks, key=lambda one: (one.started_at, _ORDER[one.metric])))


def events_of(clocks: Iterable[ClockState], now: datetime) -> tuple[ClockEvent, ...]:
    """Everything the clocks have to tell up to `now`, oldest first."""
    found = [event for clock in clocks for event in _events(clock) if event.at <= now]
    return tuple(sorted(found, key=lambda event: event.at))


def timeline_of(clock: ClockState) -> tuple[ClockEvent, ...]:
    """All a clock has told and will tell if nothing else happens, oldest first."""
    return tuple(sorted(_events(clock), key=lambda event: event.at))


def next_instant(clocks: Iterable[ClockState], now: datetime) -> datetime | None:
    """The next instant at which a clock will have something to tell, if nothing else happens."""
    instants = (at for clock in clocks for at in _instants(clock) if at > now)
    return min(instants, default=None)


def _evaluated(
    cycle: Cycle,
    policy: SlaPolicy,
    calendar: Calendar,
    held: Sequence[tuple[datetime, datetime | None]],
    now: datetime,
) -> ClockState:
    """Count the time of one cycle."""
    paused_since, pauses = _pauses(cycle, held, now)
    start, target = cycle.started_at, policy.targets[cycle.metric]
    due: datetime | None = calendar.due(start, target, pauses)
    seen_at = cycle.stopped_at or paused_since or now
    remaining = calendar.remaining_at(seen_at, start, target, pauses, due=due)
    warnings = _warnings(cycle, policy, calendar, pauses, due)
    if paused_since is not None and due and due > paused_since:
        due = None
        warnings = [one for one in warnings if one.at <= paused_since]
    return ClockState(
        metric=cycle.metric,
        policy=policy.name,
        cycle=cycle.number,
        target=target,
        phase=_phase(cycle, due, paused_since, now),
        started_at=start,
        started_by=cycle.started_by,
        due_at=due,
        remaining=remaining,
        stopped_at=cycle.stopped_at,
        stopped_by=cycle.stopped_by,
        paused_since=paused_since,
        pauses=tuple(pauses),
        warnings=tuple(warnings),
    )


def _pauses(
    cycle: Cycle, held: Sequence[tuple[datetime, datetime | None]], now: datetime
) -> tuple[datetime | None, list[Span]]:
    """Since when it is paused now, and the finished pauses inside the cycle."""
    last = cycle.stopped_at or now
    paused_since: datetime | None = None
    pauses = list(cycle.shut)
    for began, ended in held:
        begin, end = max(began, cycle.started_at), min(ended or last, last)
        if ended is None and cycle.runs:
            paused_since = begin
        elif begin < end:
            pauses.append((begin, end))
    return paused_since, sorted(pauses)


def _warnings(
    cycle: Cycle,
    policy: SlaPolicy,
    calendar: Calendar,
    pauses: Sequence[Span],
    due: datetime | None,
) -> list[AtRisk]:
    """When each threshold is reached; not right after a pause, and only before the deadline."""
    start, target = cycle.started_at, policy.targets[cycle.metric]
    found = []
    for threshold in policy.at_risk:
        if threshold.before is not None:
            at = calendar.instant_before(start, target, threshold.before, pauses)
        else:
            at = calendar.instant_at_share(start, target, threshold.share or 1.0, pauses)
        for _, ended in pauses:
            if ended <= at < ended + policy.thaw_grace:
                at = ended + policy.thaw_grace
        if due is None or at < due:
            found.append(AtRisk(threshold, at))
    return sorted(found, key=lambda one: one.at)


def _phase(
    cycle: Cycle, due: datetime | None, paused_since: datetime | None, now: datetime
) -> Phase:
    if cycle.stopped_at is None:
        if due is not None and due <= now:
            return Phase.BREACHED
        return Phase.RUNNING if paused_since is None else Phase.PAUSED
    if cycle.is_void:
        return Phase.VOID
    return Phase.MET if due is None or cycle.stopped_at <= due else Phase.MET_LATE


def _instants(clock: ClockState) -> Iterator[datetime]:
    """When the events of `_events` are, without their words: there may be a million clocks."""
    until = clock.stopped_at
    for at in (*(one.at for one in clock.warnings), clock.due_at):
        if at is not None and (until is None or at < until):
            yield at
    if until is not None and clock.phase is Phase.MET:
        yield until


def _events(clock: ClockState) -> Iterator[ClockEvent]:
    """All a clock tells, also what lies ahead when nothing else happens."""
    key = clock.key

    def event(name: str, at: datetime, what: str, why: str) -> ClockEvent:
        return ClockEvent(f"sla.{name}", at, clock.metric, f"{key}/{what}", why)

    until = clock.stopped_at
    for one in clock.warnings:
        if until is None or one.at < until:
            why = f"{clock.metric} is at risk: {_share_in_words(one.threshold)}"
            yield event("at_risk", one.at, f"at_risk/{one.threshold}", why)
    if clock.due_at and (until is None or clock.due_at < until):
        yield event(
            "breached", clock.due_at, "breached", f"{clock.metric} took longer than {clock.target}"
        )
    if until and clock.phase is Phase.MET:
        yield event("met", until, "met", f"{clock.metric} was met: {clock.stopped_by}")


def _share_in_words(threshold: Threshold) -> str:
    return f"{threshold} left" if threshold.before else f"{threshold} of the time has passed"
