"""The web server inside: waitress, with limits, a loop of our own and a stop that loses no request."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from plugin.clock import monotonic
from plugin.domain.errors import DeskladderError
from plugin.web.loop import Loop
from plugin.web.webhooks import MAX_BODY

_READ_AT_ONCE = 64 * 1024
_SENT_AT_ONCE = 16 * 1024


def bind(host: str, port: int) -> socket.socket:
    """Open the port (0 takes a free one); says in words why it cannot."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind)
    except OSError as problem:
        raise DeskladderError(f"cannot bind {host}: {problem.strerror}") from problem
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(1024)
    except OSError as problem:
        opened.close()
        raise DeskladderError(
            f"cannot listen on {host}:{port}: {problem.strerror}; "
            "is another Deskladder running? --bind HOST:PORT takes another port"
        ) from problem
    return opened


class Server:
    """Serves one WSGI application on one open socket, in threads of its own.

    A connection on which nothing comes for `patience` seconds is closed.
    """

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        opened: socket.socket,
        *,
        threads: int = 16,
        patience: float = 30.0,
    ) -> None:
        from waitress import wasyncore  # type: ignore[import-untyped]
        from waitress.server import create_server  # type: ignore[import-untyped]

        from plugin.web.connections import MAX_HEADER, Connection, waking

        self.address: tuple[str, int] = opened.getsockname()[:2]
        self._map: dict[int, Any] = {}
        self._loop = Loop(self._map, wasyncore.readwrite)
        self._server = create_server(
            app,
            map=self._map,
            sockets=[opened],
            threads=threads,
            ident=None,
            connection_limit=1000,
            max_request_header_size=MAX_HEADER,
            max_request_body_size=MAX_BODY + 1,
            recv_bytes=_READ_AT_ONCE,
            expose_tracebacks=False,
            clear_untrusted_proxy_headers=False,  # trusted by nobody; lock-outs tell callers apart
        )
        for number in self._map:
            self._loop.changed(number)
        self._server.loop = self._loop
        self._server.pull_trigger = waking(self._loop, self._server.pull_trigger)
        self._server.channel_class = Connection
        self._server.adj.send_bytes = _SENT_AT_ONCE
        self._server.adj.cleanup_interval = patience / 3
        self._server.maintenance = self._close_idle
        self._patience = patience
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._drained_by = 0.0
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Accept no more connections, finish the requests that came, close."""
        if self._stopping.is_set():
            return
        self._drained_by = monotonic() + timeout
        self._stopping.set()
        if self._thread.ident is None:
            self._server.close()
            return
        self._server.pull_trigger()
        self._woken.set()
        self._thread.join(timeout + 2)

    def _run(self) -> None:
        while not self._stopping.is_set():
            # Asked each time whether it still takes connections, it also closes idle ones.
            self._loop.changed(self._server._fileno)  # noqa: SLF001
            self._loop.turn(1)
        self._server.accepting = False
        self._server.del_channel()
        self._server.socket.close()
        while self._busy() and monotonic() < self._drained_by:
            self._loop.turn(0.05)
        self._server.task_dispatcher.shutdown(timeout=max(0.1, self._drained_by - monotonic()))
        # The trigger is one of them: whoever stops us may not have pulled it yet.
        self._woken.wait(5)
        for channel in list(self._map.values()):
            channel.close()

    def _close_idle(self, now: float) -> None:
        """End connections on which nothing came for a while and nothing is being answered."""
        for channel in self._server.active_channels.values():
            if not channel.requests and channel.last_activity < now - self._patience:
                channel.give_up()

    def _busy(self) -> bool:
        return any(
            channel.requests or channel.total_outbufs_len
            for channel in self._server.active_channels.values()
        )
