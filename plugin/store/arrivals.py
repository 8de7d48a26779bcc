"""Which webhook calls came, and a few numbers kept under names: what an examination asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from plugin.domain.storing import Arrival
from plugin.store.instants import from_micros, to_micros
from plugin.store.transaction import Transaction

# Looks we ask for ourselves (reconcile, sweep) have keys of their own: see inbox.ask_for_look.
_ARRIVALS = """
    SELECT ticket_id, received_at, hint FROM deliveries
     WHERE helpdesk = ? AND received_at >= ? AND substr(key, 1, 5) <> 'look/'
     ORDER BY received_at DESC LIMIT ?
"""
_LAST = """
    SELECT ticket_id, received_at, hint FROM deliveries
     WHERE helpdesk = ? AND substr(key, 1, 5) <> 'look/'
     ORDER BY received_at DESC LIMIT 1
"""
_KEEP = """
    INSERT INTO meta (name, value) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""


def since(transaction: Transaction, helpdesk: str, start: datetime, limit: int) -> list[Arrival]:
    """The calls of a helpdesk that came at or after `start`, the newest first."""
    return _read(transaction.rows(_ARRIVALS, (helpdesk, to_micros(start), limit)))


def last(transaction: Transaction, helpdesk: str) -> Arrival | None:
    """The newest call of a helpdesk that is still kept."""
    found = _read(transaction.rows(_LAST, (helpdesk,)))
    return found[0] if found else None


def _read(rows: Sequence[Sequence[object]]) -> list[Arrival]:
    return [
        Arrival(int(str(ticket)), from_micros(int(str(at))), str(hint)) for ticket, at, hint in rows
    ]


def number(transaction: Transaction, name: str) -> int | None:
    """The number kept under a name."""
    found = transaction.rows("SELECT value FROM meta WHERE name = ?", (name,))
    return int(found[0][0]) if found else None


def numbers(transaction: Transaction, prefix: str) -> dict[str, int]:
    """The numbers kept under names that begin so, by the rest of the name."""
    found = transaction.rows(
        "SELECT name, value FROM meta WHERE substr(name, 1, ?) = ? ORDER BY name",
        (len(prefix), prefix),
    )
    return {name[len(prefix) :]: int(value) for name, value in found}


def keep_number(transaction: Transaction, name: str, value: int | None) -> None:
    """Keep a number under a name; None forgets it."""
    if value is None:
        transaction.change("DELETE FROM meta WHERE name = ?", (name,))
    else:
        transaction.change(_KEEP, (name, value))
