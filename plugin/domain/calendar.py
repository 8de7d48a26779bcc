"""Business time: due times and open time between instants, exact in every zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from plugin.domain.duration import Duration

Pauses = Sequence[tuple[datetime, datetime]]


class Calendar(Protocol):
    name: str
    timezone: str

    def due(self, start: datetime, duration: Duration, pauses: Pauses = ()) -> datetime: ...
    def open_between(self, start: datetime, end: datetime, pauses: Pauses = ()) -> timedelta: ...
    def is_open(self, at: datetime) -> bool: ...
    def next_change(self, at: datetime) -> datetime: ...
