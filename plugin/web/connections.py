"""The web server's connections: errors in JSON, each answer in one packet, and no needless waking."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.task import ErrorTask, WSGITask  # type: ignore[import-untyped]
from waitress.utilities import Error  # type: ignore[import-untyped]

from plugin.web.loop import Loop
from plugin.web.webhooks import MAX_BODY

MAX_HEADER = 32 * 1024
_ERRORS = {
    400: "the request cannot be understood",
    408: "the rest of the request did not come",
    413: f"the body is larger than {MAX_BODY} bytes",
    431: f"the header is larger than {MAX_HEADER} bytes",
    501: "this transfer encoding is not supported",
}
_answering = threading.local()


class _InJson(ErrorTask):  # type: ignore[misc]
    def execute(self) -> None:
        problem = self.request.error
        self.status = f"{problem.code} {problem.reason}"
        error = _ERRORS.get(problem.code, problem.reason)
        body = (json.dumps({"error": error}, separators=(",", ":")) + "\n").encode()
        self.response_headers.append(("Content-Type", "application/json"))
        self.content_length = len(body)
        self.set_close_on_finish()
        self.write(body)


class _InOnePiece(WSGITask):  # type: ignore[misc]
    def finish(self) -> None:
        super().finish()
        self.channel.send_rest()


class _TookTooLong(Error):  # type: ignore[misc]
    code, reason = 408, "Request Timeout"


class Connection(HTTPChannel):  # type: ignore[misc]
    """One connection. Its `server` has the `loop` that watches it."""

    task_class = _InOnePiece
    error_task_class = _InJson
    resting = False
    will_close: bool
    request: Any

    def add_channel(self, map: Any = None) -> None:  # noqa: A002  - the name in the base class
        """Let the loop watch it."""
        super().add_channel(map)
        self.server.loop.changed(self._fileno)

    def service(self) -> None:
        """Answer a request, in a thread of the server's; what it sends waits for its end."""
        _answering.connection = self
        super().service()

    def send_rest(self) -> None:
        """Send what waits; what the socket does not take now is left to the loop."""
        with self.outbuf_lock:
            if self.total_outbufs_len:
                self._flush_exception(self._flush_some, do_close=False)

    def give_up(self) -> None:
        """Close, but tell who has sent half a request why."""
        self.server.loop.changed(self._fileno)
        with self.requests_lock:
            begun, self.request = self.request, None
            if begun is None or self.requests or self.will_close:
                self.will_close = True
                return
            begun.error = _TookTooLong("")
            self.requests.append(begun)
            self.server.add_task(self)


def waking(loop: Loop, wake: Callable[[], None]) -> Callable[[], None]:
    """What the threads of the server call when a connection may want something else: `wake` in most
    cases, but not after an ordinary answer. The loop watches for the next request all the time.
    """

    def wake_if_needed() -> None:
        connection = getattr(_answering, "connection", None)
        if connection is not None:
            if not connection.resting and not connection.writable():
                return
            loop.changed(connection._fileno)  # noqa: SLF001
        wake()

    return wake_if_needed
