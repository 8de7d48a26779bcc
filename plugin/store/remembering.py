"""Memory as JSON: what `decide` keeps of a ticket, and how it is read back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from plugin.domain.escalation import Escalation
from plugin.domain.memory import ActionRecord, ActionState, Announced, Memory, Seen
from plugin.domain.ticket import Change, Priority, StateType, TicketRef
from plugin.store.encoding import from_json, to_json
from plugin.store.instants import from_micros, to_micros
from plugin.store.requests import waiting
from plugin.store.snapshots import as_plain, from_plain
from plugin.store.transaction import Transaction

_REPLIES_WITHIN = timedelta(hours=24)
_FIRINGS_KEPT = 20

# One row about a ticket, known or not, that says what else is worth asking for: mostly nothing.
_TICKET = """
    SELECT t.memory, t.first_seen_at,
           (SELECT value FROM meta WHERE name = 'pruned_until'),
           EXISTS (SELECT 1 FROM demotions),
           EXISTS (SELECT 1 FROM actions WHERE customer = ? AND name = 'reply' AND state = 'done'
                      AND done_at > ?),
           EXISTS (SELECT 1 FROM requests WHERE helpdesk = ? AND ticket_id = ? AND done_at IS NULL)
      FROM (SELECT 1 AS one) AS it LEFT JOIN tickets t ON t.helpdesk = ? AND t.ticket_id = ?
"""
_ACTIONS = """
    SELECT key, rule, name, state, planned_at, done_at, wrote, replaced, detail, cycle FROM actions
     WHERE helpdesk = ? AND ticket_id = ? ORDER BY planned_at, step, position, key
"""
# Both at once: first about the ticket, whether there is more to ask for in place of a text.
_TICKET_AND_ACTIONS = """
    SELECT 0 AS kind, t.memory AS key, NULL AS rule, NULL AS name, NULL AS state,
           t.first_seen_at AS planned_at,
           (SELECT value FROM meta WHERE name = 'pruned_until') AS done_at,
           NULL AS wrote, NULL AS replaced, NULL AS detail, NULL AS cycle, 0 AS step,
           CASE WHEN EXISTS (SELECT 1 FROM demotions)
                  OR EXISTS (SELECT 1 FROM actions WHERE customer = ? AND name = 'reply'
                                AND state = 'done' AND done_at > ?)
                  OR EXISTS (SELECT 1 FROM requests
                              WHERE helpdesk = ? AND ticket_id = ? AND done_at IS NULL)
                THEN 1 ELSE 0 END AS position
      FROM (SELECT 1 AS one) AS it LEFT JOIN tickets t ON t.helpdesk = ? AND t.ticket_id = ?
     UNION ALL
    SELECT 1, key, rule, name, state, planned_at, done_at, wrote, replaced, detail, cycle, step,
           position FROM actions WHERE helpdesk = ? AND ticket_id = ?
"""
_REPLIES = """
    SELECT done_at FROM actions
     WHERE customer = ? AND name = 'reply' AND state = 'done' AND done_at > ? AND done_at <= ?
     ORDER BY done_at
"""
_DEMOTED = "SELECT rule, reason FROM demotions"


def recall_at_once(
    transaction: Transaction, ref: TicketRef, customer: str, now: datetime, installed_at: datetime
) -> Memory | None:
    """`recall` in one statement; None when there is more to ask for, which is rare."""
    ticket = (ref.helpdesk, ref.id)
    rows = transaction.rows(
        _TICKET_AND_ACTIONS,
        (customer, to_micros(now - _REPLIES_WITHIN), *ticket, *ticket, *ticket),
    )
    about = next(row for row in rows if row[0] == 0)
    _, memory, *_, is_more = about
    if is_more:
        return None
    first_seen_at, pruned_until = about[5:7]
    if memory is None:
        return Memory(ref=ref, installed_at=_since(installed_at, pruned_until))
    planned = [row for row in rows if row[0] == 1]
    planned.sort(key=lambda row: (row[5], *row[-2:], row[1]))  # planned_at, step, position, key
    return Memory(
        ref=ref,
        installed_at=installed_at,
        actions=tuple([_action(row[1:11]) for row in planned]),
        first_seen_at=from_micros(first_seen_at),
        **kept_fields(memory),
    )


def _since(installed_at: datetime, pruned_until: int | None) -> datetime:
    """From when on a ticket nothing is known of is news: it may have been known before the clearing-out."""
    return installed_at if pruned_until is None else max(installed_at, from_micros(pruned_until))


def recall(
    transaction: Transaction, ref: TicketRef, customer: str, now: datetime, installed_at: datetime
) -> Memory:
    """Everything `decide` may know of a ticket."""
    ticket = (ref.helpdesk, ref.id)
    window = (to_micros(now - _REPLIES_WITHIN), to_micros(now))
    ((memory, first_seen_at, pruned_until, has_demoted, has_replies, is_asked),) = transaction.rows(
        _TICKET, (customer, window[0], *ticket, *ticket)
    )
    is_known = memory is not None
    actions = transaction.rows(_ACTIONS, ticket) if is_known else ()
    replies: list[tuple[int]] = []
    if customer and has_replies:
        replies = transaction.rows(_REPLIES, (customer, *window))
    return Memory(
        ref=ref,
        installed_at=installed_at if is_known else _since(installed_at, pruned_until),
        actions=tuple(_action(row) for row in actions),
        customer_replies=tuple(from_micros(done_at) for (done_at,) in replies),
        demoted=dict(transaction.rows(_DEMOTED)) if has_demoted else {},
        requests=waiting(transaction, ref) if is_asked else (),
        **({"first_seen_at": from_micros(first_seen_at), **kept_fields(memory)} if memory else {}),
    )


def _action(row: tuple[Any, ...]) -> ActionRecord:
    key, rule, name, state, planned_at, done_at, wrote, replaced, detail, cycle = row
    return ActionRecord(
        key=key,
        rule=rule,
        name=name,
        state=ActionState(state),
        planned_at=from_micros(planned_at),
        done_at=from_micros(done_at),
        wrote=from_json(wrote),
        replaced=from_json(replaced),
        detail=detail,
        cycle=cycle,
    )


def as_json(memory: Memory) -> str:
    """What is kept of a memory; the rest has tables of its own."""
    seen = memory.seen
    return to_json(
        {
            "seen": None if seen is None else _seen_as_json(seen),
            "cycle": memory.cycle,
            "reopened": memory.reopened,
            "handoffs": memory.handoffs,
            "human_priority": memory.human_priority,
            "looked_at": to_micros(memory.looked_at),
            "closed_at": to_micros(memory.closed_at),
            "fired": {
                rule: [to_micros(at) for at in instants[-_FIRINGS_KEPT:]]
                for rule, instants in memory.fired.items()
            },
            "announced": _announced_as_json(memory.announced),
            "observed": [
                [to_micros(change.at), change.what, change.before, change.after]
                for change in memory.observed
            ],
            "noticed": {what: to_micros(at) for what, at in memory.noticed.items()},
            **({"escalations": as_plain(memory.escalations)} if memory.escalations else {}),
        }
    )


def kept_fields(kept: str) -> dict[str, Any]:
    """The fields of Memory that `as_json` wrote."""
    fields: dict[str, Any] = from_json(kept)
    seen, priority = fields["seen"], fields["human_priority"]
    fields["seen"] = None if seen is None else _seen_from_json(seen)
    fields["human_priority"] = None if priority is None else Priority(priority)
    for name in ("looked_at", "closed_at"):
        fields[name] = from_micros(fields.get(name))
    fields["fired"] = {
        rule: tuple(from_micros(at) for at in instants)
        for rule, instants in fields["fired"].items()
    }
    fields["announced"] = _announced_from_json(fields.get("announced"))
    fields["observed"] = tuple(
        Change(from_micros(at), what, before, after)
        for at, what, before, after in fields.get("observed", ())
    )
    if kept_escalations := fields.get("escalations"):
        fields["escalations"] = tuple(from_plain(Escalation, one) for one in kept_escalations)
    fields["noticed"] = {what: from_micros(at) for what, at in fields.get("noticed", {}).items()}
    return fields


def _announced_as_json(announced: Announced | None) -> dict[str, object] | None:
    if announced is None:
        return None
    return {
        "digest": announced.digest,
        "silent_until": to_micros(announced.silent_until),
        "keys": list(announced.keys),
        "ahead": {key: to_micros(at) for key, at in announced.ahead.items()},
        "running": None if announced.running is None else list(announced.running),
    }


def _announced_from_json(kept: dict[str, Any] | None) -> Announced | None:
    if kept is None:
        return None
    return Announced(
        digest=kept["digest"],
        silent_until=from_micros(kept["silent_until"]),
        keys=tuple(kept["keys"]),
        ahead={key: from_micros(at) for key, at in kept["ahead"].items()},
        running=None if kept.get("running") is None else tuple(kept["running"]),
    )


def _seen_as_json(seen: Seen) -> dict[str, object]:
    return {
        "message_id": seen.message_id,
        "state": seen.state,
        "state_type": seen.state_type,
        "group_id": seen.group_id,
        "owner_id": seen.owner_id,
        "priority": seen.priority,
        "tags": sorted(seen.tags),
        "updated_at": to_micros(seen.updated_at),
        "recent": seen.recent,
    }


def _seen_from_json(fields: dict[str, Any]) -> Seen:
    priority = fields["priority"]
    return Seen(
        message_id=fields["message_id"],
        state=fields["state"],
        state_type=StateType(fields["state_type"]),
        group_id=fields["group_id"],
        owner_id=fields["owner_id"],
        priority=None if priority is None else Priority(priority),
        tags=frozenset(fields["tags"]),
        updated_at=from_micros(fields["updated_at"]),
        recent=tuple(fields.get("recent", ())),
    )
