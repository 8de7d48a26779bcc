"""The foreman: claims tickets with something due and hands them to the crew of their helpdesk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import inf
from typing import Protocol

from plugin import logs
from plugin.clock import monotonic
from plugin.domain.storing import Storing
from plugin.engine.crew import Crew
from plugin.engine.dispatcher import Dispatcher
from plugin.engine.means import Live, Means


class Waking(Storing, Protocol):
    """A store that tells this process when something became due."""

    def wait(self, timeout: float) -> object:
        """Return after `timeout` seconds with False, or earlier when there is something new."""
        ...

    def wake(self) -> None:
        """Let a `wait` of this process return at once."""
        ...


class Workforce:
    """One foreman thread and a crew for each helpdesk.

    `live` gives the configuration in use; when it changes, crews come and go with the helpdesks.
    `name` tells this process's leases apart from another's.
    """

    def __init__(self, name: str, store: Waking, live: Callable[[], Live], means: Means) -> None:
        self._name = name
        self._store = store
        self._live = live
        self._means = means
        self._dispatcher = Dispatcher(means)
        self._crews: dict[str, Crew] = {}
        self._retired: list[Crew] = []
        self._staffed_for: Live | None = None
        self._stopping = threading.Event()
        self._room = threading.Event()
        self._thread = threading.Thread(target=self._run, name="foreman", daemon=True)
        self.turned_at = monotonic()

    def start(self) -> None:
        """Start working."""
        self._staff()
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """Finish what is in hand, give the rest back; False when something is still running."""
        end = monotonic() + timeout
        self._stopping.set()
        self._store.wake()
        crews = [*self._crews.values(), *self._retired]
        for crew in crews:
            crew.ask_to_stop()
        if self._thread.ident is not None:
            self._thread.join(max(0.1, end - monotonic()))
        ended = [crew.join(max(0.1, end - monotonic())) for crew in crews]
        return all(ended) and not self._thread.is_alive()

    @property
    def is_alive(self) -> bool:
        """True while the foreman comes round: he never sleeps longer than a tick."""
        resting = monotonic() - self.turned_at
        return self._thread.is_alive() and resting < 3 * self._means.pace.tick + 30

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.turned_at = monotonic()
            try:
                self._staff()
                self._rest(self._claim())
            except Exception as problem:  # noqa: BLE001  - a store that is away comes back
                logs.error("store.failed", trace=logs.trace_of(problem))
                self._stopping.wait(min(1.0, self._means.pace.tick))

    def _claim(self) -> int | None:
        """Hand out what is due; how many tickets, or None when there may be more at once."""
        pace = self._means.pace
        self._room.clear()
        crews = {name: crew for name, crew in self._crews.items() if crew.room > 0}
        if not crews:
            return 0
        limit = min(pace.batch, *(crew.room for crew in crews.values()))
        claims = self._store.claim(
            self._means.clock(),
            worker=self._name,
            limit=limit,
            lease=pace.lease,
            helpdesks=frozenset(crews),
        )
        for name, crew in crews.items():
            if theirs := [claim for claim in claims if claim.ref.helpdesk == name]:
                crew.add(theirs)
        return None if len(claims) == limit else len(claims)

    def _rest(self, claimed: int | None) -> None:
        """Sleep until something is due. What is due and cannot be claimed is asked for once a second:
        tickets of a helpdesk that is not in the file any more.
        """
        pace = self._means.pace
        if claimed is None:
            return
        if any(crew.room <= 0 for crew in self._crews.values()):
            self._room.wait(pace.gather)
            return
        left = min(pace.tick, self._seconds_until_due())
        if left <= 0 and not claimed:
            left = min(1.0, pace.tick)
        if left > 0:
            is_news = self._store.wait(left)
            if not is_news or self._seconds_until_due() > 0:
                return  # a timer's instant has come, or a lease was given back: gather nothing
        self._stopping.wait(pace.gather)

    def _seconds_until_due(self) -> float:
        due_at = self._store.next_due()
        return inf if due_at is None else (due_at - self._means.clock()).total_seconds()

    def _staff(self) -> None:
        """Have a crew for each helpdesk of the configuration in use."""
        live = self._live()
        if live is self._staffed_for:
            return
        sizes = {name: live.config.helpdesks[name].concurrency for name in live.helpdesks}
        for name in [name for name in self._crews if name not in sizes]:
            crew = self._crews.pop(name)
            crew.ask_to_stop()
            self._retired.append(crew)
        for name, size in sizes.items():
            if name not in self._crews:
                crew = Crew(
                    name, max(1, size), self._live, self._means, self._dispatcher, self._room.set
                )
                self._crews[name] = crew
                crew.start()
        self._staffed_for = live
