"""Put back what a ladder changed. Deskladder plans it itself; it cannot be written in the file.

It happens when an escalation is resolved or handed back, for tags, priority, group and owner, each
only when its value at the fresh read is still the one Deskladder wrote last and nobody changed it
since. Nothing a customer has seen is ever taken back.
"""

# ruff: noqa: ARG002 - the registry's and marshmallow's signatures

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError

from plugin.actions import Occasion, Outcome
from plugin.actions._fresh import (
    last_writer,
    name_of,
    noticed_since,
    owner_id,
    reason_gone,
    skip,
    skip_as_so,
    wrote_last,
)
from plugin.actions._params import JSONSchema, Param
from plugin.actions._people import may_own
from plugin.conditions import Names
from plugin.domain.plan import Step
from plugin.domain.ticket import Priority


class _NotInTheFile(Param):
    """Refuses everything: the word exists for the outbox alone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        raise ValidationError("undo is Deskladder's own: it happens when an escalation is over")

    def json_schema(self) -> JSONSchema:
        return {"not": {}}


PARAMS = _NotInTheFile()
STEP = Step.WRITE


def check(params: Mapping[str, Any], names: Names) -> None:
    """Nobody writes it."""


def perform(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    """Put one thing back, unless it is not as we left it any more."""
    if gone := reason_gone(occasion.ticket):
        return skip(gone)
    what = str(params["what"])
    if what == "tags":
        return _tags(params, occasion)
    ours, original = str(params["from"]), str(params["to"])
    current = _present(what, occasion)
    if current.lower() == original.lower():
        return skip_as_so(f"the {what} is as it was")
    left = {ours.lower(), str(wrote_last(occasion.memory, what) or "").lower()}
    if current.lower() not in left or noticed_since(occasion, what):
        return skip(f"somebody changed the {what} meanwhile")
    return _BACK[what](original, ours, occasion)


def _tags(params: Mapping[str, Any], occasion: Occasion) -> Outcome:
    present = [str(tag) for tag in params["tags"] if tag in occasion.ticket.tags]
    if not present:
        return skip_as_so("the tags are off")
    occasion.helpdesk.remove_tags(occasion.ticket, present)
    return Outcome(
        detail=f"removed tag {', '.join(present)}",
        wrote={"untagged": present},
        replaced={"untagged": []},
    )


def _priority(original: str, ours: str, occasion: Occasion) -> Outcome:
    if not original:
        return skip("there was no priority before")
    occasion.helpdesk.set_priority(occasion.ticket, Priority.from_word(original))
    return _done(f"priority {original} again", "priority", original, ours)


def _group(original: str, ours: str, occasion: Occasion) -> Outcome:
    helpdesk, ticket = occasion.helpdesk, occasion.ticket
    group = next((one for one in helpdesk.groups() if str(one.id) == original), None)
    if group is None:
        return skip("the group it was in is not there any more")
    owner = owner_id(ticket)
    if owner and not _is_ours(owner, occasion):
        allowed = {str(agent.person.id) for agent in helpdesk.agents(group)}
        if owner not in allowed:
            return skip(f"the owner, whom somebody else chose, has no access to {group.name}")
    helpdesk.set_group(ticket, group.name)
    outcome = _done(f"back in {group.name}", "group", original, ours)
    if not owner or owner_id(helpdesk.read(ticket.ref.id)):
        return outcome
    return Outcome(
        detail=outcome.detail,
        wrote={**outcome.wrote, "owner": ""},
        replaced={**outcome.replaced, "owner": owner},
    )


def _owner(original: str, ours: str, occasion: Occasion) -> Outcome:
    helpdesk, ticket = occasion.helpdesk, occasion.ticket
    if not original:
        helpdesk.set_owner(ticket, None)
        return _done("nobody owns it again", "owner", "", ours)
    agent = next((one for one in helpdesk.agents() if str(one.person.id) == original), None)
    if agent is None or not agent.active:
        return skip("the owner it had is not there any more")
    if not may_own(agent, occasion):
        return skip(f"{name_of(agent)} may not own tickets of group {ticket.group.name}")
    helpdesk.set_owner(ticket, agent)
    return _done(f"given back to {name_of(agent)}", "owner", original, ours)


def _is_ours(owner: str, occasion: Occasion) -> bool:
    """True when we made them the owner, not for another ladder that runs, and nobody changed it."""
    memory, number = occasion.memory, occasion.action.cycle.partition(".")[0]
    if wrote_last(memory, "owner") != owner or noticed_since(occasion, "owner"):
        return False
    by = last_writer(memory, "owner")
    others = (one for one in memory.escalations if not one.phase.is_over)
    units = {(one.rule, f"e{one.number}") for one in others} - {(occasion.action.rule, number)}
    return by is None or (by.rule, by.cycle.partition(".")[0]) not in units


_BACK: Mapping[str, Callable[[str, str, Occasion], Outcome]] = {
    "priority": _priority,
    "group": _group,
    "owner": _owner,
}


def _done(detail: str, what: str, original: str, ours: str) -> Outcome:
    return Outcome(detail=detail, wrote={what: original}, replaced={what: ours})


def _present(what: str, occasion: Occasion) -> str:
    ticket = occasion.ticket
    if what == "priority":
        return ticket.priority.word if ticket.priority else ""
    return str(ticket.group.id) if what == "group" else owner_id(ticket)
