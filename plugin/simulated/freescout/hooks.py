"""Events and the webhooks they become: old fields, new threads, the same bytes on each retry."""

from __future__ import annotations

import base64
import hmac
import json
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urljoin, urlsplit

from plugin.simulated.freescout import views
from plugin.simulated.freescout.data import Conversation, Customer, Data, Row
from plugin.simulated.sending import Outgoing, Post, Sender

EVENTS = (
    "convo.created",
    "convo.assigned",
    "convo.status",
    "convo.moved",
    "convo.customer.reply.created",
    "convo.agent.reply.created",
    "convo.note.created",
    "convo.deleted",
    "convo.deleted_forever",
    "convo.restored",
    "customer.created",
    "customer.updated",
)

# Seen: 0, 11 s, 2:11, 6:11, 12:11, 20:11, 30:12; further waits 12, 14, 16 minutes.
WAITS = (11.0, 120.0, 240.0, 360.0, 480.0, 600.0, 720.0, 840.0, 960.0)
LATENCY = 5.0


class Hooks:
    """Queues a delivery for each webhook that listens to an event.

    With `stale_worker` events from the queue worker go to the webhooks known when it started:
    call `restart_worker` to let it see new ones.
    """

    def __init__(
        self,
        data: Data,
        sender: Sender,
        lock: AbstractContextManager[Any],
        secret: str,
        modules: frozenset[str],
    ) -> None:
        self.data = data
        self.stale_worker = False
        self._known_to_worker: list[Row] = []
        self._sender = sender
        self._lock = lock
        self._secret = secret.encode()
        self._modules = modules
        self._count = 0

    def restart_worker(self) -> None:
        """Let the queue worker read the list of webhooks again."""
        self._known_to_worker = list(self.data.webhooks.values())

    def fire(self, event: str, row: Conversation, *, wait: float = 0.0) -> None:
        """Queue an event about a conversation; its top level is frozen now."""
        frozen = views.conversation(self.data, row, (), modules=self._modules)
        frozen.get("_embedded", {}).pop("tags", None)
        if event == "convo.created":
            frozen["threadsCount"] = 0
        self._queue(event, row.id, frozen, wait, from_worker=wait > 0)

    def fire_customer(self, event: str, row: Customer) -> None:
        """Queue an event about a customer."""
        self._queue(event, None, views.customer(row), 0.0, from_worker=False)

    def _queue(
        self, event: str, number: int | None, frozen: Row, wait: float, *, from_worker: bool
    ) -> None:
        hooks = list(self.data.webhooks.values())
        if self.stale_worker and from_worker:
            hooks = self._known_to_worker
        for hook in hooks:
            events = hook["events"]
            if event in (events.values() if isinstance(events, dict) else events):
                self._count += 1
                maker = _Body(self, hook, event, number, frozen)
                outgoing = Outgoing(f"{self._count}", hook["url"], event, number, maker.make)
                self._sender.send(outgoing, wait=wait)

    def body(self, number: int | None, frozen: Row) -> bytes:
        """The bytes: threads as they are now, everything else as it was."""
        with self._lock:
            if number is not None:
                row = self.data.conversations.get(number)
                embedded = {"threads": views.threads(self.data, row) if row else []}
                frozen = {**frozen, "_embedded": embedded}
            return encoded(frozen)

    def post(self, hook: Row, event: str, body: bytes) -> Post:
        """A signed request."""
        signature = base64.b64encode(hmac.digest(self._secret, body, "sha1")).decode()
        headers = [
            ("Host", urlsplit(hook["url"]).netloc),
            ("User-Agent", "GuzzleHttp/8"),
            ("Content-Type", "application/json"),
            ("X-FreeScout-Event", event),
            ("X-FreeScout-Signature", signature),
            ("Content-Length", str(len(body))),
        ]
        return Post(headers, body)


class _Body:
    """Keeps the bytes of the first attempt for the later ones."""

    def __init__(
        self, hooks: Hooks, hook: Row, event: str, number: int | None, frozen: Row
    ) -> None:
        self._parts = (hooks, hook, event, number, frozen)
        self._bytes = b""

    def make(self, attempt: int) -> Post | None:
        hooks, hook, event, number, frozen = self._parts
        if attempt > 1 and hook["id"] not in hooks.data.webhooks:
            return None  # deleted meanwhile: the entry stays unfinished for ever
        self._bytes = self._bytes or hooks.body(number, frozen)
        return hooks.post(hook, event, self._bytes)


def encoded(content: Row) -> bytes:
    """JSON as PHP writes it: ASCII, slashes escaped."""
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    return text.replace("/", "\\/").encode()


def redirected(post: Post, status: int, location: str) -> Post | None:
    """301 and 302 become a GET without body; 307 and 308 keep method and body."""
    host = dict(post.headers)["Host"]
    target = urljoin(f"http://{host}/", location)
    if status in {301, 302, 303}:
        headers = [(name, value) for name, value in post.headers if name != "Content-Length"]
        return Post(headers, b"", "GET", target)
    return Post(post.headers, post.body, post.method, target)
