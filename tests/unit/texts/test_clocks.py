"""SLA clocks as people read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from plugin.domain.clocks import ClockState, Phase
from plugin.domain.duration import Duration
from plugin.domain.sla import Metric
from plugin.texts.clocks import metric_in_words, span_in_words, time_left
from plugin.texts.values import values_for
from tests.fakes import NOON, a_ticket
from tests.unit.actions.doing import a_config

RUNNING = ClockState(
    metric=Metric.FIRST_RESPONSE,
    policy="standard",
    cycle=1,
    target=Duration(minutes=240),
    phase=Phase.RUNNING,
    started_at=NOON - timedelta(hours=1),
    started_by="created by the customer",
    due_at=NOON + timedelta(hours=3),
    remaining=timedelta(hours=3),
)
LATE = replace(
    RUNNING,
    phase=Phase.BREACHED,
    due_at=NOON - timedelta(minutes=80),
    remaining=timedelta(minutes=-80),
)


@pytest.mark.parametrize(
    ("span", "language", "words"),
    [
        pytest.param(timedelta(minutes=125), "en", "2 h 5 min", id="hours and minutes"),
        pytest.param(timedelta(hours=30), "en", "30 h", id="hours are not made into days"),
        pytest.param(timedelta(seconds=10), "en", "1 min", id="never nothing"),
        pytest.param(timedelta(minutes=-61), "de-AT", "1 Std. 1 Min.", id="no sign, German"),
        pytest.param(timedelta(minutes=59, seconds=59), "nl", "59 min", id="rounded down, Dutch"),
        pytest.param(timedelta(hours=1), "sv", "1 h", id="English for other languages"),
    ],
)
def test_a_span_in_words(span, language, words):
    assert span_in_words(span, language) == words


def test_every_metric_has_words_of_its_own_in_each_language():
    for language in ("en", "de", "nl"):
        assert len({metric_in_words(metric, language) for metric in Metric}) == len(Metric)


@pytest.mark.parametrize(
    ("clock", "left", "late"),
    [
        pytest.param(RUNNING, "3 h", "", id="running"),
        pytest.param(LATE, "", "1 h 20 min", id="late"),
        pytest.param(replace(RUNNING, phase=Phase.MET), "", "", id="met"),
        pytest.param(replace(LATE, phase=Phase.MET_LATE), "", "1 h 20 min", id="met late"),
        pytest.param(replace(RUNNING, phase=Phase.PAUSED, due_at=None), "3 h", "", id="paused"),
    ],
)
def test_what_is_left_or_by_how_much_it_is_late(clock, left, late):
    assert time_left(clock, "en") == (left, late)


def test_the_placeholders_speak_of_the_clock_in_local_time():
    values = values_for(
        a_ticket(), a_config(), NOON, language="de", zone="Europe/Berlin", clock=LATE
    )

    assert values["sla"] == "standard"
    assert values["metric"] == "erste Antwort"
    assert values["due_at"].endswith("11:40 Uhr")
    assert (values["remaining"], values["breached_by"]) == ("", "1 Std. 20 Min.")


def test_without_a_clock_the_placeholders_are_empty():
    values = values_for(a_ticket(), a_config(), NOON, language="en", zone="UTC")

    names = ("sla", "metric", "due_at", "remaining", "breached_by")
    assert {values[name] for name in names} == {""}
