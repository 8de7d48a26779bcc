"""The outbox: planned actions, what became of each, and dead letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from plugin.domain.memory import ActionState
from plugin.domain.plan import PlannedAction, Step
from plugin.domain.storing import Claim, DeadLetter, Ending, LeaseLost, OpenAction
from plugin.domain.ticket import TicketRef
from plugin.store.encoding import from_json, storable, to_json
from plugin.store.inbox import make_due
from plugin.store.instants import from_micros, to_micros
from plugin.store.transaction import Row, Transaction
from plugin.store.work import must_hold

_OPEN = """
    SELECT key, rule, name, params, step, position, why, cycle, state, detail, planned_at,
           not_before, drop_after, attempts
      FROM actions
     WHERE helpdesk = ? AND ticket_id = ? AND state IN ('planned', 'claimed', 'unknown')
       AND not_before <= ?
     ORDER BY step, planned_at, position, key
"""
_START = """
    UPDATE actions SET state = 'claimed', attempts = attempts + 1
     WHERE key = ? AND state IN ('planned', 'claimed', 'unknown')
"""
_FINISH = """
    UPDATE actions SET state = ?, detail = ?, done_at = ?, not_before = ?, wrote = ?, replaced = ?
     WHERE key = ? AND state IN ('planned', 'claimed', 'unknown')
"""
_SINCE = "SELECT count(*) FROM actions WHERE state = 'done' AND done_at >= ?"
_DEAD = """
    SELECT key, helpdesk, ticket_id, rule, name, detail, done_at FROM actions
     WHERE state = 'failed' ORDER BY done_at, key LIMIT ?
"""
_DEAD_KEYS = "SELECT key FROM actions WHERE state = 'failed' ORDER BY key"
_RETRY = """
    UPDATE actions SET state = 'planned', not_before = ?, done_at = NULL
     WHERE key = ? AND state = 'failed'
    RETURNING helpdesk, ticket_id
"""


def due_actions(transaction: Transaction, ref: TicketRef, now: datetime) -> list[OpenAction]:
    """What is to be done on a ticket now. An action that was started and never finished is UNKNOWN."""
    rows = transaction.rows(_OPEN, (ref.helpdesk, ref.id, to_micros(now)))
    return [_open_action(ref, row) for row in rows]


def _open_action(ref: TicketRef, row: tuple[Any, ...]) -> OpenAction:
    key, rule, name, params, step, position, why, cycle, state, detail, planned_at = row[:11]
    not_before, drop_after, attempts = row[11:]
    state = ActionState.PLANNED if state == ActionState.PLANNED else ActionState.UNKNOWN
    action = PlannedAction(
        key=key,
        ref=ref,
        rule=rule,
        name=name,
        params=from_json(params),
        step=Step(step),
        position=position,
        why=why,
        cycle=cycle,
        state=state,
        detail=detail,
        not_before=from_micros(not_before),
        drop_after=from_micros(drop_after),
    )
    return OpenAction(action, state, attempts, from_micros(planned_at))


def row_of(ending: Ending) -> Row:
    """The outcome as the parameters of its statement, made by the thread that has it."""
    done_at = None if ending.state.is_open else to_micros(ending.at)
    again_at = to_micros(ending.at if ending.not_before is None else ending.not_before)
    traces = (to_json(ending.wrote), to_json(ending.replaced))
    return (ending.state.value, storable(ending.detail), done_at, again_at, *traces, ending.key)


def start(transaction: Transaction, claim: Claim, key: str, ended: Sequence[Row] = ()) -> None:
    """Note what came of earlier calls, and that the next is about to be made."""
    must_hold(transaction, claim)
    _finish(transaction, ended)
    if not transaction.change(_START, (key,)):
        raise _gone(key)


def finish(transaction: Transaction, claim: Claim, ended: Sequence[Row]) -> None:
    """Note what came of calls."""
    must_hold(transaction, claim)
    _finish(transaction, ended)


def _finish(transaction: Transaction, ended: Sequence[Row]) -> None:
    for row in ended:
        if not transaction.change(_FINISH, row):
            raise _gone(row[-1])


def _gone(key: str) -> LeaseLost:
    return LeaseLost(f"action {key} is not open any more: it was finished or removed meanwhile")


def done_since(transaction: Transaction, since: datetime) -> int:
    """How many actions were done at or after `since`."""
    ((count,),) = transaction.rows(_SINCE, (to_micros(since),))
    return int(count)


def dead_letters(transaction: Transaction, limit: int) -> list[DeadLetter]:
    """The oldest refused actions."""
    return [
        DeadLetter(key, TicketRef(helpdesk, ticket_id), rule, name, detail, from_micros(done_at))
        for key, helpdesk, ticket_id, rule, name, detail, done_at in transaction.rows(
            _DEAD, (limit,)
        )
    ]


def plan_again(transaction: Transaction, keys: Sequence[str] | None, now: datetime) -> int:
    """Put dead letters (all with None) back to planned and make their tickets due."""
    at = to_micros(now)
    chosen = [key for (key,) in transaction.rows(_DEAD_KEYS)] if keys is None else sorted(set(keys))
    tickets = [tuple(row) for key in chosen for row in transaction.rows(_RETRY, (at, key))]
    for ticket in sorted(set(tickets)):
        make_due(transaction, ticket, at)
    return len(tickets)


def counted_by_state(transaction: Transaction) -> Mapping[str, int]:
    """How many actions are in each state."""
    return dict(transaction.rows("SELECT state, count(*) FROM actions GROUP BY state"))
