"""The few regular jobs. Deadlines are rows in the store, never jobs here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from plugin import logs
from plugin.clock import now


class Scheduler:
    """Runs jobs at intervals on threads of their own; a job that fails is run again next time."""

    def __init__(self) -> None:
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        self._scheduler: Any = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(8)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def every(
        self,
        seconds: float,
        name: str,
        job: Callable[[], object],
        *,
        at_once: bool = False,
        first_after: float | None = None,
    ) -> None:
        """Run `job` every `seconds`. Never two at once.

        The first time is after as long, `at_once`, or `first_after` seconds.
        """
        wait = seconds if first_after is None else first_after
        first = now() + timedelta(seconds=0 if at_once else wait)
        self._scheduler.add_job(
            _guarded(name, job),
            "interval",
            seconds=seconds,
            id=name,
            name=name,
            next_run_time=first,
            jitter=min(seconds / 20, 10) if seconds > 30 else None,  # noqa: PLR2004
        )

    def start(self) -> None:
        """Begin."""
        import logging

        # It says at `warning` that a job is still running: that is what max_instances is for.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler.start()

    def stop(self) -> None:
        """Start no job any more; those running are not waited for."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def _guarded(name: str, job: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        try:
            job()
        except Exception as problem:  # noqa: BLE001  - the next run is the answer
            logs.error("job.failed", job=name, trace=logs.trace_of(problem))

    return run
