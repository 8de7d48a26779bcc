"""Why the clock stood still: every span between two instants that did not count, with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from plugin.domain.calendar import Calendar, Pauses
from plugin.domain.dataclass import dataclass
from plugin.domain.openings import SECONDS, Openings, Span, merged

NIGHT = "night"
WEEKEND = "weekend"
LUNCH = "lunch"
BREAK = "break"
PAUSE = "pause"
_NOON = (11 * 3600, 15 * 3600)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DATE = date(1970, 1, 1)
_SATURDAY = 5
_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A span that did not count; `reason` is `night`, `weekend`, `pause`, a holiday's name …"""

    start: datetime
    end: datetime
    reason: str


def skipped(
    calendar: Calendar, start: datetime, end: datetime, pauses: Pauses = ()
) -> list[Skipped]:
    """What was left out between `start` and `end`, in order; with the open time it is the whole.

    A night before or after a weekend, a holiday or a special day counts to it. A pause is shown
    whole, closed times inside it included.
    """
    first, last = _second(start), _second(end)
    if first >= last:
        return []
    table = calendar.openings(first, last)
    paused = merged((max(_second(a), first), min(_second(b), last)) for a, b in pauses)
    found = [
        piece
        for gap in _gaps(table.between(first, last), first, last)
        for piece in _without(_explained(calendar, table, gap), paused)
    ]
    found += [(begin, stop, PAUSE) for begin, stop in paused]
    return [
        Skipped(datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(stop, UTC), reason)
        for begin, stop, reason in sorted(found)
    ]


_Piece = tuple[int, int, str]


def _gaps(spans: list[Span], first: int, last: int) -> Iterator[Span]:
    at = first
    for start, end in spans:
        if at < start:
            yield at, start
        at = end
    if at < last:
        yield at, last


def _explained(calendar: Calendar, table: Openings, gap: Span) -> list[_Piece]:
    pieces: list[_Piece] = []
    whole_days: list[bool] = []
    at = gap[0]
    while at < gap[1]:
        day = table.local_day(at)
        midnight = table.wall_to_utc(day + 1, 0)
        stop = min(gap[1], midnight)
        for start, end, _ in table.cuts:
            if start > at:
                stop = min(stop, start)
            elif end > at:
                stop = min(stop, end)
        pieces.append((at, stop, _reason(calendar, table, at, stop)))
        whole_days.append(not table.between(table.wall_to_utc(day, 0), midnight))
        at = stop
    return _joined(_nights_absorbed(pieces, whole_days))


def _reason(calendar: Calendar, table: Openings, at: int, stop: int) -> str:
    for start, end, name in table.cuts:
        if start <= at < end:
            return name
    day = table.local_day(at)
    civil = _EPOCH_DATE + timedelta(days=day)
    special = calendar.special.get(civil)
    if special is None and day in table.occasions:
        return table.occasions[day]
    if special is None and not calendar.week[civil.weekday()]:
        if civil.weekday() >= _SATURDAY:
            return WEEKEND
        return f"closed on {_WEEKDAYS[civil.weekday()]}"
    if special is not None and not special.hours:
        return special.name or "closed"
    day_start, day_end = table.wall_to_utc(day, 0), table.wall_to_utc(day + 1, 0)
    open_before, open_after = table.between(day_start, at), table.between(stop, day_end)
    if open_before and open_after:
        return _break(at + table.offset_at(at), stop + table.offset_at(at))
    if special is not None and open_before:
        return special.name or "half day"
    return NIGHT


def _break(start: int, end: int) -> str:
    """Name a break by the wall clock."""
    noonish = _NOON[0] <= start % SECONDS and end % SECONDS <= _NOON[1]
    return LUNCH if noonish else BREAK


def _nights_absorbed(pieces: list[_Piece], whole_days: list[bool]) -> list[_Piece]:
    """A night next to a closed day belongs to it: to the one that follows, else to the one before."""
    reasons = [reason for _, _, reason in pieces]
    for index in range(len(pieces) - 2, -1, -1):
        if reasons[index] == NIGHT and whole_days[index + 1]:
            reasons[index] = reasons[index + 1]
    for index in range(1, len(pieces)):
        if reasons[index] == NIGHT:
            reasons[index] = reasons[index - 1]
    return [(start, end, name) for (start, end, _), name in zip(pieces, reasons, strict=True)]


def _joined(pieces: list[_Piece]) -> list[_Piece]:
    result: list[_Piece] = []
    for start, end, reason in pieces:
        if result and result[-1][1:] == (start, reason):
            result[-1] = (result[-1][0], end, reason)
        else:
            result.append((start, end, reason))
    return result


def _without(pieces: list[_Piece], paused: list[Span]) -> Iterator[_Piece]:
    for start, end, reason in pieces:
        at = start
        for begin, stop in paused:
            if begin < end and stop > at:
                if at < begin:
                    yield at, begin, reason
                at = max(at, stop)
        if at < end:
            yield at, end, reason


def _second(at: datetime) -> int:
    since = at - _EPOCH
    return since.days * SECONDS + since.seconds
