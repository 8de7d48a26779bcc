"""How late a timer is: from the instant it is due to the decision, in an idle service (T17).

Forty tickets with a timer each, due at odd instants over twelve seconds, in a store with ten thousand
other tickets whose timers are far away; the engine as the service runs it, beside a helpdesk that
answers at once. (Ten thousand timers due at once are measured in `store_work`.)
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from unittest.mock import Mock

from bench.engine_flow import InstantHelpdesk
from bench.files import ENVIRON, file_text
from bench.report import Row
from plugin import clock
from plugin.configuration import load
from plugin.domain.memory import Memory
from plugin.domain.plan import Plan, Timer
from plugin.domain.settings import Config
from plugin.domain.ticket import Ticket, TicketRef
from plugin.engine.decide import decide
from plugin.engine.means import Live, Means, needs_of
from plugin.engine.worker import Workforce
from plugin.metrics import Metrics
from plugin.store.store import Store

TIMERS, OTHERS, SECONDS = 40, 10_000, 12.0


def measure() -> Iterator[Row]:
    """The idle half of T17."""
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "deskladder.yaml"
        file.write_text(file_text(20))
        config = load(file, environ=ENVIRON, now=clock.now())
        store = Store.open(f"sqlite:///{folder}/store.sqlite3", now=clock.now())
        far = clock.now() + timedelta(days=30)
        _arm(store, {TIMERS + number: far for number in range(OTHERS)})
        die, first = random.Random(3), clock.now() + timedelta(seconds=2)
        due = {n: first + timedelta(seconds=die.uniform(0, SECONDS)) for n in range(TIMERS)}
        _arm(store, due)
        late = _lateness(store, config, due)
        store.close()
    late.sort()
    p99 = late[-1]
    yield Row("", "a timer's lateness, median", statistics.median(late), "ms")
    yield Row("T17", f"a timer's lateness, worst of {TIMERS}", p99, "ms", "<= 50", p99 <= 50)


def _arm(store: Store, due: dict[int, datetime]) -> None:
    now, lease = clock.now(), timedelta(minutes=5)
    store.look_at([TicketRef("support", number + 1) for number in due], now, "arm")
    while claims := store.claim(now, worker="arm", limit=500, lease=lease):
        plans = []
        for claim in claims:
            timer = Timer("time", due[claim.ref.id - 1])
            memory = Memory(claim.ref, now)
            plans.append((claim, Plan(claim.ref, now, memory, timers=(timer,)), ""))
        store.store_plans(plans)
        store.release_all(claims, now)


def _lateness(store: Store, config: Config, due: dict[int, datetime]) -> list[float]:
    late: list[float] = []

    def noting(settings: Config, ticket: Ticket, memory: Memory, now: datetime) -> Plan:
        instant = due[ticket.ref.id - 1]
        late.append(1000 * (clock.now() - instant).total_seconds())
        return decide(settings, ticket, memory, now)

    live = Live(config, {"support": InstantHelpdesk()}, needs_of(config))  # type: ignore[dict-item]
    means = Means(store, clock.now, noting, Mock(), Mock(), Metrics())
    crew = Workforce("bench", store, lambda: live, means)
    crew.start()
    end = time.monotonic() + SECONDS + 15
    while len(late) < len(due) and time.monotonic() < end:
        time.sleep(0.05)
    crew.stop(5)
    assert len(late) >= len(due), f"{len(late)} of {len(due)} timers"
    return late
