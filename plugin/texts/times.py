"""Instants as people say them, in their own zone and language."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from plugin.texts.language import base_language

_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "de": ("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."),
    "nl": ("ma", "di", "wo", "do", "vr", "za", "zo"),
}
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "de": (
        *("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt."),
        *("Nov.", "Dez."),
    ),
    "nl": (
        *("jan.", "feb.", "mrt.", "apr.", "mei", "juni", "juli", "aug.", "sep.", "okt."),
        *("nov.", "dec."),
    ),
}
_SHAPES = {
    "en": ("{day} {number} {month}{year}, {time}", " {year}"),
    "de": ("{day}, {number}. {month}{year}, {time} Uhr", " {year}"),
    "nl": ("{day} {number} {month}{year}, {time} uur", " {year}"),
}


def say_instant(at: datetime, language: str, zone: str | None, now: datetime) -> str:
    """`Thu 3 Dec, 14:30`; the year is said when it is not this one.

    `zone` is an IANA name; None or an unknown one means UTC, which is then said. A language
    without words of its own gets `2026-12-03 14:30`. Midnight is `00:00` of the new day.
    """
    where = _zone(zone)
    local, today = at.astimezone(where), now.astimezone(where)
    time, suffix = f"{local:%H:%M}", " UTC" if where is UTC else ""
    base = base_language(language)
    if base not in _SHAPES:
        return f"{local:%Y-%m-%d} {time}{suffix}"
    shape, year = _SHAPES[base]
    words = shape.format(
        day=_DAYS[base][local.weekday()],
        number=local.day,
        month=_MONTHS[base][local.month - 1],
        year=year.format(year=local.year) if local.year != today.year else "",
        time=time,
    )
    return words + suffix


_SOON = {
    "en": ("today {time}", "tomorrow {time}"),
    "de": ("heute {time} Uhr", "morgen {time} Uhr"),
    "nl": ("vandaag {time} uur", "morgen {time} uur"),
}


def say_soon(at: datetime, language: str, zone: str | None, now: datetime) -> str:
    """Like `say_instant`, but `today 16:00` and `tomorrow 09:00` where that is so."""
    where, words = _zone(zone), _SOON.get(base_language(language))
    local = at.astimezone(where)
    days = (local.date() - now.astimezone(where).date()).days
    if words is None or days not in {0, 1}:
        return say_instant(at, language, zone, now)
    return words[days].format(time=f"{local:%H:%M}") + (" UTC" if where is UTC else "")


def is_zone(name: str | None) -> bool:
    """True for a name the zone database knows."""
    return _zone(name) is not UTC or name in {"UTC", "Etc/UTC"}


@lru_cache(maxsize=256)
def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name) if name and name not in {"UTC", "Etc/UTC"} else UTC
    except (KeyError, ValueError, OSError):
        return UTC
