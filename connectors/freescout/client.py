"""FreeScout as the engine sees it: the port `Helpdesk`, spoken over the API & Webhooks module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connectors.freescout import listing, loads, words
from connectors.freescout.directory import Directory
from connectors.freescout.merging import Merges
from connectors.freescout.people import person
from connectors.freescout.refusals import judge
from connectors.freescout.words import Record
from connectors.freescout.writing import Writing
from connectors.http import Api, Health
from connectors.naming import find_named
from connectors.remembered import Remembered
from connectors.shapes import instant, integer, mapping, needed_integer, text
from plugin.domain.errors import Refused
from plugin.domain.helpdesk import Ability, Glimpse, Need, Whoami
from plugin.domain.settings import HelpdeskSettings
from plugin.domain.ticket import (
    Agent,
    EarlierTicket,
    Group,
    Person,
    Priority,
    Role,
    State,
    Ticket,
)

_OVERLAP = timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 2, tzinfo=UTC)
_OPEN = ("active", "pending")


class FreeScoutHelpdesk:
    """One FreeScout. Shared by all threads; opens no connection before its first call."""

    def __init__(self, settings: HelpdeskSettings) -> None:
        self.name = settings.name
        self.type = "freescout"
        self._api = Api(
            settings,
            base_path="/api",
            headers={"X-FreeScout-API-Key": settings.token.reveal()},
            judge=judge,
        )
        self._directory = Directory(self._api, settings)
        self._writing = Writing(self._api, self._directory, settings, self._fresh)
        self._merges = Merges(self._api)
        self._whoami = Remembered(self._ask_who_we_are, 60.0)
        self._url = str(settings.options.get("public_url") or settings.url).rstrip("/")

    def whoami(self) -> Whoami:
        """Check address and key, find our user, probe the modules; kept for a minute."""
        return self._whoami.get()

    def _ask_who_we_are(self) -> Whoami:
        self._directory.forget()
        missing = dict(self._directory.missing())
        return Whoami(
            person=person(self._directory.me(), Role.AGENT),
            version="",
            abilities=frozenset(Ability) - frozenset(missing),
            missing=missing,
            priorities=self._directory.priorities(),
        )

    def health(self) -> Health:
        """How the connection does right now."""
        return self._api.health()

    def read(self, ticket_id: int, needs: frozenset[Need] = frozenset()) -> Ticket:
        """Read the conversation with threads and tags; the history is in the threads, at no cost."""
        conversation = self._fresh(ticket_id)
        ticket = words.ticket(
            conversation,
            self._directory.book(integer(conversation.get("mailboxId"))),
            self.name,
            self._url,
            customer=self._directory.customer(mapping(conversation.get("customer"))),
            history=Need.HISTORY in needs,
        )
        if merged := self._merges.absorbed(conversation):
            ticket = replace(ticket, absorbed=merged)
        if Need.CUSTOMER_TICKETS in needs:
            earlier = self.customer_tickets(ticket.customer, _EPOCH)
            ticket = replace(ticket, customer_tickets=tuple(earlier))
        return ticket

    def changed_since(self, since: datetime) -> Iterable[Glimpse]:
        """Conversations changed at or after `since` less five minutes, with their tags.

        Tags and custom fields move no date: the sweep finds those.
        """
        found = listing.since(self._api, "updatedAt", since - _OVERLAP, {"embed": "tags"})
        return self._glimpses(found)

    def sweep(self) -> Iterable[Glimpse]:
        """All active and pending conversations, with their tags."""
        params = {"embed": "tags", "status": ",".join(_OPEN)}
        found = listing.since(self._api, "createdAt", _EPOCH, params)
        return self._glimpses(row for row in found if row.get("status") in _OPEN)

    def customer_tickets(self, customer: Person, since: datetime) -> Sequence[EarlierTicket]:
        """The customer's conversations; those deleted or merged away are not among them."""
        if customer.id is None:
            return []
        found = listing.since(self._api, "createdAt", since, {"customerId": customer.id})
        return [
            self._earlier(row)
            for row in found
            if integer(mapping(row.get("customer")).get("id")) == customer.id
            and row.get("status") != "spam"
            and (instant(row.get("createdAt")) or _EPOCH) >= since
        ]

    def groups(self) -> Sequence[Group]:
        """The mailboxes, by name."""
        return self._directory.groups()

    def agents(self, group: Group | None = None) -> Sequence[Agent]:
        """The users who can open the mailbox, with the absences the configuration lists."""
        return self._directory.agents(group.id if group else None)

    def states(self) -> Sequence[State]:
        """FreeScout's four statuses."""
        return words.STATES

    def find_agent(self, who: str) -> Agent | None:
        """Find an agent by e-mail address."""
        return find_named(who, self._directory.agents(None), lambda agent: agent.person.email)

    def open_tickets(self, agents: Sequence[Agent]) -> Mapping[int, int]:
        """Active conversations by their assignee's id."""
        owners = [agent.person.id for agent in agents if agent.person.id is not None]
        return loads.open_tickets(self._api, owners)

    def add_tags(self, ticket: Ticket, tags: Sequence[str]) -> None:
        """Add what is missing, keeping what agents have set; needs the Tags module."""
        self._writing.change_tags(ticket, tags, [])

    def remove_tags(self, ticket: Ticket, tags: Sequence[str]) -> None:
        """Remove what is there, keeping the rest; needs the Tags module."""
        self._writing.change_tags(ticket, [], tags)

    def set_priority(self, ticket: Ticket, priority: Priority) -> None:
        """Set the tag or the custom field that stands for the priority (`options["priority"]`)."""
        self._writing.set_priority(ticket, priority)

    def set_group(self, ticket: Ticket, group: str) -> None:
        """Move the conversation; FreeScout drops an assignee without access there."""
        self._writing.set_group(ticket, group)

    def set_owner(self, ticket: Ticket, agent: Agent | None) -> None:
        """Assign or unassign; FreeScout mails the new assignee and cannot be told not to."""
        self._writing.set_owner(ticket, agent)

    def set_state(self, ticket: Ticket, state: str, pending_until: datetime | None = None) -> None:
        """Set the status. FreeScout has no reminder: a time is refused."""
        if pending_until is not None:
            raise Refused("FreeScout cannot keep a conversation pending until a time; leave it out")
        self._writing.set_state(ticket, state)

    def set_field(self, ticket: Ticket, name: str, value: str) -> None:
        """Set a custom field by name; needs the Custom Fields module."""
        self._writing.set_field(ticket, name, value)

    def add_note(self, ticket: Ticket, html: str, mark: str) -> int:
        """Post a note as our user, without mails to agents."""
        return self._writing.add_note(ticket, html, mark)

    def add_reply(self, ticket: Ticket, html: str, mark: str) -> int:
        """Mail the customer as our user; FreeScout waits 15 s, then sends."""
        return self._writing.add_reply(ticket, html, mark)

    def find_mark(self, ticket_id: int, mark: str) -> int | None:
        """Look through the threads we wrote."""
        me = self._directory.my_id()
        for thread in reversed(words.threads(self._fresh(ticket_id))):
            if words.mark_of(thread, me) == mark:
                return needed_integer(thread, "id")
        return None

    def subscribe(self, ticket: Ticket, agent: Agent) -> None:
        """Not in FreeScout's API: always refused, saying so."""
        raise Refused(
            f"FreeScout has no followers in its API, so {agent.person.name or 'nobody'} was not "
            f"subscribed to {ticket.number}; use a note or notify instead"
        )

    def close(self) -> None:
        """Give back connections."""
        self._api.close()

    def _fresh(self, ticket_id: int) -> Record:
        """Read a conversation; `embed=tags` alone would switch the threads off."""
        params = {"embed": "threads,tags"}
        conversation = self._api.get(f"/conversations/{ticket_id}", params).object()
        words.check_published(conversation)
        return conversation

    def _glimpses(self, found: Iterable[Record]) -> Iterator[Glimpse]:
        for row in found:
            number, at = integer(row.get("id")), instant(row.get("updatedAt"))
            if number is not None and at is not None:
                yield Glimpse(number, at, words.tags(row))

    def _earlier(self, row: Record) -> EarlierTicket:
        number = needed_integer(row, "id")
        return EarlierTicket(
            id=number,
            number=text(row.get("number")),
            created_at=instant(row.get("createdAt")) or _EPOCH,
            url=f"{self._url}/conversation/{number}",
            owner_id=integer(mapping(row.get("assignee")).get("id")),
        )
