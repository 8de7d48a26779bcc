"""The calendar against the minute walk, over calendars, zones, pauses and spans nobody chose."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.domain.calendar import Calendar, SpecialDay
from plugin.domain.duration import Duration
from tests.unit.domain.minute_walk import MinuteWalk

# Each zone with a stretch of days in which its clocks do something.
ZONES = [
    ("Europe/Amsterdam", date(2026, 3, 26)),
    ("Europe/Amsterdam", date(2026, 10, 22)),
    ("America/Chicago", date(2026, 3, 5)),
    ("America/Chicago", date(2026, 10, 29)),
    ("Australia/Lord_Howe", date(2026, 4, 2)),
    ("Australia/Lord_Howe", date(2026, 10, 1)),
    ("Pacific/Apia", date(2011, 12, 27)),
    ("Asia/Kathmandu", date(2026, 11, 20)),
    ("America/Sao_Paulo", date(2018, 11, 1)),
    ("America/Sao_Paulo", date(2018, 2, 15)),
    ("America/St_Johns", date(2009, 10, 29)),
    ("Pacific/Kiritimati", date(1994, 12, 29)),
    ("America/Recife", date(2000, 10, 6)),
    ("UTC", date(2024, 2, 27)),
]


# Each strategy is made once: made anew for each example, they took longer than the calendar.
EDGES = st.sets(st.integers(0, 96), min_size=2, max_size=6)
OVER_MIDNIGHT = st.none() | st.integers(1, 24)


@st.composite
def hours(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Up to three intervals that do not touch, the last one perhaps over midnight."""
    edges = sorted(draw(EDGES))
    pairs = [(a * 15, b * 15) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    late = draw(OVER_MIDNIGHT)
    if late and pairs[-1][0] > 16 * 60:
        pairs[-1] = (pairs[-1][0], 1440 + late * 15)
    return [pair for pair in pairs if pair[0] < 1440]


HOURS = hours()
WEEKS = st.lists(st.one_of(st.just([]), st.just([(0, 1440)]), HOURS), min_size=7, max_size=7)
WEEKDAYS = st.integers(0, 6)
PLACES = st.sampled_from(ZONES)
DAYS = st.integers(-2, 12).map(lambda n: timedelta(days=n))
CLOSED = st.sets(DAYS, max_size=3)
SPECIAL = st.dictionaries(DAYS, st.one_of(st.just([]), HOURS), max_size=2)
MINUTES = st.integers(-1440, 8 * 1440).map(lambda n: timedelta(minutes=n))
PAUSES = st.lists(st.tuples(MINUTES, MINUTES).map(sorted), max_size=3)


@st.composite
def questions(draw: st.DrawFn) -> tuple[Calendar, MinuteWalk, datetime, list]:
    timezone, around = draw(PLACES)
    week = draw(WEEKS)
    week[draw(WEEKDAYS)] = draw(HOURS)  # a calendar that never opens is another test
    closed = {around + days for days in draw(CLOSED)}
    special = {around + days: own for days, own in draw(SPECIAL).items()}
    midnight = datetime(around.year, around.month, around.day, tzinfo=UTC)
    pauses = [(midnight + start, midnight + end) for start, end in draw(PAUSES)]
    calendar = Calendar(
        "made up",
        timezone,
        tuple(tuple(day) for day in week),
        dict.fromkeys(closed, "closed"),
        {day: SpecialDay(tuple(own)) for day, own in special.items()},
    )
    walk = MinuteWalk(timezone, week, frozenset(closed), special)
    return calendar, walk, midnight + draw(MINUTES), pauses


walked = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@walked
@given(questions(), st.integers(0, 4 * 1440))
def test_open_time_equals_the_walk(question, span: int) -> None:
    calendar, walk, start, pauses = question
    end = start + timedelta(minutes=span)

    answer = calendar.open_between(start, end, pauses)

    assert answer == timedelta(minutes=walk.open_between(start, end, pauses))
    assert calendar.open_between(end, start, pauses) == -answer


@walked
@given(questions(), st.integers(0, 1500))
def test_due_time_equals_the_walk(question, minutes: int) -> None:
    calendar, walk, start, pauses = question

    answer = calendar.due(start, Duration(minutes=minutes), pauses)

    expected = walk.due(start, minutes, pauses)
    assert answer == expected
    assert calendar.open_between(start, answer, pauses) == timedelta(minutes=minutes)


@pytest.mark.slow
@walked
@given(questions(), st.integers(0, 2000))
def test_open_and_next_change_equal_the_walk(question, later: int) -> None:
    calendar, walk, start, _ = question
    at = start + timedelta(minutes=later)

    change = calendar.next_change(at)

    assert calendar.is_open(at) is walk.is_open(at)
    within = at
    while within < min(change, at + timedelta(days=3)):
        assert walk.is_open(within) is walk.is_open(at)
        within += timedelta(minutes=1)
    if change - at < timedelta(days=366):
        assert walk.is_open(change) is not walk.is_open(at)


@walked
@given(questions(), st.integers(0, 10**7), st.integers(0, 200_000))
def test_what_is_due_has_just_passed_to_the_second(question, second: int, seconds: int) -> None:
    calendar, _, start, pauses = question
    start += timedelta(seconds=second % 86400)

    due = calendar.due(start, Duration(minutes=seconds // 60), pauses)

    asked = timedelta(minutes=seconds // 60)
    assert calendar.open_between(start, due, pauses) == asked
    if asked:
        early = due - timedelta(seconds=1)
        assert calendar.open_between(start, early, pauses) == asked - timedelta(seconds=1)


@walked
@given(questions(), st.integers(1, 3000), st.integers(0, 3000))
def test_a_later_start_is_never_due_earlier(question, minutes: int, later: int) -> None:
    calendar, _, start, pauses = question
    duration = Duration(minutes=minutes)

    first = calendar.due(start, duration, pauses)
    second = calendar.due(start + timedelta(minutes=later), duration, pauses)

    assert second >= first


@walked
@given(questions(), st.integers(1, 3000))
def test_a_pause_never_makes_a_deadline_earlier(question, minutes: int) -> None:
    calendar, _, start, pauses = question
    duration = Duration(minutes=minutes)

    assert calendar.due(start, duration, pauses) >= calendar.due(start, duration)


@walked
@given(questions(), st.integers(1, 4), st.integers(0, 3000))
def test_business_days_keep_the_order_of_starts(question, days: int, later: int) -> None:
    calendar, _, start, _ = question
    duration = Duration(business_days=days)

    first = calendar.due(start, duration)
    second = calendar.due(start + timedelta(minutes=later), duration)

    assert second >= first


@pytest.mark.parametrize("zone", sorted({name for name, _ in ZONES}))
def test_a_pair_of_answers_does_not_depend_on_what_was_asked_before(zone: str) -> None:
    week = {"mon-fri": ["09:00-12:30", "13:00-17:30"]}
    start = datetime(2026, 3, 27, 15, 0, tzinfo=UTC)
    fresh, used = Calendar.of("office", zone, week), Calendar.of("office", zone, week)
    used.due(datetime(1994, 12, 29, tzinfo=UTC), Duration(minutes=600))
    used.due(datetime(2049, 12, 29, tzinfo=UTC), Duration(minutes=600))

    answers = [calendar.due(start, Duration(minutes=5000)) for calendar in (fresh, used)]

    assert answers[0] == answers[1]
