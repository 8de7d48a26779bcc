"""The mail a helpdesk would have sent."""

from __future__ import annotations

from datetime import datetime

from plugin.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Mail:
    """One outgoing mail. `kind` is `reply`, `auto reply` or `notification` (to an agent)."""

    at: datetime
    kind: str
    to: str
    sender: str
    subject: str
    body: str
    ticket_id: int


@dataclass(frozen=True, slots=True)
class Said:
    """One message on a ticket as people see it; `body` is what the API gives back.

    `kind` is `customer`, `agent` or `note`; `mark` is the machine mark of a message by
    Deskladder, wherever the host keeps it.
    """

    id: int
    kind: str
    author: str
    at: datetime
    body: str
    subject: str = ""
    mark: str | None = None
    automatic: bool = False
