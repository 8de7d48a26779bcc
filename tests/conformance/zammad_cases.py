"""The cases taken from Zammad's own tests, read into our words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from plugin.domain.calendar import Calendar

FILE = Path(__file__).parent / "zammad.json"


@cache
def conformance() -> Mapping[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def cases(*kinds: str) -> list[dict[str, Any]]:
    return [case for case in conformance()["cases"] if case["kind"] in kinds]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def pauses(rows: list[Any]) -> list[tuple[datetime, datetime]]:
    return [
        (instant(row["from"]), instant(row["to"]))
        if isinstance(row, dict)
        else (instant(row[0]), instant(row[1]))
        for row in rows
    ]


@cache
def calendar(name: str) -> Calendar:
    """A Zammad calendar: a frame to 23:59 means 24:00, a holiday counts only when active."""
    described = conformance()["calendars"][name]
    hours = {
        day: [f"{start}-{'24:00' if end == '23:59' else end}" for start, end in entry["timeframes"]]
        for day, entry in described["business_hours"].items()
        if entry["active"]
    }
    holidays = {
        date.fromisoformat(day): meta.get("summary", "holiday")
        for day, meta in described["public_holidays"].items()
        if meta.get("active") and not meta.get("removed")
    }
    return Calendar.of(name, described["timezone"], hours, holidays)
