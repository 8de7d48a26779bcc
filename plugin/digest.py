"""Sends what waited: one message per person and channel, of what is still true, in their hours.

A message is claimed before it is sent and settled after; of one whose sending was never reported
back (the process died in between) nobody knows whether it arrived: it is left alone for ten
minutes, then sent again. Several processes may do this at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from plugin import logs
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError, TryAgain
from plugin.domain.ladder import Urgency
from plugin.domain.links import SIGNING_KEY, ack_link
from plugin.domain.notices import (
    UNSURE,
    ClaimedNotice,
    HeldNotice,
    NoticeKind,
    NoticeState,
)
from plugin.domain.recipients import (
    Recipient,
    due_at,
    next_digest,
    recipient_by_key,
    url_of,
)
from plugin.domain.storing import AuditEntry, Storing
from plugin.engine.means import Announce, Live
from plugin.engine.recheck import reason_untrue
from plugin.texts.notices import Told, as_one_message

MOST_ATTEMPTS: Final = 75
"""How often a channel is tried before a message is given up: over some three days."""

_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Digest:
    """The job. `live` gives the file in use, `announce` sends one message to one URL."""

    store: Storing
    live: Callable[[], Live]
    announce: Announce
    clock: Callable[[], datetime]

    def send_due(self) -> int:
        """Send everything that is due; how many messages went out."""
        claimed_at = self.clock()
        # What is about a helpdesk that is not in the file waits until that is back.
        in_use = self.live().config.helpdesks
        claimed = self.store.claim_notices(claimed_at, helpdesks=in_use)
        claimed = [self._judged(one, claimed_at) for one in claimed]
        self._drop([one for one in claimed if one.stale], claimed_at)
        sent = 0
        true = [one for one in claimed if not one.stale]
        for (key, channel), group in groupby(true, key=_whose):
            mine = list(group)
            now = self.clock()
            if now - claimed_at > UNSURE / 2:
                # Whoever takes these over when the lease ends must not find them being sent.
                self.store.settle_notices(mine, NoticeState.HELD, now, again_at=now)
                continue
            sent += self._tell(key, channel, mine, now)
        return sent

    def _judged(self, one: ClaimedNotice, now: datetime) -> ClaimedNotice:
        """The same, stale as well when the clock it warns of has stopped meanwhile."""
        if one.stale or one.notice.kind is not NoticeKind.RULE:
            return one
        memory = self.store.memory(one.notice.ref, "", now)
        return replace(one, stale=reason_untrue(one.notice, memory))

    def _drop(self, stale: Sequence[ClaimedNotice], now: datetime) -> None:
        if not stale:
            return
        self.store.settle_notices(stale, NoticeState.DROPPED, now)
        logs.info("notices.dropped", count=len(stale), why=stale[0].stale)
        for why in sorted({one.stale for one in stale}):
            mine = [one for one in stale if one.stale == why]
            self._write(mine, now, f"notify: nobody is told any more ({why})")

    def _tell(self, key: str, channel: str, mine: Sequence[ClaimedNotice], now: datetime) -> int:
        live = self.live()
        try:
            recipient = recipient_by_key(live.config, key, channel, _agents(live))
            timely, early = _in_hours(mine, recipient, live, now)
            for until, some in early.items():
                self.store.settle_notices(some, NoticeState.HELD, now, again_at=until)
            mine = timely
            if not mine:
                return 0
            self._send(recipient, mine, live, now)
        except TryAgain as problem:
            self._later(mine, now, str(problem))
            return 0
        except DeskladderError as problem:
            self._fail(mine, now, str(problem))
            return 0
        self._told(recipient, mine, live, now)
        return 1

    def _send(
        self, recipient: Recipient, mine: Sequence[ClaimedNotice], live: Live, now: datetime
    ) -> None:
        items = [
            Told(
                one.notice.title,
                one.notice.body,
                one.notice.url,
                self._link(one.notice, live, now),
                one.notice.kind,
            )
            for one in mine
        ]
        title, body = as_one_message(items, recipient.language)
        is_page = any(one.notice.urgency is Urgency.PAGE for one in mine)
        url = url_of(live.config, recipient)
        self.announce(url, title, body, "page" if is_page else "normal")

    def _link(self, notice: HeldNotice, live: Live, now: datetime) -> str:
        service = live.config.service
        if not service.url or notice.escalation is None or not notice.person:
            return ""
        return ack_link(
            service.url,
            self.store.secret(SIGNING_KEY),
            notice.ref.helpdesk,
            notice.ref.id,
            notice.escalation,
            notice.step or 0,
            notice.person,
            now + service.ack_link_valid,
            number=notice.number,
        )

    def _told(
        self, recipient: Recipient, mine: Sequence[ClaimedNotice], live: Live, now: datetime
    ) -> None:
        """What is exhausted comes again with the next digest."""
        endless = [one for one in mine if one.notice.kind is NoticeKind.EXHAUSTED]
        once = [one for one in mine if one.notice.kind is not NoticeKind.EXHAUSTED]
        if once:
            self.store.settle_notices(once, NoticeState.TOLD, now)
        if endless:
            again_at = next_digest(live.config, recipient, now)
            self.store.settle_notices(endless, NoticeState.TOLD, now, again_at=again_at)
        how = f"digest of {len(mine)}" if len(mine) > 1 else "message"
        logs.info("notices.told", channel=recipient.channel, count=len(mine))
        self._write(mine, now, f"notify: told over {recipient.channel} ({how})")

    def _later(self, mine: Sequence[ClaimedNotice], now: datetime, why: str) -> None:
        given_up = [one for one in mine if one.attempts >= MOST_ATTEMPTS]
        if given_up:
            self._fail(given_up, now, f"given up: {why}")
        for attempts, some in _by_attempts(one for one in mine if one not in given_up):
            wait = min(_FIRST_WAIT * 2 ** min(attempts, 10), _LONGEST_WAIT)
            self.store.settle_notices(some, NoticeState.HELD, now, again_at=now + wait)
            logs.warning("notices.wait", count=len(some), why=why, minutes=wait.seconds // 60)

    def _fail(self, mine: Sequence[ClaimedNotice], now: datetime, why: str) -> None:
        self.store.settle_notices(mine, NoticeState.FAILED, now)
        logs.error("notices.failed", count=len(mine), why=why)
        self._write(mine, now, f"notify: nobody was told ({logs.scrub_text(why)})")

    def _write(self, mine: Sequence[ClaimedNotice], now: datetime, text: str) -> None:
        self.store.write_audit(
            [AuditEntry(now, "action", text, ref) for ref in sorted({o.notice.ref for o in mine})]
        )


def _whose(claimed: ClaimedNotice) -> tuple[str, str]:
    return claimed.notice.recipient, claimed.notice.channel


def _in_hours(
    mine: Sequence[ClaimedNotice], recipient: Recipient, live: Live, now: datetime
) -> tuple[list[ClaimedNotice], dict[datetime, list[ClaimedNotice]]]:
    """What may go out now, and what has to wait until when: we may be hours late ourselves."""
    timely: list[ClaimedNotice] = []
    early: dict[datetime, list[ClaimedNotice]] = {}
    for one in mine:
        is_page = one.notice.urgency is Urgency.PAGE
        urgency = Urgency.PAGE if is_page else Urgency.NORMAL
        until = due_at(live.config, recipient, urgency, now)
        if until <= now:
            timely.append(one)
        else:
            early.setdefault(until, []).append(one)
    return timely, early


def _by_attempts(
    mine: Iterable[ClaimedNotice],
) -> Iterator[tuple[int, list[ClaimedNotice]]]:
    ordered = sorted(mine, key=lambda one: one.attempts)
    for attempts, some in groupby(ordered, key=lambda one: one.attempts):
        yield attempts, list(some)


def _agents(live: Live) -> Iterator[str]:
    """Addresses of the helpdesks' agents, asked for only when the file does not know the person."""
    for helpdesk in live.helpdesks.values():
        for agent in helpdesk.agents():
            yield from filter(None, (agent.person.email.lower(), agent.person.login.lower()))
