"""Whom an agent's id stands for, as far as a ticket's own actions say: for lists that ask no helpdesk."""

from __future__ import annotations

import re
from collections.abc import Iterable

from plugin.domain.memory import ActionRecord, ActionState

_SAYS = (
    re.compile(r"(?:assigned to|stays with|given back to) (?P<who>[^,]+)(?:, .*)?", re.DOTALL),
    re.compile(r"(?P<who>[^,]+?) (?:is responsible|follows the ticket)(?:, .*)?", re.DOTALL),
)
"""What `assign`, `subscribe` and `undo` say when somebody got the ticket."""


def told_name(agent: str, actions: Iterable[ActionRecord]) -> str:
    """The name of the agent with this id, by the last action that gave them the ticket; "" for none."""
    given = [
        record
        for record in actions
        if record.state is ActionState.DONE
        and agent in {record.wrote.get("owner"), record.wrote.get("responsible")}
    ]
    for record in sorted(given, key=lambda one: one.done_at or one.planned_at, reverse=True):
        for says in _SAYS:
            if found := says.fullmatch(record.detail):
                return found["who"]
    return ""
