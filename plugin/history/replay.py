"""All tickets of a period in the order of time, decided upon by the service's own `decide`.

A ticket is looked at when something happened on it, when one of its timers is due, and a moment after we
would have written to it, as the helpdesk's webhook would make us. What is planned is done by the real
actions, on a helpdesk in memory. The same past and file give the same replay.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush, merge

from plugin.domain.memory import ActionRecord, ActionState, Memory
from plugin.domain.past import Staff
from plugin.domain.plan import PlannedAction
from plugin.domain.settings import Config
from plugin.domain.ticket import StateType, Ticket, TicketRef, customer_key
from plugin.domain.verdict import earliest
from plugin.engine.budget import WINDOW
from plugin.engine.decide import decide
from plugin.engine.firing import DAY
from plugin.history.doing import Doing, Held
from plugin.history.footprints import own_tags
from plugin.history.live import Live, Source, Unheard, Watcher
from plugin.history.rehearsal import Rehearsal
from plugin.history.rewinding import Timeline

ECHO = timedelta(seconds=2)
"""How soon after our own writes the helpdesk's webhook makes us look again."""

_DEMOTED_FOR = timedelta(hours=24)
_TIMELINES_KEPT = 512
_SHORTEST_WAIT = timedelta(milliseconds=1)


class Replay:
    """One run over a period. Tickets nothing more can happen on are let go of as it runs."""

    def __init__(
        self,
        config: Config,
        sources: Mapping[str, Source],
        *,
        since: datetime,
        until: datetime,
        watcher: Watcher | None = None,
        ours: bool = False,
        installed_at: datetime | None = None,
        actions: Sequence[ActionRecord] | None = None,
        keeps_all: bool = False,
    ) -> None:
        """Nothing is read yet.

        `ours` leaves in what Deskladder itself did. With `actions` nothing is done: these are what
        was. `installed_at` is `since` unless said otherwise. `keeps_all` lets no ticket go.
        """
        self.config = config
        self.since = since
        self.until = until
        self._sources = sources
        self._watcher: Watcher = watcher or Unheard()
        self._ours = ours
        self._installed_at = installed_at or since
        self._actions = actions
        self._keeps_all = keeps_all
        self._staff = {name: source.staff() for name, source in sources.items()}
        self._desks = {
            name: rehearsal_of(config, name, staff) for name, staff in self._staff.items()
        }
        self._last = {name: source.last_moments(until) for name, source in sources.items()}
        self._own_tags = own_tags(config)
        self._lives: dict[TicketRef, Live] = {}
        self._failed: set[TicketRef] = set()
        self._timelines: OrderedDict[TicketRef, Timeline] = OrderedDict()
        self._waiting: list[tuple[datetime, TicketRef]] = []
        self._replies: dict[str, list[datetime]] = {}
        self._demoted: dict[str, tuple[str, datetime]] = {}
        self._done: deque[datetime] = deque()
        self._doing = Doing(config, self._desks, self._take_from_budget)

    def run(self) -> None:
        """Go through the whole period."""
        for _ in self.steps():
            pass

    def steps(self) -> Iterator[datetime]:
        """Go through the period look by look; yields the instant of each."""
        for at, ref, happened in self._in_order():
            if ref not in self._failed:
                self._try(ref, partial(self._look, at, ref, happened=happened))
            yield at
        if not self._keeps_all:
            for live in list(self._lives.values()):
                self._try(live.ref, partial(self._leave, live))

    def live(self, ref: TicketRef) -> Live | None:
        """A ticket as it stands in the replay; None when nothing can happen on it."""
        return self._lives.get(ref)

    def adopt(self, timeline: Timeline, memory: Memory, at: datetime) -> None:
        """Go on with a ticket that is known already, beginning with a look at this instant."""
        ref, customer = memory.ref, customer_key(memory.ref.helpdesk, timeline.past.ticket.customer)
        live = Live(ref, customer, memory, records={one.key: one for one in memory.actions})
        live.timer_at = live.wakes_at = at
        self._lives[ref] = live
        self._timelines[ref] = timeline
        self._replies[customer] = list(memory.customer_replies)
        for rule, why in memory.demoted.items():
            self._demoted[rule] = (why, self.until)
        heappush(self._waiting, (at, ref))

    def timeline(self, ref: TicketRef) -> Timeline:
        """A ticket's past; the last few hundred are kept."""
        found = self._timelines.get(ref)
        if found is None:
            past = self._sources[ref.helpdesk].past(ref.id)
            staff = self._staff[ref.helpdesk]
            found = Timeline(past, staff, ours=self._ours, own_tags=self._own_tags)
            self._timelines[ref] = found
            if len(self._timelines) > _TIMELINES_KEPT:
                self._timelines.popitem(last=False)
        else:
            self._timelines.move_to_end(ref)
        return found

    # The order of time ----------------------------------------------------------------------

    def _in_order(self) -> Iterator[tuple[datetime, TicketRef, bool]]:
        """What happened and what is due, merged; nothing behind `until`."""
        stream = merge(*(self._moments(name) for name in sorted(self._sources)))
        upcoming = next(stream, None)
        while True:
            due = self._next_due()
            if due is not None and (upcoming is None or due <= upcoming):
                heappop(self._waiting)
                yield (*due, False)
            elif upcoming is not None:
                yield (*upcoming, True)
                upcoming = next(stream, None)
            else:
                return

    def _moments(self, name: str) -> Iterator[tuple[datetime, TicketRef]]:
        for at, number in self._sources[name].moments(self.since, self.until):
            yield at, TicketRef(name, number)

    def _next_due(self) -> tuple[datetime, TicketRef] | None:
        """The first ticket to be woken; what was moved meanwhile is thrown away."""
        while self._waiting:
            at, ref = self._waiting[0]
            live = self._lives.get(ref)
            if live is not None and live.wakes_at == at:
                return at, ref
            heappop(self._waiting)
        return None

    # One look -------------------------------------------------------------------------------

    def _try(self, ref: TicketRef, step: Callable[[], None]) -> None:
        """One ticket that breaks the code must not cost the hours the others took to read."""
        try:
            step()
        except Exception:
            if self._keeps_all:
                raise
            self._failed.add(ref)
            self._lives.pop(ref, None)
            self._watcher.failed(ref)

    def _look(self, at: datetime, ref: TicketRef, *, happened: bool) -> None:
        live = self._lives.get(ref) or self._begin(ref)
        timeline = self.timeline(ref)
        due = earliest((live.timer_at, live.echo_at))
        if happened or (due is not None and due <= at):
            live.echo_at = None
            self._decide(live, timeline, at)
        self._act(live, timeline, at)
        self._set_alarm(live, at)

    def _begin(self, ref: TicketRef) -> Live:
        customer = customer_key(ref.helpdesk, self.timeline(ref).past.ticket.customer)
        live = Live(ref, customer, Memory(ref, installed_at=self._installed_at))
        self._lives[ref] = live
        return live

    def _decide(self, live: Live, timeline: Timeline, at: datetime) -> None:
        ticket = timeline.at(at, live.effects)
        if ticket is None:
            return
        self._count_owner(live.ref, ticket)
        memory = self.memory(live, at)
        plan = decide(self.config, ticket, memory, at)
        live.memory = memory
        self._watcher.decided(live, timeline, ticket, plan)
        live.memory = plan.memory
        live.timer_at = earliest(timer.due_at for timer in plan.timers)
        for rule, reason in plan.demote.items():
            self._demoted[rule] = (reason, at + _DEMOTED_FOR)
        for action in plan.actions:
            self._plan(live, action, at)

    def _count_owner(self, ref: TicketRef, ticket: Ticket) -> None:
        """Keep who has how much to do, for pools that ask."""
        owned = self._desks[ref.helpdesk].owned
        waits_for_us = ticket.state.type in {StateType.NEW, StateType.OPEN}
        if waits_for_us and ticket.owner is not None and ticket.owner.id is not None:
            owned[ref.id] = ticket.owner.id
        else:
            owned.pop(ref.id, None)

    def _plan(self, live: Live, action: PlannedAction, at: datetime) -> None:
        if self._actions is not None or action.key in live.records:
            return
        record = ActionRecord(
            key=action.key,
            rule=action.rule,
            name=action.name,
            state=action.state,
            planned_at=at,
            detail=action.detail,
            cycle=action.cycle,
        )
        live.note(record)
        if action.state is ActionState.PLANNED:
            live.held.append(Held(action, at, action.not_before))
        else:
            self._watcher.did(live, action, record, at)

    def memory(self, live: Live, at: datetime) -> Memory:
        """What the store would give: the ticket's actions, its customer's replies, who is demoted."""
        replies = self._replies.get(live.customer, ())
        records = tuple(live.records.values())
        if self._actions is not None:
            records = tuple(_as_of(one, at) for one in self._actions if one.planned_at <= at)
        return live.memory.with_changes(
            actions=records,
            customer_replies=tuple(one for one in replies if one > at - DAY),
            demoted={rule: why for rule, (why, until) in self._demoted.items() if until > at},
        )

    # Doing ----------------------------------------------------------------------------------

    def _act(self, live: Live, timeline: Timeline, at: datetime) -> None:
        wrote = False
        while live.held:
            step = self._doing.next(live.held, at)
            if step is None:
                break
            memory = self.memory(live, at)
            record = self._doing.attempt(step, timeline, live.effects, memory, at)
            if record is None:
                self._watcher.held(live, step.action, step.why, at)
                continue
            live.held.remove(step)
            live.note(record)
            self._watcher.did(live, step.action, record, at)
            if record.state is ActionState.DONE:
                self._done.append(at)
                wrote = True
                if step.action.name == "reply":
                    recent = [one for one in self._replies.get(live.customer, ()) if one > at - DAY]
                    self._replies[live.customer] = [*recent, at]
        if wrote:
            live.echo_at = at + ECHO

    def _take_from_budget(self, at: datetime) -> datetime | None:
        """None when one more action may be done in these five minutes, else from when on it may."""
        while self._done and self._done[0] <= at - WINDOW:
            self._done.popleft()
        if len(self._done) < self.config.guards.actions_per_5m:
            return None
        return self._done[0] + WINDOW

    def _set_alarm(self, live: Live, at: datetime) -> None:
        if live.timer_at is not None:
            live.timer_at = max(live.timer_at, at + _SHORTEST_WAIT)
        waits = [one.not_before for one in live.held]
        live.wakes_at = earliest((live.timer_at, live.echo_at, *waits))
        if live.wakes_at is not None and live.wakes_at <= self.until:
            heappush(self._waiting, (live.wakes_at, live.ref))
        elif not self._keeps_all and self._last[live.ref.helpdesk].get(live.ref.id, at) <= at:
            self._leave(live)

    def _leave(self, live: Live) -> None:
        timeline = self.timeline(live.ref)
        ticket = timeline.at(self.until, live.effects)
        if ticket is not None:
            live.memory = self.memory(live, self.until)
            self._watcher.left(live, timeline, ticket)
        self._lives.pop(live.ref, None)
        self._timelines.pop(live.ref, None)


def _as_of(record: ActionRecord, at: datetime) -> ActionRecord:
    """An action as it stood then: what was done later was only planned."""
    if record.done_at is None or record.done_at <= at:
        return record
    return replace(
        record, state=ActionState.PLANNED, done_at=None, wrote={}, replaced={}, detail=""
    )


def rehearsal_of(config: Config, helpdesk: str, staff: Staff) -> Rehearsal:
    """The helpdesk in memory, with what its host can do."""
    settings = config.helpdesks.get(helpdesk)
    return Rehearsal(helpdesk, settings.type if settings else "", staff)
