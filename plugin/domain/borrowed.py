"""Clocks whose deadlines the helpdesk computes: its own SLA stays in force, we warn and escalate by it.

What starts and stops a clock is ours (`cycles`); when it is due is the host's word, read with the
ticket. The host tells one deadline at a time for a metric and none for what has stopped, so a stopped
clock is there only when the host says whether it was in time. A clock without a deadline is no clock:
no SLA of the host is for this ticket, or its state stops the host's clocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from plugin.domain.calendar import Calendar
from plugin.domain.clocks import AtRisk, ClockState, Phase
from plugin.domain.cycles import Cycle, cycles_of
from plugin.domain.duration import Duration
from plugin.domain.sla import Metric, SlaPolicy
from plugin.domain.spans import States, state_spans
from plugin.domain.ticket import Change, Ticket

_ANSWERS = (Metric.NEXT_RESPONSE, Metric.PERIODIC_UPDATE)


def borrowed_clocks_of(
    ticket: Ticket,
    policy: SlaPolicy,
    calendar: Calendar,
    now: datetime,
    *,
    states: States | None = None,
    observed: Sequence[Change] = (),
) -> tuple[ClockState, ...]:
    """The clocks by the host's deadlines, in the order they began.

    `calendar` counts what is left and the share that has passed; the target is the open time from
    the start to the deadline.
    """
    spans = [
        span if span.end is None or span.end <= now else replace(span, end=None)
        for span in state_spans(ticket, states, observed)
        if span.start <= now
    ]
    cycles = cycles_of(ticket, policy, spans, now)
    clocks = [*_running(ticket, policy, calendar, cycles, now), *_stopped(ticket, policy, cycles)]
    return tuple(sorted(clocks, key=lambda one: (one.started_at, one.metric)))


def _running(
    ticket: Ticket, policy: SlaPolicy, calendar: Calendar, cycles: Sequence[Cycle], now: datetime
) -> Iterator[ClockState]:
    last: dict[Metric, Cycle] = {one.metric: one for one in cycles if one.runs}
    for metric, due in _deadlines_by_metric(ticket.deadlines, last).items():
        cycle = last[metric]
        if due <= cycle.started_at:
            continue
        length = calendar.open_between(cycle.started_at, due)
        target = Duration(minutes=round(length.total_seconds() / 60))
        yield ClockState(
            metric=metric,
            policy=policy.name,
            cycle=cycle.number,
            target=target,
            phase=Phase.BREACHED if due <= now else Phase.RUNNING,
            started_at=cycle.started_at,
            started_by=cycle.started_by,
            due_at=due,
            remaining=calendar.open_between(now, due),
            warnings=tuple(_warnings(policy, calendar, cycle.started_at, length, due)),
        )


def _deadlines_by_metric(
    deadlines: Mapping[str, datetime], running: Mapping[Metric, Cycle]
) -> dict[Metric, datetime]:
    """The host's `update` is the answer the customer waits for, else the next sign of life."""
    named = {
        Metric.FIRST_RESPONSE: deadlines.get("first_response"),
        Metric.RESOLUTION: deadlines.get("resolution"),
    }
    answer = next((metric for metric in _ANSWERS if metric in running), None)
    if answer is not None:
        named[answer] = deadlines.get("update")
    return {metric: at for metric, at in named.items() if at is not None and metric in running}


def _warnings(
    policy: SlaPolicy, calendar: Calendar, start: datetime, length: timedelta, due: datetime
) -> Iterator[AtRisk]:
    """A pause of the host has moved the deadline already: what is left before it stays exact."""
    whole = int(length.total_seconds())
    begin = int(start.timestamp())
    found = []
    for threshold in policy.at_risk:
        if threshold.before is None:
            passed = int(whole * (threshold.share or 1.0))
        else:
            passed = whole - threshold.before.real_seconds
        if passed > 0:
            at = datetime.fromtimestamp(calendar.due_epoch(begin, passed), UTC)
            found.append(AtRisk(threshold, at))
    yield from sorted((one for one in found if one.at < due), key=lambda one: one.at)


def _stopped(ticket: Ticket, policy: SlaPolicy, cycles: Sequence[Cycle]) -> Iterator[ClockState]:
    for metric in (Metric.FIRST_RESPONSE, Metric.RESOLUTION):
        past = [one for one in cycles if one.metric is metric and not one.runs]
        in_time = ticket.kept.get(metric)
        if not past or in_time is None or past[-1].is_void:
            continue
        cycle = past[-1]
        yield ClockState(
            metric=metric,
            policy=policy.name,
            cycle=cycle.number,
            target=Duration(),
            phase=Phase.MET if in_time else Phase.MET_LATE,
            started_at=cycle.started_at,
            started_by=cycle.started_by,
            due_at=None,
            remaining=timedelta(),
            stopped_at=cycle.stopped_at,
            stopped_by=cycle.stopped_by,
        )
