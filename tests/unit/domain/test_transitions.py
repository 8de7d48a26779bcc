"""The table of how an escalation moves."""

from __future__ import annotations

import pytest

from plugin.domain.escalation import Phase
from plugin.domain.transitions import TABLE, Effect, Signal, move_of

RUNNING = [phase for phase in Phase if not phase.is_over]
ENTRIES = [(phase, signal) for phase in TABLE for signal in TABLE[phase]]
EVENTS = {"", "opened", "level", "acknowledged", "handed_back", "exhausted", "resolved"}


def test_every_phase_has_its_line() -> None:
    assert set(TABLE) == set(Phase)


def test_every_signal_means_something_somewhere() -> None:
    assert {signal for _, signal in ENTRIES} == set(Signal)
    assert all(signal.meaning for signal in Signal)


@pytest.mark.parametrize("phase", RUNNING)
def test_whatever_runs_ends_when_the_ticket_is_closed_or_its_cause_is_gone(phase: Phase) -> None:
    for signal in (Signal.CLOSE, Signal.GONE):
        move = move_of(phase, signal)

        assert move is not None
        assert move.to is Phase.RESOLVED


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase.is_over])
def test_what_is_over_only_comes_back_when_a_resolved_ticket_is_reopened(phase: Phase) -> None:
    expected = {Signal.REOPEN} if phase is Phase.RESOLVED else set()

    assert set(TABLE[phase]) == expected


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.SNOOZED, Phase.EXHAUSTED, Phase.ACKNOWLEDGED])
def test_a_person_can_always_take_it_or_hand_it_back(phase: Phase) -> None:
    taken, back = move_of(phase, Signal.ACKNOWLEDGE), move_of(phase, Signal.HAND_BACK)

    assert taken is not None
    assert taken.to is Phase.ACKNOWLEDGED
    assert back is not None
    assert back.to is Phase.HANDED_BACK


def test_nobody_asks_people_before_a_suggestion_is_accepted() -> None:
    effects = {move.effect for move in TABLE[Phase.SUGGESTED].values() if move.to is not Phase.OPEN}

    assert effects == {Effect.NOTHING}
    assert set(TABLE[Phase.SUGGESTED]) & {Signal.NEXT, Signal.LAST, Signal.ACKNOWLEDGE} == set()


def test_time_alone_does_nothing_to_what_is_exhausted() -> None:
    by_time = {Signal.NEXT, Signal.LAST, Signal.WAKE, Signal.IDLE}

    assert set(TABLE[Phase.EXHAUSTED]) & by_time == set()


def test_the_ladder_stands_still_while_it_is_snoozed() -> None:
    assert set(TABLE[Phase.SNOOZED]) & {Signal.NEXT, Signal.LAST, Signal.IDLE} == set()


@pytest.mark.parametrize(("phase", "signal"), ENTRIES)
def test_people_are_asked_only_by_what_is_open(phase: Phase, signal: Signal) -> None:
    move = TABLE[phase][signal]

    assert (move.effect in {Effect.ENTER, Effect.AGAIN}) <= (move.to is Phase.OPEN)
    assert move.event in EVENTS
    assert (move.effect is Effect.UNDO) <= move.to.is_over
