"""A small HTTP server around one function: keep-alive, faults, a log of calls and hooks.

Knows nothing of helpdesks. A simulated one gives it `answer(request) -> Answer`.
"""

from __future__ import annotations

import contextlib
import json
import re
import select
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from plugin.domain.dataclass import dataclass
from plugin.simulated.faults import Fault, Faults, Trouble

Clock = Callable[[], datetime]
Hook = Callable[[str, str, str], None]

MAX_BODY = 30_000_000

_STATUS_OF = {
    Trouble.TOO_MANY: 429,
    Trouble.ERROR: 500,
    Trouble.BAD_GATEWAY: 502,
    Trouble.UNAVAILABLE: 503,
    Trouble.GATEWAY_TIMEOUT_AFTER: 504,
}


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it came in. Header names are lower case; `query` keeps order and repeats."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes = b""
    target: str = ""

    def argument(self, name: str, default: str = "") -> str:
        """The last value of a query parameter, as most frameworks read it."""
        found = [value for key, value in self.query if key == name]
        return found[-1] if found else default

    def has(self, name: str) -> bool:
        """True when the query names that parameter, even empty."""
        return any(key == name for key, _ in self.query)

    def form(self) -> dict[str, str]:
        """The body as an HTML form sends it; the last of repeated names wins."""
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back. `body` is sent as JSON unless it is bytes or text (HTML)."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> tuple[bytes, str]:
        """The bytes and their content type."""
        if isinstance(self.body, bytes):
            return self.body, "application/octet-stream"
        if isinstance(self.body, str):
            return self.body.encode(), "text/html; charset=utf-8"
        text = json.dumps(self.body, ensure_ascii=False, separators=(",", ":"))
        return text.encode(), "application/json; charset=utf-8"


EMPTY = b""


@dataclass(slots=True)
class LoggedRequest:
    """One line of the request log; `status` is 0 when no answer was sent."""

    at: datetime
    method: str
    path: str
    query: str
    status: int = 0
    trouble: Trouble | None = None
    body: Any = None

    def __str__(self) -> str:
        what = self.trouble or self.status
        return f"{self.method} {self.path}{'?' + self.query if self.query else ''} -> {what}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def version_string(self) -> str:
        return "simulated"

    def date_time_string(self, timestamp: float | None = None) -> str:
        del timestamp
        return format_datetime(self.server.owner.clock(), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the request log is kept as data."""

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError, ValueError):
            super().handle()

    def handle_any(self) -> None:
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isdigit() else 0
        if size > MAX_BODY:
            self.close_connection = True
            self.answer(Answer(413, {"message": ""}))
            return
        split = urlsplit(self.path)
        request = Request(
            self.command,
            split.path,
            tuple(parse_qsl(split.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(size) if size else b"",
            self.path,
        )
        self.server.owner.serve(request, self)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any  # noqa: N815

    def answer(self, answer: Answer, *, cut: bool = False) -> None:
        """Send in one piece, so that no answer waits for a slow acknowledgement."""
        body, kind = answer.encoded()
        try:
            phrase = HTTPStatus(answer.status).phrase
        except ValueError:
            phrase = "Unknown"
        lines = {"Date": self.date_time_string(), "Content-Type": kind, **answer.headers}
        if answer.status != HTTPStatus.NO_CONTENT:
            lines["Content-Length"] = str(len(body))
        if cut or self.close_connection:
            lines["Connection"] = "close"
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        start = f"HTTP/1.1 {answer.status} {phrase}\r\n{head}\r\n".encode("latin-1", "replace")
        if self.command == "HEAD" or answer.status == HTTPStatus.NO_CONTENT:
            body = b""
        if cut:
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(start + body)

    def hang(self, seconds: float) -> None:
        """Hold the connection until the client gives up, the server stops or the time is over."""
        self.close_connection = True
        stop = self.server.owner.stopping
        left = seconds
        while left > 0 and not stop.is_set():
            step = min(0.1, left)
            readable, _, _ = select.select([self.connection], [], [], step)
            if readable:
                return
            left -= step

    def reset(self) -> None:
        """Close so that the client sees a connection reset, not a clean end."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RD)
            self.connection.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    owner: HttpServer

    def __init__(self, address: tuple[str, int], owner: HttpServer) -> None:
        self.owner = owner
        self.open_connections: set[socket.socket] = set()
        self.connections_lock = threading.Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self.connections_lock:
            self.open_connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self.connections_lock:
            self.open_connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is normal here; anything else is a bug worth seeing."""
        import sys

        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def drop_connections(self) -> None:
        with self.connections_lock:
            for connection in self.open_connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class HttpServer:
    """Start, stop, log, break. `respond` is called for each request, one at a time."""

    def __init__(self, respond: Callable[[Request], Answer], clock: Clock) -> None:
        self.clock = clock
        self.faults = Faults()
        self.requests: list[LoggedRequest] = []
        self.errors: list[Exception] = []
        self.stopping = threading.Event()
        self.url = ""
        self._respond = respond
        self._lock = threading.RLock()
        self._hooks: list[Hook] = []
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen and answer from a thread of its own; returns the base URL."""
        self.stopping.clear()
        self._server = _Server((host, port), self)
        self.url = f"http://{host}:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="simulated-helpdesk", daemon=True
        )
        self._thread.start()
        return self.url

    def stop(self) -> None:
        """Stop listening and cut the connections that are still open."""
        self.stopping.set()
        if self._server and self._thread:
            self._server.shutdown()
            self._server.server_close()
            self._server.drop_connections()
            self._thread.join(5)
        self._server = self._thread = None

    @property
    def lock(self) -> threading.RLock:
        """Held while a request has its effect; hold it to look at several things at once."""
        return self._lock

    def on_request(self, hook: Hook) -> None:
        """Call `hook(phase, method, path)` before and after each API call has its effect.

        The phases are `before` and `after`; `after` comes before the answer is sent, so that
        a killed client knows nothing of what it did.
        """
        self._hooks.append(hook)

    def calls(self, method: str = "", path: str = "") -> list[LoggedRequest]:
        """The logged requests whose method is that and whose path contains that pattern."""
        return [
            line
            for line in self.requests
            if (not method or line.method == method) and re.search(path, line.path)
        ]

    def serve(self, request: Request, handler: _Handler) -> None:
        """Answer one request, or break it the way the faults say."""
        query = request.target.partition("?")[2]
        line = LoggedRequest(self.clock(), request.method, request.path, query)
        fault = self.faults.draw(request.method, request.target)
        line.trouble = fault.trouble if fault else None
        self.requests.append(line)
        self._tell("before", request)
        if fault and not fault.trouble.has_effect:
            line.status = _break(fault, handler)
            return
        with self._lock:
            answer = self._answer(request)
        self._tell("after", request)
        if fault:
            line.status = _break(fault, handler, answer)
            return
        line.status = answer.status
        handler.answer(answer)

    def _answer(self, request: Request) -> Answer:
        """A request nobody foresaw is a 500, as on the real ones, and is kept in `errors`."""
        try:
            return self._respond(request)
        except Exception as error:  # noqa: BLE001 - whatever a client sent, the server lives on
            self.errors.append(error)
            return Answer(500, {"error": "Server Error", "message": "Server Error"})

    def _tell(self, phase: str, request: Request) -> None:
        for hook in self._hooks:
            hook(phase, request.method, request.path)


def _break(fault: Fault, handler: _Handler, answer: Answer | None = None) -> int:
    """Do what the fault says to the connection; returns the status sent, 0 for none."""
    match fault.trouble:
        case Trouble.TIMEOUT_BEFORE | Trouble.TIMEOUT_AFTER:
            handler.hang(fault.seconds)
            return 0
        case Trouble.RESET_BEFORE | Trouble.RESET_AFTER:
            handler.reset()
            return 0
        case Trouble.SLOW if answer:
            handler.server.owner.stopping.wait(fault.seconds)
            handler.answer(answer)
            return answer.status
        case Trouble.TRUNCATED_AFTER if answer:
            handler.answer(answer, cut=True)
            return 0
        case Trouble.HTML_PAGE:
            handler.answer(Answer(200, "<!DOCTYPE html><title>Sign in</title><p>Please sign in."))
            return 200
    status = _STATUS_OF.get(fault.trouble, 500)
    headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
    page = f"<html><head><title>{status}</title></head><body>{status}</body></html>"
    handler.answer(Answer(status, page, headers))
    return status
