"""Calls that only read, at a pace the host does not notice: what looks into the past gets nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.answers import Answer
from connectors.http import Api
from plugin import clock
from plugin.domain.errors import Refused


@dataclass
class ReadingApi(Api):
    """An API that refuses, before anything leaves, every call that could change something.

    `searches` are the paths a POST to only asks. `rate` is the most calls a second, 0 for no limit.
    """

    searches: frozenset[str] = frozenset()
    rate: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._free_at = 0.0

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] | None = None,
        payload: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
    ) -> Answer:
        """Read something, when its turn has come."""
        if method != "GET" and not (method == "POST" and path in self.searches):
            raise Refused(f"{method} {path} could change something; here it is only read")
        self._wait()
        return super().call(
            method, path, params=params, payload=payload, headers=headers, repeatable=repeatable
        )

    def _wait(self) -> None:
        if self.rate <= 0:
            return
        now = clock.monotonic()
        if self._free_at > now:
            self.pause(self._free_at - now)
        self._free_at = max(now, self._free_at) + 1 / self.rate
