"""How long the engine waits for what: technical durations, all real time, scaled down by tests."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from plugin.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """The engine's technical durations, in seconds unless they are a `timedelta`.

    `gather` is the shortest time between two claims: what arrives in it is done together, and
    several deliveries about one ticket cost one read. `fresh` is how old a read may be when an
    action relies on it. `settle` is how long a request without an answer may still take effect;
    the client's read time-out is added to it. A tick is the longest the engine sleeps. `clock_skew`
    is how far a helpdesk's clock may be behind ours: what it calls that much older than a new store
    is news all the same. The doctor looks for the first time `doctor_first` after the start, when the
    rest has settled.
    """

    gather: float = 0.02
    batch: int = 50
    lease: timedelta = timedelta(seconds=90)
    fresh: float = 3.0
    settle: float = 5.0
    tick: float = 10.0
    backoff_first: float = 2.0
    backoff_longest: float = 900.0
    refused_wait: float = 60.0
    refused_longest: float = 3600.0
    guard_hold: float = 30.0
    give_up_after: timedelta = timedelta(days=3)
    late_after: timedelta = timedelta(minutes=10)
    reconcile: float = 180.0
    sweep: float = 3600.0
    retention: float = 3600.0
    keep: timedelta = timedelta(days=90)
    watch: float = 2.0
    clock_skew: timedelta = timedelta(minutes=5)
    heartbeat: float = 60.0
    knock: float = 60.0
    digest: float = 60.0
    doctor_first: float = 15.0
    doctor: float = 86_400.0

    def backoff(self, attempts: int, random: Random, after: float | None = None) -> timedelta:
        """How long to leave a failing call alone after `attempts` failures before this one.

        Doubles each time, the upper half of it random so that many do not come back at once. What
        the server asked for (`after`) is a lower bound, with a little jitter on top.
        """
        full = min(self.backoff_longest, self.backoff_first * 2.0 ** min(attempts, 30))
        wait = full * (0.5 + random.random() / 2)
        if after is not None:
            wait = max(wait, after * (1 + random.random() / 10))
        return timedelta(seconds=wait)
