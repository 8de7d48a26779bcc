"""Storing what was decided: memory, timers, actions and the done deliveries, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Escalation
from plugin.domain.plan import Plan, PlannedAction
from plugin.domain.storing import Claim
from plugin.domain.ticket import TicketRef
from plugin.store.encoding import storable, to_json
from plugin.store.instants import to_micros
from plugin.store.journal import append
from plugin.store.remembering import as_json
from plugin.store.requests import taken_in
from plugin.store.together import change, change_tickets, with_ids
from plugin.store.transaction import Row, Transaction
from plugin.store.work import free

_HELD_UNDER = """
    SELECT helpdesk, ticket_id, token FROM work
     WHERE helpdesk = ? AND ticket_id IN ({ids}) ORDER BY helpdesk, ticket_id
"""
_REMEMBER = """
    INSERT INTO tickets (helpdesk, ticket_id, customer, first_seen_at, decided_at, closed, memory)
    VALUES {rows}
    ON CONFLICT (helpdesk, ticket_id) DO UPDATE
       SET customer = excluded.customer, decided_at = excluded.decided_at,
           closed = excluded.closed, memory = excluded.memory
"""
_FORGET_TIMERS = "DELETE FROM timers WHERE helpdesk = ? AND ticket_id IN ({ids})"
_ARM = "INSERT INTO timers (helpdesk, ticket_id, name, due_at, why) VALUES {rows}"
_PLAN = """
    INSERT INTO actions (key, helpdesk, ticket_id, customer, rule, name, params, step, position,
                         why, cycle, state, detail, planned_at, not_before, drop_after)
    VALUES {rows}
    ON CONFLICT (key) DO NOTHING
"""
_DONE = """
    WITH looked_into (at, id) AS (VALUES {rows})
    UPDATE deliveries
       SET done_at = (SELECT at FROM looked_into WHERE looked_into.id = deliveries.id)
     WHERE id IN (SELECT id FROM looked_into) AND done_at IS NULL
"""
_SUCCEEDED = """
    UPDATE work SET attempts = 0, not_before = 0, why = '' WHERE helpdesk = ? AND ticket_id = ?
"""
_DEMOTE = """
    INSERT INTO demotions (rule, reason, at) VALUES (?, ?, ?)
    ON CONFLICT (rule) DO NOTHING
"""
_ESCALATE = """
    INSERT INTO escalations (helpdesk, ticket_id, number, policy, digest, phase, level, reason,
                             responsible, over, opened_at, changed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (helpdesk, ticket_id, number) DO UPDATE
       SET phase = excluded.phase, level = excluded.level, reason = excluded.reason,
           responsible = excluded.responsible, over = excluded.over,
           changed_at = excluded.changed_at
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """One plan as rows, made by the thread that has it, so that the writing thread only writes."""

    claim: Claim
    decided_at: int
    ticket: Row
    timers: list[Row]
    actions: list[Row]
    demotions: list[Row]
    requests: list[tuple[int, int]]
    escalations: list[Row]


def rows_of(claim: Claim, plan: Plan, customer: str) -> Rows:
    """Raises TypeError when an action's parameters are not plain JSON data."""
    ref = plan.ref
    at = to_micros(plan.decided_at)
    seen = plan.memory.seen
    first_seen_at = to_micros(plan.memory.first_seen_at or plan.decided_at)
    closed = seen is not None and seen.state_type.is_closed
    memory = as_json(plan.memory)
    return Rows(
        claim=claim,
        decided_at=at,
        ticket=(ref.helpdesk, ref.id, customer, first_seen_at, at, closed, memory),
        timers=[
            (ref.helpdesk, ref.id, timer.name, to_micros(timer.due_at), storable(timer.why))
            for timer in plan.timers
        ],
        actions=[_action(action, customer, at) for action in plan.actions],
        demotions=[(rule, storable(reason), at) for rule, reason in plan.demote.items()],
        requests=[(at, request) for request in plan.requests],
        escalations=[
            _escalation(one, ref)
            for one in plan.memory.escalations
            if not one.phase.is_over or one.changed_at == plan.decided_at
        ],
    )


def _action(action: PlannedAction, customer: str, planned_at: int) -> Row:
    not_before = planned_at if action.not_before is None else to_micros(action.not_before)
    return (
        action.key,
        action.ref.helpdesk,
        action.ref.id,
        customer,
        action.rule,
        action.name,
        to_json(action.params),
        int(action.step),
        action.position,
        storable(action.why),
        action.cycle,
        action.state.value,
        storable(action.detail),
        planned_at,
        not_before,
        to_micros(action.drop_after),
    )


def _escalation(one: Escalation, ref: TicketRef) -> Row:
    """What lists of all escalations need; everything else is in the ticket's memory."""
    reasons = [cause.reason or cause.rule or cause.source.value for cause in one.causes]
    return (
        ref.helpdesk,
        ref.id,
        one.number,
        one.policy.name,
        one.policy.digest,
        one.phase.value,
        one.level,
        storable("; ".join(dict.fromkeys(reasons))),
        one.had[-1] if one.had else "",
        one.phase.is_over,
        to_micros(one.opened_at),
        to_micros(one.changed_at),
    )


def store(
    transaction: Transaction,
    plans: Sequence[Rows],
    audit: Sequence[tuple[TicketRef | None, Row]],
    release: Sequence[Claim],
) -> list[TicketRef]:
    """Write all plans whose ticket is still held; the tickets of the others are the answer."""
    held = _held(transaction, plans)
    lost = [p.claim.ref for p in plans if (*p.ticket[:2], p.claim.token) not in held]
    good = [p for p in plans if (*p.ticket[:2], p.claim.token) in held]
    tickets = [plan.ticket[:2] for plan in good]
    change(transaction, _REMEMBER, [plan.ticket for plan in good])
    change_tickets(transaction, _FORGET_TIMERS, tickets)
    change(transaction, _ARM, [row for plan in good for row in plan.timers])
    change(transaction, _PLAN, [row for plan in good for row in plan.actions])
    done = [(plan.decided_at, one) for plan in good for one in plan.claim.delivery_ids]
    change(transaction, _DONE, done)
    taken_in(transaction, [row for plan in good for row in plan.requests])
    transaction.change_each(_ESCALATE, [row for plan in good for row in plan.escalations])
    tried_before = [plan.ticket[:2] for plan in good if plan.claim.attempts]
    transaction.change_each(_SUCCEEDED, tried_before)
    transaction.change_each(_DEMOTE, [row for plan in good for row in plan.demotions])
    append(transaction, [line for ref, line in audit if ref not in lost])
    free(transaction, release)
    return lost


def _held(transaction: Transaction, plans: Sequence[Rows]) -> set[tuple[str, int, str]]:
    """Which of the tickets are held under which token, as plain tuples: this runs for every look."""
    asked: dict[str, list[int]] = {}
    for plan in plans:
        asked.setdefault(plan.claim.ref.helpdesk, []).append(plan.claim.ref.id)
    held: set[tuple[str, int, str]] = set()
    for helpdesk, ids in sorted(asked.items()):
        sql = f"{with_ids(_HELD_UNDER, len(ids))} {transaction.lock}"
        held.update(transaction.rows(sql, (helpdesk, *ids)))
    return held
