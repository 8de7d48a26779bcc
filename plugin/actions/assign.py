"""Give the ticket to a person, to a team's lead, or to nobody.

The person is named by e-mail address or login. Nothing happens when they own it already, are
inactive or absent, or when a person changed the owner after the rule decided. In place of somebody
absent the ticket goes to the replacement they named in Zammad, or to that one's in turn, if that
person is there and has full access to the group. Somebody without full access to the ticket's group cannot own it: that is reported as refused, because both hosts
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
from plugin.actions._people import at_work, find_person, may_own
from plugin.conditions import Names
from plugin.domain.errors import Refused
from plugin.domain.plan import Step
from plugin.domain.ticket import Agent, Ticket

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
    if _owns(agent, ticket):
        return skip_as_so(f"{name_of(agent)} owns it" if agent else "nobody owns the ticket")
    if _changed_meanwhile(occasion):
        return skip("somebody changed the owner meanwhile")
    because = ""
    if agent is not None:
        agent, because = at_work(agent, occasion)
        if agent is None:
            return skip(because)
        if because and _owns(agent, ticket):
            return skip_as_so(f"{name_of(agent)} owns it, {because}")
        if not because and (why := _reason_against(agent, occasion)):
            return skip(why)
    occasion.helpdesk.set_owner(ticket, agent)
    named = name_of(agent) if agent else "nobody"
    return Outcome(
        detail=f"assigned to {named}, {because}" if because else f"assigned to {named}",
        wrote={"owner": str(agent.person.id) if agent else ""},
        replaced={"owner": owner_id(ticket)},
    )


def _owns(agent: Agent | None, ticket: Ticket) -> bool:
    return owner_id(ticket) == ("" if agent is None else str(agent.person.id))


def _changed_meanwhile(occasion: Occasion) -> bool:
    seen = occasion.memory.seen
    if seen is None:
        return False
    before = "" if seen.owner_id is None else str(seen.owner_id)
    return changed_by_other(occasion, "owner", before, owner_id(occasion.ticket))


def _reason_against(agent: Agent, occasion: Occasion) -> str | None:
    """Why not; raises `Refused` for an agent who may not own tickets of this group."""
    if may_own(agent, occasion):
        return None
    ticket, seen = occasion.ticket, occasion.memory.seen
    if seen and changed_by_other(occasion, "group", str(seen.group_id), str(ticket.group.id)):
        return f"somebody moved the ticket to {ticket.group.name}, where they may not own it"
    raise Refused(
        f"{name_of(agent)} may not own tickets of group {ticket.group.name!r}: give them access "
        "there (Zammad: full), or name somebody else, then run `deskladder retry`"
    )
