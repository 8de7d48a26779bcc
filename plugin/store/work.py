"""Who works on which ticket until when, and when a ticket is due next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from plugin.domain.escalation import Phase
from plugin.domain.storing import Claim, LeaseLost
from plugin.domain.ticket import TicketRef
from plugin.store.encoding import storable
from plugin.store.escalating import ENDED
from plugin.store.instants import from_micros, to_micros
from plugin.store.requests import VOID
from plugin.store.together import change_tickets
from plugin.store.transaction import Transaction

_DONE = "UPDATE deliveries SET done_at = ? WHERE id = ? AND done_at IS NULL"
_DUE = """
    SELECT id, helpdesk, ticket_id, due_at, attempts FROM work
     WHERE due_at <= ? ORDER BY due_at LIMIT ? {lock_free}
"""
_DUE_OF_HELPDESK = """
    SELECT id, helpdesk, ticket_id, due_at, attempts FROM work
     WHERE helpdesk = ? AND due_at <= ? ORDER BY due_at LIMIT ? {lock_free}
"""
_HOLD = "UPDATE work SET token = ?, held_until = ?, due_at = ? WHERE id IN ({ids})"
_WAITING_DELIVERIES = """
    SELECT w.id, d.id, d.received_at FROM work w CROSS JOIN deliveries d
     WHERE w.token = ? AND d.helpdesk = w.helpdesk AND d.ticket_id = w.ticket_id
       AND d.done_at IS NULL
     ORDER BY d.id
"""
_DUE_TIMERS = """
    SELECT w.id, t.name FROM work w CROSS JOIN timers t
     WHERE w.token = ? AND t.helpdesk = w.helpdesk AND t.ticket_id = w.ticket_id AND t.due_at <= ?
     ORDER BY t.due_at, t.name
"""
_DUE_ACTIONS = """
    SELECT DISTINCT w.id FROM work w CROSS JOIN actions a
     WHERE w.token = ? AND a.helpdesk = w.helpdesk AND a.ticket_id = w.ticket_id
       AND a.state IN ('planned', 'claimed', 'unknown') AND a.not_before <= ?
"""
_HELD = "SELECT id FROM work WHERE helpdesk = ? AND ticket_id = ? AND token = ? {lock}"
_RENEW = "UPDATE work SET held_until = ?, due_at = ? WHERE id = ?"
# Never before `not_before`, whatever is due; NULL when nothing is.
_GIVE_BACK = """
    UPDATE work SET token = NULL, held_until = NULL, due_at = (
        SELECT min(CASE WHEN at > work.not_before THEN at ELSE work.not_before END) FROM (
            SELECT min(received_at) AS at FROM deliveries d
             WHERE d.helpdesk = work.helpdesk AND d.ticket_id = work.ticket_id
               AND d.done_at IS NULL
            UNION ALL
            SELECT min(due_at) FROM timers t
             WHERE t.helpdesk = work.helpdesk AND t.ticket_id = work.ticket_id
            UNION ALL
            SELECT min(not_before) FROM actions a
             WHERE a.helpdesk = work.helpdesk AND a.ticket_id = work.ticket_id
               AND a.state IN ('planned', 'claimed', 'unknown')
        ) AS reasons WHERE at IS NOT NULL)
     WHERE {whose}
"""
_GIVE_BACK_ROW = _GIVE_BACK.format(whose="id = ?")
_GIVE_BACK_HELD = _GIVE_BACK.format(whose="helpdesk = ? AND token = ? AND ticket_id IN ({ids})")
_NOTHING_KNOWN = """
    DELETE FROM work WHERE id = ? AND due_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM tickets k WHERE k.helpdesk = work.helpdesk AND k.ticket_id = work.ticket_id)
"""
_NEXT = "SELECT min(due_at) FROM work WHERE due_at IS NOT NULL"


_IDLE_ROUNDS = 100
"""Enough to get past thousands of tickets left by a dead worker, and never an endless loop."""


def claim(
    transaction: Transaction,
    now: datetime,
    *,
    worker: str,
    limit: int,
    lease: timedelta,
    helpdesks: Collection[str] | None,
) -> list[Claim]:
    """Hold due tickets under one fresh token. A ticket that is due for nothing is given back.

    That happens after a worker died between its last write and giving the ticket back.
    """
    found: list[Claim] = []
    for _ in range(_IDLE_ROUNDS):
        due = _due(transaction, to_micros(now), limit - len(found), helpdesks)
        token = f"{worker}/{uuid4().hex}"
        until = now + lease
        held = (token, to_micros(until), to_micros(until))
        change_tickets(transaction, _HOLD, [(*held, row[0]) for row in due])
        claims = _reasons(transaction, due, token, now, until) if due else {}
        found += [claims[row[0]] for row in due if row[0] in claims]
        idle = [(row[0],) for row in due if row[0] not in claims]
        transaction.change_each(_GIVE_BACK_ROW, idle)
        if not idle or len(found) == limit:
            break
    return found


def _due(
    transaction: Transaction, now: int, limit: int, helpdesks: Collection[str] | None
) -> list[tuple[int, str, int, int, int]]:
    if helpdesks is None:
        return transaction.rows(_DUE.format(lock_free=transaction.lock_free), (now, limit))
    sql = _DUE_OF_HELPDESK.format(lock_free=transaction.lock_free)
    found = [row for name in sorted(helpdesks) for row in transaction.rows(sql, (name, now, limit))]
    return sorted(found, key=lambda row: row[3])[:limit]


def _reasons(
    transaction: Transaction,
    due: Sequence[tuple[int, str, int, int, int]],
    token: str,
    now: datetime,
    until: datetime,
) -> dict[int, Claim]:
    at = to_micros(now)
    deliveries: dict[int, list[tuple[int, int]]] = {}
    for work_id, delivery_id, received_at in transaction.rows(_WAITING_DELIVERIES, (token,)):
        deliveries.setdefault(work_id, []).append((delivery_id, received_at))
    timers: dict[int, list[str]] = {}
    for work_id, name in transaction.rows(_DUE_TIMERS, (token, at)):
        timers.setdefault(work_id, []).append(name)
    acting = {work_id for (work_id,) in transaction.rows(_DUE_ACTIONS, (token, at))}
    claims: dict[int, Claim] = {}
    for work_id, helpdesk, ticket_id, _, attempts in due:
        waiting = deliveries.get(work_id, [])
        due_timers = tuple(timers.get(work_id, ()))
        if waiting or due_timers or work_id in acting:
            claims[work_id] = Claim(
                ref=TicketRef(helpdesk, ticket_id),
                token=token,
                lease_until=until,
                look=bool(waiting or due_timers),
                act=work_id in acting,
                delivery_ids=tuple(delivery_id for delivery_id, _ in waiting),
                due_timers=due_timers,
                waiting_since=from_micros(min(at for _, at in waiting)) if waiting else None,
                attempts=attempts,
            )
    return claims


def held(transaction: Transaction, claim: Claim) -> int | None:
    """The work row's id while this claim holds the ticket; None when another took it over.

    On PostgreSQL the row stays locked until the transaction ends: nobody takes it over meanwhile.
    """
    sql = _HELD.format(lock=transaction.lock)
    found = transaction.rows(sql, (claim.ref.helpdesk, claim.ref.id, claim.token))
    return found[0][0] if found else None


def must_hold(transaction: Transaction, claim: Claim) -> int:
    """The work row's id; raises LeaseLost."""
    work_id = held(transaction, claim)
    if work_id is None:
        message = f"{claim.ref}: the lease ran out and another worker took the ticket over"
        raise LeaseLost(message)
    return work_id


def renew(transaction: Transaction, claim: Claim, now: datetime, lease: timedelta) -> Claim:
    """Hold the ticket until `now + lease`."""
    work_id = must_hold(transaction, claim)
    until = now + lease
    transaction.change(_RENEW, (to_micros(until), to_micros(until), work_id))
    return replace(claim, lease_until=until)


def give_back(transaction: Transaction, claims: Sequence[Claim]) -> None:
    """Free those tickets that are still held under these claims, due for whatever still waits."""
    in_order = sorted(claims, key=lambda claim: claim.ref)  # so that two processes never deadlock
    if transaction.lock:
        # What is due must be read after the row is ours: a delivery stored a moment ago by another
        # process is not seen otherwise.
        for claim in in_order:
            held(transaction, claim)
    free(transaction, in_order)


def free(transaction: Transaction, claims: Sequence[Claim]) -> None:
    """The same for tickets whose rows this transaction has locked already."""
    change_tickets(
        transaction,
        _GIVE_BACK_HELD,
        [(claim.ref.helpdesk, claim.token, claim.ref.id) for claim in claims],
    )


def postpone(transaction: Transaction, claim: Claim, until: datetime, why: str) -> None:
    """Free the ticket, due at `until` at the earliest, with one more failed attempt."""
    work_id = must_hold(transaction, claim)
    transaction.change(
        "UPDATE work SET not_before = ?, attempts = attempts + 1, why = ? WHERE id = ?",
        (to_micros(until), storable(why), work_id),
    )
    transaction.change(_GIVE_BACK_ROW, (work_id,))


def drop(transaction: Transaction, claim: Claim, now: datetime, why: str) -> None:
    """End everything that was asked for or planned on a ticket that is gone, and free it."""
    work_id = must_hold(transaction, claim)
    ticket = (claim.ref.helpdesk, claim.ref.id)
    at = to_micros(now)
    mark_done(transaction, claim.delivery_ids, at)
    transaction.change(VOID, (at, *ticket))
    transaction.change(ENDED, (True, Phase.RESOLVED.value, at, *ticket))
    transaction.change("DELETE FROM timers WHERE helpdesk = ? AND ticket_id = ?", ticket)
    transaction.change(
        "UPDATE actions SET state = 'skipped', detail = ?, done_at = ?"
        " WHERE helpdesk = ? AND ticket_id = ? AND state IN ('planned', 'claimed', 'unknown')",
        (storable(why), at, *ticket),
    )
    transaction.change(
        "UPDATE tickets SET closed = ?, decided_at = ? WHERE helpdesk = ? AND ticket_id = ?",
        (True, at, *ticket),
    )
    transaction.change(
        "UPDATE work SET not_before = 0, attempts = 0, why = ? WHERE id = ?",
        (storable(why), work_id),
    )
    transaction.change(_GIVE_BACK_ROW, (work_id,))
    transaction.change(_NOTHING_KNOWN, (work_id,))


def mark_done(transaction: Transaction, delivery_ids: Sequence[int], at: int) -> None:
    """These deliveries have been looked into."""
    transaction.change_each(_DONE, [(at, delivery_id) for delivery_id in delivery_ids])


def next_due(transaction: Transaction) -> datetime | None:
    """The first instant at which a ticket may be claimed, leases that run out included."""
    at: int | None = transaction.rows(_NEXT)[0][0]
    return None if at is None else from_micros(at)
