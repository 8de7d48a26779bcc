"""A simulated helpdesk and Deskladder beside it, in one process: for tests that read as stories."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from plugin import clock
from plugin.engine.pace import Pace
from plugin.service import Service
from plugin.simulated.desk import SimulatedDesk
from plugin.simulated.zammad import SimulatedZammad
from plugin.store.store import Store
from plugin.whereabouts import store_url

if TYPE_CHECKING:
    from tests.story.killing import StoreKill, Victim

HOSTS = ("zammad", "freescout")

QUICK = Pace(
    gather=0.01,
    lease=timedelta(seconds=2),
    fresh=1.0,
    settle=0.3,
    tick=0.2,
    backoff_first=0.05,
    backoff_longest=0.5,
    refused_wait=0.2,
    refused_longest=0.5,
    guard_hold=0.1,
    reconcile=0.5,
    sweep=0.7,
    watch=0.1,
    clock_skew=timedelta(0),
    heartbeat=0.5,
    digest=0.3,
    doctor_first=3600.0,
)
"""Everything some thirty times as fast as in earnest; proportions kept."""

TEAM = {
    "ana@example.com": ("Ana Alvarez", ("Finance",)),
    "ben@example.com": ("Ben Berg", ("Finance", "1st Level")),
    "ruud@example.com": ("Ruud Rap", ("1st Level",)),
}

HEAD = """\
version: 1
helpdesks:
  support:
    type: {type}
    url: {url}
    token: ${{HELPDESK_TOKEN}}
    webhook_secret: ${{HELPDESK_SECRET}}
    service_user: {service_user}
    connect_timeout: 1s
    read_timeout: 1s
{options}
defaults: {{language: en, mode: act}}
guards: {{actions_per_5m: 100000, human_touch_grace: 0s, replies_per_customer_per_day: 100}}
replies:
  we_escalated:
    en: "Dear {{{{ customer.name }}}}, a specialist has your case now."
"""

BILLING = """\
rules:
  - name: billing
    on: [ticket.created, customer.replied]
    when: {text: {any_of: {en: [invoice]}}}
    once_per: ticket
    do:
      - tag: billing
      - tag: [esc-l1, escalated]
      - group: Finance
      - assign: ana@example.com
      - note: why
      - reply: we_escalated
"""


def simulated(host: str) -> SimulatedDesk:
    """A helpdesk with two groups and three agents, not yet started."""
    if host == "zammad":
        desk: SimulatedDesk = SimulatedZammad()
    else:
        from plugin.simulated.freescout import SimulatedFreeScout

        desk = SimulatedFreeScout()
    for group in ("1st Level", "Finance"):
        desk.add_group(group)
    for address, (name, groups) in TEAM.items():
        desk.add_agent(name, address, dict.fromkeys(groups, "full"))
    return desk


def free_port() -> int:
    """A port nobody listens on, so that a restarted service can have the same one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class World:
    """One helpdesk, one Deskladder. `desk` is where people act and where results are looked at."""

    def __init__(
        self,
        host: str,
        folder: Path,
        *,
        rules: str = BILLING,
        pace: Pace = QUICK,
        database: str | None = None,
        webhooks: bool = True,
        head: str = HEAD,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self.host = host
        self.folder = folder
        self.rules = rules
        self.pace = pace
        self.port = free_port()
        self.head = head
        self.now = now
        self.desk = simulated(host)
        self.desk.clock = now
        self.desk.sender.time_scale = 0.001  # a retry after minutes comes within a second
        self.desk.start()
        self.config = folder / "deskladder.yaml"
        self.environ = {
            "HELPDESK_TOKEN": self.desk.token,
            "HELPDESK_SECRET": self.desk.webhook_secret,
            "DESKLADDER_DATA": str(folder / "data"),
        }
        if database:
            self.environ["DESKLADDER_DATABASE"] = database
        self.write_config()
        if webhooks:
            self.desk.connect_webhook(self.webhook_url)
        self.service: Service | None = None
        self.victim: Victim | None = None
        self._store: Store | None = None

    @property
    def webhook_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks/support"

    def write_config(self, rules: str | None = None) -> None:
        """Write the file; `rules` replaces what stood there."""
        self.rules = rules or self.rules
        head = self.head.format(
            type=self.host, url=self.desk.url, service_user=self.desk.service_user, options=""
        )
        self.config.write_text(head + self.rules, encoding="utf-8")

    def start(self, **changes: object) -> Service:
        """Start Deskladder; `changes` are other paces."""
        self.service = Service(
            self.config,
            environ=self.environ,
            bind=f"127.0.0.1:{self.port}",
            pace=replace(self.pace, **changes),
            clock=self.now,
        )
        self.service.start()
        return self.service

    def start_process(self, kill: StoreKill | None = None, **changes: object) -> Victim:
        """Start Deskladder in a process of its own, which may be killed."""
        from tests.story.killing import Victim

        pace = replace(self.pace, **changes)
        self.victim = Victim(self.config, self.environ, self.port, pace, kill)
        self.victim.wait_until_ready()
        return self.victim

    def start_replica(self) -> Victim:
        """One more process on the same store, on a port of its own; the caller stops it."""
        from tests.story.killing import Victim

        return Victim(self.config, self.environ, free_port(), self.pace)

    def stop(self) -> None:
        """Stop Deskladder in an orderly way."""
        if self.service:
            self.service.stop()
        if self.victim:
            self.victim.stop()
        self.service = self.victim = None

    def close(self) -> None:
        self.stop()
        self.desk.stop()
        if self._store:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # What people do -------------------------------------------------------------------------

    def customer_writes(
        self, text: str, *, customer: str = "paula@guest.example", subject: str = "Question"
    ) -> int:
        return self.desk.customer_writes(customer, subject, text, group="1st Level")

    # What is to be seen ---------------------------------------------------------------------

    def settle(self, timeout: float = 30.0) -> None:
        """Wait until all webhooks have arrived and nothing is left to do."""
        self.desk.settle(timeout)
        wait_for(lambda: self.at_rest() and self.at_rest(), timeout, self._what_waits)

    @property
    def store(self) -> Store:
        """The service's store; of a service in another process, a view of the same database."""
        if self.service:
            return self.service.store
        if self._store is None:
            self._store = Store.open(store_url(self.environ), now=self.now())
        return self._store

    def at_rest(self) -> bool:
        """True when nothing waits, nothing is held and nothing is open."""
        status = self.store.status(self.now())
        waiting = sum(
            count
            for state, count in status.actions_by_state.items()
            if state in {"planned", "claimed", "unknown"}
        )
        return not (status.deliveries_waiting or waiting or status.leases)

    def wait_for_reconcile(self) -> None:
        """Wait until the helpdesk has been asked what changed, from now on."""
        asked = len(self._listings())
        wait_for(lambda: len(self._listings()) >= asked + 2)

    def _listings(self) -> list[object]:
        return [
            line
            for line in self.desk.requests
            if line.path.partition("?")[0].endswith(("/tickets/search", "/api/conversations"))
        ]

    def _what_waits(self) -> str:
        return str(self.store.status(self.now()))

    def notes(self, ticket: int) -> list[str]:
        """The internal notes of Deskladder."""
        return [note.body for note in self.desk.notes(ticket)]

    def replies(self, ticket: int) -> list[str]:
        """What the customer got."""
        return [reply.body for reply in self.desk.replies(ticket)]

    def end_state(self, ticket: int) -> tuple[object, ...]:
        """What must be the same whatever happened on the way."""
        desk = self.desk
        return (
            len(desk.notes(ticket)),
            len(desk.replies(ticket)),
            desk.tags(ticket),
            desk.group(ticket),
            desk.owner(ticket),
        )


ESCALATED = (1, 1, {"billing", "esc-l1", "escalated"}, "Finance", "ana@example.com")
"""The end state of a ticket on which `BILLING` fired once."""


def wait_for(
    is_so: Callable[[], bool],
    timeout: float = 10.0,
    what: Callable[[], str] = lambda: "",
    *,
    every: float = 0.02,
) -> None:
    """Wait until something is so; fails with `what()` when it never is."""
    end = time.monotonic() + timeout
    while not is_so():
        assert time.monotonic() < end, f"not within {timeout} s: {what()}"
        time.sleep(every)
