"""What people asked for outside the helpdesk, each thing once, until a look has taken it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from plugin.domain.escalation import Ask, Request
from plugin.domain.ticket import TicketRef
from plugin.store.encoding import from_json, storable, to_json
from plugin.store.inbox import make_due
from plugin.store.instants import from_micros, to_micros
from plugin.store.transaction import Transaction

_ASK = """
    INSERT INTO requests (helpdesk, ticket_id, key, what, at, by, escalation, step, params)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO NOTHING
"""
# A delivery of its own, not "a look somebody may have asked for already": whoever holds the ticket
# at this moment may have recalled its memory without the request.
_LOOK = """
    INSERT INTO deliveries (helpdesk, key, ticket_id, received_at, hint) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (helpdesk, key) DO NOTHING
"""
_WAITING = """
    SELECT id, what, at, by, escalation, step, params FROM requests
     WHERE helpdesk = ? AND ticket_id = ? AND done_at IS NULL ORDER BY id
"""
TAKEN_IN = "UPDATE requests SET done_at = ? WHERE id = ? AND done_at IS NULL"
VOID = "UPDATE requests SET done_at = ? WHERE helpdesk = ? AND ticket_id = ? AND done_at IS NULL"


class Asked(NamedTuple):
    """What somebody asks for; `key` names it once for ever."""

    ref: TicketRef
    what: Ask
    at: datetime
    key: str
    by: str
    escalation: int | None
    step: int | None
    params: Mapping[str, object]


def ask(transaction: Transaction, asked: Asked) -> bool:
    """Keep a request and make its ticket due for a look; False when the key was seen."""
    at, key = to_micros(asked.at), storable(asked.key)
    ticket = (asked.ref.helpdesk, asked.ref.id)
    words = (key, asked.what.value, at, storable(asked.by))
    about = (asked.escalation, asked.step, to_json(asked.params))
    if not transaction.change(_ASK, (*ticket, *words, *about)):
        return False
    hint = f"asked to {asked.what}"
    transaction.change(_LOOK, (asked.ref.helpdesk, f"request/{key}", asked.ref.id, at, hint))
    make_due(transaction, ticket, at)
    return True


def waiting(transaction: Transaction, ref: TicketRef) -> tuple[Request, ...]:
    """What no look has taken in yet, oldest first."""
    return tuple(
        Request(
            id=request_id,
            what=Ask(what),
            at=from_micros(at),
            by=by,
            escalation=escalation,
            step=step,
            params=from_json(params),
        )
        for request_id, what, at, by, escalation, step, params in transaction.rows(
            _WAITING, (ref.helpdesk, ref.id)
        )
    )


def taken_in(transaction: Transaction, done: Sequence[tuple[int, int]]) -> None:
    """Mark requests as taken in; pairs of instant and id."""
    transaction.change_each(TAKEN_IN, done)
