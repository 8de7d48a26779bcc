"""A ladder and its people by day and by night: messages are kept, and the digest's job is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from plugin.digest import Digest
from plugin.domain.errors import DeskladderError
from plugin.domain.storing import AuditEntry
from plugin.domain.ticket import TicketRef
from tests.unit.engine.climb import LADDER_HEAD, NO_HINT, RULE, Climb

HEAD = (
    LADDER_HEAD.replace(
        "service: {channel: mail}",
        "service: {channel: mail, url: https://ladder.example.com, digest_at: 09:00}",
    )
    + """\
calendars:
  office: {timezone: Europe/Amsterdam, hours: {mon-fri: [09:00-17:00]}}
  always: {timezone: Europe/Amsterdam, hours: 24/7}
people:
  marta@example.com: {channel: mail, calendar: office, language: nl}
  ana@example.com: {calendar: office, language: de}
"""
)
"""Marta and Ana work from nine to five, Ben at any hour."""

POLICY = NO_HINT.replace(
    "    type: functional\n", "    type: functional\n    calendar: always\n", 1
)
TELL_THE_OWNER = POLICY.replace(
    "ack_within: 1h, do:", "ack_within: 1h, notify: [{to: responsible}], do:"
)


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody got."""

    url: str
    title: str
    body: str
    urgency: str

    @property
    def to(self) -> str:
        """The part before the @ of a person's address, or the channel's host."""
        name = self.url.rpartition("/")[2].partition("%40")[0]
        return name or self.url.split("/")[2].partition(".")[0]


class Night(Climb):
    """Time passes quarter by quarter, and the digest's job runs in each."""

    def __init__(
        self, folder: Path, *, rules: str = RULE, policy: str = POLICY, head: str = HEAD
    ) -> None:
        self.messages: list[Message] = []
        self.trouble: Callable[[str], DeskladderError | BaseException | None] = lambda _url: None
        self.file_head = head
        super().__init__(folder, rules, policy)
        self.digest = self.replica()

    def use(self, rules: str, head: str = "") -> None:
        """Read another file; its head stays, unless another is given."""
        if head and head != LADDER_HEAD:
            self.file_head = head
        super().use(rules, self.file_head)

    def replica(self) -> Digest:
        """One more process that runs the job on the same store."""
        return Digest(self.store, lambda: self.live, self.means.announce, lambda: self.now)

    def _announce(self, url: str, *more: object) -> None:
        trouble = self.trouble(url)
        if isinstance(trouble, DeskladderError):
            raise trouble
        title, body, urgency = map(str, more)
        self.messages.append(Message(url, title, body, urgency))
        if trouble is not None:
            raise trouble  # it went out, and nobody will know

    def at(self, days: int, hour: int, minute: int = 0) -> None:
        """Go to this hour (Amsterdam) so many days after Thursday, 3 December, with nothing done."""
        noon_utc = self.began.replace(hour=0, minute=0, second=0, microsecond=0)
        self.now = noon_utc + timedelta(days=days, hours=hour - 1, minutes=minute)

    def goes_on(self, **span: float) -> None:
        """Time passes; timers and the job run."""
        until = self.now + timedelta(**span)
        while self.now < until:
            self.passes(seconds=min(900.0, (until - self.now).total_seconds()))
            self.digest.send_due()

    def goes_on_until(self, days: int, hour: int, minute: int = 0) -> None:
        """The same up to that hour of that day."""
        start = self.now
        self.at(days, hour, minute)
        until, self.now = self.now, start
        self.goes_on(seconds=(until - start).total_seconds())

    @property
    def told(self) -> list[str]:
        """Who got something, in order."""
        return [one.to for one in self.messages]

    def audit(self, ticket: int = 7) -> list[AuditEntry]:
        return list(self.store.audit(TicketRef("support", ticket)))
