"""Give the ticket to a person, to a team's lead, or to nobody.

The person is named by e-mail address or login. Nothing happens when they own it already, are
inactive or absent, or when a person changed the owner after the rule decided. Somebody without
full access to the ticket's group cannot own it: that is reported as refused, because both hosts
would drop them silently. On FreeScout the new assignee gets FreeScout's usual notification.

    do:
      - assign: ana@example.com
      - assign: nobody
      - assign: {lead: finance}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.actions import Occasion, Outcome
from plugin.actions._fresh import changed_by_other, name_of, owner_id, reason_gone, skip, skip_as_so
from plugin.actions._params import Form, Text, check_known
from plugin.actions._people import find_person, may_own, reason_unavailable
from plugin.conditions import Names
from plugin.domain.errors import Refused
from plugin.domain.plan import Step
from plugin.domain.ticket import Agent

PARAMS = Form(
    {"to": Text("an agent's e-mail address or login, or `nobody`"), "lead": Text("a team's name")},
    short="to",
    one_of=("to", "lead"),
)
STEP = Step.WRITE
NOBODY = "nobody"


def check(params: Mapping[str, Any], names: Names) -> None:
    """A team must be one of the file's."""
    if "lead" in params:
        check_known("lead", str(params["lead"]), names.teams, "team")


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Assign, unless it is so, they are away, or a person decided otherwise meanwhile."""
    ticket = occasion.ticket
    if gone := reason_gone(ticket):
        return skip(gone)
    agent = None if params.get("to") == NOBODY else find_person(params, occasion)
    wanted = "" if agent is None else str(agent.person.id)
    if owner_id(ticket) == wanted:
        return skip_as_so(
            "nobody owns the ticket" if agent is None else f"{name_of(agent)} owns it"
        )
    if why := _reason_against(agent, occasion):
        return skip(why)
    occasion.helpdesk.set_owner(ticket, agent)
    return Outcome(
        detail=f"assigned to {name_of(agent)}" if agent else "assigned to nobody",
        wrote={"owner": wanted},
        replaced={"owner": owner_id(ticket)},
    )


def _reason_against(agent: Agent | None, occasion: Occasion) -> str | None:
    """Why not; raises `Refused` for an agent who may not own tickets of this group."""
    ticket, seen = occasion.ticket, occasion.memory.seen
    if seen is not None:
        before = "" if seen.owner_id is None else str(seen.owner_id)
        if changed_by_other(occasion, "owner", before, owner_id(ticket)):
            return "somebody changed the owner meanwhile"
    if agent is None:
        return None
    if why := reason_unavailable(agent, occasion):
        return why
    if may_own(agent, occasion):
        return None
    if seen and changed_by_other(occasion, "group", str(seen.group_id), str(ticket.group.id)):
        return f"somebody moved the ticket to {ticket.group.name}, where they may not own it"
    raise Refused(
        f"{name_of(agent)} may not own tickets of group {ticket.group.name!r}: give them access "
        "there (Zammad: full), or name somebody else, then run `deskladder retry`"
    )
