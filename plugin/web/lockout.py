"""Who has knocked too often with a wrong key: counted in memory, by address, and let in again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from plugin.clock import monotonic

_ADDRESSES = 10_000


def caller_of(request: Any) -> str:
    """The peer and, behind a proxy, whom the proxy nearest to us saw.

    The last entry of X-Forwarded-For is the one a caller cannot choose; one who has no proxy in
    front can, but counts under their own peer address all the same.
    """
    seen = request.headers.get("X-Forwarded-For", "")[-300:].rpartition(",")[2].strip()
    return f"{request.remote_addr} {seen}"


class Lockout:
    """After `limit` wrong keys within `seconds` nobody listens to this caller for as long.

    Kept for the last ten thousand callers; cheap enough for every request.
    """

    def __init__(
        self, limit: int = 10, seconds: float = 60.0, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait(self, caller: str) -> int:
        """Seconds until this caller is listened to again, rounded up; 0 for now."""
        with self._lock:
            count, since = self._counts.get(caller, (0, 0.0))
            left = since + self._seconds - self._clock()
            return int(left) + 1 if count >= self._limit and left > 0 else 0

    def count(self, caller: str) -> bool:
        """Note a wrong key; True for the one that closes the door."""
        now = self._clock()
        with self._lock:
            count, since = self._counts.pop(caller, (0, now))
            if now - since >= self._seconds:
                count, since = 0, now
            closes = count + 1 == self._limit
            self._counts[caller] = (count + 1, now if closes else since)
            if len(self._counts) > _ADDRESSES:
                self._counts.popitem(last=False)
            return closes
