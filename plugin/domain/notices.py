"""Messages to people that were decided but not sent yet, and the port that keeps them."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from plugin.domain.dataclass import dataclass
from plugin.domain.ladder import Urgency
from plugin.domain.ticket import TicketRef

UNSURE: timedelta = timedelta(minutes=10)
"""How long a message whose sending was never reported back is left alone before it is sent again."""


class NoticeKind(enum.StrEnum):
    """What a message is about: it decides how long it stays true.

    `RULE` stays true while the ticket is known, and its SLA clock runs if it is about one. `LEVEL` is true while the escalation is open and at
    that step; `ESCALATION` (what a lead hears, once) while nobody has taken it up, at whatever level.
    `EXHAUSTED` is true until a person acts, and comes again in every digest till then.
    """

    RULE = "rule"
    LEVEL = "level"
    ESCALATION = "escalation"
    EXHAUSTED = "exhausted"


class NoticeState(enum.StrEnum):
    """Where a message stands; the last three are final."""

    HELD = "held"
    TOLD = "told"
    DROPPED = "dropped"  # it was no longer true
    FAILED = "failed"  # the channel refused it, or did not take it for too long


@dataclass(frozen=True, slots=True)
class HeldNotice:
    """One message to one recipient. `key` is unique for ever.

    `recipient` is `Recipient.key`: "" for a channel. `step` is the escalation's `entered_step` when
    it was decided. `person` is whom an acknowledge link is made for (an agent's id, or a name), ""
    for none. `number` and `url` are the ticket's. Neither title nor body holds what a customer wrote.
    """

    key: str
    recipient: str
    channel: str
    ref: TicketRef
    number: str
    url: str
    title: str
    body: str
    urgency: Urgency
    at: datetime
    due_at: datetime
    kind: NoticeKind = NoticeKind.RULE
    escalation: int | None = None
    step: int | None = None
    person: str = ""


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """A message taken to be sent now. `attempts` counts those before this one.

    `stale` says why it is not true any more; "" while it is.
    """

    id: int
    token: str
    attempts: int
    notice: HeldNotice
    stale: str = ""


class Noticing(Protocol):
    """The part of the store that keeps messages."""

    def hold(self, notices: Sequence[HeldNotice]) -> Mapping[str, NoticeState]:
        """Keep messages; the state of each by key. One whose key is known is left as it is.

        One that failed is tried anew.
        """
        ...

    def claim_notices(
        self,
        now: datetime,
        *,
        limit: int = 500,
        keys: Collection[str] | None = None,
        helpdesks: Collection[str] | None = None,
    ) -> Sequence[ClaimedNotice]:
        """Take what is due, for `UNSURE`; nobody else gets it meanwhile. Ordered by recipient.

        A recipient who gets something now gets what waits for the next digest with it, unless all
        that is due is a page. `keys` takes these instead, due or not. `helpdesks`: only what is
        about their tickets; the rest stays held.
        """
        ...

    def settle_notices(
        self,
        claimed: Sequence[ClaimedNotice],
        state: NoticeState,
        now: datetime,
        *,
        again_at: datetime | None = None,
    ) -> None:
        """Record what came of it. HELD needs `again_at`. Nothing happens to one taken over meanwhile."""
        ...

    def notices_open(self) -> Mapping[NoticeState, int]:
        """How many messages are held, and how many failed; states without any are left out."""
        ...
