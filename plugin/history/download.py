"""From the helpdesk to the archive: slowly, and again from where it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from plugin.domain.errors import TicketGone, TryAgain
from plugin.domain.past import Past, PastReader
from plugin.domain.ticket import customer_key
from plugin.history.archive import Archive

T = TypeVar("T")

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and how many there are (0: nobody knows)."""

_PATIENCE = (2.0, 10.0, 30.0, 60.0, 120.0)


def nothing(_what: str, _done: int, _all: int) -> None:
    """Progress nobody watches."""


def download(
    reader: PastReader,
    archive: Archive,
    *,
    since: datetime,
    now: datetime,
    customers: bool,
    progress: Progress = nothing,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Read every ticket that something happened on since then; returns how many are there.

    Tickets read before and unchanged since are not read again. `customers` also reads each
    customer's other tickets. Waits and repeats when the helpdesk is busy; raises `Refused`, or
    `TryAgain` when it stays busy: what was read until then is kept.
    """
    patience = _Patience(pause)
    staff = patience.ask(reader.staff)
    archive.keep_staff(staff)
    progress("listing", 0, 0)
    archive.want(patience.ask(lambda: list(reader.changed_since(since))))
    archive.remember("listed_at", now.isoformat())
    missing, total = archive.missing(), archive.wanted()
    done = total - len(missing)
    known: set[str] = set()
    progress("reading", done, total)
    for ticket_id in missing:
        past = patience.ask(partial(_read, reader, ticket_id))
        if past is None:
            archive.keep_gone(ticket_id, now)
        else:
            key = customer_key(reader.name, past.ticket.customer)
            if customers and key not in known:
                # Asked again in every run, because a customer's new ticket is in the list alone.
                ask = partial(reader.customer_tickets, past.ticket.customer)
                archive.keep_customer(key, patience.ask(ask))
                known.add(key)
            archive.keep(past, key, staff)
        done += 1
        progress("reading", done, total)
    for ticket_id in archive.without_customer() if customers else ():
        customer = archive.past(ticket_id).ticket.customer
        key = customer_key(reader.name, customer)
        archive.keep_customer(key, patience.ask(partial(reader.customer_tickets, customer)))
    return len(archive.ticket_ids())


def _read(reader: PastReader, ticket_id: int) -> Past | None:
    """None for a ticket that is not there any more."""
    try:
        return reader.read_past(ticket_id)
    except TicketGone:
        return None


class _Patience:
    """Calls again what failed for a moment, after longer and longer waits."""

    def __init__(self, pause: Callable[[float], None]) -> None:
        self._pause = pause

    def ask(self, call: Callable[[], T]) -> T:
        for wait in _PATIENCE:
            try:
                return call()
            except TryAgain as problem:
                self._pause(max(wait, problem.after or 0.0))
        return call()
