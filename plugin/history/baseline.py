"""How it went without any rule: what a later comparison needs to show that something got better.

Each figure belongs to the group whose work it was: the first response to the group the ticket was in when it
was answered, the resolution to the one that closed it, hand-offs to the one it came in at, reopenings to the
one that had closed it. Merged tickets, spam and those opened by agents (for the first response) are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from typing import Any

from plugin.domain.calendar import Calendar
from plugin.domain.dataclass import dataclass
from plugin.domain.ticket import Change, MessageKind, Role, StateType
from plugin.history.rewinding import Timeline

ALL = "all groups"
_LEFT_OUT = frozenset({StateType.MERGED, StateType.REMOVED, StateType.SPAM})
_TOGETHER = timedelta(seconds=5)
_HIGH = 0.9


@dataclass(slots=True)
class Figures:
    """The values of one group: seconds for spans, numbers a ticket for the others.

    `…_open` are seconds of open time in the default calendar; empty without one.
    """

    tickets: int = 0
    unanswered: int = 0
    first_response: list[float] = field(default_factory=list)
    first_response_open: list[float] = field(default_factory=list)
    resolution: list[float] = field(default_factory=list)
    resolution_open: list[float] = field(default_factory=list)
    handoffs: list[float] = field(default_factory=list)
    reopenings: list[float] = field(default_factory=list)


FIGURES = (
    "first_response",
    "first_response_open",
    "resolution",
    "resolution_open",
    "handoffs",
    "reopenings",
)


@dataclass(frozen=True, slots=True)
class Summary:
    """Median, ninetieth percentile (nearest rank) and how many values there are."""

    n: int
    median: float | None
    p90: float | None
    total: float


def summary_of(values: list[float]) -> Summary:
    """Sum up; None where there is nothing to sum up."""
    if not values:
        return Summary(0, None, None, 0.0)
    ranked = sorted(values)
    return Summary(len(ranked), median(ranked), ranked[ceil(_HIGH * len(ranked)) - 1], sum(ranked))


class Baseline:
    """Takes in tickets one by one and keeps nothing of them but numbers."""

    def __init__(self, since: datetime, until: datetime, calendar: Calendar | None) -> None:
        self.groups: dict[str, Figures] = {}
        self._since, self._until = since, until
        self._calendar = calendar

    def take_in(self, timelines: Iterable[Timeline]) -> None:
        """Count the tickets that were opened in the period."""
        for timeline in timelines:
            self.add(timeline)

    def add(self, timeline: Timeline) -> None:
        """Count one ticket."""
        ticket = timeline.at(self._until)
        if ticket is None or ticket.created_at < self._since or ticket.state.type in _LEFT_OUT:
            return
        came_in_at = self._group(timeline, ticket.created_at)
        for figures in self._both(came_in_at):
            figures.tickets += 1
            figures.handoffs.append(float(handoffs_of(timeline.changes, self._until)))
        self._add_first_response(timeline, ticket.created_at)
        self._add_resolution(timeline, ticket.created_at)

    def _add_first_response(self, timeline: Timeline, opened_at: datetime) -> None:
        if timeline.past.ticket.created_by is Role.AGENT:
            return
        answers = (
            message.created_at
            for message in timeline.messages
            if message.kind is MessageKind.AGENT
            and message.by_human
            and message.created_at <= self._until
        )
        answered_at = min(answers, default=None)
        if answered_at is None:
            for figures in self._both(self._group(timeline, self._until)):
                figures.unanswered += 1
            return
        for figures in self._both(self._group(timeline, answered_at)):
            figures.first_response.append((answered_at - opened_at).total_seconds())
            figures.first_response_open += self._open(opened_at, answered_at)

    def _add_resolution(self, timeline: Timeline, opened_at: datetime) -> None:
        """To the last closing, for a ticket that stayed closed; reopenings for one ever closed."""
        closings, reopenings = closings_of(timeline, self._until)
        if not closings:
            return
        closed_at = closings[-1]
        group = self._group(timeline, closed_at)
        for figures in self._both(group):
            figures.reopenings.append(float(len(reopenings)))
            if not reopenings or reopenings[-1] < closed_at:
                figures.resolution.append((closed_at - opened_at).total_seconds())
                figures.resolution_open += self._open(opened_at, closed_at)

    def _group(self, timeline: Timeline, at: datetime) -> str:
        ticket = timeline.at(at)
        return ticket.group.name if ticket else ALL

    def _both(self, group: str) -> Iterator[Figures]:
        yield self.groups.setdefault(ALL, Figures())
        if group != ALL:
            yield self.groups.setdefault(group, Figures())

    def _open(self, start: datetime, end: datetime) -> list[float]:
        if self._calendar is None:
            return []
        return [self._calendar.open_between(start, end).total_seconds()]

    # Telling --------------------------------------------------------------------------------

    def as_json(self) -> dict[str, Any]:
        """For a script: spans in seconds."""
        return {
            "since": self._since.isoformat(),
            "until": self._until.isoformat(),
            "calendar": self._calendar.name if self._calendar else None,
            "groups": {
                name: {
                    "tickets": figures.tickets,
                    "unanswered": figures.unanswered,
                    **{what: _plain(summary_of(getattr(figures, what))) for what in FIGURES},
                }
                for name, figures in sorted(self.groups.items(), key=_rank)
            },
        }

    def as_text(self) -> str:
        """For a person."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"tickets opened {self._since:%Y-%m-%d} to {self._until:%Y-%m-%d}"
        for name, figures in sorted(self.groups.items(), key=_rank):
            yield ""
            yield f"{name}: {figures.tickets:,} tickets, {figures.unanswered:,} not answered yet"
            yield "                              median         p90          n"
            for what in FIGURES:
                found = summary_of(getattr(figures, what))
                if not found.n:
                    continue
                say = _count if what in {"handoffs", "reopenings"} else span
                title = what.replace("_open", ", open time").replace("_", " ")
                total = f"  ({found.total:,.0f} in all)" if say is _count else ""
                yield f"  {title:<24} {say(found.median):>10} {say(found.p90):>11} {found.n:>10,}{total}"


def handoffs_of(changes: Iterable[Change], until: datetime) -> int:
    """How often people passed a ticket on; a new owner in a new group is one hand-off."""
    rows = [row for row in changes if row.at <= until and not row.ours and _by_person(row)]
    moves = [row.at for row in rows if row.what == "group"]
    passed = [
        row
        for row in rows
        if row.what == "owner"
        and row.before
        and row.after
        and not any(abs(row.at - at) <= _TOGETHER for at in moves)
    ]
    return len(moves) + len(passed)


def closings_of(timeline: Timeline, until: datetime) -> tuple[list[datetime], list[datetime]]:
    """When the ticket was closed and when it was opened again, as far as the history tells."""
    closings: list[datetime] = []
    reopenings: list[datetime] = []
    for row in timeline.changes:
        if row.what != "state" or row.at > until:
            continue
        was_closed = timeline.state(row.before).type.is_closed
        is_closed = timeline.state(row.after).type.is_closed
        if is_closed and not was_closed:
            closings.append(row.at)
        elif was_closed and not is_closed:
            reopenings.append(row.at)
    closed_at = timeline.past.ticket.closed_at
    if not closings and closed_at is not None and closed_at <= until:
        closings.append(closed_at)
    return closings, reopenings


def span(seconds: float | None) -> str:
    """`2d 3h`, `5m`; two units are enough."""
    if seconds is None:
        return "-"
    left, parts = max(0, round(seconds)), []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")):
        amount, left = divmod(left, size)
        if amount:
            parts.append(f"{amount}{unit}")
    return " ".join(parts[:2]) or "0s"


def _by_person(row: Change) -> bool:
    return row.by is None or row.by.role is not Role.SYSTEM


def _count(number: float | None) -> str:
    return "-" if number is None else f"{number:g}"


def _plain(summary: Summary) -> dict[str, object]:
    return {
        "n": summary.n,
        "median": summary.median,
        "p90": summary.p90,
        "total": summary.total,
    }


def _rank(item: tuple[str, Figures]) -> tuple[bool, int, str]:
    name, figures = item
    return name != ALL, -figures.tickets, name
