"""`calendars:` of the file → calendars: hours, zone, holidays, half days.

A holiday is one of

* a country or region: `NL`, `DE-BY`, or `{country: DE, region: BY, language: de}`;
* a date: `2026-12-24`, or `{date: 2026-12-24, until: 2026-12-31, name: company holiday}`;
* a date with its own hours, a half day or an extra open day: `{date: 2026-12-24, hours: [09:00-12:00]}`;
* an iCal file beside the configuration: `holidays.ics`, or `{file: holidays.ics}`.

Own hours win over a holiday on the same date. The library that knows the countries is loaded when
the first question is asked, not while the file is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError

from plugin.configuration.feeds import CountryFeed, FileFeed, read_events
from plugin.configuration.fields import Complaint, Kind, refusal
from plugin.configuration.holiday_entries import LONGEST_CLOSURE, Holiday, read_holidays
from plugin.configuration.intervals import read_text, read_week, understood
from plugin.domain.calendar import Calendar, Feed, NoOpenTime, SpecialDay
from plugin.domain.dataclass import dataclass
from plugin.domain.hours import load_zone

LARGEST_FILE = 5_000_000  # bytes
_INTERVAL = r"^\s*\d{1,2}:\d{2}\s*[-\u2013]\s*\d{1,2}:\d{2}\s*$"
_DATE = r"^\d{4}-\d{2}-\d{2}$"


class Zone(Kind):
    """A time zone by its IANA name."""

    what = "an IANA zone such as Europe/Amsterdam"

    def read(self, value: Any) -> str:
        text = read_text(value, self.what)
        understood(load_zone, text)
        return text

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^(UTC|Etc/UTC|[A-Z][A-Za-z_]+(/[A-Za-z_+-]+)+)$"}


class WeekHours(Kind):
    """The usual hours of a week."""

    what = "24/7, or hours per day such as {mon-thu: [09:00-12:30, 13:00-17:30]}"

    def read(self, value: Any) -> Any:
        read_week(value, self.what)
        return value

    def json_schema(self) -> dict[str, Any]:
        return {
            "anyOf": [
                {"const": "24/7"},
                {
                    "type": "object",
                    "minProperties": 1,
                    "propertyNames": {"pattern": r"^[A-Za-z]{3,9}([-,][A-Za-z, -]+)?$"},
                    "additionalProperties": _HOURS_SCHEMA,
                },
            ]
        }


class Holidays(Kind):
    """Closed days, half days and extra open days."""

    what = "a list such as [NL, 2026-12-24, holidays.ics]"

    def read(self, value: Any) -> Any:
        read_holidays(value, self.what)
        return value

    def json_schema(self) -> dict[str, Any]:
        entry = {
            "type": "object",
            "properties": {
                "date": {"type": "string", "pattern": _DATE},
                "until": {"type": "string", "pattern": _DATE},
                "name": {"type": "string"},
                "hours": _HOURS_SCHEMA,
                "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
                "region": {"type": "string"},
                "language": {"type": "string"},
                "file": {"type": "string", "pattern": r"\.[iI][cC][sS]$"},
            },
            "additionalProperties": False,
            "oneOf": [{"required": [key]} for key in ("date", "country", "file")],
        }
        return {"type": "array", "items": {"anyOf": [{"type": "string"}, entry]}}


_HOURS_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "pattern": _INTERVAL},
        {"type": "array", "items": {"type": "string", "pattern": _INTERVAL}},
    ]
}


class CalendarSchema(Schema):
    """One entry of `calendars:`. Values are checked and kept as written; `build_calendar` reads them."""

    timezone = Zone(
        required=True, metadata={"description": "IANA zone, for example Europe/Amsterdam"}
    )
    hours = WeekHours(
        required=True, metadata={"description": "24/7, or days and day ranges with their intervals"}
    )
    holidays = Holidays(
        metadata={"description": "countries, dates, half days, iCal files; see docs/time.md"}
    )


def build_calendar(name: str, data: Mapping[str, Any], base_dir: Path, now: datetime) -> Calendar:
    """Build a calendar from one entry of the file, raw or loaded by `CalendarSchema`.

    iCal files are read now, from `base_dir`; a changed file needs a reload. Raises
    `ValidationError` whose messages follow the entry's own keys.
    """
    loaded = CalendarSchema().load(dict(data))
    found = _Closures()
    mistakes: dict[int, Any] = {}
    for index, entry in enumerate(read_holidays(loaded.get("holidays", []), Holidays.what)):
        try:
            found.add(entry, base_dir, loaded["timezone"], now)
        except ValidationError as error:
            mistakes[index] = error.messages
    if mistakes:
        raise ValidationError({"holidays": mistakes})
    week = read_week(loaded["hours"], WeekHours.what)
    calendar = Calendar(
        name, loaded["timezone"], week, found.closed, found.special, tuple(found.feeds)
    )
    _must_open(calendar, now)
    return calendar


def calendar_files(data: Mapping[str, Any], base_dir: Path) -> list[Path]:
    """The iCal files an entry names: what a watcher must watch beside the configuration."""
    try:
        entries = read_holidays(data.get("holidays", []), Holidays.what)
    except ValidationError:
        return []
    return [base_dir / entry.file for entry in entries if entry.file]


def calendar_warnings(calendar: Calendar, now: datetime) -> list[str]:
    """What is allowed and yet probably wrong: an iCal file whose events are all over."""
    warnings = []
    for feed in calendar.feeds:
        if not isinstance(feed, FileFeed):
            continue
        years = (now.year, now.year + 1)
        days = any(day >= now.date() for year in years for day in feed.days(year))
        if not days and not any(end > now for year in years for _, end, _ in feed.spans(year)):
            warnings.append(
                f"calendar {calendar.name!r}: {feed.name} closes nothing after {now:%Y-%m-%d}; "
                "is it an old file?"
            )
    return warnings


@dataclass(slots=True)
class _Closures:
    """What the entries of one list add up to."""

    closed: dict[date, str] = field(default_factory=dict)
    special: dict[date, SpecialDay] = field(default_factory=dict)
    feeds: list[Feed] = field(default_factory=list)

    def add(self, entry: Holiday, base_dir: Path, timezone: str, now: datetime) -> None:
        if entry.country:
            self.feeds.append(CountryFeed(entry.country, entry.region, entry.language))
        elif entry.file:
            self.feeds.append(_file_feed(entry.file, base_dir, timezone, now.year))
        elif entry.first and entry.last:
            for offset in range((entry.last - entry.first).days + 1):
                self._add_day(entry.first + timedelta(days=offset), entry)

    def _add_day(self, day: date, entry: Holiday) -> None:
        if day in self.closed or day in self.special:
            raise refusal("each date once", got=f"{day} a second time")
        if entry.hours is None:
            self.closed[day] = entry.name or "closed"
        else:
            self.special[day] = SpecialDay(entry.hours, entry.name)


def _must_open(calendar: Calendar, now: datetime) -> None:
    """Refuse a calendar that stays closed for a year, as far as the countries let us tell."""
    # Public holidays are left out: they close single days, and asking them would load the library.
    files = tuple(feed for feed in calendar.feeds if not isinstance(feed, CountryFeed))
    if any(calendar.week) and not files and len(calendar.holidays) < LONGEST_CLOSURE:
        return
    without = Calendar(
        calendar.name,
        calendar.timezone,
        calendar.week,
        calendar.holidays,
        calendar.special,
        files,
    )
    try:
        without.next_openings(now, 1)
    except NoOpenTime:
        raise ValidationError(
            {
                "hours": [
                    Complaint(
                        "open time within a year",
                        got="none",
                        remedy="give at least one day some hours, or look at what the holidays close",
                    )
                ]
            }
        ) from None


def _file_feed(text: str, base_dir: Path, timezone: str, year: int) -> FileFeed:
    path = base_dir / text
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise refusal("an iCal file of at most 5 MB", remedy="keep only the coming years in it")
        content = path.read_bytes()
    except OSError as error:
        raise refusal(
            "an iCal file that can be read",
            got=f"{text!r}: {(error.strerror or 'unreadable').lower()}",
            remedy=f"paths are relative to {base_dir}",
        ) from None
    try:
        read_events(content, year)
    except ValueError as error:
        raise refusal("an iCal file", got=f"{text!r}: {error}") from None
    return FileFeed(text, content, timezone)
