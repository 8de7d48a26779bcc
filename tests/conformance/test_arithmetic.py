"""Business time against the cases of Zammad's own tests: deadlines, open time, periods."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from plugin.cli.due import _answer, _local_instant
from plugin.configuration.feeds import FileFeed
from plugin.domain.calendar import Calendar
from plugin.domain.duration import Duration
from tests.conformance.zammad_cases import calendar, cases, conformance, instant, pauses

ABSENT = {
    "es-03": "no target: `deskladder due --batch` answers null with null, nothing else asks",
    "es-05": "no end: the same",
}
DIFFERENT = {
    "es-02": "a target of nothing is due at once; the configuration refuses such a target",
    "bz-04": "start after end is negative here and zero there (convention d)",
}

ADDITIONS = [case for case in cases("add_business_minutes") if case["id"] not in ABSENT | DIFFERENT]
BETWEEN = [
    case for case in cases("business_minutes_between") if case["id"] not in ABSENT | DIFFERENT
]
DEADLINES = conformance()["deadline_rows"]
ELAPSED = conformance()["elapsed_rows"]


def one(name: str) -> dict:
    return next(case for case in conformance()["cases"] if case["id"] == name)


def named(rows: list) -> list:
    return [
        pytest.param(row, id=row.get("id") or f"{row['case']}-{row.get('step', 0)}-{row['metric']}")
        for row in rows
    ]


def same_deadline(row: dict, expected: str) -> None:
    """Ours is the closing instant where Zammad's library says the next opening (exact_period_end).

    That is the one difference: no open time lies between the two answers, and only then may they
    differ, the earlier one being ours (convention a).
    """
    ours = calendar(row["calendar"]).due(
        instant(row["start"]), Duration(minutes=row["minutes"]), pauses(row["pauses"])
    )
    theirs = instant(expected)

    if ours != theirs:
        between = calendar(row["calendar"]).open_between(ours, theirs, pauses(row["pauses"]))
        assert not between
        assert ours < theirs
        assert not calendar(row["calendar"]).is_open(ours) or row["pauses"]


@pytest.mark.parametrize("case", named(ADDITIONS))
def test_a_deadline_is_where_zammad_puts_it(case: dict) -> None:
    same_deadline(case, case["expect"]["at"])


@pytest.mark.parametrize("row", named(DEADLINES))
def test_a_deadline_asserted_on_a_ticket_is_where_zammad_puts_it(row: dict) -> None:
    same_deadline(row, row["due"])


def test_the_closing_instant_is_ours_only_where_the_case_says_so() -> None:
    differing = {
        case["id"]
        for case in ADDITIONS
        if calendar(case["calendar"]).due(
            instant(case["start"]), Duration(minutes=case["minutes"]), pauses(case["pauses"])
        )
        != instant(case["expect"]["at"])
    }

    assert differing == {case["id"] for case in ADDITIONS if case.get("quirk")}
    assert differing


@pytest.mark.parametrize("case", named(BETWEEN))
def test_open_time_is_what_zammad_counts(case: dict) -> None:
    answer = calendar(case["calendar"]).open_between(
        instant(case["start"]), instant(case["end"]), pauses(case["pauses"])
    )

    assert answer.total_seconds() // 60 == case["expect"]["minutes"]


@pytest.mark.parametrize("name", ABSENT)
def test_an_absent_input_has_an_absent_answer(name: str) -> None:
    case = one(name)
    question = {key: case[key] for key in ("calendar", "start", "end") if key in case}
    if "minutes" in case:
        question["duration"] = case["minutes"]

    answer = _answer(
        question, {case["calendar"]: calendar(case["calendar"])}, datetime(2026, 1, 1, tzinfo=UTC)
    )

    assert list(answer.values()) == [None]
    assert list(case["expect"].values()) == [None]


def test_nothing_is_due_at_once_where_zammad_has_no_deadline() -> None:
    case = one("es-02")

    answer = calendar(case["calendar"]).due(instant(case["start"]), Duration(), pauses([]))

    assert answer == instant(case["start"])
    assert case["expect"]["at"] is None


def test_backwards_is_negative_where_zammad_says_zero() -> None:
    case = one("bz-04")
    business, start, end = calendar(case["calendar"]), instant(case["start"]), instant(case["end"])

    answer = business.open_between(start, end)

    assert answer == -business.open_between(end, start)
    assert answer.total_seconds() < case["expect"]["minutes"] == 0


@pytest.mark.parametrize("row", named(ELAPSED))
def test_open_time_asserted_on_a_ticket_is_what_zammad_counts(row: dict) -> None:
    answer = calendar(row["calendar"]).open_between(
        instant(row["start"]), instant(row["end"]), pauses(row["pauses"])
    )

    assert answer.total_seconds() // 60 == row["minutes"]


@pytest.mark.parametrize("case", named(cases("working_periods")))
def test_open_periods_are_those_of_zammads_library(case: dict) -> None:
    expected = [(instant(start), instant(end)) for start, end in case["expect"]["periods"]]
    edges = sorted(
        {instant(case["origin"]), expected[-1][1]}
        | {edge for period in expected for edge in period}
    )
    business = calendar(case["calendar"])

    for start, end in pairwise(edges):
        counted = business.open_between(start, end, pauses(case["pauses"]))
        assert counted == (end - start if (start, end) in expected else end - end)


@pytest.mark.parametrize("case", named(cases("local_to_utc")))
def test_a_local_time_given_by_hand_is_the_instant_zammads_library_takes(case: dict) -> None:
    zone = Calendar.of("any", case["input"]["timezone"], "24/7")

    answer = _local_instant(datetime.fromisoformat(case["input"]["local"]), zone)

    assert answer == instant(case["expect"]["utc"])


@pytest.mark.parametrize("case", named(cases("ical_holidays")))
def test_whole_days_of_an_ical_file_are_the_holidays_zammad_finds(case: dict) -> None:
    now = instant(case["input"]["now"])
    feed = FileFeed("holidays.ics", ical(case["input"]["events"]), "Europe/Berlin")

    found = {
        day.isoformat(): name
        for year in range(now.year - 1, now.year + 3)
        for day, name in feed.days(year).items()
        if date(now.year - 1, 8, 1) < day
    }

    assert found == case["expect"]


def ical(events: list[dict]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}", "DTSTAMP:20120101T000000Z"]
        lines += [f"SUMMARY:{event['summary']}", _start(event)]
        lines += [f"RRULE:{event['rrule']}"] if "rrule" in event else []
        lines += ["END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _start(event: dict) -> str:
    if event["all_day"]:
        return f"DTSTART;VALUE=DATE:{event['dtstart'].replace('-', '')}"
    wall, zone = event["dtstart"].split(" ")
    at = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return f"DTSTART:{at:%Y%m%dT%H%M%SZ}"
