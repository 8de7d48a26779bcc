"""The engine at work by hand: a real store, a helpdesk in memory, a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from plugin.configuration import load
from plugin.domain.delivery import Delivery
from plugin.domain.memory import ActionState
from plugin.domain.settings import Config
from plugin.domain.storing import Claim, OpenAction
from plugin.domain.ticket import Ticket, TicketRef, customer_key
from plugin.engine.decide import decide
from plugin.engine.dispatcher import Dispatcher
from plugin.engine.look import look
from plugin.engine.means import Live, Means, needs_of
from plugin.engine.pace import Pace
from plugin.metrics import Metrics
from plugin.store.store import Store
from tests.fakes import NOON, FakeHelpdesk, a_ticket

HEAD = """\
version: 1
helpdesks:
  support:
    type: zammad
    url: https://help.example.com
    token: ${TOKEN}
    webhook_secret: ${SECRET}
    service_user: deskladder@example.com
    read_timeout: 30s
defaults: {language: en, mode: act}
replies: {sorry: {en: "Dear {{ customer.name }}, we are on it."}}
"""

ESCALATE = """\
rules:
  - name: billing
    on: [ticket.created, customer.replied]
    when: {text: {any_of: {en: [invoice]}}}
    once_per: ticket
    do:
      - tag: billing
      - group: Finance
      - assign: ben@example.com
      - note: why
      - reply: sorry
"""

ENVIRON = {"TOKEN": "t0ken-t0ken-t0ken", "SECRET": "s3cret-s3cret-s3cret"}
FAR = datetime.max.replace(tzinfo=NOON.tzinfo, year=9998)


@cache
def read(text: str, now: datetime) -> Config:
    """What a file says; read once for all tests that write the same, since nothing changes it."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "deskladder.yaml"
        file.write_text(text, encoding="utf-8")
        return load(file, environ=ENVIRON, now=now)


class Workshop:
    """Does one step at a time, in this thread."""

    def __init__(self, folder: Path, rules: str = ESCALATE, head: str = HEAD) -> None:
        self.now = NOON - timedelta(minutes=1)
        self.store = Store.open(f"sqlite:///{folder}/store.sqlite3", now=self.now)
        self.now = NOON + timedelta(seconds=1)
        self.helpdesk = FakeHelpdesk()
        self.posted: list[str] = []
        self.announced: list[str] = []
        self.means = Means(
            store=self.store,
            clock=lambda: self.now,
            decide=decide,
            post=self._post,
            announce=self._announce,
            metrics=Metrics(),
            pace=Pace(gather=0.0, tick=0.1, fresh=3600.0),
            random=Random(1),
        )
        self.dispatcher = Dispatcher(self.means)
        self.use(rules, head)

    def use(self, rules: str, head: str = HEAD) -> None:
        """Read another file."""
        config = read(head + rules, self.now)
        self.live = Live(config, {"support": self.helpdesk}, needs_of(config))

    def _post(self, url: str, *_: object) -> tuple[int, object]:
        self.posted.append(url)
        return 200, {"id": 5}

    def _announce(self, url: str, *_: object) -> None:
        self.announced.append(url)

    # Steps ----------------------------------------------------------------------------------

    def arrives(self, ticket: Ticket | None = None, key: str | None = None) -> Ticket:
        """A ticket exists and a delivery about it is in the inbox."""
        ticket = self.helpdesk.hold(ticket or a_ticket())
        key = key or f"{ticket.ref.id}-{self.now.isoformat()}"
        self.store.receive(Delivery("support", key, ticket.ref.id, self.now))
        return ticket

    def claim(self) -> Claim:
        """Hold the one ticket that is due."""
        (claim,) = self.store.claim(self.now, worker="w", limit=5, lease=timedelta(seconds=90))
        return claim

    def plan(self) -> Claim:
        """Look and store the plan; the claim stays held."""
        claim = self.claim()
        seen = look(claim, self.live, self.means, self.dispatcher)
        assert self.store.store_plans([(claim, seen.plan, seen.customer)]) == []
        return claim

    def act(self, claim: Claim | None = None) -> None:
        """Do what is open, then give the ticket back."""
        claim = claim or self.claim()
        self.dispatcher.dispatch(claim, self.live)
        self.store.release(claim, self.now)

    def work(self) -> None:
        """The whole round for the ticket that is due."""
        claim = self.plan() if self._looks() else self.claim()
        self.act(claim)

    def _looks(self) -> bool:
        return bool(self.store.status(self.now).deliveries_waiting)

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    # What came of it ------------------------------------------------------------------------

    def states(self, ticket_id: int = 7) -> dict[str, ActionState]:
        """The state of each action of a ticket by its name."""
        ref = TicketRef("support", ticket_id)
        customer = customer_key("support", self.helpdesk.tickets[ticket_id].customer)
        memory = self.store.memory(ref, customer, self.now)
        return {record.name: record.state for record in memory.actions}

    def details(self, ticket_id: int = 7) -> dict[str, str]:
        """What is said of each action."""
        ref = TicketRef("support", ticket_id)
        return {one.name: one.detail for one in self.store.memory(ref, "x", self.now).actions}

    def open(self, ticket_id: int = 7) -> dict[str, OpenAction]:
        """What is not done yet, whenever it is due."""
        found = self.store.open_actions(TicketRef("support", ticket_id), FAR)
        return {item.action.name: item for item in found}

    def human(self, change: Callable[[Ticket], Ticket], ticket_id: int = 7) -> None:
        """A person changes the ticket at the helpdesk."""
        changed = change(self.helpdesk.tickets[ticket_id])
        self.helpdesk.hold(replace(changed, touched_at=self.now, updated_at=self.now))
