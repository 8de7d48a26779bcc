"""Let an agent follow the ticket: a person, a team's lead, or whose turn it is in a team's pool.

On Zammad they get its notifications from then on, as if mentioned. FreeScout's API cannot do it.

    do:
      - subscribe: marta@example.com
      - subscribe: {lead: finance}
      - subscribe: {pool: duty}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.actions import Occasion, Outcome
from plugin.actions._fresh import name_of, reason_gone, skip
from plugin.actions._params import Form, Text, check_team
from plugin.actions._people import find_person
from plugin.actions._pools import find_responsible
from plugin.conditions import Names
from plugin.domain.helpdesk import Ability
from plugin.domain.plan import Step

PARAMS = Form(
    {
        "to": Text("an agent's e-mail address or login"),
        "lead": Text("a team's name"),
        "pool": Text("a team's name"),
        "skill": Text("a skill"),
    },
    short="to",
    one_of=("to", "lead", "pool"),
    only_with={"skill": "pool"},
)
STEP = Step.WRITE
ABILITY = Ability.SUBSCRIBE


def check(params: Mapping[str, Any], names: Names) -> None:
    """A team must be one of the file's, and have a pool where it is asked for one."""
    check_team(params, names)


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Subscribe them; those who follow already stay as they are.

    A ladder gives `without`: then somebody who is away is stood in for, and whoever had the ticket
    is left out. With its `number` it is who is responsible from now on.
    """
    if gone := reason_gone(occasion.ticket):
        return skip(gone)
    if "pool" in params or "without" in params:
        return _choose(params, occasion)
    agent = find_person(params, occasion)
    if not agent.active:
        return skip(f"{name_of(agent)} is not active")
    occasion.helpdesk.subscribe(occasion.ticket, agent)
    return Outcome(detail=f"{name_of(agent)} follows the ticket")


def _choose(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    found = find_responsible(params, occasion, owning=False)
    if found.agent is None:
        return skip(f"nobody follows the ticket: {found.how}")
    told = f"{name_of(found.agent)} follows the ticket"
    if Ability.SUBSCRIBE in occasion.helpdesk.whoami().abilities:
        occasion.helpdesk.subscribe(occasion.ticket, found.agent)
    elif "number" in params:
        told = f"{name_of(found.agent)} is responsible"  # and told by notification
    else:
        return skip(f"nobody can follow tickets here, and {name_of(found.agent)} has no channel")
    return Outcome(
        detail=f"{told}, {found.how}" if found.how else told,
        wrote={"responsible": str(found.agent.person.id)} if "number" in params else {},
    )
