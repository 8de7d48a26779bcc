"""Doing one action on one ticket, with everything around it plain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from plugin.actions import Occasion, Outcome, registry
from plugin.domain.duration import Duration
from plugin.domain.memory import ActionRecord, ActionState, Memory, Seen
from plugin.domain.plan import PlannedAction
from plugin.domain.settings import Config, Defaults, Guards, HelpdeskSettings, Secret, Team
from plugin.domain.ticket import Ticket
from tests.fakes import NOON, FakeHelpdesk, FakeTurns, a_ticket

MARK = "0123456789abcdef"


@dataclass
class OfficeHours:
    """A calendar that is always open, in one zone."""

    name: str = "office"
    timezone: str = "Europe/Amsterdam"

    def due(self, start: datetime, duration: Duration, pauses: object = ()) -> datetime:
        return start + timedelta(seconds=duration.real_seconds)


def a_config(**changes: object) -> Config:
    """One helpdesk, two teams, three replies, two channels, one secret."""
    config = Config(
        path=Path("deskladder.yaml"),
        digest="d",
        loaded_at=NOON,
        helpdesks={
            "support": HelpdeskSettings(
                name="support",
                type="fake",
                url="https://help.example.com",
                token=Secret("t"),
                webhook_secret=Secret("s"),
                service_user="deskladder@example.com",
            )
        },
        defaults=Defaults(language="en", calendar="office"),
        guards=Guards(),
        calendars={"office": OfficeHours()},  # type: ignore[dict-item]
        teams={
            "front": Team("front", "1st Level", None, "refund up to EUR 50"),
            "finance": Team("finance", "Finance", "marta@example.com"),
        },
        replies={
            "we_escalated": {
                "en": "Dear {{ customer.name }}, a specialist has your case. You hear from us by {{ promise_at }}.",
                "nl": "Beste {{ customer.name }}, een specialist heeft uw vraag. U hoort uiterlijk {{ promise_at }} van ons.",
            },
            "only_promise": {"en": "You hear from us by {{ promise_at }}."},
        },
        notify={"duty": Secret("json://duty.example"), "board": Secret("json://board.example")},
        promise=Duration(minutes=120),
        secrets={"${CRM_TOKEN}": Secret("k-4711"), "${VIP_TAG}": Secret("vip")},
    )
    return replace(config, **changes)  # type: ignore[arg-type]


def seen(ticket: Ticket, **changes: object) -> Seen:
    """What the plan saw: the ticket, with some things otherwise."""
    return replace(Seen.of(ticket), **changes)  # type: ignore[arg-type]


def done(
    name: str, wrote: Mapping[str, object], detail: str = "", **changes: object
) -> ActionRecord:
    """A finished action of the same firing."""
    record = ActionRecord(
        key=f"support/7/late answer/c1/0.{name}",
        rule="late answer",
        name=name,
        state=ActionState.DONE,
        planned_at=NOON,
        done_at=NOON,
        wrote=wrote,
        detail=detail,
        cycle="c1",
    )
    return replace(record, **changes)  # type: ignore[arg-type]


@dataclass
class Doing:
    """The world around one action; `do` performs it and keeps what went out."""

    helpdesk: FakeHelpdesk = field(default_factory=FakeHelpdesk)
    config: Config = field(default_factory=a_config)
    memory: Memory | None = None
    now: datetime = NOON + timedelta(minutes=1)
    planned_at: datetime = NOON
    why: str = "no human answer for 4h 10m (limit 4h)"
    answer: tuple[int, Any] = (201, {"data": {"id": 815}})
    posted: list[tuple[str, Any, Mapping[str, str]]] = field(default_factory=list)
    announced: list[tuple[str, str, str, str]] = field(default_factory=list)
    announce: Callable[[str, str, str, str], None] | None = None
    turns: FakeTurns = field(default_factory=FakeTurns)
    ladder: Mapping[str, object] = field(default_factory=dict)
    """Parameters that the file cannot give, but a ladder does."""

    def do(
        self, name: str, value: object, ticket: Ticket | None = None, **memory: object
    ) -> Outcome:
        """Read the YAML value as the configuration does, then perform."""
        ticket = self.helpdesk.hold(ticket or a_ticket())
        module = registry()[name]
        params = module.PARAMS.deserialize(value) | self.ladder
        action = PlannedAction(
            key=f"support/7/late answer/c1/1.{name}",
            ref=ticket.ref,
            rule="late answer",
            name=name,
            params=params,
            step=module.STEP,
            position=1,
            why=self.why,
            cycle="c1",
        )
        base = self.memory or Memory(ref=ticket.ref, installed_at=NOON, seen=Seen.of(ticket))
        occasion = Occasion(
            action=action,
            ticket=ticket,
            memory=base.with_changes(**memory),
            config=self.config,
            helpdesk=self.helpdesk,
            now=self.now,
            mark=MARK,
            post=self._post,
            announce=self.announce or self._announce,
            planned_at=self.planned_at,
            take_turn=partial(self.turns.take, action.key),
        )
        return module.perform(params, occasion)

    def _post(
        self, url: str, payload: Mapping[str, Any], headers: Mapping[str, str]
    ) -> tuple[int, Any]:
        self.posted.append((url, payload, headers))
        return self.answer

    def _announce(self, url: str, title: str, body: str, urgency: str) -> None:
        self.announced.append((url, title, body, urgency))

    @property
    def ticket(self) -> Ticket:
        return self.helpdesk.tickets[7]
