"""Durable ingest: signed 15 kB webhooks stored before 202, next to a view that stores nothing.

Three servers take turns (waitress, 32 keep-alive connections from another process): one that only
checks the signature, one that also keeps the delivery in our store, and one where each thread
writes through its own SQLite connection, the way most programs do. All with one fsync per commit.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import logging
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench.report import Row

KINDS = ("signature only", "our store", "connection per thread")
CONNECTIONS = 32
THREADS = 16
ROUNDS = 3
SECONDS = 3.0
SECRET = b"a secret of the helpdesk"
BODY = json.dumps({"ticket": {"id": 1}, "text": "x" * 15_000}).encode()
SIGNATURE = hmac.new(SECRET, BODY, hashlib.sha1).hexdigest()
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)

Result = tuple[float, float, float]  # requests per second, p50 and p99 in milliseconds


def measure() -> list[Row]:
    """Take turns, then compare the medians."""
    results: dict[str, list[Result]] = {kind: [] for kind in KINDS}
    for _ in range(ROUNDS):
        for kind in KINDS:
            with server(kind) as port:
                results[kind].append(asyncio.run(load(port, CONNECTIONS, SECONDS)))
    with server("our store") as port:
        alone = asyncio.run(load(port, 1, SECONDS))
    rate, p50, p99 = (
        {kind: statistics.median(run[i] for run in runs) for kind, runs in results.items()}
        for i in range(3)
    )
    bare, ours, naive = KINDS
    against_bare = rate[ours] / rate[bare]
    p99_against_bare = p99[ours] / p99[bare]
    against_naive = rate[ours] / rate[naive]
    p99_against_naive = p99[naive] / p99[ours]
    rows = [Row("", f"{kind}: requests per second", rate[kind], "/s") for kind in KINDS]
    rows += [Row("", f"{kind}: p50", p50[kind], "ms") for kind in KINDS]
    rows += [Row("", f"{kind}: p99", p99[kind], "ms") for kind in KINDS]
    return [
        *rows,
        Row("T11", "rate ÷ signature only", against_bare, "", ">= 0.50", against_bare >= 0.50),
        Row("T11", "p99 ÷ signature only", p99_against_bare, "", "<= 2", p99_against_bare <= 2),
        Row("T12", "rate ÷ per thread", against_naive, "", ">= 1.0", against_naive >= 1.0),
        Row(
            "T12", "p99 of per thread ÷ ours", p99_against_naive, "", ">= 3", p99_against_naive >= 3
        ),
        Row("T13", "our store", rate[ours], "/s", ">= 1000", rate[ours] >= 1000),
        Row("T13", "our store, p99", p99[ours], "ms", "< 80", p99[ours] < 80),
        Row("T13", "one connection, p50", alone[1], "ms", "< 4", alone[1] < 4),
    ]


# The load ---------------------------------------------------------------------------------------


async def load(port: int, connections: int, seconds: float) -> Result:
    """Post as fast as the answers come."""
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    started = time.perf_counter()
    callers = [_Caller(number, started + seconds, latencies) for number in range(connections)]
    for caller in callers:
        await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", port)
    await asyncio.gather(*(caller.ended for caller in callers))
    elapsed = time.perf_counter() - started
    latencies.sort()
    p99 = latencies[int(len(latencies) * 0.99)]
    return len(latencies) / elapsed, 1000 * statistics.median(latencies), 1000 * p99


class _Caller(asyncio.Protocol):
    """One keep-alive connection that posts, waits for the answer and posts again."""

    def __init__(self, number: int, until: float, latencies: list[float]) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._number = number
        self._until = until
        self._latencies = latencies
        self._count = 0
        self._started = 0.0
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._post()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if not self._answer.endswith(b"\r\n\r\n{}"):
            return
        assert self._answer.startswith(b"HTTP/1.1 202"), self._answer
        self._latencies.append(time.perf_counter() - self._started)
        if time.perf_counter() < self._until:
            self._post()
        else:
            self._transport.close()
            self.ended.set_result(None)

    def _post(self) -> None:
        self._count += 1
        self._answer = b""
        self._started = time.perf_counter()
        ticket_id = self._number * 1000 + self._count % 1000
        head = (
            f"POST /webhooks/support HTTP/1.1\r\nHost: x\r\nX-Hub-Signature: sha1={SIGNATURE}\r\n"
            f"X-Delivery: {self._number}-{self._count}\r\nX-Ticket: {ticket_id}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
        )
        self._transport.write(head.encode() + BODY)


# The servers ------------------------------------------------------------------------------------


@contextlib.contextmanager
def server(kind: str, environ: Mapping[str, str] | None = None) -> Iterator[int]:
    """A server of a kind in a process of its own, with more in its environment; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.store_ingest", kind, str(port), folder],
            env={**os.environ, **(environ or {})},
        )
        try:
            _until_it_listens(port)
            yield port
        finally:
            process.terminate()
            process.wait()


def _until_it_listens(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    message = "the server did not start"
    raise RuntimeError(message)


def serve(kind: str, port: int, folder: Path) -> None:
    """One of the servers; runs until it is terminated."""
    import waitress
    from flask import Flask, request

    # It warns of every request that waits for a thread, and that costs more than the requests.
    logging.getLogger("waitress").setLevel(logging.ERROR)
    keep = _keeper(kind, folder)
    app = Flask(__name__)

    @app.post("/webhooks/<helpdesk>")
    def webhook(helpdesk: str) -> tuple[str, int]:
        body = request.get_data()
        expected = hmac.new(SECRET, body, hashlib.sha1).hexdigest()
        if not hmac.compare_digest(request.headers["X-Hub-Signature"], f"sha1={expected}"):
            return "{}", 401
        keep(helpdesk, request.headers["X-Delivery"], int(request.headers["X-Ticket"]))
        return "{}", 202

    waitress.serve(app, host="127.0.0.1", port=port, threads=THREADS)


def _keeper(kind: str, folder: Path) -> Callable[[str, str, int], object]:
    if kind == "signature only":
        return lambda helpdesk, key, ticket_id: None
    if kind == "our store":
        from plugin.domain.delivery import Delivery
        from plugin.store.store import Store

        store = Store.open(f"sqlite:///{folder}/store.sqlite3", now=NOW)
        return lambda helpdesk, key, ticket: store.receive(Delivery(helpdesk, key, ticket, NOW))
    return _per_thread(folder / "naive.sqlite3")


def _per_thread(file: Path) -> Callable[[str, str, int], object]:
    own = threading.local()

    def connection() -> sqlite3.Connection:
        if not hasattr(own, "connection"):
            own.connection = sqlite3.connect(file, timeout=30, isolation_level=None)
            own.connection.execute("PRAGMA journal_mode=WAL")
            own.connection.execute("PRAGMA synchronous=FULL")
        return own.connection

    connection().execute(
        "CREATE TABLE inbox (id INTEGER PRIMARY KEY, helpdesk TEXT, key TEXT, ticket INTEGER,"
        " at INTEGER, done INTEGER, UNIQUE (helpdesk, key))"
    )
    connection().execute("CREATE INDEX waiting ON inbox (helpdesk, ticket) WHERE done IS NULL")
    sql = "INSERT INTO inbox (helpdesk, key, ticket, at) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING"
    return lambda *row: connection().execute(sql, row)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
