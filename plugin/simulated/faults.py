"""Things that go wrong between a client and a helpdesk, by script or by a seeded die.

A fault says what breaks and for which calls; the server asks for each request which fault, if
any, applies. "After" means after the effect: the helpdesk did what it was told and the client
will never know.
"""

from __future__ import annotations

import enum
import random
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field


class Trouble(enum.StrEnum):
    """What can happen to one request."""

    TIMEOUT_BEFORE = "timeout before"
    TIMEOUT_AFTER = "timeout after"
    RESET_BEFORE = "reset before"
    RESET_AFTER = "reset after"
    TOO_MANY = "429"
    ERROR = "500"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    GATEWAY_TIMEOUT_AFTER = "504 after"
    SLOW = "slow"
    HTML_PAGE = "html page"
    TRUNCATED_AFTER = "truncated after"

    @property
    def has_effect(self) -> bool:
        """True when the helpdesk does what it was told although the client may not hear of it."""
        return self in {
            Trouble.TIMEOUT_AFTER,
            Trouble.RESET_AFTER,
            Trouble.GATEWAY_TIMEOUT_AFTER,
            Trouble.SLOW,
            Trouble.TRUNCATED_AFTER,
        }


class Mishap(enum.StrEnum):
    """What can happen to one webhook delivery on its way."""

    LOST = "lost"
    DUPLICATED = "duplicated"
    DELAYED = "delayed"
    REORDERED = "reordered"  # held back until the next one has been sent


@dataclass(slots=True)
class Fault:
    """One scripted fault: `times` calls matching `method` and `path` after letting `skip` pass.

    `path` is a regular expression searched in the path with its query; `times` None means for
    ever. `seconds` is the wait of a slow answer and the longest a timed-out connection is held;
    `retry_after` goes into the header of a 429 or 503.
    """

    trouble: Trouble
    method: str = ""
    path: str = ""
    times: int | None = 1
    skip: int = 0
    seconds: float = 60.0
    retry_after: str | None = None

    def matches(self, method: str, path: str) -> bool:
        """True for a call this fault is meant for."""
        return (not self.method or self.method == method) and bool(re.search(self.path, path))


@dataclass(slots=True)
class Dice:
    """Random faults, the same for the same seed and order of calls."""

    rate: float
    troubles: Sequence[Trouble]
    random: random.Random
    path: str = ""
    seconds: float = 0.2
    retry_after: str | None = None


@dataclass
class Faults:
    """The faults of one simulated helpdesk; empty means everything works."""

    _scripted: list[Fault] = field(default_factory=list)
    _dice: Dice | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(
        self,
        trouble: Trouble | str,
        *,
        method: str = "",
        path: str = "",
        times: int | None = 1,
        skip: int = 0,
        seconds: float = 60.0,
        retry_after: str | None = None,
    ) -> Fault:
        """Script a fault; earlier ones are used up first. See `Fault` for the arguments."""
        fault = Fault(Trouble(trouble), method, path, times, skip, seconds, retry_after)
        with self._lock:
            self._scripted.append(fault)
        return fault

    def randomly(
        self,
        *,
        seed: int,
        rate: float,
        troubles: Sequence[Trouble] = tuple(Trouble),
        path: str = "/api/",
        seconds: float = 0.2,
        retry_after: str | None = None,
    ) -> None:
        """Let that share of the calls fail, each time in one of the ways given."""
        die = random.Random(seed)  # noqa: S311  - a die for tests, not a secret
        with self._lock:
            self._dice = Dice(rate, tuple(troubles), die, path, seconds, retry_after)

    def clear(self) -> None:
        """Make everything work again."""
        with self._lock:
            self._scripted.clear()
            self._dice = None

    def draw(self, method: str, path: str) -> Fault | None:
        """Take the fault for this call, if there is one."""
        with self._lock:
            for fault in self._scripted:
                if not fault.matches(method, path):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._scripted.remove(fault)
                return fault
            dice = self._dice
            if dice and re.search(dice.path, path) and dice.random.random() < dice.rate:
                trouble = dice.random.choice(dice.troubles)
                return Fault(trouble, seconds=dice.seconds, retry_after=dice.retry_after)
        return None


@dataclass
class Mishaps:
    """What happens to webhook deliveries: a script first, then the die."""

    _scripted: list[Mishap] = field(default_factory=list)
    _rate: float = 0.0
    _kinds: tuple[Mishap, ...] = tuple(Mishap)
    _random: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, mishap: Mishap | str, *, times: int = 1) -> None:
        """Let it happen to the next deliveries."""
        with self._lock:
            self._scripted += [Mishap(mishap)] * times

    def randomly(self, *, seed: int, rate: float, kinds: Sequence[Mishap] = tuple(Mishap)) -> None:
        """Let it happen to that share of deliveries."""
        with self._lock:
            self._random = random.Random(seed)  # noqa: S311
            self._rate, self._kinds = rate, tuple(kinds)

    def clear(self) -> None:
        """Deliver everything once and in order again."""
        with self._lock:
            self._scripted.clear()
            self._rate = 0.0

    def draw(self) -> Mishap | None:
        """What happens to the delivery about to be sent."""
        with self._lock:
            if self._scripted:
                return self._scripted.pop(0)
            if self._rate and self._random.random() < self._rate:
                return self._random.choice(self._kinds)
        return None
