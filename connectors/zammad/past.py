"""Zammad's tickets with their whole past, over an API that can only read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.reading import ReadingApi
from connectors.shapes import instant, integer, mapping, needed_integer, rows, text
from connectors.zammad import history, listing, people, words
from connectors.zammad.directory import Directory
from connectors.zammad.dossier import Dossier, Record, from_all, from_parts
from connectors.zammad.refusals import judge
from plugin.domain.errors import Refused
from plugin.domain.helpdesk import Glimpse
from plugin.domain.past import Past, Staff
from plugin.domain.settings import HelpdeskSettings
from plugin.domain.ticket import EarlierTicket, Person, Priority, Role, StateType

_EPOCH = datetime(1970, 1, 2, tzinfo=UTC)
_OVERLAP = timedelta(minutes=2)


class ZammadPast:
    """One Zammad's past. Two calls a ticket: the ticket with its articles, and its history."""

    def __init__(self, settings: HelpdeskSettings, rate: float) -> None:
        self.name = settings.name
        self.type = "zammad"
        self._api = ReadingApi(
            settings,
            base_path="/api/v1",
            headers={"Authorization": f"Token token={settings.token.reveal()}"},
            judge=judge,
            searches=frozenset({"/tickets/search"}),
            rate=rate,
        )
        self._directory = Directory(self._api, settings)
        self._url = str(settings.options.get("public_url") or settings.url).rstrip("/")

    def changed_since(self, since: datetime) -> Iterator[Glimpse]:
        """Tickets changed at or after `since` less two minutes."""
        return _glimpses(listing.since(self._api, "updated_at", since - _OVERLAP))

    def open_now(self) -> Iterator[Glimpse]:
        """All tickets in a state that is not closed, merged or removed."""
        open_ids = self._directory.open_state_ids()
        condition = {"ticket.state_id": {"operator": "is", "value": [str(n) for n in open_ids]}}
        found = listing.since(self._api, "created_at", _EPOCH, condition)
        return _glimpses(row for row in found if integer(row.get("state_id")) in open_ids)

    def read_past(self, ticket_id: int) -> Past:
        """Read a ticket and its history; without the right to the history only the ticket."""
        dossier = self._dossier(ticket_id)
        self._directory.learn(dossier)
        book = self._directory.book(
            state_id=integer(dossier.ticket.get("state_id")),
            priority_id=integer(dossier.ticket.get("priority_id")),
        )
        ticket = words.ticket(dossier, book, self.name, self._url)
        try:
            answer = self._api.get(f"/ticket_history/{ticket_id}").object()
        except Refused:
            return Past(ticket)
        ticket = replace(
            ticket,
            history=history.changes(answer, book),
            touched_at=history.touched_at(answer, book),
        )
        return Past(ticket, history.tagging(answer, book), priorities_of(answer, book))

    def customer_tickets(self, customer: Person) -> Sequence[EarlierTicket]:
        """The customer's tickets without those merged away or removed."""
        if customer.id is None:
            return []
        condition = {
            "ticket.customer_id": {
                "operator": "is",
                "pre_condition": "specific",
                "value": [str(customer.id)],
            }
        }
        states = self._directory.book().states
        gone = {n for n, one in states.items() if one.type in {StateType.MERGED, StateType.REMOVED}}
        return [
            self._earlier(row)
            for row in listing.since(self._api, "created_at", _EPOCH, condition)
            if integer(row.get("customer_id")) == customer.id
            and integer(row.get("state_id")) not in gone
        ]

    def staff(self) -> Staff:
        """Groups, and who has full access to each."""
        groups = tuple(self._directory.groups())
        return Staff(
            groups=groups,
            agents={group.id: tuple(self._directory.agents(group.id)) for group in groups},
            states=tuple(self._directory.states()),
            me=people.person(self._directory.me(), Role.AGENT),
        )

    def close(self) -> None:
        """Give back connections."""
        self._api.close()

    def _dossier(self, ticket_id: int) -> Dossier:
        answer = self._api.get(f"/tickets/{ticket_id}", {"all": "true"}).object()
        return from_all(answer) or self._dossier_in_parts(ticket_id)

    def _dossier_in_parts(self, ticket_id: int) -> Dossier:
        record = self._api.get(f"/tickets/{ticket_id}", {"expand": "true"}).object()
        articles = self._api.get(f"/ticket_articles/by_ticket/{ticket_id}", {"expand": "true"})
        tags = self._api.get("/tags", {"object": "Ticket", "o_id": ticket_id}).object()
        users: dict[int, Mapping[str, Any]] = {}
        if customer_id := integer(record.get("customer_id")):
            users[customer_id] = self._api.get(f"/users/{customer_id}", {"expand": "true"}).object()
        return from_parts(record, articles.list(), tags, users)

    def _earlier(self, row: Record) -> EarlierTicket:
        number, owner = needed_integer(row, "id"), integer(row.get("owner_id"))
        return EarlierTicket(
            id=number,
            number=text(row.get("number")),
            created_at=instant(row.get("created_at")) or _EPOCH,
            url=f"{self._url}/#ticket/zoom/{number}",
            owner_id=None if owner == people.NOBODY else owner,
        )


def _glimpses(found: Iterable[Record]) -> Iterator[Glimpse]:
    for row in found:
        number, at = integer(row.get("id")), instant(row.get("updated_at"))
        if number is not None and at is not None:
            yield Glimpse(number, at)


def priorities_of(answer: Record, book: words.Book) -> dict[str, Priority]:
    """What the names of priorities in a history mean: the rows tell the ids beside them."""
    found: dict[str, Priority] = {}
    for row in rows(mapping(answer).get("history")):
        if row.get("attribute") != "priority":
            continue
        for side in ("from", "to"):
            meant = book.priorities.get(integer(row.get(f"id_{side}")) or 0)
            name = text(row.get(f"value_{side}"))
            if meant is not None and name:
                found[name] = meant
    return found
