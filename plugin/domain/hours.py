"""Opening hours and zones as people write them: `09:00-12:30`, `mon-thu`, `24/7`, `Europe/Paris`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

DAY = 1440
"""Minutes."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Hours = tuple[tuple[int, int], ...]
"""Open intervals of one day, in minutes since local midnight; a shift over midnight ends past 1440."""

Week = tuple[Hours, ...]
"""Seven days, Monday first."""

_EN_DASH = "\u2013"
_SHORTEST_DAY_NAME = 3
_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_OFFSET = re.compile(r"(?:utc|gmt)?\s*[+-]\s*\d{1,2}(?::?\d{2})?", re.IGNORECASE)
_WITHOUT_SLASH = {
    "cet": "Europe/Amsterdam",
    "met": "Europe/Amsterdam",
    "mez": "Europe/Berlin",
    "cest": "Europe/Amsterdam",
    "eet": "Europe/Athens",
    "wet": "Europe/Lisbon",
    "gmt": "Europe/London or UTC",
    "bst": "Europe/London",
    "gb": "Europe/London",
    "est": "America/New_York",
    "edt": "America/New_York",
    "est5edt": "America/New_York",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "cst6cdt": "America/Chicago",
    "mst": "America/Denver",
    "mst7mdt": "America/Denver",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "pst8pdt": "America/Los_Angeles",
    "hst": "Pacific/Honolulu",
    "ist": "Asia/Kolkata",
    "jst": "Asia/Tokyo",
    "z": "UTC",
}


class Misread(ValueError):
    """What was expected and what was found, kept apart for whoever knows the place in the file."""

    def __init__(self, expected: str, got: str, guess: str | None = None) -> None:
        hint = f"; did you mean {guess}?" if guess else ""
        super().__init__(f"expected {expected}, got {got}{hint}")
        self.expected = expected
        self.got = got
        self.guess = guess


def parse_time(text: str) -> int:
    """Read `09:00` … `24:00` as minutes since midnight."""
    match = _TIME.fullmatch(text.strip())
    if not match:
        raise Misread("a time such as 09:00", repr(text))
    hour, minute = int(match[1]), int(match[2])
    if minute >= 60 or hour * 60 + minute > DAY:  # noqa: PLR2004
        raise Misread("a time from 00:00 to 24:00", repr(text))
    return hour * 60 + minute


def parse_interval(text: str) -> tuple[int, int]:
    """Read `09:00-12:30`; an end at or before its start lies on the next day (`22:00-06:00`)."""
    start_text, dash, end_text = text.replace(_EN_DASH, "-").partition("-")
    if not dash:
        raise Misread("hours such as 09:00-17:00", repr(text))
    start, end = parse_time(start_text), parse_time(end_text)
    if start == end:
        raise Misread("hours with a length", repr(text), "00:00-24:00")
    if start == DAY:
        raise Misread("a start before 24:00", f"{text!r}, which belongs to the next day")
    return start, end if end > start else end + DAY


def parse_hours(texts: Iterable[str]) -> Hours:
    """Read the intervals of one day, in any order; two that overlap are an error."""
    hours = sorted(parse_interval(text) for text in texts)
    for (start, end), (next_start, next_end) in pairwise(hours):
        if next_start < end:
            raise Misread(
                "hours that do not overlap",
                f"{interval_text(start, end)} and {interval_text(next_start, next_end)}",
            )
    if len(hours) > 1 and hours[-1][1] - DAY > hours[0][0]:
        raise Misread("hours that do not overlap", "a shift over midnight into its own beginning")
    return tuple(hours)


def parse_days(text: str) -> tuple[int, ...]:
    """Read `mon`, `mon-thu`, `sat-mon` (over the week's end) or `mon,wed`; Monday is 0."""
    days: list[int] = []
    for part in text.lower().replace(_EN_DASH, "-").split(","):
        first_text, dash, last_text = part.strip().partition("-")
        first = _day(first_text.strip(), text)
        last = _day(last_text.strip(), text) if dash else first
        days += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    if len(set(days)) != len(days):
        raise Misread("each day once", repr(text))
    return tuple(days)


def parse_week(hours: Mapping[str, Sequence[str]] | str) -> Week:
    """Read a whole week: `24/7`, or days and day ranges with their intervals."""
    if isinstance(hours, str):
        if hours.replace(" ", "") != "24/7":
            raise Misread("24/7 or hours per day", repr(hours), "24/7")
        return (((0, DAY),),) * 7
    week: list[Hours] = [()] * 7
    named: set[int] = set()
    for days, intervals in hours.items():
        numbers = parse_days(days)
        twice = [DAYS[number] for number in numbers if number in named]
        if twice:
            raise Misread("each day once", f"{twice[0]} twice")
        named.update(numbers)
        for number in numbers:
            week[number] = parse_hours(intervals)
    clash = clashing_days(week)
    if clash:
        raise Misread(
            "hours that do not overlap", f"a night shift on {clash[0]} that runs into {clash[1]}"
        )
    return tuple(week)


def clashing_days(week: Sequence[Hours]) -> tuple[str, str] | None:
    """The first two days of which the night shift of one overlaps the hours of the next."""
    for number, hours in enumerate(week):
        following = week[(number + 1) % 7]
        if hours and following and hours[-1][1] - DAY > following[0][0]:
            return DAYS[number], DAYS[(number + 1) % 7]
    return None


def interval_text(start: int, end: int) -> str:
    """`09:00-12:30` for minutes since midnight."""
    over = end - DAY if end > DAY else end
    return f"{start // 60:02}:{start % 60:02}-{over // 60:02}:{over % 60:02}"


def load_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name; raises `ValueError` that says what to write instead.

    Offsets (`+01:00`, `Etc/GMT-1`) and three-letter names (`CET`, `EST`) are refused: they do not
    say when the clocks change, or say it for a place nobody meant.
    """
    is_plain = "/" in name and not name.startswith(("Etc/", "posix/", "right/"))
    if is_plain or name in {"UTC", "Etc/UTC"}:
        # A zone that is there needs no look at all the others, which opens 600 files.
        with suppress(KeyError, ValueError, OSError):
            return ZoneInfo(name)
    raise Misread("an IANA zone such as Europe/Amsterdam", repr(name), zone_guess(name))


def zone_guess(name: str) -> str | None:
    """What somebody who wrote `name` may have meant; None when the name is fine or a riddle."""
    folded = name.strip().lower()
    if folded in _WITHOUT_SLASH:
        return _WITHOUT_SLASH[folded]
    if _OFFSET.fullmatch(folded) or folded.startswith("etc/gmt"):
        return "the city whose clock you use, because an offset does not know summer time"
    known = available_timezones()
    if name in known:
        return None
    by_fold = {zone.lower(): zone for zone in known if "/" in zone or zone == "UTC"}
    wanted = folded.replace(" ", "_")
    if wanted in by_fold:
        return by_fold[wanted]
    cities = {zone.rpartition("/")[2]: real for zone, real in sorted(by_fold.items())}
    city = wanted.rpartition("/")[2]
    if city in cities:
        return cities[city]
    near = difflib.get_close_matches(wanted, by_fold, 1, 0.75)
    return by_fold[near[0]] if near else None


def _day(text: str, whole: str) -> int:
    for number, day in enumerate(_FULL):
        if len(text) >= _SHORTEST_DAY_NAME and day.startswith(text):
            return number
    near = difflib.get_close_matches(text, DAYS, 1, 0.5)
    raise Misread("days such as mon or mon-thu", repr(whole), near[0] if near else None)


_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
