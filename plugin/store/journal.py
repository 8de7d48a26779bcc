"""The audit: one line for everything that happened, and why."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.domain.storing import AuditEntry
from plugin.domain.ticket import TicketRef
from plugin.store.encoding import from_json, storable, to_json
from plugin.store.instants import from_micros, to_micros
from plugin.store.transaction import Row, Transaction

_APPEND = """
    INSERT INTO audit (at, kind, text, helpdesk, ticket_id, rule, data)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_LATEST = """
    SELECT at, kind, text, helpdesk, ticket_id, rule, data FROM audit ORDER BY id DESC LIMIT ?
"""
_LATEST_OF_TICKET = """
    SELECT at, kind, text, helpdesk, ticket_id, rule, data FROM audit
     WHERE helpdesk = ? AND ticket_id = ? ORDER BY id DESC LIMIT ?
"""


def row_of(entry: AuditEntry) -> Row:
    """Raises TypeError when the entry's data is not plain JSON data."""
    ref = entry.ref
    return (
        to_micros(entry.at),
        entry.kind,
        storable(entry.text),
        ref.helpdesk if ref else None,
        ref.id if ref else None,
        entry.rule,
        to_json(entry.data),
    )


def append(transaction: Transaction, rows: Sequence[Row]) -> None:
    """Add lines."""
    transaction.change_each(_APPEND, rows)


def latest(transaction: Transaction, ref: TicketRef | None, limit: int) -> list[AuditEntry]:
    """The last `limit` lines (of a ticket), oldest first."""
    if ref is None:
        rows = transaction.rows(_LATEST, (limit,))
    else:
        rows = transaction.rows(_LATEST_OF_TICKET, (ref.helpdesk, ref.id, limit))
    return [
        AuditEntry(
            at=from_micros(at),
            kind=kind,
            text=text,
            ref=None if helpdesk is None else TicketRef(helpdesk, ticket_id),
            rule=rule,
            data=from_json(data),
        )
        for at, kind, text, helpdesk, ticket_id, rule, data in reversed(rows)
    ]
