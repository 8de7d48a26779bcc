"""Messages to people that wait: held, claimed with a lease, told once, dropped when no longer true."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from plugin.domain.escalation import Phase
from plugin.domain.ladder import Urgency
from plugin.domain.notices import UNSURE, ClaimedNotice, HeldNotice, NoticeKind, NoticeState
from plugin.domain.ticket import TicketRef
from plugin.store.encoding import from_json, storable
from plugin.store.instants import from_micros, to_micros
from plugin.store.transaction import Row, Transaction

_FIELDS = (
    "key, recipient, channel, helpdesk, ticket_id, number, url, title, body, urgency, at, due_at,"
    " kind, escalation, step, person"
)
_HOLD = f"""
    INSERT INTO notices ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE
       SET state = 'held', title = excluded.title, body = excluded.body, attempts = 0,
           due_at = excluded.due_at, token = NULL, held_until = NULL
     WHERE notices.state = 'failed'
"""  # noqa: S608 - our own words
_STATE = "SELECT state FROM notices WHERE key = ?"
_IS_FREE = "state = 'held' AND (token IS NULL OR held_until <= ?)"
_DUE = f"""
    SELECT id, recipient, channel, urgency FROM notices
     WHERE {_IS_FREE} AND due_at <= ? {{of}} ORDER BY due_at, id LIMIT ? {{lock_free}}
"""  # noqa: S608 - our own words
_WITH_IT = f"""
    SELECT id FROM notices
     WHERE recipient = ? AND channel = ? AND urgency = 'digest' AND {_IS_FREE} {{of}}
     ORDER BY id LIMIT ? {{lock_free}}
"""  # noqa: S608 - our own words
_BY_KEY = f"SELECT id FROM notices WHERE key = ? AND {_IS_FREE} {{lock_free}}"  # noqa: S608
# While somebody has it, it is due again at the end of the lease.
_CLAIM = """
    UPDATE notices SET token = ?, held_until = ?, due_at = ?, attempts = attempts + 1 WHERE id = ?
"""
_CLAIMED = f"SELECT id, attempts, {_FIELDS} FROM notices WHERE id = ?"  # noqa: S608
_SETTLE = """
    UPDATE notices SET state = ?, token = NULL, held_until = NULL, title = '', body = '', told_at = ?
     WHERE id = ? AND token = ?
"""
_AGAIN = """
    UPDATE notices SET token = NULL, held_until = NULL, due_at = ?, attempts = ?, told_at = ?
     WHERE id = ? AND token = ?
"""
_TICKETS = "SELECT memory FROM tickets WHERE helpdesk = ? AND ticket_id = ?"


_TRUE_IN = {
    NoticeKind.LEVEL: {Phase.OPEN},
    NoticeKind.ESCALATION: {Phase.OPEN, Phase.SNOOZED, Phase.EXHAUSTED},
    NoticeKind.EXHAUSTED: {Phase.EXHAUSTED},
}
"""In which phases of the escalation a message is still true."""


def hold(transaction: Transaction, notices: Sequence[HeldNotice]) -> dict[str, NoticeState]:
    """See `Noticing.hold`."""
    transaction.change_each(_HOLD, [_row(one) for one in notices])
    states: dict[str, NoticeState] = {}
    for one in notices:
        ((state,),) = transaction.rows(_STATE, (one.key,))
        states[one.key] = NoticeState(state)
    return states


def _row(notice: HeldNotice) -> Row:
    return (
        notice.key,
        notice.recipient,
        notice.channel,
        notice.ref.helpdesk,
        notice.ref.id,
        storable(notice.number),
        storable(notice.url),
        storable(notice.title),
        storable(notice.body),
        notice.urgency.value,
        to_micros(notice.at),
        to_micros(notice.due_at),
        notice.kind.value,
        notice.escalation,
        notice.step,
        storable(notice.person),
    )


def claim(
    transaction: Transaction,
    now: datetime,
    limit: int,
    keys: Collection[str] | None,
    helpdesks: Collection[str] | None = None,
) -> list[ClaimedNotice]:
    """See `Noticing.claim_notices`."""
    at = to_micros(now)
    if keys is not None:
        chosen = _named(transaction, at, keys)
    else:
        chosen = _due(transaction, at, limit, helpdesks)
    if not chosen:
        return []
    token, until = uuid4().hex, to_micros(now + UNSURE)
    transaction.change_each(_CLAIM, [(token, until, until, one) for one in chosen])
    standing: dict[tuple[str, int], dict[int, tuple[str, int]] | None] = {}
    taken = [
        _claimed(transaction, row, token, standing)
        for one in chosen
        for row in transaction.rows(_CLAIMED, (one,))
    ]
    return sorted(taken, key=_by_recipient)


def _by_recipient(taken: ClaimedNotice) -> tuple[str, str, datetime, int]:
    notice = taken.notice
    return notice.recipient, notice.channel, notice.at, taken.id


def _of(helpdesks: Collection[str] | None) -> tuple[str, tuple[str, ...]]:
    """The clause that leaves out the tickets of all other helpdesks, and what stands for its marks."""
    if helpdesks is None:
        return "", ()
    return f"AND helpdesk IN ({', '.join('?' * len(helpdesks))})", tuple(sorted(helpdesks))


def _due(
    transaction: Transaction, at: int, limit: int, helpdesks: Collection[str] | None
) -> list[int]:
    of, names = _of(helpdesks)
    due = _DUE.format(lock_free=transaction.lock_free, of=of)
    rows = transaction.rows(due, (at, at, *names, limit))
    chosen = {row[0]: None for row in rows}
    groups = {(row[1], row[2]) for row in rows if row[3] != Urgency.PAGE}
    sql = _WITH_IT.format(lock_free=transaction.lock_free, of=of)
    for group in sorted(groups):
        for (one,) in transaction.rows(sql, (*group, at, *names, limit)):
            chosen[one] = None
    return list(chosen)


def _named(transaction: Transaction, at: int, keys: Collection[str]) -> list[int]:
    sql = _BY_KEY.format(lock_free=transaction.lock_free)
    return [row[0] for key in sorted(set(keys)) for row in transaction.rows(sql, (key, at))]


def _claimed(
    transaction: Transaction,
    row: Sequence[Any],
    token: str,
    standing: dict[tuple[str, int], dict[int, tuple[str, int]] | None],
) -> ClaimedNotice:
    number, attempts = row[:2]
    notice = _notice(row[2:])
    ticket = (notice.ref.helpdesk, notice.ref.id)
    if ticket not in standing:
        standing[ticket] = _standing(transaction, ticket)
    stale = _stale(notice, standing[ticket])
    return ClaimedNotice(number, token, attempts - 1, notice, stale)


def _notice(row: Sequence[Any]) -> HeldNotice:
    key, recipient, channel, helpdesk, ticket, number, url, title, body, urgency = row[:10]
    at, due_at, kind, escalation, step, person = row[10:]
    return HeldNotice(
        key=key,
        recipient=recipient,
        channel=channel,
        ref=TicketRef(helpdesk, ticket),
        number=number,
        url=url,
        title=title,
        body=body,
        urgency=Urgency(urgency),
        at=from_micros(at),
        due_at=from_micros(due_at),
        kind=NoticeKind(kind),
        escalation=escalation,
        step=step,
        person=person,
    )


def _standing(
    transaction: Transaction, ticket: tuple[str, int]
) -> dict[int, tuple[str, int]] | None:
    """Phase and step of each escalation of a ticket, by number; None for a ticket not known."""
    found = transaction.rows(_TICKETS, ticket)
    if not found:
        return None
    kept = from_json(found[0][0]).get("escalations", ())
    return {one["number"]: (one["phase"], one["entered_step"]) for one in kept}


def _stale(notice: HeldNotice, standing: Mapping[int, tuple[str, int]] | None) -> str:
    if standing is None:
        return "the ticket is not known any more"
    if notice.kind is NoticeKind.RULE or notice.escalation is None:
        return ""
    if notice.escalation not in standing:
        return "the escalation is long over"
    phase, step = standing[notice.escalation]
    if phase not in _TRUE_IN[notice.kind]:
        return f"the escalation is {phase}"
    if notice.kind is NoticeKind.LEVEL and step != notice.step:
        return "the ladder has gone on"
    return ""


def settle(
    transaction: Transaction,
    claimed: Sequence[ClaimedNotice],
    state: NoticeState,
    now: datetime,
    again_at: datetime | None,
) -> None:
    """See `Noticing.settle_notices`. What is final keeps no text."""
    told_at = to_micros(now) if state is NoticeState.TOLD else None
    if again_at is None:
        rows = [(state.value, told_at, one.id, one.token) for one in claimed]
        transaction.change_each(_SETTLE, rows)
        return
    due_at = to_micros(again_at)
    for one in claimed:
        attempts = 0 if state is NoticeState.TOLD else one.attempts + 1
        transaction.change(_AGAIN, (due_at, attempts, told_at, one.id, one.token))


def next_due(transaction: Transaction, helpdesks: Collection[str] | None = None) -> datetime | None:
    """When the first message is due."""
    of, names = _of(helpdesks)
    sql = f"SELECT due_at FROM notices WHERE state = 'held' {of} ORDER BY due_at LIMIT 1"  # noqa: S608
    found = transaction.rows(sql, names)
    return from_micros(found[0][0]) if found else None


def count_open(transaction: Transaction) -> dict[NoticeState, int]:
    """See `Noticing.notices_open`."""
    sql = (
        "SELECT state, count(*) FROM notices WHERE state IN ('held', 'failed')"
        " GROUP BY state ORDER BY state DESC"
    )
    return {NoticeState(state): int(count) for state, count in transaction.rows(sql)}
