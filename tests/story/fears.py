"""What the tests of feared failures are played on: a ladder on a simulated host, and one on paper."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from plugin.configuration import load
from plugin.domain.escalation import Escalation
from plugin.domain.scripted import Given, Script
from plugin.domain.ticket import MessageKind
from plugin.rehearsal.desk import PaperDesk
from plugin.rehearsal.stage import Stage, acting, empty_store
from plugin.simulated.server import Answer, Request
from plugin.store.store import Store
from tests.story.test_ladder import POLICY, RULE, Ladder
from tests.story.test_sla import local
from tests.story.world import wait_for

ANA, BEN, RUUD, MARTA = (f"{name}@example.com" for name in ("ana", "ben", "ruud", "marta"))
GUEST, OTTO = "paula@guest.example", "otto@guest.example"
OUT_OF_OFFICE = "Automatic reply: I am out of the office until Monday. This is about the invoice."

PAPER = """\
version: 1
helpdesks:
  support: {type: zammad, url: https://help.example.com, token: t, webhook_secret: s, service_user: bot@example.com}
defaults: {language: en, mode: act, calendar: office}
calendars:
  office: {timezone: Europe/Amsterdam, hours: {mon-sun: [00:00-24:00]}}
  nights: {timezone: Europe/Amsterdam, hours: {mon-sun: [00:00-06:00]}}
  day: {timezone: Europe/Amsterdam, hours: {mon-fri: [09:00-17:00]}}
guards: {GUARDS}
notify: {mail: {url: "json://mail.example/{address}"}}
service: {channel: mail}
people:
  marta@example.com: {}
teams:
  front: {group: 1st Level, lead: ruud@example.com, authority: "refund up to EUR 50"}
  finance:
    group: Finance
    lead: marta@example.com
    pool: {members: [ana@example.com, ben@example.com], strategy: round_robin, if_none: lead}
replies:
  we_escalated:
    en: "Dear {{ customer.name }}, a specialist has your case now. You hear from us by {{ promise_at }}."
    nl: "Beste {{ customer.name }}, een specialist heeft uw vraag. U hoort van ons uiterlijk {{ promise_at }}."
    de: "Guten Tag {{ customer.name }}, eine Fachkraft hat Ihr Anliegen. Sie hören von uns bis {{ promise_at }}."
"""


class Feared(Ladder):
    """A ladder on a simulated host that remembers whole messages; `guards` replaces those of the file."""

    def __init__(
        self,
        host: str,
        folder: Path,
        file: str = "",
        at: str = "2026-11-24 09:00",
        guards: str = "",
    ) -> None:
        self.guards = guards
        self.messages: list[tuple[str, str]] = []
        super().__init__(host, folder, file, at)

    def write_config(self, rules: str | None = None) -> None:
        super().write_config(rules)
        if self.guards:
            text = self.config.read_text(encoding="utf-8")
            before, _, after = text.partition("guards: {")
            rest = after.partition("}")[2]
            self.config.write_text(f"{before}guards: {{{self.guards}}}{rest}", encoding="utf-8")

    def _post(self, request: Request) -> Answer:
        body = json.loads(request.body)
        to = request.path.strip("/").replace("%40", "@")
        self.messages.append((to, f"{body['title']}\n{body['message']}"))
        return super()._post(request)

    def start_quietly(self) -> None:
        """Start it, and let it ask what changed this one time: from now on only webhooks tell."""
        service = self.start(reconcile=3600.0, sweep=3600.0)
        reachable = service.metrics.reachable.labels("support")
        asked: list[int] = []

        def is_quiet() -> bool:
            asked.append(len(self.desk.requests))
            return reachable._value.get() == 1.0 and asked[-1] > 0 and asked[-5:] == [asked[-1]] * 5

        wait_for(is_quiet, every=0.1)

    def later(self, minutes: float) -> None:
        """Let everything happen that is due within this time."""
        self.passes((self.hands + timedelta(minutes=minutes)).isoformat())

    def passes(self, until: str) -> None:
        end = datetime.fromisoformat(until)
        end = end if end.tzinfo else local(until)
        self.settle()
        while (due_at := self.store.next_due()) is not None and due_at <= end:
            self.hands = max(self.hands, due_at)
            self.settle()
        self.hands = end
        self.settle()

    def answered(self, ticket: int) -> list[str]:
        """Our canned replies; what people wrote is left out."""
        return [text for text in self.replies(ticket) if "a specialist has your case" in text]


class Paper:
    """One ticket in memory with a clock in hand."""

    def __init__(
        self,
        folder: Path,
        file: str = POLICY + RULE,
        *,
        guards: str = "human_touch_grace: 0s",
        at: str = "2026-11-24 09:00",
        make_desk: Callable[..., PaperDesk] = PaperDesk,
        **given: Any,
    ) -> None:
        path = folder / "deskladder.yaml"
        path.write_text(PAPER.replace("{GUARDS}", f"{{{guards}}}") + file, encoding="utf-8")
        began = local(at)
        config = acting(load(path, environ={}, now=began))
        about = {"text": "The invoice is wrong again.", "group": "1st Level", **given}
        script = Script("fear", Given(began, **about), (), ())
        database = folder / "store.sqlite3"
        database.write_bytes(empty_store(folder, began).read_bytes())
        store = Store.open(f"sqlite:///{database}", now=began)
        self.stage = Stage(config, script, store, make_desk=make_desk)
        self.desk = self.stage.desk

    def begin(self) -> Paper:
        """The customer writes for the first time."""
        self.stage.begin()
        return self

    def later(self, minutes: float) -> None:
        """Let everything happen that is due within this time."""
        self.stage.advance(self.stage.now + timedelta(minutes=minutes))

    def sleeps(self, minutes: float) -> None:
        """Time passes and nobody looks."""
        self.stage.now = self.desk.now = self.stage.now + timedelta(minutes=minutes)

    def look(self) -> None:
        """What a webhook does."""
        self.sleeps(0.1)
        self.stage.wake("somebody did something")
        self.stage.work()

    @property
    def ladder(self) -> Escalation:
        return self.stage.memory.escalations[-1]

    @property
    def stands(self) -> tuple[str, int]:
        return self.ladder.phase.value, self.ladder.level

    @property
    def owner(self) -> str:
        ticket = self.desk.ticket
        assert ticket is not None
        return ticket.owner.email if ticket.owner else ""

    def said(self, kind: MessageKind) -> list[str]:
        ticket = self.desk.ticket
        assert ticket is not None
        return [one.text for one in ticket.messages if one.ours and one.kind is kind]

    @property
    def notes(self) -> list[str]:
        return self.said(MessageKind.NOTE)

    @property
    def replies(self) -> list[str]:
        return self.said(MessageKind.AGENT)

    @property
    def told(self) -> list[tuple[str, str]]:
        """Who was told outside, and how loud."""
        return [(one.channel, one.urgency) for one in self.stage.told]

    def close(self) -> None:
        self.stage.store.close()
