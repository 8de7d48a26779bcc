"""A calendar compiled: open intervals as whole UTC seconds with running totals.

Everything a question needs is a few lists: which interval a day begins in, and from there a step or
two. The lists cover a horizon; whoever asks beyond it compiles a longer one (see `Calendar`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from plugin.domain.dataclass import dataclass
from plugin.domain.hours import DAY, Hours, Week

SECONDS = 86400
_LOOK_EVERY = 3 * SECONDS
IDLE_LIMIT = 366 * SECONDS
"""The longest closed time a deadline may lie behind."""

Span = tuple[int, int]
Lists = tuple[int, int, list[int], list[int], list[int], list[int], list[int], int]
Segment = tuple[int, int, int]
"""From, to (UTC seconds) and the zone's offset from UTC in between."""


@dataclass(frozen=True, slots=True)
class Openings:
    """Open time between `first` and `last` (UTC seconds).

    Interval k is `starts[k]` to `ends[k]`; `totals[k]` is all open time up to its end; `shifts[k]` is
    what turns an instant inside it into the open time passed (`instant + shift`). Interval 0 has no
    length and stands at `first`, so that every instant has an interval at or before it.
    `idle` are the closed times longer than a year. `occasions` and `cuts` keep the names of what
    closes whole dates and spans.
    """

    first: int
    last: int
    starts: list[int]
    ends: list[int]
    shifts: list[int]
    totals: list[int]
    segments: list[Segment]
    idle: list[Span]
    occasions: Mapping[int, str]
    cuts: Sequence[tuple[int, int, str]]
    lists: Lists = field(init=False, repr=False, compare=False)
    """All that a question in a hurry needs, unpacked at one go.

    Horizon; `days`, the interval that begins last at or before each 24 hours after `first`;
    `following`, when the interval after this one starts; ends, shifts, totals; and up to which total
    there is an answer without looking further (none when there are closed times longer than a year).
    """

    def __post_init__(self) -> None:
        starts = self.starts
        days: list[int] = []
        for index, start in enumerate(starts[1:]):
            days += [index] * ((start - self.first - 1) // SECONDS + 1 - len(days))
        days += [len(starts) - 1] * ((self.last - self.first) // SECONDS + 1 - len(days))
        following = [*starts[1:], self.last]
        limit = -1 if self.idle else self.totals[-1]
        lists = (
            *(self.first, self.last, days, following),
            *(self.ends, self.shifts, self.totals, limit),
        )
        object.__setattr__(self, "lists", lists)

    def passed(self, at: int) -> int:
        """Open seconds from `first` to `at`, which must lie inside the horizon."""
        index = bisect_right(self.starts, at) - 1
        return self.shifts[index] + min(at, self.ends[index])

    def wall_to_utc(self, day: int, second: int) -> int:
        """The first instant whose wall clock shows this second of the local day, or a later one."""
        wall = day * SECONDS + second
        at = self.first
        for start, end, offset in self.segments:
            at = max(wall - offset, start)
            if at < end:
                break
        return at

    def offset_at(self, at: int) -> int:
        """The zone's offset from UTC at an instant, in seconds."""
        index = bisect_right(self.segments, (at, self.last + SECONDS, 0)) - 1
        return self.segments[max(index, 0)][2]

    def local_day(self, at: int) -> int:
        """The civil date at an instant, as days since 1970-01-01."""
        return (at + self.offset_at(at)) // SECONDS

    def between(self, start: int, end: int) -> list[Span]:
        """The open intervals that touch the span, cut to it."""
        index = bisect_right(self.starts, start) - 1
        found: list[Span] = []
        while index < len(self.starts) and self.starts[index] < end:
            cut = max(self.starts[index], start), min(self.ends[index], end)
            if cut[0] < cut[1]:
                found.append(cut)
            index += 1
        return found


def compile_openings(
    zone: ZoneInfo,
    week: Week,
    *,
    closed: Mapping[int, str],
    special: Mapping[int, Hours],
    cuts: Sequence[tuple[int, int, str]],
    first: int,
    last: int,
) -> Openings:
    """Compile the horizon from `first` to `last`.

    `closed` and the keys of `special` are civil dates as days since 1970-01-01. A closed date loses
    every minute of its 24 hours, also those of a shift begun the evening before; a special date has
    exactly its own hours instead. `cuts` are closed spans of UTC seconds.
    """
    usual, others = _day_patterns(week, closed, special)
    segments = _segments(zone, first, last)
    spans: list[Span] = []
    for start, end, offset in segments:
        first_day, last_day = (start + offset) // SECONDS, (end + offset - 1) // SECONDS
        for day in range(first_day, last_day + 1):
            pattern = others[day] if day in others else usual[(day + 3) % 7]
            midnight = day * SECONDS - offset
            if first_day < day < last_day:
                spans += [(midnight + opens, midnight + closes) for opens, closes in pattern]
                continue
            for opens, closes in pattern:
                span = max(midnight + opens, start), min(midnight + closes, end)
                if span[0] < span[1]:
                    spans.append(span)
    if cuts:
        spans = _without(spans, merged((start, end) for start, end, _ in cuts))
    return _totalled(spans, segments, first=first, last=last, occasions=closed, cuts=cuts)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Sorted spans without overlap; touching ones become one, empty ones vanish."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def _totalled(
    spans: list[Span],
    segments: list[Segment],
    *,
    first: int,
    last: int,
    occasions: Mapping[int, str],
    cuts: Sequence[tuple[int, int, str]],
) -> Openings:
    starts, ends, shifts, totals = [first], [first], [-first], [0]
    idle: list[Span] = []
    total, open_until = 0, first
    for start, end in spans:
        if start == open_until and total:
            total += end - start
            ends[-1], totals[-1] = end, total
        else:
            if start - open_until > IDLE_LIMIT:
                idle.append((open_until, start))
            starts.append(start)
            ends.append(end)
            shifts.append(total - start)
            total += end - start
            totals.append(total)
        open_until = end
    return Openings(first, last, starts, ends, shifts, totals, segments, idle, occasions, cuts)


def _without(spans: list[Span], holes: list[Span]) -> list[Span]:
    kept: list[Span] = []
    index = 0
    for start, end in spans:
        at = start
        while index and holes[index - 1][1] > at:
            index -= 1
        while index < len(holes) and holes[index][0] < end:
            hole_start, hole_end = holes[index]
            if hole_start > at:
                kept.append((at, hole_start))
            at = max(at, hole_end)
            index += 1
        if at < end:
            kept.append((at, end))
    return kept


def _day_patterns(
    week: Week, closed: Iterable[int], special: Mapping[int, Hours]
) -> tuple[list[list[Span]], dict[int, list[Span]]]:
    """The open seconds of each weekday, and of each date that differs from its weekday."""
    usual = [_pattern(week[day], week[day - 1]) for day in range(7)]
    others: dict[int, list[Span]] = {}
    for day, hours in special.items():
        others[day + 1] = _pattern(week[(day + 4) % 7], hours)
    for day in closed:
        others[day] = []
    for day, hours in special.items():
        others[day] = _pattern(hours, ())
    return usual, others


def _pattern(hours: Hours, evening_before: Hours) -> list[Span]:
    own = [(start * 60, min(end, DAY) * 60) for start, end in hours]
    spill = [
        (max(start - DAY, 0) * 60, (end - DAY) * 60) for start, end in evening_before if end > DAY
    ]
    return merged(own + spill)


def _segments(zone: ZoneInfo, first: int, last: int) -> list[Segment]:
    """Spans of constant offset. Changes of offset are found to the second.

    It is looked at every third day: the shortest summer time since 1970 had seven (Recife, 2000).
    """
    segments: list[Segment] = []
    start, offset = first, _offset(zone, first)
    at = first
    while at < last:
        following = min(at + _LOOK_EVERY, last)
        if _offset(zone, following) != offset:
            low, high = at, following
            while high - low > 1:
                middle = (low + high) // 2
                if _offset(zone, middle) == offset:
                    low = middle
                else:
                    high = middle
            segments.append((start, high, offset))
            start, offset = high, _offset(zone, high)
            at = high
        else:
            at = following
    if start < last:
        segments.append((start, last, offset))
    return segments


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, zone).utcoffset() or timedelta()
    return offset.days * SECONDS + offset.seconds
