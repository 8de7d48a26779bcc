"""What no webhook told: tickets changed while we were down, lost deliveries, changed tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from plugin import logs
from plugin.domain.errors import Refused, TryAgain
from plugin.domain.helpdesk import Glimpse, Helpdesk
from plugin.domain.storing import Storing
from plugin.domain.ticket import TicketRef
from plugin.engine.means import Notice

_CHUNK = 200


def reconcile(helpdesk: Helpdesk, store: Storing, now: datetime) -> int:
    """Ask for a look at every ticket that changed since the last pass; returns how many.

    The first pass begins where this store begins. The watermark is the newest change listed, in
    the helpdesk's own time, so clocks that differ lose nothing; it moves only after the whole
    listing was worked through.

    Raises `TryAgain` or `Refused`; then the next pass begins at the same place.
    """
    name = f"reconcile/{helpdesk.name}"
    since = store.watermark(name) or store.installed_at
    newest, asked = since, 0
    for chunk in _chunks(helpdesk.changed_since(since)):
        newest = max(newest, *(glimpse.updated_at for glimpse in chunk))
        asked += store.look_at(_stale(helpdesk.name, store, chunk), now, "changed")
    if newest > since:
        store.set_watermark(name, min(newest, max(now, since)))
    return asked


def sweep(helpdesk: Helpdesk, store: Storing, now: datetime) -> int:
    """Compare all open tickets we know with what the helpdesk lists; returns the looks asked for.

    Finds changed tags, which neither host reports. Tickets we never saw are left alone unless they
    changed since this store began: a first start must not work through the whole backlog.
    """
    asked = 0
    for chunk in _chunks(helpdesk.sweep()):
        known = store.glimpsed(helpdesk.name, [glimpse.ticket_id for glimpse in chunk])
        ours = [
            glimpse
            for glimpse in chunk
            if glimpse.ticket_id in known or glimpse.updated_at >= store.installed_at
        ]
        asked += store.look_at(_stale(helpdesk.name, store, ours), now, "swept")
    return asked


def attempt(
    what: str, helpdesk: Helpdesk, store: Storing, now: datetime, *, notice: Notice
) -> int | None:
    """Do a `reconcile` or a `sweep`, and log why it did not work; None when it did not."""
    passes = {"reconcile": reconcile, "sweep": sweep}
    try:
        found = passes[what](helpdesk, store, now)
    except (TryAgain, Refused) as problem:
        notice(helpdesk.name, problem)
        tell = logs.error if isinstance(problem, Refused) else logs.warning
        tell(f"{what}.failed", helpdesk=helpdesk.name, why=str(problem))
        return None
    notice(helpdesk.name, None)
    if found:
        logs.info(f"{what}.found", helpdesk=helpdesk.name, tickets=found)
    return found


def _stale(name: str, store: Storing, glimpses: Iterable[Glimpse]) -> list[TicketRef]:
    listed = list(glimpses)
    known = store.glimpsed(name, [glimpse.ticket_id for glimpse in listed])
    return [
        TicketRef(name, glimpse.ticket_id)
        for glimpse in listed
        if _is_news(glimpse, known.get(glimpse.ticket_id))
    ]


def _is_news(glimpse: Glimpse, known: tuple[datetime, frozenset[str]] | None) -> bool:
    if known is None:
        return True
    updated_at, tags = known
    return glimpse.updated_at > updated_at or (glimpse.tags is not None and glimpse.tags != tags)


def _chunks(glimpses: Iterable[Glimpse]) -> Iterator[list[Glimpse]]:
    rest = iter(glimpses)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
