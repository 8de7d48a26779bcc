"""Other libraries for business time behind one face, those that are installed.

Each peer gets a weekly schedule (one interval a day, or several), closed dates and a zone, and
answers `add` and `between` in aware datetimes. What a peer cannot express is None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib import metadata
from zoneinfo import ZoneInfo

Week = Mapping[int, Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    add: Callable[[datetime, timedelta], datetime]
    between: Callable[[datetime, datetime], timedelta] | None


def peers(week: Week, holidays: Sequence[date], zone: str) -> list[Peer]:
    """The installed peers that can express the calendar."""
    found = []
    for build in (_workclock, _bizcal, _businesstimedelta, _pandas):
        try:
            peer = build(week, holidays, zone)
        except ImportError:
            continue
        if peer:
            found.append(peer)
    return found


def missing() -> list[str]:
    names = ("workclock", "django-bizcal", "businesstimedelta", "pandas")
    return [name for name in names if not _installed(name)]


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _clock(text: str) -> time:
    return time(0) if text == "24:00" else time.fromisoformat(text)


def _workclock(week: Week, holidays: Sequence[date], zone: str) -> Peer | None:
    from workclock import Holidays, Schedule, WorkDay

    rules = [
        WorkDay(_clock(start), _clock(end), [day])
        for day, intervals in week.items()
        for start, end in intervals
    ]
    schedule = Schedule([*rules, Holidays(list(holidays))], time_zone=ZoneInfo(zone))
    return Peer("workclock", schedule.add, schedule.between)


def _block(start: str, end: str) -> tuple[str, str] | tuple[str, str, int]:
    if end == "24:00":
        return (start, "00:00", 1)
    return (start, end, 1) if end <= start else (start, end)


def _bizcal(week: Week, holidays: Sequence[date], zone: str) -> Peer | None:
    from django_bizcal import WorkingCalendar

    calendar = WorkingCalendar(
        tz=zone,
        weekly_schedule={
            day: [_block(start, end) for start, end in intervals] for day, intervals in week.items()
        },
        day_overrides={day: [] for day in holidays},
        holiday_truncates_overnight=True,
    )

    def add(start: datetime, length: timedelta) -> datetime:
        return calendar.add_business_time(start, length)

    return Peer("django-bizcal", add, calendar.business_time_between)


def _businesstimedelta(week: Week, holidays: Sequence[date], zone: str) -> Peer | None:
    import businesstimedelta as btd
    import pytz

    tz = pytz.timezone(zone)

    shapes = {tuple(intervals) for intervals in week.values()}
    if len(shapes) != 1 or len(next(iter(shapes))) != 1 or "24:00" in next(iter(shapes))[0]:
        return None
    [(start, end)] = next(iter(shapes))
    work = btd.WorkDayRule(
        start_time=_clock(start), end_time=_clock(end), working_days=list(week), tz=tz
    )
    closed = [btd.HolidayRule(dict.fromkeys(holidays, "holiday"), tz=tz)] if holidays else []
    rules = btd.Rules([work, *closed])

    def add(at: datetime, length: timedelta) -> datetime:
        return at + btd.BusinessTimeDelta(rules, seconds=length.total_seconds())

    def between(at: datetime, to: datetime) -> timedelta:
        passed = rules.difference(at, to)
        return timedelta(hours=passed.hours, seconds=passed.seconds)

    return Peer("businesstimedelta", add, between)


def _pandas(week: Week, holidays: Sequence[date], zone: str) -> Peer | None:
    import pandas as pd

    shapes = {tuple(intervals) for intervals in week.values()}
    if len(shapes) != 1 or "24:00" in str(shapes):
        return None
    intervals = next(iter(shapes))
    mask = "".join("1" if day in week else "0" for day in range(7))

    def add(at: datetime, length: timedelta) -> datetime:
        hours, rest = divmod(length.total_seconds(), 3600)
        if rest:
            raise NotImplementedError("whole hours only")
        offset = pd.offsets.CustomBusinessHour(
            n=int(hours),
            start=[start for start, _ in intervals],
            end=[end for _, end in intervals],
            weekmask=" ".join(
                name
                for name, on in zip(
                    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), mask, strict=True
                )
                if on == "1"
            ),
            holidays=list(holidays),
        )
        return (pd.Timestamp(at).tz_convert(zone) + offset).to_pydatetime()

    return Peer("pandas", add, None)
