"""One webhook call, reduced to what it may be trusted for: look at ticket N."""

from __future__ import annotations

from datetime import datetime

from plugin.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Delivery:
    """One call by a helpdesk. Holds no body: the ticket is read afresh anyway.

    `key` tells repeated calls apart from new ones; two deliveries with the same helpdesk and key
    are one row. `ticket_id` is None for an event that is about no ticket: answered 202, dropped.
    `hint` is the host's event name when it gave one, for the log only.
    """

    helpdesk: str
    key: str
    ticket_id: int | None
    received_at: datetime
    hint: str = ""
