"""The same counts by another way: event by event over the raw past, without any of the program's own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from plugin.domain.past import Past
from plugin.domain.ticket import MessageKind

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass
class Expected:
    """What a simulation of `tests.unit.history.test_counts.FILE` must come to."""

    fired: Counter[str] = field(default_factory=Counter)
    grid: Counter[tuple[int, int]] = field(default_factory=Counter)
    needless: int = 0
    mails: int = 0
    mails_held_back: int = 0
    first_response: Counter[str] = field(default_factory=Counter)


def expected(pasts: Iterable[Past], until: datetime) -> Expected:
    found = Expected()
    mailed: dict[int, list[datetime]] = {}
    for past in pasts:
        answers = [
            message.created_at
            for message in past.ticket.messages
            if message.kind is MessageKind.AGENT
        ]
        for rule, at in firings(past, until):
            found.fired[rule] += 1
            found.grid[at.weekday(), at.hour] += 1
            found.needless += any(at < one <= at + timedelta(minutes=5) for one in answers)
        found.first_response[first_response(past, until)] += 1
        sent = mailed.setdefault(past.ticket.customer.id, [])
        if sum(at > past.ticket.created_at - DAY for at in sent) < 1:
            sent.append(past.ticket.created_at)
            found.mails += 1
        else:
            found.mails_held_back += 1
    return found


def firings(past: Past, until: datetime) -> Iterator[tuple[str, datetime]]:
    ticket = past.ticket
    yield "welcome", ticket.created_at
    for message in ticket.messages:
        if message.kind is MessageKind.CUSTOMER and re.search(
            r"\binvoice\b", f"{ticket.subject} {message.text}", re.IGNORECASE
        ):
            yield "billing", message.created_at
    opened = [one.created_at for one in ticket.customer_tickets]
    if sum(ticket.created_at - 30 * DAY <= at <= ticket.created_at for at in opened) >= 3:
        yield "third", ticket.created_at
    for row in ticket.history:
        if row.what == "state" and row.before == "closed":
            yield "opened again", row.at
    yield from (("nobody answers", at) for at in left_waiting(past, until))
    if late_at := breached_at(past, until):
        yield "late", late_at


def left_waiting(past: Past, until: datetime) -> Iterator[datetime]:
    """When a customer has waited for four hours on a ticket that is not closed, once each time it is open."""
    events = [(one.created_at, one.kind) for one in past.ticket.messages]
    events += [(row.at, row.after) for row in past.ticket.history if row.what == "state"]
    events = sorted(events, key=lambda event: event[0])
    since, is_open, told = None, True, False
    for (at, what), (later, _) in zip(events, [*events[1:], (until, "")], strict=True):
        if what is MessageKind.CUSTOMER:
            since = since or at
        elif what is MessageKind.AGENT:
            since = None
        elif what == "closed":
            since, is_open = None, False
        elif not is_open:
            is_open, told = True, False
        if since and is_open and not told and since + 4 * HOUR < later:
            told = True
            yield max(at, since + 4 * HOUR)


def first_response(past: Past, until: datetime) -> str:
    answered_at = first_answer(past)
    if answered_at is not None:
        in_time = open_time(past.ticket.created_at, answered_at) <= 4 * HOUR
        return "met" if in_time else "met late"
    return "breached" if open_time(past.ticket.created_at, until) >= 4 * HOUR else "running"


def breached_at(past: Past, until: datetime) -> datetime | None:
    """The first second at which four hours of open time have passed, looked for by halving."""
    begin, end = past.ticket.created_at, first_answer(past) or until
    if open_time(begin, end) < 4 * HOUR or (
        first_answer(past) and open_time(begin, end) == 4 * HOUR
    ):
        return None
    low, high = begin, end
    while high - low > timedelta(milliseconds=1):
        middle = low + (high - low) / 2
        low, high = (low, middle) if open_time(begin, middle) >= 4 * HOUR else (middle, high)
    return high


def first_answer(past: Past) -> datetime | None:
    answers = (m.created_at for m in past.ticket.messages if m.kind is MessageKind.AGENT)
    return min(answers, default=None)


def open_time(start: datetime, end: datetime) -> timedelta:
    """Monday to Friday from eight to six in UTC, added up day by day."""
    total = timedelta(0)
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while day < end:
        if day.weekday() < 5:
            opens, closes = max(start, day + 8 * HOUR), min(end, day + 18 * HOUR)
            total += max(timedelta(0), closes - opens)
        day += DAY
    return total
