"""The wiring: file, store, helpdesks, engine, web and scheduler become one service."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from types import FrameType
from typing import TYPE_CHECKING
from uuid import uuid4

from plugin import clock as real_clock
from plugin import logs
from plugin.alone import Alone
from plugin.clock import monotonic
from plugin.domain.errors import DeskladderError
from plugin.domain.storing import HEARTBEAT, LEFT_ALONE, STARTED, Claim, Storing, refused_call
from plugin.engine.pace import Pace
from plugin.health import Health
from plugin.keeping import Keeper
from plugin.metrics import Metrics
from plugin.whereabouts import store_file, store_url

if TYPE_CHECKING:
    from plugin.digest import Digest
    from plugin.engine.worker import Workforce
    from plugin.scheduler import Scheduler
    from plugin.web.server import Server

Clock = Callable[[], datetime]

_NOTE_EVERY = 60.0


class Service:
    """Deskladder at work: `start()`, then `stop()`; or `run_forever()` for a process of its own.

    `bind` is `HOST:PORT`, port 0 takes a free one: `url` says which. `environ` gives the store
    (DESKLADDER_DATABASE, DESKLADDER_DATA) and the variables of the file. `pace` and `clock` are for
    tests. Everything that can be wrong with file, store or port raises DeskladderError in the
    constructor or in `start()`; a helpdesk that is down does not: webhooks are accepted meanwhile.
    """

    def __init__(
        self,
        config_path: Path,
        *,
        environ: Mapping[str, str],
        bind: str = "127.0.0.1:8080",
        threads: int = 16,
        pace: Pace | None = None,
        clock: Clock = real_clock.now,
    ) -> None:
        from plugin.store.store import Store

        self._clock = clock
        self._pace = pace or Pace()
        self._threads = threads
        self._environ = environ
        self._bind = _host_and_port(bind)
        self._alone: Alone | None = None
        self.metrics = Metrics()
        self.keeper = Keeper(config_path, environ=environ, clock=clock, metrics=self.metrics)
        url = store_url(environ)
        file = store_file(url)
        try:
            if file is not None:
                self._alone = Alone(file)
            self.store: Store = Store.open(url, now=news_begin(clock(), self._pace))
            self.metrics.watch_store(lambda: self.store.status(clock()))
            self.keeper.begin(self.store)
        except BaseException:
            self.keeper.close()
            self._close_store()
            raise
        self.metrics.watch_breakers(self._breakers)
        self._build()

    def _breakers(self) -> dict[str, str]:
        """The state of each client's circuit breaker, where it has one."""
        helpdesks = self.keeper.live().helpdesks
        healths = {name: getattr(one, "health", None) for name, one in helpdesks.items()}
        return {name: str(health().state) for name, health in healths.items() if health}

    def _build(self) -> None:
        from plugin.web.app import Doors, create_app
        from plugin.web.outside import Outside

        self._server: Server | None = None
        self._workforce: Workforce | None = None
        self._scheduler: Scheduler | None = None
        self.health = Health(
            keeper=self.keeper,
            ping=self.store.ping,
            working=lambda: self._workforce is not None and self._workforce.is_alive,
            clock=self._clock,
            metrics=self.metrics,
            longest_tick=3 * self._pace.tick + 5,
            breakers=self._breakers,
        )
        self.app = create_app(
            Doors(
                parsers=self.keeper.parsers,
                accept=self.store.receive,
                ready=self.health.ready,
                metrics=self.metrics,
                clock=self._clock,
                outside=Outside(lambda: self.keeper.live().config, self.store, self._clock),
                unsigned=self._note_unsigned,
            )
        )
        self._unsigned_at: dict[str, float] = {}
        # What a killed process noted is not so any more; a replica's notes are its own.
        noted = self.store.numbers(LEFT_ALONE) if self._alone else ()
        self._left_alone = set(noted)
        self._is_heard = True
        self._stopped = False

    def start(self) -> None:
        """Open the port first, so that no webhook is lost while the rest is imported and starts."""
        from plugin.web.server import Server, bind

        try:
            opened = bind(*self._bind)
        except DeskladderError:
            self._close_store()
            raise
        server = self._server = Server(self.app, opened, threads=self._threads)
        host, port = server.address
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        server.start()
        if self._alone is not None:
            free_leases_of_the_dead(self.store, self._clock(), self._pace)
        digest = self._employ()
        self.store.set_watermark(STARTED, self._clock())
        self._beat()
        self._schedule(digest)
        rules = self.keeper.live().config.rules
        logs.info("service.started", url=self.url, rules=len(rules))

    def stop(self, timeout: float = 8.0) -> bool:
        """Finish what is in hand and close; False when something had to be left to its lease."""
        if self._stopped:
            return True
        self._stopped = True
        end = monotonic() + timeout
        if self._scheduler is not None:
            self._scheduler.stop()
        if self._server is not None:
            self._server.stop(timeout / 3)
        finished = self._workforce is None or self._workforce.stop(max(0.5, end - monotonic()))
        self.keeper.close()
        self._close_store()
        logs.info("service.stopped", finished=finished)
        return finished

    def run_forever(self) -> bool:
        """Start, serve until SIGTERM or SIGINT, stop; SIGHUP reads the file again.

        A second signal ends the process at once. The answer is that of `stop`.
        """
        stop_asked = False

        def on_signal(number: int, _frame: FrameType | None) -> None:
            nonlocal stop_asked
            if number == signal.SIGHUP:
                return
            if stop_asked:
                os._exit(128 + number)
            stop_asked = True

        # A lock may miss a signal that comes just before it blocks; a byte in a socket waits.
        heard, told = socket.socketpair()
        told.setblocking(False)
        signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, on_signal)
        self.start()
        while True:
            numbers = heard.recv(64)
            if signal.SIGHUP in numbers:
                self.keeper.reload()
            if not {signal.SIGTERM, signal.SIGINT}.isdisjoint(numbers):
                break
        signal.set_wakeup_fd(-1)
        logs.info("service.stopping")
        return self.stop()

    def _employ(self) -> Digest:
        """Start those who look, decide and act."""
        from plugin.digest import Digest
        from plugin.engine.decide import decide
        from plugin.engine.means import Means
        from plugin.engine.worker import Workforce
        from plugin.notifications import announce
        from plugin.outgoing import post

        means = Means(
            store=self.store,
            clock=self._clock,
            decide=decide,
            post=post,
            announce=announce,
            metrics=self.metrics,
            notice=self.health.notice,
            pace=self._pace,
            random=Random(),  # noqa: S311  - jitter, not a secret
        )
        name = f"{os.uname().nodename}-{os.getpid()}-{uuid4().hex[:6]}"
        self._workforce = Workforce(name, self.store, self.keeper.live, means)
        self._workforce.start()
        return Digest(self.store, self.keeper.live, announce, self._clock)

    # Jobs -----------------------------------------------------------------------------------

    def _schedule(self, digest: Digest) -> None:
        from plugin.scheduler import Scheduler

        pace = self._pace
        scheduler = self._scheduler = Scheduler()
        self.health.tick()
        scheduler.every(pace.tick, "tick", self.health.tick)
        scheduler.every(pace.tick, "probe", self._probe, at_once=True)
        scheduler.every(pace.tick, "breakers", self._note_breakers)
        scheduler.every(pace.watch, "watch", self.keeper.reload_if_changed)
        scheduler.every(pace.reconcile, "reconcile", partial(self._visit, "reconcile"))
        scheduler.every(pace.sweep, "sweep", partial(self._visit, "sweep"))
        scheduler.every(pace.retention, "retention", self._prune)
        scheduler.every(pace.heartbeat, "heartbeat", self._beat, at_once=True)
        scheduler.every(pace.knock, "knock", self._knock, first_after=min(pace.knock, pace.tick))
        scheduler.every(pace.digest, "digest", digest.send_due)
        scheduler.every(pace.doctor, "doctor", self._examine, first_after=pace.doctor_first)
        scheduler.start()

    def _probe(self) -> None:
        """Catch up with helpdesks that were not asked yet or did not answer last time."""
        troubled = [name for name in self.keeper.live().helpdesks if self.health.troubled(name)]
        if troubled:
            self._visit("reconcile", *troubled)

    def _visit(self, what: str, *names: str) -> None:
        """Reconcile or sweep, each helpdesk in a thread of its own: one that hangs delays no other."""
        helpdesks = self.keeper.live().helpdesks
        visits = [
            threading.Thread(target=self._visit_one, args=(what, name), name=what, daemon=True)
            for name in names or helpdesks
            if name in helpdesks
        ]
        for visit in visits:
            visit.start()
        for visit in visits:
            visit.join()

    def _visit_one(self, what: str, name: str) -> None:
        from plugin.engine.reconcile import attempt

        helpdesk = self.keeper.live().helpdesks[name]
        try:
            found = attempt(what, helpdesk, self.store, self._clock(), notice=self.health.notice)
        except Exception as problem:  # noqa: BLE001  - the next visit is the answer
            if not self._stopped:
                logs.error("job.failed", job=what, trace=logs.trace_of(problem))
            return
        if found:
            self.metrics.found_by_reconcile.labels(name).inc(found)

    def _prune(self) -> None:
        removed = self.store.prune(self._clock(), self._pace.keep)
        if removed:
            logs.info("store.pruned", rows=removed)

    def _beat(self) -> None:
        """Tell other processes, through the store, that this one is alive."""
        self.store.set_watermark(HEARTBEAT, self._clock())

    def _knock(self) -> None:
        """Tell the watchdog that all is well, by asking for its address; silence is its alarm."""
        from plugin.outgoing import knock

        address = self.keeper.live().config.service.heartbeat_url
        if address is None or not self.health.ready().ok:
            return
        try:
            knock(address.reveal())
        except DeskladderError as problem:
            if self._is_heard:
                logs.warning("heartbeat.failed", key="service.heartbeat_url", problem=str(problem))
            self._is_heard = False
        else:
            self._is_heard = True

    def _note_breakers(self) -> None:
        """Tell other processes, through the store, which helpdesks are left alone."""
        left_alone = {name for name, state in self._breakers().items() if state != "closed"}
        for name in left_alone - self._left_alone:
            self.store.keep_number(LEFT_ALONE + name, int(self._clock().timestamp()))
        for name in self._left_alone - left_alone:
            self.store.keep_number(LEFT_ALONE + name, None)
        self._left_alone = left_alone

    def _note_unsigned(self, name: str) -> None:
        """Keep when a call was refused for its signature; seldom, since anybody can make one."""
        at = monotonic()
        if at - self._unsigned_at.get(name, -_NOTE_EVERY) < _NOTE_EVERY:
            return
        self._unsigned_at[name] = at
        with suppress(DeskladderError):
            self.store.set_watermark(refused_call(name), self._clock())

    def _examine(self) -> None:
        """The self-check: what it finds goes to the log, `/ready` and the metrics."""
        from plugin.doctor.reading import Asked
        from plugin.doctor.selfcheck import check_oneself

        # Who looks is alive, though a machine that was suspended has just woken up hours later.
        self._beat()
        found = check_oneself(
            Asked(
                config=self.keeper.live().config,
                environ=self._environ,
                now=self._clock(),
                store=self.store,
                store_file=store_file(store_url(self._environ)),
            )
        )
        self.health.examined(found.errors, found.warnings, found.fine)

    def _close_store(self) -> None:
        with suppress(AttributeError):
            self.store.close()
        if self._alone is not None:
            self._alone.release()
            self._alone = None


def news_begin(now: datetime, pace: Pace) -> datetime:
    """From when on tickets are news to a store opened for the first time.

    Earlier than now, as a helpdesk's clock may be behind ours; and on a whole second, as FreeScout's
    instants are: a ticket of that second must not look older than the store.
    """
    return (now - pace.clock_skew).replace(microsecond=0)


def free_leases_of_the_dead(store: Storing, now: datetime, pace: Pace) -> int:
    """Give back what a killed process held; only for one that is alone with its store.

    Seen from the end of the longest lease every lease has run out; what is claimed there is given
    back at once, due for what it was due for.
    """
    later = now + pace.lease + pace.lease
    found: list[Claim] = []
    while claims := store.claim(later, worker="heir", limit=500, lease=pace.lease):
        found += claims
    if found:
        store.release_all(found, now)
    return len(found)


def _host_and_port(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    if not port.isdigit() or not host:
        raise DeskladderError(f"--bind: expected HOST:PORT such as 127.0.0.1:8080, got {bind!r}")
    return host.strip("[]"), int(port)
