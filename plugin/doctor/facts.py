"""Everything the checks look at. Values only: reading them is done before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime

from plugin.domain.dataclass import dataclass
from plugin.domain.examining import Examined
from plugin.domain.mentions import Mention
from plugin.domain.settings import Config
from plugin.domain.storing import Arrival, StoreStatus


@dataclass(frozen=True, slots=True)
class Knock:
    """What came of calling our own address, as the helpdesk would.

    `status` is 0 when no answer came, and `problem` says why: `tls`, `name`, `refused`, `timeout` or
    `other`. `said` is the text of our own answer, empty when somebody else answered.
    """

    url: str
    status: int = 0
    said: str = ""
    location: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Traffic:
    """The webhook calls of one helpdesk, as far as they are kept."""

    arrivals: Sequence[Arrival] = ()  # of the last day, the newest first
    last: Arrival | None = None
    refused_at: datetime | None = None  # the last call with a wrong signature
    registered_for: int | None = None  # the address an installation kept, as a number
    was_removed: bool = False  # an installation took the webhook away


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the store tells. `problem` says why it cannot be used; then the rest is empty."""

    where: str
    problem: str = ""
    status: StoreStatus | None = None
    started_at: datetime | None = None
    heartbeat_at: datetime | None = None
    config_read_at: datetime | None = None
    config_refused_at: datetime | None = None
    traffic: Mapping[str, Traffic] = field(default_factory=dict)
    running: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Running escalations by the name and digest of the policy they began with."""
    free_bytes: int | None = None
    total_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """One examination. `since` is from when on webhook calls must have come; None: nobody can tell."""

    now: datetime
    config: Config
    url: str | None
    mentions: Sequence[Mention] = ()
    helpdesks: Mapping[str, Examined] = field(default_factory=dict)
    knocks: Mapping[str, Knock] = field(default_factory=dict)
    certificates: Mapping[str, datetime] = field(default_factory=dict)  # address → its end
    ledger: Ledger | None = None  # None: not looked at
    changed_at: datetime | None = None  # the newest of the files
    since: Mapping[str, datetime] = field(default_factory=dict)

    def traffic(self, helpdesk: str) -> Traffic | None:
        """The calls of a helpdesk; None when the store was not read."""
        return self.ledger.traffic.get(helpdesk) if self.ledger else None


def webhook_url(base: str | None, helpdesk: str) -> str | None:
    """The address a helpdesk calls, from the address people reach us at."""
    return f"{base.rstrip('/')}/webhooks/{helpdesk}" if base else None
