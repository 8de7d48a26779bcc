"""Zammad's business calendars in the words of our file: hours, holidays, zone; pure.

The shape: https://docs.zammad.org/en/latest/api/calendar.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from itertools import groupby, pairwise
from typing import Any
from urllib.parse import urlsplit

from connectors.shapes import mapping, text
from connectors.zammad.dossier import Record
from plugin.domain.hours import DAY, DAYS, interval_text, load_zone, parse_time

_LAST_MINUTE = DAY - 1
_PUBLIC_FEED = "/public/basic.ics"

Frames = tuple[tuple[int, int], ...]


def read_calendar(
    record: Record, feeds: Mapping[str, str]
) -> tuple[dict[str, Any], list[str], bool]:
    """The entry for `calendars:`, what to say about it, and whether it can be used as it is."""
    remarks: list[str] = []
    problems: list[str] = []
    if record.get("default") is True:
        remarks.append("Zammad's default calendar; here that is defaults: {calendar: …}")
    zone = text(record.get("timezone"))
    try:
        load_zone(zone)
    except ValueError as error:
        problems.append(f"its time zone cannot be used: {error}")
    hours = _hours(mapping(record.get("business_hours")), remarks)
    if not hours:
        problems.append("it has no opening hours")
    entry: dict[str, Any] = {"timezone": zone, "hours": hours}
    if holidays := _holidays(mapping(record.get("public_holidays")), remarks):
        entry["holidays"] = holidays
    if address := text(record.get("ical_url")).strip():
        remarks += _about_feed(address, feeds, len(holidays))
    return entry, [*problems, *remarks], not problems


def _hours(week: Record, remarks: list[str]) -> dict[str, list[str]] | str:
    """Days and day ranges with their intervals; inactive days keep frames that mean nothing."""
    days = {day: _frames(day, mapping(week.get(day)), remarks) for day in DAYS}
    if all(frames == ((0, DAY),) for frames in days.values()):
        return "24/7"
    found: dict[str, list[str]] = {}
    for frames, alike in groupby(DAYS, key=lambda day: days[day]):
        run = list(alike)
        if frames:
            named = run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}"
            found[named] = [interval_text(start, end) for start, end in frames]
    return found


def _frames(day: str, record: Record, remarks: list[str]) -> Frames:
    """The intervals of a day in minutes, in order; 23:59 means midnight."""
    if record.get("active") is not True:
        return ()
    listed = record.get("timeframes")
    read: dict[int, int] = {}
    for frame in listed if isinstance(listed, list) else ():
        try:
            start, end = (parse_time(text(edge)) for edge in frame)
        except (TypeError, ValueError):
            remarks.append(f"{day}: left out the hours {_shown(frame)}, which are no times")
            continue
        end = DAY if end == _LAST_MINUTE else end
        if start >= end:
            remarks.append(
                f"{day}: left out the hours {_shown(frame)}, which end before they begin"
            )
            continue
        read[start] = end  # of two frames that begin together Zammad keeps the later one
    joined = _joined(sorted(read.items()))
    if len(joined) != len(read):
        remarks.append(f"{day}: hours that overlapped were joined")
    return joined


def _joined(frames: list[tuple[int, int]]) -> Frames:
    if not any(later[0] < earlier[1] for earlier, later in pairwise(frames)):
        return tuple(frames)
    found: list[tuple[int, int]] = []
    for start, end in frames:
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def _holidays(days: Record, remarks: list[str]) -> list[Any]:
    """The days on which Zammad is closed: active, and not removed by somebody."""
    found: list[Any] = []
    for written, about in sorted(days.items()):
        holiday = mapping(about)
        if holiday.get("active") is not True or holiday.get("removed") is True:
            continue
        day = None
        with suppress(ValueError):
            day = date.fromisoformat(written) if re.fullmatch(r"[\d-]{10}", written) else None
        if day is None:
            remarks.append(f"left out the holiday {_shown(written)}, which is no date")
            continue
        name = " ".join(text(holiday.get("summary")).split())
        found.append({"date": day.isoformat(), "name": name} if name else day.isoformat())
    return found


def _about_feed(address: str, feeds: Mapping[str, str], listed: int) -> list[str]:
    """What to do about holidays Zammad fetches. A private address is a secret and is not shown."""
    country = feeds.get(address, "")
    split = urlsplit(address)
    if country:
        whose = f"the holidays of {country} from {split.hostname}"
    elif split.hostname:
        whose = f"holidays from {split.hostname}"
    else:
        whose = "holidays from a file"
    known = f"the {listed} days below are all it knows today" if listed else "it knows none today"
    if country or split.path.endswith(_PUBLIC_FEED):
        remedy = (
            f"put the country's code ({country or 'such as NL or DE-BY'}) into holidays in place of "
            "them, and they never run out"
        )
    else:
        remedy = "save that calendar beside this file and put its name (holidays.ics) into holidays"
    return [f"Zammad fetches {whose} (ical_url); {known}. Best {remedy}"]


def _shown(value: object) -> str:
    return repr(value)[:60]
