"""How the service feels: what `/ready` says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import plugin
from plugin import logs
from plugin.clock import monotonic
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError, Refused
from plugin.keeping import Keeper
from plugin.metrics import Metrics
from plugin.web.app import Readiness

_ENOUGH = 3
_PING_EVERY = 5.0


@dataclass(slots=True)
class _Reach:
    """What is known of one helpdesk: failures in a row, and why the last one."""

    asked: bool = False
    failures: int = 0
    refused: bool = False
    why: str = ""


class Health:
    """Collects what happens and says whether the service is ready. Safe from any thread."""

    def __init__(
        self,
        *,
        keeper: Keeper,
        ping: Callable[[], None],
        working: Callable[[], bool],
        clock: Callable[[], datetime],
        metrics: Metrics,
        longest_tick: float,
        breakers: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._keeper = keeper
        self._ping = ping
        self._working = working
        self._clock = clock
        self._metrics = metrics
        self._longest_tick = longest_tick
        self._breakers = breakers
        self._lock = threading.Lock()
        self._reach: dict[str, _Reach] = {}
        self._ticked_at = monotonic()
        self._pinged_at: float | None = None
        self._diagnosis: dict[str, Any] = {"at": None}
        self._store_problem = ""

    def tick(self) -> None:
        """The scheduler is alive."""
        self._ticked_at = monotonic()
        self._metrics.tick_at.set(self._clock().timestamp())

    def examined(self, errors: Sequence[str], warnings: Sequence[str], fine: int) -> None:
        """The self-check ended; the texts hold no address and no secret."""
        at = self._clock()
        self._diagnosis = {
            "at": at.isoformat(timespec="seconds"),
            "errors": [logs.scrub_text(text) for text in errors],
            "warnings": [logs.scrub_text(text) for text in warnings],
        }
        for level, number in (("error", len(errors)), ("warning", len(warnings)), ("ok", fine)):
            self._metrics.doctor.labels(level).set(number)
        self._metrics.doctor_at.set(at.timestamp())

    def notice(self, name: str, problem: Exception | None) -> None:
        """A call to a helpdesk ended."""
        with self._lock:
            reach = self._reach.setdefault(name, _Reach())
            reach.asked = True
            reach.failures = reach.failures + 1 if problem else 0
            reach.refused = isinstance(problem, Refused)
            reach.why = logs.scrub_text(str(problem)) if problem else ""
        self._metrics.reachable.labels(name).set(0 if problem else 1)

    def troubled(self, name: str) -> bool:
        """True when the last call failed, or none was made yet."""
        reach = self._reach.get(name)
        return reach is None or not reach.asked or reach.failures > 0

    def ready(self) -> Readiness:
        """`ready`, `degraded` (works, but somebody should look) or `not ready` (a 503)."""
        breakers = self._breakers()
        helpdesks = {
            name: {**self._helpdesk(name), **_breaker(breakers.get(name))}
            for name in self._keeper.live().helpdesks
        }
        store = self._store()
        tick_age = monotonic() - self._ticked_at
        tick_is_alive = tick_age <= self._longest_tick
        working = self._working()
        ok = (
            store["writable"]
            and tick_is_alive
            and working
            and all(one["reachable"] for one in helpdesks.values())
        )
        degraded = (
            self._keeper.problem
            or self._diagnosis.get("errors")
            or any("detail" in one for one in helpdesks.values())
        )
        status = ("degraded" if degraded else "ready") if ok else "not ready"
        details = {
            "status": status,
            "store": store,
            "helpdesks": helpdesks,
            "tick": {"alive": tick_is_alive, "age_seconds": round(tick_age, 1)},
            "workers": {"alive": working},
            "config": self._config(),
            "doctor": self._diagnosis,
            "version": plugin.__version__,
        }
        return Readiness(ok, details)

    def _helpdesk(self, name: str) -> dict[str, Any]:
        reach = self._reach.get(name)
        if reach is None or not reach.asked:
            return {"reachable": False, "detail": "not asked yet"}
        # A refusal is an answer: the host is there, but our token or rights are not as they should.
        reachable = reach.refused or reach.failures < _ENOUGH
        return {"reachable": reachable, **({"detail": reach.why} if reach.failures else {})}

    def _store(self) -> dict[str, Any]:
        now = monotonic()
        if self._pinged_at is None or now - self._pinged_at > _PING_EVERY:
            self._pinged_at = now
            try:
                self._ping()
                self._store_problem = ""
            except DeskladderError as problem:
                self._store_problem = str(problem)
            except Exception as problem:  # noqa: BLE001  - whatever it is, it is not writable
                self._store_problem = type(problem).__name__
        if self._store_problem:
            return {"writable": False, "detail": self._store_problem}
        return {"writable": True}

    def _config(self) -> dict[str, Any]:
        since = self._keeper.since
        about: dict[str, Any] = {
            "ok": self._keeper.problem is None,
            "loaded_at": since.isoformat(timespec="seconds"),
            "age_seconds": round((self._clock() - since).total_seconds()),
        }
        if self._keeper.problem:
            about["problem"] = (
                "the file was changed and has mistakes; the log and `check` show them"
            )
        return about


def _breaker(state: str | None) -> dict[str, str]:
    return {} if state is None else {"breaker": state}
