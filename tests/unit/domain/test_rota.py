"""Who is on call: weeks in local time, exceptions, watches; exact where clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.ladder import Override, Pool, Shift, Strategy
from plugin.domain.rota import Duty, on_call, week_of

PEOPLE = ("ana", "ben", "cleo")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ZONES = ["UTC", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
MONDAY = date(2026, 12, 7)


def a_shift(**changes) -> Shift:
    fields = {"people": PEOPLE, "first_day": MONDAY, "at": time(9), "timezone": "Europe/Amsterdam"}
    return Shift(**{**fields, **changes})


def a_pool(rota=None, overrides=(), watches=()) -> Pool:
    return Pool(Strategy.ONCALL, "lead", rota=rota, overrides=overrides, watches=watches)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=AMSTERDAM)


def who(pool: Pool, at: datetime) -> list[str]:
    return [duty.who for duty in on_call(pool, at)]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param(local(2026, 12, 7, 9), "ana", id="the first minute"),
        pytest.param(local(2026, 12, 14, 8, 59), "ana", id="the last minute"),
        pytest.param(local(2026, 12, 14, 9), "ben", id="the hand-over"),
        pytest.param(local(2026, 12, 21, 12), "cleo", id="the third week"),
        pytest.param(local(2026, 12, 28, 12), "ana", id="round again"),
        pytest.param(local(2026, 12, 7, 8, 59), "cleo", id="before the first week"),
        pytest.param(local(2026, 11, 17, 12), "ana", id="three weeks before"),
    ],
)
def test_people_take_turns_a_week_each(at, expected):
    assert who(a_pool(a_shift()), at) == [expected]


@pytest.mark.parametrize("day", [MONDAY + DAY * n for n in range(7)], ids=str)
def test_the_week_in_which_the_first_day_lies_is_the_first_persons(day):
    shift = a_shift(first_day=day, weekday=0)

    assert week_of(shift, local(2026, 12, 9, 12)).who == "ana"
    assert week_of(shift, local(2026, 12, 14, 12)).who == "ben"


def test_the_hand_over_may_be_on_any_weekday():
    shift = a_shift(first_day=date(2026, 12, 4), weekday=4, at=time(17))  # Fridays

    assert week_of(shift, local(2026, 12, 11, 16, 59)).who == "ana"
    assert week_of(shift, local(2026, 12, 11, 17)).who == "ben"


@pytest.mark.parametrize(
    ("begin", "hours"),
    [
        pytest.param(local(2026, 3, 23, 9), 167, id="the clock goes forward"),
        pytest.param(local(2026, 10, 19, 9), 169, id="the clock goes back"),
        pytest.param(local(2026, 12, 7, 9), 168, id="any other week"),
    ],
)
def test_a_week_ends_at_the_same_wall_time_whatever_the_clock_did(begin, hours):
    duty = week_of(a_shift(), begin)

    assert duty.ends_at - begin.astimezone(UTC) == hours * HOUR
    assert week_of(a_shift(), duty.ends_at - timedelta(seconds=1)).who == duty.who
    assert week_of(a_shift(), duty.ends_at).who != duty.who


def test_a_hand_over_that_the_clock_skips_is_when_it_goes_on():
    shift = a_shift(first_day=date(2026, 3, 22), weekday=6, at=time(2, 30))  # skipped on the 29th
    goes_on = datetime(2026, 3, 29, 1, tzinfo=UTC)  # 03:00 in Amsterdam

    assert week_of(shift, goes_on - timedelta(seconds=1)) == Duty("ana", goes_on)
    assert week_of(shift, goes_on).who == "ben"


def test_a_hand_over_that_the_clock_shows_twice_is_the_first():
    shift = a_shift(first_day=date(2026, 10, 18), weekday=6, at=time(2, 30))  # twice on the 25th
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    assert week_of(shift, first - timedelta(seconds=1)) == Duty("ana", first)
    assert week_of(shift, first).who == "ben"
    assert week_of(shift, first + HOUR).who == "ben"


@given(
    at=st.datetimes(datetime(2008, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),
    zone=st.sampled_from(ZONES),
    weekday=st.integers(0, 6),
    minute=st.integers(0, 24 * 60 - 1),
    people=st.integers(1, 5),
)
def test_weeks_follow_each_other_without_gap_and_everybody_gets_every_nth(
    at, zone, weekday, minute, people
):
    names = tuple(str(n) for n in range(people))
    shift = Shift(names, MONDAY, weekday, time(minute // 60, minute % 60), zone)

    duty = week_of(shift, at)
    following = week_of(shift, duty.ends_at)

    assert at < duty.ends_at <= at + WEEK + DAY + HOUR  # Apia once left out a whole day
    assert week_of(shift, duty.ends_at - timedelta(seconds=1)) == duty
    assert int(following.who) == (int(duty.who) + 1) % people
    shown = duty.ends_at.astimezone(ZoneInfo(zone))
    skipped = (shown.hour, shown.minute) != (shift.at.hour, shift.at.minute)
    assert skipped or shown.weekday() == weekday


def an_override(who_else: str, begin: datetime, end: datetime) -> Override:
    return Override(who_else, begin.astimezone(UTC), end.astimezone(UTC))


def test_an_override_stands_in_from_its_begin_up_to_its_end():
    swap = an_override("dora", local(2026, 12, 8, 18), local(2026, 12, 9, 8))
    pool = a_pool(a_shift(), overrides=(swap,))

    assert who(pool, local(2026, 12, 8, 17, 59)) == ["ana"]
    assert who(pool, local(2026, 12, 8, 18)) == ["dora"]
    assert who(pool, local(2026, 12, 9, 7, 59)) == ["dora"]
    assert who(pool, local(2026, 12, 9, 8)) == ["ana"]


def test_of_two_overrides_the_later_one_in_the_file_counts():
    whole_day = an_override("dora", local(2026, 12, 8), local(2026, 12, 9))
    noon = an_override("emil", local(2026, 12, 8, 12), local(2026, 12, 8, 14))
    pool = a_pool(a_shift(), overrides=(whole_day, noon))

    assert who(pool, local(2026, 12, 8, 11)) == ["dora"]
    assert who(pool, local(2026, 12, 8, 13)) == ["emil"]


def a_watch(name: str, begin: datetime, end: datetime) -> tuple[datetime, datetime, str]:
    return begin.astimezone(UTC), end.astimezone(UTC), name


def test_watches_of_an_ical_file_come_before_the_rota_and_after_overrides():
    night = a_watch("dora", local(2026, 12, 8, 18), local(2026, 12, 9, 8))
    swap = an_override("emil", local(2026, 12, 8, 20), local(2026, 12, 8, 22))
    pool = a_pool(a_shift(), overrides=(swap,), watches=(night,))

    assert who(pool, local(2026, 12, 8, 12)) == ["ana"]
    assert who(pool, local(2026, 12, 8, 19)) == ["dora"]
    assert who(pool, local(2026, 12, 8, 21)) == ["emil"]


def test_several_may_be_on_watch_each_named_once_those_who_began_first_in_front():
    early = a_watch("dora", local(2026, 12, 8, 6), local(2026, 12, 8, 14))
    late = a_watch("emil", local(2026, 12, 8, 12), local(2026, 12, 8, 20))
    again = a_watch("Dora", local(2026, 12, 8, 13), local(2026, 12, 8, 15))
    pool = a_pool(watches=(late, again, early))

    assert who(pool, local(2026, 12, 8, 13, 30)) == ["dora", "emil"]


def test_without_rota_and_between_watches_nobody_is_on_call():
    pool = a_pool(watches=(a_watch("dora", local(2026, 12, 8, 6), local(2026, 12, 8, 14)),))

    assert who(pool, local(2026, 12, 8, 14)) == []
    assert who(a_pool(), local(2026, 12, 8, 14)) == []
