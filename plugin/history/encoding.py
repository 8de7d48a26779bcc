"""A past as plain JSON data and back: for the file of a download and for `export`.

People are written once in a list and named by their place in it. Instants are ISO 8601 in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

from plugin.domain.helpdesk import Ability
from plugin.domain.past import Past, Staff, TagChange
from plugin.domain.ticket import (
    Absence,
    Agent,
    Change,
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
    TicketRef,
)

VERSION = 1
_PERSON = tuple(one.name for one in fields(Person) if one.name != "role")


class _People:
    """The people of one past, each once."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []
        self._places: dict[Person, int] = {}

    def place(self, person: Person | None) -> int | None:
        if person is None:
            return None
        if person not in self._places:
            self._places[person] = len(self.rows)
            self.rows.append(_person_as_json(person))
        return self._places[person]


def past_as_json(past: Past) -> dict[str, Any]:
    """Everything of a past; what is empty or as usual is left out."""
    ticket, people = past.ticket, _People()
    content = {
        "version": VERSION,
        "helpdesk": ticket.ref.helpdesk,
        "id": ticket.ref.id,
        "number": ticket.number,
        "url": ticket.url,
        "subject": ticket.subject,
        "state": [ticket.state.name, ticket.state.type.value],
        "priority": ticket.priority,
        "group": [ticket.group.id, ticket.group.name],
        "owner": people.place(ticket.owner),
        "customer": people.place(ticket.customer),
        "channel": ticket.channel,
        "created_at": _text(ticket.created_at),
        "updated_at": _text(ticket.updated_at),
        "tags": sorted(ticket.tags),
        "fields": dict(ticket.fields),
        "messages": [_message_as_json(one, people) for one in ticket.messages],
        "closed_at": _text(ticket.closed_at),
        "pending_until": _text(ticket.pending_until),
        "history": None
        if ticket.history is None
        else [
            [_text(row.at), row.what, row.before, row.after, people.place(row.by), row.ours]
            for row in ticket.history
        ],
        "customer_tickets": earlier_as_json(ticket.customer_tickets),
        "touched_at": _text(ticket.touched_at),
        "language": ticket.language,
        "created_by": ticket.created_by.value,
        "merged_into": ticket.merged_into,
        "states": {name: kind.value for name, kind in ticket.states.items()},
        "deadlines": {metric: _text(at) for metric, at in ticket.deadlines.items()},
        "kept": dict(ticket.kept),
        "tagging": None
        if past.tagging is None
        else [
            [_text(one.at), one.tag, one.added, people.place(one.by), one.ours]
            for one in past.tagging
        ],
        "priorities": dict(past.priorities),
        "people": people.rows,
    }
    return {key: value for key, value in content.items() if value not in (None, {}, [])} | {
        key: [] for key in ("history", "tagging") if content[key] == []
    }


def past_from_json(content: Mapping[str, Any]) -> Past:
    """What `past_as_json` wrote. Raises `ValueError`, `KeyError` or `TypeError` for anything else."""
    if content.get("version") != VERSION:
        raise ValueError(f"expected version {VERSION} of a history, got {content.get('version')!r}")
    people = [_person(row) for row in content.get("people", ())]

    def person(place: int | None) -> Person | None:
        return None if place is None else people[place]

    history, tagging = content.get("history"), content.get("tagging")
    ticket = Ticket(
        ref=TicketRef(content["helpdesk"], content["id"]),
        number=content["number"],
        url=content.get("url", ""),
        subject=content.get("subject", ""),
        state=State(content["state"][0], StateType(content["state"][1])),
        priority=_priority(content.get("priority")),
        group=Group(*content["group"]),
        owner=person(content.get("owner")),
        customer=people[content["customer"]],
        channel=content["channel"],
        created_at=_at(content["created_at"]),
        updated_at=_at(content["updated_at"]),
        tags=frozenset(content.get("tags", ())),
        fields=content.get("fields", {}),
        messages=tuple(_message(row, people) for row in content.get("messages", ())),
        closed_at=_maybe_at(content.get("closed_at")),
        pending_until=_maybe_at(content.get("pending_until")),
        history=None
        if history is None
        else tuple(
            Change(_at(at), what, before, after, person(by), ours)
            for at, what, before, after, by, ours in history
        ),
        customer_tickets=earlier_from_json(content.get("customer_tickets")),
        touched_at=_maybe_at(content.get("touched_at")),
        language=content.get("language"),
        created_by=Role(content.get("created_by", Role.CUSTOMER.value)),
        merged_into=content.get("merged_into"),
        states={name: StateType(kind) for name, kind in content.get("states", {}).items()},
        deadlines={metric: _at(at) for metric, at in content.get("deadlines", {}).items()},
        kept=content.get("kept", {}),
    )
    return Past(
        ticket,
        tagging=None
        if tagging is None
        else tuple(
            TagChange(_at(at), tag, added, person(by), ours) for at, tag, added, by, ours in tagging
        ),
        priorities={name: Priority(n) for name, n in content.get("priorities", {}).items()},
    )


def staff_as_json(staff: Staff) -> dict[str, Any]:
    """Groups, agents and states."""
    return {
        "groups": [[one.id, one.name] for one in staff.groups],
        "states": [[one.name, one.type.value] for one in staff.states],
        "agents": {
            str(group): [_agent_as_json(one) for one in agents]
            for group, agents in staff.agents.items()
        },
        "me": _person_as_json(staff.me) if staff.me else None,
        "missing": {ability.value: remedy for ability, remedy in staff.missing.items()},
    }


def staff_from_json(content: Mapping[str, Any]) -> Staff:
    """What `staff_as_json` wrote."""
    return Staff(
        groups=tuple(Group(*row) for row in content["groups"]),
        agents={
            int(group): tuple(_agent(row) for row in rows)
            for group, rows in content["agents"].items()
        },
        states=tuple(State(name, StateType(kind)) for name, kind in content["states"]),
        me=_person(content["me"]) if content.get("me") else None,
        missing={Ability(word): remedy for word, remedy in content.get("missing", {}).items()},
    )


def earlier_as_json(tickets: tuple[EarlierTicket, ...] | None) -> list[list[object]] | None:
    """A customer's tickets."""
    if tickets is None:
        return None
    return [[one.id, one.number, _text(one.created_at), one.url, one.owner_id] for one in tickets]


def earlier_from_json(rows: list[list[Any]] | None) -> tuple[EarlierTicket, ...] | None:
    """What `earlier_as_json` wrote."""
    if rows is None:
        return None
    return tuple(
        EarlierTicket(number, name, _at(at), url, owner) for number, name, at, url, owner in rows
    )


def _message_as_json(message: Message, people: _People) -> dict[str, object]:
    content = {
        "id": message.id,
        "kind": message.kind.value,
        "author": people.place(message.author),
        "at": _text(message.created_at),
        "text": message.text,
        "subject": message.subject,
        "channel": message.channel,
        "automatic": message.automatic,
        "ours": message.ours,
        "mark": message.mark,
    }
    kept = _told(content)
    if message.fresh is not None:
        # Nearly always the whole text: written once. An empty one is not an unknown one.
        kept["fresh"] = True if message.fresh == message.text else message.fresh
    return kept


def _message(content: Mapping[str, Any], people: list[Person]) -> Message:
    text, fresh = content.get("text", ""), content.get("fresh")
    return Message(
        id=content["id"],
        kind=MessageKind(content["kind"]),
        author=people[content["author"]],
        created_at=_at(content["at"]),
        text=text,
        subject=content.get("subject", ""),
        channel=content.get("channel", ""),
        automatic=content.get("automatic"),
        ours=content.get("ours", False),
        mark=content.get("mark"),
        fresh=text if fresh is True else fresh,
    )


def _person_as_json(person: Person) -> dict[str, object]:
    values = {name: getattr(person, name) for name in _PERSON}
    return {"role": person.role.value, **_told(values)}


def _told(content: Mapping[str, object]) -> dict[str, object]:
    """Without what is empty; the number 0 is not."""
    return {
        key: value
        for key, value in content.items()
        if value is not None and value is not False and value != ""
    }


def _person(content: Mapping[str, Any]) -> Person:
    known = {name: content[name] for name in _PERSON if name in content}
    return Person(**({"id": None} | known), role=Role(content["role"]))


def _agent_as_json(agent: Agent) -> dict[str, object]:
    away = agent.absence
    return {
        "person": _person_as_json(agent.person),
        "active": agent.active,
        "absence": away
        and [away.first_day.isoformat(), away.last_day.isoformat(), away.replacement_id],
    }


def _agent(content: Mapping[str, Any]) -> Agent:
    away = content.get("absence")
    absence = away and Absence(date.fromisoformat(away[0]), date.fromisoformat(away[1]), away[2])
    return Agent(_person(content["person"]), content["active"], absence or None)


def _priority(number: int | None) -> Priority | None:
    return None if number is None else Priority(number)


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()


def _at(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"expected an instant with a zone, got {text!r}")
    return at


def _maybe_at(text: str | None) -> datetime | None:
    return None if text is None else _at(text)
