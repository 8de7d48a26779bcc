"""Plays one test of the file: the service's own look, store and dispatcher, with the clock in hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from shutil import copyfile
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from plugin.digest import Digest
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError
from plugin.domain.memory import ActionState, Memory
from plugin.domain.scripted import Expectation, Happening, Script
from plugin.domain.settings import Config, Mode
from plugin.domain.storing import Claim
from plugin.domain.ticket import Ticket, TicketRef, customer_key
from plugin.engine.decide import decide
from plugin.engine.dispatcher import Dispatcher
from plugin.engine.look import audit_of, look
from plugin.engine.means import Live, Means, needs_of
from plugin.engine.pace import Pace
from plugin.metrics import Metrics
from plugin.rehearsal.desk import PaperDesk
from plugin.store.store import Store

_ROUNDS = 2000
_PACE = Pace(backoff_first=1.0, settle=0.0)


class Restless(DeskladderError):
    """Something becomes due again and again without end."""


@dataclass(frozen=True, slots=True)
class Told:
    """A notification that would have gone out."""

    at: datetime
    channel: str
    title: str
    urgency: str


@dataclass(frozen=True, slots=True)
class Scene:
    """How things stand at one instant. `fired` are the rules so far, `refused` what failed."""

    after: timedelta
    ticket: Ticket
    memory: Memory
    fired: tuple[str, ...]
    told: tuple[Told, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what happened, for a test that fails."""

    after: timedelta
    text: str


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a script: a scene for each expectation, and everything that happened."""

    script: Script
    scenes: tuple[Scene, ...]
    lines: tuple[Line, ...]


def play(config: Config, script: Script, folder: Path) -> Played:
    """Play one script. `folder` is where the store's file of the test may be. Raises `Restless`."""
    with _stage(config, script, folder) as stage:
        scenes = tuple(stage.scene(one) for one in script.expect)
        return Played(script, scenes, tuple(stage.lines()))


@contextmanager
def _stage(config: Config, script: Script, folder: Path) -> Iterator[Stage]:
    database = folder / f"{uuid4().hex}.sqlite3"
    copyfile(empty_store(folder, script.given.at), database)
    store = Store.open(f"sqlite:///{database}", now=script.given.at)
    try:
        yield Stage(config, script, store)
    finally:
        store.close()
        for file in folder.glob(f"{database.name}*"):
            file.unlink()


def empty_store(folder: Path, now: datetime) -> Path:
    """A store with its tables, made once: making them takes longer than most tests."""
    empty = folder / "empty.sqlite3"
    if not empty.exists():
        Store.open(f"sqlite:///{empty}", now=now).close()
        import sqlite3

        with sqlite3.connect(empty) as connection:
            connection.execute("DELETE FROM meta")
        connection.close()
    return empty


@dataclass(slots=True)
class Stage:
    """One ticket, one store, one clock. `make_desk` is for tests that need a desk with faults."""

    config: Config
    script: Script
    store: Store
    now: datetime = field(init=False)
    desk: PaperDesk = field(init=False)
    told: list[Told] = field(default_factory=list)
    make_desk: Callable[..., PaperDesk] = PaperDesk
    _live: Live = field(init=False)
    _means: Means = field(init=False)
    _dispatcher: Dispatcher = field(init=False)
    _digest: Digest = field(init=False)
    _ref: TicketRef = field(init=False)
    _coming: list[Happening] = field(default_factory=list)
    _began: bool = False

    def __post_init__(self) -> None:
        script, given = self.script, self.script.given
        name = script.helpdesk or next(iter(self.config.helpdesks))
        self.now = given.at
        self._coming = list(script.happens)
        self.desk = self.make_desk(
            name=name,
            type=self.config.helpdesks[name].type,
            now=given.at,
            access=_access(self.config, script),
            absent=frozenset(who.lower() for who in given.absent),
        )
        self.desk.know_groups([team.group for team in self.config.teams.values()])
        self._live = Live(self.config, {name: self.desk}, needs_of(self.config))
        self._means = Means(
            store=self.store,
            clock=lambda: self.now,
            decide=decide,
            post=_answer,
            announce=self._announce,
            metrics=Metrics(),
            pace=_PACE,
            random=Random(1),  # noqa: S311  - the same every time
        )
        self._dispatcher = Dispatcher(self._means)
        self._digest = Digest(self.store, lambda: self._live, self._announce, lambda: self.now)

    def scene(self, expected: Expectation) -> Scene:
        """Let everything happen that is due by then, and look."""
        self.advance(self.script.given.at + expected.after)
        ticket, memory = self.desk.read(self._ref.id), self.memory
        audit = self.store.audit(self._ref, 5000)
        refused = [
            f"{one.name}: {one.detail}" for one in memory.actions if one.state is ActionState.FAILED
        ]
        return Scene(
            after=expected.after,
            ticket=ticket,
            memory=memory,
            fired=tuple(
                dict.fromkeys(one.rule for one in audit if one.kind == "verdict" and one.rule)
            ),
            told=tuple(self.told),
            refused=tuple(refused),
        )

    def lines(self) -> Iterator[Line]:
        """The audit of the ticket, and who was told outside."""
        began = self.script.given.at
        found = [
            (one.at, f"{one.text}" + (f"  [{one.rule}]" if one.rule else ""))
            for one in self.store.audit(self._ref, 5000)
        ]
        found += [(one.at, f"told {one.channel}: {one.title}") for one in self.told]
        for at, text in sorted(found, key=lambda pair: pair[0]):
            yield Line(at - began, text)

    # Time -----------------------------------------------------------------------------------

    def advance(self, until: datetime) -> None:
        """Let everything happen that is due by then, in order."""
        if not self._began:
            self.begin()
        for _ in range(_ROUNDS):
            happens_at = self._next_happening_at()
            dues = (happens_at, self.store.next_due(), self.store.next_notice())
            first = min((at for at in dues if at is not None), default=None)
            if first is None or first > until:
                self.move_to(until)
                return
            self.move_to(first)
            if happens_at == first:
                self._happen(self._coming.pop(0))
            self.work()
        raise Restless(
            f"the test {self.script.name!r} does not come to rest: something is due again and again "
            f"around {self.now.isoformat()}"
        )

    def begin(self) -> None:
        """The customer writes for the first time."""
        self._began = True
        # What a new installation finds is no news; what comes after it is.
        self._ref = self.desk.open(self.script.given)
        self.wake("the customer wrote")
        self.work()

    def _next_happening_at(self) -> datetime | None:
        return self.script.given.at + self._coming[0].after if self._coming else None

    def move_to(self, at: datetime) -> None:
        """Move the clock, never back."""
        self.now = self.desk.now = max(self.now, at)

    def wake(self, why: str) -> None:
        """What a webhook does: somebody should look."""
        self.store.look_at([self._ref], self.now, why)

    def work(self) -> None:
        """Everything that is due now."""
        for _ in range(_ROUNDS):
            claims = self.store.claim(self.now, worker="test", limit=5, lease=_PACE.lease)
            if not claims and not self._digest.send_due():
                return
            for claim in claims:
                self._do(claim)
        raise Restless(f"the test {self.script.name!r} does not come to rest")

    def _do(self, claim: Claim) -> None:
        if claim.look:
            seen = look(claim, self._live, self._means, self._dispatcher)
            self.store.store_plans([(claim, seen.plan, seen.customer)], [*audit_of(seen.plan)])
        self._dispatcher.dispatch(claim, self._live)
        self.store.release(claim, self.now)

    # People ---------------------------------------------------------------------------------

    def adopt(self, other: Stage) -> None:
        """Go on with the ticket of another stage, as a process that is started anew does."""
        self._ref, self._began = other._ref, True
        self.reload(self.config)

    def reload(self, config: Config) -> None:
        """Another file is in use from now on."""
        self.config = config
        self._live = Live(config, {self.desk.name: self.desk}, needs_of(config))

    @property
    def memory(self) -> Memory:
        """What is remembered of the ticket."""
        ticket = self.desk.read(self._ref.id)
        return self.store.memory(self._ref, customer_key(self.desk.name, ticket.customer), self.now)

    def _happen(self, one: Happening) -> None:
        desk = self.desk
        does: Mapping[str, Callable[[], None]] = {
            "writes": lambda: desk.customer_writes(one.value),
            "robot": lambda: desk.customer_writes(one.value, automatic="an automatic answer"),
            "replies": lambda: desk.agent_replies(one.who, one.value),
            "notes": lambda: desk.agent_notes(one.who, one.value),
            "assigns": lambda: desk.agent_assigns(one.who, one.value),
            "moves": lambda: desk.agent_moves(one.who, one.value),
            "tags": lambda: desk.agent_tags(one.value),
            "untags": lambda: desk.agent_untags(one.value),
            "sets": lambda: desk.agent_sets_state(one.who, one.value),
            "prioritises": lambda: desk.agent_prioritises(one.who, one.value),
        }
        does[one.what]()
        self.wake(one.what)

    def _announce(self, url: str, title: str, body: str, urgency: str) -> None:
        del body
        self.told.append(Told(self.now, _addressee(self.config, url), title, urgency))


def _addressee(config: Config, url: str) -> str:
    """The channel's name; the person's address where the channel's URL has a place for it."""
    for name, secret in config.notify.items():
        before, hole, after = secret.reveal().partition("{address}")
        if not hole and before == url:
            return name
        if hole and url.startswith(before) and url.endswith(after):
            return unquote(url.removeprefix(before).removesuffix(after))
    return "a channel"


def _answer(
    url: str, body: Mapping[str, Any], headers: Mapping[str, str]
) -> tuple[int, Mapping[str, str]]:
    """What another system answers in a test: taken, as number 1."""
    del url, body, headers
    return 200, {"id": "1"}


def _access(config: Config, script: Script) -> dict[str, list[str]]:
    """Who may own tickets of which group, by lower-case name: as far as file and test say."""
    found: dict[str, list[str]] = {}
    for team in config.teams.values():
        lead = [team.lead] if team.lead else []
        members = team.pool.members if team.pool and team.pool.members else ()
        skilled = [who for some in team.skills.values() for who in some]
        found.setdefault(team.group.lower(), []).extend([*members, *skilled, *lead])
    for group, people in script.given.agents.items():
        found.setdefault(group.lower(), []).extend(people)
    invented = {group: _invented(group) for group, people in found.items() if not people}
    return {**{group: list(dict.fromkeys(some)) for group, some in found.items()}, **invented}


def _invented(group: str) -> list[str]:
    """Two people for a group of which nobody is named."""
    word = "".join(char for char in group if char.isascii() and char.isalnum()) or "group"
    return [f"{name}@{word}.example" for name in ("anna", "bert")]


def acting(config: Config) -> Config:
    """The file with every rule acting: a test asks what a rule does, not whether it may yet."""
    from dataclasses import replace

    rules = tuple(
        replace(rule, mode=Mode.ACT) if rule.mode is not Mode.OFF else rule for rule in config.rules
    )
    defaults = replace(config.defaults, mode=Mode.ACT, enforce_from=None)
    return replace(config, rules=rules, defaults=defaults)
