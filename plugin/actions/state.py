"""Set the ticket's state by its name in the helpdesk.

A pending state needs `until`, a duration counted in open time of the default calendar. Nothing
happens when the state is so already, or when a person changed it after the rule decided.

    do:
      - state: open
      - state: {to: pending reminder, until: 1bd}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from plugin.actions import Occasion, Outcome
from plugin.actions._fresh import changed_by_other, reason_gone, skip, skip_as_so
from plugin.actions._params import Form, Length, Text, guess
from plugin.conditions import Names
from plugin.domain.duration import Duration
from plugin.domain.errors import Refused
from plugin.domain.plan import Step
from plugin.domain.ticket import State, StateType

PARAMS = Form({"to": Text("a state's name"), "until": Length()}, short="to", required=("to",))
STEP = Step.WRITE

_PENDING = frozenset({StateType.PENDING_REMINDER, StateType.PENDING_CLOSE})


def check(params: Mapping[str, Any], names: Names) -> None:
    """States are the helpdesk's: `check --live` asks it."""


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Set it, unless it is so or a person changed it meanwhile."""
    ticket, seen = occasion.ticket, occasion.memory.seen
    wanted = occasion.config.reveal(str(params["to"]))
    if gone := reason_gone(ticket):
        return skip(gone)
    if ticket.state.name.lower() == wanted.lower():
        return skip_as_so(f"the state is {ticket.state.name}")
    if seen and changed_by_other(occasion, "state", seen.state, ticket.state.name):
        return skip(f"somebody set the state {ticket.state.name} meanwhile")
    state = _find(wanted, occasion)
    until = _until(params, occasion)
    if state.type in _PENDING and until is None:
        raise Refused(
            f"state {state.name!r} needs a time: write "
            f"`state: {{to: {state.name}, until: 1d}}` in rule {occasion.action.rule!r}"
        )
    occasion.helpdesk.set_state(ticket, state.name, until if state.type in _PENDING else None)
    return Outcome(
        detail=f"state {state.name}, was {ticket.state.name}",
        wrote={"state": state.name},
        replaced={"state": ticket.state.name},
    )


def _find(name: str, occasion: Occasion) -> State:
    known = {state.name.lower(): state for state in occasion.helpdesk.states()}
    if name.lower() not in known:
        listed = ", ".join(state.name for state in known.values())
        raise Refused(
            f"the helpdesk has no state {name!r}: it has {listed}{guess(name.lower(), known)}"
        )
    return known[name.lower()]


def _until(params: Mapping[str, Any], occasion: Occasion) -> datetime | None:
    if "until" not in params:
        return None
    length = Duration.parse(str(params["until"]))
    calendar = occasion.config.calendars.get(occasion.config.defaults.calendar or "")
    if calendar is None:
        return occasion.now + timedelta(seconds=length.real_seconds)
    return calendar.due(occasion.now, length)
