"""A running escalation of one ticket: where it stands on its ladder, and how it came there.

Everything is plain data that the memory of a ticket keeps; what moves it is in `transitions`.
"""

from __future__ import annotations

import enum
from dataclasses import replace
from datetime import datetime
from typing import Any

from plugin.domain.dataclass import dataclass
from plugin.domain.ladder import LADDER, Level, Policy
from plugin.domain.ticket import Group


class Phase(enum.StrEnum):
    """Where an escalation stands; the last four are over."""

    SUGGESTED = "suggested"  # mode suggest: a note says what would be done
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    EXHAUSTED = "exhausted"  # nobody is left to ask: in every digest until a human acts
    HANDED_BACK = "handed back"
    RESOLVED = "resolved"
    AVOIDED = "avoided"  # the front line answered within the hint's grace
    DECLINED = "declined"  # a suggestion nobody wanted

    @property
    def is_over(self) -> bool:
        """True when nothing will happen any more unless the ticket is reopened."""
        return self in _OVER


_OVER = frozenset({Phase.HANDED_BACK, Phase.RESOLVED, Phase.AVOIDED, Phase.DECLINED})


class Source(enum.StrEnum):
    """Where a cause came from."""

    RULE = "rule"
    NOTE = "note"  # `/escalate` in an internal note
    TAG = "tag"  # the button
    OUTSIDE = "outside"  # POST /api/escalations


@dataclass(frozen=True, slots=True)
class Cause:
    """Why there is an escalation. `reason` is the short name of the file, `why` the sentence.

    `by` names who asked, for causes that no rule gave. `clock` is the key of the SLA clock it is
    about: such a cause is gone when the clock has stopped. `reference` is the other system's case;
    `gone_at` is when that system said it was closed.
    """

    source: Source
    rule: str
    reason: str
    why: str
    at: datetime
    by: str = ""
    clock: str = ""
    reference: str = ""
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that was taken, for the note, `explain` and reports.

    `what` is a `Phase`, `level` or `undo`. `skipped` are levels a catch-up passed over.
    """

    number: int
    at: datetime
    what: str
    level: int
    why: str
    by: str = ""
    round: int = 0
    skipped: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalation:
    """One escalation, from its opening to its end.

    `number` counts the escalations of the ticket from 1. `policy` is the snapshot it started with.
    `level` is where it stands, `top` where the ladder ends for it. `step` numbers what was done
    (the key of its actions); `entered_at` is when the present level was planned: its time runs from
    when the level's actions succeeded. `had` are the ids of agents who had the ticket in it, those
    who were responsible last. `gone_since` is since when no cause is left. `group` is where the ticket
    was when it was opened.
    """

    number: int
    policy: Policy
    phase: Phase
    level: int
    start: int
    top: int
    opened_at: datetime
    entered_at: datetime
    changed_at: datetime
    causes: tuple[Cause, ...]
    step: int = 0
    entered_step: int = 0
    round: int = 0
    had: tuple[str, ...] = ()
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    worked_at: datetime | None = None
    snoozed_until: datetime | None = None
    gone_since: datetime | None = None
    taken: tuple[Taken, ...] = ()
    group: Group | None = None

    @property
    def rule(self) -> str:
        """Under which name its actions stand in the outbox."""
        return f"{LADDER}{self.policy.name}"

    def unit(self, step: int) -> str:
        """The `cycle` of the actions of one step."""
        return f"e{self.number}.{step}"

    @property
    def at(self) -> Level | None:
        """The level it stands at."""
        return self.policy.level(self.level)

    def with_changes(self, **changes: Any) -> Escalation:
        """A copy with some fields replaced."""
        return replace(self, **changes)


class Ask(enum.StrEnum):
    """What a person may ask for: by a command in a note, a link, the API or the command line."""

    ESCALATE = "escalate"
    ACKNOWLEDGE = "acknowledge"
    HAND_BACK = "hand back"
    SNOOZE = "snooze"
    ACCEPT = "accept"
    REJECT = "reject"
    CLOSED_OUTSIDE = "closed outside"  # the other system's case was closed
    EXPLAIN = "explain"  # by a note alone


@dataclass(frozen=True, slots=True)
class Request:
    """Something a person or a system asked for outside the helpdesk, kept until a look has taken it in.

    `id` is the store's. `by` is a name to show or an agent's address; `escalation` the number it is
    about (None: the open one); `step` the step a link was made for: it is void once the ladder has
    gone on. `params` is plain JSON: `policy`, `reason`, `start_level`, `for` (a duration), `reference`.
    """

    id: int
    what: Ask
    at: datetime
    by: str = ""
    escalation: int | None = None
    step: int | None = None
    params: Any = None
