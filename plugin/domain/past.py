"""A ticket's past as far as its host tells it, and the port that reads it and can write nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Protocol

from plugin.domain.dataclass import dataclass
from plugin.domain.helpdesk import Ability, Glimpse
from plugin.domain.ticket import Agent, EarlierTicket, Group, Person, Priority, State, Ticket


@dataclass(frozen=True, slots=True)
class TagChange:
    """A tag that was added or taken away. `by` is None when the host does not say who did it."""

    at: datetime
    tag: str
    added: bool
    by: Person | None = None
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """The ticket as it is now with all its messages and history, and what else can be told.

    `ticket.history` is None where the history is closed to us. `tagging` is None for a host that
    keeps no history of tags. `priorities` says what the host's names of priorities in the history
    mean. `ticket.customer_tickets` is as of now, too.
    """

    ticket: Ticket
    tagging: tuple[TagChange, ...] | None = None
    priorities: Mapping[str, Priority] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Staff:
    """Who may own what, as it is now: no host tells what it was. `agents` is by group id.

    `missing` says what the host cannot do, with the remedy in words.
    """

    groups: tuple[Group, ...] = ()
    agents: Mapping[int, tuple[Agent, ...]] = field(default_factory=dict)
    states: tuple[State, ...] = ()
    me: Person | None = None
    missing: Mapping[Ability, str] = field(default_factory=dict)


class PastReader(Protocol):
    """A helpdesk that is only read. There is no method here that changes anything.

    Every method raises `TryAgain` or `Refused` (`TicketGone` for a ticket that is not there any more).
    """

    name: str
    type: str

    def changed_since(self, since: datetime) -> Iterable[Glimpse]:
        """List tickets changed at or after `since`, oldest change first, each once."""
        ...

    def open_now(self) -> Iterable[Glimpse]:
        """List the tickets that are not closed."""
        ...

    def read_past(self, ticket_id: int) -> Past:
        """Read a ticket with its messages and its history."""
        ...

    def customer_tickets(self, customer: Person) -> Sequence[EarlierTicket]:
        """List all of this customer's tickets, oldest first."""
        ...

    def staff(self) -> Staff:
        """Read groups, agents and states."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
