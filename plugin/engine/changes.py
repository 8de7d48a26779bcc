"""How a ticket's state, group, owner, priority and tags changed, without what we ourselves wrote."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from plugin.domain.dataclass import dataclass
from plugin.domain.memory import ActionRecord, Memory, Seen
from plugin.domain.ticket import Change, Role, Ticket

_OBSERVED = 50
_CLOSED_NAMES = frozenset({"closed", "merged", "removed", "spam", "deleted"})


@dataclass(frozen=True, slots=True)
class Transition:
    """One change by somebody else. `before` and `after` are as in `Change`, "" when not known."""

    what: str
    before: str
    after: str
    at: datetime
    by_human: bool = True
    closes: bool = False
    reopens: bool = False

    @property
    def why(self) -> str:
        """The change in words."""
        if self.closes:
            return "the ticket was closed"
        if self.reopens:
            return "the ticket was opened again"
        return {
            "group": "the ticket was moved to another group",
            "owner": "the ticket got an owner" if self.after else "the owner was removed",
            "priority": "the priority was changed",
        }.get(self.what, "the state was changed")


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags somebody else added and removed."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()


_NO_TAGS = Tags()


def transitions_of(what: str, ticket: Ticket, memory: Memory) -> tuple[Transition, ...]:
    """The changes of `state`, `group`, `owner` or `priority` since the last look, oldest first.

    For a ticket never seen, those since it was created, or since we were installed when it is older:
    as far as the host's history tells.
    """
    if ticket.history is not None:
        rows = _news(what, ticket, memory)
        if rows:
            return tuple(_transition(row, ticket, memory.seen) for row in rows if not row.ours)
    if memory.seen is None:
        return _closed_since(ticket, memory) if what == "state" else ()
    return _difference(what, ticket, memory, memory.seen)


def observed_states(ticket: Ticket, memory: Memory) -> tuple[Change, ...]:
    """Every change of state we saw ourselves, for a ticket whose history cannot be read.

    Ours included: what we set is a state like any other.
    """
    seen = memory.seen
    if ticket.history is not None or seen is None or seen.state == ticket.state.name:
        return memory.observed
    closed_at = ticket.closed_at if ticket.is_closed else None
    at = max(closed_at or ticket.updated_at, seen.updated_at)
    change = Change(at, "state", seen.state, ticket.state.name)
    return (*memory.observed, change)[-_OBSERVED:]


def tags_changed(ticket: Ticket, memory: Memory) -> Tags:
    """Tags added and removed since the last look by somebody else."""
    seen = memory.seen
    if seen is None or seen.tags == ticket.tags:
        return _NO_TAGS
    ours_added = _written(memory, "tags")
    ours_removed = _written(memory, "untagged")
    if ticket.priority_tags and _written(memory, "priority"):
        # Where tags stand for priorities we set and took them with ours.
        ours_added |= ticket.priority_tags
        ours_removed |= ticket.priority_tags
    return Tags(
        frozenset(tag for tag in ticket.tags - seen.tags if tag.lower() not in ours_added),
        frozenset(tag for tag in seen.tags - ticket.tags if tag.lower() not in ours_removed),
    )


def _news(what: str, ticket: Ticket, memory: Memory) -> list[Change]:
    """The rows of the history that are news, ours included."""
    seen = memory.seen
    since = seen.updated_at if seen else max(memory.installed_at, ticket.created_at)
    rows = [row for row in ticket.history or () if row.what == what and row.at > since]
    if seen is None or not rows:
        return rows
    known = {"state": seen.state, "owner": _text(seen.owner_id)}.get(what)
    if known is None:
        # Without the name that was seen, one row alone that leaves all as it was seen is old.
        return [] if len(rows) == 1 and _now(what, ticket) == _then(what, seen) else rows
    # A host may date its rows a little after the ticket itself: rows seen before are old.
    for index, row in enumerate(rows):
        if row.before == known:
            return rows[index:]
    return [] if rows[-1].after == known else rows


def _transition(row: Change, ticket: Ticket, seen: Seen | None) -> Transition:
    was_closed = row.what == "state" and _is_closed(row.before, ticket, seen)
    is_closed = row.what == "state" and _is_closed(row.after, ticket, seen)
    return Transition(
        what=row.what,
        before=row.before,
        after=row.after,
        at=row.at,
        by_human=row.by is None or row.by.role is not Role.SYSTEM,
        closes=is_closed and not was_closed,
        reopens=was_closed and not is_closed,
    )


def _is_closed(name: str, ticket: Ticket, seen: Seen | None) -> bool:
    """A history has only names: those of the states at hand are known, the usual ones guessed."""
    if name == ticket.state.name:
        return ticket.is_closed
    if seen is not None and name == seen.state:
        return seen.state_type.is_closed
    return name.lower() in _CLOSED_NAMES


def _closed_since(ticket: Ticket, memory: Memory) -> tuple[Transition, ...]:
    since = max(memory.installed_at, ticket.created_at)
    if not ticket.is_closed or ticket.closed_at is None or ticket.closed_at <= since:
        return ()
    return (Transition("state", "", ticket.state.name, ticket.closed_at, closes=True),)


def _difference(what: str, ticket: Ticket, memory: Memory, seen: Seen) -> tuple[Transition, ...]:
    before, after = _then(what, seen), _now(what, ticket)
    if before == after:
        return _closed_in_between(ticket, seen) if what == "state" else ()
    if after.lower() in _written(memory, what):
        return ()
    was_closed, is_closed = seen.state_type.is_closed, ticket.is_closed
    return (
        Transition(
            what,
            before,
            after,
            ticket.updated_at,
            closes=what == "state" and is_closed and not was_closed,
            reopens=what == "state" and was_closed and not is_closed,
        ),
    )


def _closed_in_between(ticket: Ticket, seen: Seen) -> tuple[Transition, ...]:
    """Closed and opened again between two looks: only the instant of closing tells."""
    closed_at = ticket.closed_at
    if closed_at is None or closed_at <= seen.updated_at:
        return ()
    if ticket.is_closed or seen.state_type.is_closed:
        return ()
    return (
        Transition("state", seen.state, "", closed_at, closes=True),
        Transition("state", "", ticket.state.name, ticket.updated_at, reopens=True),
    )


def _written(memory: Memory, what: str) -> frozenset[str]:
    """The values we wrote to a field since the last look, lower case."""
    return frozenset(
        value.lower()
        for action in memory.actions
        if _is_fresh(action, memory)
        for value in _texts(action.wrote.get(what))
    )


def _is_fresh(action: ActionRecord, memory: Memory) -> bool:
    if action.done_at is None or memory.looked_at is None:
        return True
    return action.done_at >= memory.looked_at


def _texts(value: object) -> Iterable[str]:
    if value is None:
        return ()
    if isinstance(value, list | tuple | set | frozenset):
        return [str(one) for one in value]
    return (str(value),)


def _then(what: str, seen: Seen) -> str:
    return {
        "state": seen.state,
        "group": str(seen.group_id),
        "owner": _text(seen.owner_id),
        "priority": seen.priority.word if seen.priority else "",
    }[what]


def _now(what: str, ticket: Ticket) -> str:
    return {
        "state": ticket.state.name,
        "group": str(ticket.group.id),
        "owner": _text(ticket.owner.id if ticket.owner else None),
        "priority": ticket.priority.word if ticket.priority else "",
    }[what]


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
