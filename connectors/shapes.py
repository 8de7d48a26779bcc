"""Tolerant readers of JSON from elsewhere: ids as numbers or digits, instants, lists, texts.

A helpdesk's answer is never trusted to have a shape: what is missing or odd becomes a default, or
`TryAgain` with words where nothing sensible can be done without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from plugin.domain.errors import TryAgain

LARGEST_ID = 2**63 - 1
_MOST_DIGITS = 19


def integer(value: object) -> int | None:
    """Read an id: a positive whole number, or its digits as text; None for anything else."""
    if isinstance(value, bool):
        return None
    if (
        isinstance(value, str)
        and value.isascii()
        and value.isdigit()
        and len(value) <= _MOST_DIGITS
    ):
        value = int(value)
    if isinstance(value, int) and 0 < value <= LARGEST_ID:
        return value
    return None


def needed_integer(record: Mapping[str, Any], key: str) -> int:
    """Read an id that must be there."""
    found = integer(record.get(key))
    if found is None:
        raise TryAgain(f"the helpdesk's answer has no usable {key!r}; expected a whole number")
    return found


def text(value: object) -> str:
    """Read a text; empty for null and for anything that is no text or number."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def instant(value: object) -> datetime | None:
    """Read an ISO 8601 instant as UTC; one without a zone is taken as UTC."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def needed_instant(record: Mapping[str, Any], key: str) -> datetime:
    """Read an instant that must be there."""
    found = instant(record.get(key))
    if found is None:
        raise TryAgain(f"the helpdesk's answer has no usable {key!r}; expected an ISO 8601 instant")
    return found


def day(value: object) -> date | None:
    """Read a calendar day; the time of day of a longer value is cut off."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def mapping(value: object) -> Mapping[str, Any]:
    """Read an object; empty for anything else (PHP writes an empty object as a list)."""
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[Mapping[str, Any]]:
    """Read a list of objects, leaving out what is none; an object with gaps counts as its values."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return []
    return [row for row in value if isinstance(row, dict)]


def texts(value: object) -> list[str]:
    """Read a list of texts, leaving out what is none."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return []
    return [entry for entry in value if isinstance(entry, str)]


def integers(value: object) -> list[int]:
    """Read a list of ids, leaving out what is none."""
    entries = value if isinstance(value, list) else []
    return [number for entry in entries if (number := integer(entry)) is not None]
