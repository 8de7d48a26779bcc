"""The escalations of one ticket during one look: opened, moved by the table, and what that plans."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any, Protocol

from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Cause, Escalation, Phase, Source, Taken
from plugin.domain.ladder import HINT
from plugin.domain.level_time import calendar_of
from plugin.domain.memory import Memory
from plugin.domain.plan import Event, RuleOutcome, Timer
from plugin.domain.settings import Config
from plugin.domain.situation import Situation
from plugin.domain.ticket import Ticket
from plugin.domain.transitions import Effect, Move, Signal, move_of
from plugin.domain.watching import Watch
from plugin.engine.ladders import calls as planned
from plugin.engine.ladders.calls import Call, Scene
from plugin.engine.ladders.choosing import Choice, is_climbed
from plugin.engine.ladders.people import Deed
from plugin.engine.ladders.timing import looks_again_at

_TICK = timedelta(microseconds=1)
_KEPT_OVER = 10
_KEPT_STEPS = 40
_KEPT_CAUSES = 20
_AN_HOUR = timedelta(hours=1)


class Plan(Protocol):
    """Plans the calls of one step."""

    def __call__(
        self, rule: str, unit: str, calls: Iterable[Call], why: str, *, asked: bool = False
    ) -> None:
        """`asked`: a person wants it now, who touched the ticket to say so."""
        ...


@dataclass(slots=True)
class Ladders:
    """What is there and what becomes of it. `before` is the memory of the last look, `memory` the
    same with the news taken in. `events` are those no rule has heard yet, `outcomes` what is told of
    requests that came to nothing.
    """

    config: Config
    ticket: Ticket
    memory: Memory
    before: Memory
    now: datetime
    watched: Watch
    plan: Plan
    situation: Callable[[], Situation]
    events: list[Event] = field(default_factory=list)
    outcomes: list[RuleOutcome] = field(default_factory=list)
    _known: dict[int, Escalation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._known = {one.number: one for one in self.memory.escalations}

    # What is there --------------------------------------------------------------------------

    @property
    def escalations(self) -> tuple[Escalation, ...]:
        """Those to remember, oldest first: all that are not over, and the last of the others."""
        over = sorted(number for number, one in self._known.items() if one.phase.is_over)
        forgotten = set(over[:-_KEPT_OVER])
        return tuple(one for number, one in sorted(self._known.items()) if number not in forgotten)

    def running(self) -> list[Escalation]:
        """Those that are not over."""
        return [one for _, one in sorted(self._known.items()) if not one.phase.is_over]

    def over(self) -> list[Escalation]:
        """Those that are over, the last one first."""
        return [one for _, one in sorted(self._known.items(), reverse=True) if one.phase.is_over]

    def __getitem__(self, number: int) -> Escalation:
        return self._known[number]

    def keep(self, one: Escalation) -> None:
        """Put a changed one in its place, without a step."""
        self._known[one.number] = one

    def running_on(self, policy: str) -> Escalation | None:
        """The one of this policy that is not over; there is at most one."""
        return next((one for one in self.running() if one.policy.name == policy), None)

    def timers(self) -> list[Timer]:
        """When time alone would move one of them."""
        timers: list[Timer] = []
        for one in self.running():
            calendar = calendar_of(self.config, one.policy)
            coming = looks_again_at(
                one, self.ticket, self.memory.actions, calendar, self.now, self.memory.observed
            )
            if coming is not None:
                at, why = coming
                timers.append(Timer(f"{one.rule} {one.number}", max(at, self.now + _TICK), why))
        return timers

    def heard(self) -> tuple[Event, ...]:
        """The events since this was last asked."""
        events, self.events = tuple(self.events), []
        return events

    def tell(self, rule: str, why: str) -> None:
        """Note for the audit why something was not done."""
        self.outcomes.append(RuleOutcome(rule, fired=False, why=why))

    def apply(self, deed: Deed, number: int) -> bool:
        """Let somebody's deed move one escalation; False when it means nothing there."""
        one = self._known[number]
        if move_of(one.phase, deed.signal) is None:
            return False
        if deed.step is not None and deed.step != one.entered_step:
            return False
        changes: dict[str, Any] = {}
        if deed.signal is Signal.ACKNOWLEDGE:
            if one.phase is Phase.ACKNOWLEDGED and one.acknowledged_by == deed.by:
                return True
            at = min(deed.at, self.now)
            changes = {"acknowledged_by": deed.by, "acknowledged_at": at, "worked_at": at}
            if deed.agent:
                others = (who for who in one.had if who != deed.agent)
                changes["had"] = (*others, deed.agent)
        elif deed.signal is Signal.SNOOZE:
            changes = {"snoozed_until": deed.at + (deed.period or _AN_HOUR)}
        self.move(one, deed.signal, deed.why, by=deed.by, hidden=deed.hidden, asked=True, **changes)
        return True

    # Moving ---------------------------------------------------------------------------------

    def open(self, choice: Choice, cause: Cause, *, suggest: bool = False) -> Escalation:
        """A new one: entered at once, or suggested."""
        number = max(self._known, default=0) + 1
        why = cause.why or cause.reason or "it was asked for"
        one = Escalation(
            number=number,
            policy=choice.policy,
            phase=Phase.SUGGESTED,
            level=choice.start,
            start=choice.start,
            top=choice.top,
            opened_at=self.now,
            entered_at=self.now,
            changed_at=self.now,
            causes=(cause,),
            group=self.ticket.group,
        )
        if suggest:
            taken = Taken(1, self.now, Phase.SUGGESTED.value, one.level, why)
            one = one.with_changes(step=1, entered_step=1, taken=(taken,))
            self.keep(one)
            self.plan(one.rule, one.unit(1), planned.suggesting(one), why)
            return one
        asked = cause.source is not Source.RULE
        self.move(one, Signal.ACCEPT, why, by=cause.by, asked=asked)
        return self._known[number]

    def add_cause(self, one: Escalation, cause: Cause) -> Escalation:
        """Note a further cause down; the same one again takes the place of the older."""

        def key(of: Cause) -> tuple[object, ...]:
            return (of.source, of.rule, of.clock, of.reference, of.by)

        others = [known for known in one.causes if key(known) != key(cause)]
        one = one.with_changes(
            causes=(*others, cause)[-_KEPT_CAUSES:], gone_since=None, changed_at=self.now
        )
        self.keep(one)
        return one

    def move(
        self,
        one: Escalation,
        signal: Signal,
        why: str,
        *,
        by: str = "",
        hidden: bool = False,
        asked: bool = False,
        skipped: tuple[int, ...] = (),
        **changes: Any,
    ) -> None:
        """Take one step of the table, and plan what it does; `changes` are other fields.

        `hidden`: the ticket does not show that somebody did it; `asked`: somebody wants it now.
        """
        move = move_of(one.phase, signal)
        if move is None:
            return
        step = one.step + 1
        changes |= {"phase": move.to, "step": step, "changed_at": self.now}
        if move.effect in {Effect.ENTER, Effect.AGAIN}:
            changes |= {"entered_at": self.now, "entered_step": step, "snoozed_until": None}
            changes |= {"acknowledged_by": "", "acknowledged_at": None, "worked_at": None}
            changes |= {"gone_since": None}
        moved = one.with_changes(**changes)
        what = "level" if move.effect is Effect.ENTER else move.to.value
        taken = Taken(
            step, self.now, what, moved.level, why, by=by, round=moved.round, skipped=skipped
        )
        moved = moved.with_changes(taken=(*one.taken, taken)[-_KEPT_STEPS:])
        self.keep(moved)
        previous = one.level if planned.reached_people(one) else None
        calls = list(self._calls(move, signal, moved, previous, hidden=hidden))
        if calls:
            self.plan(moved.rule, moved.unit(step), calls, why, asked=asked)
        if is_climbed(moved.policy):
            self._tell(move, moved, why)
        elif move.to is Phase.OPEN:  # what a rule suggested is done: there is nothing to climb
            self.keep(moved.with_changes(phase=Phase.RESOLVED, gone_since=self.now))

    def _calls(
        self, move: Move, signal: Signal, moved: Escalation, previous: int | None, *, hidden: bool
    ) -> Iterable[Call]:
        others = [one for one in self.running() if one.number != moved.number]
        scene = Scene(self.config, self.ticket, self.memory, others, self.over())
        match move.effect:
            case Effect.ENTER:
                return planned.entering(scene, moved, previous)
            case Effect.AGAIN:
                return planned.again(scene, moved)
            case Effect.EXHAUST:
                return planned.exhausting(scene, moved)
            case Effect.UNDO:
                is_back = signal is Signal.HAND_BACK
                note = "ladder_handed_back" if is_back else "ladder_resolved"
                return planned.undoing(scene, moved, note)
            case Effect.TIDY:
                return planned.tidying(scene, moved)
            case Effect.TELL if hidden:
                is_snooze = signal is Signal.SNOOZE
                note = "ladder_snoozed" if is_snooze else "ladder_acknowledged"
                return planned.telling(moved, note)
        return ()

    def _tell(self, move: Move, moved: Escalation, why: str) -> None:
        """What rules may hear; an opening that asks people at once is a level as well."""
        names = [move.event] if move.event else []
        if move.event == "opened" and move.effect is Effect.ENTER and moved.level > HINT:
            names.append("level")
        for name in names:
            said = f"{moved.policy.name}, level {moved.level}: {why}"
            step = moved.unit(moved.step)
            self.events.append(Event(f"escalation.{name}", self.now, said, step=step))
