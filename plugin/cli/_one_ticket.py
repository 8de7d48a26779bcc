"""What commands about one ticket's past need: the ticket, the people, and what the store remembers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from plugin.domain.dataclass import dataclass
from plugin.domain.helpdesk import Need
from plugin.domain.memory import Memory
from plugin.domain.past import Past, Staff
from plugin.domain.settings import Config
from plugin.domain.ticket import TicketRef, customer_key


@dataclass(frozen=True, slots=True)
class OneTicket:
    """`memory` is None where there is no store."""

    past: Past
    staff: Staff
    memory: Memory | None


def read_one(
    config: Config, ref: TicketRef, now: datetime, environ: Mapping[str, str]
) -> OneTicket:
    """Read a ticket's past from its helpdesk, over calls that cannot write, and from the store."""
    from connectors import connector
    from plugin.engine.means import needs_of

    settings = config.helpdesks[ref.helpdesk]
    reader = connector(settings.type).read_only(settings)
    try:
        past, staff = reader.read_past(ref.id), reader.staff()
        if Need.CUSTOMER_TICKETS in needs_of(config):
            earlier = tuple(reader.customer_tickets(past.ticket.customer))
            past = replace(past, ticket=replace(past.ticket, customer_tickets=earlier))
    finally:
        reader.close()
    key = customer_key(ref.helpdesk, past.ticket.customer)
    return OneTicket(past, staff, _memory(ref, key, now, environ))


def _memory(
    ref: TicketRef, customer: str, now: datetime, environ: Mapping[str, str]
) -> Memory | None:
    from plugin.whereabouts import open_store, store_file, store_url

    file = store_file(store_url(environ))
    if file is not None and not file.exists():
        return None
    store = open_store(environ, now)
    try:
        return store.memory(ref, customer, now)
    finally:
        store.close()
