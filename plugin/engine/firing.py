"""A rule that fires becomes actions with keys, held back where a guard or another rule says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Protocol

from plugin.domain.dataclass import dataclass
from plugin.domain.memory import ActionRecord, ActionState, Memory
from plugin.domain.plan import PlannedAction, Step
from plugin.domain.settings import ActionCall, Config, Guards, Mode, OncePer, Rule
from plugin.domain.situation import Situation
from plugin.domain.ticket import MessageKind, Priority, StateType, Ticket
from plugin.domain.watching import UNIT
from plugin.engine.ladders.calls import Call

TOUCHY = frozenset({"group", "assign", "state", "priority"})
"""Actions that would take a ticket out of the hands of a person who is working on it."""

DAY = timedelta(days=1)
_COUNTED = frozenset(
    {ActionState.PLANNED, ActionState.CLAIMED, ActionState.UNKNOWN, ActionState.DONE}
)
_DEAF = frozenset({StateType.SPAM, StateType.REMOVED, StateType.MERGED})


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a rule fires on: the ticket as it was then, and the cycle it was in.

    `is_present` is true for the last one of a look, in which time alone may fire a rule.
    """

    situation: Situation
    cycle: int
    is_present: bool = True


class Escalating(Protocol):
    """What a rule's `escalate` leads to; answers are for the audit."""

    def escalate(
        self, rule: Rule, call: ActionCall | None, occasion: Occasion, at: datetime, why: str
    ) -> str:
        """Open, raise or suggest an escalation, or suggest all the rule does (None)."""
        ...

    def would(self, call: ActionCall, occasion: Occasion) -> str:
        """What `escalate` would do now, for a rule that only observes."""
        ...


ESCALATE = "escalate"
OBSERVES = "mode is observe"


@dataclass(slots=True)
class Firings:
    """The actions of one decision, in order, and what the guards must count."""

    config: Config
    ticket: Ticket
    memory: Memory
    now: datetime
    step_of: Callable[[str], Step]
    ladders: Escalating
    actions: list[PlannedAction] = field(default_factory=list)
    demote: dict[str, str] = field(default_factory=dict)
    fired: dict[str, tuple[datetime, ...]] = field(default_factory=dict)
    _units: set[tuple[str, str]] = field(default_factory=set)
    _taken: dict[str, tuple[object, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fired = dict(self.memory.fired)
        self._units = {(record.rule, record.cycle) for record in self.memory.actions}

    def begin(self) -> None:
        """A new occasion: what a rule sets now may replace what one set on an earlier occasion."""
        self._taken.clear()

    def has_fired(self, rule: Rule, unit: str) -> bool:
        """True when the rule has had its turn in this unit of `once_per`."""
        return (rule.name, unit) in self._units

    def fire(self, rule: Rule, unit: str, at: datetime, why: str, occasion: Occasion) -> None:
        """Plan the rule's actions; `at` is the instant of what it fires on.

        An escalation is opened here and now: the action stands there as done, with what came of it.
        """
        self._units.add((rule.name, unit))
        held = self._held_back(rule, unit, at)
        is_suggested = held is None and rule.mode is Mode.SUGGEST
        if is_suggested:
            held = self._suggest(rule, occasion, at, why)
        for index, call in enumerate(rule.do):
            done, kept = "", held
            if call.name == ESCALATE:
                if held is None or is_suggested:
                    done = held or self.ladders.escalate(rule, call, occasion, at, why)
                else:
                    kept = f"{held}; {self.ladders.would(call, occasion)}"
            self.actions.append(
                self._action(rule, unit, index, call, at=at, why=why, held=kept, done=done)
            )

    def _suggest(self, rule: Rule, occasion: Occasion, at: datetime, why: str) -> str:
        """One note says what the rule would do, and an answer is waited for."""
        asked = next((call for call in rule.do if call.name == ESCALATE), None)
        return self.ladders.escalate(rule, asked, occasion, at, why)

    def plan_step(
        self, rule: str, unit: str, calls: Iterable[Call], why: str, *, asked: bool = False
    ) -> None:
        """Plan one step of a ladder; no rule competes with it.

        Who `asked` for it touched the ticket to do so, and does not wait until it is left alone.
        """
        observes = self.config.only_observes
        for index, call in enumerate(calls):
            step = self.step_of(call.name)
            held = OBSERVES if observes else call.guarded or self._too_much(call.name)
            state = ActionState.OBSERVED if observes else ActionState.GUARDED
            is_reply = step is Step.REPLY
            self.actions.append(
                PlannedAction(
                    key=f"{self.ticket.ref}/{rule}/{unit}/{index}.{call.name}",
                    ref=self.ticket.ref,
                    rule=rule,
                    name=call.name,
                    params=call.params,
                    step=step,
                    position=len(self.actions),
                    why=why,
                    cycle=unit,
                    state=state if held else ActionState.PLANNED,
                    detail=held or "",
                    not_before=None if asked else self._hands_off_until(call.name),
                    drop_after=self.now + self.config.guards.max_staleness if is_reply else None,
                )
            )

    def _held_back(self, rule: Rule, unit: str, at: datetime) -> str | None:
        """Why the rule only observes, or None; a rule that has run wild is demoted here."""
        guards = self.config.guards
        counted_as = _counted_as(rule, unit)
        instants = tuple(sorted((*self.fired.get(counted_as, ()), min(at, self.now))))
        self.fired[counted_as] = instants[-20:]
        if rule.mode is Mode.OBSERVE:
            return OBSERVES
        reason = self.memory.demoted.get(rule.name) or self.demote.get(rule.name)
        if reason is None:
            reason = _running_wild(instants, guards, self.ticket)
            if reason is None:
                return None
            self.demote[rule.name] = reason
        return f"the rule is held at observe: {reason}"

    def _action(
        self,
        rule: Rule,
        unit: str,
        index: int,
        call: ActionCall,
        *,
        at: datetime,
        why: str,
        held: str | None,
        done: str = "",
    ) -> PlannedAction:
        step = self.step_of(call.name)
        state, detail = ActionState.OBSERVED, held or ""
        if done:
            state, detail = ActionState.DONE, done
        elif held is None:
            state, detail = self._verdict(rule, call)
        guards = self.config.guards
        return PlannedAction(
            key=f"{self.ticket.ref}/{rule.name}/{unit}/{index}.{call.name}",
            ref=self.ticket.ref,
            rule=rule.name,
            name=call.name,
            params=call.params,
            step=step,
            position=len(self.actions),
            why=why,
            cycle=unit,
            state=state,
            detail=detail,
            not_before=self._hands_off_until(call.name),
            drop_after=at + guards.max_staleness if step is Step.REPLY else None,
        )

    def _verdict(self, rule: Rule, call: ActionCall) -> tuple[ActionState, str]:
        rival = self._rival(rule, call)
        if rival:
            return ActionState.SKIPPED, rival
        reason = self._too_much(call.name)
        return (ActionState.GUARDED, reason) if reason else (ActionState.PLANNED, "")

    def _too_much(self, name: str) -> str | None:
        """Why a guard holds a note or a reply back."""
        if name == "note":
            return self._too_many_notes()
        if name == "reply":
            return no_reply_to(self.ticket) or self._too_many_replies()
        return None

    def _rival(self, rule: Rule, call: ActionCall) -> str | None:
        """The first rule to set a thing wins; the more urgent priority does; the same twice is one."""
        thing, value = _claim(call)
        if thing is None:
            return None
        taken = self._taken.get(thing)
        if taken is None:
            self._taken[thing] = (value, rule.name)
            return None
        other, by = taken
        if other == value:
            return f"rule {by!r} does the same"
        if call.name == "priority" and _is_more_urgent(value, other):
            self._taken[thing] = (value, rule.name)
            return None
        return f"rule {by!r} sets it to something else and stands first"

    def _hands_off_until(self, name: str) -> datetime | None:
        touched_at = self.ticket.touched_at
        if name not in TOUCHY or touched_at is None:
            return None
        until = touched_at + self.config.guards.human_touch_grace
        return until if until > self.now else None

    def _too_many_notes(self) -> str | None:
        limit = self.config.guards.notes_per_ticket_per_day
        if self._counted("note") < limit:
            return None
        return f"{limit} notes on this ticket in a day are enough (guards.notes_per_ticket_per_day)"

    def _too_many_replies(self) -> str | None:
        limit = self.config.guards.replies_per_customer_per_day
        if any(counts(one, "reply") for one in self.actions):
            return "one reply at a time is enough"
        done = sum(at > self.now - DAY for at in self.memory.customer_replies)
        waiting = sum(
            record.name == "reply" and record.state.is_open for record in self.memory.actions
        )
        if done + waiting < limit:
            return None
        return (
            f"{limit} replies to this customer in a day are enough "
            "(guards.replies_per_customer_per_day)"
        )

    def _counted(self, name: str) -> int:
        recent = (record for record in self.memory.actions if self._is_recent(record))
        return sum(counts(record, name) for record in recent) + sum(
            counts(action, name) for action in self.actions
        )

    def _is_recent(self, record: ActionRecord) -> bool:
        return (record.done_at or record.planned_at) > self.now - DAY


def unit_of(rule: Rule, occasion: Occasion, day: str) -> str:
    """The part of a key that `once_per` makes: `t`, `c2`, `m17`, `d2026-12-03`, `e1.2` or `s<clock's key>`."""
    match rule.once_per:
        case OncePer.TICKET:
            return "t"
        case OncePer.CYCLE:
            return f"c{occasion.cycle}"
        case OncePer.MESSAGE:
            latest = occasion.situation.latest
            return f"m{latest.id if latest else 0}"
        case OncePer.CLOCK | OncePer.STEP:
            heard = [one for one in occasion.situation.events if one.name in rule.on]
            marks = [f"{UNIT}{one.clock.key}" if one.clock else one.step for one in heard]
            return next(filter(None, reversed(marks)), f"c{occasion.cycle}")
    return f"d{day}"


def _counted_as(rule: Rule, unit: str) -> str:
    """Under which name firings are counted by the loop detector.

    A rule may well fire on four clocks within an hour. On one threshold of one metric it may not:
    that is a loop that starts the same clock again and again.
    """
    if not unit.startswith(UNIT):
        return rule.name
    metric, _started_at, what = unit[len(UNIT) :].split("/", 2)
    return f"{rule.name} / {metric} {what}"


def no_reply_to(ticket: Ticket) -> str | None:
    """Why nobody should get a reply on this ticket, whatever a rule says."""
    if ticket.state.type in _DEAF:
        return f"the ticket is {ticket.state.type}"
    newest = next(
        (one for one in reversed(ticket.messages) if one.kind is MessageKind.CUSTOMER), None
    )
    if newest is not None and not newest.by_human:
        return "the newest message from the customer's side is automatic"
    return None


def _running_wild(instants: tuple[datetime, ...], guards: Guards, ticket: Ticket) -> str | None:
    recent = [at for at in instants if at > instants[-1] - guards.loop_window]
    if len(recent) <= guards.loop_firings:
        return None
    minutes = int(guards.loop_window.total_seconds() // 60)
    return (
        f"fired {len(recent)} times within {minutes} minutes on ticket {ticket.ref} "
        f"(guards.loop_firings is {guards.loop_firings})"
    )


def _claim(call: ActionCall) -> tuple[str | None, object]:
    """What an action sets, and to what; None for one that may be done many times."""
    params: Mapping[str, object] = call.params
    if call.name in TOUCHY:
        return call.name, params
    if call.name == "field":
        return f"field {params.get('name')}", params
    if call.name in {"tag", "untag", "subscribe"}:
        return f"{call.name} {sorted(params.items(), key=str)}", params
    return None, None


def _is_more_urgent(value: object, other: object) -> bool:
    return _urgency(value) > _urgency(other)


def _urgency(params: object) -> int:
    words = params.values() if isinstance(params, Mapping) else ()
    known = {priority.word: int(priority) for priority in Priority}
    return max((known.get(str(word), 0) for word in words), default=0)


def counts(action: ActionRecord | PlannedAction, name: str) -> bool:
    return action.name == name and action.state in _COUNTED
