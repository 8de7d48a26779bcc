"""The ladders of a ticket, explained: where each stands, who had it, what comes next, what stops it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Escalation, Phase, Source
from plugin.domain.ladder import HINT, Level
from plugin.domain.level_time import PENDING, actions_of, calendar_of, counts_from
from plugin.domain.memory import ActionState, Memory
from plugin.domain.settings import Config
from plugin.domain.ticket import Ticket
from plugin.domain.transitions import Signal, move_of
from plugin.engine.ladders.timing import (
    first_of_round,
    following,
    idle_at,
    lapse_of,
)

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_OVER_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Coming:
    """What time alone will do, and when; `at` None while it is not known yet, or never."""

    what: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class LadderExplanation:
    """One escalation. `given` says in words who got the ticket, `taken` its steps with their why."""

    number: int
    policy: str
    phase: Phase
    level: int
    level_name: str
    kind: str
    opened_at: datetime
    causes: tuple[str, ...]
    given: tuple[tuple[datetime | None, str], ...]
    taken: tuple[tuple[datetime, str], ...]
    next: tuple[Coming, ...]
    stops: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """For a script; instants are ISO 8601 in UTC."""
        return {
            "number": self.number,
            "policy": self.policy,
            "state": self.phase.value,
            "level": self.level,
            "level_name": self.level_name,
            "type": self.kind,
            "opened_at": _iso(self.opened_at),
            "causes": list(self.causes),
            "given": [{"at": _iso(at), "what": what} for at, what in self.given],
            "steps": [{"at": _iso(at), "what": what} for at, what in self.taken],
            "next": [{"at": _iso(one.at), "what": one.what} for one in self.next],
            "stopped_by": list(self.stops),
        }

    def lines(self, zone: ZoneInfo) -> Iterator[str]:
        """For a person, in the given zone."""
        name = f" ({self.level_name})" if self.level_name else ""
        yield f"Escalation {self.number}: {self.policy}, level {self.level}{name}, {self.phase}"
        for cause in self.causes:
            yield f"    because {cause}"
        for at, what in self.taken:
            yield f"    {_local(at, zone)}  {what}"
        for done_at, what in self.given:
            yield f"    {_local(done_at, zone)}  {what}"
        for one in self.next:
            when = _local(one.at, zone) if one.at else "by nobody's clock"
            yield f"    next  {when}: {one.what}"
        if self.stops:
            yield f"    it stops with: {'; '.join(self.stops)}"


def explain_ladders(
    config: Config, ticket: Ticket, memory: Memory, now: datetime
) -> tuple[LadderExplanation, ...]:
    """Those that run and the last that are over, the newest first; `memory` is that after a look."""
    running = [one for one in memory.escalations if not one.phase.is_over]
    over = [one for one in memory.escalations if one.phase.is_over][-_OVER_SHOWN:]
    shown = sorted((*running, *over), key=lambda one: -one.number)
    return tuple(_explained(one, config, ticket, memory, now) for one in shown)


def _explained(
    one: Escalation, config: Config, ticket: Ticket, memory: Memory, now: datetime
) -> LadderExplanation:
    level = one.at
    done = (
        record
        for record in actions_of(one, memory.actions)
        if record.name in {"assign", "subscribe"} and record.state is ActionState.DONE
    )
    return LadderExplanation(
        number=one.number,
        policy=one.policy.name,
        phase=one.phase,
        level=one.level,
        level_name=level.name if level else "",
        kind=(level.kind if level else one.policy.kind).value,
        opened_at=one.opened_at,
        causes=tuple(_causes(one)),
        given=tuple((record.done_at, record.detail) for record in done),
        taken=tuple((step.at, _step(one, step.number)) for step in one.taken),
        next=tuple(_coming(one, config, ticket, memory, now)),
        stops=tuple(_stops(one)),
    )


def _causes(one: Escalation) -> Iterator[str]:
    for cause in one.causes:
        named = {
            Source.RULE: f"rule {cause.rule!r}",
            Source.NOTE: f"{cause.by or 'an agent'} asked for it in a note",
            Source.TAG: "the tag asked for it",
            Source.OUTSIDE: f"{cause.by or 'another system'} asked for it",
        }[cause.source]
        more = "; ".join(filter(None, (cause.reason, cause.why)))
        gone = ", which the other system has closed" if cause.gone_at else ""
        yield f"{named}{f': {more}' if more else ''}{gone}"


def _step(one: Escalation, number: int) -> str:
    step = next(step for step in one.taken if step.number == number)
    what = f"level {step.level}" if step.what == "level" else step.what
    by = f" by {step.by}" if step.by else ""
    skipped = f", passing over level {', '.join(map(str, step.skipped))}" if step.skipped else ""
    climbed = f" (round {step.round + 1})" if step.round else ""
    return f"{what}{climbed}{by}: {step.why}{skipped}"


def _coming(
    one: Escalation, config: Config, ticket: Ticket, memory: Memory, now: datetime
) -> Iterator[Coming]:
    calendar = calendar_of(config, one.policy)
    if one.phase.is_over:
        return
    if one.gone_since is not None:
        at = one.gone_since + one.policy.settle
        yield Coming("it is resolved, if its cause stays gone", max(at, now))
        return
    if one.phase is Phase.SUGGESTED:
        yield Coming("nothing before somebody writes /accept or /reject", None)
    elif one.phase is Phase.SNOOZED:
        yield Coming(f"level {one.level} is asked again", one.snoozed_until)
    elif one.phase is Phase.EXHAUSTED:
        yield Coming("nothing: it stays in every digest until somebody acts", None)
    else:
        yield from _climbing(one, config, memory)
    if (idle := idle_at(one, ticket, calendar, memory.observed)) is not None:
        yield Coming(f"level {one.level} is asked again, if nobody works on it", idle)
    elif one.phase is Phase.ACKNOWLEDGED and ticket.state.type in PENDING:
        yield Coming(f"level {one.level} is not asked again while the ticket is pending", None)


def _climbing(one: Escalation, config: Config, memory: Memory) -> Iterator[Coming]:
    if counts_from(one, memory.actions) is None:
        yield Coming(f"the time of level {one.level} begins when its actions are done", None)
        return
    at = lapse_of(one, memory.actions, calendar_of(config, one.policy))
    if at is None:
        if one.phase is Phase.OPEN:
            yield Coming("nothing: this level has no `ack_within`", None)
        return
    level, again = following(one, one.level), ""
    if level is None and one.round < one.policy.repeat:
        level, again = first_of_round(one), ", climbed again"
    if level is None:
        yield Coming("it is exhausted", at)
        return
    yield Coming(f"level {level}{again}{_who(one.policy.level(level), config)}", at)


def _who(level: Level | None, config: Config) -> str:
    """Whom a level will ask, as the policy says; addresses stay out."""
    who = level.responsible if level else None
    if who is None:
        return ""
    if who.team:
        team = config.teams.get(who.team)
        skill = f" who knows {who.skill}" if who.skill else ""
        return f", somebody of {team.group if team else who.team}{skill}"
    return f", the lead of {who.lead}" if who.lead else ", the person the policy names"


def _stops(one: Escalation) -> Iterator[str]:
    if one.phase.is_over:
        return
    if one.phase is Phase.SUGGESTED:
        yield "/reject, or closing the ticket"
        return
    if one.level == HINT:
        yield "an answer to the customer within the grace of the hint"
    else:
        yield "an answer to the customer by the owner or whoever had it"
    yield "taking the ticket"
    snooze = ", /handback or /snooze" if move_of(one.phase, Signal.SNOOZE) else " or /handback"
    yield f"/ack{snooze} in a note"
    yield "closing the ticket"
    if any(cause.clock for cause in one.causes):
        yield "the SLA clock stopping, when there is no other cause"
    if any(cause.reference for cause in one.causes):
        yield "the other system closing its case"


def _local(instant: datetime | None, zone: ZoneInfo) -> str:
    if instant is None:
        return "not yet"
    local = instant.astimezone(zone)
    return f"{_WEEKDAYS[local.weekday()]} {local:%Y-%m-%d %H:%M}"


def _iso(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat() if instant else None
