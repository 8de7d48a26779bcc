"""Move the ticket to another group (FreeScout: mailbox).

Nothing happens when it is there already, or when a person moved it after the rule decided. The
host may take the ticket from an owner who has no access to the new group; agents without access
lose sight of it.

    do:
      - group: Finance
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.actions import Occasion, Outcome
from plugin.actions._fresh import changed_by_other, owner_id, reason_gone, skip, skip_as_so
from plugin.actions._params import Form, Text
from plugin.conditions import Names
from plugin.domain.errors import TryAgain
from plugin.domain.plan import Step

PARAMS = Form({"to": Text("a group's name")}, short="to")
STEP = Step.WRITE


def check(params: Mapping[str, Any], names: Names) -> None:
    """Groups are the helpdesk's: `check --live` asks it."""


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Move it, unless it is there or a person moved it meanwhile."""
    ticket, wanted = occasion.ticket, occasion.config.reveal(str(params["to"]))
    if gone := reason_gone(ticket):
        return skip(gone)
    if ticket.group.name.lower() == wanted.lower():
        return skip_as_so(f"the ticket is in {ticket.group.name}")
    seen = occasion.memory.seen
    if seen and changed_by_other(occasion, "group", str(seen.group_id), str(ticket.group.id)):
        return skip(f"somebody moved the ticket to {ticket.group.name} meanwhile")
    occasion.helpdesk.set_group(ticket, wanted)
    wrote, replaced = {"group": _id_of(wanted, occasion)}, {"group": str(ticket.group.id)}
    if _lost_owner(occasion):
        wrote["owner"], replaced["owner"] = "", owner_id(ticket)
    return Outcome(
        detail=f"moved from {ticket.group.name} to {wanted}"
        + (", which the owner has no access to" if "owner" in wrote else ""),
        wrote=wrote,
        replaced=replaced,
    )


def _id_of(name: str, occasion: Occasion) -> str:
    """The group's id as text; its name when the helpdesk does not list it."""
    for group in occasion.helpdesk.groups():
        if group.name.lower() == name.lower():
            return str(group.id)
    return name


def _lost_owner(occasion: Occasion) -> bool:
    """True when the host took the owner away with the move: our doing, no person's."""
    if not owner_id(occasion.ticket):
        return False
    try:
        return not owner_id(occasion.helpdesk.read(occasion.ticket.ref.id))
    except TryAgain:
        return False  # the move is done; a second one would only be told that it is
