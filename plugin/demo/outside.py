"""The world outside the helpdesk: a CRM that takes complaints and a phone that rings."""

from __future__ import annotations

import itertools
import json
from threading import Lock

from plugin import clock
from plugin.domain.dataclass import dataclass
from plugin.simulated.server import Answer, HttpServer, Request


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that arrived outside: `place` is `crm` or `phone`."""

    place: str
    text: str


class Outside:
    """Two endpoints on one port. `take` gives what came since the last time."""

    def __init__(self) -> None:
        self._server = HttpServer(self._answer, clock.now)
        self._numbers = itertools.count(1001)
        self._heard: list[Heard] = []
        self._lock = Lock()

    def start(self) -> None:
        """Listen on a free port."""
        self._server.start()

    def stop(self) -> None:
        """Give the port back."""
        self._server.stop()

    @property
    def crm_url(self) -> str:
        """Where complaints go."""
        return f"{self._server.url}/crm/complaints"

    @property
    def phone_url(self) -> str:
        """Where notifications go, as an Apprise address."""
        return f"json://{self._server.url.removeprefix('http://')}/phone"

    def take(self) -> list[Heard]:
        """What arrived since the last call."""
        with self._lock:
            heard, self._heard = self._heard, []
        return heard

    def _answer(self, request: Request) -> Answer:
        try:
            body = json.loads(request.body or b"{}")
        except ValueError:
            return Answer(400, {"error": "not JSON"})
        if request.path.startswith("/crm"):
            number = f"CRM-{next(self._numbers)}"
            self._hear("crm", f"{number}: {body.get('subject', '')}")
            return Answer(201, {"id": number})
        self._hear("phone", str(body.get("title") or body.get("message") or ""))
        return Answer(200, {"ok": True})

    def _hear(self, place: str, text: str) -> None:
        with self._lock:
            self._heard.append(Heard(place, text))
