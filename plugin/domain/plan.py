"""What `decide` answers: events, verdicts, actions, timers and the new memory, each with its why."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from plugin.domain.dataclass import dataclass
from plugin.domain.memory import ActionState, Memory
from plugin.domain.ticket import TicketRef
from plugin.domain.verdict import Verdict


class Step(enum.IntEnum):
    """The order of actions within one firing: what can be repeated first, the customer last."""

    WRITE = 1  # tag, untag, priority, group, assign, state, field, subscribe
    NOTE = 2
    OUTSIDE = 3  # notify, webhook
    REPLY = 4


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """One action to be done once.

    `key` is unique in the store for ever: `<helpdesk>/<ticket>/<rule>/<cycle>/<index>.<name>`.
    `params` is plain JSON data as the rule gave it; names and texts are resolved at the fresh read
    before acting. `state` is PLANNED, or OBSERVED / GUARDED when it must not be done. `not_before`
    holds an action back. `why` is the sentence for the note, the log and the audit.
    """

    key: str
    ref: TicketRef
    rule: str
    name: str
    params: Mapping[str, object]
    step: Step
    position: int
    why: str
    cycle: str
    state: ActionState = ActionState.PLANNED
    detail: str = ""
    not_before: datetime | None = None
    drop_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """Decide again at `due_at`; one per ticket and name, later plans replace it."""

    name: str
    due_at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class ClockMark:
    """Which SLA clock an event is about: `key` names cycle and threshold, once for ever."""

    key: str
    metric: str
    policy: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the ticket since it was last seen (`customer.replied`, …).

    `clock` is set for `sla.…` alone, `message_id` for what somebody wrote, `step` for `escalation.…`
    and `manual`: the number of the escalation and its step, `e1.2`.
    """

    name: str
    at: datetime
    why: str = ""
    message_id: int | None = None
    clock: ClockMark | None = None
    step: str = ""


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What became of one rule in this decision. `fired` false with `verdict` None: not looked at."""

    rule: str
    fired: bool
    why: str
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole answer. `timers` replace all timers of the ticket; `requests` are those taken in."""

    ref: TicketRef
    decided_at: datetime
    memory: Memory
    events: tuple[Event, ...] = ()
    outcomes: tuple[RuleOutcome, ...] = ()
    actions: tuple[PlannedAction, ...] = ()
    timers: tuple[Timer, ...] = ()
    demote: Mapping[str, str] = field(default_factory=dict)  # rule → reason, by the loop detector
    requests: tuple[int, ...] = ()
