"""Why the clock stood still, in words people use."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.calendar import Calendar, SpecialDay
from plugin.domain.closures import skipped

ZONE = ZoneInfo("Europe/Amsterdam")
OFFICE = Calendar.of(
    "office",
    "Europe/Amsterdam",
    {
        "mon-tue": ["09:00-12:30", "13:00-17:30"],
        "thu": ["09:00-17:00", "20:00-22:00"],
        "fri": ["09:00-16:00"],
    },
    {date(2026, 4, 3): "Good Friday", date(2026, 4, 6): "Easter Monday"},
    {date(2026, 4, 10): SpecialDay(((540, 720),)), date(2026, 4, 11): SpecialDay((), "Moving")},
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def told(start: str, end: str, pauses: tuple[tuple[str, str], ...] = ()) -> list[str]:
    spans = skipped(OFFICE, at(start), at(end), [(at(a), at(b)) for a, b in pauses])
    return [
        f"{span.start.astimezone(ZONE):%d %H:%M} - {span.end.astimezone(ZONE):%d %H:%M} {span.reason}"
        for span in spans
    ]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param("11-23T10:00", "11-23T11:00", [], id="nothing"),
        pytest.param("11-23T11:00", "11-23T10:00", [], id="backwards"),
        pytest.param("11-23T10:00", "11-23T15:00", ["23 12:30 - 23 13:00 lunch"], id="lunch"),
        pytest.param(
            "11-26T16:00", "11-26T21:00", ["26 17:00 - 26 20:00 break"], id="a later break"
        ),
        pytest.param("11-23T17:00", "11-24T10:00", ["23 17:30 - 24 09:00 night"], id="night"),
        pytest.param(
            "11-23T20:00", "11-24T07:00", ["23 20:00 - 24 07:00 night"], id="part of a night"
        ),
        pytest.param(
            "11-24T17:00",
            "11-26T10:00",
            ["24 17:30 - 26 09:00 closed on Wednesdays"],
            id="a weekday off takes the nights around it",
        ),
        pytest.param("11-27T15:00", "11-30T10:00", ["27 16:00 - 30 09:00 weekend"], id="weekend"),
        pytest.param(
            "04-02T21:00",
            "04-07T10:00",
            [
                "02 22:00 - 04 00:00 Good Friday",
                "04 00:00 - 06 00:00 weekend",
                "06 00:00 - 07 09:00 Easter Monday",
            ],
            id="Easter",
        ),
        pytest.param(
            "04-09T21:00",
            "04-13T10:00",
            [
                "09 22:00 - 10 09:00 night",
                "10 12:00 - 11 00:00 half day",
                "11 00:00 - 12 00:00 Moving",
                "12 00:00 - 13 09:00 weekend",
            ],
            id="half day and a closed date",
        ),
    ],
)
def test_every_closed_span_has_its_reason(start: str, end: str, expected: list[str]) -> None:
    assert told(start, end) == expected


def test_a_pause_is_shown_whole_and_the_rest_around_it() -> None:
    pauses = (("11-23T16:00", "11-24T10:00"), ("11-24T12:45", "11-24T14:00"))

    assert told("11-23T15:00", "11-24T17:00", pauses) == [
        "23 16:00 - 24 10:00 pause",
        "24 12:30 - 24 12:45 lunch",
        "24 12:45 - 24 14:00 pause",
    ]


def test_a_timed_event_gives_its_name() -> None:
    class Meetings:
        def days(self, year: int) -> dict[date, str]:
            return {}

        def spans(self, year: int) -> list[tuple[datetime, datetime, str]]:
            return [(at("11-23T15:00"), at("11-23T16:00"), "Team meeting")]

    calendar = Calendar("office", OFFICE.timezone, OFFICE.week, feeds=(Meetings(),))

    [span] = skipped(calendar, at("11-23T14:00"), at("11-23T17:00"))

    assert (span.start, span.end, span.reason) == (
        at("11-23T15:00"),
        at("11-23T16:00"),
        "Team meeting",
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.integers(0, 40 * 1440),
    st.integers(0, 20 * 1440),
    st.lists(st.tuples(st.integers(0, 40 * 1440), st.integers(0, 1440)), max_size=3),
)
def test_skipped_and_open_time_are_the_whole(start: int, span: int, pauses: list) -> None:
    origin = datetime(2026, 3, 15, tzinfo=UTC)
    begin = origin + timedelta(minutes=start)
    end = begin + timedelta(minutes=span)
    paused = [
        (origin + timedelta(minutes=at), origin + timedelta(minutes=at + long))
        for at, long in pauses
    ]

    spans = skipped(OFFICE, begin, end, paused)

    left_out = sum((span.end - span.start for span in spans), timedelta())
    assert left_out + OFFICE.open_between(begin, end, paused) == end - begin
    assert all(a.end <= b.start for a, b in pairwise(spans))
