"""FreeScout's conversations with their past, over an API that can only read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from connectors.freescout import listing, words
from connectors.freescout.directory import Directory
from connectors.freescout.people import person
from connectors.freescout.refusals import judge
from connectors.reading import ReadingApi
from connectors.shapes import instant, integer, mapping, needed_integer, text
from plugin.domain.helpdesk import Glimpse
from plugin.domain.past import Past, Staff
from plugin.domain.settings import HelpdeskSettings
from plugin.domain.ticket import EarlierTicket, Person, Role

_EPOCH = datetime(1970, 1, 2, tzinfo=UTC)
_OVERLAP = timedelta(minutes=5)
_OPEN = ("active", "pending")


class FreeScoutPast:
    """One FreeScout's past. One call a conversation, one a customer.

    The threads tell states, owners and moves; nothing tells how tags and fields were.
    """

    def __init__(self, settings: HelpdeskSettings, rate: float) -> None:
        self.name = settings.name
        self.type = "freescout"
        self._api = ReadingApi(
            settings,
            base_path="/api",
            headers={"X-FreeScout-API-Key": settings.token.reveal()},
            judge=judge,
            rate=rate,
        )
        self._directory = Directory(self._api, settings)
        self._url = str(settings.options.get("public_url") or settings.url).rstrip("/")

    def changed_since(self, since: datetime) -> Iterator[Glimpse]:
        """Published conversations changed at or after `since` less five minutes."""
        return _glimpses(listing.since(self._api, "updatedAt", since - _OVERLAP))

    def open_now(self) -> Iterator[Glimpse]:
        """All active and pending conversations."""
        found = listing.since(self._api, "createdAt", _EPOCH, {"status": ",".join(_OPEN)})
        return _glimpses(row for row in found if row.get("status") in _OPEN)

    def read_past(self, ticket_id: int) -> Past:
        """Read a conversation with its threads, which are its history."""
        params = {"embed": "threads,tags"}
        conversation = self._api.get(f"/conversations/{ticket_id}", params).object()
        words.check_published(conversation)
        return Past(
            words.ticket(
                conversation,
                self._directory.book(integer(conversation.get("mailboxId"))),
                self.name,
                self._url,
                customer=self._directory.customer(mapping(conversation.get("customer"))),
                history=True,
            )
        )

    def customer_tickets(self, customer: Person) -> Sequence[EarlierTicket]:
        """The customer's conversations without spam."""
        if customer.id is None:
            return []
        found = listing.since(self._api, "createdAt", _EPOCH, {"customerId": customer.id})
        return [
            EarlierTicket(
                id=(number := needed_integer(row, "id")),
                number=text(row.get("number")),
                created_at=instant(row.get("createdAt")) or _EPOCH,
                url=f"{self._url}/conversation/{number}",
                owner_id=integer(mapping(row.get("assignee")).get("id")),
            )
            for row in found
            if integer(mapping(row.get("customer")).get("id")) == customer.id
            and row.get("status") != "spam"
        ]

    def staff(self) -> Staff:
        """Mailboxes, and who can open each."""
        groups = tuple(self._directory.groups())
        return Staff(
            groups=groups,
            agents={group.id: tuple(self._directory.agents(group.id)) for group in groups},
            states=words.STATES,
            me=person(self._directory.me(), Role.AGENT),
            missing=dict(self._directory.missing()),
        )

    def close(self) -> None:
        """Give back connections."""
        self._api.close()


def _glimpses(found: Iterable[words.Record]) -> Iterator[Glimpse]:
    for row in found:
        number, at = integer(row.get("id")), instant(row.get("updatedAt"))
        if number is not None and at is not None:
            yield Glimpse(number, at)
