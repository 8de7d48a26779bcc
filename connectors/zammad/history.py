"""Zammad's history of a ticket: changes of state, group, owner, priority and tags, and who touched it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from connectors.shapes import instant, integer, mapping, rows, text
from connectors.zammad.dossier import Record, by_id
from connectors.zammad.people import NOBODY, is_agent, person
from connectors.zammad.words import Book
from plugin.domain.past import TagChange
from plugin.domain.ticket import Change, Person, Role

_WATCHED = frozenset({"state", "group", "owner", "priority"})
# Derived columns (deadlines, contact times) are booked to whoever stood in `updated_by`, even when
# our System article caused them: they say nothing about who touched the ticket.
_TOUCHED_BY_HAND = _WATCHED | {"title", "customer", "pending_time", "tag"}


def changes(answer: Record, book: Book) -> tuple[Change, ...]:
    """Read `GET /ticket_history/{id}`, oldest first."""
    people = _People(answer, book)
    found: list[Change] = []
    for row in _ordered(answer):
        what, at = text(row.get("attribute")), instant(row.get("created_at"))
        if row.get("type") != "updated" or what not in _WATCHED or at is None:
            continue
        by = integer(row.get("created_by_id"))
        found.append(
            Change(
                at=at,
                what=what,
                before=_value(row, what, "from"),
                after=_value(row, what, "to"),
                by=people.person(by),
                ours=by == book.me,
            )
        )
    return tuple(found)


def tagging(answer: Record, book: Book) -> tuple[TagChange, ...]:
    """Every tag added and removed, oldest first; a tag's row says so by its type."""
    people = _People(answer, book)
    found: list[TagChange] = []
    for row in _ordered(answer):
        at, added = instant(row.get("created_at")), row.get("type") == "added"
        name = text(row.get("value_to" if added else "value_from")) or text(row.get("value_to"))
        if text(row.get("attribute")) != "tag" or not name or at is None:
            continue
        by = integer(row.get("created_by_id"))
        found.append(TagChange(at, name, added, people.person(by), ours=by == book.me))
    return tuple(found)


def touched_at(answer: Record, book: Book) -> datetime | None:
    """When a human agent last changed something by hand; None when nobody did."""
    people = _People(answer, book)
    latest: datetime | None = None
    for row in _ordered(answer):
        at = instant(row.get("created_at"))
        by_hand = row.get("type") == "created" or text(row.get("attribute")) in _TOUCHED_BY_HAND
        if at and by_hand and people.is_human_agent(integer(row.get("created_by_id"))):
            latest = max(latest, at) if latest else at
    return latest


class _People:
    """The users an answer names."""

    def __init__(self, answer: Record, book: Book) -> None:
        assets = mapping(answer.get("assets"))
        self._users: Mapping[int, Record] = by_id(assets.get("User"))
        self._roles: Mapping[int, Record] = by_id(assets.get("Role"))
        self._me = book.me

    def is_human_agent(self, number: int | None) -> bool:
        user = self._users.get(number or 0)
        if user is None or number in {NOBODY, self._me}:
            return False
        return is_agent(user, self._roles)

    def person(self, number: int | None) -> Person | None:
        if number is None:
            return None
        user = self._users.get(number)
        if number == NOBODY or user is None:
            role = Role.SYSTEM if number == NOBODY else Role.AGENT
            return Person(number, role)
        return person(user, Role.AGENT if is_agent(user, self._roles) else Role.CUSTOMER)


def _ordered(answer: Record) -> Iterator[Record]:
    """The ticket's own rows and those of its articles, in the order they were written."""
    yield from sorted(rows(answer.get("history")), key=lambda row: integer(row.get("id")) or 0)


def _value(row: Record, what: str, side: str) -> str:
    if what != "owner":
        return text(row.get(f"value_{side}"))
    owner = integer(row.get(f"id_{side}"))
    return "" if owner in {None, NOBODY} else str(owner)
