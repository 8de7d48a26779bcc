"""What a replay works with: where the past comes from, a ticket under way, and who listens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import datetime
from typing import Protocol

from plugin.domain.dataclass import dataclass
from plugin.domain.memory import ActionRecord, Memory
from plugin.domain.past import Past, Staff
from plugin.domain.plan import Plan, PlannedAction
from plugin.domain.ticket import Ticket, TicketRef
from plugin.history.doing import Held
from plugin.history.rewinding import Effects, Timeline


class Source(Protocol):
    """Where the past of one helpdesk comes from."""

    def moments(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, int]]:
        """Every instant at which something happened on any ticket, oldest first."""
        ...

    def last_moments(self, until: datetime) -> Mapping[int, datetime]:
        """For each ticket, when the last thing up to `until` happened."""
        ...

    def past(self, ticket_id: int) -> Past:
        """One ticket's past."""
        ...

    def staff(self) -> Staff:
        """Groups, agents and states."""
        ...


@dataclass(slots=True)
class Live:
    """A ticket on which something may still happen.

    `records` are its actions by key. `timer_at` is when its first timer is due, `echo_at` when our
    own writes come back as a webhook.
    """

    ref: TicketRef
    customer: str
    memory: Memory
    effects: Effects = field(default_factory=Effects)
    records: dict[str, ActionRecord] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    timer_at: datetime | None = None
    echo_at: datetime | None = None
    wakes_at: datetime | None = None

    def note(self, record: ActionRecord) -> None:
        """Keep what became of an action."""
        self.records[record.key] = record


class Watcher(Protocol):
    """Hears what happens in a replay. `Unheard` is one that does not care."""

    def decided(self, live: Live, timeline: Timeline, ticket: Ticket, plan: Plan) -> None:
        """A look was taken; `live.memory` is still that before it."""
        ...

    def did(self, live: Live, action: PlannedAction, record: ActionRecord, at: datetime) -> None:
        """An action came to its end: done, skipped, refused, dropped, or never to be done."""
        ...

    def held(self, live: Live, action: PlannedAction, why: str, at: datetime) -> None:
        """An action has to wait: for a person who works on the ticket, or for the budget."""
        ...

    def left(self, live: Live, timeline: Timeline, ticket: Ticket) -> None:
        """Nothing more happens on a ticket; `ticket` is as it is at the end of the period."""
        ...

    def failed(self, ref: TicketRef) -> None:
        """A ticket could not be replayed, which is a bug; it is left out from here on."""
        ...


class Unheard:
    """A watcher that does not care."""

    def decided(self, live: Live, timeline: Timeline, ticket: Ticket, plan: Plan) -> None:
        """Nothing."""

    def did(self, live: Live, action: PlannedAction, record: ActionRecord, at: datetime) -> None:
        """Nothing."""

    def held(self, live: Live, action: PlannedAction, why: str, at: datetime) -> None:
        """Nothing."""

    def left(self, live: Live, timeline: Timeline, ticket: Ticket) -> None:
        """Nothing."""

    def failed(self, ref: TicketRef) -> None:
        """Nothing."""
