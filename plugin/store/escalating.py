"""The escalations of all tickets, for lists: what runs, at which level, since when."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from plugin.domain.escalation import Phase
from plugin.domain.storing import RunningEscalation
from plugin.domain.ticket import TicketRef
from plugin.store.instants import from_micros
from plugin.store.transaction import Transaction

_RUNNING = """
    SELECT helpdesk, ticket_id, number, policy, phase, level, reason, responsible, opened_at,
           changed_at
      FROM escalations WHERE NOT over {phases} ORDER BY changed_at, helpdesk, ticket_id, number
     LIMIT ?
"""
_COUNTED = "SELECT phase, count(*) FROM escalations WHERE NOT over GROUP BY phase ORDER BY phase"
ENDED = """
    UPDATE escalations SET over = ?, phase = ?, changed_at = ?
     WHERE helpdesk = ? AND ticket_id = ? AND NOT over
"""
"""For a ticket that is gone: nobody can act on it any more."""


def running(
    transaction: Transaction, phases: Collection[Phase] | None, limit: int
) -> Sequence[RunningEscalation]:
    """See `Storing.running`."""
    wanted = tuple(sorted(phase.value for phase in phases)) if phases is not None else ()
    if phases is not None and not wanted:
        return ()
    places = f"AND phase IN ({', '.join('?' * len(wanted))})" if wanted else ""
    rows = transaction.rows(_RUNNING.format(phases=places), (*wanted, limit))
    return tuple(
        RunningEscalation(
            ref=TicketRef(helpdesk, ticket_id),
            number=number,
            policy=policy,
            phase=Phase(phase),
            level=level,
            reason=reason,
            responsible=responsible,
            opened_at=from_micros(opened_at),
            changed_at=from_micros(changed_at),
        )
        for (
            helpdesk,
            ticket_id,
            number,
            policy,
            phase,
            level,
            reason,
            responsible,
            opened_at,
            changed_at,
        ) in rows
    )


def counted_by_phase(transaction: Transaction) -> dict[str, int]:
    """How many are not over, by where they stand."""
    return dict(transaction.rows(_COUNTED))
