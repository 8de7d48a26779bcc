"""Instants in words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.texts.times import say_instant

AT = datetime(2026, 12, 3, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "words"),
    [
        ("en", "Europe/Amsterdam", "Thu 3 Dec, 14:30"),
        ("en-GB", "Europe/London", "Thu 3 Dec, 13:30"),
        ("nl", "Europe/Amsterdam", "do 3 dec., 14:30 uur"),
        ("de", "Europe/Berlin", "Do., 3. Dez., 14:30 Uhr"),
        ("de-CH", "Asia/Tokyo", "Do., 3. Dez., 22:30 Uhr"),
        ("fr", "Europe/Paris", "2026-12-03 14:30"),
        ("fr", None, "2026-12-03 13:30 UTC"),
        ("en", None, "Thu 3 Dec, 13:30 UTC"),
        ("en", "UTC", "Thu 3 Dec, 13:30 UTC"),
        ("en", "Nowhere/Land", "Thu 3 Dec, 13:30 UTC"),
        ("en", "../../etc/passwd", "Thu 3 Dec, 13:30 UTC"),
        ("en", "Pacific/Kiritimati", "Fri 4 Dec, 03:30"),
    ],
)
def test_local_time_in_the_readers_words(language, zone, words):
    assert say_instant(AT, language, zone, AT) == words


def test_another_year_is_said():
    assert say_instant(AT + timedelta(days=60), "nl", "UTC", AT) == "ma 1 feb. 2027, 13:30 uur UTC"
    assert (
        say_instant(AT + timedelta(days=60), "en", "Europe/Amsterdam", AT)
        == "Mon 1 Feb 2027, 14:30"
    )


def test_the_year_turns_where_the_reader_is():
    eve = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)

    assert say_instant(eve, "en", "Europe/Amsterdam", AT) == "Fri 1 Jan 2027, 00:30"
    assert say_instant(eve, "en", "Europe/London", AT) == "Thu 31 Dec, 23:30"


@settings(deadline=None)
@given(
    at=st.datetimes(
        timezones=st.just(UTC), min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)
    ),
    language=st.text(max_size=6),
    zone=st.none() | st.text(max_size=12),
)
def test_it_always_finds_words(at, language, zone):
    assert f"{at.astimezone(UTC):%M}" in say_instant(at, language, zone, AT)
