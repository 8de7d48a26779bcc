"""Holidays kept by somebody else: public holidays of a country, events of an iCal file.

Both are listed year by year, on first use, and only then are the libraries loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from plugin.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class CountryFeed:
    """Public holidays of a country or one of its regions; half days by law are not among them.

    `language` is a code of the holidays library (`nl`, `en_US`); without one, names are English
    where the library has them, else in the country's own language.
    """

    country: str
    region: str | None = None
    language: str | None = None

    def days(self, year: int) -> Mapping[date, str]:
        """The holidays of a year, observed substitutes included."""
        return _listed(self.country, self.region, self.language, year)

    def spans(self, year: int) -> Sequence[tuple[datetime, datetime, str]]:
        """None: a public holiday is a whole day."""
        del year
        return ()


@dataclass(frozen=True, slots=True)
class FileFeed:
    """The events of an iCal file, recurring ones included.

    An event of whole days clears those civil dates in the calendar's own zone; an event with times
    closes exactly its span. Times without a zone are local to `timezone`. Cancelled events do not
    count; events marked as free time do, because published holiday calendars are.
    """

    name: str
    content: bytes = field(repr=False)
    timezone: str

    def days(self, year: int) -> Mapping[date, str]:
        """Whole days of events that touch the year."""
        found: dict[date, str] = {}
        for first, after, name in _events(self.content, year):
            if isinstance(first, datetime):
                continue
            for offset in range((after - first).days):
                found.setdefault(first + timedelta(days=offset), name)
        return found

    def spans(self, year: int) -> Sequence[tuple[datetime, datetime, str]]:
        """Events with times that touch the year."""
        zone = ZoneInfo(self.timezone)
        return [
            (_aware(start, zone), _aware(end, zone), name)
            for start, end, name in _events(self.content, year)
            if isinstance(start, datetime) and isinstance(end, datetime)
        ]


def read_events(content: bytes, year: int) -> None:
    """Read the file and list one year; raises `ValueError` in words when that cannot be done."""
    try:
        calendars = _calendars(content)
    except Exception as error:  # noqa: BLE001 - the parser raises whatever its parts raise
        raise ValueError(f"it is not an iCal file ({_reason(error)})") from None
    if not calendars:
        raise ValueError("it holds no calendar (BEGIN:VCALENDAR)")
    try:
        # The library of recurrences swaps the two and would close the whole time between.
        backwards = any(_is_backwards(event) for one in calendars for event in one.walk("VEVENT"))
        _events(content, year)
    except Exception as error:  # noqa: BLE001 - as above
        raise ValueError(f"one of its events cannot be understood ({_reason(error)})") from None
    if backwards:
        raise ValueError("an event ends before it starts")


def _is_backwards(event: Any) -> bool:
    start, end = event.get("DTSTART"), event.get("DTEND")
    return start is not None and end is not None and bool(end.dt < start.dt)


@lru_cache(maxsize=512)
def _listed(country: str, region: str | None, language: str | None, year: int) -> dict[date, str]:
    import holidays

    # Without a language the library follows the machine's locale: the same file would read differently.
    known = holidays.list_localized_countries().get(country, [])
    default = "en_US" if "en_US" in known else None
    listed = holidays.country_holidays(
        country, subdiv=region, years=year, language=language or default or _own(country)
    )
    return {day: name for day, name in listed.items() if day.year == year}


def _own(country: str) -> str | None:
    import holidays

    language: str | None = holidays.country_holidays(country).default_language
    return language


@lru_cache(maxsize=32)
def _calendars(content: bytes) -> list[Any]:
    import icalendar

    return list(icalendar.Calendar.from_ical(content, multiple=True))


@lru_cache(maxsize=512)
def _events(content: bytes, year: int) -> list[tuple[date, date, str]]:
    return [
        event for calendar in _calendars(content) for event in _between(calendar, year, year + 1)
    ]


def _between(calendar: Any, first_year: int, last_year: int) -> list[tuple[date, date, str]]:
    import recurring_ical_events

    found: list[tuple[date, date, str]] = []
    query = recurring_ical_events.of(calendar)
    for event in query.between((first_year, 1, 1), (last_year, 1, 1)):
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        start = event.start
        end = event.end
        found.append((start, end, str(event.get("SUMMARY", "")).strip() or "closed"))
    return found


def _aware(at: datetime, zone: ZoneInfo) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
