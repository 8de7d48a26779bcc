"""Escalation policies as the file gives them: levels, who is responsible, and how long they have."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from plugin.domain.dataclass import dataclass
from plugin.domain.duration import Duration
from plugin.domain.ticket import Priority

if TYPE_CHECKING:
    from plugin.domain.settings import ActionCall, Place
    from plugin.domain.situation import Condition

LADDER = "ladder: "
"""What `rule` begins with in actions of a ladder; the policy's name follows. No rule may be called so."""

MATRIX = "matrix"
"""The policy name that lets the matrix choose."""

HINT = 0
"""The level before the first: tells the front line what it may decide itself."""

USUAL_PRIORITY = Priority.HIGH
"""What a ladder raises a ticket to whose policy says nothing else."""


class Kind(enum.StrEnum):
    """Functional: to expertise, the ticket is assigned. Hierarchical: to authority, people are told."""

    FUNCTIONAL = "functional"
    HIERARCHICAL = "hierarchical"


class Strategy(enum.StrEnum):
    """How a pool chooses the person whose turn it is."""

    ROUND_ROBIN = "round_robin"
    LEAST_OPEN = "least_open"
    SKILL = "skill"
    LEAD = "lead"
    ONCALL = "oncall"
    STICKY = "sticky"


class Urgency(enum.StrEnum):
    """`PAGE` goes out at once, `NORMAL` in the recipient's hours, `DIGEST` with the next digest."""

    PAGE = "page"
    NORMAL = "normal"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Notice:
    """One entry of `notify:`. `to` is `responsible`, `owner`, `lead`, a channel or a person's address."""

    to: str
    urgency: Urgency = Urgency.NORMAL


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who has a level: somebody of a team's pool, a team's lead, or one person. Exactly one is set.

    `skill` narrows a team's pool to those who have it.
    """

    team: str | None = None
    lead: str | None = None
    person: str | None = None
    skill: str | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """One rung. `number` 0 is the hint, which has `wait` and no responsible.

    `kind` is functional when the ticket is to be assigned, hierarchical when people are told and
    subscribed. `ack_within`, `resolve_within` and `wait` are open time of the policy's calendar.
    `script` and `link` stand in the note: what to say, where to read on.
    """

    number: int
    name: str
    kind: Kind
    responsible: Responsible | None = None
    do: tuple[ActionCall, ...] = ()
    notify: tuple[Notice, ...] = ()
    ack_within: Duration | None = None
    resolve_within: Duration | None = None
    wait: Duration | None = None
    script: str = ""
    link: str = ""
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """One entry of `policies:`. `levels` are in order; the first is level 0 when it has `wait`.

    `ack_timeout` is open time without work after which an acknowledged escalation opens again.
    `settle`, `reopen_window` and `cool_down` are real time. `repeat` is how often the ladder is
    climbed again before it is exhausted. `priority` is raised to at level 1, never lowered; `tags`
    false leaves the tags `escalated` and `esc-l<n>` out. A `max_level` ends the ladder early.
    """

    name: str
    kind: Kind
    levels: tuple[Level, ...]
    calendar: str | None = None
    repeat: int = 0
    ack_timeout: Duration = field(default_factory=lambda: Duration(minutes=480))
    settle: timedelta = timedelta(minutes=5)
    reopen_window: timedelta = timedelta(hours=24)
    cool_down: timedelta = timedelta(hours=24)
    exhausted: tuple[Notice, ...] = ()
    exhausted_do: tuple[ActionCall, ...] = ()
    priority: Priority | None = USUAL_PRIORITY
    tags: bool = True
    digest: str = ""  # changes when anything the policy says changes

    def level(self, number: int) -> Level | None:
        """The level with this number; None when the policy has none."""
        return next((one for one in self.levels if one.number == number), None)

    @property
    def last(self) -> int:
        """The highest level's number."""
        return self.levels[-1].number

    @property
    def first(self) -> int:
        """Where an escalation starts when nobody says otherwise: the hint if there is one."""
        return self.levels[0].number


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One row of `matrix:`: the conditions of a ticket it is for, and what follows.

    `weight` is how many conditions it has: of the rows that hold the heaviest counts; the
    configuration has refused ties. `ack_within` and `resolve_within` replace those of the levels.
    """

    when: Condition
    weight: int
    policy: str
    start_level: int | None = None
    max_level: int | None = None
    ack_within: Duration | None = None
    resolve_within: Duration | None = None
    text: str = ""  # the row's conditions as written, for notes, `explain` and `check`
    place: Place | None = None
    conditions: Mapping[str, Any] = field(default_factory=dict)  # the same as plain values


@dataclass(frozen=True, slots=True)
class Shift:
    """A rota: `people` take turns, a week each, handing over on `weekday` (Monday is 0) at `at`.

    The week in which `first_day` lies is the first person's.
    """

    people: tuple[str, ...]
    first_day: date
    weekday: int = 0
    at: time = time(9)
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Override:
    """From `begins_at` up to `ends_at` somebody else is on call."""

    who: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Pool:
    """Who may get a team's tickets. `members` None means everybody who may own tickets of the group.

    `if_none` is `lead`, `unassigned`, or a person's address. `rota` and `overrides` are for
    `oncall`; `watches` are the spans of an iCal file: (begin, end, address).
    """

    strategy: Strategy
    if_none: str
    members: tuple[str, ...] | None = None
    rota: Shift | None = None
    overrides: tuple[Override, ...] = ()
    watches: tuple[tuple[datetime, datetime, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reachable:
    """One entry of `people:`, keyed by address: over which channel, in which hours, in which language.

    `calendar` None: at any hour. A channel's URL may hold `{address}`.
    """

    address: str
    channel: str | None = None
    calendar: str | None = None
    language: str | None = None
