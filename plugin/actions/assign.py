"""Give the ticket to a person, to a team's lead, to whose turn it is in a team's pool, or to nobody.

The person is named by e-mail address or login. Nothing happens when they own it already, are
inactive or absent, or when a person changed the owner after the rule decided. In place of somebody
absent the ticket goes to the replacement they named in Zammad, or to that one's in turn, if that
person is there and has full access to the group. Somebody without full access to the ticket's group cannot own it: that is reported as refused, because both hosts
would drop them silently. On FreeScout the new assignee gets FreeScout's usual notification.

With `pool` the team's pool decides (see [people](people.md)): by turns, by load, by skill, who is on
call, who helped this customer last. People who are absent, inactive or without access are passed
over, and an owner who is one of those in question keeps the ticket. When nobody can take it,
`if_none` of the pool says what happens, and the note says why.

    do:
      - assign: ana@example.com
      - assign: nobody
      - assign: {lead: finance}
      - assign: {pool: finance}
      - assign: {pool: finance, skill: billing}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.actions import Occasion, Outcome
from plugin.actions._fresh import changed_by_other, name_of, owner_id, reason_gone, skip, skip_as_so
from plugin.actions._params import Form, Text, check_team
from plugin.actions._people import at_work, find_person, may_own
from plugin.actions._pools import find_responsible, had_it, is_turn_of_owner
from plugin.conditions import Names
from plugin.domain.errors import Refused
from plugin.domain.plan import Step
from plugin.domain.ticket import Agent, Ticket

PARAMS = Form(
    {
        "to": Text("an agent's e-mail address or login, or `nobody`"),
        "lead": Text("a team's name"),
        "pool": Text("a team's name"),
        "skill": Text("a skill"),
    },
    short="to",
    one_of=("to", "lead", "pool"),
    only_with={"skill": "pool"},
)
STEP = Step.WRITE
NOBODY = "nobody"
_CHANGED = "somebody changed the owner meanwhile"


def check(params: Mapping[str, Any], names: Names) -> None:
    """A team must be one of the file's, and have a pool where it is asked for one."""
    check_team(params, names)


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Assign, unless it is so, they are away, or a person decided otherwise meanwhile.

    A ladder gives more: `without` lists the ids of those who had the ticket already.
    """
    if gone := reason_gone(occasion.ticket):
        return skip(gone)
    return _by_pool(params, occasion) if "pool" in params else _by_name(params, occasion)


def _by_name(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    ticket = occasion.ticket
    agent = None if params.get("to") == NOBODY else find_person(params, occasion)
    if _owns(agent, ticket):
        return skip_as_so(f"{name_of(agent)} owns it" if agent else "nobody owns the ticket")
    if _changed_meanwhile(occasion):
        return skip(_CHANGED)
    because = ""
    if agent is not None:
        agent, because = at_work(agent, occasion)
        if agent is None:
            return skip(because)
        if because and _owns(agent, ticket):
            return skip_as_so(f"{name_of(agent)} owns it, {because}")
        if had_it(agent, params):
            return skip(f"{name_of(agent)} had it already")
        if not because and (why := _reason_against(agent, occasion)):
            return skip(why)
    return _give(agent, because, occasion)


def _by_pool(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    if is_turn_of_owner(params, occasion):
        return _as_it_is("assigned to {}, whose turn it was", occasion)
    if _changed_meanwhile(occasion):
        return skip(_CHANGED)
    found = find_responsible(params, occasion, owning=True)
    if found.stays:
        return _as_it_is(f"stays with {{}}, {found.how}", occasion)
    if found.agent is None and not owner_id(occasion.ticket):
        return skip(f"left to nobody: {found.how}")
    return _give(found.agent, found.how, occasion)


def _as_it_is(detail: str, occasion: Occasion) -> Outcome:
    """Told as done and as written, so that it is known from then on who is responsible."""
    owner, seen = occasion.ticket.owner, occasion.memory.seen
    current = owner_id(occasion.ticket)
    return Outcome(
        detail=detail.format(owner.name if owner and owner.name else f"agent {current}"),
        wrote={"owner": current},
        replaced={"owner": current if seen is None else _text(seen.owner_id)},
    )


def _give(agent: Agent | None, how: str, occasion: Occasion) -> Outcome:
    ticket = occasion.ticket
    occasion.helpdesk.set_owner(ticket, agent)
    named = name_of(agent) if agent else "nobody"
    return Outcome(
        detail=f"assigned to {named}, {how}" if how else f"assigned to {named}",
        wrote={"owner": str(agent.person.id) if agent else ""},
        replaced={"owner": owner_id(ticket)},
    )


def _owns(agent: Agent | None, ticket: Ticket) -> bool:
    return owner_id(ticket) == ("" if agent is None else str(agent.person.id))


def _changed_meanwhile(occasion: Occasion) -> bool:
    seen = occasion.memory.seen
    if seen is None:
        return False
    return changed_by_other(occasion, "owner", _text(seen.owner_id), owner_id(occasion.ticket))


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


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
