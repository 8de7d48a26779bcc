"""Everything Zammad said about one ticket, in one shape, whichever way it was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from connectors.shapes import integer, integers, mapping, rows, texts
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import TryAgain

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A ticket with its papers. Records are Zammad's own, keyed by id."""

    ticket: Record
    articles: Sequence[Record]
    tags: frozenset[str] = frozenset()
    links: Sequence[Record] = ()
    users: Mapping[int, Record] = field(default_factory=dict)
    groups: Mapping[int, Record] = field(default_factory=dict)
    organizations: Mapping[int, Record] = field(default_factory=dict)
    roles: Mapping[int, Record] = field(default_factory=dict)
    tickets: Mapping[int, Record] = field(default_factory=dict)


def by_id(records: object) -> dict[int, Record]:
    """Index `{"7": {…}}` or `[{"id": 7, …}]` by id."""
    if isinstance(records, dict):
        pairs = ((integer(key), record) for key, record in records.items())
        return {key: mapping(record) for key, record in pairs if key is not None}
    return {key: row for row in rows(records) if (key := integer(row.get("id"))) is not None}


def from_all(answer: Record) -> Dossier | None:
    """Read `GET /tickets/{id}?all=true`; None when the answer has another shape.

    Merged and linked tickets are in the assets too: only the ticket's own articles count.
    """
    assets = mapping(answer.get("assets"))
    ticket_id = integer(answer.get("ticket_id"))
    ticket = by_id(assets.get("Ticket")).get(ticket_id or 0)
    article_ids = answer.get("ticket_article_ids")
    if not ticket or not isinstance(article_ids, list):
        return None
    articles = by_id(assets.get("TicketArticle"))
    wanted = integers(article_ids)
    if any(number not in articles for number in wanted):
        return None
    return Dossier(
        ticket=ticket,
        articles=[articles[number] for number in sorted(set(wanted))],
        tags=frozenset(texts(answer.get("tags"))),
        links=rows(answer.get("links")),
        users=by_id(assets.get("User")),
        groups=by_id(assets.get("Group")),
        organizations=by_id(assets.get("Organization")),
        roles=by_id(assets.get("Role")),
        tickets=by_id(assets.get("Ticket")),
    )


def from_parts(
    ticket: Record, articles: Sequence[Record], tags: object, users: Mapping[int, Record]
) -> Dossier:
    """Read the three expanded answers that older or patched versions still give."""
    if integer(ticket.get("id")) is None:
        raise TryAgain("the ticket in Zammad's answer has no id")
    known = {number: row for row in articles if (number := integer(row.get("id"))) is not None}
    return Dossier(
        ticket=ticket,
        articles=[known[number] for number in sorted(known)],
        tags=frozenset(texts(mapping(tags).get("tags"))),
        users=users,
    )
