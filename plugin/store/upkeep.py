"""Keeping house: watermarks, what is known, what may go, and how things stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from plugin.domain.storing import StoreStatus
from plugin.store import turns
from plugin.store.escalating import counted_by_phase
from plugin.store.instants import from_micros, to_micros
from plugin.store.outbox import counted_by_state, dead_letters
from plugin.store.remembering import kept_fields
from plugin.store.transaction import Transaction

_DEAD_LETTERS_SHOWN = 100
_IDS_AT_ONCE = 100
_AT_ONCE = 500

_SET = """
    INSERT INTO meta (name, value) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
_RAISE = """
    INSERT INTO meta (name, value) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE excluded.value > meta.value
"""
_KNOWN = (
    "SELECT ticket_id, memory FROM tickets WHERE helpdesk = ?"  # noqa: S608 - only question marks
    f" AND ticket_id IN ({', '.join('?' * _IDS_AT_ONCE)})"
)
_OLD_DELIVERIES = """
    DELETE FROM deliveries WHERE id IN (
        SELECT id FROM deliveries WHERE done_at < ? ORDER BY done_at LIMIT ?)
"""
_OLD_AUDIT = """
    DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ? ORDER BY at LIMIT ?)
"""
_OLD_REQUESTS = """
    DELETE FROM requests WHERE id IN (
        SELECT id FROM requests WHERE done_at < ? ORDER BY done_at LIMIT ?)
"""
_OLD_NOTICES = """
    DELETE FROM notices WHERE id IN (
        SELECT id FROM notices WHERE state <> 'held' AND at < ? LIMIT ?)
"""
# Of tickets that were never seen; those of known ones go with them.
_OLD_CASES = """
    DELETE FROM cases WHERE at < ? AND NOT EXISTS (
        SELECT 1 FROM tickets k WHERE k.helpdesk = cases.helpdesk AND k.ticket_id = cases.ticket_id)
"""
# A ticket's work row is due for as long as anything of it is open or anybody holds it.
_OLD_TICKETS = """
    SELECT k.helpdesk, k.ticket_id FROM tickets k
      JOIN work w ON w.helpdesk = k.helpdesk AND w.ticket_id = k.ticket_id
     WHERE k.closed AND k.decided_at < ? AND w.due_at IS NULL
     ORDER BY k.decided_at LIMIT ? {lock_free}
"""
_OF_CUSTOMER = """
    SELECT helpdesk, ticket_id FROM tickets WHERE customer = ? ORDER BY helpdesk, ticket_id {lock}
"""
_WAITING = "SELECT count(*), min(received_at) FROM deliveries WHERE done_at IS NULL"
_TIMERS = "SELECT count(*), min(due_at) FROM timers"
_LEASES = "SELECT count(*) FROM work WHERE token IS NOT NULL AND held_until > ?"


_REVIEW = "the file changed"
_SPREAD = 50_000  # microseconds: twenty looks a second leave room for what happens meanwhile
_REVIEW_ALL = """
    INSERT INTO timers (helpdesk, ticket_id, name, due_at, why)
    SELECT helpdesk, ticket_id, ?, ? + ? * place, 'the deadlines of the file have changed' FROM (
        SELECT k.helpdesk, k.ticket_id,
               row_number() OVER (ORDER BY w.due_at IS NULL, w.due_at, w.id) AS place
          FROM tickets k JOIN work w ON w.helpdesk = k.helpdesk AND w.ticket_id = k.ticket_id
         WHERE NOT k.closed) AS known
     WHERE true
    ON CONFLICT (helpdesk, ticket_id, name) DO UPDATE SET due_at = excluded.due_at
"""
# Held tickets become due when they are given back.
_REVIEW_DUE = """
    UPDATE work SET due_at = (
        SELECT CASE WHEN t.due_at > work.not_before THEN t.due_at ELSE work.not_before END
          FROM timers t
         WHERE t.helpdesk = work.helpdesk AND t.ticket_id = work.ticket_id AND t.name = ?)
     WHERE token IS NULL AND EXISTS (
        SELECT 1 FROM timers t
         WHERE t.helpdesk = work.helpdesk AND t.ticket_id = work.ticket_id AND t.name = ?
           AND (work.due_at IS NULL OR work.due_at > t.due_at))
"""


def rearm(transaction: Transaction, policies: str, now: datetime) -> int:
    """See `Storing.rearm`; a start with the same policies, or the first one without, asks nothing."""
    number = int(policies[:15] or "0", 16)
    known = transaction.rows("SELECT value FROM meta WHERE name = 'sla_policies'")
    if (known[0][0] if known else 0) == number:
        return 0
    transaction.change(_SET, ("sla_policies", number))
    if not number:
        return 0
    asked = transaction.change(_REVIEW_ALL, (_REVIEW, to_micros(now), _SPREAD))
    transaction.change(_REVIEW_DUE, (_REVIEW, _REVIEW))
    return asked


def set_meta(transaction: Transaction, name: str, at: datetime) -> None:
    """Keep an instant under a name."""
    transaction.change(_SET, (name, to_micros(at)))


def get_meta(transaction: Transaction, name: str) -> datetime | None:
    """The instant kept under a name."""
    found = transaction.rows("SELECT value FROM meta WHERE name = ?", (name,))
    return from_micros(found[0][0]) if found else None


def born(transaction: Transaction, now: datetime) -> datetime:
    """When this store was first opened: now, unless it was before."""
    transaction.change(
        "INSERT INTO meta (name, value) VALUES ('installed_at', ?) ON CONFLICT (name) DO NOTHING",
        (to_micros(now),),
    )
    return get_meta(transaction, "installed_at") or now


def glimpsed(
    transaction: Transaction, helpdesk: str, ticket_ids: Sequence[int]
) -> dict[int, tuple[datetime, frozenset[str]]]:
    """For the tickets we know: when they were last updated and their tags, as last seen."""
    found: dict[int, tuple[datetime, frozenset[str]]] = {}
    for start in range(0, len(ticket_ids), _IDS_AT_ONCE):
        some = list(ticket_ids[start : start + _IDS_AT_ONCE])
        # Always the same number of parameters, so that the statement is prepared once.
        some += some[-1:] * (_IDS_AT_ONCE - len(some))
        for ticket_id, kept in transaction.rows(_KNOWN, (helpdesk, *some)):
            seen = kept_fields(kept)["seen"]
            if seen is not None:
                found[ticket_id] = (seen.updated_at, seen.tags)
    return found


def remove_old(transaction: Transaction, before: datetime) -> int:
    """Remove some of what was finished before; returns how many rows and tickets.

    Afterwards a ticket that is not known may be one that was removed: whatever happened on it
    before that instant was known once and is no news (see `pruned_until`).
    """
    at = to_micros(before)
    removed = transaction.change(_OLD_DELIVERIES, (at, _AT_ONCE))
    removed += transaction.change(_OLD_AUDIT, (at, _AT_ONCE))
    removed += transaction.change(_OLD_REQUESTS, (at, _AT_ONCE))
    removed += transaction.change(_OLD_NOTICES, (at, _AT_ONCE))
    removed += transaction.change(_OLD_CASES, (at,))
    removed += turns.remove_old(transaction, before, _AT_ONCE)
    sql = _OLD_TICKETS.format(lock_free=transaction.lock_free)
    tickets = [tuple(row) for row in transaction.rows(sql, (at, _AT_ONCE))]
    if tickets:
        transaction.change(_RAISE, ("pruned_until", at))
        _remove(transaction, tickets)
    return removed + len(tickets)


def forget(transaction: Transaction, customer: str) -> int:
    """Remove all that is kept about a customer's tickets."""
    sql = _OF_CUSTOMER.format(lock=transaction.lock)
    tickets = [tuple(row) for row in transaction.rows(sql, (customer,))]
    _remove(transaction, tickets)
    for table in ("deliveries", "audit"):
        transaction.change_each(
            f"DELETE FROM {table} WHERE helpdesk = ? AND ticket_id = ?",  # noqa: S608 - our names
            tickets,
        )
    turns.forget(transaction, tickets)
    transaction.change("UPDATE actions SET customer = '' WHERE customer = ?", (customer,))
    return len(tickets)


def _remove(transaction: Transaction, tickets: Sequence[tuple[str, int]]) -> None:
    """Remove tickets with their timers, actions and escalations (by cascade), and what names them."""
    for table in ("tickets", "work", "requests", "notices", "cases"):
        transaction.change_each(
            f"DELETE FROM {table} WHERE helpdesk = ? AND ticket_id = ?",  # noqa: S608 - our names
            tickets,
        )


def status(transaction: Transaction, now: datetime) -> StoreStatus:
    """How things stand."""
    ((waiting, oldest),) = transaction.rows(_WAITING)
    ((timers, next_timer),) = transaction.rows(_TIMERS)
    ((known,),) = transaction.rows("SELECT count(*) FROM tickets")
    ((leases,),) = transaction.rows(_LEASES, (to_micros(now),))
    age = None if oldest is None else max(0.0, (now - from_micros(oldest)).total_seconds())
    return StoreStatus(
        deliveries_waiting=waiting,
        oldest_waiting_age=age,
        tickets_known=known,
        timers=timers,
        next_timer_at=from_micros(next_timer),
        actions_by_state=counted_by_state(transaction),
        dead_letters=dead_letters(transaction, _DEAD_LETTERS_SHOWN),
        demoted=_demoted(transaction),
        leases=leases,
        escalations_by_phase=counted_by_phase(transaction),
    )


def _demoted(transaction: Transaction) -> Mapping[str, str]:
    return dict(transaction.rows("SELECT rule, reason FROM demotions ORDER BY rule"))
