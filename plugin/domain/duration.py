"""Durations as people write them: `30m`, `4h`, `1h30m`, `2bd`, `7d`."""

from __future__ import annotations

import re

from plugin.domain.dataclass import dataclass

_PART = re.compile(r"(\d+)(bd|d|h|m|s)")


@dataclass(frozen=True, slots=True)
class Duration:
    """An amount of open time plus whole days.

    `minutes` (from `m`, `h`) are minutes of a calendar's open time; `business_days` (`bd`) are days
    on which the calendar opens; `days` (`d`) are 24 hours of real time each; `seconds` (`s`, for
    technical settings) are real. Where no calendar applies, minutes are real minutes and a business
    day is an error the configuration reports.
    """

    minutes: int = 0
    business_days: int = 0
    days: int = 0
    seconds: int = 0

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read `1h30m`, `2bd`, `7d` …; raises `ValueError` with what was expected."""
        compact = text.replace(" ", "").lower()
        parts = _PART.findall(compact)
        if not parts or "".join(amount + unit for amount, unit in parts) != compact:
            message = "expected a duration such as 30m, 4h, 1h30m, 2bd (business days) or 7d"
            raise ValueError(message)
        units = [unit for _, unit in parts]
        if len(set(units)) != len(units):
            message = "expected each unit once, such as 1h30m"
            raise ValueError(message)
        total = {unit: int(amount) for amount, unit in parts}
        return cls(
            minutes=total.get("m", 0) + 60 * total.get("h", 0),
            business_days=total.get("bd", 0),
            days=total.get("d", 0),
            seconds=total.get("s", 0),
        )

    @property
    def real_seconds(self) -> int:
        """The length where no calendar applies: minutes, seconds and 24-hour days."""
        return self.minutes * 60 + self.days * 86400 + self.seconds

    def __bool__(self) -> bool:
        return any((self.minutes, self.business_days, self.days, self.seconds))

    def __str__(self) -> str:
        hours, minutes = divmod(self.minutes, 60)
        amounts = (
            (self.business_days, "bd"),
            (self.days, "d"),
            (hours, "h"),
            (minutes, "m"),
            (self.seconds, "s"),
        )
        return "".join(f"{amount}{unit}" for amount, unit in amounts if amount) or "0m"
