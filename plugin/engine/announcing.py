"""Which events of the SLA clocks are news: each once, and only what is still true.

A clock knows at every look all it has told since it began. What was told is remembered by key, so
that nothing is told twice. Not told at all:

* what happened before a ticket older than this installation was first seen;
* what a changed file moves into the past;
* what is no longer so when we hear of it: a warning after the breach, a breach after the answer. This
  is what makes the first look after hours of downtime say one thing and not five.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from plugin.domain.clocks import ClockEvent, ClockState, Phase, timeline_of
from plugin.domain.dataclass import dataclass
from plugin.domain.memory import Announced, Memory
from plugin.domain.plan import ClockMark, Event, Timer
from plugin.domain.settings import Config
from plugin.domain.ticket import Ticket
from plugin.domain.verdict import earliest
from plugin.domain.watching import Watch
from plugin.texts.times import say_instant

TIMER = "SLA clocks"
AT_RISK, BREACHED, MET = "sla.at_risk", "sla.breached", "sla.met"
_KEPT = 60
_LATE = timedelta(minutes=10)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Announcement:
    """The events to tell, oldest first, what is to be remembered, and when to look again."""

    events: tuple[Event, ...]
    memory: Announced | None
    timers: tuple[Timer, ...]


def announce(
    config: Config, ticket: Ticket, memory: Memory, watched: Watch, now: datetime
) -> Announcement:
    """Compare what the clocks say with what was told. `memory` is that before the look."""
    if not config.sla:
        return Announcement((), memory.announced, ())
    before = memory.announced or Announced(
        config.sla_digest, silent_until=_first_silence(config, ticket, memory, now)
    )
    ahead: dict[str, datetime] = {}
    happened: dict[str, datetime] = {}
    fresh: list[str] = []
    events: list[Event] = []
    for clock in watched.clocks:
        timeline = timeline_of(clock)
        ahead |= {one.key: one.at for one in timeline if one.at > now and not _told(one, before)}
        happened |= {one.key: one.at for one in timeline if one.at <= now}
        news = [one for one in timeline if one.at <= now and not _told(one, before)]
        if clock.phase is Phase.PAUSED:
            continue  # what is paused is told when it goes on
        fresh += [one.key for one in news]
        loud = [one for one in news if not _was_moved_here(one, before, config)]
        events += [_event(one, clock, watched, now) for one in _still_true(clock, loud)]
    events.sort(key=lambda event: event.at)
    kept = _remembered(before, config, fresh, happened, ahead)
    running = None if watched.problem else tuple(clock.key for clock in watched.running)
    return Announcement(
        tuple(events),
        replace(kept, running=running),
        tuple(_timers(ahead, watched, now)),
    )


def _first_silence(
    config: Config, ticket: Ticket, memory: Memory, now: datetime
) -> datetime | None:
    """Up to when nothing is told on a ticket whose clocks are looked at for the first time."""
    if memory.seen is not None:
        return config.loaded_at
    return now if ticket.created_at < memory.installed_at else None


def _told(event: ClockEvent, before: Announced) -> bool:
    """True for what was told, and for what lies where nothing is told."""
    is_old = before.silent_until is not None and event.at <= before.silent_until
    return is_old or event.key in before.keys


def _was_moved_here(event: ClockEvent, before: Announced, config: Config) -> bool:
    """True for what a changed file put into the past; what was to come anyway has come."""
    if before.digest == config.sla_digest:
        return False
    return event.at <= config.loaded_at and before.ahead.get(event.key) != event.at


def _still_true(clock: ClockState, fresh: Sequence[ClockEvent]) -> list[ClockEvent]:
    """The last thing that happened, if it is so now."""
    wanted = AT_RISK
    if clock.phase.is_final:
        wanted = MET
    elif clock.phase is Phase.BREACHED:
        wanted = BREACHED
    return [event for event in fresh if event.name == wanted][-1:]


def _event(event: ClockEvent, clock: ClockState, watched: Watch, now: datetime) -> Event:
    why = f"{event.why} (SLA policy \u2018{clock.policy}\u2019)"
    if now - event.at > _LATE:
        zone = watched.sla.calendar.timezone if watched.sla else None
        why += f", told late: it was so on {say_instant(event.at, 'en', zone, now)}"
    return Event(event.name, event.at, why, clock=ClockMark(event.key, clock.metric, clock.policy))


def _remembered(
    before: Announced,
    config: Config,
    fresh: Sequence[str],
    happened: dict[str, datetime],
    ahead: dict[str, datetime],
) -> Announced:
    """The newest keys; what is older than those forgotten stays untold for ever."""
    keys = (*before.keys, *sorted(fresh, key=lambda key: happened[key]))
    forgotten = [happened[key] for key in keys[:-_KEPT] if key in happened]
    instants = [at for at in (before.silent_until, *forgotten) if at is not None]
    return replace(
        before,
        digest=config.sla_digest,
        keys=keys[-_KEPT:],
        ahead=ahead,
        silent_until=max(instants, default=None),
    )


def _timers(ahead: dict[str, datetime], watched: Watch, now: datetime) -> Iterator[Timer]:
    due_at = earliest((*ahead.values(), watched.changes_at))
    if due_at is not None:
        key = next((key for key, at in ahead.items() if at == due_at), "another policy may count")
        yield Timer(TIMER, max(due_at, now + _TICK), key)
