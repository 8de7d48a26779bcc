"""A circuit breaker: after failures in a row a host is left alone for a while, then tried once."""

from __future__ import annotations

import enum
import threading
import time
from collections.abc import Callable

_PROBE_PATIENCE = 120.0


class BreakerState(enum.StrEnum):
    """`HALF_OPEN`: one call is under way to see whether the host is back."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"


class Breaker:
    """Counts failures in a row of one host; shared by all threads that call it.

    It opens after `failures_allowed` and stays open for `first_wait` seconds, twice as long after
    each failed probe, at most `longest_wait`.
    """

    def __init__(
        self,
        *,
        failures_allowed: int = 5,
        first_wait: float = 5.0,
        longest_wait: float = 60.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allowed = failures_allowed
        self._first_wait = first_wait
        self._longest_wait = longest_wait
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failures = 0
        self._opened = 0  # times in a row it had to open
        self._closed_until = 0.0
        self._held_until = 0.0
        self._probe_since: float | None = None

    @property
    def failures(self) -> int:
        """Failures in a row so far."""
        return self._failures

    @property
    def state(self) -> BreakerState:
        """Where it stands now; open also while the host asked for a pause."""
        with self._lock:
            if self._probe_since is not None:
                return BreakerState.HALF_OPEN
            if self._opened or self._held_until > self._monotonic():
                return BreakerState.OPEN
            return BreakerState.CLOSED

    def admit(self) -> float:
        """Seconds to wait before calling; 0.0 lets the caller through, as the probe when it is open.

        A caller that was let through must report `succeeded` or `failed`.
        """
        with self._lock:
            now = self._monotonic()
            if self._held_until > now:
                return self._held_until - now
            if not self._opened:
                return 0.0
            if self._closed_until > now:
                return self._closed_until - now
            if self._probe_since is not None and now - self._probe_since < _PROBE_PATIENCE:
                return 1.0
            self._probe_since = now
            return 0.0

    def succeeded(self) -> None:
        """The host answered like a host in good health."""
        with self._lock:
            self._failures = self._opened = 0
            self._probe_since = None

    def failed(self) -> None:
        """The host did not answer, or answered that it cannot."""
        with self._lock:
            self._failures += 1
            probing = self._probe_since is not None
            self._probe_since = None
            if probing or (not self._opened and self._failures >= self._allowed):
                wait = min(self._first_wait * 2**self._opened, self._longest_wait)
                self._closed_until = self._monotonic() + wait
                self._opened = min(self._opened + 1, 16)

    def hold(self, seconds: float) -> None:
        """The host asked for a pause: nobody calls before it is over."""
        with self._lock:
            self._held_until = max(self._held_until, self._monotonic() + seconds)
            self._probe_since = None
