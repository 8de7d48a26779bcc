"""Hours, days and zones as people write them."""

from __future__ import annotations

import pytest

from plugin.domain.hours import Misread, load_zone, parse_days, parse_hours, parse_week


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("mon", (0,), id="a day"),
        pytest.param("Monday", (0,), id="its whole name"),
        pytest.param("mon-thu", (0, 1, 2, 3), id="a range"),
        pytest.param("sat-mon", (5, 6, 0), id="a range over the week's end"),
        pytest.param("mon, wed-fri", (0, 2, 3, 4), id="a list"),
        pytest.param("mon\u2013fri", (0, 1, 2, 3, 4), id="a typographer's dash"),
    ],
)
def test_days_are_read(text: str, expected: tuple[int, ...]) -> None:
    assert parse_days(text) == expected


@pytest.mark.parametrize("text", ["", "mo", "mon-", "mon,mon", "mon-fri,wed", "montag", "1-5"])
def test_days_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(Misread):
        parse_days(text)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(["09:00-12:30"], ((540, 750),), id="one"),
        pytest.param(["13:00-17:00", "9:00-12:00"], ((540, 720), (780, 1020)), id="in any order"),
        pytest.param(["22:00-06:00"], ((1320, 1800),), id="over midnight"),
        pytest.param(["18:00-24:00"], ((1080, 1440),), id="to midnight"),
        pytest.param(["18:00-00:00"], ((1080, 1440),), id="to midnight, written as the next day's"),
        pytest.param(["00:00-24:00"], ((0, 1440),), id="the whole day"),
        pytest.param([], (), id="closed"),
    ],
)
def test_hours_are_read(texts: list[str], expected: tuple[tuple[int, int], ...]) -> None:
    assert parse_hours(texts) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(["9-17"], "a time such as 09:00", id="no minutes"),
        pytest.param(["09:00"], "hours such as 09:00-17:00", id="no end"),
        pytest.param(["09:00-24:30"], "a time from 00:00 to 24:00", id="after midnight"),
        pytest.param(["09:60-10:00"], "a time from 00:00 to 24:00", id="no such minute"),
        pytest.param(["24:00-06:00"], "a start before 24:00", id="starts tomorrow"),
        pytest.param(["09:00-09:00"], "hours with a length", id="no length"),
        pytest.param(
            ["09:00-12:00", "11:59-13:00"], "hours that do not overlap", id="a minute twice"
        ),
        pytest.param(
            ["05:00-07:00", "22:00-06:00"], "hours that do not overlap", id="into its own day"
        ),
    ],
)
def test_hours_that_are_none_are_refused(texts: list[str], expected: str) -> None:
    with pytest.raises(Misread) as caught:
        parse_hours(texts)

    assert caught.value.expected == expected


def test_a_night_shift_may_end_where_the_next_day_begins() -> None:
    week = parse_week({"mon": ["22:00-06:00"], "tue": ["06:00-14:00"]})

    assert week[:2] == (((1320, 1800),), ((360, 840),))


@pytest.mark.parametrize("name", ["Europe/Amsterdam", "UTC", "Etc/UTC", "America/Port-au-Prince"])
def test_iana_names_are_zones(name: str) -> None:
    assert load_zone(name).key == name


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        pytest.param("CET", "Europe/Amsterdam", id="three letters"),
        pytest.param("EST5EDT", "America/New_York", id="POSIX"),
        pytest.param("Amsterdam", "Europe/Amsterdam", id="the city alone"),
        pytest.param("europe/amsterdam", "Europe/Amsterdam", id="small letters"),
        pytest.param("America/New York", "America/New_York", id="a space"),
        pytest.param("Europe/Amsterdm", "Europe/Amsterdam", id="a typing mistake"),
        pytest.param("Etc/GMT-1", "the city whose clock", id="an offset with a name"),
        pytest.param("UTC+2", "the city whose clock", id="an offset"),
        pytest.param("../../etc/passwd", None, id="a path"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_other_names_are_refused_with_a_guess(name: str, guess: str | None) -> None:
    with pytest.raises(Misread) as caught:
        load_zone(name)

    assert (caught.value.guess or "").startswith(guess or "")
    assert (caught.value.guess is None) is (guess is None)
