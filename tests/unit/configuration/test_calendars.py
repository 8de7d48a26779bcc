"""`calendars:` of the file: what is read, what is refused, and what is loaded when."""

from __future__ import annotations

import pickle
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError

from plugin.configuration.calendars import (
    CalendarSchema,
    build_calendar,
    calendar_files,
    calendar_warnings,
)
from plugin.configuration.countries import regions
from plugin.domain.calendar import Calendar

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WEEK = {"mon-thu": ["09:00-12:30", "13:00-17:30"], "fri": ["09:00-16:00"]}


def office(tmp_path: Path, *holidays: Any, **changes: Any) -> Calendar:
    data = {"timezone": "Europe/Amsterdam", "hours": WEEK, "holidays": list(holidays)} | changes
    return build_calendar("office", data, tmp_path, NOW)


def morning(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 9, 0, tzinfo=UTC)


def problems(tmp_path: Path, **changes: Any) -> Any:
    data = {"timezone": "Europe/Amsterdam", "hours": WEEK} | changes
    with pytest.raises(ValidationError) as caught:
        build_calendar("office", data, tmp_path, NOW)
    return caught.value.messages


def complaints(messages: Any) -> list[tuple[str, str]]:
    """Every complaint as (path, words), in the order of the file."""
    if isinstance(messages, list):
        return [("", f"{one.expected} | {one.got} | {one.guess}") for one in messages]
    return [
        (f"{key}.{path}".rstrip("."), words)
        for key, below in messages.items()
        for path, words in complaints(below)
    ]


def test_the_week_of_the_design_page_is_read(tmp_path: Path) -> None:
    calendar = office(tmp_path)

    openings = calendar.next_openings(datetime(2026, 11, 26, tzinfo=UTC), 4)

    assert [f"{opens:%a %H:%M}-{closes:%H:%M}" for opens, closes in openings] == [
        "Thu 08:00-11:30",
        "Thu 12:00-16:30",
        "Fri 08:00-15:00",
        "Mon 08:00-11:30",
    ]


def test_one_interval_needs_no_list(tmp_path: Path) -> None:
    assert office(tmp_path, hours={"mon-fri": "09:00-17:00"}) == office(
        tmp_path, hours={"mon-fri": ["09:00-17:00"]}
    )


def test_a_country_closes_its_holidays_by_name(tmp_path: Path) -> None:
    calendar = office(tmp_path, "NL")

    assert calendar.is_open(morning(2026, 4, 27)) is False  # King's Day
    assert calendar.is_open(morning(2026, 4, 28)) is True
    assert calendar.feeds[0].days(2026)[date(2026, 4, 27)] == "King's Day"


def test_a_region_has_more_holidays_than_its_country(tmp_path: Path) -> None:
    country, region = office(tmp_path, "DE"), office(tmp_path, "DE-BY")
    epiphany = morning(2026, 1, 6)

    assert country.is_open(epiphany) is True
    assert region.is_open(epiphany) is False


def test_names_of_holidays_come_in_the_language_asked_for(tmp_path: Path) -> None:
    calendar = office(tmp_path, {"country": "NL", "language": "nl"})

    assert calendar.feeds[0].days(2026)[date(2026, 4, 27)] == "Koningsdag"


@pytest.mark.slow
def test_names_of_holidays_do_not_follow_the_machine(tmp_path: Path) -> None:
    program = (
        "from plugin.configuration.feeds import CountryFeed\n"
        "print(*sorted(set(CountryFeed('NL').days(2026).values())), sep=';')"
    )

    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"LANGUAGE": language, "LANG": f"{language}.UTF-8", "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for language in ("nl_NL", "uk_UA", "C")
    }

    assert len(answers) == 1


def test_a_single_date_is_closed(tmp_path: Path) -> None:
    calendar = office(tmp_path, "2026-12-24")

    assert calendar.is_open(morning(2026, 12, 24)) is False
    assert calendar.is_open(morning(2026, 12, 23)) is True


def test_a_range_of_dates_is_closed_both_ends_included(tmp_path: Path) -> None:
    calendar = office(
        tmp_path, {"date": "2026-12-28", "until": "2026-12-31", "name": "company holiday"}
    )

    assert [calendar.is_open(morning(2026, 12, day)) for day in (24, 28, 30, 31)] == [
        True,
        False,
        False,
        False,
    ]
    assert calendar.holidays[date(2026, 12, 29)] == "company holiday"


def test_a_half_day_has_its_own_hours(tmp_path: Path) -> None:
    calendar = office(tmp_path, {"date": "2026-12-24", "hours": ["09:00-11:00"]})

    openings = calendar.next_openings(datetime(2026, 12, 24, tzinfo=UTC), 2)

    assert [f"{opens:%d %H:%M}-{closes:%H:%M}" for opens, closes in openings] == [
        "24 08:00-10:00",
        "25 08:00-15:00",
    ]


def test_an_extra_open_day_wins_over_weekend_and_holiday(tmp_path: Path) -> None:
    saturday = {"date": "2026-12-26", "hours": ["10:00-14:00"], "name": "returns"}
    calendar = office(tmp_path, "NL", saturday)

    assert calendar.is_open(morning(2026, 12, 26)) is True


def test_a_calendar_is_the_same_after_a_journey_through_pickle(tmp_path: Path) -> None:
    (tmp_path / "extra.ics").write_bytes(ICAL)
    calendar = office(tmp_path, "NL", "2026-12-24", "extra.ics")
    calendar.is_open(NOW)

    travelled = pickle.loads(pickle.dumps(calendar))  # noqa: S301

    assert travelled == calendar
    assert hash(travelled) == hash(calendar)
    assert travelled.is_open(morning(2026, 12, 24)) is False


ICAL = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//made up//EN\r
BEGIN:VEVENT\r
UID:1\r
DTSTAMP:20200101T000000Z\r
DTSTART;VALUE=DATE:20200706\r
RRULE:FREQ=YEARLY\r
SUMMARY:Founders' day\r
TRANSP:TRANSPARENT\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:2\r
DTSTAMP:20200101T000000Z\r
DTSTART;TZID=Europe/Amsterdam:20261130T140000\r
DTEND;TZID=Europe/Amsterdam:20261130T153000\r
SUMMARY:Team meeting\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:3\r
DTSTAMP:20200101T000000Z\r
DTSTART:20261201T100000\r
DTEND:20261201T110000\r
RRULE:FREQ=WEEKLY;COUNT=3\r
EXDATE:20261208T100000\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:4\r
DTSTAMP:20200101T000000Z\r
DTSTART;VALUE=DATE:20261203\r
SUMMARY:Called off\r
STATUS:CANCELLED\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:5\r
DTSTAMP:20200101T000000Z\r
DTSTART;VALUE=DATE:20261231\r
DTEND;VALUE=DATE:20270103\r
SUMMARY:Stocktaking\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        pytest.param(datetime(2026, 7, 6, 8, 0), False, id="recurring day"),
        pytest.param(datetime(2035, 7, 6, 8, 0), False, id="recurring day, years later"),
        pytest.param(datetime(2026, 7, 7, 8, 0), True, id="the day after"),
        pytest.param(datetime(2026, 11, 30, 12, 59), True, id="before a timed event"),
        pytest.param(datetime(2026, 11, 30, 13, 0), False, id="in a timed event"),
        pytest.param(datetime(2026, 11, 30, 14, 30), True, id="after a timed event"),
        pytest.param(datetime(2026, 12, 1, 9, 30), False, id="floating time is local"),
        pytest.param(datetime(2026, 12, 8, 9, 30), True, id="exception of a series"),
        pytest.param(datetime(2026, 12, 15, 9, 30), False, id="third of a series"),
        pytest.param(datetime(2026, 12, 22, 9, 30), True, id="series is over"),
        pytest.param(datetime(2026, 12, 3, 9, 30), True, id="cancelled"),
        pytest.param(datetime(2027, 1, 1, 9, 30), False, id="days over the end of a year"),
        pytest.param(datetime(2027, 1, 4, 9, 30), True, id="end date is not included"),
    ],
)
def test_events_of_an_ical_file_close_the_calendar(
    tmp_path: Path, at: datetime, is_open: bool
) -> None:
    (tmp_path / "holidays.ics").write_bytes(ICAL)

    calendar = office(tmp_path, "holidays.ics")

    assert calendar.is_open(at.replace(tzinfo=UTC)) is is_open


def test_the_watcher_learns_which_files_belong_to_a_calendar(tmp_path: Path) -> None:
    data = {"holidays": ["NL", "a.ics", {"file": "b.ics"}]}

    assert calendar_files(data, tmp_path) == [tmp_path / "a.ics", tmp_path / "b.ics"]
    assert calendar_files({"holidays": "wrong"}, tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"timezone": "CET"},
            [("timezone", "an IANA zone such as Europe/Amsterdam | 'CET' | Europe/Amsterdam")],
            id="three letters",
        ),
        pytest.param(
            {"timezone": "+01:00"},
            [
                (
                    "timezone",
                    "an IANA zone such as Europe/Amsterdam | '+01:00' | the city whose clock you use, because an offset does not know summer time",
                )
            ],
            id="offset",
        ),
        pytest.param(
            {"timezone": "europe/amsterdam"},
            [
                (
                    "timezone",
                    "an IANA zone such as Europe/Amsterdam | 'europe/amsterdam' | Europe/Amsterdam",
                )
            ],
            id="small letters",
        ),
        pytest.param(
            {"timezone": "Mars/Olympus"},
            [("timezone", "an IANA zone such as Europe/Amsterdam | 'Mars/Olympus' | None")],
            id="unknown",
        ),
        pytest.param(
            {"hours": {"mon": ["9-17"]}},
            [("hours.mon.0", "a time such as 09:00 | '9' | None")],
            id="no minutes",
        ),
        pytest.param(
            {"hours": {"mon": ["09:00-12:00", "11:00-13:00"]}},
            [("hours.mon", "hours that do not overlap | 09:00-12:00 and 11:00-13:00 | None")],
            id="overlap",
        ),
        pytest.param(
            {"hours": {"mon": ["22:00-08:00"], "tue": ["07:00-12:00"]}},
            [
                (
                    "hours",
                    "hours that do not overlap | a night shift on mon that runs into tue | None",
                )
            ],
            id="night shift overlaps the next day",
        ),
        pytest.param(
            {"hours": {"mon-fri": ["09:00-17:00"], "wed": ["09:00-12:00"]}},
            [("hours.wed", "each day once | a day that 'mon-fri' has too | None")],
            id="day twice",
        ),
        pytest.param(
            {"hours": {"moday": ["09:00-17:00"]}},
            [("hours.moday", "days such as mon or mon-thu | 'moday' | mon")],
            id="misspelt day",
        ),
        pytest.param(
            {"hours": "9to5"},
            [
                (
                    "hours",
                    "24/7, or hours per day such as {mon-thu: [09:00-12:30, 13:00-17:30]} | None | None",
                )
            ],
            id="words",
        ),
        pytest.param(
            {"hours": {"mon": []}},
            [("hours", "open time within a year | none | None")],
            id="never open",
        ),
        pytest.param(
            {"hours": {"mon": ["09:00-25:00"]}},
            [("hours.mon.0", "a time from 00:00 to 24:00 | '25:00' | None")],
            id="no such time",
        ),
        pytest.param(
            {"hours": {"mon": ["09:00-09:00"]}},
            [("hours.mon.0", "hours with a length | '09:00-09:00' | 00:00-24:00")],
            id="no length",
        ),
        pytest.param(
            {"holidays": ["Netherlands"]},
            [
                (
                    "holidays.0",
                    "a country (NL), a region (DE-BY), a date or an iCal file | None | NL",
                )
            ],
            id="country by name",
        ),
        pytest.param(
            {"holidays": ["nl"]},
            [
                (
                    "holidays.0",
                    "a country (NL), a region (DE-BY), a date or an iCal file | None | NL",
                )
            ],
            id="small country",
        ),
        pytest.param(
            {"holidays": ["GB-ENGL"]},
            [("holidays.0", "a region of GB: one of ENG, NIR, SCT, WLS | None | GB-ENG")],
            id="region",
        ),
        pytest.param(
            {"holidays": ["2026-02-30", "24.12.2026"]},
            [
                ("holidays.0", "a date such as 2026-12-24 | None | None"),
                ("holidays.1", "a date such as 2026-12-24 | None | None"),
            ],
            id="no such date",
        ),
        pytest.param(
            {"holidays": ["https://example.com/feed.ics"]},
            [("holidays.0", "a file beside the configuration | None | None")],
            id="address",
        ),
        pytest.param(
            {"holidays": ["missing.ics"]},
            [
                (
                    "holidays.0",
                    "an iCal file that can be read | 'missing.ics': no such file or directory | None",
                )
            ],
            id="missing file",
        ),
        pytest.param(
            {"holidays": ["2026-12-24", {"date": "2026-12-24", "hours": ["09:00-12:00"]}]},
            [("holidays.1", "each date once | 2026-12-24 a second time | None")],
            id="date twice",
        ),
        pytest.param(
            {"holidays": [{"date": "2026-12-24", "country": "NL"}]},
            [("holidays.0", "one of date, country and file | date and country | None")],
            id="two kinds at once",
        ),
        pytest.param(
            {"holidays": [{"date": "2026-12-24", "region": "BY"}]},
            [("holidays.0.region", "nothing but date, until, name, hours | None | None")],
            id="key of another kind",
        ),
        pytest.param(
            {"holidays": [{"date": "2026-12-24", "until": "2026-12-01"}]},
            [
                (
                    "holidays.0.until",
                    "a date from 2026-12-24 on, less than a year later | None | None",
                )
            ],
            id="backwards",
        ),
        pytest.param(
            {"holidays": [{"date": "2026-12-24", "hours": ["9:00"]}]},
            [("holidays.0.hours.0", "hours such as 09:00-17:00 | '9:00' | None")],
            id="half day without an end",
        ),
    ],
)
def test_a_mistake_is_told_at_its_place(
    tmp_path: Path, changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert complaints(problems(tmp_path, **changes)) == expected


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"hello", id="text"),
        pytest.param(b"\xff\xfe\x00", id="bytes"),
        pytest.param(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:soon\r\n", id="cut off"),
        pytest.param(
            ICAL.replace(b"DTEND;VALUE=DATE:20270103", b"DTEND;VALUE=DATE:20251203"),
            id="ends before it starts",
        ),
    ],
)
def test_a_file_that_is_no_calendar_is_a_problem(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "holidays.ics").write_bytes(content)

    [(path, words)] = complaints(problems(tmp_path, holidays=["holidays.ics"]))

    assert path == "holidays.0"
    assert words.startswith("an iCal file | 'holidays.ics': ")


def test_a_file_that_closes_the_whole_year_is_a_problem(tmp_path: Path) -> None:
    closed = ICAL.replace(b"RRULE:FREQ=YEARLY", b"RRULE:FREQ=DAILY")
    (tmp_path / "holidays.ics").write_bytes(closed)

    found = complaints(problems(tmp_path, holidays=["holidays.ics"]))

    assert found == [("hours", "open time within a year | none | None")]


def test_an_old_file_is_worth_a_warning(tmp_path: Path) -> None:
    (tmp_path / "new.ics").write_bytes(ICAL)
    (tmp_path / "old.ics").write_bytes(
        ICAL.replace(b"RRULE:FREQ=YEARLY", b"RRULE:COUNT=2;FREQ=YEARLY")
    )
    calendar = office(tmp_path, "new.ics", "old.ics")

    [warning] = calendar_warnings(calendar, datetime(2028, 1, 1, tzinfo=UTC))

    assert "old.ics closes nothing after 2028-01-01" in warning


def test_what_the_schema_loaded_can_be_built(tmp_path: Path) -> None:
    raw = {"timezone": "Europe/Amsterdam", "hours": WEEK, "holidays": ["NL"]}

    loaded = CalendarSchema().load(raw)

    assert build_calendar("office", loaded, tmp_path, NOW) == office(tmp_path, "NL")


def test_checking_a_country_does_not_load_the_library_of_holidays() -> None:
    program = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from plugin.configuration.calendars import build_calendar\n"
        "data = {'timezone': 'UTC', 'hours': '24/7', 'holidays': ['NL', 'DE-BY', '2026-12-24']}\n"
        "calendar = build_calendar('c', data, Path(), datetime(2026, 1, 1, tzinfo=UTC))\n"
        "print(*{'holidays', 'icalendar', 'recurring_ical_events'} & set(sys.modules))\n"
        "calendar.is_open(datetime(2026, 1, 1, tzinfo=UTC))\n"
        "print('holidays' in sys.modules)\n"
    )

    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert answer.split("\n")[:2] == ["", "True"]


def test_the_table_of_countries_is_that_of_the_library() -> None:
    import holidays

    listed = holidays.list_supported_countries(include_aliases=False)

    assert {code: set(parts) for code, parts in regions().items()} == {
        code: set(parts) for code, parts in listed.items()
    }
