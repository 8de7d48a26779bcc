"""What a calendar answers, in the cases people argue about."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from plugin.domain.calendar import Calendar, NoOpenTime, SpecialDay
from plugin.domain.duration import Duration

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
EASTER = {date(2026, 4, 3): "Good Friday", date(2026, 4, 6): "Easter Monday"}


NIGHT = {"mon-sun": ["22:00-06:00"]}


def office(**changes: object) -> Calendar:
    arguments = {
        "name": "office",
        "timezone": "Europe/Amsterdam",
        "hours": {"mon-fri": ["09:00-17:00"]},
        "holidays": EASTER,
    }
    return Calendar.of(**(arguments | changes))


def local(text: str, zone: str = "Europe/Amsterdam") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(calendar: Calendar, start: str, duration: str) -> str:
    """Local wall times in and out."""
    answer = calendar.due(local(start, calendar.timezone), Duration.parse(duration))
    return f"{answer.astimezone(ZoneInfo(calendar.timezone)):%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize(
    ("calendar", "written", "expected"),
    [
        pytest.param(office(), "2026-11-24T16:00", "2026-11-25T12:00", id="next day"),
        pytest.param(office(), "2026-11-27T16:00", "2026-11-30T12:00", id="over a weekend"),
        pytest.param(office(), "2026-04-02T16:00", "2026-04-07T12:00", id="over Easter"),
        pytest.param(
            office(hours={"mon-fri": ["09:00-11:00", "12:00-18:00"]}),
            "2026-11-24T16:00",
            "2026-11-25T11:00",
            id="due when lunch begins",
        ),
        pytest.param(
            office(hours={"mon-fri": ["09:00-10:30", "11:30-17:00"]}),
            "2026-11-24T16:00",
            "2026-11-25T13:00",
            id="over a break",
        ),
        pytest.param(office(), "2026-03-27T16:00", "2026-03-30T12:00", id="clocks go forward"),
        pytest.param(office(), "2026-10-23T16:00", "2026-10-26T12:00", id="clocks go back"),
        pytest.param(
            office(timezone="America/Chicago"), "2026-03-06T16:00", "2026-03-09T12:00", id="Chicago"
        ),
        pytest.param(
            office(timezone="Asia/Kathmandu"), "2026-11-24T16:00", "2026-11-25T12:00", id="+05:45"
        ),
    ],
)
def test_four_hours_written_at_four_are_due_at_noon(
    calendar: Calendar, written: str, expected: str
) -> None:
    assert due(calendar, written, "4h") == expected


class TestConventionA:
    """A deadline that ends at closing time is at closing time."""

    def test_due_at_closing_time(self) -> None:
        assert due(office(), "2026-11-24T13:00", "4h") == "2026-11-24T17:00"

    def test_a_minute_more_is_a_minute_after_the_next_opening(self) -> None:
        assert due(office(), "2026-11-24T13:00", "4h1m") == "2026-11-25T09:01"

    def test_a_start_in_closed_time_counts_from_the_opening(self) -> None:
        assert due(office(), "2026-11-24T20:00", "1h") == "2026-11-25T10:00"

    def test_no_duration_is_due_at_once_even_when_closed(self) -> None:
        assert due(office(), "2026-11-24T20:00", "0m") == "2026-11-24T20:00"

    def test_the_closing_instant_is_closed_and_the_opening_instant_open(self) -> None:
        calendar = office()

        assert calendar.is_open(local("2026-11-24T09:00")) is True
        assert calendar.is_open(local("2026-11-24T17:00")) is False


class TestConventionB:
    """A holiday clears its civil date, midnight to midnight."""

    def test_the_shift_begun_the_evening_before_ends_at_midnight(self) -> None:
        calendar = office(hours=NIGHT)

        assert calendar.is_open(local("2026-04-02T23:59")) is True
        assert calendar.is_open(local("2026-04-03T00:00")) is False
        assert calendar.is_open(local("2026-04-03T23:00")) is False

    def test_the_morning_after_belongs_to_the_shift_that_did_not_begin(self) -> None:
        calendar = office(hours=NIGHT)

        assert calendar.is_open(local("2026-04-04T00:00")) is True
        assert calendar.is_open(local("2026-04-04T06:00")) is False

    def test_own_hours_replace_the_whole_date(self) -> None:
        calendar = office(
            hours=NIGHT, special={date(2026, 4, 3): SpecialDay(((600, 720),), "inventory")}
        )

        assert calendar.is_open(local("2026-04-03T05:00")) is False
        assert calendar.is_open(local("2026-04-03T11:00")) is True
        assert calendar.is_open(local("2026-04-04T05:00")) is False


class TestConventionC:
    """Hours are those of the clock on the wall, an hour twice or not at all."""

    def test_a_skipped_hour_is_not_open(self) -> None:
        calendar = office(hours={"mon-sun": ["01:00-04:00"]})
        start = local("2026-03-29T00:00")

        assert calendar.open_between(start, local("2026-03-30T00:00")) == timedelta(hours=2)

    def test_a_repeated_hour_is_open_twice(self) -> None:
        calendar = office(hours={"mon-sun": ["01:00-04:00"]})
        start = local("2026-10-25T00:00")

        assert calendar.open_between(start, local("2026-10-26T00:00")) == timedelta(hours=4)

    def test_half_of_a_repeated_hour_is_open_in_both_its_passes(self) -> None:
        calendar = office(hours={"mon-sun": ["02:15-02:45"]})

        [first, second] = calendar.next_openings(local("2026-10-25T00:00"), 2)

        assert first == (utc("2026-10-25T00:15"), utc("2026-10-25T00:45"))
        assert second == (utc("2026-10-25T01:15"), utc("2026-10-25T01:45"))

    def test_hours_inside_a_skipped_hour_do_not_come(self) -> None:
        calendar = office(hours={"mon-sun": ["02:15-02:45"]})

        [(opens, _)] = calendar.next_openings(local("2026-03-29T00:00"), 1)

        assert opens == local("2026-03-30T02:15")

    def test_a_skipped_day_is_no_day(self) -> None:
        calendar = office(timezone="Pacific/Apia", holidays={})

        assert due(calendar, "2011-12-29T16:00", "4h") == "2012-01-02T12:00"

    def test_half_an_hour_of_summer_time(self) -> None:
        calendar = office(timezone="Australia/Lord_Howe", hours="24/7")
        start = local("2026-04-05T00:00", "Australia/Lord_Howe")
        end = local("2026-04-06T00:00", "Australia/Lord_Howe")

        assert calendar.open_between(start, end) == timedelta(hours=24, minutes=30)

    def test_a_midnight_that_does_not_exist(self) -> None:
        calendar = office(timezone="America/Sao_Paulo", hours={"mon-sun": ["00:00-02:00"]})
        start = local("2018-11-03T12:00", "America/Sao_Paulo")

        [(opens, closes)] = calendar.next_openings(start, 1)

        assert (opens, closes) == (utc("2018-11-04T03:00"), utc("2018-11-04T04:00"))


class TestConventionD:
    """Elapsed time is real seconds, backwards it is negative."""

    @pytest.mark.parametrize(
        ("day", "hours"),
        [
            pytest.param("2026-03-29", 23, id="short day"),
            pytest.param("2026-10-25", 25, id="long day"),
            pytest.param("2026-10-26", 24, id="ordinary day"),
        ],
    )
    def test_a_day_around_the_clock(self, day: str, hours: int) -> None:
        calendar = office(hours="24/7", holidays={})
        start = local(f"{day}T00:00")
        end = local(f"{day}T00:00") + timedelta(days=1)

        assert calendar.open_between(start, end) == timedelta(hours=hours)

    def test_backwards_is_negative(self) -> None:
        start, end = local("2026-11-24T16:00"), local("2026-11-25T10:00")

        assert office().open_between(start, end) == timedelta(hours=2)
        assert office().open_between(end, start) == timedelta(hours=-2)


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        pytest.param("2026-11-24T16:00", "1bd", "2026-11-25T16:00", id="same time next day"),
        pytest.param("2026-11-27T16:00", "2bd", "2026-12-01T16:00", id="over a weekend"),
        pytest.param("2026-04-02T16:00", "1bd", "2026-04-07T16:00", id="over Easter"),
        pytest.param("2026-11-24T20:00", "1bd", "2026-11-26T09:00", id="written after closing"),
        pytest.param("2026-11-28T12:00", "1bd", "2026-12-01T09:00", id="written on a Saturday"),
        pytest.param("2026-11-24T17:00", "1bd", "2026-11-26T09:00", id="written at closing"),
        pytest.param("2026-11-24T16:00", "1bd2h", "2026-11-26T10:00", id="days first, then hours"),
        pytest.param("2026-11-24T16:00", "1d", "2026-11-25T16:00", id="a day is 24 hours"),
        pytest.param("2026-11-27T16:00", "1d2h", "2026-11-30T11:00", id="a day, then open hours"),
        pytest.param("2026-03-28T16:00", "1d", "2026-03-29T17:00", id="24 hours on a short day"),
        pytest.param("2026-03-27T16:00", "1bd", "2026-03-30T16:00", id="wall time on a short day"),
    ],
)
def test_units_of_a_duration(start: str, duration: str, expected: str) -> None:
    assert due(office(), start, duration) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param("2026-11-26T16:30", "2026-11-27T16:00", id="closed by then: the closing"),
        pytest.param("2026-11-26T12:45", "2026-11-27T12:30", id="a break: its beginning"),
        pytest.param("2026-11-26T08:15", "2026-11-27T09:00", id="not open yet: the opening"),
    ],
)
def test_a_business_day_later_the_hours_are_others(start: str, expected: str) -> None:
    hours = {"mon-thu": ["08:00-17:30"], "fri": ["09:00-12:30", "13:00-16:00"]}

    assert due(office(hours=hours), start, "1bd") == expected


class TestPauses:
    def test_a_pause_moves_the_deadline_by_its_open_time(self) -> None:
        pause = (local("2026-11-24T16:30"), local("2026-11-25T10:00"))

        answer = office().due(local("2026-11-24T16:00"), Duration(minutes=240), [pause])

        assert answer == local("2026-11-25T13:30")

    def test_overlapping_pauses_in_any_order_count_once(self) -> None:
        pauses = [
            (local("2026-11-24T11:00"), local("2026-11-24T13:00")),
            (local("2026-11-24T10:00"), local("2026-11-24T12:00")),
            (local("2026-11-24T12:30"), local("2026-11-24T12:45")),
        ]

        answer = office().due(local("2026-11-24T09:00"), Duration(minutes=120), pauses)

        assert answer == local("2026-11-24T14:00")

    def test_a_target_reached_when_the_pause_begins_is_due_then(self) -> None:
        pause = (local("2026-11-24T10:00"), local("2026-11-24T12:00"))

        answer = office().due(local("2026-11-24T09:00"), Duration(minutes=60), [pause])

        assert answer == local("2026-11-24T10:00")

    def test_a_pause_stops_real_time_too(self) -> None:
        pause = (local("2026-11-24T20:00"), local("2026-11-24T23:00"))

        answer = office().due(local("2026-11-24T16:00"), Duration(days=1), [pause])

        assert answer == local("2026-11-25T19:00")

    def test_open_time_lost_to_a_pause_moves_a_business_day(self) -> None:
        pause = (local("2026-11-24T16:30"), local("2026-11-25T10:00"))

        answer = office().due(local("2026-11-24T16:00"), Duration(business_days=1), [pause])

        assert answer == local("2026-11-26T09:30")

    def test_a_pause_the_wrong_way_round_is_refused(self) -> None:
        pause = (local("2026-11-25T10:00"), local("2026-11-24T16:30"))

        with pytest.raises(ValueError, match="ends before it starts"):
            office().due(local("2026-11-24T16:00"), Duration(minutes=1), [pause])


class TestShares:
    start = local("2026-11-24T16:00")
    four_hours = Duration(minutes=240)

    def test_three_quarters_of_the_open_time(self) -> None:
        answer = office().instant_at_share(self.start, self.four_hours, 0.75)

        assert answer == local("2026-11-25T11:00")

    def test_a_share_knows_pauses(self) -> None:
        pause = (local("2026-11-25T09:00"), local("2026-11-25T10:00"))

        answer = office().instant_at_share(self.start, self.four_hours, 0.75, [pause])

        assert answer == local("2026-11-25T12:00")

    def test_a_share_of_business_days_is_of_their_open_time(self) -> None:
        answer = office().instant_at_share(self.start, Duration(business_days=2), 0.5)

        assert answer == local("2026-11-25T16:00")

    def test_a_share_of_a_real_day_is_of_real_time(self) -> None:
        answer = office().instant_at_share(self.start, Duration(days=1), 0.75)

        assert answer == local("2026-11-25T10:00")

    @pytest.mark.parametrize("share", [0.1, 0.3, 0.7, 1.0])
    def test_no_crumbs_of_floating_point(self, share: float) -> None:
        calendar = office(hours="24/7", holidays={})

        answer = calendar.instant_at_share(self.start, self.four_hours, share)

        assert answer == self.start + timedelta(minutes=240 * share)

    @pytest.mark.parametrize(
        ("before", "expected"),
        [
            pytest.param("30m", "2026-11-25T11:30", id="half an hour"),
            pytest.param("3h", "2026-11-24T17:00", id="to closing time"),
            pytest.param("3h10m", "2026-11-24T16:50", id="before the night"),
            pytest.param("9h", "2026-11-24T16:00", id="longer than the target: at once"),
            pytest.param("1d", "2026-11-24T16:00", id="a real day: at once"),
        ],
    )
    def test_before_the_deadline_is_open_time(self, before: str, expected: str) -> None:
        answer = office().instant_before(self.start, self.four_hours, Duration.parse(before))

        assert answer == local(expected)

    def test_before_a_real_deadline_is_real_time(self) -> None:
        answer = office().instant_before(self.start, Duration(days=1), Duration(minutes=120))

        assert answer == local("2026-11-25T14:00")

    def test_business_days_before_are_refused(self) -> None:
        with pytest.raises(ValueError, match="not business days"):
            office().instant_before(self.start, self.four_hours, Duration(business_days=1))

    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            pytest.param("2026-11-24T16:30", 210, id="on the way"),
            pytest.param("2026-11-24T22:00", 180, id="at night"),
            pytest.param("2026-11-25T12:00", 0, id="due"),
            pytest.param("2026-11-25T13:00", -60, id="late"),
        ],
    )
    def test_what_remains(self, at: str, expected: int) -> None:
        answer = office().remaining_at(local(at), self.start, self.four_hours)

        assert answer == timedelta(minutes=expected)

    def test_what_remains_of_a_real_day(self) -> None:
        answer = office().remaining_at(local("2026-11-25T18:00"), self.start, Duration(days=1))

        assert answer == timedelta(hours=-2)


class TestWhenItOpens:
    def test_next_change_is_the_closing_while_open_and_the_opening_while_closed(self) -> None:
        calendar = office()

        assert calendar.next_change(local("2026-11-24T16:00")) == local("2026-11-24T17:00")
        assert calendar.next_change(local("2026-11-24T17:00")) == local("2026-11-25T09:00")

    def test_a_calendar_that_never_changes_says_look_again_in_a_year(self) -> None:
        at = local("2026-11-24T16:00")
        calendar = office(hours="24/7", holidays={})

        assert calendar.next_change(at) == at + timedelta(days=366)
        assert calendar.next_openings(at, 10) == []
        assert calendar.is_open(at) is True

    def test_next_openings_are_whole_intervals(self) -> None:
        openings = office().next_openings(local("2026-04-02T12:00"), 2)

        assert openings == [
            (local("2026-04-07T09:00"), local("2026-04-07T17:00")),
            (local("2026-04-08T09:00"), local("2026-04-08T17:00")),
        ]

    def test_shifts_that_touch_are_one_interval(self) -> None:
        calendar = office(hours={"mon": ["08:00-24:00"], "tue": ["00:00-04:00"]}, holidays={})

        [opening] = calendar.next_openings(local("2026-11-22T12:00"), 1)

        assert opening == (local("2026-11-23T08:00"), local("2026-11-24T04:00"))


class TestNoOpenTime:
    never = Calendar("never", "UTC", ((),) * 7)
    once = Calendar("once", "UTC", ((),) * 7, {}, {date(2028, 3, 1): SpecialDay(((0, 60),))})

    def test_due_says_so_instead_of_searching_for_ever(self) -> None:
        with pytest.raises(NoOpenTime, match="'never' has no open time within a year after 2026"):
            self.never.due(utc("2026-01-01T00:00"), Duration(minutes=1))

    @pytest.mark.parametrize("duration", ["1m", "1bd"])
    def test_open_time_further_than_a_year_away_does_not_count(self, duration: str) -> None:
        with pytest.raises(NoOpenTime):
            self.once.due(utc("2026-11-01T00:00"), Duration.parse(duration))

    def test_what_was_asked_before_makes_no_difference(self) -> None:
        calendar = pickle.loads(pickle.dumps(self.once))  # noqa: S301
        calendar.open_between(utc("2026-01-01T00:00"), utc("2030-01-01T00:00"))

        with pytest.raises(NoOpenTime):
            calendar.due(utc("2026-11-01T00:00"), Duration(minutes=1))

    def test_within_a_year_it_is_found(self) -> None:
        answer = self.once.due(utc("2027-06-01T00:00"), Duration(minutes=60))

        assert answer == utc("2028-03-01T01:00")

    def test_running_out_of_open_time_half_way(self) -> None:
        with pytest.raises(NoOpenTime, match="after 2028-03-01 01:00 UTC"):
            self.once.due(utc("2027-06-01T00:00"), Duration(minutes=61))

    def test_no_next_opening(self) -> None:
        with pytest.raises(NoOpenTime):
            self.never.next_openings(utc("2026-01-01T00:00"), 1)

    def test_open_time_is_simply_nothing(self) -> None:
        assert not self.never.open_between(utc("2026-01-01T00:00"), utc("2027-01-01T00:00"))


class TestValue:
    def test_calendars_are_equal_by_content(self) -> None:
        used = office()
        used.due(local("2026-11-24T16:00"), Duration(minutes=1))

        assert used == office()
        assert hash(used) == hash(office())
        assert office() != office(hours={"mon-fri": ["09:00-16:59"]})
        assert office() != office(holidays={})

    def test_a_pickled_calendar_answers_the_same(self) -> None:
        copy = pickle.loads(pickle.dumps(office()))  # noqa: S301

        assert copy == office()
        assert due(copy, "2026-04-02T16:00", "4h") == "2026-04-07T12:00"

    def test_it_cannot_be_changed(self) -> None:
        with pytest.raises(AttributeError):
            office().timezone = "UTC"

    def test_parts_of_a_second_are_cut_off(self) -> None:
        start = local("2026-11-24T16:00") + timedelta(microseconds=999_999)

        assert office().due(start, Duration(minutes=60)) == local("2026-11-24T17:00")

    def test_an_instant_without_a_zone_is_refused(self) -> None:
        with pytest.raises(ValueError, match="expected an instant with a zone"):
            office().is_open(datetime(2026, 11, 24, 16, 0))

    @pytest.mark.parametrize("year", [1969, 2200])
    def test_years_nobody_means_are_refused(self, year: int) -> None:
        with pytest.raises(ValueError, match="knows the years 1970 to 2199"):
            office().is_open(datetime(year, 6, 1, tzinfo=UTC))

    def test_all_the_years_in_between_are_there(self) -> None:
        calendar = office(hours={"mon": ["09:00-10:00"]}, holidays={})

        hours = calendar.open_between(utc("1971-01-01T00:00"), utc("2199-01-01T00:00"))

        mondays = (date(2199, 1, 1) - date(1971, 1, 4)).days // 7 + 1
        assert hours == timedelta(hours=mondays)

    def test_many_at_once_are_the_same(self) -> None:
        calendar = office()
        starts = [int(local("2026-11-24T16:00").timestamp()) + step * 7919 for step in range(50)]

        answers = calendar.due_epochs(starts, 3600)

        assert answers == [
            int(calendar.due(datetime.fromtimestamp(start, UTC), Duration(minutes=60)).timestamp())
            for start in starts
        ]
