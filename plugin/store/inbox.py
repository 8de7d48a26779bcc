"""The inbox: what asks for a look at a ticket, each thing once."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime

from plugin.clock import monotonic
from plugin.domain.delivery import Delivery
from plugin.domain.storing import QueueFull
from plugin.domain.ticket import TicketRef
from plugin.store.encoding import storable
from plugin.store.instants import to_micros
from plugin.store.transaction import Database, Transaction

_RECOUNT_SECONDS = 0.25
_ALLOWANCE = 1_000

_KEEP = """
    INSERT INTO deliveries (helpdesk, key, ticket_id, received_at, hint) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (helpdesk, key) DO NOTHING
"""
# Whoever holds the ticket works out anew what is due when giving it back; only a free ticket's
# due time may be moved here. The row is locked even when the condition does not hold: giving back
# waits for us then, and sees the delivery.
_MAKE_DUE = """
    INSERT INTO work (helpdesk, ticket_id, due_at) VALUES (?, ?, ?)
    ON CONFLICT (helpdesk, ticket_id) DO UPDATE
       SET due_at = CASE WHEN work.not_before > excluded.due_at
                         THEN work.not_before ELSE excluded.due_at END
     WHERE work.token IS NULL AND (work.due_at IS NULL OR work.due_at > excluded.due_at)
"""
_NOBODY_LOOKS_SOON = """
    SELECT NOT EXISTS (
        SELECT 1 FROM deliveries d
          JOIN work w ON w.helpdesk = d.helpdesk AND w.ticket_id = d.ticket_id
         WHERE d.helpdesk = ? AND d.ticket_id = ? AND d.done_at IS NULL AND w.token IS NULL)
"""
_WAITING = (
    "SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE done_at IS NULL LIMIT ?) AS waiting"
)


def keep(transaction: Transaction, deliveries: Sequence[Delivery]) -> list[bool]:
    """Store deliveries and make their tickets due; for each, whether it was new."""
    return [_keep_one(transaction, delivery) for delivery in deliveries]


def _keep_one(transaction: Transaction, delivery: Delivery) -> bool:
    received_at = to_micros(delivery.received_at)
    ticket = (delivery.helpdesk, delivery.ticket_id)
    row = (
        delivery.helpdesk,
        delivery.key,
        delivery.ticket_id,
        received_at,
        storable(delivery.hint),
    )
    if not transaction.change(_KEEP, row):
        return False
    make_due(transaction, ticket, received_at)
    return True


def make_due(transaction: Transaction, ticket: tuple[str, int | None], at: int) -> None:
    """Let a free ticket be claimed from `at` on, at the latest; a postponed one when it is over."""
    transaction.change(_MAKE_DUE, (*ticket, at))


def ask_for_look(
    transaction: Transaction, refs: Iterable[TicketRef], now: datetime, why: str
) -> int:
    """Add a delivery of our own for each ticket that none waits for.

    A ticket that is held counts as not waited for: its holder may have read it before the change
    we were told of.
    """
    at = to_micros(now)
    added = 0
    for ref in sorted(set(refs)):  # one order for all, so that two processes never deadlock
        ((nobody_looks,),) = transaction.rows(_NOBODY_LOOKS_SOON, (ref.helpdesk, ref.id))
        if nobody_looks:
            row = (ref.helpdesk, f"look/{ref.id}/{at}", ref.id, at, storable(why))
            added += transaction.change(_KEEP, row)
            make_due(transaction, (ref.helpdesk, ref.id), at)
    return added


class Room:
    """How many deliveries the inbox still takes, without counting them for each one.

    A count gives an allowance that is used up one by one; then it is counted again, but while the
    inbox is full not more than a few times a second, so that saying no stays cheap. Several
    replicas may together take some thousand more than the limit.
    """

    def __init__(self, database: Database, limit: int) -> None:
        self._database = database
        self._limit = limit
        self._lock = threading.Lock()
        self._left = 0
        self._counted_at: float | None = None

    def take(self) -> None:
        """Use one place, or raise QueueFull."""
        with self._lock:
            if self._left <= 0:
                self._count()
            self._left -= 1

    def _count(self) -> None:
        at = monotonic()
        if self._counted_at is None or at - self._counted_at >= _RECOUNT_SECONDS:
            ((waiting,),) = self._database.read(lambda t: t.rows(_WAITING, (self._limit,)))
            self._left = min(self._limit - waiting, _ALLOWANCE)
            if self._left > 0:
                return
            self._counted_at = at
        message = (
            f"{self._limit} deliveries wait already: the helpdesk is asked to send this one again "
            "later. See `deskladder status` for what holds the work up."
        )
        raise QueueFull(message)
