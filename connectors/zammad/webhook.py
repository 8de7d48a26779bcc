"""Zammad's webhook call: signature `X-Hub-Signature`, key `X-Zammad-Delivery`, ticket id.

Zammad repeats a failed call up to 5 times with the same delivery id but builds the body anew each
time, so the id is the key and the body is never hashed as long as there is one:
https://admin-docs.zammad.org/en/latest/manage/webhook.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from connectors.deliveries import PING, hint, is_ping, json_object, same, sha1_digest, window_key
from connectors.shapes import integer
from plugin.domain.delivery import Delivery
from plugin.domain.errors import BadDelivery
from plugin.domain.settings import HelpdeskSettings

_DELIVERY_ID = re.compile(r"[A-Za-z0-9._:-]{8,100}")
_WINDOW_SECONDS = 30


def parse_delivery(
    headers: Mapping[str, str],
    body: bytes,
    *,
    settings: HelpdeskSettings,
    received_at: datetime,
) -> Delivery:
    """Reduce a call to "look at ticket N"; nothing else of it is believed.

    Raises `BadDelivery`: 401 without the right signature, 400 for a body that is no Zammad payload.
    """
    _check_signature(headers.get("x-hub-signature", ""), body, settings)
    payload = json_object(body)
    if is_ping(payload):
        return Delivery(settings.name, "ping", None, received_at, "ping")
    ticket = payload.get("ticket")
    ticket_id = integer(ticket.get("id")) if isinstance(ticket, dict) else None
    if ticket_id is None:
        ticket_id = integer(payload.get("ticket_id"))  # for a custom payload
    if ticket_id is None:
        raise BadDelivery(
            "no ticket id in the body: expected Zammad's own payload with ticket.id; "
            "a custom payload needs a number under ticket_id"
        )
    return Delivery(
        helpdesk=settings.name,
        key=_key(headers.get("x-zammad-delivery", ""), body, received_at),
        ticket_id=ticket_id,
        received_at=received_at,
        hint=hint(headers.get("x-zammad-trigger", "")),
    )


def ping(settings: HelpdeskSettings) -> tuple[Mapping[str, str], bytes]:
    """A signed call that is about no ticket."""
    signature = f"sha1={sha1_digest(settings.webhook_secret, PING).hex()}"
    return {"Content-Type": "application/json", "X-Hub-Signature": signature}, PING


def _check_signature(found: str, body: bytes, settings: HelpdeskSettings) -> None:
    if not settings.webhook_secret.reveal():
        raise BadDelivery(f"helpdesk {settings.name!r} has no webhook_secret", status=401)
    if not found:
        raise BadDelivery(
            "X-Hub-Signature is missing: set the signature token of the webhook in Zammad to "
            "webhook_secret (a redirect on the way loses the header, too)",
            status=401,
        )
    expected = f"sha1={sha1_digest(settings.webhook_secret, body).hex()}"
    if not same(expected, found.strip()):
        raise BadDelivery(
            "X-Hub-Signature does not fit: webhook_secret and the webhook's signature token differ",
            status=401,
        )


def _key(delivery_id: str, body: bytes, received_at: datetime) -> str:
    if _DELIVERY_ID.fullmatch(delivery_id):
        return delivery_id
    return window_key("body", body, received_at, _WINDOW_SECONDS)
