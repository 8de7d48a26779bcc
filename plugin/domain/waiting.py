"""Who waits for whom on a ticket, told from its messages. Automatic messages tell nothing."""

from __future__ import annotations

from datetime import datetime

from plugin.domain.ticket import Message, MessageKind, Role, Ticket


def unanswered_messages(ticket: Ticket, closed_at: datetime | None) -> tuple[Message, ...]:
    """The customer's messages that no human agent has answered, oldest first.

    An answer is a public message by a human agent; so is closing (last at `closed_at`), for what was
    written before it, once the ticket is open again: somebody decided that it needed no answer.
    """
    settled_at = last_answer_at(ticket)
    if not ticket.is_closed:
        settled = (settled_at, closed_at, ticket.closed_at)
        settled_at = max((at for at in settled if at is not None), default=None)
    return tuple(
        message
        for message in ticket.messages
        if message.kind is MessageKind.CUSTOMER
        and message.by_human
        and (settled_at is None or message.created_at > settled_at)
    )


def last_answer_at(ticket: Ticket) -> datetime | None:
    """When a human agent last wrote to the customer; None when none has."""
    return max(
        (
            message.created_at
            for message in ticket.messages
            if message.kind is MessageKind.AGENT and message.by_human
        ),
        default=None,
    )


def last_human_act_at(ticket: Ticket) -> datetime:
    """When a person last did anything here: wrote, changed something, opened the ticket."""
    instants = [ticket.created_at]
    if ticket.touched_at is not None:
        instants.append(ticket.touched_at)
    instants += [message.created_at for message in ticket.messages if message.by_human]
    for change in ticket.history or ():
        by_machine = change.by is not None and change.by.role is Role.SYSTEM
        if not change.ours and not by_machine:
            instants.append(change.at)
    return max(instants)


def unassigned_since(ticket: Ticket) -> datetime | None:
    """Since when nobody owns the ticket; None while somebody does.

    Told by the host's history where there is one; else since the ticket was created.
    """
    if ticket.owner is not None:
        return None
    left = [
        change.at
        for change in ticket.history or ()
        if change.what == "owner" and not change.after and change.before
    ]
    return max(left, default=ticket.created_at)
