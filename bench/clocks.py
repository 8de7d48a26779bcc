"""SLA clocks: a look at one ticket, and a million clocks after a calendar has changed."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

from bench.report import Row
from plugin.configuration.feeds import CountryFeed
from plugin.domain.calendar import Calendar
from plugin.domain.clocks import clocks_of, next_instant
from plugin.domain.delivery import Delivery
from plugin.domain.duration import Duration
from plugin.domain.hours import parse_week
from plugin.domain.memory import Memory, Seen
from plugin.domain.plan import Plan, Timer
from plugin.domain.sla import Metric, SlaPolicy, Threshold
from plugin.domain.ticket import (
    Change,
    Group,
    Message,
    MessageKind,
    Person,
    Priority,
    Role,
    State,
    StateType,
    Ticket,
    TicketRef,
)
from plugin.store.store import Store

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
CLOCKS = 1_000_000
TICKETS = 333_334  # an open ticket nobody answered yet has three running clocks
BEFORE, AFTER = "a1b2c3d4e5f60718", "b1b2c3d4e5f60718"

_GUEST = Person(5, Role.CUSTOMER, name="Guest", email="guest@example.org")
_AGENT = Person(9, Role.AGENT, name="Ana", email="ana@example.org")
_POLICY = SlaPolicy(
    "standard",
    {
        Metric.FIRST_RESPONSE: Duration.parse("4h"),
        Metric.NEXT_RESPONSE: Duration.parse("8h"),
        Metric.PERIODIC_UPDATE: Duration.parse("16h"),
        Metric.RESOLUTION: Duration.parse("40h"),
    },
    (Threshold.parse("75%"), Threshold.parse("30m")),
    frozenset({"pending reminder"}),
)


def measure() -> list[Row]:
    """A look, then the two halves of a change: the clocks counted anew, the tickets asked for."""
    return [*_looks(), *_counted_anew(), *_asked_for()]


def _calendar(hours: str) -> Calendar:
    """Not compiled yet: that is part of what a change costs. The holidays are known by then."""
    feed = CountryFeed("NL", None)
    for year in range(2024, 2030):
        feed.days(year)
    return Calendar("office", "Europe/Amsterdam", parse_week({"mon-fri": [hours]}), feeds=(feed,))


def _looks() -> list[Row]:
    """All clocks of one ticket, as at every look."""
    calendar = _calendar("09:00-17:00")
    short, long = _ticket(1), _ticket(1, turns=20)
    rows = []
    for name, ticket in (("new", short), ("20 answers and 20 pauses", long)):
        clocks_of(ticket, _POLICY, calendar, NOW)
        taken = []
        for _ in range(7):
            started = time.process_time()
            for _ in range(100):
                clocks_of(ticket, _POLICY, calendar, NOW)
            taken.append((time.process_time() - started) / 100 * 1e6)
        cycles = len(clocks_of(ticket, _POLICY, calendar, NOW))
        rows.append(
            Row("", f"clocks of a ticket ({name}): {cycles} cycles", statistics.median(taken), "µs")
        )
    return rows


def _counted_anew() -> list[Row]:
    """Every clock from its ticket's own history: what a look does beside reading the ticket."""
    few, many = (_peak(tickets) for tickets in (5_000, 20_000))
    started, wall = time.process_time(), time.perf_counter()
    running = _count(TICKETS)
    taken, passed = time.process_time() - started, time.perf_counter() - wall
    assert running >= CLOCKS
    return [
        Row("T16", "1,000,000 clocks counted anew", taken, "s", "< 60", taken < 60),
        Row("", "the same on the wall, with all else that runs here", passed, "s"),
        Row("T16", "memory: 20 000 tickets ÷ 5 000", many / few, "x", "<= 1.1", many / few <= 1.1),
        Row("", "memory at most", many / 1e6, "MB"),
    ]


def _count(tickets: int) -> int:
    """How many clocks run; the next instant of each ticket is what its timer would be."""
    calendar = _calendar("08:00-18:00")
    running = 0
    for ticket in islice(cycle(_SAMPLE), tickets):
        clocks = clocks_of(ticket, _POLICY, calendar, NOW)
        running += sum(not clock.phase.is_final for clock in clocks)
        assert next_instant(clocks, NOW) is not None
    return running


def _peak(tickets: int) -> int:
    tracemalloc.start()
    _count(tickets)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def _asked_for() -> list[Row]:
    """The store's part: a timer for each open ticket, the urgent ones first (SQLite, one file)."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "store.sqlite3"
        _fill(file)
        store = Store.open(f"sqlite:///{file}", now=NOW)
        started = time.perf_counter()
        asked = store.rearm(AFTER, NOW)
        taken = time.perf_counter() - started
        last = _last_look(file)
        store.close()
    assert asked == TICKETS
    hours = (last - NOW.timestamp()) / 3600
    return [
        Row("T16", f"looks asked for at {TICKETS:,} tickets", taken, "s", "< 60", taken < 60),
        Row("", "the last of them comes, so that the helpdesk can follow, after", hours, "h"),
    ]


def _fill(file: Path) -> None:
    """One ticket by way of the store, then as many of its kind."""
    store = Store.open(f"sqlite:///{file}", now=NOW)
    ref = TicketRef("support", 1)
    store.receive(Delivery("support", "1", 1, NOW))
    (claim,) = store.claim(NOW, worker="bench", limit=1, lease=timedelta(minutes=5))
    seen = Seen(7, "open", StateType.OPEN, 1, 2, Priority.HIGH, frozenset({"a"}), NOW)
    memory = Memory(ref=ref, installed_at=NOW, seen=seen)
    timers = (Timer("SLA clocks", NOW + timedelta(hours=1)),)
    store.store_plans([(claim, Plan(ref, NOW, memory, timers=timers), "c" * 32)])
    store.release_all([claim], NOW)
    store.rearm(BEFORE, NOW)
    store.close()
    numbers = "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    with sqlite3.connect(file) as database:
        for table in ("tickets", "work", "timers"):
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            kept = [name for name in columns if name != "id"]
            values = [
                {"ticket_id": "n.i", "due_at": "one.due_at + n.i * 1000000"}.get(
                    name, f"one.{name}"
                )
                for name in kept
            ]
            database.execute(
                f"INSERT INTO {table} ({', '.join(kept)}) {numbers} "  # noqa: S608
                f"SELECT {', '.join(values)} FROM {table} AS one, n WHERE one.ticket_id = 1",
                (TICKETS,),
            )
    database.close()


def _last_look(file: Path) -> float:
    """When the last of the tickets becomes due, in epoch seconds."""
    database = sqlite3.connect(file)
    # Every ticket has a timer of its clocks, too: what rearm wrote carries another name.
    (micros,) = database.execute(
        "SELECT max(due_at) FROM timers WHERE name <> 'SLA clocks'"
    ).fetchone()
    database.close()
    return float(micros) / 1e6


def _ticket(number: int, turns: int = 0) -> Ticket:
    """A ticket whose customer and agent took turns, each answer followed by a pause."""
    created = NOW - timedelta(minutes=3 * (number % 500) + 5, days=turns * 2)
    return Ticket(
        ref=TicketRef("support", number),
        number=str(number),
        url="https://help.example.com/1",
        subject="My bill",
        state=State("open", StateType.OPEN),
        priority=Priority.NORMAL,
        group=Group(1, "1st Level"),
        owner=None,
        customer=_GUEST,
        channel="email",
        created_at=created,
        updated_at=created,
        messages=tuple(_messages(created, turns)),
        created_by=Role.CUSTOMER,
        history=tuple(_changes(created, turns)),
    )


def _messages(created: datetime, turns: int) -> Iterator[Message]:
    yield Message(1, MessageKind.CUSTOMER, _GUEST, created, "A question")
    for turn in range(turns):
        answered = created + timedelta(days=2 * turn, hours=3)
        yield Message(
            2 * turn + 2, MessageKind.AGENT, _AGENT, answered, "An answer", channel="email"
        )
        yield Message(
            2 * turn + 3, MessageKind.CUSTOMER, _GUEST, answered + timedelta(days=1), "And?"
        )


def _changes(created: datetime, turns: int) -> Iterator[Change]:
    for turn in range(turns):
        answered = created + timedelta(days=2 * turn, hours=3)
        woken = answered + timedelta(days=1)
        yield Change(answered, "state", "open", "pending reminder", _AGENT)
        yield Change(woken, "state", "pending reminder", "open", _GUEST)


_SAMPLE = [_ticket(number) for number in range(2_000)]
