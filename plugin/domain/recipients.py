"""Who is told of something, over which channel and at which hours: from the file alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo

from plugin.domain.calendar import Calendar, NoOpenTime
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import Refused
from plugin.domain.ladder import Urgency

if TYPE_CHECKING:
    from plugin.domain.settings import Config

ADDRESS = "{address}"
"""What a channel's URL may hold: the address of the person told over it."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to tell. `address` is lower case, empty for a channel that is no one person's.

    `calendar` None: at any hour. `zone` is where the recipient lives, for digests and instants.
    """

    address: str
    channel: str
    calendar: Calendar | None
    language: str
    zone: str

    @property
    def key(self) -> str:
        """What is stored in place of the address."""
        return recipient_key(self.address) if self.address else ""


def recipient_key(address: str) -> str:
    """A stable key of a person's address: the store keeps no addresses."""
    return sha256(f"recipient {address.strip().lower()}".encode()).hexdigest()[:24]


def channel_recipient(config: Config, channel: str) -> Recipient:
    """A channel of `notify:`, open at any hour. Raises `Refused` when the file has none of the name."""
    if channel not in config.notify:
        raise Refused(f"channel {channel!r} is not in the file any more")
    return Recipient("", channel, None, config.defaults.language, _zone(config, None))


def person_recipient(config: Config, address: str) -> Recipient:
    """A person: the channel of their entry in `people:`, else `service.channel`.

    Raises `Refused` when neither says how to reach them; the message does not name the address.
    """
    address = address.strip().lower()
    entry = config.people.get(address)
    channel = (entry.channel if entry else None) or config.service.channel
    if channel is None:
        raise Refused(
            "no channel for this person: add an entry with a channel under `people:`, "
            "or `service.channel` for everybody"
        )
    if channel not in config.notify:
        raise Refused(f"channel {channel!r} is not in the file any more")
    calendar = config.calendars.get(entry.calendar) if entry and entry.calendar else None
    language = (entry.language if entry else None) or config.defaults.language
    return Recipient(address, channel, calendar, language, _zone(config, calendar))


def recipient_by_key(
    config: Config, key: str, channel: str, others: Iterable[str] = ()
) -> Recipient:
    """The person a stored key stands for, as the file has them now.

    `others` are addresses beside those of the file, asked for only when needed. Raises `Refused`
    when nobody has this key any more. An empty key is the channel itself.
    """
    if not key:
        return channel_recipient(config, channel)
    for known in (addresses_of(config), others):
        for address in known:
            if recipient_key(address) == key:
                return person_recipient(config, address)
    raise Refused("this person is neither in the file nor in the helpdesk any more")


def addresses_of(config: Config) -> Iterator[str]:
    """Every address of the file somebody may be told at."""
    yield from config.people
    for team in config.teams.values():
        if team.lead:
            yield team.lead
        if team.pool is not None:
            yield from team.pool.members or ()
            yield team.pool.if_none
    for policy in config.policies.values():
        for level in policy.levels:
            if level.responsible is not None and level.responsible.person:
                yield level.responsible.person
            yield from (notice.to for notice in level.notify)
        yield from (notice.to for notice in policy.exhausted)


def url_of(config: Config, recipient: Recipient) -> str:
    """Where the message goes: a secret. The address is percent-encoded into the channel's URL."""
    secret = config.notify.get(recipient.channel)
    if secret is None:
        raise Refused(f"channel {recipient.channel!r} is not in the file any more")
    url = secret.reveal()
    if ADDRESS not in url:
        return url
    if not recipient.address:
        raise Refused(
            f"channel {recipient.channel!r} needs a person: its url holds {ADDRESS}. "
            "Name a person instead, or another channel"
        )
    return url.replace(ADDRESS, quote(recipient.address, safe=""))


def due_at(config: Config, recipient: Recipient, urgency: Urgency, now: datetime) -> datetime:
    """When a message of this urgency goes out: `now`, or the instant it is held until.

    A page at once; a normal one in the recipient's hours, else when they begin; a digest at
    `service.digest_at` in the recipient's zone, or when their hours begin after that.
    """
    if urgency is Urgency.PAGE:
        return now
    if urgency is Urgency.DIGEST:
        return next_digest(config, recipient, now)
    return _opening(recipient.calendar, now)


def next_digest(config: Config, recipient: Recipient, now: datetime) -> datetime:
    """The first digest of this recipient after `now`."""
    zone = ZoneInfo(recipient.zone)
    day = now.astimezone(zone).date()
    at = datetime.combine(day, config.service.digest_at, tzinfo=zone)
    if at <= now:
        at = datetime.combine(day + timedelta(days=1), config.service.digest_at, tzinfo=zone)
    return _opening(recipient.calendar, at.astimezone(now.tzinfo))


def _opening(calendar: Calendar | None, at: datetime) -> datetime:
    """`at` when the calendar is open then, else when it opens next."""
    if calendar is None or calendar.is_open(at):
        return at
    try:
        ((opens_at, _),) = calendar.next_openings(at, 1)
    except NoOpenTime:
        return at
    return opens_at


def _zone(config: Config, calendar: Calendar | None) -> str:
    default = config.calendars.get(config.defaults.calendar or "")
    chosen = calendar or default
    return chosen.timezone if chosen else "UTC"
