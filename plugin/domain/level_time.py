"""Since when a level's time runs and when a span of it is over: for moving ladders and for telling of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from plugin.domain.calendar import Calendar, NoOpenTime
from plugin.domain.duration import Duration
from plugin.domain.escalation import Escalation
from plugin.domain.ladder import Policy
from plugin.domain.memory import ActionRecord
from plugin.domain.settings import Config
from plugin.domain.ticket import StateType, Ticket

PENDING = frozenset({StateType.PENDING_REMINDER, StateType.PENDING_CLOSE})
_OUTSIDE = frozenset({"notify", "webhook", "reply"})


def calendar_of(config: Config, policy: Policy) -> Calendar | None:
    """In whose hours the policy counts: its own calendar, else the default one, else all day."""
    return config.calendars.get(policy.calendar or "") or config.calendars.get(
        config.defaults.calendar or ""
    )


def due_at(calendar: Calendar | None, start: datetime, length: Duration | None) -> datetime | None:
    """When the span is over; None without a span, or when the calendar never opens."""
    if length is None:
        return None
    if calendar is None:
        return start + timedelta(seconds=length.real_seconds, days=length.business_days)
    try:
        return calendar.due(start, length)
    except NoOpenTime:
        return None


def idles_from(worked_at: datetime, ticket: Ticket) -> datetime | None:
    """From when `ack_timeout` counts: waiting for the customer is no idleness, nor for a reminder.

    None while nobody knows how long the ticket is pending.
    """
    if ticket.state.type not in PENDING:
        return worked_at
    return max(worked_at, ticket.pending_until) if ticket.pending_until else None


def actions_of(
    escalation: Escalation, actions: Iterable[ActionRecord], step: int | None = None
) -> Iterator[ActionRecord]:
    """The escalation's own actions (of one step), in the outbox's order."""
    prefix = f"e{escalation.number}."
    unit = None if step is None else escalation.unit(step)
    for record in actions:
        if record.rule != escalation.rule or not record.cycle.startswith(prefix):
            continue
        if unit is None or record.cycle == unit:
            yield record


def counts_from(escalation: Escalation, actions: Iterable[ActionRecord]) -> datetime | None:
    """Since when the present level's time runs: when what it writes was done; None while it is not."""
    writes = [
        record
        for record in actions_of(escalation, actions, escalation.entered_step)
        if record.name not in _OUTSIDE
    ]
    if any(record.state.is_open for record in writes):
        return None
    done = [record.done_at for record in writes if record.done_at is not None]
    return max((escalation.entered_at, *done))
