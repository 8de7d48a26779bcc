"""On-call calendars kept elsewhere: an iCal file whose events say who is on call when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from plugin.configuration.calendars import LARGEST_FILE
from plugin.configuration.feeds import read_events
from plugin.configuration.fields import refusal

_YEARS = (-1, 3)
"""From which year on, and up to which, events are listed, counted from this one."""

_ADDRESS = re.compile(r"[^\s@<>,;:()\"']+@[^\s@<>,;:()\"']+[^\s@<>,;:()\"'.]")


def read_watches(
    file: Path, people: Sequence[str], timezone: str, now: datetime
) -> tuple[tuple[datetime, datetime, str], ...]:
    """Begin, end and person of every event, in order of time; recurring events one by one.

    The person is the attendee, else an address in the title, else the one of `people` whose address,
    login or the part before its @ stands in the title. Whole days and times without a zone are
    local to `timezone`. Raises `ValidationError` in words.
    """
    content = _content(file, now)
    zone = ZoneInfo(timezone)
    found = []
    for event in _readable(content, now.year, file.name):
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        person = _person(event, people)
        if person is None:
            title = " ".join(str(event.get("SUMMARY", "")).split())
            raise refusal(
                "events that say who is on call: an attendee, or an address in the title",
                got=f"{title!r} on {_day(event.start)}" if title else f"one on {_day(event.start)}",
            )
        found.append((_instant(event.start, zone), _instant(event.end, zone), person))
    if not any(end > now for _, end, _ in found):
        raise refusal(
            "an iCal file that says who is on call from now on",
            got="one whose events are all over" if found else "one without events",
        )
    return tuple(sorted(found))


def _content(file: Path, now: datetime) -> bytes:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise refusal("an iCal file of at most 5 MB", remedy="keep only the coming years in it")
        content = file.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "unreadable"
        raise refusal(
            "an iCal file that can be read",
            got=f"{file.name!r}: {reason.lower()}",
            remedy=f"paths are relative to {file.parent}",
        ) from None
    try:
        read_events(content, now.year)
    except ValueError as error:
        raise refusal("an iCal file", got=f"{file.name!r}: {error}") from None
    return content


def _readable(content: bytes, year: int, name: str) -> list[Any]:
    try:
        return list(_events(content, year))
    except Exception as error:  # noqa: BLE001 - the parser raises whatever its parts raise
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise refusal(
            "an iCal file", got=f"{name!r}: one of its events cannot be understood ({reason})"
        ) from None


def _events(content: bytes, year: int) -> Iterator[Any]:
    import icalendar
    import recurring_ical_events

    first, last = year + _YEARS[0], year + _YEARS[1]
    for calendar in icalendar.Calendar.from_ical(content, multiple=True):
        yield from recurring_ical_events.of(calendar).between((first, 1, 1), (last, 1, 1))


def _person(event: Any, people: Sequence[str]) -> str | None:
    attendees = event.get("ATTENDEE", [])
    for attendee in attendees if isinstance(attendees, list) else [attendees]:
        address = re.sub("(?i)^mailto:", "", str(attendee)).strip()
        if _ADDRESS.fullmatch(address):
            return address.lower()
    title = str(event.get("SUMMARY", ""))
    if written := _ADDRESS.search(title):
        return written[0].lower()
    words = set(re.findall(r"[\w.-]+", title.lower()))
    named = [one for one in people if {one.lower(), one.lower().partition("@")[0]} & words]
    return named[0] if len(named) == 1 else None


def _day(at: date | datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _instant(at: date | datetime, zone: tzinfo) -> datetime:
    whole = at if isinstance(at, datetime) else datetime.combine(at, time())
    return (whole if whole.tzinfo else whole.replace(tzinfo=zone)).astimezone(UTC)
