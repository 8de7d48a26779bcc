"""What was promised: metrics, targets, thresholds and the policy that holds them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from functools import cache

from plugin.domain.dataclass import dataclass
from plugin.domain.duration import Duration
from plugin.domain.ticket import StateType


class Source(enum.StrEnum):
    """Who computes the deadlines: this program, or the helpdesk with the SLA it has itself."""

    OWN = "own"
    HELPDESK = "helpdesk"


class Metric(enum.StrEnum):
    """What a clock measures; each runs on its own."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    PERIODIC_UPDATE = "periodic_update"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Threshold:
    """When a clock is at risk: a share of its open time passed, or so much of it left."""

    share: float | None = None
    before: Duration | None = None

    @classmethod
    def parse(cls, text: str) -> Threshold:
        """Read `75%` or `30m`; raises `ValueError` with what was expected."""
        compact = text.replace(" ", "")
        if not compact.endswith("%"):
            before = Duration.parse(compact)
            if before.business_days or not before:
                raise ValueError("expected a share such as 75% or a time such as 30m")
            return cls(before=before)
        number = compact.removesuffix("%")
        if not number.isdecimal() or not 0 < int(number) < 100:  # noqa: PLR2004
            raise ValueError("expected a share from 1% to 99%")
        return cls(share=int(number) / 100)

    def __str__(self) -> str:
        return f"{round((self.share or 0) * 100)}%" if self.before is None else str(self.before)


RESPONSE_CHANNELS = frozenset({"email", "phone", "chat", "web", "social", "sms"})


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """One entry of `sla:` as the clocks need it.

    `pause_in` holds state names or types (`pending reminder`); `counts_as_response` the channels
    of a public reply that stop a response clock. `reopen_window` and `thaw_grace` are real time.
    `targets` is empty when the deadlines come from the helpdesk.
    """

    name: str
    targets: Mapping[Metric, Duration]
    at_risk: tuple[Threshold, ...] = ()
    pause_in: frozenset[str] = field(default_factory=frozenset)
    counts_as_response: frozenset[str] = RESPONSE_CHANNELS
    reopen_window: timedelta = timedelta(hours=24)
    thaw_grace: timedelta = timedelta(minutes=15)
    source: Source = Source.OWN

    def pauses(self, name: str, kind: StateType) -> bool:
        """True when time in this state does not count. Closed time never counts and is no pause."""
        wanted = _folded(self.pause_in)
        return not kind.is_closed and (name.casefold() in wanted or kind.value in wanted)


@cache
def _folded(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)
