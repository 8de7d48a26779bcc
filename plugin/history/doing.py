"""Planned actions of a replay: done as the dispatcher does them, with the reasons it leaves some undone.

What belongs to real calls (no answer, repeating, backing off) does not happen here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from functools import partial
from typing import Any

from plugin.actions import Occasion, Outcome, registry
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError
from plugin.domain.memory import ActionRecord, ActionState, Memory
from plugin.domain.plan import PlannedAction, Step
from plugin.domain.settings import Config
from plugin.domain.ticket import Ticket
from plugin.engine.recheck import hands_off_until, reason_to_skip, reason_unable
from plugin.history.rehearsal import Rehearsal
from plugin.history.rewinding import Effects, Timeline

TOUCH_GRACE, BUDGET = "human_touch_grace", "actions_per_5m"
"""The guards that make an action wait; `Held.why` is one of them."""


@dataclass(slots=True)
class Held:
    """A planned action that is not done yet, and why it had to wait last."""

    action: PlannedAction
    planned_at: datetime
    not_before: datetime | None = None
    why: str = ""


class Doing:
    """Does actions one by one. `busy_until` says from when on the budget allows one more."""

    def __init__(
        self,
        config: Config,
        desks: Mapping[str, Rehearsal],
        busy_until: Callable[[datetime], datetime | None],
    ) -> None:
        self._config = config
        self._desks = desks
        self._busy_until = busy_until
        self._turns = Turns()

    def next(self, held: Sequence[Held], at: datetime) -> Held | None:
        """The next action whose turn it is; a later step of a firing waits for the earlier ones."""
        waits: dict[tuple[str, str], datetime] = {}
        for one in sorted(held, key=_order):
            firing = (one.action.rule, one.action.cycle)
            if firing in waits:
                one.not_before = max(one.not_before or at, waits[firing])
            if one.not_before is None or one.not_before <= at:
                return one
            if one.action.step is not Step.OUTSIDE:
                waits[firing] = max(one.not_before, waits.get(firing, one.not_before))
        return None

    def attempt(
        self, held: Held, timeline: Timeline, effects: Effects, memory: Memory, at: datetime
    ) -> ActionRecord | None:
        """Do it, or say why not; None when it has to wait until `held.not_before`."""
        action, config = held.action, self._config
        desk = self._desks[action.ref.helpdesk]
        desk.stage(timeline, effects, at)
        ticket = desk.read(action.ref.id)
        if action.drop_after is not None and at > action.drop_after:
            return _ended(held, ActionState.DROPPED, "too late to be of use", at)
        if why := reason_to_skip(action, ticket, memory, config, at) or reason_unable(action, desk):
            return _ended(held, ActionState.SKIPPED, why, at)
        limit = config.guards.replies_per_customer_per_day
        if action.name == "reply" and len(memory.customer_replies) >= limit:
            why = f"{limit} already sent (guards.replies_per_customer_per_day)"
            return _ended(held, ActionState.GUARDED, why, at)
        until = hands_off_until(action, held.planned_at, ticket, config, at)
        if until is not None:
            held.not_before, held.why = until, TOUCH_GRACE
            return None
        until = self._busy_until(at)
        if until is not None:
            held.not_before, held.why = until, BUDGET
            return None
        return self._perform(held, desk, ticket, memory, at)

    def _perform(
        self, held: Held, desk: Rehearsal, ticket: Ticket, memory: Memory, at: datetime
    ) -> ActionRecord:
        action = held.action
        occasion = Occasion(
            action=replace(action, not_before=None),
            ticket=ticket,
            memory=memory,
            config=self._config,
            helpdesk=desk,
            now=at,
            mark="",
            post=_answer_of_nobody,
            announce=_tell_nobody,
            planned_at=held.planned_at,
            take_turn=partial(self._turns.take, action.key),
        )
        try:
            outcome = registry()[action.name].perform(action.params, occasion)
        except DeskladderError as problem:
            return _ended(held, ActionState.FAILED, str(problem), at)
        state = ActionState.DONE if outcome.done or outcome.wrote else ActionState.SKIPPED
        return _ended(held, state, outcome.detail, at, outcome)


@dataclass(slots=True)
class Turns:
    """Whose turn it is in a pool, as the store keeps it: whoever was served longest ago."""

    _served: dict[tuple[str, str], int] = field(default_factory=dict)
    _taken: dict[str, str] = field(default_factory=dict)
    _count: int = 0

    def take(self, key: str, pool: str, candidates: Sequence[str]) -> str:
        """See `Storing.take_turn`."""
        known = self._taken.get(key, "")
        if not candidates or known in candidates:
            return known
        # `min` takes the first of those never served: the given order.
        who = min(candidates, key=lambda one: self._served.get((pool, one), 0))
        self._count += 1
        self._served[pool, who] = self._count
        self._taken[key] = who
        return who


def _ended(
    held: Held, state: ActionState, detail: str, at: datetime, outcome: Outcome | None = None
) -> ActionRecord:
    action = held.action
    return ActionRecord(
        key=action.key,
        rule=action.rule,
        name=action.name,
        state=state,
        planned_at=held.planned_at,
        done_at=at,
        wrote=outcome.wrote if outcome else {},
        replaced=outcome.replaced if outcome else {},
        detail=detail,
        cycle=action.cycle,
    )


def _order(held: Held) -> tuple[int, datetime, int]:
    return held.action.step, held.planned_at, held.action.position


def _answer_of_nobody(
    _url: str, _payload: Mapping[str, Any], _headers: Mapping[str, str]
) -> tuple[int, Any]:
    """No other system hears of a replay."""
    return 200, {}


def _tell_nobody(_url: str, _title: str, _body: str, _urgency: str) -> None:
    """Nobody hears of a replay."""
