"""The SLA clocks of a ticket, explained: which policy and why, what did not count, what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from plugin.conditions import judged
from plugin.domain.calendar import Calendar
from plugin.domain.clocks import ClockEvent, ClockState, timeline_of
from plugin.domain.closures import Skipped, skipped
from plugin.domain.dataclass import dataclass
from plugin.domain.memory import Memory
from plugin.domain.settings import Config
from plugin.domain.ticket import Ticket
from plugin.domain.watching import situation_of, watch
from plugin.texts.clocks import metric_in_words, span_in_words

_YES, _NO = "\u2713", "\u2717"
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class PolicyExplanation:
    """One entry of `sla:`; only the first whose condition holds `counts`."""

    name: str
    place: str
    counts: bool
    why: str


@dataclass(frozen=True, slots=True)
class ClockExplanation:
    """One clock with what did not count between its start and its end (the due time while it runs)."""

    clock: ClockState
    left_out: tuple[Skipped, ...]
    next: tuple[ClockEvent, ...]


@dataclass(frozen=True, slots=True)
class SlaExplanation:
    """All of it. `states` says where the states come from; `problem` why there are no clocks."""

    policies: tuple[PolicyExplanation, ...]
    calendar: str
    timezone: str
    states: str
    clocks: tuple[ClockExplanation, ...]
    problem: str = ""

    def as_json(self) -> dict[str, object]:
        """For a script; instants are ISO 8601 in UTC, spans in seconds of open time."""
        return {
            "policies": [
                {"name": one.name, "place": one.place, "counts": one.counts, "why": one.why}
                for one in self.policies
            ],
            "calendar": self.calendar,
            "timezone": self.timezone,
            "states": self.states,
            "problem": self.problem,
            "clocks": [_clock_as_json(one) for one in self.clocks],
        }

    def lines(self, zone: ZoneInfo) -> Iterator[str]:
        """For a person, in the given zone."""
        yield "SLA"
        for policy in self.policies:
            yield f"{_YES if policy.counts else _NO} {policy.name}: {policy.why} {policy.place}"
        if self.calendar:
            yield f"    counted in {self.calendar} ({self.timezone}), states {self.states}"
        if self.problem:
            yield f"    no clocks: {self.problem}"
        for one in self.clocks:
            yield from _clock_lines(one, zone)


def explain_clocks(
    config: Config, ticket: Ticket, memory: Memory, now: datetime
) -> SlaExplanation | None:
    """Explain the clocks as a look now would compute them; None when the file has no policies."""
    if not config.sla:
        return None
    watched = watch(config, ticket, memory, now)
    sla = watched.sla
    return SlaExplanation(
        policies=tuple(_policies(config, ticket, memory, now)),
        calendar=sla.calendar.name if sla else "",
        timezone=sla.calendar.timezone if sla else "",
        states="from the helpdesk's history"
        if ticket.history is not None
        else "as Deskladder saw them, because the history cannot be read",
        clocks=tuple(
            ClockExplanation(
                clock,
                tuple(_left_out(clock, sla.calendar, now)),
                tuple(event for event in timeline_of(clock) if event.at > now),
            )
            for clock in watched.clocks
            if sla
        ),
        problem=watched.problem,
    )


def _policies(
    config: Config, ticket: Ticket, memory: Memory, now: datetime
) -> Iterator[PolicyExplanation]:
    situation = situation_of(config, ticket, memory, now)
    chosen = situation.watch.sla if situation.watch else None
    taken = False
    for sla in config.sla:
        place = str(sla.place)
        if taken and chosen:
            why = f"not asked, because {chosen.name} above is for this ticket"
            yield PolicyExplanation(sla.name, place, counts=False, why=why)
            continue
        verdict = judged(sla.when, situation)
        taken = sla is chosen
        reason = verdict.reason or ("it is for every ticket" if verdict.holds else "does not hold")
        yield PolicyExplanation(sla.name, place, counts=taken, why=reason)


def _left_out(clock: ClockState, calendar: Calendar, now: datetime) -> Iterator[Skipped]:
    until = clock.stopped_at or clock.due_at or clock.paused_since or now
    in_real_time = not clock.target.minutes and not clock.target.business_days
    if in_real_time:
        yield from (Skipped(start, end, "pause") for start, end in clock.pauses if start < until)
    else:
        yield from skipped(calendar, clock.started_at, until, clock.pauses)


def _clock_lines(one: ClockExplanation, zone: ZoneInfo) -> Iterator[str]:
    clock = one.clock

    def at(instant: datetime | None) -> str:
        return _local(instant, zone) if instant else "not while it is paused"

    number = f" (cycle {clock.cycle})" if clock.cycle > 1 else ""
    yield f"  {metric_in_words(clock.metric, 'en')}{number}: {clock.phase}"
    yield f"    from  {at(clock.started_at)}, {clock.started_by}"
    for span in one.left_out[:_SHOWN]:
        yield f"    -     {at(span.start)} to {at(span.end)}, {span.reason}"
    if len(one.left_out) > _SHOWN:
        yield f"    -     and {len(one.left_out) - _SHOWN} more"
    if clock.paused_since:
        yield f"    -     {at(clock.paused_since)} until now, pause"
    yield f"    due   {at(clock.due_at)}, target {clock.target}, {_left(clock)}"
    if clock.stopped_at:
        yield f"    ended {at(clock.stopped_at)}, {clock.stopped_by}"
    for event in one.next:
        yield f"    next  {at(event.at)}, {event.name}: {event.why}"


def _left(clock: ClockState) -> str:
    words = span_in_words(clock.remaining, "en")
    if clock.remaining < timedelta(0):
        return f"late by {words}"
    return f"{words} {'were' if clock.phase.is_final else 'are'} left"


def _local(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    return f"{_WEEKDAYS[local.weekday()]} {local:%Y-%m-%d %H:%M}"


def _clock_as_json(one: ClockExplanation) -> dict[str, object]:
    clock = one.clock
    return {
        "key": clock.key,
        "metric": clock.metric.value,
        "policy": clock.policy,
        "cycle": clock.cycle,
        "state": clock.phase.value,
        "target": str(clock.target),
        "started_at": _iso(clock.started_at),
        "started_by": clock.started_by,
        "due_at": _iso(clock.due_at),
        "remaining": int(clock.remaining.total_seconds()),
        "stopped_at": _iso(clock.stopped_at),
        "stopped_by": clock.stopped_by,
        "paused_since": _iso(clock.paused_since),
        "skipped": [
            {"start": _iso(span.start), "end": _iso(span.end), "reason": span.reason}
            for span in one.left_out
        ],
        "at_risk": [
            {"threshold": str(warning.threshold), "at": _iso(warning.at)}
            for warning in clock.warnings
        ],
        "next": [
            {"name": event.name, "at": _iso(event.at), "why": event.why} for event in one.next
        ],
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat() if instant else None
