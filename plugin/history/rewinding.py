"""A ticket as it was at any instant: what a read would have answered then.

Messages are those written so far; state, group, owner, priority and tags are wound back by the host's
history. What the host keeps no history of (subject, custom fields, the customer, on FreeScout tags) is as
it is today. `Effects` are changes of our own, which never happened, laid over what did.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from functools import cached_property
from zlib import crc32

from plugin.domain.dataclass import dataclass
from plugin.domain.past import Past, Staff, TagChange
from plugin.domain.ticket import (
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
)

TOGETHER = timedelta(seconds=2)
"""A host writes one change in several rows; what lies closer together is seen in one look."""

NOWHERE = "a group that is not told"
"""The name of a group FreeScout does not tell: where a conversation was before it was moved."""


@dataclass(slots=True)
class Effects:
    """What we would have changed, in the order of time."""

    changes: list[Change] = field(default_factory=list)
    tagging: list[TagChange] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    wrote_at: datetime | None = None
    """When we last would have written anything, a note included: it moves `updated_at`."""


class Timeline:
    """One ticket's past, ready to be looked at from any instant.

    With `ours` what Deskladder itself did is there; without it is left out, as if it had never been
    installed. `own_tags` (folded) are those nobody but Deskladder sets: where no history tells who set
    a tag, they are left out, too.
    """

    def __init__(
        self,
        past: Past,
        staff: Staff,
        *,
        ours: bool = False,
        own_tags: frozenset[str] = frozenset(),
    ) -> None:
        ticket = past.ticket
        self.past = past
        self.ours = ours
        self._staff = staff
        self.messages = tuple(one for one in ticket.messages if ours or not one.ours)
        rows = ticket.history or ()
        self._by_what: dict[str, list[Change]] = {}
        for row in rows:
            self._by_what.setdefault(row.what, []).append(row)
        known = (row for row in rows if ours or not row.ours)
        self.changes = tuple(sorted(known, key=lambda row: row.at))
        self._changed_at = [row.at for row in self.changes]
        self._said_at = [one.created_at for one in self.messages]
        self._is_said_in_order = self._said_at == sorted(self._said_at)
        self._fixed = {name: getattr(ticket, name) for name in _FIXED}
        self.tagging = tuple(one for one in past.tagging or () if ours or not one.ours)
        self._first_tags = _first_tags(ticket.tags, past.tagging or ())
        if past.tagging is None and not ours:
            self._first_tags = frozenset(
                tag for tag in self._first_tags if tag.casefold() not in own_tags
            )
        self._touches = sorted(_touches(self))

    @cached_property
    def instants(self) -> tuple[datetime, ...]:
        """When somebody else did something, oldest first; what happened together is one."""
        return together(self._happenings(ours=False))

    def _happenings(self, *, ours: bool) -> Iterator[datetime]:
        ticket = self.past.ticket
        yield ticket.created_at
        yield from (one.created_at for one in self.messages if ours or not one.ours)
        yield from (one.at for one in self.changes if ours or not one.ours)
        yield from (one.at for one in self.tagging if ours or not one.ours)
        if ticket.history is None and ticket.closed_at is not None:
            yield ticket.closed_at

    @cached_property
    def _moments(self) -> list[datetime]:
        return sorted(self._happenings(ours=True))

    def at(self, at: datetime, effects: Effects | None = None) -> Ticket | None:
        """The ticket as a read at this instant would have found it; None before it was created."""
        now = self.past.ticket
        if at < now.created_at:
            return None
        own = effects or _NONE
        changes = self._changes_until(at, own)
        state, since = self._state(at, changes)
        closed_at = since if state.type.is_closed else None
        # Half of a replay's looks would be spent in `replace`.
        return Ticket(
            **self._fixed,
            state=state,
            priority=self._priority(changes),
            group=self._group(changes),
            owner=self._owner(changes),
            tags=self._tags(at, own),
            fields={**now.fields, **own.fields} if own.fields else now.fields,
            messages=self._said_until(at, own),
            updated_at=self._updated_at(at, own),
            closed_at=closed_at,
            pending_until=now.pending_until if self._is_last_state(state, changes) else None,
            history=tuple(changes) if now.history is not None else None,
            customer_tickets=_opened_until(now, at),
            touched_at=self._touched_at(at),
            kept={
                metric: kept
                for metric, kept in now.kept.items()
                if metric not in now.deadlines or now.deadlines[metric] <= at
            },
            merged_into=now.merged_into if state.type is StateType.MERGED else None,
        )

    def _said_until(self, at: datetime, own: Effects) -> tuple[Message, ...]:
        """What was said. Who answered while we would have given the ticket to somebody is that one."""
        if self._is_said_in_order:
            said = self.messages[: bisect_right(self._said_at, at)]
        else:
            said = tuple(one for one in self.messages if one.created_at <= at)
        given = [row for row in own.changes if row.what == "owner"]
        if not given:
            return said
        owners = sorted(
            (*given, *(row for row in self.changes if row.what == "owner")),
            key=lambda row: row.at,
        )
        return tuple(self._as_given(message, owners) for message in said)

    def _as_given(self, message: Message, owners: Sequence[Change]) -> Message:
        if message.kind is not MessageKind.AGENT or not message.by_human:
            return message
        before = [row for row in owners if row.at < message.created_at]
        if not before or not before[-1].ours:
            return message
        owner = self._people.get(before[-1].after)
        return message if owner is None else replace(message, author=owner)

    # Fields ---------------------------------------------------------------------------------

    def _changes_until(self, at: datetime, own: Effects) -> list[Change]:
        found = list(self.changes[: bisect_right(self._changed_at, at)])
        if own.changes:
            found += [row for row in own.changes if row.at <= at]
            found.sort(key=lambda row: row.at)
        return found

    def _value(self, what: str, changes: Sequence[Change]) -> tuple[str, datetime] | None:
        """The value by the history, and since when; None where the history says nothing of it."""
        for row in reversed(changes):
            if row.what == what:
                return row.after, row.at
        rows = self._by_what.get(what)
        return (rows[0].before, self.past.ticket.created_at) if rows else None

    def _state(self, at: datetime, changes: Sequence[Change]) -> tuple[State, datetime]:
        now = self.past.ticket
        found = self._value("state", changes)
        if found is not None:
            return self.state(found[0] or StateType.NEW.value), found[1]
        if now.history is None and now.closed_at is not None and at < now.closed_at:
            return State(StateType.OPEN.value, StateType.OPEN), now.created_at
        return now.state, now.closed_at or now.created_at

    def state(self, name: str) -> State:
        """The state of this name, with what it means."""
        now = self.past.ticket
        if name == now.state.name:
            return now.state
        if name in now.states:
            return State(name, now.states[name])
        try:
            return State(name, StateType(name.casefold()))
        except ValueError:
            return State(name, StateType.OTHER)

    def _is_last_state(self, state: State, changes: Sequence[Change]) -> bool:
        """True when the state of then is the one of today: only then is its end known."""
        rows = [row for row in self.changes if row.what == "state"]
        seen = sum(row.what == "state" for row in changes)
        return seen >= len(rows) and state == self.past.ticket.state

    def _priority(self, changes: Sequence[Change]) -> Priority | None:
        found = self._value("priority", changes)
        if found is None:
            return self.past.ticket.priority
        name = found[0]
        if name in self.past.priorities:
            return self.past.priorities[name]
        return _PRIORITIES.get(name, self.past.ticket.priority)

    def _group(self, changes: Sequence[Change]) -> Group:
        found = self._value("group", changes)
        return self.past.ticket.group if found is None else self.group(found[0])

    def group(self, name: str) -> Group:
        """The group of this name; one that is gone today gets a number of its own, below zero."""
        if not name:
            return Group(0, NOWHERE)
        if name == self.past.ticket.group.name:
            return self.past.ticket.group
        for group in self._staff.groups:
            if group.name == name:
                return group
        return Group(-crc32(name.encode()), name)

    def _owner(self, changes: Sequence[Change]) -> Person | None:
        found = self._value("owner", changes)
        if found is None:
            return self.past.ticket.owner
        return self._people.get(found[0]) or _somebody(found[0])

    @cached_property
    def _people(self) -> Mapping[str, Person]:
        ticket = self.past.ticket
        known: dict[str, Person] = {}
        agents = [one.person for agents in self._staff.agents.values() for one in agents]
        others = [
            *(row.by for row in ticket.history or ()),
            *(message.author for message in ticket.messages),
            ticket.owner,
        ]
        # As the ticket itself shows them, where it does: a list may tell more of a person.
        for person in (*others, *agents):
            if person is not None and person.id is not None and person.role is Role.AGENT:
                known.setdefault(str(person.id), person)
        return known

    def _tags(self, at: datetime, own: Effects) -> frozenset[str]:
        events: Iterable[TagChange] = self.tagging
        if own.tagging:
            events = sorted((*self.tagging, *own.tagging), key=lambda one: one.at)
        return _after(self._first_tags, (one for one in events if one.at <= at))

    def _updated_at(self, at: datetime, own: Effects) -> datetime:
        place = bisect_right(self._moments, at)
        found = self._moments[place - 1] if place else self.past.ticket.created_at
        return max(found, own.wrote_at) if own.wrote_at else found

    def _touched_at(self, at: datetime) -> datetime | None:
        place = bisect_right(self._touches, at)
        return self._touches[place - 1] if place else None


_NONE = Effects()
_FIXED = (
    "ref",
    "number",
    "url",
    "subject",
    "customer",
    "channel",
    "created_at",
    "language",
    "created_by",
    "extra",
    "states",
    "deadlines",
    "absorbed",
    "priority_tags",
)
"""What is as it is today, whenever it is looked at."""
_PRIORITIES = {priority.word: priority for priority in Priority}


def together(instants: Iterable[datetime]) -> tuple[datetime, ...]:
    """The last instant of each run of instants that lie within `TOGETHER` of its first."""
    found: list[datetime] = []
    begins_at: datetime | None = None
    for at in sorted(instants):
        if begins_at is not None and at - begins_at <= TOGETHER:
            found[-1] = at
        else:
            found.append(at)
            begins_at = at
    return tuple(found)


def _first_tags(today: frozenset[str], tagging: Sequence[TagChange]) -> frozenset[str]:
    """The tags at the creation: today's, every change undone."""
    tags = set(today)
    for one in reversed(tagging):
        (tags.discard if one.added else tags.add)(one.tag)
    return frozenset(tags)


def _after(tags: frozenset[str], events: Iterable[TagChange]) -> frozenset[str]:
    found: set[str] | None = None
    for one in events:
        found = set(tags) if found is None else found
        (found.add if one.added else found.discard)(one.tag)
    return tags if found is None else frozenset(found)


def _touches(timeline: Timeline) -> Iterator[datetime]:
    """When a human agent did something."""
    ticket = timeline.past.ticket
    if ticket.created_by is Role.AGENT:
        yield ticket.created_at
    for message in timeline.messages:
        is_agent = message.author.role is Role.AGENT and message.kind is not MessageKind.CUSTOMER
        if message.by_human and is_agent:
            yield message.created_at
    done = [(row.at, row.by) for row in timeline.changes if not row.ours]
    done += [(one.at, one.by) for one in timeline.tagging if not one.ours]
    yield from (at for at, by in done if by is not None and by.role is Role.AGENT)


def _opened_until(ticket: Ticket, at: datetime) -> tuple[EarlierTicket, ...] | None:
    if ticket.customer_tickets is None:
        return None
    return tuple(one for one in ticket.customer_tickets if one.created_at <= at)


def _somebody(number: str) -> Person | None:
    """Somebody who is no agent any more."""
    return Person(int(number), Role.AGENT) if number.isdecimal() else None
