"""One ticket's looks: those that were taken up to an instant, and those that will be if nobody does anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from plugin.domain.memory import ActionRecord, Memory
from plugin.domain.past import Past, Staff
from plugin.domain.plan import Event, Plan, PlannedAction, RuleOutcome
from plugin.domain.settings import Config
from plugin.domain.ticket import Ticket, TicketRef
from plugin.history.live import Live
from plugin.history.replay import Replay
from plugin.history.rewinding import Timeline
from plugin.history.shelf import Shelf

FARTHEST = timedelta(days=366)
"""How far ahead is looked."""

_MOST_LOOKS = 5000
_JUST_BEFORE = timedelta(microseconds=1)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(slots=True)
class Look:
    """One look at which something happened: events, rules that fired, what became of actions."""

    at: datetime
    events: tuple[Event, ...] = ()
    fired: tuple[RuleOutcome, ...] = ()
    actions: list[ActionRecord] = field(default_factory=list)
    waits: list[tuple[str, str]] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        """True when something happened in it."""
        return bool(self.events or self.fired or self.actions or self.waits)

    def as_json(self) -> dict[str, object]:
        """For a script; instants are ISO 8601 in UTC."""
        return {
            "at": self.at.astimezone(UTC).isoformat(),
            "events": [{"name": one.name, "why": one.why} for one in self.events],
            "fired": [{"rule": one.rule, "why": one.why} for one in self.fired],
            "actions": [
                {
                    "rule": one.rule,
                    "action": one.name,
                    "outcome": one.state.value,
                    "detail": one.detail,
                }
                for one in self.actions
            ],
        }

    def lines(self, zone: ZoneInfo) -> Iterator[str]:
        """For a person."""
        local = self.at.astimezone(zone)
        yield f"  {_WEEKDAYS[local.weekday()]} {local:%Y-%m-%d %H:%M:%S %z}"
        yield from (f"    {one.name}: {one.why}" for one in self.events)
        yield from (f"    rule {one.rule!r} fires: {one.why}" for one in self.fired)
        for record in self.actions:
            detail = f" ({record.detail})" if record.detail else ""
            yield f"      {record.name} by rule {record.rule!r}: {record.state.value}{detail}"


@dataclass
class _Listener:
    """Writes down every look at which something happened."""

    looks: list[Look] = field(default_factory=list)

    def decided(self, _live: Live, _timeline: Timeline, _ticket: Ticket, plan: Plan) -> None:
        fired = tuple(one for one in plan.outcomes if one.fired)
        look = Look(plan.decided_at, plan.events, fired)
        if look.says_something:
            self.looks.append(look)

    def did(self, _live: Live, _action: PlannedAction, record: ActionRecord, at: datetime) -> None:
        self._at(at).actions.append(record)

    def held(self, _live: Live, action: PlannedAction, why: str, at: datetime) -> None:
        self._at(at).waits.append((action.name, why))

    def left(self, _live: Live, _timeline: Timeline, _ticket: Ticket) -> None:
        pass

    def failed(self, _ref: TicketRef) -> None:
        pass

    def _at(self, at: datetime) -> Look:
        if not self.looks or self.looks[-1].at != at:
            self.looks.append(Look(at))
        return self.looks[-1]


@dataclass(frozen=True, slots=True)
class Then:
    """A ticket as it was at an instant, what was remembered of it, and the looks up to then.

    `past` ends at the instant: what came later is not in it.
    """

    ticket: Ticket
    memory: Memory
    past: Past
    looks: tuple[Look, ...]


def rebuild(
    config: Config,
    past: Past,
    staff: Staff,
    at: datetime,
    *,
    installed_at: datetime | None = None,
    actions: Sequence[ActionRecord] | None = None,
) -> Then | None:
    """The ticket at an instant, and what Deskladder then remembered; None before it was created.

    With `actions`, those of the store, what Deskladder did is taken as it happened; without them it is
    done again as the file says now. `installed_at` None, or after the instant: as if it had always
    been there.
    """
    first = past.ticket.created_at
    begin = installed_at if installed_at is not None and installed_at <= at else first
    ours = actions is not None
    listener = _Listener()
    replay = Replay(
        config,
        {past.ticket.ref.helpdesk: Shelf([past], staff, ours=ours)},
        since=max(begin, first),
        until=at - _JUST_BEFORE,
        watcher=listener,
        ours=ours,
        installed_at=begin,
        actions=actions,
        keeps_all=True,
    )
    replay.run()
    timeline = replay.timeline(past.ticket.ref)
    live = replay.live(past.ticket.ref)
    ticket = timeline.at(at, live.effects if live else None)
    if ticket is None:
        return None
    memory = replay.memory(live, at) if live else Memory(past.ticket.ref, installed_at=begin)
    tagging = past.tagging
    known = replace(
        past,
        ticket=ticket,
        tagging=None if tagging is None else tuple(one for one in tagging if one.at <= at),
    )
    looks = _with_actions(listener.looks, memory.actions) if ours else listener.looks
    return Then(ticket, memory, known, tuple(looks))


def _with_actions(looks: list[Look], actions: Sequence[ActionRecord]) -> list[Look]:
    """The looks with what the store says was planned at each, or soon after it."""
    found = list(looks)
    for record in sorted(actions, key=lambda one: one.planned_at):
        before = [look for look in found if look.at <= record.planned_at]
        if not before:
            before = [Look(record.planned_at)]
            found.insert(0, before[0])
        before[-1].actions.append(record)
    return found


def next_looks(
    config: Config, past: Past, staff: Staff, memory: Memory, now: datetime, count: int
) -> list[Look]:
    """The next instants at which something will happen if nobody touches the ticket, at most `count`.

    The first may be now: what a look now would find. What is planned is taken as done.
    """
    listener = _Listener()
    ref = past.ticket.ref
    replay = Replay(
        config,
        {ref.helpdesk: Shelf((), staff)},
        since=now,
        until=now + FARTHEST,
        watcher=listener,
        ours=True,
        installed_at=memory.installed_at,
        keeps_all=True,
    )
    replay.adopt(Timeline(past, staff, ours=True), memory, now)
    for taken, _at in enumerate(replay.steps()):
        if len([one for one in listener.looks if one.says_something]) > count:
            break
        if taken > _MOST_LOOKS:
            break
    return [one for one in listener.looks if one.says_something][:count]
