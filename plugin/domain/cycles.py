"""Which cycles of which metric a ticket went through: what started each, and what stopped it.

Read over what happened, in order; no time is counted here.

| | first_response | next_response | periodic_update | resolution |
|---|---|---|---|---|
| created by the customer | start | - | start | start |
| created by an agent | - | - | start | start |
| customer's message, first unanswered | - | start | - | - |
| customer's message, a further one | - | keeps its start | - | - |
| public reply by a human agent | stop | stop | restart | - |
| automatic messages, ours, notes | - | - | - | - |
| a pausing state ends | resume | resume | restart | resume |
| closed | stop, void if unanswered | stop | stop | stop |
| reopened within the window | - | start | start | same cycle without the closed time |
| reopened later | - | start | start | new cycle |
| merged, removed | void | void | void | void |

The message a ticket was opened with belongs to its creation, so it starts `first_response` alone. A
message on a closed ticket starts nothing; if it reopens the ticket, the reopening does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from plugin.domain.dataclass import dataclass
from plugin.domain.sla import Metric, SlaPolicy
from plugin.domain.spans import StateSpan
from plugin.domain.ticket import Message, MessageKind, Role, StateType, Ticket

OPENING = timedelta(minutes=1)
"""A customer's message within this time of the creation is the one the ticket was opened with."""

SAME_SAVE = timedelta(seconds=5)
"""A host that saves state and reply together may date the reply a moment later than the state."""


@dataclass(slots=True)
class Cycle:
    """One start-to-stop of a metric. `shut` is closed time of a ticket that was reopened."""

    metric: Metric
    number: int
    started_at: datetime
    started_by: str
    stopped_at: datetime | None = None
    stopped_by: str = ""
    is_void: bool = False
    shut: list[tuple[datetime, datetime]] = field(default_factory=list)

    @property
    def runs(self) -> bool:
        return self.stopped_at is None


def cycles_of(
    ticket: Ticket, policy: SlaPolicy, spans: Sequence[StateSpan], now: datetime
) -> list[Cycle]:
    """Every cycle up to `now`, of all metrics, whether the policy has a target or not."""
    story = _Story(policy, ticket.created_at)
    story.begin(by_agent=ticket.created_by is Role.AGENT)
    for occurrence in _in_order(ticket, spans, now):
        if isinstance(occurrence, Message):
            story.hear(occurrence)
        else:
            story.enter(occurrence)
    merged_at = ticket.closed_at or ticket.updated_at
    if ticket.merged_into is not None and merged_at <= now:
        story.void(merged_at, "merged into another ticket")
    return story.cycles


@dataclass(slots=True)
class _Story:
    """Reads what happened, in order, and starts and stops cycles by the table."""

    policy: SlaPolicy
    created_at: datetime
    cycles: list[Cycle] = field(default_factory=list)
    by_agent: bool = False
    closed_at: datetime | None = None
    answered_closed_at: datetime | None = None
    was_opened: bool = False
    was_paused: bool = False
    is_gone: bool = False

    def begin(self, *, by_agent: bool) -> None:
        self.by_agent = by_agent
        who = "an agent" if by_agent else "the customer"
        if not by_agent:
            self._start(Metric.FIRST_RESPONSE, self.created_at, f"created by {who}")
        self._start(Metric.PERIODIC_UPDATE, self.created_at, f"created by {who}")
        self._start(Metric.RESOLUTION, self.created_at, f"created by {who}")

    def hear(self, message: Message) -> None:
        """A message: only people count, and only in public."""
        if self.is_gone or not message.by_human:
            return
        if message.kind is MessageKind.CUSTOMER and not self.closed_at:
            self._hear_customer(message.created_at)
        elif message.kind is MessageKind.AGENT and (
            message.channel in self.policy.counts_as_response
        ):
            self._hear_answer(message.created_at)

    def _hear_customer(self, at: datetime) -> None:
        if at - self.created_at < OPENING:
            self.was_opened = True
            return
        first = self._latest(Metric.FIRST_RESPONSE)
        if not (self.was_opened and first and first.runs):
            self._start(Metric.NEXT_RESPONSE, at, "the customer wrote")

    def _hear_answer(self, at: datetime) -> None:
        if self.closed_at:
            self.answered_closed_at = at
            return
        if self.by_agent and at - self.created_at < OPENING:
            return  # the message the agent opened the ticket with
        why = "an agent answered"
        self._stop(Metric.FIRST_RESPONSE, at, why)
        self._stop(Metric.NEXT_RESPONSE, at, why)
        if self._stop(Metric.PERIODIC_UPDATE, at, why):
            self._start(Metric.PERIODIC_UPDATE, at, why)

    def enter(self, span: StateSpan) -> None:
        """A state began."""
        if span.type in {StateType.MERGED, StateType.REMOVED}:
            self.void(span.start, f"the ticket was {span.type}")
        elif span.type.is_closed:
            self._close(span.start)
        elif self.closed_at:
            self._reopen(span.start)
        paused = self.policy.pauses(span.name, span.type)
        if self.was_paused and not paused and not self.closed_at:
            self._thaw(span.start)
        self.was_paused = paused

    def void(self, at: datetime, why: str) -> None:
        for cycle in self.cycles:
            if cycle.runs:
                cycle.stopped_at, cycle.stopped_by, cycle.is_void = at, why, True
        self.is_gone = True

    def _close(self, at: datetime) -> None:
        if self.closed_at or self.is_gone:
            return
        self.closed_at = at
        for cycle in self.cycles:
            if cycle.runs:
                cycle.stopped_at, cycle.stopped_by = at, "the ticket was closed"
                cycle.is_void = cycle.metric is Metric.FIRST_RESPONSE

    def _reopen(self, at: datetime) -> None:
        if self.is_gone or self.closed_at is None:
            return
        closed_at, self.closed_at = self.closed_at, None
        why = "the ticket was reopened"
        answered_at = self.answered_closed_at
        if answered_at is None or at - answered_at > SAME_SAVE:
            self._start(Metric.NEXT_RESPONSE, at, why)
        self._start(Metric.PERIODIC_UPDATE, at, why)
        resolution = self._latest(Metric.RESOLUTION)
        if resolution and at - closed_at <= self.policy.reopen_window:
            resolution.stopped_at, resolution.stopped_by = None, ""
            resolution.shut.append((closed_at, at))
        else:
            self._start(Metric.RESOLUTION, at, why)

    def _thaw(self, at: datetime) -> None:
        latest = self._latest(Metric.PERIODIC_UPDATE)
        if latest is None or not latest.runs or at - latest.started_at <= SAME_SAVE:
            return
        why = "the pause ended"
        self._stop(Metric.PERIODIC_UPDATE, at, why)
        latest.is_void = True
        self._start(Metric.PERIODIC_UPDATE, at, why)

    def _latest(self, metric: Metric) -> Cycle | None:
        return next((cycle for cycle in reversed(self.cycles) if cycle.metric is metric), None)

    def _start(self, metric: Metric, at: datetime, why: str) -> None:
        latest = self._latest(metric)
        if latest and latest.runs:
            return
        if latest and latest.started_at.replace(microsecond=0) == at.replace(microsecond=0):
            # Two cycles that begin in one second would have one name; it is one that goes on.
            latest.stopped_at, latest.stopped_by, latest.is_void = None, "", False
            return
        self.cycles.append(Cycle(metric, latest.number + 1 if latest else 1, at, why))

    def _stop(self, metric: Metric, at: datetime, why: str) -> bool:
        latest = self._latest(metric)
        if latest is None or not latest.runs:
            return False
        latest.stopped_at, latest.stopped_by = max(at, latest.started_at), why
        return True


def _in_order(
    ticket: Ticket, spans: Sequence[StateSpan], now: datetime
) -> Iterator[Message | StateSpan]:
    told: list[tuple[datetime, Message | StateSpan]] = [
        (message.created_at - SAME_SAVE, message)
        for message in ticket.messages
        if message.created_at <= now
    ]
    told += [(span.start, span) for span in spans]
    return (one for _, one in sorted(told, key=lambda pair: pair[0]))
