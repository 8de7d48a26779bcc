"""What every receiver of webhooks needs: one JSON object, a signature check, keys and hints."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import datetime
from typing import Any

from plugin.domain.errors import BadDelivery
from plugin.domain.settings import Secret

_HINT = re.compile(r"[^A-Za-z0-9 ._:/-]")
_LONGEST_HINT = 60


def sha1_digest(secret: Secret, body: bytes) -> bytes:
    """HMAC-SHA1 over the raw bytes: what both hosts sign with, the secret taken as text."""
    return hmac.new(secret.reveal().encode(), body, hashlib.sha1).digest()


def same(expected: str, found: str) -> bool:
    """Compare two signatures without telling by the time taken where they differ."""
    return hmac.compare_digest(expected.encode(), found.encode("utf-8", "replace"))


def json_object(body: bytes) -> dict[str, Any]:
    """Read the body as one JSON object; raises `BadDelivery` (400) saying what was found."""
    try:
        payload = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise BadDelivery("the body is not UTF-8 text") from None
    except RecursionError:
        raise BadDelivery("the body is nested too deeply to be a helpdesk's") from None
    except ValueError:
        raise BadDelivery("the body is not JSON") from None
    if not isinstance(payload, dict):
        raise BadDelivery("the body is JSON, but not an object")
    return payload


def hint(value: str) -> str:
    """A header's value made fit for a log line: short, plain, on one line."""
    return _HINT.sub("", value)[:_LONGEST_HINT]


def window_key(event: str, body: bytes, received_at: datetime, seconds: int) -> str:
    """A key from the body's hash within a window of time.

    Equal calls in one window are one; after it the same bytes count as new, because a change and
    its undoing can give the same body twice.
    """
    window = int(received_at.timestamp()) // seconds
    return f"{event}:{hashlib.sha256(body).hexdigest()[:40]}:{window}"


PING = b'{"deskladder":"ping"}'
"""The body of a call of our own, which only tries whether address and secret are right."""


def is_ping(payload: dict[str, Any]) -> bool:
    """True for that body; it is about no ticket."""
    return payload == {"deskladder": "ping"}
