"""A value that is asked for rarely because it changes rarely."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """Keeps what `load` gave for `seconds`; a load that raises keeps nothing.

    Threads that come while one loads wait for its answer instead of asking the host again.
    """

    def __init__(
        self,
        load: Callable[[], T],
        seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load = load
        self._seconds = seconds
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._value: T | None = None
        self._loaded_at: float | None = None

    def get(self) -> T:
        """The value, loaded when it is missing or too old."""
        with self._lock:
            now = self._monotonic()
            fresh = self._loaded_at is not None and now - self._loaded_at < self._seconds
            if not fresh or self._value is None:
                self._value = self._load()
                self._loaded_at = now
            return self._value

    def forget(self) -> None:
        """Ask again next time."""
        with self._lock:
            self._loaded_at = None

    def reload(self, not_within: float = 30.0) -> T:
        """Load anew, unless that was done a moment ago: for "unknown id, maybe it is new"."""
        with self._lock:
            loaded_at = self._loaded_at
            if loaded_at is not None and self._monotonic() - loaded_at >= not_within:
                self._loaded_at = None
        return self.get()
