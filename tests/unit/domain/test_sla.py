"""Thresholds and pausing states as people write them."""

from __future__ import annotations

import pytest

from plugin.domain.duration import Duration
from plugin.domain.sla import SlaPolicy, Threshold
from plugin.domain.ticket import StateType


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("75%", Threshold(share=0.75), id="a share"),
        pytest.param("29 %", Threshold(share=0.29), id="with a space"),
        pytest.param("30m", Threshold(before=Duration(minutes=30)), id="minutes"),
        pytest.param("1h30m", Threshold(before=Duration(minutes=90)), id="hours"),
    ],
)
def test_thresholds_are_read_and_written_alike(text: str, expected: Threshold) -> None:
    threshold = Threshold.parse(text)

    assert threshold == expected
    assert Threshold.parse(str(threshold)) == threshold
    assert str(threshold) == text.replace(" ", "")


@pytest.mark.parametrize("text", ["0%", "100%", "-5%", "7.5%", "%", "2bd", "0m", "soon"])
def test_other_thresholds_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a"):
        Threshold.parse(text)


def test_closed_time_is_no_pause_whatever_the_policy_says() -> None:
    policy = SlaPolicy("odd", {}, pause_in=frozenset({"closed", "Waiting"}))

    assert policy.pauses("closed", StateType.CLOSED) is False
    assert policy.pauses("waiting", StateType.OTHER) is True
