"""The escalations of all tickets, for lists: what runs, at which level, since when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from plugin.domain.escalation import Phase
from plugin.domain.storing import SERVED, RunningEscalation
from plugin.domain.ticket import TicketRef
from plugin.store import arrivals
from plugin.store.instants import from_micros
from plugin.store.transaction import Transaction

_RUNNING = """
    SELECT helpdesk, ticket_id, number, policy, phase, level, reason, responsible, opened_at,
           changed_at
      FROM escalations WHERE NOT over {phases} {of}
     ORDER BY changed_at, helpdesk, ticket_id, number LIMIT ?
"""
_COUNTED = (
    "SELECT phase, count(*) FROM escalations WHERE NOT over {of} GROUP BY phase ORDER BY phase"
)
_SERVED = f"number/{SERVED}"
_IN, _NOT_IN = "AND helpdesk IN ({})", "AND helpdesk NOT IN ({})"
ENDED = """
    UPDATE escalations SET over = ?, phase = ?, changed_at = ?
     WHERE helpdesk = ? AND ticket_id = ? AND NOT over
"""
"""For a ticket that is gone: nobody can act on it any more."""


def running(
    transaction: Transaction, phases: Collection[Phase] | None, limit: int
) -> Sequence[RunningEscalation]:
    """See `Storing.running`."""
    served = arrivals.numbers(transaction, _SERVED)
    if not served:
        return _listed(transaction, phases, limit)
    first = _listed(transaction, phases, limit, of=_IN, names=tuple(served))
    left = _listed(transaction, phases, limit - len(first), of=_NOT_IN, names=tuple(served))
    return (*first, *(replace(one, is_in_file=False) for one in left))


def _listed(
    transaction: Transaction,
    phases: Collection[Phase] | None,
    limit: int,
    *,
    of: str = "",
    names: tuple[str, ...] = (),
) -> tuple[RunningEscalation, ...]:
    wanted = tuple(sorted(phase.value for phase in phases)) if phases is not None else ()
    if (phases is not None and not wanted) or limit <= 0:
        return ()
    places = f"AND phase IN ({_marks(wanted)})" if wanted else ""
    sql = _RUNNING.format(phases=places, of=of.format(_marks(names)))
    rows = transaction.rows(sql, (*wanted, *names, limit))
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
    """How many are not over, by where they stand, on the helpdesks of the file."""
    served = tuple(arrivals.numbers(transaction, _SERVED))
    of = _IN.format(_marks(served)) if served else ""
    return dict(transaction.rows(_COUNTED.format(of=of), served))


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))
