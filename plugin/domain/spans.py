"""Which state a ticket was in, and when: from the host's history, or from what we saw ourselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from plugin.domain.dataclass import dataclass
from plugin.domain.ticket import Change, StateType, Ticket

States = Mapping[str, StateType]
"""What the host's state names mean."""


@dataclass(frozen=True, slots=True)
class StateSpan:
    """Half-open; `end` is None for the present state."""

    name: str
    type: StateType
    start: datetime
    end: datetime | None


def state_spans(
    ticket: Ticket, states: States | None = None, observed: Sequence[Change] = ()
) -> tuple[StateSpan, ...]:
    """The ticket's states since its creation, without gaps.

    `observed` are the changes we saw, for a host without a history. Where neither tells when the
    present state began, it is the closing instant or the last update; before that the ticket counts
    as open.
    """
    recorded = observed if ticket.history is None else ticket.history
    changes = sorted(
        (change for change in recorded if change.what == "state"), key=lambda change: change.at
    )
    edges = _edges(ticket, changes)
    ends = [start for start, _ in edges[1:]]
    return tuple(
        StateSpan(name, _type(name, ticket, states or {}), start, end)
        for (start, name), end in zip(edges, [*ends, None], strict=True)
    )


def _edges(ticket: Ticket, changes: Sequence[Change]) -> list[tuple[datetime, str]]:
    """Where each state begins, the first at the creation."""
    now = ticket.state.name
    if not changes:
        began_at = ticket.closed_at if ticket.is_closed else None
        if began_at is None and ticket.history is None and _was_changed(ticket):
            began_at = ticket.updated_at
        if began_at is None or began_at <= ticket.created_at:
            return [(ticket.created_at, now)]
        return [(ticket.created_at, StateType.OPEN.value), (began_at, now)]
    edges = [(ticket.created_at, changes[0].before or StateType.NEW.value)]
    edges += [(max(change.at, ticket.created_at), change.after) for change in changes]
    if edges[-1][1] != now:
        missed_at = (ticket.closed_at if ticket.is_closed else None) or ticket.updated_at
        edges.append((max(missed_at, edges[-1][0]), now))
    return edges


def _was_changed(ticket: Ticket) -> bool:
    return ticket.state.type not in {StateType.NEW, StateType.OPEN}


def _type(name: str, ticket: Ticket, states: States) -> StateType:
    if name == ticket.state.name:
        return ticket.state.type
    if name in states:
        return states[name]
    try:
        return StateType(name.casefold())
    except ValueError:
        return StateType.OTHER
