"""What goes into text columns: JSON, and sentences that any database can hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# ASCII only: half a surrogate pair, which a helpdesk's JSON may hold, is then escaped, not refused.
_encode = json.JSONEncoder(separators=(",", ":")).encode
_decode = json.JSONDecoder().decode


def to_json(value: Mapping[str, object]) -> str:
    """Compact JSON; raises TypeError for what JSON cannot hold."""
    return _encode(value) if value else "{}"


def from_json(text: str) -> dict[str, Any]:
    """The mapping that `to_json` wrote."""
    value: dict[str, Any] = _decode(text)
    return value


def storable(text: str) -> str:
    """The text without what cannot be stored: NUL (PostgreSQL) and lone surrogates (both).

    A sentence may quote a tag or an answer of the helpdesk; a strange one must not keep a ticket
    from ever being decided.
    """
    if text.isprintable():
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
