"""The one port to a helpdesk, spoken in our words; each connector translates.

Every method raises `TryAgain` or `Refused` (`TicketGone` for a ticket that is not there any more)
and nothing else. Setters are idempotent: called with the value already in place they change nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Protocol

from plugin.domain.dataclass import dataclass
from plugin.domain.ticket import Agent, EarlierTicket, Group, Person, Priority, State, Ticket


class Need(enum.StrEnum):
    """Parts of a ticket that cost an extra call and are read only when a rule asks."""

    HISTORY = "history"
    CUSTOMER_TICKETS = "customer_tickets"


class Ability(enum.StrEnum):
    """What a host may or may not be able to do; a config that asks for more is refused."""

    TAG = "tag"
    PRIORITY = "priority"
    SUBSCRIBE = "subscribe"
    FIELD = "field"
    HISTORY = "history"
    ABSENCE = "absence"
    ORGANIZATION = "organization"
    VIP = "vip"


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A line of the changed-since listing: enough to tell whether a fresh look is due.

    `tags` is None when the listing does not show them.
    """

    ticket_id: int
    updated_at: datetime
    tags: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Whoami:
    """Who we are there. `abilities` was probed, not assumed; `missing` maps an absent ability to
    the remedy in words (`Tags module is not active: …`). `priorities` are those that can be set;
    None: all of them.
    """

    person: Person
    version: str
    abilities: frozenset[Ability]
    missing: dict[Ability, str] = field(default_factory=dict)
    priorities: frozenset[Priority] | None = None


class Helpdesk(Protocol):
    """A helpdesk as the engine sees it. One instance is shared by all threads."""

    name: str
    type: str

    def whoami(self) -> Whoami:
        """Check address and token, and probe what the host can do. The answer may be cached."""
        ...

    def read(self, ticket_id: int, needs: frozenset[Need] = frozenset()) -> Ticket:
        """Read the ticket with its messages and tags, and what `needs` names."""
        ...

    def changed_since(self, since: datetime) -> Iterable[Glimpse]:
        """List tickets changed at or after `since`, overlap included by the connector."""
        ...

    def sweep(self) -> Iterable[Glimpse]:
        """List all tickets that are not closed, with their tags where the host can show them."""
        ...

    def customer_tickets(self, customer: Person, since: datetime) -> Sequence[EarlierTicket]:
        """List this customer's tickets created at or after `since`, oldest first."""
        ...

    def groups(self) -> Sequence[Group]:
        """List the groups the service user can see."""
        ...

    def agents(self, group: Group | None = None) -> Sequence[Agent]:
        """List the people who may own tickets (of this group)."""
        ...

    def states(self) -> Sequence[State]:
        """List the states a ticket may have."""
        ...

    def find_agent(self, who: str) -> Agent | None:
        """Find an agent by e-mail address or login; None when there is none."""
        ...

    def open_tickets(self, agents: Sequence[Agent]) -> Mapping[int, int]:
        """Count the tickets each of these agents (by id) owns and still has to work on.

        Pending ones wait for somebody else and do not count; no group restricts it.
        """
        ...

    def add_tags(self, ticket: Ticket, tags: Sequence[str]) -> None: ...
    def remove_tags(self, ticket: Ticket, tags: Sequence[str]) -> None: ...
    def set_priority(self, ticket: Ticket, priority: Priority) -> None: ...

    def set_group(self, ticket: Ticket, group: str) -> None:
        """Move the ticket. The host may drop an owner who has no access there."""
        ...

    def set_owner(self, ticket: Ticket, agent: Agent | None) -> None:
        """Assign, or unassign with None. Raises `Refused` when the host silently kept another."""
        ...

    def set_state(
        self, ticket: Ticket, state: str, pending_until: datetime | None = None
    ) -> None: ...

    def set_field(self, ticket: Ticket, name: str, value: str) -> None: ...

    def add_note(self, ticket: Ticket, html: str, mark: str) -> int:
        """Post an internal note and return its message id. Never visible to the customer."""
        ...

    def add_reply(self, ticket: Ticket, html: str, mark: str) -> int:
        """Send a public reply to the ticket's customer and return its message id."""
        ...

    def find_mark(self, ticket_id: int, mark: str) -> int | None:
        """Look on the ticket for the message that carries `mark`; its id, or None."""
        ...

    def subscribe(self, ticket: Ticket, agent: Agent) -> None: ...

    def close(self) -> None:
        """Give back connections."""
        ...
