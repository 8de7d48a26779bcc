"""From a stored delivery to its stored plan, beside a helpdesk that answers at once (T14)."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

from bench.report import Row
from plugin import clock
from plugin.configuration import load
from plugin.domain.delivery import Delivery
from plugin.domain.ticket import (
    Group,
    Message,
    MessageKind,
    Person,
    Priority,
    Role,
    State,
    StateType,
    Ticket,
    TicketRef,
)
from plugin.engine.decide import decide
from plugin.engine.means import Live, Means, needs_of
from plugin.engine.worker import Workforce
from plugin.metrics import Metrics
from plugin.store.store import Store

BURST, RULES = 5_000, 20
PACE, SECONDS = 500, 10

HEAD = """\
version: 1
helpdesks:
  support:
    type: zammad
    url: https://help.example.com
    token: ${TOKEN}
    webhook_secret: ${SECRET}
    service_user: deskladder@example.com
defaults: {language: en, mode: act}
rules:
"""
RULE = """\
  - name: rule {number}
    on: [ticket.created, customer.replied]
    when: {{text: {{any_of: {{en: [word{number}, other{number}]}}}}, priority: [normal, high]}}
    do: [{{tag: tag-{number}}}]
"""


class InstantHelpdesk:
    """Every ticket is there, new, and answers at once."""

    name = "support"
    type = "zammad"

    def __init__(self) -> None:
        now = clock.now()
        guest = Person(5, Role.CUSTOMER, name="Guest", email="guest@example.org")
        text = "Dear team, my last bill is not what we agreed on. Kind regards, a guest. " * 10
        self._ticket = Ticket(
            ref=TicketRef(self.name, 0),
            number="1",
            url="https://help.example.com/1",
            subject="My bill",
            state=State("new", StateType.NEW),
            priority=Priority.NORMAL,
            group=Group(1, "1st Level"),
            owner=None,
            customer=guest,
            channel="email",
            created_at=now,
            updated_at=now,
            messages=(Message(1, MessageKind.CUSTOMER, guest, now, text=text),),
        )

    def read(self, ticket_id: int, needs: object = frozenset()) -> Ticket:
        return replace(self._ticket, ref=TicketRef(self.name, ticket_id))


@contextmanager
def workforce(rules: int) -> Iterator[tuple[Store, Workforce, Metrics]]:
    """A store in a folder of its own, and a crew that is not started yet."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "deskladder.yaml"
        file.write_text(HEAD + "".join(RULE.format(number=number) for number in range(rules)))
        environ = {"TOKEN": "t0ken-t0ken", "SECRET": "s3cret-s3cret"}
        config = load(file, environ=environ, now=clock.now())
        store = Store.open(f"sqlite:///{folder}/store.sqlite3", now=clock.now())
        live = Live(config, {"support": InstantHelpdesk()}, needs_of(config))
        metrics = Metrics()
        means = Means(store, clock.now, decide, Mock(), Mock(), metrics)
        crew = Workforce("bench", store, lambda: live, means)
        try:
            yield store, crew, metrics
        finally:
            crew.stop(5)
            store.close()


def measure() -> Iterator[Row]:
    """The drain after a burst, and the lag at a steady pace."""
    with workforce(rules=RULES) as (store, crew, metrics):
        fill(store, range(BURST))
        started = time.perf_counter()
        crew.start()
        wait_until_done(metrics, BURST)
        rate = BURST / (time.perf_counter() - started)
    yield Row("T14", f"burst drained, {RULES} rules", rate, "events/s", "≥ 2 500", rate >= 2500)

    with workforce(rules=RULES) as (store, crew, metrics):
        crew.start()
        lags = watch_lags(metrics)
        pace(store)
        wait_until_done(metrics, PACE * SECONDS)
    worst = sorted(lags)[int(len(lags) * 0.99)] * 1000
    median = sorted(lags)[len(lags) // 2] * 1000
    yield Row("", f"lag at {PACE} events/s, median", median, "ms")
    yield Row("T14", f"lag at {PACE} events/s, p99", worst, "ms", "≤ 100", worst <= 100)


def fill(store: Store, ticket_ids: range, threads: int = 8) -> None:
    """Deliveries from several threads, as a web server would bring them."""

    def bring(start: int) -> None:
        for number in ticket_ids[start::threads]:
            store.receive(Delivery("support", f"k{number}", number + 1, clock.now()))

    bringers = [threading.Thread(target=bring, args=(start,)) for start in range(threads)]
    for bringer in bringers:
        bringer.start()
    for bringer in bringers:
        bringer.join()


def pace(store: Store) -> None:
    """`PACE` deliveries a second for `SECONDS`, evenly."""
    started = time.perf_counter()
    for tick in range(SECONDS * 50):
        while time.perf_counter() < started + tick / 50:
            time.sleep(0.001)
        step = PACE // 50
        fill(store, range(tick * step, (tick + 1) * step), threads=2)


def watch_lags(metrics: Metrics) -> list[float]:
    """Every lag the engine reports from now on, in seconds."""
    lags: list[float] = []
    observe = metrics.lag.observe

    def note(seconds: float) -> None:
        lags.append(seconds)
        observe(seconds)

    metrics.lag.observe = note  # type: ignore[method-assign]
    return lags


def wait_until_done(metrics: Metrics, count: int) -> None:
    """Until that many looks were decided."""
    end = time.monotonic() + timedelta(minutes=3).total_seconds()
    decided = metrics.looks.labels("support", "decided")
    while decided._value.get() < count:  # noqa: SLF001
        if time.monotonic() > end:
            raise TimeoutError(f"{decided._value.get()} of {count}")  # noqa: SLF001
        time.sleep(0.005)
