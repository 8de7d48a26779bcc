"""Business time: speed beside other libraries, and who is wrong where (T1-T5)."""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median

from bench.peers import Peer, missing, peers
from bench.report import Row
from plugin.configuration.feeds import CountryFeed
from plugin.domain.calendar import Calendar
from plugin.domain.duration import Duration

ROUNDS = 9
ZONE = "America/New_York"
WEEK = dict.fromkeys(range(5), (("09:00", "17:00"),))
SPANS = {"1 h": 60, "3 days": 3 * 480, "30 days": 21 * 480, "2 years": 500 * 480}
STARTS = [datetime(2026, 1, 5, 14, 0, tzinfo=UTC) + timedelta(hours=137 * n) for n in range(64)]
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def measure() -> list[Row]:
    """T1 to T5. Without the peers only what stands on its own is measured."""
    holidays = [day for year in range(2026, 2030) for day in CountryFeed("US", None).days(year)][
        :35
    ]
    calendar = _ours(WEEK, holidays, ZONE)
    others = peers(WEEK, holidays, ZONE)
    return [
        *_mistakes(),
        *_speed(calendar, others),
        *_many(calendar, others),
        *_build(),
        *[Row("", f"{name} is not installed (bench/requirements.txt)", 0) for name in missing()],
    ]


def _ours(week: dict, holidays: Sequence[date], zone: str) -> Calendar:
    hours = {_DAYS[day]: [f"{a}-{b}" for a, b in spans] for day, spans in week.items()}
    return Calendar.of("bench", zone, hours, dict.fromkeys(holidays, "holiday"))


def _interleaved(
    runs: dict[str, tuple[Callable[[], object], int]], rounds: int = ROUNDS
) -> dict[str, float]:
    """Microseconds per call of each run, the median of rounds A B C … A B C …"""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, (run, calls) in runs.items():
            # The process's own time: what others do on the machine meanwhile is not measured.
            started = time.process_time()
            run()
            taken[name].append((time.process_time() - started) / calls * 1e6)
    return {name: median(times) for name, times in taken.items()}


def _speed(calendar: Calendar, others: list[Peer]) -> list[Row]:
    rows: list[Row] = []
    epochs = [int(start.timestamp()) for start in STARTS]
    for span, minutes in SPANS.items():
        seconds, length = minutes * 60, timedelta(minutes=minutes)
        duration = Duration(minutes=minutes)
        dues = [calendar.due(start, duration) for start in STARTS]
        ends = [int(due.timestamp()) for due in dues]
        due_epoch, due, open_seconds = calendar.due_epoch, calendar.due, calendar.open_seconds
        repeat = range(50)

        def ints_add(seconds=seconds, due_epoch=due_epoch, repeat=repeat) -> None:
            for _ in repeat:
                for start in epochs:
                    due_epoch(start, seconds)

        def ints_between(ends=ends, open_seconds=open_seconds, repeat=repeat) -> None:
            for _ in repeat:
                for start, end in zip(epochs, ends, strict=True):
                    open_seconds(start, end)

        def aware_add(due=due, duration=duration, repeat=repeat) -> None:
            for _ in repeat:
                for start in STARTS:
                    due(start, duration)

        def aware_between(dues=dues, repeat=repeat) -> None:
            for _ in repeat:
                for start, end in zip(STARTS, dues, strict=True):
                    calendar.open_between(start, end)

        runs = {
            "ints add": (ints_add, 50 * len(STARTS)),
            "ints between": (ints_between, 50 * len(STARTS)),
            "add": (aware_add, 50 * len(STARTS)),
            "between": (aware_between, 50 * len(STARTS)),
        }
        for peer in others:
            few = STARTS * 4 if peer.name == "workclock" else STARTS[: 4 if minutes < 10**5 else 1]
            runs[f"{peer.name} add"] = (_peer_add(peer, few, length), len(few))
            if peer.between:
                runs[f"{peer.name} between"] = (_peer_between(peer, few, dues), len(few))
        taken = _interleaved(runs)
        rows += _speed_rows(span, taken)
    return [*rows, *_flatness(calendar)]


def _flatness(calendar: Calendar) -> list[Row]:
    """The longest span beside the shortest, in the same rounds."""
    epochs = [int(start.timestamp()) for start in STARTS]
    runs: dict[str, tuple[Callable[[], object], int]] = {}
    for span in ("1 h", "2 years"):
        seconds = SPANS[span] * 60
        pairs = [(start, calendar.due_epoch(start, seconds)) for start in epochs]

        def add(seconds=seconds) -> None:
            for _ in range(100):
                for start in epochs:
                    calendar.due_epoch(start, seconds)

        def between(pairs=pairs) -> None:
            for _ in range(100):
                for start, end in pairs:
                    calendar.open_seconds(start, end)

        runs[f"add {span}"] = (add, 1)
        runs[f"between {span}"] = (between, 1)
    taken = _interleaved(runs, rounds=4 * ROUNDS)
    ratios = {name: taken[f"{name} 2 years"] / taken[f"{name} 1 h"] for name in ("add", "between")}
    return [
        Row("T2", f"ints {name}: 2 years ÷ 1 h", ratio, "x", "<= 1.3", ratio <= 1.3)
        for name, ratio in ratios.items()
    ]


def _peer_add(peer: Peer, starts: list[datetime], length: timedelta) -> Callable[[], None]:
    def run() -> None:
        for start in starts:
            peer.add(start, length)

    return run


def _peer_between(peer: Peer, starts: list[datetime], ends: list[datetime]) -> Callable[[], None]:
    def run() -> None:
        for start, end in zip(starts, ends * (len(starts) // len(ends) or 1), strict=False):
            peer.between(start, end)

    return run


_BOUNDS = {
    ("ints add", "1 h"): 10,
    ("ints between", "1 h"): 5,
    ("ints add", "30 days"): 15,
    ("ints between", "30 days"): 15,
    ("ints add", "2 years"): 200,
    ("ints between", "2 years"): 200,
    ("add", "1 h"): 2.5,
    ("between", "1 h"): 1.4,
}


def _speed_rows(span: str, taken: dict[str, float]) -> list[Row]:
    rows = [Row("", f"{name}, {span}", value, "µs") for name, value in taken.items()]
    for name in ("ints add", "ints between", "add", "between"):
        other = taken.get(f"workclock {name.removeprefix('ints ')}")
        if other is None:
            continue
        bound = _BOUNDS.get((name, span))
        ratio = other / taken[name]
        goal = "T2" if name.startswith("ints") else "T3"
        rows.append(
            Row(
                goal if bound else "",
                f"workclock ÷ ours, {name}, {span}",
                ratio,
                "x",
                f">= {bound}" if bound else "",
                ratio >= bound if bound else None,
            )
        )
    return rows


def _many(calendar: Calendar, others: list[Peer]) -> list[Row]:
    first = int(STARTS[0].timestamp())
    starts = [first + 47 * n for n in range(200_000)]
    taken = _interleaved({"many": (lambda: calendar.due_epochs(starts, 4 * 3600), len(starts))})
    each = taken["many"]
    return [Row("T4", "1,000,000 deadlines, each", each, "µs", "<= 1.5", each <= 1.5)]


def _build() -> list[Row]:
    feed = CountryFeed("DE", "BY")
    for year in range(2018, 2034):
        feed.days(year)

    def fresh() -> Calendar:
        return Calendar("built", "Europe/Berlin", _ours(WEEK, [], ZONE).week, feeds=(feed,))

    taken = _interleaved({"build": (lambda: fresh().compile_years(2020, 2032), 1)})
    calendar = fresh()
    tracemalloc.start()
    kept = calendar.compile_years(2020, 2032)
    size = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    milliseconds = taken["build"] / 1000
    assert kept.starts
    return [
        Row("T5", "calendar of 12 years, built", milliseconds, "ms", "<= 20", milliseconds <= 20),
        Row("T5", "calendar of 12 years, memory", size, "MB", "<= 1", size <= 1),
    ]


_LONG_WEEK = dict.fromkeys(range(7), (("00:00", "24:00"),))
_NIGHTS = dict.fromkeys(range(7), (("22:00", "06:00"),))
_LUNCH = dict.fromkeys(range(5), (("09:00", "12:30"), ("13:00", "17:30")))
_EARLY = dict.fromkeys(range(7), (("01:00", "04:00"),))
_CASES: tuple[tuple[str, dict, list[date], str, str, int], ...] = (
    # name, week, holidays, zone, start (UTC), hours of open time
    ("at closing time", WEEK, [], ZONE, "2026-11-24T18:00", 4),
    ("over a weekend", WEEK, [], ZONE, "2026-11-27T21:00", 4),
    ("over a holiday", WEEK, [date(2026, 11, 26)], ZONE, "2026-11-25T21:00", 4),
    ("after the last holiday", WEEK, [date(2020, 1, 1)], ZONE, "2026-11-24T15:00", 4),
    ("over lunch", _LUNCH, [], "Europe/Amsterdam", "2026-11-24T11:00", 2),
    ("overnight", _NIGHTS, [], "Europe/Amsterdam", "2026-11-24T22:00", 4),
    ("short day", _LONG_WEEK, [], "Europe/Amsterdam", "2026-03-28T22:00", 26),
    ("long day", _LONG_WEEK, [], "Europe/Amsterdam", "2026-10-24T22:00", 26),
    ("half an hour of summer time", WEEK, [], "Australia/Lord_Howe", "2026-04-02T05:00", 4),
    ("a skipped day", WEEK, [], "Pacific/Apia", "2011-12-30T02:00", 4),
    (
        "hours the clock skips",
        _EARLY,
        [],
        ZONE,
        "2026-03-08T05:00",
        4,
    ),
)


def _mistakes() -> list[Row]:
    """Deadlines and open time against a walk over every minute."""
    wrong: dict[str, list[str]] = {}
    asked: dict[str, int] = {}
    for name, week, holidays, zone, start_text, hours in _CASES:
        start = datetime.fromisoformat(start_text).replace(tzinfo=UTC)
        ours = _ours_as_peer(week, holidays, zone)
        truth = _walked(week, holidays, zone, start, hours * 60)
        for peer in [ours, *peers(week, holidays, zone)]:
            asked[peer.name] = asked.get(peer.name, 0) + 1
            wrong.setdefault(peer.name, [])
            try:
                answer = peer.add(start, timedelta(hours=hours))
                is_right = answer.astimezone(UTC) == truth
            except Exception as error:  # noqa: BLE001 - whatever a peer raises is its answer
                print(f"{peer.name} on {name!r}: {type(error).__name__}", file=sys.stderr)
                is_right = False
            if not is_right:
                wrong[peer.name].append(name)
    return [
        Row(
            "T1" if name == "deskladder" else "",
            f"{name}, wrong deadlines of {asked[name]}"
            + (f": {', '.join(names)}" if names else ""),
            len(names),
            "",
            "= 0" if name == "deskladder" else "",
            not names if name == "deskladder" else None,
        )
        for name, names in wrong.items()
    ]


def _ours_as_peer(week: dict, holidays: Sequence[date], zone: str) -> Peer:
    calendar = _ours(week, holidays, zone)

    def add(start: datetime, length: timedelta) -> datetime:
        return calendar.due(start, Duration(minutes=int(length.total_seconds() // 60)))

    return Peer("deskladder", add, calendar.open_between)


def _walked(week: dict, holidays: list[date], zone: str, start: datetime, minutes: int) -> datetime:
    from tests.unit.domain.minute_walk import MinuteWalk

    calendar = _ours(week, [], zone)
    return MinuteWalk(zone, calendar.week, frozenset(holidays)).due(start, minutes)
