"""Put tags on the ticket.

Agents see them as labels. Tags that are there already are left alone. Tags are plain text, at most
100 characters, without commas and without placeholders; on FreeScout lower-case ASCII, and the
*Tags* module must be active.

    do:
      - tag: escalated
      - tag: [escalated, esc-l1]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.actions import Occasion, Outcome
from plugin.actions._fresh import reason_gone, skip, skip_as_so
from plugin.actions._params import Form, Listed, Tag
from plugin.conditions import Names
from plugin.domain.helpdesk import Ability
from plugin.domain.plan import Step

PARAMS = Form({"tags": Listed(Tag())}, short="tags")
STEP = Step.WRITE
ABILITY = Ability.TAG


def check(params: Mapping[str, Any], names: Names) -> None:
    """Tags may be any."""


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Add the tags that are missing."""
    ticket = occasion.ticket
    if gone := reason_gone(ticket):
        return skip(gone)
    wanted = [occasion.config.reveal(str(tag)) for tag in params["tags"]]
    missing = [tag for tag in wanted if tag not in ticket.tags]
    if not missing:
        return skip_as_so("the ticket has the tag" if len(wanted) == 1 else "it has all the tags")
    occasion.helpdesk.add_tags(ticket, missing)
    return Outcome(
        detail=f"tagged {', '.join(missing)}", wrote={"tags": missing}, replaced={"tags": []}
    )
