"""A ticket beside the SLA policies of the file: which one counts, and how its clocks stand.

Computed anew at every look; nothing but what was told is remembered.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from plugin.domain.borrowed import borrowed_clocks_of
from plugin.domain.clocks import ClockState, clocks_of
from plugin.domain.dataclass import dataclass
from plugin.domain.memory import Memory
from plugin.domain.plan import Event
from plugin.domain.settings import Config, Sla
from plugin.domain.situation import Situation
from plugin.domain.sla import Source
from plugin.domain.ticket import Ticket
from plugin.domain.verdict import earliest

UNIT = "s"
"""What the unit of a firing on a clock's event begins with; the event's key follows."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The policy that counts for a ticket, and its clocks.

    `sla` is None when no policy is for this ticket. `problem` says in words why there are no clocks
    although there is a policy. `changes_at` is when time alone may choose another policy.
    """

    sla: Sla | None = None
    clocks: tuple[ClockState, ...] = ()
    changes_at: datetime | None = None
    problem: str = ""

    @property
    def running(self) -> tuple[ClockState, ...]:
        """The clocks that have not stopped."""
        return tuple(clock for clock in self.clocks if not clock.phase.is_final)

    @property
    def most_urgent(self) -> ClockState | None:
        """The running clock that is due first, paused ones last."""
        dated = [clock for clock in self.running if clock.due_at is not None]
        first = min(dated, key=lambda clock: (clock.due_at, clock.key), default=None)
        return first or next(iter(self.running), None)

    def clock_of(self, unit: str) -> ClockState | None:
        """The clock a firing with this unit (`s<key>`) was about; None for any other unit."""
        if not unit.startswith(UNIT):
            return None
        return next(
            (clock for clock in self.clocks if unit[len(UNIT) :].startswith(f"{clock.key}/")), None
        )


NOTHING = Watch()
_FRESH, _SOON, _HOURLY = timedelta(minutes=10), timedelta(minutes=1), timedelta(hours=1)


def watch(config: Config, ticket: Ticket, memory: Memory, now: datetime) -> Watch:
    """Choose the policy and compute its clocks; what a calendar cannot answer becomes `problem`."""
    if not config.sla:
        return NOTHING
    situation = _situation(config, ticket, memory, now)
    chosen, changes_at = None, None
    for sla in config.sla:
        if sla.when.by_time:
            changes_at = earliest((changes_at, sla.when.judge(situation).changes_at))
        if sla.when.holds(situation):
            chosen = sla
            break
    if chosen is None:
        return Watch(changes_at=changes_at)
    try:
        clocks_by = borrowed_clocks_of if chosen.policy.source is Source.HELPDESK else clocks_of
        clocks = clocks_by(
            ticket,
            chosen.policy,
            chosen.calendar,
            now,
            states=ticket.states,
            observed=memory.observed,
        )
    except ValueError as problem:
        return Watch(chosen, changes_at=changes_at, problem=str(problem))
    if chosen.policy.source is Source.HELPDESK and not ticket.is_closed:
        changes_at = earliest((changes_at, now + _patience(ticket, clocks, now)))
    return Watch(chosen, clocks, changes_at)


def _patience(ticket: Ticket, clocks: tuple[ClockState, ...], now: datetime) -> timedelta:
    """How soon to read the ticket again: a host that changes its deadlines tells nobody."""
    is_fresh = not clocks and now - ticket.updated_at < _FRESH
    return _SOON if is_fresh else _HOURLY


def situation_of(
    config: Config,
    ticket: Ticket,
    memory: Memory,
    now: datetime,
    events: tuple[Event, ...] = (),
    *,
    watched: Watch | None = None,
) -> Situation:
    """What the conditions look at; `watched` spares computing the clocks again."""
    if watched is None:
        watched = watch(config, ticket, memory, now)
    return _situation(config, ticket, memory, now, events, watched)


def _situation(
    config: Config,
    ticket: Ticket,
    memory: Memory,
    now: datetime,
    events: tuple[Event, ...] = (),
    watched: Watch | None = None,
) -> Situation:
    return Situation(
        ticket=ticket,
        memory=memory,
        now=now,
        calendar=config.calendars.get(config.defaults.calendar or ""),
        calendars=config.calendars,
        teams=config.teams,
        events=events,
        language=config.defaults.language,
        watch=watched,
    )
