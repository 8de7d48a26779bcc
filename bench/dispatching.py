"""The engine acting on a helpdesk that takes 20 ms a call, beside a bare loop of requests (T18).

A simulated Zammad runs in a process of its own and holds every answer back for 20 ms. In turns, with
the same eight threads: the engine (workers, dispatcher, store and the real Zammad client) reads
tickets, decides, tags them and raises their priority; and a bare loop - one requests session with a
pool, no checks, no store - makes the same calls in the same proportion. Compared are calls per
second. Actions per second say what an admin gets: a ticket costs reads, too.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import Mock

from bench.processes import running
from bench.report import Row

THREADS, LATENCY, TICKETS, ROUNDS = 8, 0.02, 150, 3
FILE = """\
version: 1
helpdesks:
  support:
    type: zammad
    url: {url}
    token: ${{TOKEN}}
    webhook_secret: ${{SECRET}}
    service_user: {user}
    concurrency: {threads}
defaults: {{language: en, mode: act}}
guards: {{actions_per_5m: 100000, human_touch_grace: 0s}}
rules:
  - name: bench
    on: [ticket.created]
    when: {{text: {{any_of: {{en: [invoice]}}}}}}
    do: [{{tag: [billing]}}, {{priority: high}}]
"""


def measure() -> Iterator[Row]:
    """T18."""
    engine: list[float] = []
    bare: list[float] = []
    actions: list[float] = []
    with _helpdesk() as (host, about):
        for _ in range(ROUNDS):
            tickets = _ask(host, {"tickets": TICKETS})["ids"]
            _ask(host, {"calls": True})
            took = _engine(about, tickets)
            calls = _ask(host, {"calls": True})["calls"]
            engine.append(len(calls) / took)
            actions.append(2 * len(tickets) / took)
            bare.append(len(calls) / _bare(about, calls))
            per_ticket = len(calls) / len(tickets)
    ratio = statistics.median(one / other for one, other in zip(engine, bare, strict=True))
    yield Row("", f"bare loop, {THREADS} threads", statistics.median(bare), "calls/s")
    yield Row("", f"engine, {THREADS} threads", statistics.median(engine), "calls/s")
    yield Row("T18", "engine ÷ bare loop", ratio, "x", ">= 0.7", ratio >= 0.7)
    yield Row("", "calls per ticket, reads included", per_ticket)
    yield Row("", "actions done", statistics.median(actions), "/s")


def _engine(about: dict[str, Any], tickets: Sequence[int]) -> float:
    """Seconds from the first look asked for to the last action done."""
    from connectors.zammad import connect
    from plugin import clock
    from plugin.configuration import load
    from plugin.domain.ticket import TicketRef
    from plugin.engine.decide import decide
    from plugin.engine.means import Live, Means, needs_of
    from plugin.engine.worker import Workforce
    from plugin.metrics import Metrics
    from plugin.store.store import Store

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "deskladder.yaml"
        file.write_text(FILE.format(url=about["url"], user=about["user"], threads=THREADS))
        environ = {"TOKEN": about["token"], "SECRET": about["secret"]}
        # Young tickets must count as new ones: the store is as old as they are.
        config = load(file, environ=environ, now=clock.now())
        store = Store.open(f"sqlite:///{folder}/store.sqlite3", now=_born(about))
        helpdesk = connect(config.helpdesks["support"])
        helpdesk.whoami()
        metrics = Metrics()
        live = Live(config, {"support": helpdesk}, needs_of(config))
        means = Means(store, clock.now, decide, Mock(), Mock(), metrics)
        crew = Workforce("bench", store, lambda: live, means)
        crew.start()
        started = time.perf_counter()
        store.look_at([TicketRef("support", one) for one in tickets], clock.now(), "bench")
        _wait_until_done(metrics, 2 * len(tickets))
        took = time.perf_counter() - started
        crew.stop(10)
        helpdesk.close()
        store.close()
    return took


def _born(about: dict[str, Any]) -> Any:
    from datetime import datetime, timedelta

    # Zammad cuts instants to milliseconds: the first ticket could be older than a store of now.
    return datetime.fromisoformat(about["born"]) - timedelta(seconds=1)


def _wait_until_done(metrics: Any, count: int) -> None:
    end = time.monotonic() + 120
    # Asking the registry by name would collect all of it, a tenth of the processor's time.
    done = [metrics.actions.labels("support", name, "done") for name in ("tag", "priority")]
    while (so_far := sum(one._value.get() for one in done)) < count:  # noqa: SLF001
        if time.monotonic() > end:
            raise TimeoutError(f"{so_far} of {count} actions")
        time.sleep(0.005)


def _bare(about: dict[str, Any], calls: Sequence[Sequence[str]]) -> float:
    """Seconds for the same calls from a loop without any care."""
    import requests
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Token token={about['token']}"
    session.mount("http://", HTTPAdapter(pool_maxsize=THREADS))
    waiting = list(calls)

    def work() -> None:
        while True:
            try:
                method, target = waiting.pop()
            except IndexError:
                return
            payload = _payload(method, target)
            session.request(method, about["url"] + target, json=payload, timeout=30).json()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    session.close()
    return took


def _payload(method: str, target: str) -> dict[str, Any] | None:
    if method == "GET":
        return None
    if method == "PUT":
        return {"priority_id": 2}
    assert "tags/add" in target, target
    return {"object": "Ticket", "o_id": 1, "item": "bare"}


# The helpdesk -----------------------------------------------------------------------------------


@contextmanager
def _helpdesk() -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    with running(["-m", "bench.dispatching"], {}, stdin=subprocess.PIPE) as process:
        yield process, _ask(process, {})


def _ask(process: subprocess.Popen[bytes], question: dict[str, Any]) -> dict[str, Any]:
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(question).encode() + b"\n")
    process.stdin.flush()
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


def serve() -> None:
    """The helpdesk: makes tickets and tells which calls came, when asked on its input."""
    from plugin import clock
    from plugin.simulated.faults import Trouble
    from plugin.simulated.zammad import SimulatedZammad

    with SimulatedZammad() as desk:
        desk.add_group("1st Level")
        desk.faults.add(Trouble.SLOW, times=None, seconds=LATENCY)
        about = {
            "url": desk.url,
            "token": desk.token,
            "secret": desk.webhook_secret,
            "user": desk.service_user,
            "born": clock.now().isoformat(),
        }
        for line in sys.stdin:
            question = json.loads(line)
            if count := question.get("tickets"):
                text = "My invoice is wrong, please look at it. " * 20
                about["ids"] = [
                    desk.customer_writes(f"g{n}@guest.example", "Hello", text, group="1st Level")
                    for n in range(count)
                ]
            if question.get("calls"):
                about["calls"] = [
                    (one.method, one.path + (f"?{one.query}" if one.query else ""))
                    for one in desk.requests
                ]
                desk.requests.clear()
            print(json.dumps(about), flush=True)


if __name__ == "__main__":
    serve()
