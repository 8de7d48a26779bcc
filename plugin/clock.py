"""The only place that asks the machine what time it is."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, UTC."""
    return datetime.fromtimestamp(time.time(), UTC)  # noqa: TID251


def monotonic() -> float:
    """Seconds that never jump, for measuring waits."""
    return time.monotonic()
