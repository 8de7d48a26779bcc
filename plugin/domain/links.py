"""Acknowledge links: what a signed link stands for, and how it is made and read.

A link names one helpdesk, ticket, escalation, step and person, and when it ends; whoever holds it
acts as that person, so it is given to nobody else. Nothing in it is secret but the signature.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from plugin.domain.dataclass import dataclass
from plugin.domain.ticket import TicketRef

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer

SIGNING_KEY: Final = "acknowledge links"
"""Under which name the store keeps the key: `Storing.secret(SIGNING_KEY)`."""

PATH: Final = "/ack/"
LONGEST: Final = 1_000
"""Characters of a token; a longer one is not looked at."""

_FIELDS = 7


class BadLink(ValueError):
    """The link was not made here, or was altered."""


class ExpiredLink(ValueError):
    """The link was good once. `link` is what it stood for."""

    def __init__(self, link: AckLink) -> None:
        super().__init__(f"expired on {link.expires_at:%Y-%m-%d}")
        self.link = link


@dataclass(frozen=True, slots=True)
class AckLink:
    """What a link lets somebody do: answer for one step of one escalation.

    `person` is an agent's id as text, or the name people are told by; `number` the ticket's number.
    """

    ref: TicketRef
    escalation: int
    step: int
    person: str
    expires_at: datetime
    number: str = ""

    @property
    def key(self) -> str:
        """The same for every spelling of the link: what makes it single-use."""
        return f"ack/{sha256(json.dumps(_plain(self)).encode()).hexdigest()}"


def ack_link(
    service_url: str,
    key: bytes,
    helpdesk: str,
    ticket: int,
    escalation: int,
    step: int,
    person: str,
    expires: datetime,
    *,
    number: str = "",
) -> str:
    """The address to open; `service_url` is that of the file, without or with a path."""
    link = AckLink(TicketRef(helpdesk, ticket), escalation, step, person, expires, number)
    token = str(_serializer(key).dumps(_plain(link)))
    return f"{service_url.rstrip('/')}{PATH}{token}"


def read_ack(key: bytes, token: str, now: datetime) -> AckLink:
    """What a token stands for. Raises `BadLink` or `ExpiredLink`, compares in constant time."""
    from itsdangerous import BadData

    if len(token) > LONGEST or not token.isascii():
        raise BadLink("not a link of ours")
    try:
        link = _link(_serializer(key).loads(token))
    except (BadData, ValueError, TypeError, OverflowError) as problem:
        raise BadLink("not a link of ours") from problem
    if now >= link.expires_at:
        raise ExpiredLink(link)
    return link


def _plain(link: AckLink) -> list[object]:
    expires = int(link.expires_at.timestamp())
    where = [link.ref.helpdesk, link.ref.id, link.escalation, link.step]
    return [*where, link.person, expires, link.number]


def _link(plain: Any) -> AckLink:
    if not isinstance(plain, list) or len(plain) != _FIELDS:
        raise ValueError("not the fields of a link")
    helpdesk, ticket, escalation, step, person, expires, number = plain
    ref = TicketRef(str(helpdesk), int(ticket))
    ends = datetime.fromtimestamp(int(expires), UTC)
    return AckLink(ref, int(escalation), int(step), str(person), ends, str(number))


def _serializer(key: bytes) -> URLSafeSerializer:
    from itsdangerous import URLSafeSerializer

    return URLSafeSerializer(
        key,
        salt="deskladder/acknowledge/1",
        signer_kwargs={"key_derivation": "hmac", "digest_method": sha256},
    )
