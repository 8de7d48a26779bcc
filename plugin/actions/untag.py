"""Take tags off the ticket.

Only tags that are there are removed, whoever put them there.

    do:
      - untag: waiting-for-parts
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
    """Remove the tags that are there."""
    ticket = occasion.ticket
    if gone := reason_gone(ticket):
        return skip(gone)
    wanted = [occasion.config.reveal(str(tag)) for tag in params["tags"]]
    present = [tag for tag in wanted if tag in ticket.tags]
    if not present:
        return skip_as_so(
            "the ticket does not have the tag" if len(wanted) == 1 else "it has none of them"
        )
    occasion.helpdesk.remove_tags(ticket, present)
    return Outcome(
        detail=f"removed tag {', '.join(present)}",
        wrote={"untagged": present},
        replaced={"untagged": []},
    )
