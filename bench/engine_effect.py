"""From a customer's mail at the simulated helpdesk to the effects, at ten tickets a second."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.report import Row
from plugin.simulated.zammad import SimulatedZammad
from plugin.web.server import bind

RATE, TICKETS = 10, 200
FILE = """\
version: 1
helpdesks:
  support:
    type: zammad
    url: {url}
    token: ${{TOKEN}}
    webhook_secret: ${{SECRET}}
    service_user: {user}
defaults: {{language: en, mode: act}}
guards: {{actions_per_5m: 100000, human_touch_grace: 0s}}
rules:
  - name: billing
    on: [ticket.created]
    when: {{text: {{any_of: {{en: [invoice]}}}}}}
    do: [{{tag: billing}}, {{group: Finance}}, {{note: "Look at {{{{ ticket.number }}}}."}}, {{reply: hello}}]
replies: {{hello: {{en: "Dear {{{{ customer.name }}}}, we are on it."}}}}
"""


class Effects:
    """When each ticket's webhook was sent, first effect and last effect were seen."""

    def __init__(self, desk: SimulatedZammad) -> None:
        self.posted: dict[int, float] = {}
        self.first: dict[int, float] = {}
        self.last: dict[int, float] = {}
        self._desk = desk
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._stop.wait(0.01):
            now = time.perf_counter()
            for ticket in [one for one in self.posted if one not in self.last]:
                if "billing" in self._desk.tags(ticket):
                    self.first.setdefault(ticket, now)
                if self._desk.replies(ticket):
                    self.last[ticket] = now

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


@contextmanager
def served() -> Iterator[tuple[SimulatedZammad, int, float]]:
    """A simulated Zammad, a service of its own process beside it; its id, and how long it took."""
    with SimulatedZammad() as desk, tempfile.TemporaryDirectory() as folder:
        desk.sender.latency = 0.0
        for group in ("1st Level", "Finance"):
            desk.add_group(group)
        file = Path(folder) / "deskladder.yaml"
        file.write_text(FILE.format(url=desk.url, user=desk.service_user))
        with bind("127.0.0.1", 0) as probe:
            port = probe.getsockname()[1]
        environ = {"TOKEN": desk.token, "SECRET": desk.webhook_secret, "DESKLADDER_DATA": folder}
        arguments = ["serve", "--config", str(file), "--bind", f"127.0.0.1:{port}"]
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "plugin", *arguments, "--log-level", "error"],
            env=os.environ | environ,
        )
        try:
            wait_for(lambda: answers(port), 30)
            took = time.perf_counter() - started
            desk.connect_webhook(f"http://127.0.0.1:{port}/webhooks/support")
            yield desk, process.pid, took
        finally:
            process.terminate()
            process.wait(20)


def measure() -> Iterator[Row]:
    """The time to the first and to the last effect, and what the service costs."""
    with served() as (desk, pid, took):
        yield Row("T20", "start to first answer", took * 1000, "ms")
        yield Row("T20", "memory before work, PSS", memory(pid), "MiB", "≤ 45", memory(pid) <= 45)
        effects = Effects(desk)
        started = time.perf_counter()
        for number in range(TICKETS):
            time.sleep(max(0.0, started + number / RATE - time.perf_counter()))
            at = time.perf_counter()
            ticket = desk.customer_writes(
                f"g{number}@guest.example", "Hello", "My invoice is wrong", group="1st Level"
            )
            effects.posted[ticket] = at
        wait_for(lambda: len(effects.last) == TICKETS, 60)
        effects.stop()
        first = sorted(effects.first[one] - at for one, at in effects.posted.items())
        last = sorted(effects.last[one] - at for one, at in effects.posted.items())
        p99 = int(TICKETS * 0.99) - 1
        middle = statistics.median(first)
        yield Row("", "first effect, median", middle, "s", "< 1", middle < 1)
        yield Row("", "first effect, p99", first[p99], "s", "< 3", first[p99] < 3)
        yield Row("", "customer's reply, median", statistics.median(last), "s")
        yield Row("", "customer's reply, p99", last[p99], "s", "< 3", last[p99] < 3)
        yield Row("", "memory after work, PSS", memory(pid), "MiB")


def memory(pid: int) -> float:
    """The proportional set size, MiB."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return (
        sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
    )


def answers(port: int) -> bool:
    """True when the service is ready."""
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/live", timeout=1):
        return True
    return False


def wait_for(is_so, seconds: float) -> None:
    """Wait until it is."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.01)
