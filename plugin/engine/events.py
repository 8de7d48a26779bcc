"""What happened to a ticket since it was last seen, told from the difference.

A delivery only says *look*. The host's history is used where it was read; else what was seen before
is compared with what is there now. What Deskladder itself wrote is never news, and neither is an
automatic message.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from plugin.domain.dataclass import dataclass
from plugin.domain.memory import Memory, Seen
from plugin.domain.plan import Event
from plugin.domain.ticket import Message, MessageKind, StateType, Ticket
from plugin.engine.changes import Tags, Transition, observed_states, tags_changed, transitions_of

_CREATED = "ticket.created"
_REPLIED = {
    MessageKind.CUSTOMER: ("customer.replied", "the customer wrote"),
    MessageKind.AGENT: ("agent.replied", "an agent answered"),
    MessageKind.NOTE: ("note.added", "somebody wrote a note"),
}
# A host writes one change in several rows, milliseconds apart.
_TOGETHER = timedelta(seconds=5)
_ROUNDING = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class News:
    """The events, in order, and the memory that has taken them in."""

    events: tuple[Event, ...]
    memory: Memory


def events_of(ticket: Ticket, memory: Memory, now: datetime) -> tuple[Event, ...]:
    """What happened since the last look, oldest first; see `news_of`."""
    return news_of(ticket, memory, now).events


def news_of(ticket: Ticket, memory: Memory, now: datetime) -> News:
    """Compare the ticket with what was last seen of it.

    A ticket never seen before is news when it was created since Deskladder was installed. An older
    one is taken as it is: only messages written since then are events. Several deliveries
    waiting for one look give all their events in that look. A read older than the last one (a host
    with a copy that lags behind) is no news.
    """
    if memory.seen is not None and ticket.updated_at < memory.seen.updated_at:
        return News((), memory)
    states = transitions_of("state", ticket, memory)
    groups = transitions_of("group", ticket, memory)
    owners = transitions_of("owner", ticket, memory)
    priorities = transitions_of("priority", ticket, memory)
    tags = tags_changed(ticket, memory)
    created = [*_creation(ticket, memory)]
    events = [*_messages(ticket, memory)]
    # Most looks find a message and nothing else.
    changes = (*states, *groups, *owners, *priorities)
    if changes:
        events += _states(states)
        events += [Event("ticket.moved", one.at, one.why) for one in groups]
        events += [Event("ticket.assigned", one.at, one.why) for one in owners if one.after]
    if tags.added:
        events.append(_tagging(ticket, tags))
    if events or changes or tags.removed or _touched(ticket, memory.seen):
        events.append(Event("ticket.updated", ticket.updated_at, "somebody changed the ticket"))
    events.sort(key=lambda event: event.at)
    reopenings = sum(event.name == "ticket.reopened" for event in events) if states else 0
    human = next((one for one in reversed(priorities) if one.by_human), None)
    return News(
        (*created, *events),
        memory.with_changes(
            seen=_seen(ticket, memory),
            first_seen_at=memory.first_seen_at or now,
            looked_at=now,
            closed_at=_closed_at(ticket, memory, states),
            cycle=memory.cycle + reopenings,
            reopened=memory.reopened + reopenings,
            handoffs=memory.handoffs + (_handoffs(groups, owners) if changes else 0),
            human_priority=ticket.priority if human else memory.human_priority,
            noticed=_noticed(memory, now, events, changes),
            observed=observed_states(ticket, memory),
        ),
    )


def is_news(ticket: Ticket, memory: Memory) -> bool:
    """True for a ticket that was never seen and is younger than this installation."""
    return memory.seen is None and ticket.created_at >= memory.installed_at


def _creation(ticket: Ticket, memory: Memory) -> Iterator[Event]:
    if not is_news(ticket, memory) or _is_merged(ticket):
        return
    first = ticket.messages[0] if ticket.messages else None
    if first is None or first.by_human:
        message_id = first.id if first else None
        yield Event(_CREATED, ticket.created_at, "the ticket was created", message_id)


def _messages(ticket: Ticket, memory: Memory) -> Iterator[Event]:
    for message in _new_messages(ticket, memory):
        if message.by_human and message.id not in memory.elsewhere:
            name, why = _REPLIED[message.kind]
            yield Event(name, message.created_at, why, message.id)


def _is_merged(ticket: Ticket) -> bool:
    """True for what is left of a ticket whose messages stand in another: no word in it is a person's."""
    return ticket.state.type is StateType.MERGED


def _new_messages(ticket: Ticket, memory: Memory) -> tuple[Message, ...]:
    if _is_merged(ticket):
        return ()
    if memory.seen is not None:
        return tuple(one for one in ticket.messages if not memory.seen.has(one))
    if is_news(ticket, memory):
        return ticket.messages[1:]
    return tuple(one for one in ticket.messages if one.created_at >= memory.installed_at)


def _states(states: tuple[Transition, ...]) -> Iterator[Event]:
    for one in states:
        if one.closes:
            yield Event("ticket.closed", one.at, one.why)
        elif one.reopens:
            yield Event("ticket.reopened", one.at, one.why)


def _tagging(ticket: Ticket, tags: Tags) -> Event:
    names = ", ".join(sorted(tags.added))
    return Event("ticket.tagged", ticket.updated_at, f"tagged {names}")


def _touched(ticket: Ticket, seen: Seen | None) -> bool:
    """A human changed something no other event tells about, such as a custom field."""
    if seen is None or ticket.touched_at is None or ticket.updated_at == seen.updated_at:
        return False
    return ticket.touched_at > seen.updated_at + _ROUNDING


def _seen(ticket: Ticket, memory: Memory) -> Seen:
    """What is remembered. A deleted message stays known, and what a merge leaves never raises the
    watermark: the ticket that lives on asks by it which of its new messages were taken in here.
    """
    seen, before = Seen.of(ticket), memory.seen
    if before is None and not _is_merged(ticket):
        return seen
    known, recent = (before.message_id, before.recent) if before else (0, ())
    if not _is_merged(ticket):
        if known <= seen.message_id and recent == seen.recent[: len(recent)]:
            return seen
        known, recent = max(known, seen.message_id), seen.and_before(recent)
    return Seen(
        message_id=known,
        state=seen.state,
        state_type=seen.state_type,
        group_id=seen.group_id,
        owner_id=seen.owner_id,
        priority=seen.priority,
        tags=seen.tags,
        updated_at=seen.updated_at,
        recent=recent,
    )


def _closed_at(ticket: Ticket, memory: Memory, states: tuple[Transition, ...]) -> datetime | None:
    closings = [one.at for one in states if one.closes]
    if ticket.is_closed:
        known = ticket.closed_at or max(closings, default=None) or memory.closed_at
        return known or ticket.updated_at
    instants = [memory.closed_at, ticket.closed_at, *closings]
    return max((at for at in instants if at is not None), default=None)


def _noticed(
    memory: Memory, now: datetime, events: list[Event], changes: tuple[Transition, ...]
) -> dict[str, datetime]:
    done = {change.what for change in changes if change.by_human}
    if any(event.name == "agent.replied" for event in events):
        done.add("answer")
    return {**memory.noticed, **dict.fromkeys(done, now)} if done else dict(memory.noticed)


def _handoffs(groups: tuple[Transition, ...], owners: tuple[Transition, ...]) -> int:
    """How often people passed the ticket on; a new owner in a new group is one handoff."""
    moves = [one.at for one in groups if one.by_human]
    passed = [
        one
        for one in owners
        if one.by_human
        and one.before
        and one.after
        and not any(abs(one.at - at) <= _TOGETHER for at in moves)
    ]
    return len(moves) + len(passed)
