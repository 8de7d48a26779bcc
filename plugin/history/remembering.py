"""A calendar that remembers what it has worked out: a replay asks about the same clock at every look."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any

from plugin.domain.calendar import Calendar, Pauses
from plugin.domain.duration import Duration

_MOST = 50_000


class RememberingCalendar(Calendar):
    """Answers as the calendar it is made from; keeps the last fifty thousand answers or fewer."""

    _answers: dict[Hashable, datetime]

    @classmethod
    def of_calendar(cls, known: Calendar) -> RememberingCalendar:
        """The same hours, holidays and zone."""
        if isinstance(known, cls):
            return known
        made = cls(
            known.name, known.timezone, known.week, known.holidays, known.special, known.feeds
        )
        object.__setattr__(made, "_answers", {})
        return made

    def due(self, start: datetime, duration: Duration, pauses: Pauses = ()) -> datetime:
        """See `Calendar.due`."""
        key = ("due", start, duration, tuple(pauses))
        return self._remembered(key, super().due, start, duration, pauses)

    def instant_at_share(
        self, start: datetime, duration: Duration, share: float, pauses: Pauses = ()
    ) -> datetime:
        """See `Calendar.instant_at_share`."""
        key = ("share", start, duration, share, tuple(pauses))
        return self._remembered(key, super().instant_at_share, start, duration, share, pauses)

    def instant_before(
        self, start: datetime, duration: Duration, before: Duration, pauses: Pauses = ()
    ) -> datetime:
        """See `Calendar.instant_before`."""
        key = ("before", start, duration, before, tuple(pauses))
        return self._remembered(key, super().instant_before, start, duration, before, pauses)

    def _remembered(self, key: Hashable, ask: Callable[..., datetime], *arguments: Any) -> datetime:
        found = self._answers.get(key)
        if found is None:
            if len(self._answers) >= _MOST:
                self._answers.clear()
            found = self._answers[key] = ask(*arguments)
        return found
