"""From when on tickets are news to a new store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from plugin.engine.pace import Pace
from plugin.service import news_begin


def test_a_ticket_of_the_second_the_store_was_made_in_is_news():
    now = datetime(2026, 12, 3, 9, 0, 7, 900_000, tzinfo=UTC)

    begin = news_begin(now, Pace(clock_skew=timedelta(0)))

    assert begin == datetime(2026, 12, 3, 9, 0, 7, tzinfo=UTC)


def test_five_minutes_of_a_helpdesks_clock_are_forgiven():
    now = datetime(2026, 12, 3, 9, 0, 7, tzinfo=UTC)

    assert news_begin(now, Pace()) == now - timedelta(minutes=5)
