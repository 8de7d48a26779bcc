"""Who is on call at an instant: weekly turns in local time, exceptions, and the watches of an iCal file.

A week is handed over at a wall-clock time, so in the weeks of a clock change it has 167 or 169 hours.
Where the clock skips the time, the hand-over is when it goes on; where it shows it twice, the first.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from plugin.domain.dataclass import dataclass
from plugin.domain.ladder import Pool, Shift

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody on call, by address or login, up to `ends_at`."""

    who: str
    ends_at: datetime


def on_call(pool: Pool, at: datetime) -> tuple[Duty, ...]:
    """Those on call: whom an override names (of several the last one in the file), else those on
    watch, by when their watch began, else whose week it is. Empty when nobody is.

    Spans include their begin and not their end. A watch may be kept by several people at once.
    """
    named = [one for one in pool.overrides if one.begins_at <= at < one.ends_at]
    if named:
        return (Duty(named[-1].who, named[-1].ends_at),)
    watches = sorted(one for one in pool.watches if one[0] <= at < one[1])
    if watches:
        each: dict[str, Duty] = {}
        for _, ends_at, who in watches:
            each.setdefault(who.casefold(), Duty(who, ends_at))
        return tuple(each.values())
    return (week_of(pool.rota, at),) if pool.rota and pool.rota.people else ()


def week_of(shift: Shift, at: datetime) -> Duty:
    """Whose week it is. Before `first_day` the turns are counted backwards."""
    zone = ZoneInfo(shift.timezone)
    begins_on = _last_weekday(shift.weekday, at.astimezone(zone).date())
    if _instant(begins_on, shift.at, zone) > at:
        begins_on -= _WEEK
    first = _last_weekday(shift.weekday, shift.first_day)
    weeks = (begins_on - first) // _WEEK
    ends_at = _instant(begins_on + _WEEK, shift.at, zone)
    return Duty(shift.people[weeks % len(shift.people)], ends_at)


def _last_weekday(weekday: int, day: date) -> date:
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first instant at which the wall clock there shows this or, skipping it, a later time."""
    wall = datetime.combine(day, at)
    shown = wall.replace(tzinfo=zone).astimezone(UTC)
    if shown.astimezone(zone).replace(tzinfo=None) == wall:
        return shown
    return _change_between(wall.replace(tzinfo=zone, fold=1), wall.replace(tzinfo=zone), zone)


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Where the zone's offset changes: between the two readings of a time it skips."""
    low, high = round(before.timestamp()), round(after.timestamp())
    old = datetime.fromtimestamp(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)
