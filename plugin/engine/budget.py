"""The global guard: how many actions may reach the helpdesks in five minutes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)
_REFRESH = timedelta(seconds=1)


class Budget:
    """Counts over all processes through the store; asked before every call.

    The store is counted at most once a second, what this process took since is added on top.
    """

    def __init__(self, count_since: Callable[[datetime], int]) -> None:
        self._count_since = count_since
        self._lock = threading.Lock()
        self._counted_at: datetime | None = None
        self._used = 0
        self._spent = False

    def take(self, limit: int, now: datetime) -> bool:
        """Take one; False when it must wait."""
        with self._lock:
            age = now - self._counted_at if self._counted_at else None
            if age is None or age >= _REFRESH or age < timedelta(0):
                self._used = self._count_since(now - WINDOW)
                self._counted_at = now
            if self._used >= limit:
                return False
            self._used += 1
            self._spent = False
            return True

    def newly_spent(self) -> bool:
        """True once for each time the budget runs out, so that it is told once."""
        with self._lock:
            told, self._spent = self._spent, True
            return not told
