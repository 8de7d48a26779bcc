"""Let an agent follow the ticket: a person, or a team's lead.

On Zammad they get its notifications from then on, as if mentioned. FreeScout's API cannot do it.

    do:
      - subscribe: marta@example.com
      - subscribe: {lead: finance}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.actions import Occasion, Outcome
from plugin.actions._fresh import name_of, reason_gone, skip
from plugin.actions._params import Form, Text, check_known
from plugin.actions._people import find_person
from plugin.conditions import Names
from plugin.domain.helpdesk import Ability
from plugin.domain.plan import Step

PARAMS = Form(
    {"to": Text("an agent's e-mail address or login"), "lead": Text("a team's name")},
    short="to",
    one_of=("to", "lead"),
)
STEP = Step.WRITE
ABILITY = Ability.SUBSCRIBE


def check(params: Mapping[str, Any], names: Names) -> None:
    """A team must be one of the file's."""
    if "lead" in params:
        check_known("lead", str(params["lead"]), names.teams, "team")


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Subscribe them; those who follow already stay as they are."""
    if gone := reason_gone(occasion.ticket):
        return skip(gone)
    agent = find_person(params, occasion)
    if not agent.active:
        return skip(f"{name_of(agent)} is not active")
    occasion.helpdesk.subscribe(occasion.ticket, agent)
    return Outcome(detail=f"{name_of(agent)} follows the ticket")
