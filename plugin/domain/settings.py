"""The configuration as the program uses it: checked, resolved, immutable."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plugin.domain.dataclass import dataclass
from plugin.domain.duration import Duration
from plugin.domain.service import Service

if TYPE_CHECKING:
    from plugin.domain.calendar import Calendar
    from plugin.domain.ladder import MatrixRow, Policy, Pool, Reachable
    from plugin.domain.scripted import Script
    from plugin.domain.situation import Condition
    from plugin.domain.sla import SlaPolicy


class Secret:
    """A value that never shows itself; `reveal()` is called where it leaves for the helpdesk."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class Mode(enum.StrEnum):
    """How far a rule may go."""

    OFF = "off"
    OBSERVE = "observe"
    SUGGEST = "suggest"  # one note says what would be done, and waits for `/accept`
    ACT = "act"


class OncePer(enum.StrEnum):
    """How often a rule may fire on one ticket.

    `CYCLE`: once until the ticket is closed and reopened. `MESSAGE`: once per customer message.
    `CLOCK`: once for each threshold, breach or end of each cycle of an SLA clock. `STEP`: once for
    each step of an escalation. Each does what the other does on the other's events, and on any other event
    what `CYCLE` does.
    """

    TICKET = "ticket"
    CYCLE = "cycle"
    MESSAGE = "message"
    DAY = "day"
    CLOCK = "clock"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the file; `line` and `column` count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class HelpdeskSettings:
    """One entry of `helpdesks:`. `options` holds what only this type of connector knows."""

    name: str
    type: str
    url: str
    token: Secret
    webhook_secret: Secret
    service_user: str
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    concurrency: int = 4
    verify_tls: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Team:
    """One entry of `teams:`. Names as the helpdesk knows them; people by e-mail or login."""

    name: str
    group: str
    lead: str | None = None
    authority: str = ""
    pool: Pool | None = None
    skills: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # skill → people


@dataclass(frozen=True, slots=True)
class ActionCall:
    """One entry of a rule's `do`: the action's name and its checked parameters (plain JSON)."""

    name: str
    params: Mapping[str, Any]
    place: Place


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of `rules:`. Its name is its identity: rename it and it counts as a new rule.

    A `${VARIABLE}` inside `do` is still unexpanded in the parameters, because plans are stored:
    `Config.reveal` puts the value in where the text leaves for another system.
    """

    name: str
    on: frozenset[str]
    when: Condition
    do: tuple[ActionCall, ...]
    mode: Mode
    once_per: OncePer
    place: Place
    digest: str = ""  # changes when anything the rule says changes


@dataclass(frozen=True, slots=True)
class Sla:
    """One entry of `sla:`: for which tickets, what is promised, in whose hours.

    `digest` changes when anything it says changes, its calendar included.
    """

    policy: SlaPolicy
    when: Condition
    calendar: Calendar
    place: Place
    digest: str = ""

    @property
    def name(self) -> str:
        """The policy's name."""
        return self.policy.name


@dataclass(frozen=True, slots=True)
class Guards:
    """The safety limits; the defaults are those of the documentation."""

    notes_per_ticket_per_day: int = 6
    replies_per_customer_per_day: int = 2
    actions_per_5m: int = 60
    human_touch_grace: timedelta = timedelta(minutes=5)
    max_staleness: timedelta = timedelta(hours=4)  # an older customer reply is dropped
    handoffs: int = 3  # more people or groups than this: it stays, the lead decides
    loop_firings: int = 3  # more firings of one rule on one ticket …
    loop_window: timedelta = timedelta(hours=1)  # … within this demote the rule


@dataclass(frozen=True, slots=True)
class Defaults:
    """What applies where an entry says nothing."""

    language: str = "en"
    calendar: str | None = None
    mode: Mode = Mode.OBSERVE
    enforce_from: datetime | None = None


Texts = Mapping[str, str]
"""One text in several languages: language code → template."""


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file, includes merged. `digest` changes when its meaning could have changed."""

    path: Path
    digest: str
    loaded_at: datetime
    helpdesks: Mapping[str, HelpdeskSettings]
    defaults: Defaults
    guards: Guards
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    replies: Mapping[str, Texts] = field(default_factory=dict)
    notes: Mapping[str, Texts] = field(default_factory=dict)
    notify: Mapping[str, Secret] = field(default_factory=dict)  # channel → Apprise URL
    warnings: tuple[str, ...] = ()
    promise: Duration | None = None  # defaults.promise: what `promise_at` counts from now
    secrets: Mapping[str, Secret] = field(default_factory=dict)  # `${VARIABLE}` → value
    sla: tuple[Sla, ...] = ()  # the first whose `when` holds counts
    policies: Mapping[str, Policy] = field(default_factory=dict)
    matrix: tuple[MatrixRow, ...] = ()
    people: Mapping[str, Reachable] = field(default_factory=dict)  # by lower-case address
    service: Service = field(default_factory=Service)
    tests: tuple[Script, ...] = ()
    sla_digest: str = field(init=False, compare=False)
    """Changes when any policy, its calendar or the order of policies changes."""
    _woken_by: Mapping[str, tuple[int, ...]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        digests = " ".join(entry.digest for entry in self.sla)
        digest = sha256(digests.encode()).hexdigest()[:16] if self.sla else ""
        object.__setattr__(self, "sla_digest", digest)
        woken_by: dict[str, list[int]] = {}
        for position, rule in enumerate(self.rules):
            for event in rule.on if rule.mode is not Mode.OFF else ():
                woken_by.setdefault(event, []).append(position)
        object.__setattr__(self, "_woken_by", {name: tuple(at) for name, at in woken_by.items()})

    def rules_on(self, events: Collection[str]) -> list[Rule]:
        """The rules that are not off and have one of these events in their `on`, in the file's order."""
        found = [self._woken_by[name] for name in events if name in self._woken_by]
        positions = found[0] if len(found) == 1 else sorted({at for some in found for at in some})
        return [self.rules[at] for at in positions]

    @property
    def only_observes(self) -> bool:
        """True when nothing in the file may do anything, so that people's ladders must not either."""
        silent = {Mode.OFF, Mode.OBSERVE}
        return self.defaults.mode in silent and all(rule.mode in silent for rule in self.rules)

    def reveal(self, text: str) -> str:
        """Put the values of `${VARIABLE}` references in. Only for texts that stood in the file:

        reveal first, fill placeholders afterwards, or a customer could ask for a secret by name.
        `$${` becomes a literal `${`.
        """
        if "${" not in text:
            return text
        known = "|".join(re.escape(reference) for reference in ("$${", *self.secrets))
        return re.sub(
            known,
            lambda match: "${" if match[0] == "$${" else self.secrets[match[0]].reveal(),
            text,
        )
