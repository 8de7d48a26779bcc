"""How long a level has, since when that counts, and which level is due after a silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from plugin.domain.calendar import Calendar
from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Escalation, Phase
from plugin.domain.ladder import HINT, Level
from plugin.domain.level_time import PENDING, counts_from, due_at, idles_from
from plugin.domain.memory import ActionRecord
from plugin.domain.spans import state_spans
from plugin.domain.ticket import Change, MessageKind, Ticket
from plugin.domain.verdict import earliest

PATIENCE = timedelta(minutes=1)
"""How soon to look again at a level whose own actions are not done yet."""


@dataclass(frozen=True, slots=True)
class Due:
    """The level that is due, in which round; `level` None when there is none left.

    `at` is when the level before it ran out, `skipped` are levels whose own time passed meanwhile.
    """

    at: datetime
    level: int | None
    round: int = 0
    skipped: tuple[int, ...] = ()


def lapses_at(
    level: Level, phase: Phase, start: datetime, calendar: Calendar | None
) -> datetime | None:
    """When a level that began at `start` has had its time; None when it may take for ever.

    Acknowledged, it has until `resolve_within`.
    """
    if phase is Phase.ACKNOWLEDGED:
        return due_at(calendar, start, level.resolve_within)
    if phase is not Phase.OPEN:
        return None
    if level.number == HINT:
        return due_at(calendar, start, level.wait)
    return earliest(
        (
            due_at(calendar, start, level.ack_within),
            due_at(calendar, start, level.resolve_within),
        )
    )


def following(escalation: Escalation, level: int) -> int | None:
    """The level after this one, in the same round."""
    numbers = (one.number for one in escalation.policy.levels)
    return next((number for number in numbers if level < number <= escalation.top), None)


def due_of(
    escalation: Escalation,
    actions: Iterable[ActionRecord],
    calendar: Calendar | None,
    now: datetime,
) -> Due | None:
    """What follows when the present level's time is up; None while it is not.

    After downtime the highest level comes whose predecessors' times have all passed, counted one
    after the other; never past the last of a round, and never exhausted before anybody was asked.
    """
    at = lapse_of(escalation, actions, calendar)
    if at is None or at > now:
        return None
    level, climbed = following(escalation, escalation.level), escalation.round
    if level is None:
        if escalation.round >= escalation.policy.repeat:
            return Due(at, None, climbed)
        level, climbed = first_of_round(escalation), climbed + 1
        if level is None:
            return Due(at, None, escalation.round)
    skipped: list[int] = []
    lapsed = at
    while further := following(escalation, level):
        rung = escalation.policy.level(level)
        ends_at = lapses_at(rung, Phase.OPEN, lapsed, calendar) if rung else None
        if ends_at is None or ends_at > now:
            break
        skipped.append(level)
        level, lapsed = further, ends_at
    return Due(at, level, climbed, tuple(skipped))


def lapse_of(
    escalation: Escalation, actions: Iterable[ActionRecord], calendar: Calendar | None
) -> datetime | None:
    """When the present level has had its time; None for never, or while its actions are not done."""
    level = escalation.at
    if level is None or escalation.phase not in {Phase.OPEN, Phase.ACKNOWLEDGED}:
        return None
    start = counts_from(escalation, actions)
    return None if start is None else lapses_at(level, escalation.phase, start, calendar)


def first_of_round(escalation: Escalation) -> int | None:
    """Where a ladder that is climbed again begins: where it started, but never with the hint."""
    start = max(HINT + 1, escalation.start)
    return following(escalation, start - 1)


def worked_at(escalation: Escalation, ticket: Ticket, observed: Sequence[Change] = ()) -> datetime:
    """When an agent last did anything on the ticket, or acknowledged, or it ceased to be pending."""
    instants = [escalation.acknowledged_at or escalation.changed_at]
    if ticket.touched_at is not None:
        instants.append(ticket.touched_at)
    instants += [
        message.created_at
        for message in ticket.messages
        if message.by_human and message.kind is not MessageKind.CUSTOMER
    ]
    spans = state_spans(ticket, ticket.states, observed)
    instants += [span.end for span in spans if span.type in PENDING and span.end is not None]
    return max(instants)


def idle_at(
    escalation: Escalation,
    ticket: Ticket,
    calendar: Calendar | None,
    observed: Sequence[Change] = (),
) -> datetime | None:
    """When an acknowledged escalation opens again if nobody works on it; not while it is pending."""
    if escalation.phase is not Phase.ACKNOWLEDGED:
        return None
    start = idles_from(worked_at(escalation, ticket, observed), ticket)
    return None if start is None else due_at(calendar, start, escalation.policy.ack_timeout)


def looks_again_at(
    escalation: Escalation,
    ticket: Ticket,
    actions: Iterable[ActionRecord],
    calendar: Calendar | None,
    now: datetime,
    observed: Sequence[Change] = (),
) -> tuple[datetime, str] | None:
    """The next instant at which time alone moves the escalation, and what would happen."""
    if escalation.gone_since is not None:  # nobody is troubled for a cause that seems to be gone
        return escalation.gone_since + escalation.policy.settle, "its cause stays gone"
    known = tuple(actions)
    coming: list[tuple[datetime, str]] = []
    if escalation.phase is Phase.SNOOZED and escalation.snoozed_until:
        coming.append((escalation.snoozed_until, "the snooze is over"))
    if (idle := idle_at(escalation, ticket, calendar, observed)) is not None:
        coming.append((idle, "nobody worked on it"))
    level = escalation.at
    if level is not None and escalation.phase in {Phase.OPEN, Phase.ACKNOWLEDGED}:
        start = counts_from(escalation, known)
        lapse = lapses_at(level, escalation.phase, start or escalation.entered_at, calendar)
        if lapse is not None and start is None:
            lapse = max(lapse, now + PATIENCE)
        if lapse is not None:
            coming.append((lapse, f"level {level.number} has had its time"))
    return min(coming, default=None)
