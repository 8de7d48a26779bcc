"""Signed webhooks of 15 kB, stored before the 202, beside views that store nothing (T11, T13-T15).

Everything runs on the product's own server (waitress, its limits, 16 threads) in a process of its own,
in turns: a Flask view that does nothing, a view that reads the body and checks its signature, and the
real receiver - signature, JSON, ticket id, one row with an fsync, then 202. Then the receiver with
the engine beside it in the same process, as `deskladder serve` has it, with 100 rules; its helpdesk
answers reads at once, so that the helpdesk's speed is not measured.

The load comes from one process with 32 keep-alive connections (no HTTP library; each call has its own
delivery id, ticket and signature). What share of a core that takes is printed: with two cores it
takes away from the server, from all kinds alike.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.files import ENVIRON, file_text
from bench.processes import free_port, pss, running, wait_until_answered
from bench.report import Row

KINDS = ("do-nothing view", "signature only", "receiver")
CONNECTIONS, ROUNDS, SECONDS = 32, 3, 2.5
PACE, PACED_SECONDS, SATURATED_SECONDS = 500, 60, 5
RULES, THREADS = 100, 16
_SIZE = 15_000


def measure() -> Iterator[Row]:
    """T11, T13, T14 and T15, through HTTP."""
    yield from _turns()
    yield from _paced()
    yield from _saturated()


@dataclass(frozen=True, slots=True)
class Load:
    """What one load found; milliseconds, and the generator's share of a core."""

    rate: float
    p50: float
    p99: float
    core: float


def _turns() -> Iterator[Row]:
    found: dict[str, list[Load]] = {kind: [] for kind in KINDS}
    alone: list[Load] = []
    memory = 0.0
    for turn in range(ROUNDS + 1):
        for kind in KINDS:
            with _server(kind) as (port, server):
                took = load(port, CONNECTIONS, SECONDS if turn else 0.5)
                if turn:
                    found[kind].append(took)
                if turn and kind == "receiver":
                    alone.append(load(port, 1, 0.6))
                    memory = pss(server.pid)
    rate, p50, p99 = (
        {
            kind: statistics.median(getattr(one, name) for one in loads)
            for kind, loads in found.items()
        }
        for name in ("rate", "p50", "p99")
    )
    for kind in KINDS:
        yield Row("", f"{kind}: calls per second", rate[kind], "/s")
        yield Row("", f"{kind}: p50", p50[kind], "ms")
        yield Row("", f"{kind}: p99", p99[kind], "ms")
    nothing, signature, ours = KINDS
    ratio, longer = _paired(found[ours], found[signature])
    yield Row("", "receiver ÷ do-nothing view", _paired(found[ours], found[nothing])[0], "x")
    yield Row("T11", "receiver ÷ signature only", ratio, "x", ">= 0.50", ratio >= 0.50)
    yield Row("T11", "its p99 ÷ signature only", longer, "x", "<= 2", longer <= 2)
    yield Row("T13", "receiver, 32 connections", rate[ours], "/s", ">= 1000", rate[ours] >= 1000)
    yield Row("T13", "receiver, 32 connections, p99", p99[ours], "ms", "< 80", p99[ours] < 80)
    single = statistics.median(one.p50 for one in alone)
    yield Row("T13", "receiver, 1 connection, p50", single, "ms", "< 4", single < 4)
    yield Row("T13", "receiver, memory after load (PSS)", memory, "MiB", "< 35", memory < 35)
    busy = statistics.median(one.core for one in found[ours])
    yield Row("", "the load generator's share of a core", busy)


def _paired(ours: list[Load], other: list[Load]) -> tuple[float, float]:
    """Rate and p99 against the other of the same round, the median of the rounds."""
    pairs = list(zip(ours, other, strict=True))
    return (
        statistics.median(one.rate / two.rate for one, two in pairs),
        statistics.median(one.p99 / two.p99 for one, two in pairs),
    )


def _paced() -> Iterator[Row]:
    with _server("receiver and engine") as (port, server):
        load(port, CONNECTIONS, 0.5)
        _settled(server)
        took = load(port, CONNECTIONS, PACED_SECONDS, pace=PACE)
        at_end = _told(server)
        _settled(server)
    name = f"{PACE} calls/s for {PACED_SECONDS} s"
    lag, kept = at_end["lag_p99"], took.rate / PACE
    left = at_end["received"] - at_end["decided"]
    yield Row("", f"{name}: calls answered ÷ asked", kept, "x")
    yield Row("", f"{name}: answered within, p99", took.p99, "ms")
    yield Row("", f"{name}: lag to the stored plan, median", at_end["lag_p50"], "ms")
    yield Row("T14", f"{name}: lag, p99", lag, "ms", "<= 100", lag <= 100)
    yield Row("T14", f"{name}: tickets left at the end", left, "", "<= 50", left <= 50)


def _saturated() -> Iterator[Row]:
    with _server("receiver and engine") as (port, server):
        load(port, CONNECTIONS, 0.5)
        _settled(server)
        before = _told(server)
        took = load(port, CONNECTIONS, SATURATED_SECONDS)
        after = _told(server)
        started = time.perf_counter()
        end = _settled(server)
        drained = time.perf_counter() - started
    share = (after["decided"] - before["decided"]) / (after["received"] - before["received"])
    left = end["decided"] - after["decided"]
    yield Row("", "saturated: received", took.rate, "/s")
    yield Row("", "saturated: decided", share * took.rate, "/s")
    yield Row("T15", "saturated: decided ÷ received", share, "x", ">= 0.30", share >= 0.30)
    if left >= 500:
        rate = left / drained
        yield Row("T14", f"drained afterwards, {RULES} rules", rate, "/s", ">= 2500", rate >= 2500)


def _told(server: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What the server has counted so far."""
    assert server.stdin
    assert server.stdout
    server.stdin.write(b"\n")
    server.stdin.flush()
    told: dict[str, Any] = json.loads(server.stdout.readline())
    return told


def _settled(server: subprocess.Popen[bytes]) -> dict[str, Any]:
    """Wait until everything received is decided; forget the lags so far."""
    end = time.monotonic() + 60
    while (told := _told(server))["decided"] < told["received"]:
        if time.monotonic() > end:
            raise TimeoutError(str(told))
        time.sleep(0.01)
    return told


# The load ---------------------------------------------------------------------------------------


class Calls:
    """Signed calls, each about another ticket: only the end of the body differs."""

    def __init__(self) -> None:
        article = {"id": 1, "body": "Sehr geehrte Damen und Herren, " + "x" * (_SIZE - 400)}
        group = {"id": 2, "name": "1st Level", "active": True, "note": None}
        head = json.dumps({"article": article, "group": group}, ensure_ascii=False)
        self._head = (head[:-1] + ', "ticket": {"title": "Rechnung", "id": ').encode()
        self._signed = hmac.new(ENVIRON["SECRET"].encode(), self._head, hashlib.sha1)
        self._number = time.time_ns() % 10**9 * 1000

    def next(self) -> bytes:
        """The bytes of one request."""
        self._number += 1
        tail = b"%d}}" % self._number
        signed = self._signed.copy()
        signed.update(tail)
        length = len(self._head) + len(tail)
        return (
            (
                b"POST /webhooks/support HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"X-Hub-Signature: sha1=%s\r\nX-Zammad-Delivery: delivery-%d\r\n"
                b"X-Zammad-Trigger: deskladder\r\nContent-Length: %d\r\n\r\n"
                % (signed.hexdigest().encode(), self._number, length)
            )
            + self._head
            + tail
        )


def load(port: int, connections: int, seconds: float, pace: float = 0.0) -> Load:
    """Call for some seconds: as fast as the answers come, or `pace` calls a second in all."""
    return asyncio.run(_load(port, connections, seconds, pace))


async def _load(port: int, connections: int, seconds: float, pace: float) -> Load:
    loop = asyncio.get_running_loop()
    calls, took = Calls(), []
    cpu, started = time.process_time(), time.perf_counter()
    callers = [
        _Caller(calls, took, started + seconds, started + n / pace if pace else 0.0, connections / pace if pace else 0.0)
        for n in range(connections)
    ]  # fmt: skip
    for caller in callers:
        await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", port)
    await asyncio.gather(*(caller.ended for caller in callers))
    elapsed = time.perf_counter() - started
    took.sort()
    return Load(
        len(took) / elapsed,
        1000 * statistics.median(took),
        1000 * took[int(len(took) * 0.99)],
        (time.process_time() - cpu) / elapsed,
    )


class _Caller(asyncio.Protocol):
    """One connection that posts, waits for the answer, then posts again, at once or on time.

    Paced, a call's time counts from when it was due, so that a stall counts for all it holds up.
    """

    def __init__(
        self, calls: Calls, took: list[float], until: float, due: float, every: float
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[None] = self._loop.create_future()
        self._calls, self._took, self._until = calls, took, until
        self._due, self._every = due, every
        self._answer = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._later()

    def _later(self) -> None:
        wait = self._due - time.perf_counter() if self._every else 0.0
        if wait > 0:
            self._loop.call_later(wait, self._post)
        else:
            self._post()

    def _post(self) -> None:
        self._started = self._due if self._every else time.perf_counter()
        self._due += self._every
        self._answer = b""
        self._transport.write(self._calls.next())

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if not self._answer.endswith(b"}\n"):
            return
        if not self._answer.startswith(b"HTTP/1.1 202"):
            self.ended.set_exception(RuntimeError(self._answer.decode()))
            return
        now = time.perf_counter()
        self._took.append(now - self._started)
        if (self._due if self._every else now) < self._until:
            self._later()
        else:
            self._transport.close()
            self.ended.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(exc or ConnectionError("closed by the server"))


# The servers ------------------------------------------------------------------------------------


@contextmanager
def _server(kind: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        if kind not in KINDS[:2]:
            _make_store(folder)
        arguments = ["-m", "bench.receiving", kind, str(port), folder]
        with running(arguments, ENVIRON, stdin=subprocess.PIPE) as process:
            wait_until_answered(port)
            yield port, process


def _make_store(folder: str) -> None:
    """Here, so that the server has the memory of one that finds its tables made."""
    from plugin import clock
    from plugin.store.store import Store

    Store.open(f"sqlite:///{folder}/store.sqlite3", now=clock.now()).close()


def serve(kind: str, port: int, folder: Path) -> None:
    """One of the servers; tells its counts at each line it reads, until its input ends."""
    import logging

    from plugin import logs
    from plugin.web.server import Server, bind

    logs.configure(level="error")
    logging.getLogger("waitress").setLevel(logging.ERROR)
    told: Callable[[], Mapping[str, Any]] = dict
    if kind in KINDS[:2]:
        app = _plain_view(check=kind == "signature only")
    else:
        app, told = _receiver(folder, with_engine=kind != "receiver")
    Server(app, bind("127.0.0.1", port), threads=THREADS).start()
    for _ in sys.stdin:
        print(json.dumps(told()), flush=True)


def _plain_view(*, check: bool) -> Any:
    from flask import Flask, Response, request

    app = Flask("plain")
    app.add_url_rule("/live", "live", lambda: "{}\n")
    secret = ENVIRON["SECRET"].encode()

    @app.post("/webhooks/<name>")
    def webhook(name: str) -> Response:
        if check:
            expected = f"sha1={hmac.new(secret, request.get_data(), hashlib.sha1).hexdigest()}"
            if not hmac.compare_digest(request.headers["X-Hub-Signature"], expected):
                return Response("{}\n", 401, mimetype="application/json")
        return Response("{}\n", 202, mimetype="application/json")

    return app


def _receiver(folder: Path, *, with_engine: bool) -> tuple[Any, Callable[[], Mapping[str, Any]]]:
    from functools import partial

    from connectors.zammad import parse_delivery
    from plugin import clock
    from plugin.configuration import load as load_file
    from plugin.metrics import Metrics
    from plugin.store.store import Store
    from plugin.web.app import Doors, Readiness, create_app

    file = folder / "deskladder.yaml"
    file.write_text(file_text(RULES))
    config = load_file(file, environ=ENVIRON, now=clock.now())
    store = Store.open(f"sqlite:///{folder}/store.sqlite3", now=clock.now())
    metrics, lags = Metrics(), []
    settings = config.helpdesks["support"]

    def parse(headers: Mapping[str, str], body: bytes, received_at: Any) -> Any:
        return parse_delivery(headers, body, settings=settings, received_at=received_at)

    if with_engine:
        _start_engine(config, store, metrics, lags)
    parsers = {"support": parse}
    ready = partial(Readiness, True, {})
    app = create_app(Doors(lambda: parsers, store.receive, ready, metrics, clock.now))

    def told() -> dict[str, Any]:
        sample = metrics.registry.get_sample_value
        taken, recent = sorted(lags), len(lags)
        counts = {
            "received": sample(
                "deskladder_deliveries_total", {"helpdesk": "support", "outcome": "accepted"}
            ) or 0,
            "decided": sample(
                "deskladder_looks_total", {"helpdesk": "support", "outcome": "decided"}
            ) or 0,
            "lag_p50": 1000 * taken[recent // 2] if taken else 0.0,
            "lag_p99": 1000 * taken[int(recent * 0.99)] if taken else 0.0,
        }  # fmt: skip
        if counts["decided"] >= counts["received"]:
            lags.clear()
        return counts

    return app, told


def _start_engine(config: Any, store: Any, metrics: Any, lags: list[float]) -> None:
    """The engine of the service; lags are written down beside its histogram."""
    from unittest.mock import Mock

    from bench.engine_flow import InstantHelpdesk
    from plugin import clock
    from plugin.engine.decide import decide
    from plugin.engine.means import Live, Means, needs_of
    from plugin.engine.worker import Workforce

    observe = metrics.lag.observe

    def note(seconds: float) -> None:
        lags.append(seconds)
        observe(seconds)

    metrics.lag.observe = note
    live = Live(config, {"support": InstantHelpdesk()}, needs_of(config))  # type: ignore[dict-item]
    means = Means(store, clock.now, decide, Mock(), Mock(), metrics)
    Workforce("bench", store, lambda: live, means).start()


if __name__ == "__main__":
    threading.current_thread().name = "bench"
    serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
