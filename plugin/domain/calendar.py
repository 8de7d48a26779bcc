"""Business time: due times and open time between instants, exact in every zone.

The four conventions (docs/time.md has an example of each):

a. A deadline is the first instant at which enough open time has passed: at closing time, not at the
   next opening.
b. A holiday clears its civil date, 00:00 to 24:00 local, also of a shift begun the evening before.
c. Hours are wall-clock hours, and each second is judged by what the clock on the wall shows: an hour
   the clock skips is not there, an hour it repeats is there twice.
d. Elapsed time is real seconds, so a day around the clock has 23 or 25 hours when the clocks change.
   Backwards it is negative.

Instants are cut to the whole second, both on the way in and in what is compared.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from plugin.domain.dataclass import dataclass
from plugin.domain.duration import Duration
from plugin.domain.hours import Hours, Week, load_zone, parse_week
from plugin.domain.openings import (
    IDLE_LIMIT,
    SECONDS,
    Openings,
    Span,
    compile_openings,
    merged,
)

Pauses = Sequence[tuple[datetime, datetime]]
"""Half-open spans that do not count, in any order, overlapping or not."""

FIRST_YEAR, LAST_YEAR = 1970, 2200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING = Openings(0, 0, [0], [0], [0], [0], [], [], {}, [])
_EPOCH_DAY = date(1970, 1, 1).toordinal()


class NoOpenTime(ValueError):
    """The calendar does not open within a year of the instant it was asked about."""


class Feed(Protocol):
    """Closed times kept by somebody else (a country, an iCal file), asked year by year.

    A feed is immutable, equal by content and can be pickled; it may be slow on the first call.
    """

    def days(self, year: int) -> Mapping[date, str]:
        """Civil dates on which everything is closed, with the name of the occasion."""
        ...

    def spans(self, year: int) -> Sequence[tuple[datetime, datetime, str]]:
        """Closed spans shorter or longer than a day, aware, with their names."""
        ...


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date with hours of its own: a half day, an extra open day."""

    hours: Hours
    name: str = ""


@dataclass(frozen=True)
class Calendar:
    """Business hours, holidays and a zone. Immutable, equal by content, safe to share and pickle.

    `week` holds each weekday's open intervals, Monday first. `holidays` are closed dates with their
    names; `special` dates have their own hours, whatever the week and the holidays say. Open time is
    compiled on first use, for the years asked about.
    """

    name: str
    timezone: str
    week: Week
    holidays: Mapping[date, str] = field(default_factory=dict)
    special: Mapping[date, SpecialDay] = field(default_factory=dict)
    feeds: tuple[Feed, ...] = ()
    _compiled: list[Openings] = field(
        default_factory=lambda: [_NOTHING], init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        load_zone(self.timezone)

    def __hash__(self) -> int:
        return hash((self.name, self.timezone, self.week))

    def __reduce__(self) -> tuple[type[Calendar], tuple[object, ...]]:
        content = (self.name, self.timezone, self.week, self.holidays, self.special, self.feeds)
        return Calendar, content

    @classmethod
    def of(
        cls,
        name: str,
        timezone: str,
        hours: Mapping[str, Sequence[str]] | str,
        holidays: Mapping[date, str] | None = None,
        special: Mapping[date, SpecialDay] | None = None,
    ) -> Calendar:
        """A calendar from hours as people write them; raises `ValueError`."""
        return cls(name, timezone, parse_week(hours), holidays or {}, special or {})

    # Questions in datetimes -------------------------------------------------------------------

    def due(self, start: datetime, duration: Duration, pauses: Pauses = ()) -> datetime:
        """The first instant at which the duration has passed since `start`, in UTC.

        Business days come first, then days and seconds of real time, then open time. A business day
        later is the same wall time on the next date with open time (see `shift_days`).
        Raises `NoOpenTime`.
        """
        at = _seconds(start)
        paused = _spans(pauses)
        if duration.business_days:
            at = self._after_days(at, duration.business_days, paused)
        real = duration.days * SECONDS + duration.seconds
        if real:
            at = _after_real(at, real, paused)
        if duration.minutes:
            at = self.due_epoch(at, duration.minutes * 60, paused)
        return _instant(at)

    def open_between(self, start: datetime, end: datetime, pauses: Pauses = ()) -> timedelta:
        """Open time from `start` to `end` without the pauses; negative when `end` is earlier."""
        return timedelta(seconds=self.open_seconds(_seconds(start), _seconds(end), _spans(pauses)))

    def is_open(self, at: datetime) -> bool:
        """True inside open time; at the opening instant yes, at the closing instant no."""
        second = _seconds(at)
        table = self.openings(second, second)
        return second < table.ends[bisect_right(table.starts, second) - 1]

    def next_change(self, at: datetime) -> datetime:
        """The next opening or closing after `at`.

        A calendar that does not change within 366 days (24/7) answers `at` plus 366 days: nothing
        changes before that.
        """
        second = _seconds(at)
        limit = second + IDLE_LIMIT
        table = self.openings(second, limit + 1)
        index = bisect_right(table.starts, second)
        if second < table.ends[index - 1]:
            change = table.ends[index - 1]
        else:
            change = table.starts[index] if index < len(table.starts) else limit
        return _instant(min(change, limit))

    def next_openings(self, after: datetime, count: int) -> list[tuple[datetime, datetime]]:
        """The next `count` open intervals that start at or after `after`; none when always open."""
        at = _seconds(after)
        found: list[tuple[datetime, datetime]] = []
        while len(found) < count:
            table = self.openings(at, at + 2 * IDLE_LIMIT)
            index = bisect_left(table.starts, at)
            index += index == 0
            if index >= len(table.starts):
                if found or self.is_open(after):
                    return found
                raise self._no_open_time(at)
            opens, closes = table.starts[index], table.ends[index]
            if opens - at > IDLE_LIMIT:
                raise self._no_open_time(at)
            found.append((_instant(opens), _instant(closes)))
            at = opens + 1
        return found

    # Shares of a target -----------------------------------------------------------------------

    def instant_at_share(
        self, start: datetime, duration: Duration, share: float, pauses: Pauses = ()
    ) -> datetime:
        """When `share` (0.75 for 75 %) of a target has passed, to the second.

        The share is of the open time between start and due; of real time when the target has no open
        time in it (`1d`).
        """
        begin, paused = _seconds(start), _spans(pauses)
        if _is_open_time(duration):
            return _instant(self.due_epoch(begin, _share(duration.minutes * 60, share), paused))
        due = _seconds(self.due(start, duration, pauses))
        if _is_real(duration):
            whole = due - begin - _overlap(begin, due, paused)
            at = _after_real(begin, _share(whole, share), paused)
        else:
            whole = self.open_seconds(begin, due, paused)
            at = self.due_epoch(begin, _share(whole, share), paused)
        return _instant(at)

    def instant_before(
        self, start: datetime, duration: Duration, before: Duration, pauses: Pauses = ()
    ) -> datetime:
        """When no more than `before` of a target is left; `start` when it was never more.

        Minutes and hours of `before` are open time (real time for a target in real time), days and
        seconds are real time. Business days are refused.
        """
        if before.business_days:
            raise ValueError("expected m, h or d before the deadline, not business days")
        begin, paused = _seconds(start), _spans(pauses)
        if _is_open_time(duration) and _is_open_time(before):
            left = max(duration.minutes - before.minutes, 0) * 60
            return _instant(self.due_epoch(begin, left, paused))
        due = _seconds(self.due(start, duration, pauses))
        real = before.days * SECONDS + before.seconds
        if _is_real(duration):
            whole = due - begin - _overlap(begin, due, paused)
            at = _after_real(begin, max(whole - real - before.minutes * 60, 0), paused)
        else:
            at = max(due - real, begin)
            left = self.open_seconds(begin, at, paused) - before.minutes * 60
            if before.minutes:
                at = self.due_epoch(begin, max(left, 0), paused)
        return _instant(at)

    def remaining_at(
        self,
        at: datetime,
        start: datetime,
        duration: Duration,
        pauses: Pauses = (),
        *,
        due: datetime | None = None,
    ) -> timedelta:
        """Open time (real time for a target in real time) left at `at`; negative when late.

        `due` spares computing it again where it is known.
        """
        due = due or self.due(start, duration, pauses)
        if not _is_real(duration):
            return self.open_between(at, due, pauses)
        first, last, paused = _seconds(at), _seconds(due), _spans(pauses)
        low, high = min(first, last), max(first, last)
        left = high - low - _overlap(low, high, paused)
        return timedelta(seconds=left if first <= last else -left)

    # Questions in whole UTC seconds -----------------------------------------------------------

    def due_epoch(self, start: int, seconds: int, paused: Sequence[Span] = ()) -> int:
        """The first instant at which `seconds` of open time have passed, in UTC seconds.

        `paused` must be sorted and without overlap. Raises `NoOpenTime`.
        """
        for begin, end in paused:
            if end <= start:
                continue
            if begin > start:
                passed = self.open_seconds(start, begin)
                if passed >= seconds:
                    break
                seconds -= passed
            if seconds <= 0:
                break
            start = end
        if seconds <= 0:
            return start
        first, last, days, following, ends, shifts, totals, limit = self._compiled[0].lists
        if not first <= start < last:
            return self._due_beyond(start, seconds)
        index = days[(start - first) // SECONDS]
        while following[index] <= start:
            index += 1
        end = ends[index]
        # Comparisons, not min(): a call would cost a third of this whole question.
        target = shifts[index] + (start if start < end else end) + seconds  # noqa: FURB136
        if target > limit:
            return self._due_beyond(start, seconds)
        return target - shifts[bisect_left(totals, target)]

    def due_epochs(self, starts: Sequence[int], seconds: int) -> list[int]:
        """`due_epoch` for many starts at once: a changed calendar re-targets all its clocks so."""
        if not starts or seconds <= 0:
            return list(starts)
        table = self.openings(min(starts), max(starts))
        first, _, days, following, ends, shifts, totals, limit = table.lists
        dues = []
        for start in starts:
            index = days[(start - first) // SECONDS]
            while following[index] <= start:
                index += 1
            end = ends[index]
            target = shifts[index] + (start if start < end else end) + seconds  # noqa: FURB136
            if target > limit:
                dues.append(self._due_beyond(start, seconds))
            else:
                dues.append(target - shifts[bisect_left(totals, target)])
        return dues

    def open_seconds(self, start: int, end: int, paused: Sequence[Span] = ()) -> int:
        """Open seconds from `start` to `end` without the sorted spans `paused`."""
        if end < start:
            return -self.open_seconds(end, start, paused)
        first, last, days, following, ends, shifts, _, _ = self._compiled[0].lists
        if start < first or end >= last:
            first, _, days, following, ends, shifts, _, _ = self.openings(start, end).lists
        low = days[(start - first) // SECONDS]
        while following[low] <= start:
            low += 1
        high = days[(end - first) // SECONDS]
        while following[high] <= end:
            high += 1
        low_end, high_end = ends[low], ends[high]
        passed = start if start < low_end else low_end  # noqa: FURB136
        reached = end if end < high_end else high_end  # noqa: FURB136
        open_time = shifts[high] + reached - shifts[low] - passed
        for pause_start, pause_end in paused:
            begin, stop = max(pause_start, start), min(pause_end, end)
            if begin < stop:
                open_time -= self.open_seconds(begin, stop)
        return open_time

    def shift_days(self, at: int, days: int) -> int:
        """The same wall time `days` business days later, in UTC seconds.

        A business day is a civil date with open time. An instant outside open time counts from the
        next opening. Where the other day is closed at that wall time, the closing before it holds,
        or that day's opening when there is none before.
        """
        table = self.openings(at, at + IDLE_LIMIT)
        index = bisect_right(table.starts, at) - 1
        if at >= table.ends[index]:
            if index + 1 >= len(table.starts) or table.starts[index + 1] - at > IDLE_LIMIT:
                raise self._no_open_time(at)
            at = table.starts[index + 1]
        offset = table.offset_at(at)
        day, second = divmod(at + offset, SECONDS)
        while days:
            day = self._following_day(day)
            days -= 1
        table = self.openings(day * SECONDS - SECONDS, day * SECONDS + 2 * SECONDS)
        wanted = table.wall_to_utc(day, second)
        spans = table.between(table.wall_to_utc(day, 0), table.wall_to_utc(day + 1, 0))
        reached = [min(wanted, closes) for opens, closes in spans if opens <= wanted]
        return reached[-1] if reached else spans[0][0]

    # The compiled table -----------------------------------------------------------------------

    def _following_day(self, day: int) -> int:
        table = self.openings(day * SECONDS, day * SECONDS + IDLE_LIMIT + 3 * SECONDS)
        at = table.wall_to_utc(day + 1, 0)
        index = bisect_right(table.starts, at) - 1
        if at < table.ends[index]:
            return table.local_day(at)
        if index + 1 >= len(table.starts) or table.starts[index + 1] - at > IDLE_LIMIT:
            raise self._no_open_time(at)
        return table.local_day(table.starts[index + 1])

    def _after_days(self, start: int, days: int, paused: Sequence[Span]) -> int:
        due = self.shift_days(start, days)
        lost = self.open_seconds(start, due) - self.open_seconds(start, due, paused)
        # Open time lost to pauses is made up for after them, and those in between do not count again.
        return self.due_epoch(due, lost, paused) if lost else due

    def _due_beyond(self, start: int, seconds: int) -> int:
        table = self.openings(start, start + IDLE_LIMIT)
        while True:
            target = table.passed(start) + seconds
            due = (
                target - table.shifts[bisect_left(table.totals, target)]
                if (target <= table.totals[-1])
                else table.last
            )
            for begin, end in table.idle:
                if max(begin, start) + IDLE_LIMIT < end and max(begin, start) < due:
                    raise self._no_open_time(max(begin, start))
            if target <= table.totals[-1]:
                return due
            idle_since = max(start, table.ends[-1])
            if table.last - idle_since > IDLE_LIMIT:
                raise self._no_open_time(idle_since)
            table = self.openings(start, table.last + IDLE_LIMIT)

    def openings(self, first: int, last: int) -> Openings:
        """The compiled horizon, extended to whole years when it does not hold `first` and `last`.

        Everything else here is answered from it; both ends are UTC seconds.
        """
        table = self._compiled[0]
        if table.first <= first and last < table.last:
            return table
        first_year, last_year = _year(first), _year(last) + 1
        if first_year < FIRST_YEAR or last_year > LAST_YEAR:
            raise ValueError(
                f"calendar {self.name!r} knows the years {FIRST_YEAR} to {LAST_YEAR - 1}; "
                f"asked about {first_year if first_year < FIRST_YEAR else last_year - 1}"
            )
        # Half as much again, so that a long walk compiles few times.
        spare = max(1, (table.last - table.first) // (SECONDS * 730))
        if first < table.first or not table.last:
            first_year = max(first_year - spare, FIRST_YEAR)
        if last >= table.last:
            last_year = min(last_year + spare, LAST_YEAR)
        if table.last:
            first_year = min(first_year, _year(table.first))
            last_year = max(last_year, _year(table.last - 1) + 1)
        table = self.compile_years(first_year, last_year)
        # One assignment: threads that meet here compile twice at worst, and each gets a whole table.
        self._compiled[:] = [table]
        return table

    def compile_years(self, first_year: int, last_year: int) -> Openings:
        """Compile from the first year to before the last; `openings` does it when it is needed."""
        closed = dict(self.holidays)
        cuts: list[tuple[int, int, str]] = []
        for feed in self.feeds:
            for year in range(first_year - 1, last_year + 1):
                for day, name in feed.days(year).items():
                    closed.setdefault(day, name)
                spans = feed.spans(year)
                cuts += [(_seconds(start), _seconds(end), name) for start, end, name in spans]
        return compile_openings(
            load_zone(self.timezone),
            self.week,
            closed={day.toordinal() - _EPOCH_DAY: name for day, name in closed.items()},
            special={day.toordinal() - _EPOCH_DAY: own.hours for day, own in self.special.items()},
            cuts=cuts,
            first=_year_start(first_year),
            last=_year_start(last_year),
        )

    def _no_open_time(self, at: int) -> NoOpenTime:
        moment = _instant(at)
        return NoOpenTime(
            f"calendar {self.name!r} has no open time within a year after "
            f"{moment:%Y-%m-%d %H:%M} UTC; check its hours and holidays"
        )


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _seconds(at: datetime) -> int:
    try:
        since = at - _EPOCH
    except TypeError:
        raise ValueError(f"expected an instant with a zone, got {at.isoformat()}") from None
    return since.days * SECONDS + since.seconds


def _spans(pauses: Pauses) -> Sequence[Span]:
    if not pauses:
        return ()
    for start, end in pauses:
        if end < start:
            raise ValueError(f"a pause ends before it starts: {start} to {end}")
    return merged((_seconds(start), _seconds(end)) for start, end in pauses)


def _overlap(start: int, end: int, paused: Sequence[Span]) -> int:
    return sum(max(0, min(stop, end) - max(begin, start)) for begin, stop in paused)


def _after_real(at: int, seconds: int, paused: Sequence[Span]) -> int:
    for begin, end in paused:
        if end <= at:
            continue
        if begin - at >= seconds:
            break
        seconds -= max(begin - at, 0)
        at = end
    return at + seconds


def _is_open_time(duration: Duration) -> bool:
    """True when the duration is nothing but open time, which is then known without counting."""
    return bool(duration.minutes) and not (
        duration.business_days or duration.days or duration.seconds
    )


def _is_real(duration: Duration) -> bool:
    return not duration.minutes and not duration.business_days


def _share(whole: int, share: float) -> int:
    return math.ceil(round(whole * share, 6))


def _year(second: int) -> int:
    return (_instant(second)).year


def _year_start(year: int) -> int:
    return (date(year, 1, 1).toordinal() - _EPOCH_DAY) * SECONDS
