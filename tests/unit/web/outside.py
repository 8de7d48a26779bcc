"""A store and a configuration for the doors to the outside, and a client that knocks at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from plugin.domain.cases import Case
from plugin.domain.duration import Duration
from plugin.domain.escalation import Ask, Cause, Escalation, Phase, Source
from plugin.domain.ladder import Kind, Level, Policy
from plugin.domain.links import ack_link
from plugin.domain.memory import Memory
from plugin.domain.service import Service
from plugin.domain.settings import Config, HelpdeskSettings, Secret
from plugin.domain.ticket import TicketRef
from plugin.metrics import Metrics
from plugin.web.app import Doors, Readiness, create_app
from plugin.web.lockout import Lockout
from plugin.web.outside import Outside
from tests.given import config

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
KEY = b"k" * 32
TOKEN = "a-token-of-the-file-0123456789abcdef"
REF = TicketRef("support", 12)
SERVICE = "https://desk.example.com"


@dataclass
class FakeStore:
    """Keeps in memory what it is asked to; `problem` is raised by every call."""

    escalations: tuple[Escalation, ...] = ()
    asked: list[dict[str, Any]] = field(default_factory=list)
    cases: dict[tuple[str, str], Case] = field(default_factory=dict)
    problem: Exception | None = None

    def ask(self, ref: TicketRef, what: Ask, now: datetime, *, key: str, **more: Any) -> bool:
        self._fail()
        if key in {one["key"] for one in self.asked}:
            return False
        self.asked.append({"ref": ref, "what": what, "at": now, "key": key, **more})
        return True

    def memory(self, ref: TicketRef, customer: str, now: datetime) -> Memory:
        self._fail()
        mine = self.escalations if ref == REF else ()
        return Memory(ref=ref, installed_at=NOW, escalations=mine)

    def keep_case(
        self, system: str, reference: str, ref: TicketRef, escalation: int | None, now: datetime
    ) -> None:
        self._fail()
        self.cases[system, reference] = Case(system, reference, ref, escalation, now)

    def case(self, system: str, reference: str) -> Case | None:
        self._fail()
        return self.cases.get((system, reference))

    def secret(self, name: str) -> bytes:
        self._fail()
        return KEY

    def _fail(self) -> None:
        if self.problem:
            raise self.problem


def escalation(**changes: Any) -> Escalation:
    """An open one at its first level, entered with step 2."""
    levels = (
        Level(1, "experts", Kind.FUNCTIONAL, ack_within=Duration(minutes=60)),
        Level(2, "lead", Kind.HIERARCHICAL),
    )
    one = Escalation(
        number=1,
        policy=Policy("finance", Kind.FUNCTIONAL, levels),
        phase=Phase.OPEN,
        level=1,
        start=1,
        top=2,
        opened_at=NOW,
        entered_at=NOW,
        changed_at=NOW,
        causes=(Cause(Source.RULE, "rule", "sla", "late", NOW),),
        step=2,
        entered_step=2,
    )
    return replace(one, **changes)


def link(**changes: Any) -> str:
    """The path of Ana's link for step 2."""
    fields: dict[str, Any] = {
        "helpdesk": REF.helpdesk,
        "ticket": REF.id,
        "escalation": 1,
        "step": 2,
        "person": "21",
        "expires": NOW + timedelta(days=7),
        "number": "10012",
        "key": KEY,
    } | changes
    key = fields.pop("key")
    return ack_link("", key, **fields)


def helpdesk(name: str) -> HelpdeskSettings:
    return HelpdeskSettings(name, "zammad", "https://h", Secret("t"), Secret("s"), "d@example.com")


def the_config(**changes: Any) -> Config:
    policy = escalation().policy
    fields: dict[str, Any] = {
        "helpdesks": {"support": helpdesk("support")},
        "policies": {"finance": policy, "front": replace(policy, name="front")},
        "service": Service(url=SERVICE, api_token=Secret(TOKEN)),
    }
    return replace(config(), **(fields | changes))


@dataclass
class Ticking:
    """A clock for lock-outs that only moves when told."""

    at: float = 0.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Scene:
    """The doors with everything behind them at hand."""

    store: FakeStore = field(default_factory=lambda: FakeStore((escalation(),)))
    config: Config = field(default_factory=the_config)
    now: datetime = NOW
    seconds: Ticking = field(default_factory=Ticking)
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        outside = Outside(
            config=lambda: self.config,
            store=self.store,
            clock=lambda: self.now,
            links=Lockout(30, clock=self.seconds),
            tokens=Lockout(10, clock=self.seconds),
            busy=Lockout(300, clock=self.seconds),
        )
        doors = Doors(
            parsers=dict,
            accept=lambda _: True,
            ready=lambda: Readiness(ok=True, details={}),
            metrics=self.metrics,
            clock=lambda: self.now,
            outside=outside,
        )
        self.client = create_app(doors).test_client()

    def press(self, path: str, what: str = "acknowledge", **more: Any):
        """Press a button of the page behind a link."""
        token = path.rpartition("/")[2]
        form = {"token": token, "what": what} | more.pop("form", {})
        return self.client.post(path, data=form, **more)

    def post(self, body: Mapping[str, Any] | bytes | str, token: str | None = TOKEN, **more: Any):
        """Ask by the API."""
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        request: dict[str, Any] = {"headers": headers | more.pop("headers", {})}
        request |= {"json": body} if isinstance(body, Mapping) else {"data": body}
        if not isinstance(body, Mapping):
            request["content_type"] = "application/json"
        return self.client.post(more.pop("path", "/api/escalations"), **request | more)
