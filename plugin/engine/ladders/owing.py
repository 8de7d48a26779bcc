"""Notes a day had no room for: one tells them all as soon as there is room again.

`guards.notes_per_ticket_per_day` holds a ladder's note back, never its step. What is told then is
where the ladder stands by then; nothing once somebody has it or it is over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from plugin.domain.escalation import Escalation, Phase
from plugin.domain.memory import ActionRecord, ActionState
from plugin.domain.plan import PlannedAction, Timer
from plugin.engine.firing import DAY, counts
from plugin.engine.ladders.calls import Call
from plugin.engine.ladders.running import Ladders
from plugin.engine.ladders.timing import PATIENCE

Action = ActionRecord | PlannedAction
AGAIN: Final = "+"
"""What marks the unit of a note that comes after its step: a level's time does not start anew with it."""

_NOTES: Final = {Phase.OPEN: "ladder_level", Phase.EXHAUSTED: "ladder_exhausted"}


def tell_owed(ladders: Ladders) -> None:
    """Plan the note each running escalation owes, if there is room for it now."""
    for one in ladders.running():
        owed = _owed(one, ladders.memory.actions)
        room_at = _room_at(ladders, ladders.memory.actions)
        if owed is None or room_at is None or room_at > ladders.now:
            continue
        if one.taken and one.taken[-1].at == ladders.now:
            continue  # what it does now has a note of its own
        params = {"name": _NOTES[one.phase], "escalation": one.number, "step": one.entered_step}
        why = "what could not be noted earlier"
        ladders.plan(one.rule, f"{owed}{AGAIN}", [Call("note", params)], why)


def owed_timers(ladders: Ladders, planned: Sequence[PlannedAction]) -> Iterator[Timer]:
    """When there is room for what is owed, the `planned` actions of this look taken in."""
    actions: Sequence[Action] = (*ladders.memory.actions, *planned)
    for one in ladders.running():
        room_at = _room_at(ladders, actions)
        if room_at is not None and _owed(one, actions) is not None:
            at = max(room_at, ladders.now + PATIENCE)
            yield Timer(f"{one.rule} {one.number} note", at, "a day has room for a note again")


def _owed(one: Escalation, actions: Sequence[Action]) -> str | None:
    """The unit of the escalation's last note, if that was held back; None when nothing is owed."""
    if one.phase not in _NOTES:
        return None
    prefix = f"e{one.number}."
    notes = [
        action
        for action in actions
        if action.name == "note" and action.rule == one.rule and action.cycle.startswith(prefix)
    ]
    if not notes or notes[-1].state is not ActionState.GUARDED:
        return None
    return notes[-1].cycle


def _room_at(ladders: Ladders, actions: Sequence[Action]) -> datetime | None:
    """When fewer notes than the limit are younger than a day; None when there are to be none."""
    limit = ladders.config.guards.notes_per_ticket_per_day
    if limit <= 0:
        return None
    noted = sorted(_instant(one, ladders.now) for one in actions if counts(one, "note"))
    return noted[-limit] + DAY if len(noted) >= limit else ladders.now


def _instant(action: Action, now: datetime) -> datetime:
    if isinstance(action, PlannedAction):
        return now
    return action.done_at or action.planned_at
