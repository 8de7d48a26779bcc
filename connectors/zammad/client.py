"""Zammad as the engine sees it: the port `Helpdesk`, spoken over its REST API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.http import Api, Health
from connectors.naming import find_named
from connectors.remembered import Remembered
from connectors.shapes import instant, integer, needed_integer, text
from connectors.zammad import history, listing, loads, people, words
from connectors.zammad.directory import Directory
from connectors.zammad.dossier import Dossier, from_all, from_parts
from connectors.zammad.refusals import judge
from connectors.zammad.writing import Writing
from plugin.domain.errors import Refused
from plugin.domain.helpdesk import Ability, Glimpse, Need, Whoami
from plugin.domain.settings import HelpdeskSettings
from plugin.domain.ticket import (
    Agent,
    EarlierTicket,
    Group,
    Message,
    MessageKind,
    Person,
    Priority,
    Role,
    State,
    StateType,
    Ticket,
)

if TYPE_CHECKING:
    from connectors.zammad.importing import Setup

_OVERLAP = timedelta(minutes=2)
_EPOCH = datetime(1970, 1, 2, tzinfo=UTC)
_SAME_MOMENT = timedelta(seconds=3)
_TO_WORK_ON = frozenset({StateType.NEW, StateType.OPEN})
_USER_COLUMNS = {Ability.VIP: "vip", Ability.ABSENCE: "out_of_office"}


class ZammadHelpdesk:
    """One Zammad. Shared by all threads; opens no connection before its first call."""

    def __init__(self, settings: HelpdeskSettings) -> None:
        self.name = settings.name
        self.type = "zammad"
        self._settings = settings
        self._api = Api(
            settings,
            base_path="/api/v1",
            headers={"Authorization": f"Token token={settings.token.reveal()}"},
            judge=judge,
        )
        self._directory = Directory(self._api, settings)
        self._writing = Writing(self._api, self._directory, settings)
        self._whoami = Remembered(self._ask_who_we_are, 60.0)
        self._url = str(settings.options.get("public_url") or settings.url).rstrip("/")

    def whoami(self) -> Whoami:
        """Check address and token; the answer is kept for a minute, a failure is not."""
        return self._whoami.get()

    def _ask_who_we_are(self) -> Whoami:
        self._directory.forget()
        me = self._directory.me()
        self._directory.book()  # refused without the permission ticket.agent
        missing = {
            ability: f"this Zammad's users have no {column!r}; update it"
            for ability, column in _USER_COLUMNS.items()
            if column not in me
        }
        return Whoami(
            person=people.person(me, Role.AGENT),
            version=self._version(),
            abilities=frozenset(Ability) - frozenset(missing),
            missing=missing,
        )

    def health(self) -> Health:
        """How the connection does right now."""
        return self._api.health()

    def read(self, ticket_id: int, needs: frozenset[Need] = frozenset()) -> Ticket:
        """Read the ticket, its articles and tags in one call where the version allows it."""
        dossier = self._dossier(ticket_id)
        self._directory.learn(dossier)
        book = self._directory.book(
            state_id=integer(dossier.ticket.get("state_id")),
            priority_id=integer(dossier.ticket.get("priority_id")),
        )
        ticket = words.ticket(dossier, book, self.name, self._url)
        ticket = self._with_history(ticket, dossier, book, wanted=Need.HISTORY in needs)
        if Need.CUSTOMER_TICKETS in needs:
            earlier = self.customer_tickets(ticket.customer, _EPOCH)
            ticket = replace(ticket, customer_tickets=tuple(earlier))
        return ticket

    def changed_since(self, since: datetime) -> Iterable[Glimpse]:
        """Tickets changed at or after `since` less two minutes. A tag moves `updated_at`, too."""
        return self._glimpses(listing.since(self._api, "updated_at", since - _OVERLAP))

    def sweep(self) -> Iterable[Glimpse]:
        """All tickets in a state that is not closed, merged or removed; without their tags."""
        open_ids = self._directory.open_state_ids()
        condition = {"ticket.state_id": {"operator": "is", "value": [str(n) for n in open_ids]}}
        found = listing.since(self._api, "created_at", _EPOCH, condition)
        return self._glimpses(row for row in found if integer(row.get("state_id")) in open_ids)

    def customer_tickets(self, customer: Person, since: datetime) -> Sequence[EarlierTicket]:
        """The customer's tickets the service user may see; merged ones are no contacts of their own."""
        if customer.id is None:
            return []
        condition = {
            "ticket.customer_id": {
                "operator": "is",
                "pre_condition": "specific",
                "value": [str(customer.id)],
            }
        }
        gone = self._gone_state_ids()
        return [
            self._earlier(row)
            for row in listing.since(self._api, "created_at", since, condition)
            if integer(row.get("customer_id")) == customer.id
            and integer(row.get("state_id")) not in gone
            and (instant(row.get("created_at")) or _EPOCH) >= since
        ]

    def groups(self) -> Sequence[Group]:
        """The groups, by name."""
        return self._directory.groups()

    def agents(self, group: Group | None = None) -> Sequence[Agent]:
        """Agents with full access to the group, the only ones Zammad takes for owners."""
        return self._directory.agents(group.id if group else None)

    def states(self) -> Sequence[State]:
        """The active states."""
        return self._directory.states()

    def find_agent(self, who: str) -> Agent | None:
        """Find an agent by e-mail address or login."""
        known = self._directory.agents(None)
        by_mail = find_named(who, known, lambda agent: agent.person.email)
        return by_mail or find_named(who, known, lambda agent: agent.person.login)

    def open_tickets(self, agents: Sequence[Agent]) -> Mapping[int, int]:
        """Tickets in a state of the types new and open, by their owner's id; those we may see."""
        owners = [agent.person.id for agent in agents if agent.person.id is not None]
        return loads.open_tickets(self._api, owners, self._directory.state_ids(_TO_WORK_ON))

    def setup(self) -> Setup:
        """Calendars and SLAs with what their ids mean; needs admin.calendar and admin.sla."""
        from connectors.zammad.administration import read_setup

        return read_setup(self._api)

    def add_tags(self, ticket: Ticket, tags: Sequence[str]) -> None:
        """Add what is missing; names are told apart by case."""
        self._writing.add_tags(ticket, tags)

    def remove_tags(self, ticket: Ticket, tags: Sequence[str]) -> None:
        """Remove what is there."""
        self._writing.remove_tags(ticket, tags)

    def set_priority(self, ticket: Ticket, priority: Priority) -> None:
        """Set the priority that stands for our word (`options["priorities"]`, else by name)."""
        self._writing.set_priority(ticket, priority)

    def set_group(self, ticket: Ticket, group: str) -> None:
        """Move the ticket; Zammad drops an owner without full access there."""
        self._writing.set_group(ticket, group)

    def set_owner(self, ticket: Ticket, agent: Agent | None) -> None:
        """Assign or unassign; raises `Refused` when Zammad answers 200 and set nobody."""
        self._writing.set_owner(ticket, agent)

    def set_state(self, ticket: Ticket, state: str, pending_until: datetime | None = None) -> None:
        """Set the state; a pending one needs `pending_until`, which Zammad cuts to the minute."""
        self._writing.set_state(ticket, state, pending_until)

    def set_field(self, ticket: Ticket, name: str, value: str) -> None:
        """Set a custom attribute by its internal name."""
        self._writing.set_field(ticket, name, value)

    def add_note(self, ticket: Ticket, html: str, mark: str) -> int:
        """Post an internal article."""
        return self._writing.add_note(ticket, html, mark)

    def add_reply(self, ticket: Ticket, html: str, mark: str) -> int:
        """Mail the customer, by default as System: Zammad's own clocks and state stay as they are."""
        return self._writing.add_reply(ticket, html, mark)

    def find_mark(self, ticket_id: int, mark: str) -> int | None:
        """Look through the articles we wrote."""
        answer = self._api.get(f"/ticket_articles/by_ticket/{ticket_id}")
        me = integer(self._directory.me().get("id"))
        for article in reversed(answer.list()):
            if words.mark_of(article) == mark and integer(article.get("created_by_id")) == me:
                return needed_integer(article, "id")
        return None

    def subscribe(self, ticket: Ticket, agent: Agent) -> None:
        """Make the agent get Zammad's own notifications of this ticket."""
        self._writing.subscribe(ticket, agent)

    def close(self) -> None:
        """Give back connections."""
        self._api.close()

    def _dossier(self, ticket_id: int) -> Dossier:
        answer = self._api.get(f"/tickets/{ticket_id}", {"all": "true"})
        return from_all(answer.object()) or self._dossier_in_parts(ticket_id)

    def _dossier_in_parts(self, ticket_id: int) -> Dossier:
        record = self._api.get(f"/tickets/{ticket_id}", {"expand": "true"}).object()
        articles = self._api.get(f"/ticket_articles/by_ticket/{ticket_id}", {"expand": "true"})
        tags = self._api.get("/tags", {"object": "Ticket", "o_id": ticket_id}).object()
        users: dict[int, Mapping[str, Any]] = {}
        if customer_id := integer(record.get("customer_id")):
            users[customer_id] = self._api.get(f"/users/{customer_id}", {"expand": "true"}).object()
        return from_parts(record, articles.list(), tags, users)

    def _with_history(
        self, ticket: Ticket, dossier: Dossier, book: words.Book, *, wanted: bool
    ) -> Ticket:
        """Add the history when it is wanted, and `touched_at`, for which it may be needed.

        A history that is closed to us stays None: the ticket is read all the same.

        `updated_by` with `updated_at` cannot tell a human's change from ours: tags and System
        articles move the instant and leave the name (seen on 5.5).
        """
        spoke_at = _last_word_of_an_agent(ticket.messages)
        if not wanted and not self._may_have_touched(ticket, dossier, book, spoke_at):
            return replace(ticket, touched_at=spoke_at)
        try:
            answer = self._api.get(f"/ticket_history/{ticket.ref.id}").object()
        except Refused:
            # Without the history any change by a human's name counts: rather wait than overrule.
            by = integer(dossier.ticket.get("updated_by_id"))
            by_human = by not in {book.me, people.NOBODY, ticket.customer.id}
            return replace(ticket, touched_at=ticket.updated_at if by_human else spoke_at)
        touched = (at for at in (spoke_at, history.touched_at(answer, book)) if at)
        return replace(
            ticket,
            history=history.changes(answer, book) if wanted else None,
            touched_at=max(touched, default=None),
        )

    def _may_have_touched(
        self, ticket: Ticket, dossier: Dossier, book: words.Book, spoke_at: datetime | None
    ) -> bool:
        """False when nobody but the customer can have touched it, or an agent's article is all.

        A customer's mail or our own note may hide what a human did a minute before: only the
        history tells, so it is read in every other case.
        """
        by = integer(dossier.ticket.get("updated_by_id"))
        if by not in {book.me, people.NOBODY, ticket.customer.id}:
            return spoke_at is None or ticket.updated_at - spoke_at > _SAME_MOMENT
        if ticket.created_by is Role.AGENT:
            return True
        return ticket.updated_at - ticket.created_at > _SAME_MOMENT

    def _glimpses(self, found: Iterable[Mapping[str, Any]]) -> Iterator[Glimpse]:
        for row in found:
            number, at = integer(row.get("id")), instant(row.get("updated_at"))
            if number is not None and at is not None:
                yield Glimpse(number, at)

    def _gone_state_ids(self) -> frozenset[int]:
        gone = {StateType.MERGED, StateType.REMOVED}
        states = self._directory.book().states
        return frozenset(number for number, state in states.items() if state.type in gone)

    def _earlier(self, row: Mapping[str, Any]) -> EarlierTicket:
        number = needed_integer(row, "id")
        return EarlierTicket(
            id=number,
            number=text(row.get("number")),
            created_at=instant(row.get("created_at")) or _EPOCH,
            url=f"{self._url}/#ticket/zoom/{number}",
            owner_id=_owner_id(row),
        )

    def _version(self) -> str:
        """The version, which 5.x and 6.x tell to administrators only."""
        try:
            return text(self._api.get("/version").object().get("version"))
        except Refused:
            return ""


def _owner_id(row: Mapping[str, Any]) -> int | None:
    owner = integer(row.get("owner_id"))
    return None if owner == people.NOBODY else owner


def _last_word_of_an_agent(messages: Sequence[Message]) -> datetime | None:
    """When a human agent last wrote something."""
    said = (
        message.created_at
        for message in messages
        if message.by_human
        and message.kind is not MessageKind.CUSTOMER
        and message.author.role is Role.AGENT
    )
    return max(said, default=None)
