"""FreeScout's webhook call: signature `X-FreeScout-Signature`, no delivery id, event unsigned.

The only thing taken from the body is the conversation's id, or that it is about a customer and no
conversation. One action in the user interface sends several events with the same body, so the event
is part of the key; repeated calls are byte-identical, real ones may be, hence the short window.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.deliveries import PING, hint, is_ping, json_object, same, sha1_digest, window_key
from connectors.shapes import integer, mapping
from plugin.domain.delivery import Delivery
from plugin.domain.errors import BadDelivery
from plugin.domain.settings import HelpdeskSettings

_WINDOW_SECONDS = 120
_CONVERSATION_KEYS = ("mailboxId", "threadsCount")


def parse_delivery(
    headers: Mapping[str, str],
    body: bytes,
    *,
    settings: HelpdeskSettings,
    received_at: datetime,
) -> Delivery:
    """Reduce a call to "look at ticket N", or to nothing (`ticket_id` None) for a customer's event.

    Raises `BadDelivery`: 401 without the right signature, 400 for a body of another make.
    """
    _check_signature(headers.get("x-freescout-signature", ""), body, settings)
    payload = json_object(body)
    if is_ping(payload):
        return Delivery(settings.name, "ping", None, received_at, "ping")
    event = hint(headers.get("x-freescout-event", ""))
    return Delivery(
        helpdesk=settings.name,
        key=window_key(event, body, received_at, _WINDOW_SECONDS),
        ticket_id=_conversation_id(payload),
        received_at=received_at,
        hint=event,
    )


def ping(settings: HelpdeskSettings) -> tuple[Mapping[str, str], bytes]:
    """A signed call that is about no conversation."""
    signature = b64encode(sha1_digest(settings.webhook_secret, PING)).decode()
    return {"Content-Type": "application/json", "X-FreeScout-Signature": signature}, PING


def _conversation_id(payload: Mapping[str, Any]) -> int | None:
    if any(key in payload for key in _CONVERSATION_KEYS):
        found = integer(payload.get("id"))
        if found is not None:
            return found
    elif isinstance(mapping(payload.get("_embedded")).get("emails"), list):
        return None
    raise BadDelivery("no conversation id in the body: expected the payload of API & Webhooks")


def _check_signature(found: str, body: bytes, settings: HelpdeskSettings) -> None:
    if not settings.webhook_secret.reveal():
        raise BadDelivery(f"helpdesk {settings.name!r} has no webhook_secret", status=401)
    if not found:
        raise BadDelivery(
            "X-FreeScout-Signature is missing: only the official module API & Webhooks signs its calls",
            status=401,
        )
    expected = b64encode(sha1_digest(settings.webhook_secret, body)).decode()
    if not same(expected, found.strip()):
        raise BadDelivery(
            "X-FreeScout-Signature does not fit: webhook_secret must be the Secret Key shown at "
            "Manage » API & Webhooks",
            status=401,
        )
