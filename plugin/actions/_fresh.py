"""What happened to the ticket between the plan and now, and who did it."""

from __future__ import annotations

from plugin.actions import Occasion, Outcome
from plugin.domain.memory import ActionRecord, ActionState, Memory
from plugin.domain.ticket import Agent, MessageKind, StateType
from plugin.domain.ticket import Ticket as _Ticket

_GONE = {
    StateType.MERGED: "the ticket was merged into another",
    StateType.REMOVED: "the ticket was removed",
    StateType.SPAM: "the ticket is spam",
}


def skip(why: str) -> Outcome:
    """Nothing was done, because of `why`."""
    return Outcome(detail=why, done=False)


_SO_ALREADY = "already so: "


def skip_as_so(what: str) -> Outcome:
    """Nothing was done, because it is so already: no news for the note `why`."""
    return skip(_SO_ALREADY + what)


def is_news(detail: str) -> bool:
    """False for what was left undone only because it was so already."""
    return not detail.startswith(_SO_ALREADY)


def reason_gone(ticket: _Ticket) -> str | None:
    """Why nothing should be written on the ticket at all; None when it may."""
    return _GONE.get(ticket.state.type)


def wrote_last(memory: Memory, key: str) -> object:
    """The last value our own finished actions left in a field; None when they never wrote it."""
    last = last_writer(memory, key)
    return None if last is None else last.wrote[key]


def last_writer(memory: Memory, key: str) -> ActionRecord | None:
    """Our own finished action that wrote a field last; None when none did."""
    done = [
        record
        for record in memory.actions
        if record.state is ActionState.DONE and key in record.wrote
    ]
    return max(
        done, key=lambda record: (record.done_at or record.planned_at, record.key), default=None
    )


def changed_by_other(occasion: Occasion, key: str, seen: str, current: str) -> bool:
    """True when a field is neither as the plan saw it nor as we left it ourselves.

    What the plan saw is forgotten once a later look has taken a person's change in: that look
    leaves word of it.
    """
    if noticed_since(occasion, key):
        return True
    if occasion.memory.seen is None or seen == current:
        return False
    return wrote_last(occasion.memory, key) != current


def noticed_since(occasion: Occasion, what: str) -> bool:
    """True when a look after the plan found that a person had done this (see `Memory.noticed`)."""
    noticed_at, planned_at = occasion.memory.noticed.get(what), occasion.planned_at
    return noticed_at is not None and planned_at is not None and noticed_at > planned_at


def owner_id(ticket: _Ticket) -> str:
    """The owner's id as text; empty without one."""
    return "" if ticket.owner is None or ticket.owner.id is None else str(ticket.owner.id)


def answered_since(occasion: Occasion) -> bool:
    """True when a human agent wrote to the customer after the plan was made."""
    if noticed_since(occasion, "answer"):
        return True
    seen, planned_at = occasion.memory.seen, occasion.planned_at
    for message in occasion.ticket.messages:
        if message.kind is not MessageKind.AGENT or not message.by_human:
            continue
        if seen is not None and not seen.has(message):
            return True
        if seen is None and planned_at is not None and message.created_at > planned_at:
            return True
    return False


def name_of(agent: Agent) -> str:
    """What to call an agent in audits and notes: never the address when there is a name."""
    return agent.person.name or f"agent {agent.person.id}"
