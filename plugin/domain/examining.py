"""What an examination says: findings with their remedies, and what there is on a helpdesk."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime

from plugin.domain.dataclass import dataclass
from plugin.domain.helpdesk import Ability
from plugin.domain.ticket import Agent, State


class Level(enum.StrEnum):
    """How much a finding matters. Only an error could stop an escalation."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of an examination.

    `remedy` says what to do next and is empty only for OK. `check` is the file that found it,
    `about` the helpdesk it is about, empty for Deskladder itself; whoever runs the checks fills
    both in. Never holds a secret.
    """

    level: Level
    text: str
    remedy: str = ""
    check: str = ""
    about: str = ""

    def __post_init__(self) -> None:
        if self.level is not Level.OK and not self.remedy:
            raise ValueError(f"a finding without a remedy: {self.text}")


def fine(text: str) -> Finding:
    """As it should be."""
    return Finding(Level.OK, text)


def warning(text: str, remedy: str) -> Finding:
    """Works, but somebody should look."""
    return Finding(Level.WARNING, text, remedy)


def error(text: str, remedy: str) -> Finding:
    """Could stop an escalation."""
    return Finding(Level.ERROR, text, remedy)


@dataclass(frozen=True, slots=True)
class Needed:
    """What the file asks of a helpdesk, as far as its connector has to know.

    `webhook_url` is our own address as the helpdesk should call it; None when nobody has said.
    `groups` are those the file names. `abilities` maps what it uses to where it says so first.
    `borrows_deadlines` asks for the helpdesk's own SLAs. `since` is the earliest instant from which on webhook calls must have come (see `Expected`).
    """

    now: datetime
    webhook_url: str | None = None
    groups: frozenset[str] = frozenset()
    sends_replies: bool = False
    abilities: Mapping[Ability, str] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    borrows_deadlines: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """Something that happened on the helpdesk, of which a webhook call should have told.

    `hints` are the event names of which one should have come; empty for any. `what` is a noun in the
    plural; `remedy` says what to do when none of its kind came.
    """

    ticket_id: int
    at: datetime
    what: str
    remedy: str
    hints: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything the file may name on one helpdesk, in our words.

    None for a list that cannot be read there. `owners` maps a group's name to the ids of those who
    may own its tickets, for the groups the file names.
    """

    groups: Sequence[str]
    agents: Sequence[Agent]
    states: Sequence[State]
    owners: Mapping[str, frozenset[int]] = field(default_factory=dict)
    tags: frozenset[str] | None = None
    fields: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """What a connector found out. `inventory` is None when the helpdesk did not let itself be read."""

    findings: Sequence[Finding]
    inventory: Inventory | None = None
    expected: Sequence[Expected] = ()
    clock_skew: float | None = None  # seconds by which the helpdesk's clock is ahead of ours
