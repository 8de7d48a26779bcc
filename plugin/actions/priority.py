"""Set the priority: `low`, `normal`, `high` or `urgent`.

A priority a person set is never lowered: not the one an agent chose by hand, nor any above
`normal` that Deskladder did not set itself. On FreeScout, which has no priorities, the helpdesk's `priority:`
option says which tag or custom field stands for it.

    do:
      - priority: high
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.actions import Occasion, Outcome
from plugin.actions._fresh import reason_gone, skip, skip_as_so, wrote_last
from plugin.actions._params import Choice, Form
from plugin.conditions import Names
from plugin.domain.helpdesk import Ability
from plugin.domain.plan import Step
from plugin.domain.ticket import Priority

PARAMS = Form({"to": Choice(*(priority.word for priority in Priority))}, short="to")
STEP = Step.WRITE
ABILITY = Ability.PRIORITY


def check(params: Mapping[str, Any], names: Names) -> None:
    """The words are checked by the field."""


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Set it, unless it is so or a person set a higher one."""
    ticket = occasion.ticket
    wanted, current = Priority.from_word(str(params["to"])), ticket.priority
    if gone := reason_gone(ticket):
        return skip(gone)
    if current is wanted:
        return skip_as_so(f"the priority is {wanted.word}")
    if current is not None and wanted < current and _set_by_person(occasion, current):
        return skip(f"somebody set the priority {current.word}, which is never lowered")
    occasion.helpdesk.set_priority(ticket, wanted)
    before = current.word if current else ""
    return Outcome(
        detail=f"priority {wanted.word}" + (f", was {before}" if before else ""),
        wrote={"priority": wanted.word},
        replaced={"priority": before},
    )


def _set_by_person(occasion: Occasion, current: Priority) -> bool:
    if occasion.memory.human_priority is current:
        return True
    ours = wrote_last(occasion.memory, "priority") == current.word
    return current > Priority.NORMAL and not ours
