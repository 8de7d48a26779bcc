"""Business time the slow way: looks at the wall clock of every single minute.

Shares no code with the calendar: it is what the calendar is measured against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


class MinuteWalk:
    """`week` and `special` hold intervals in minutes; those over midnight end past 1440."""

    def __init__(
        self,
        timezone: str,
        week: Sequence[Sequence[tuple[int, int]]],
        closed: frozenset[date] = frozenset(),
        special: Mapping[date, Sequence[tuple[int, int]]] | None = None,
    ) -> None:
        self.zone = ZoneInfo(timezone)
        self.week = week
        self.closed = closed
        self.special = special or {}
        self.painted: dict[date, list[bool]] = {}

    def is_open(self, at: datetime) -> bool:
        local = at.astimezone(self.zone)
        day = local.date()
        if day not in self.painted:
            self.painted[day] = self._paint(day)
        return self.painted[day][local.hour * 60 + local.minute]

    def _paint(self, day: date) -> list[bool]:
        """Whether it is open, for each minute that the wall clock shows on a day."""
        before = day - timedelta(days=1)
        evening = self.special[before] if before in self.special else self.week[before.weekday()]
        if day in self.special:
            intervals = list(self.special[day])
        elif day in self.closed:
            intervals = []
        else:
            late = [(start - 1440, end - 1440) for start, end in evening]
            intervals = [*self.week[day.weekday()], *late]
        minutes = [False] * 1440
        for start, end in intervals:
            for minute in range(max(start, 0), min(end, 1440)):
                minutes[minute] = True
        return minutes

    def open_between(
        self, start: datetime, end: datetime, pauses: Sequence[tuple[datetime, datetime]] = ()
    ) -> int:
        minutes, at = 0, start
        while at < end:
            minutes += self._counts(at, pauses)
            at += MINUTE
        return minutes

    def due(
        self, start: datetime, minutes: int, pauses: Sequence[tuple[datetime, datetime]] = ()
    ) -> datetime:
        at = start.astimezone(UTC)
        while minutes:
            minutes -= self._counts(at, pauses)
            at += MINUTE
        return at

    def _counts(self, at: datetime, pauses: Sequence[tuple[datetime, datetime]]) -> bool:
        return self.is_open(at) and not any(start <= at < end for start, end in pauses)
