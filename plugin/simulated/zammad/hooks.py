"""Triggers and the webhooks they send: which change gives how many deliveries, and their bodies.

The body is made again for each attempt from the state at that moment, the delivery id stays.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import field
from typing import Any
from urllib.parse import quote_plus, urljoin, urlsplit
from uuid import UUID, uuid5

from plugin.domain.dataclass import dataclass
from plugin.simulated.problems import Problem
from plugin.simulated.sending import Outgoing, Post, Sender
from plugin.simulated.zammad.articles import add_article, send_mail
from plugin.simulated.zammad.data import Data, as_id
from plugin.simulated.zammad.notifying import notify_agents
from plugin.simulated.zammad.payloads import encoded, inspected, payload
from plugin.simulated.zammad.rows import NOBODY, Row
from plugin.simulated.zammad.searching import compile_condition
from plugin.simulated.zammad.tagging import add_tag
from plugin.simulated.zammad.writing import apply_changes

_SPACE = UUID("0d3c2fd0-6a51-4b0e-8f5c-6f25a7f0d2c4")
WAITS = (15.8, 20.2, 32.3, 40.2)  # measured between the five attempts
LATENCY = 3.3  # median, seconds


@dataclass(frozen=True, slots=True)
class Change:
    """What one request did to one ticket: at most one article, any number of columns."""

    ticket_id: int
    kind: str  # create | update
    article_id: int | None = None
    columns: frozenset[str] = field(default_factory=frozenset)


class Hooks:
    """Runs the triggers after each change and hands the deliveries to the sender."""

    def __init__(self, data: Data, sender: Sender, lock: AbstractContextManager[Any]) -> None:
        self._data = data
        self._sender = sender
        self._lock = lock
        self._count = 0
        sender.after = self._write_log

    def fire(self, change: Change) -> None:
        """Run every active trigger, in the order of their names."""
        data = self._data
        triggers = [row for row in data.tables["triggers"].values() if row["active"]]
        due = []
        for trigger in sorted(triggers, key=lambda row: str(row["name"])):
            if self._applies(trigger, change):
                if "notification.webhook" in trigger["perform"]:
                    due.append(trigger)
                self._perform(trigger, change)
        for trigger in due:
            self._queue(trigger, change)
        ticket = data.tickets.get(change.ticket_id)
        if ticket and not (change.kind == "create" and change.article_id is None):
            article = data.articles.get(change.article_id or 0)
            notify_agents(data, ticket, change.kind, article)

    def _applies(self, trigger: Row, change: Change) -> bool:
        ticket = self._data.tickets.get(change.ticket_id)
        if ticket is None:
            return False
        condition = trigger["condition"]
        if trigger.get("activator") == "time" or not self._mode_allows(trigger, change):
            return False
        rest = {}
        if isinstance(condition, Mapping) and "conditions" not in condition:
            for name, part in condition.items():
                if name == "ticket.action" or name.startswith("article."):
                    if not self._event_applies(name, part, change):
                        return False
                elif part.get("operator") == "has changed":
                    if name.removeprefix("ticket.") not in change.columns:
                        return False
                else:
                    rest[name] = part
            if not rest:
                return True
        else:
            rest = condition
        try:
            return compile_condition(self._data, rest, NOBODY)(ticket)
        except Problem:
            return False  # a broken condition is logged there and the trigger skipped

    @staticmethod
    def _mode_allows(trigger: Row, change: Change) -> bool:
        """From 6.0 on `selective` runs on updates only for an article or a changed attribute."""
        if trigger.get("execution_condition_mode") != "selective" or change.kind == "create":
            return True
        named = {str(name).removeprefix("ticket.") for name in trigger["condition"]}
        return bool(change.article_id or named & change.columns)

    def _event_applies(self, name: str, part: Mapping[str, Any], change: Change) -> bool:
        value, positive = part.get("value"), part.get("operator") == "is"
        if name == "ticket.action":
            # One string only; `update` alone means an update with an article.
            same = value == change.kind and (change.kind == "create" or bool(change.article_id))
            return same if positive else not same
        if change.article_id is None:
            return False
        article = self._data.articles[change.article_id]
        if name == "article.action":
            return (value == "create") == positive
        found = str(article.get(name.removeprefix("article.")))
        wanted = {str(item) for item in (value if isinstance(value, list) else [value])}
        return (found in wanted) == positive

    def _perform(self, trigger: Row, change: Change) -> None:
        data = self._data
        ticket = data.tickets[change.ticket_id]
        columns = {}
        for name, part in trigger["perform"].items():
            column = name.removeprefix("ticket.")
            if column == "tags":
                for tag in str(part.get("value", "")).split(","):
                    add_tag(data, ticket, tag, NOBODY)
            elif name.startswith("ticket.") and as_id(part.get("value")) is not None:
                columns[column] = as_id(part["value"])
        if "notification.email" in trigger["perform"] and change.article_id:
            self._answer_automatically(trigger["perform"]["notification.email"], ticket, change)
        apply_changes(data, ticket, columns, NOBODY)

    def _answer_automatically(self, mail: Row, ticket: Row, change: Change) -> None:
        data = self._data
        cause = data.articles[change.article_id or 0]
        if cause["preferences"].get("is-auto-response"):
            return
        customer = data.users[ticket["customer_id"]]

        def fill(text: str) -> str:
            return text.replace("#{ticket.number}", ticket["number"]).replace(
                "#{ticket.title}", ticket["title"]
            )

        given = {
            "type": "email",
            "sender": "System",
            "to": customer["email"],
            "subject": fill(str(mail.get("subject", ""))),
            "body": fill(str(mail.get("body", "-"))),
            "content_type": "text/html",
            "preferences": {"perform_origin": "trigger"},
        }
        try:
            article = add_article(data, ticket, given, NOBODY)
        except Problem:
            return
        group = data.groups[ticket["group_id"]]
        name, address = data.addresses[group["email_address_id"]]
        article["from"] = f"{name} <{address}>"
        send_mail(data, ticket, article, "auto reply")

    def _queue(self, trigger: Row, change: Change) -> None:
        number = as_id(trigger["perform"]["notification.webhook"].get("webhook_id"))
        webhook = self._data.tables["webhooks"].get(number or 0)
        if webhook is None or not webhook["active"]:
            return
        self._count += 1
        delivery = str(uuid5(_SPACE, f"{self._data.url()}/{self._count}"))

        def make(attempt: int) -> Post | None:
            del attempt
            with self._lock:
                return self._post(trigger, webhook, change, delivery)

        outgoing = Outgoing(delivery, webhook["endpoint"], trigger["name"], change.ticket_id, make)
        self._sender.send(outgoing, wait=0.0)

    def _post(self, trigger: Row, webhook: Row, change: Change, delivery: str) -> Post | None:
        data = self._data
        gone = change.article_id is not None and change.article_id not in data.articles
        if change.ticket_id not in data.tickets or gone or not webhook["active"]:
            return None
        body = encoded(payload(data, change.ticket_id, change.article_id))
        headers = [
            ("Accept-Encoding", "gzip;q=1.0,deflate;q=0.6,identity;q=0.3"),
            ("Accept", "*/*"),
            ("User-Agent", "Zammad User Agent"),
            ("Host", urlsplit(webhook["endpoint"]).netloc),
            ("X-Zammad-Trigger", trigger["name"]),
            ("X-Zammad-Delivery", delivery),
            ("Content-Type", "application/json"),
        ]
        user, password = webhook["basic_auth_username"], webhook["basic_auth_password"]
        if user and password:
            pair = base64.b64encode(f"{user}:{password}".encode()).decode()
            headers.append(("Authorization", f"Basic {pair}"))
        if webhook["signature_token"]:
            key = str(webhook["signature_token"]).encode()
            headers.append(("X-Hub-Signature", "sha1=" + hmac.new(key, body, "sha1").hexdigest()))
        headers += [("Connection", "close"), ("Content-Length", str(len(body)))]
        return Post(headers, body)

    def _write_log(self, outgoing: Outgoing) -> None:
        attempt = outgoing.attempts[-1]
        head = "\n".join(f"{name.lower()}: {value}" for name, value in attempt.headers)
        ok = bool(attempt.status)
        with self._lock:
            number = self._data.next_id("HttpLog")
            self._data.tables["http_logs"][number] = {
                "id": number,
                "direction": "out",
                "facility": "webhook",
                "method": "POST",
                "url": outgoing.url,
                "status": str(attempt.status),
                "ip": None,
                "request": {
                    "content": f"{head}\n\n{attempt.body.decode(errors='replace')}",
                    "content_type": "application/json",
                    "content_encoding": None,
                    "source": "Zammad User Agent",
                },
                "response": {
                    "code": str(attempt.status) if ok else 0,
                    "content": attempt.answer,
                    "content_type": "application/json" if ok else None,
                    "content_encoding": None,
                    "source": attempt.server or None,
                },
                "updated_by_id": None,
                "created_by_id": None,
                "created_at": self._data.now(),
                "updated_at": self._data.now(),
            }
            while len(self._data.tables["http_logs"]) > 1000:  # noqa: PLR2004
                self._data.tables["http_logs"].pop(next(iter(self._data.tables["http_logs"])))


def redirected(post: Post, status: int, location: str) -> Post | None:
    """Follow like 5.5: always as GET, the payload written into the query, nothing signed."""
    del status
    content = json.loads(post.body)
    query = "".join(f"&{name}={quote_plus(inspected(value))}" for name, value in content.items())
    dropped = {"Content-Type", "X-Hub-Signature", "Content-Length", "Authorization"}
    headers = [(name, value) for name, value in post.headers if name not in dropped]
    host = dict(post.headers)["Host"]
    target = urljoin(f"http://{host}/", location)
    return Post(headers, b"", "GET", target + ("" if "?" in target else "?") + query)
