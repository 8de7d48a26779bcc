"""Set a custom field of the ticket.

The field is named as in the helpdesk, the value is a text, a number, or true or false. FreeScout
needs the *Custom Fields* module, and cannot empty a field.

    do:
      - field: {name: escalation_level, value: 1}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.actions import Occasion, Outcome
from plugin.actions._fresh import reason_gone, skip, skip_as_so
from plugin.actions._params import Form, Scalar, Text
from plugin.conditions import Names
from plugin.domain.helpdesk import Ability
from plugin.domain.plan import Step

PARAMS = Form(
    {"name": Text("a custom field's name"), "value": Scalar()}, required=("name", "value")
)
STEP = Step.WRITE
ABILITY = Ability.FIELD


def check(params: Mapping[str, Any], names: Names) -> None:
    """Custom fields are the helpdesk's: `check --live` asks it."""


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Set it, unless it is so."""
    ticket, name = occasion.ticket, str(params["name"])
    value = occasion.config.reveal(str(params["value"]))
    if gone := reason_gone(ticket):
        return skip(gone)
    before = _text(ticket.fields.get(name))
    if before == value:
        return skip_as_so(f"field {name} has this value")
    occasion.helpdesk.set_field(ticket, name, value)
    return Outcome(
        detail=f"field {name} set",
        wrote={f"field.{name}": value},
        replaced={f"field.{name}": before},
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
