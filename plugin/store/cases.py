"""Which record of another system belongs to which ticket, and the secrets Deskladder makes itself."""

from __future__ import annotations

import secrets
from datetime import datetime

from plugin.domain.cases import Case
from plugin.domain.ticket import TicketRef
from plugin.store.encoding import storable
from plugin.store.instants import from_micros, to_micros
from plugin.store.transaction import Transaction

_SECRET_BYTES = 32

_KEEP = """
    INSERT INTO cases (system, reference, helpdesk, ticket_id, escalation, at)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (system, reference) DO UPDATE
       SET helpdesk = excluded.helpdesk, ticket_id = excluded.ticket_id,
           escalation = excluded.escalation, at = excluded.at
"""
_FIND = """
    SELECT helpdesk, ticket_id, escalation, at FROM cases WHERE system = ? AND reference = ?
"""
_MAKE_SECRET = """
    INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING
"""
_SECRET = "SELECT value FROM secrets WHERE name = ?"


def keep(
    transaction: Transaction,
    system: str,
    reference: str,
    ref: TicketRef,
    escalation: int | None,
    now: datetime,
) -> None:
    """Keep whose record it is; the last ticket it was kept for counts."""
    names = (storable(system), storable(reference))
    transaction.change(_KEEP, (*names, ref.helpdesk, ref.id, escalation, to_micros(now)))


def find(transaction: Transaction, system: str, reference: str) -> Case | None:
    """The ticket a record belongs to; None when it is not known."""
    found = transaction.rows(_FIND, (storable(system), storable(reference)))
    if not found:
        return None
    ((helpdesk, ticket_id, escalation, at),) = found
    return Case(system, reference, TicketRef(helpdesk, ticket_id), escalation, from_micros(at))


def secret(transaction: Transaction, name: str) -> bytes:
    """The secret of this name, made at random the first time; the same for all replicas."""
    known = transaction.rows(_SECRET, (name,))
    if not known:
        transaction.change(_MAKE_SECRET, (name, secrets.token_hex(_SECRET_BYTES)))
        known = transaction.rows(_SECRET, (name,))
    return bytes.fromhex(known[0][0])
