"""Whose turn it is: every turn that was given, so that pools stay fair over restarts and replicas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from plugin.domain.choosing import served_longest_ago
from plugin.store.instants import to_micros
from plugin.store.transaction import Transaction

_TAKEN = "SELECT person FROM turns WHERE key = ?"
# Raising the pool's number holds its row until the end: others wait here, and see what was given.
_NEXT = """
    INSERT INTO meta (name, value) VALUES (?, 1)
    ON CONFLICT (name) DO UPDATE SET value = meta.value + 1
    RETURNING value
"""
_SERVED = "SELECT person, max(number) FROM turns WHERE pool = ? GROUP BY person"
_GIVE = """
    INSERT INTO turns (key, pool, person, number, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET
        pool = excluded.pool, person = excluded.person, number = excluded.number, at = excluded.at
"""
# What a person got last is kept for ever: it says when their next turn comes.
_OLD = """
    DELETE FROM turns WHERE key IN (
        SELECT t.key FROM turns t
         WHERE t.at < ? AND EXISTS (
            SELECT 1 FROM turns later
             WHERE later.pool = t.pool AND later.person = t.person AND later.number > t.number)
         LIMIT ?)
"""
_FORGET = "UPDATE turns SET key = 'forgotten/' || pool || '/' || number WHERE substr(key, 1, ?) = ?"


def taken(transaction: Transaction, key: str) -> str:
    """Who got the turn that was taken under this key; empty when none was."""
    found = transaction.rows(_TAKEN, (key,))
    return str(found[0][0]) if found else ""


def take(
    transaction: Transaction, pool: str, candidates: Sequence[str], key: str, now: datetime
) -> str:
    """See `Storing.take_turn`; there is at least one candidate."""
    ((number,),) = transaction.rows(_NEXT, (f"turns/{pool}",))
    known = taken(transaction, key)
    if known in candidates:
        return known
    served = {str(person): int(last) for person, last in transaction.rows(_SERVED, (pool,))}
    person = served_longest_ago(candidates, served)
    transaction.change(_GIVE, (key, pool, person, number, to_micros(now)))
    return person


def remove_old(transaction: Transaction, before: datetime, limit: int) -> int:
    """Remove some turns given before, but nobody's last; returns how many."""
    return transaction.change(_OLD, (to_micros(before), limit))


def forget(transaction: Transaction, tickets: Sequence[tuple[str, int]]) -> None:
    """Let no turn name these tickets any more; who was served when stays."""
    prefixes = [f"{helpdesk}/{ticket_id}/" for helpdesk, ticket_id in tickets]
    transaction.change_each(_FORGET, [(len(prefix), prefix) for prefix in prefixes])
