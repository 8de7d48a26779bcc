"""The store's own speed: events drained, timers due at once, an empty due scan, a fair share.

No HTTP and no helpdesk here: what is measured is claim, memory, plan, give back, all durable
(SQLite, one fsync for each group of writes).
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.report import Row
from plugin.domain.delivery import Delivery
from plugin.domain.memory import Memory, Seen
from plugin.domain.plan import Plan, PlannedAction, Step, Timer
from plugin.domain.storing import Claim
from plugin.domain.ticket import Priority, StateType, TicketRef
from plugin.store.store import Store

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEASE = timedelta(minutes=5)
BATCH = 50
CUSTOMER = "c" * 32
SATURATING_THREADS = 16


def measure() -> list[Row]:
    """All of it."""
    return [*_drain(), *_paced(), *_share(), *_scan(), *_timers(), *_opening()]


@contextmanager
def _store():
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/store.sqlite3", now=NOW)
        yield store
        store.close()


def _drain() -> list[Row]:
    events = 10_000
    with _store() as store:
        store.look_at([TicketRef("support", n) for n in range(events)], NOW, "burst")
        started = time.perf_counter()
        done = 0
        while claims := _claim(store):
            _decide(store, claims)
            done += len(claims)
        rate = done / (time.perf_counter() - started)
    return [Row("T14", "events drained, batches of 50", rate, "/s", ">= 2500", rate >= 2500)]


def _paced(rate: int = 500, seconds: float = 10) -> list[Row]:
    """A worker beside a steady inbox; a lag is the time from the call to the stored plan."""
    with _store() as store:
        came: dict[int, float] = {}
        lags: list[float] = []
        over = threading.Event()

        def work() -> None:
            while True:
                last = over.is_set()
                claims = _claim(store)
                if not claims:
                    if last:
                        return
                    store.wait(0.05)
                    continue
                _decide(store, claims)
                stored = time.perf_counter()
                lags.extend(stored - came[claim.ref.id] for claim in claims)

        worker = threading.Thread(target=work)
        worker.start()
        started = time.perf_counter()
        for number in range(int(rate * seconds)):
            pause = started + number / rate - time.perf_counter()
            if pause > 0:
                time.sleep(pause)
            came[number] = time.perf_counter()
            store.receive(Delivery("support", f"{number}", number, NOW))
        over.set()
        worker.join()
    lags.sort()
    p99 = 1000 * lags[int(len(lags) * 0.99)]
    return [
        Row("", f"lag at {rate} events/s, p50", 1000 * statistics.median(lags), "ms"),
        Row("T14", f"lag at {rate} events/s, p99", p99, "ms", "<= 100", p99 <= 100),
    ]


def _share(seconds: float = 4) -> list[Row]:
    """How much gets decided while as many threads as can deliver do nothing else."""
    with _store() as store:
        until = time.perf_counter() + seconds
        received = [0] * SATURATING_THREADS
        decided = 0

        def deliver(thread: int) -> None:
            while time.perf_counter() < until:
                number = received[thread]
                ticket_id = thread * 1_000_000 + number
                store.receive(Delivery("support", f"{thread}-{number}", ticket_id, NOW))
                received[thread] += 1

        threads = [threading.Thread(target=deliver, args=(n,)) for n in range(SATURATING_THREADS)]
        for thread in threads:
            thread.start()
        while time.perf_counter() < until:
            claims = _claim(store)
            _decide(store, claims)
            decided += len(claims)
        for thread in threads:
            thread.join()
    share = decided / sum(received)
    return [
        Row("", "received while saturated", sum(received) / seconds, "/s"),
        Row("T15", "decided ÷ received while saturated", share, "", ">= 0.30", share >= 0.30),
    ]


def _scan() -> list[Row]:
    """Asking for work when nothing is due, with few and with many armed timers."""
    micros: dict[int, float] = {}
    for tickets in (1_000, 50_000):
        with _store() as store:
            _arm(store, tickets, NOW + timedelta(days=1))
            rounds = []
            for _ in range(7):
                started = time.perf_counter()
                for _ in range(200):
                    assert not _claim(store)
                rounds.append((time.perf_counter() - started) / 200 * 1e6)
            micros[tickets] = statistics.median(rounds)
    few, many = micros.values()
    return [
        Row("T16", "empty claim, 50 000 timers", many, "µs", "<= 100", many <= 100),
        Row("T16", "the same ÷ 1 000 timers", many / few, "", "<= 1.5", many / few <= 1.5),
    ]


def _timers() -> list[Row]:
    tickets = 10_000
    with _store() as store:
        _arm(store, tickets, NOW + timedelta(minutes=1))
        started = time.perf_counter()
        done = 0
        while claims := _claim(store, NOW + timedelta(minutes=2)):
            assert all(claim.due_timers for claim in claims)
            # Completed is: the next plan stored, the ticket given back. Deciding is not the store's.
            later = NOW + timedelta(days=1)
            plans = [(c, _plan(c.ref, _memory(c.ref), later, actions=False), "") for c in claims]
            store.store_plans(plans, (), claims)
            done += len(claims)
        elapsed = time.perf_counter() - started
        assert done == tickets
    return [Row("T17", "10 000 timers claimed and completed", elapsed, "s", "<= 2", elapsed <= 2)]


def _opening() -> list[Row]:
    """A fresh file, after the imports."""
    millis = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(6):
            started = time.perf_counter()
            store = Store.open(f"sqlite:///{Path(folder) / str(number)}", now=NOW)
            millis.append(1000 * (time.perf_counter() - started))
            store.close()
    opening = statistics.median(millis[1:])
    return [Row("", "opening a fresh store", opening, "ms", "< 50", opening < 50)]


def _claim(store: Store, now: datetime = NOW) -> Sequence[Claim]:
    return store.claim(now, worker="bench", limit=BATCH, lease=LEASE)


def _arm(store: Store, tickets: int, due_at: datetime) -> None:
    store.look_at([TicketRef("support", n) for n in range(tickets)], NOW, "arm")
    while claims := store.claim(NOW, worker="bench", limit=1_000, lease=LEASE):
        plans = [(c, _plan(c.ref, _memory(c.ref), due_at, actions=False), CUSTOMER) for c in claims]
        store.store_plans(plans)
        store.release_all(claims, NOW)


def _decide(store: Store, claims: Sequence[Claim]) -> None:
    """What a worker does with a batch, its reading and thinking left out."""
    plans = []
    for claim in claims:
        memory = store.memory(claim.ref, f"{claim.ref.id % 500:032}", NOW)
        due_at = NOW + timedelta(days=1)
        new = memory.with_changes(seen=_memory(claim.ref).seen)
        plans.append((claim, _plan(claim.ref, new, due_at, actions=True), CUSTOMER))
    store.store_plans(plans, (), claims)


def _memory(ref: TicketRef) -> Memory:
    seen = Seen(7, "open", StateType.OPEN, 1, 2, Priority.HIGH, frozenset({"a", "b"}), NOW)
    return Memory(ref=ref, installed_at=NOW, seen=seen)


def _plan(ref: TicketRef, memory: Memory, due_at: datetime, *, actions: bool) -> Plan:
    planned = PlannedAction(
        key=f"{ref}/rule/1/0.tag",
        ref=ref,
        rule="rule",
        name="tag",
        params={"tags": ["escalated"]},
        step=Step.WRITE,
        position=0,
        why="the third ticket this month",
        cycle="1",
        not_before=due_at,  # the helpdesk's share is not measured here
    )
    timers = (Timer("idle", due_at),)
    return Plan(ref, NOW, memory, actions=(planned,) if actions else (), timers=timers)
