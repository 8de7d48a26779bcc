"""Deskladder in a process of its own, so that it can be killed the hard way at any point."""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import threading
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from plugin.engine.pace import Pace
from plugin.simulated.desk import SimulatedDesk
from tests.story.world import wait_for

# Started once with everything heavy imported: a fork of it serves within a fraction of a second.
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    [
        "tests.story.killing",
        "plugin.service",
        "plugin.store.store",
        "plugin.configuration",
        "plugin.engine.decide",
        "plugin.notifications",
        "plugin.outgoing",
        "plugin.web.server",
        "connectors.zammad.client",
        "requests",
        "flask",
        "sqlalchemy",
        "apscheduler.schedulers.background",
        "prometheus_client",
        "jinja2",
    ]
)


@dataclass(frozen=True, slots=True)
class StoreKill:
    """Die at the `nth` call of a method of the store, `before` it or right `after` it."""

    method: str
    nth: int
    phase: str

    def __str__(self) -> str:
        return f"{self.phase} {self.method} {self.nth}"

    def arm(self, ready: Path) -> None:
        """Make it happen in this process; calls count once the file `ready` is there.

        What a start does about tickets of before is not what shall be interrupted.
        """
        from plugin.store.store import Store

        real = getattr(Store, self.method)
        count, lock = 0, threading.Lock()

        def is_the_one() -> bool:
            nonlocal count
            if not ready.exists():
                return False
            with lock:
                count += 1
                return count == self.nth

        @functools.wraps(real)
        def deadly(store: Store, *args: Any, **kwargs: Any) -> Any:
            if self.phase == "before" and is_the_one():
                os.kill(os.getpid(), signal.SIGKILL)
            result = real(store, *args, **kwargs)
            counts = self.method != "claim" or result  # idle rounds do not count
            if self.phase == "after" and counts and is_the_one():
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        setattr(Store, self.method, deadly)


def serve(
    config: Path,
    environ: Mapping[str, str],
    port: int,
    pace: Pace,
    kill: StoreKill | None,
    ready: Path,
) -> None:
    """The life of the process."""
    from plugin import logs
    from plugin.service import Service

    logs.configure(level=os.environ.get("STORY_LOG", "error"))
    if kill:
        kill.arm(ready)
    Service(config, environ=environ, bind=f"127.0.0.1:{port}", pace=pace).run_forever()


class Victim:
    """One process of Deskladder."""

    def __init__(
        self,
        config: Path,
        environ: Mapping[str, str],
        port: int,
        pace: Pace,
        kill: StoreKill | None = None,
    ) -> None:
        self._port = port
        self._ready = config.with_name(f"ready-{uuid4().hex}")
        self._process = _context.Process(
            target=serve, args=(config, dict(environ), port, pace, kill, self._ready), daemon=True
        )
        self._process.start()

    def wait_until_ready(self) -> None:
        """Until it answers and has asked the helpdesk what it missed."""
        wait_for(self._answers, 20, lambda: f"exit code {self._process.exitcode}")
        self._ready.touch()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/ready", timeout=1):
                return True
        except OSError:
            return False

    @property
    def is_dead(self) -> bool:
        return not self._process.is_alive()

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self._process.kill()
        self._process.join(10)

    def stop(self) -> int | None:
        """SIGTERM, and wait for the end; the exit code."""
        self._process.terminate()
        self._process.join(15)
        if self._process.is_alive():
            raise AssertionError(f"process {self._process.pid} did not end within 15 s of SIGTERM")
        return self._process.exitcode


def is_write(method: str, path: str) -> bool:
    """True for a call that changes something; Zammad also searches by POST."""
    return method != "GET" and "/search" not in path


class CallKill:
    """Kills a process at the `nth` call it makes to the helpdesk, before or after its effect."""

    def __init__(self, desk: SimulatedDesk) -> None:
        self._lock = threading.Lock()
        self._victim: Victim | None = None
        self._left = 0
        self._phase = ""
        self._writes = False
        self.hit: str | None = None
        desk.on_request(self._on_request)

    def arm(self, victim: Victim, nth: int, phase: str, *, writes: bool) -> None:
        """From now on count its calls: those that change something, or those that only ask."""
        with self._lock:
            self._victim, self._left, self._phase, self.hit = victim, nth, phase, None
            self._writes = writes

    def disarm(self) -> None:
        """Let it live."""
        with self._lock:
            self._victim = None

    def _on_request(self, phase: str, method: str, path: str) -> None:
        with self._lock:
            if self._victim is None or phase != self._phase:
                return
            if is_write(method, path) is not self._writes:
                return
            self._left -= 1
            if self._left > 0:
                return
            victim, self._victim = self._victim, None
            victim.kill()
            self.hit = f"{phase} {method} {path}"
