"""Webhook deliveries from one background worker, retried and misdelivered like the real ones.

Both hosts send one delivery at a time, so a slow receiver holds up all the others; the retries
wait their turn beside the queue.
"""

from __future__ import annotations

import contextlib
import heapq
import http.client
import itertools
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from plugin import clock
from plugin.simulated.faults import Mishap, Mishaps

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Post:
    """The bytes of one attempt, made just before it is sent. `Host` is put in by the sender."""

    headers: Headers
    body: bytes
    method: str = "POST"
    url: str = ""


@dataclass(slots=True)
class Attempt:
    """One try. `status` is 0 when no answer came; `path` is where it ended after redirects."""

    status: int
    headers: Headers
    body: bytes
    url: str
    answer: str = ""  # header lines, an empty line, the body
    server: str = ""


@dataclass(slots=True)
class Outgoing:
    """One delivery: to whom, about what, and what became of it.

    `make(attempt)` builds the request, counted from 1, or answers None when there is nothing to
    send any more (the webhook was switched off, the ticket deleted).
    """

    id: str
    url: str
    event: str
    ticket_id: int | None
    make: Callable[[int], Post | None]
    attempts: list[Attempt] = field(default_factory=list)
    mishap: Mishap | None = None
    state: str = "waiting"  # waiting | delivered | given up | dropped | lost

    @property
    def statuses(self) -> list[int]:
        """The answers so far, 0 for none."""
        return [attempt.status for attempt in self.attempts]


@dataclass(order=True, slots=True)
class _Turn:
    due: float
    order: int
    outgoing: Outgoing = field(compare=False)
    once_more: bool = field(compare=False, default=False)


Redirect = Callable[[Post, int, str], Post | None]


class Sender:
    """The background worker. `waits` are the seconds before each repetition.

    `time_scale` shortens `waits`, `latency` and the wait before an event (FreeScout's undo
    time): 1.0 is as slow as the real hosts, 0.01 a hundred times faster. `latency` is the wait
    before the first attempt, `timeout` the patience with the receiver in real seconds. `after`
    is called after each attempt; `enabled` switches everything off.
    """

    def __init__(self, waits: Sequence[float], redirect: Redirect, *, latency: float) -> None:
        self.log: list[Outgoing] = []
        self.mishaps = Mishaps()
        self.enabled = True
        self.time_scale = 0.01
        self.after: Callable[[Outgoing], None] = lambda _outgoing: None
        self.latency = latency
        self.timeout = 30.0
        self._waits = waits
        self._redirect = redirect
        self._turns: list[_Turn] = []
        self._held: list[Outgoing] = []
        self._order = itertools.count()
        self._ready = threading.Condition()
        self._busy = False
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to send; what was queued before is sent now."""
        if self._thread:
            return
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="simulated-webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the worker; what is still queued is not sent."""
        with self._ready:
            self._stopping = True
            self._ready.notify_all()
        if self._thread:
            self._thread.join(self.timeout)
        self._thread = None

    def send(self, outgoing: Outgoing, *, wait: float = 0.0) -> None:
        """Queue a delivery, `wait` host seconds from now. Nothing happens while switched off."""
        if not self.enabled:
            return
        with self._ready:
            self.log.append(outgoing)
            outgoing.mishap = self.mishaps.draw()
            match outgoing.mishap:
                case Mishap.LOST:
                    outgoing.state = "lost"
                    return
                case Mishap.REORDERED:
                    self._held.append(outgoing)
                    self._ready.notify_all()
                    return
                case Mishap.DELAYED:
                    wait += max(5.0, self.latency)
                case Mishap.DUPLICATED:
                    self._push(outgoing, wait + self.latency, once_more=True)
            self._push(outgoing, wait + self.latency)
            for held in self._held:
                self._push(held, wait + self.latency)
            self._held.clear()
            self._ready.notify_all()

    def settle(self, timeout: float = 10.0) -> bool:
        """Wait until everything queued has been sent or given up; False when time ran out.

        Deliveries held back for reordering are let go.
        """
        with self._ready:
            for held in self._held:
                self._push(held, 0.0)
            self._held.clear()
            self._ready.notify_all()
            return self._ready.wait_for(lambda: not self._turns and not self._busy, timeout)

    def _push(self, outgoing: Outgoing, seconds: float, *, once_more: bool = False) -> None:
        due = clock.monotonic() + seconds * self.time_scale
        heapq.heappush(self._turns, _Turn(due, next(self._order), outgoing, once_more))

    def _work(self) -> None:
        while True:
            with self._ready:
                turn = self._next()
                if turn is None:
                    return
                self._busy = True
            try:
                again = self._attempt(turn.outgoing)
            finally:
                with self._ready:
                    self._busy = False
            with self._ready:
                number = len(turn.outgoing.attempts)
                if again and not turn.once_more:
                    if number <= len(self._waits):
                        self._push(turn.outgoing, self._waits[number - 1])
                    else:
                        turn.outgoing.state = "given up"
                self._ready.notify_all()

    def _next(self) -> _Turn | None:
        while not self._stopping:
            if not self._turns:
                self._ready.wait()
                continue
            left = self._turns[0].due - clock.monotonic()
            if left <= 0:
                return heapq.heappop(self._turns)
            self._ready.wait(left)
        return None

    def _attempt(self, outgoing: Outgoing) -> bool:
        """Send once; True when it has to be repeated."""
        post = outgoing.make(len(outgoing.attempts) + 1)
        if post is None:
            outgoing.state = "dropped"
            return False
        url = post.url or outgoing.url
        for _ in range(5):
            attempt, location = exchange(post, url, self.timeout)
            outgoing.attempts.append(attempt)
            if not location:
                break
            following = self._redirect(post, attempt.status, location)
            if following is None:
                break
            outgoing.attempts.pop()
            url = following.url or urljoin(url, location)
            post = following
        self.after(outgoing)
        if 200 <= outgoing.attempts[-1].status < 300:  # noqa: PLR2004
            outgoing.state = "delivered"
            return False
        return True


def exchange(post: Post, url: str, timeout: float) -> tuple[Attempt, str]:
    """Send one request with exactly these headers in this order; the outcome and the Location."""
    split = urlsplit(url)
    host = split.hostname or ""
    connection: http.client.HTTPConnection
    if split.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, split.port, timeout=timeout, context=context)
    else:
        connection = http.client.HTTPConnection(host, split.port, timeout=timeout)
    target = (split.path or "/") + (f"?{split.query}" if split.query else "")
    attempt = Attempt(0, post.headers, post.body, url)
    try:
        connection.putrequest(post.method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in post.headers:
            connection.putheader(name, split.netloc if name == "Host" else value)
        connection.endheaders(post.body or None)
        response = connection.getresponse()
        body = response.read(10_000).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return attempt, ""
    finally:
        with contextlib.suppress(OSError):
            connection.close()
    attempt.status = response.status
    lines = [f"{name.lower()}: {value}" for name, value in response.getheaders()]
    attempt.answer = "\n".join(lines) + f"\n\n{body}"
    attempt.server = response.getheader("Server") or ""
    redirects = 300 <= response.status < 400  # noqa: PLR2004
    return attempt, (response.getheader("Location") or "") if redirects else ""
