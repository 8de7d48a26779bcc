"""`SimulatedFreeScout`: FreeScout 1.8 with *API & Webhooks* 1.0.87, in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import urlsplit

from plugin.simulated.freescout.acting import Acting
from plugin.simulated.freescout.api import ROUTES
from plugin.simulated.freescout.calls import Call, parsed
from plugin.simulated.freescout.data import ROBOT, Data
from plugin.simulated.freescout.hooks import EVENTS, LATENCY, WAITS, Hooks, redirected
from plugin.simulated.freescout.people_api import add_webhook
from plugin.simulated.problems import Problem
from plugin.simulated.sending import Sender
from plugin.simulated.server import Answer, Clock, Request

_HEADERS = {
    "Content-Type": "application/json",
    "Cache-Control": "max-age=0, must-revalidate, no-cache, no-store, private",
    "X-Content-Type-Options": "nosniff",
    "Pragma": "no-cache",
}


class SimulatedFreeScout(Acting):
    """Groups are mailboxes. An admin and, unless None, the service user are there from the start.

    `modules` may hold `tags`, `custom_fields` and `timelogs`. `robot` adds the user of the
    Workflows module, who stands in the list of users without any marker.
    """

    type = "freescout"

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        service_user: str | None = "deskladder@example.com",
        token: str = "0123456789abcdef0123456789abcdef",  # noqa: S107
        webhook_secret: str = "fedcba9876543210fedcba9876543210",  # noqa: S107
        modules: Iterable[str] = ("tags", "custom_fields"),
        robot: bool = False,
    ) -> None:
        super().__init__(clock, Sender(WAITS, redirected, latency=LATENCY))
        self.token, self.webhook_secret = token, webhook_secret
        self.service_user = service_user or ""
        self.modules = frozenset(modules)
        self.trusted_hosts: set[str] = {"localhost", "127.0.0.1"}
        self.maintenance = False
        self.data = Data(self.now, lambda: self.url or "http://127.0.0.1")
        self.hooks = Hooks(self.data, self.sender, self.server.lock, webhook_secret, self.modules)
        self.data.add_user("Ada Admin", "admin@example.com", "admin", set())
        if service_user:
            self.data.add_user("Deskladder", service_user, "user", set())
        if robot:
            self.data.add_user("Workflow", ROBOT, "user", set())

    # seeding ---------------------------------------------------------------------------------

    def add_group(self, name: str, *, email: str | None = None) -> int:
        """Add a mailbox; the service user gets access."""
        slug = "".join(char if char.isalnum() else "-" for char in name.lower())
        with self._locked():
            row = self.data.add_mailbox(name, email or f"{slug}@example.com")
            bot = self.data.user_by_email(self.service_user) if self.service_user else None
            if bot:
                bot.mailboxes.add(row["id"])
        return int(row["id"])

    def add_agent(
        self,
        name: str,
        email: str,
        groups: Mapping[str, str],
        *,
        admin: bool = False,
        active: bool = True,
    ) -> int:
        """Add a user; every right but `none` is access. An inactive one is a deleted one."""
        with self._locked():
            seen = {self._mailbox(group) for group, right in groups.items() if right != "none"}
            user = self.data.add_user(name, email, "admin" if admin else "user", seen)
            if not active:
                user.deleted, user.mailboxes = True, set()
                user.email = f"{email}_deleted{self.now():%Y%m%d%H%M%S}"
        return user.id

    def add_customer(
        self,
        name: str,
        email: str,
        *,
        vip: bool = False,
        organization: str | None = None,
        language: str | None = None,
    ) -> int:
        """Add a customer; FreeScout knows a company, but neither VIPs nor languages."""
        del vip, language
        first, _, last = name.partition(" ")
        with self._locked():
            row = self.data.add_customer(email, first or None, last or None)
            row.company = organization
        return row.id

    def add_custom_field(
        self,
        name: str,
        group: str,
        *,
        kind: str = "singleline",
        options: Mapping[str, str] | None = None,
    ) -> int:
        """Add a custom field to a mailbox; a dropdown's values are the keys of its options."""
        number = self.data.next_id("custom_field")
        with self._locked():
            self.data.custom_fields[number] = {
                "id": number,
                "name": name,
                "type": kind,
                "options": dict(options) if options else "",
                "required": False,
                "sortOrder": number,
                "mailbox_id": self._mailbox(group),
            }
        return number

    def set_absent(
        self, agent: str, first: date | None, last: date | None, replacement: str | None = None
    ) -> None:
        """FreeScout knows no absence: nothing changes, which is the point."""

    def connect_webhook(self, endpoint: str) -> int:
        """A webhook for every event."""
        with self._locked():
            return int(add_webhook(self.data, endpoint, list(EVENTS))["id"])

    def _api(self, request: Request) -> Answer:
        plain = "json" not in request.headers.get("accept", "")
        try:
            return self._respond(request)
        except Problem as problem:
            answer = _refusal(problem)
        framework = answer.status in {403, 405, 413, 500, 503}
        if plain and framework:
            page = f"<!DOCTYPE html><html><title>{answer.status}</title></html>"
            return Answer(answer.status, page)
        return answer

    def _respond(self, request: Request) -> Answer:
        if self.maintenance:
            raise Problem(503, "")
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        if host not in self.trusted_hosts:
            text = (
                f"Untrusted Host: {host}. Add the following to your .env file and clear cache:"
                f" APP_TRUSTED_HOSTS ='{host}'[display]"
            )
            raise Problem(403, text)
        found = list(ROUTES.find(request.method, request.path.removeprefix("/api")))
        if not found and request.method != "OPTIONS":
            raise Problem(405, "")
        body = parsed(request)
        key = request.headers.get("x-freescout-api-key") or request.argument("api_key")
        if (key or body.get("api_key")) != self.token:
            raise Problem(401, "Not Authorized")
        if not found:
            return Answer(200, b"")
        function, segments = found[0]
        call = Call(self.data, self.hooks, request, self.modules, body)
        result = function(call, *segments)
        answer = result if isinstance(result, Answer) else Answer(200, result)
        if answer.status == 204:  # noqa: PLR2004
            return Answer(204, b"", {**_HEADERS, "Content-Type": "text/html; charset=UTF-8"})
        return Answer(answer.status, answer.body, {**_HEADERS, **answer.headers})


def _refusal(problem: Problem) -> Answer:
    """`_embedded` stands only in the module's own 400 and 404."""
    match problem.status, problem.code:
        case 400, "-":
            body: object = {"message": problem.text, "_embedded": {"errors": []}}
        case 400, "*":
            body = {"message": "Error occurred", "_embedded": {"errors": []}}
        case 400, code:
            error = {"path": code, "message": problem.text, "source": "JSON"}
            body = {"message": "Error occurred", "_embedded": {"errors": [error]}}
        case 404, _:
            body = {"message": problem.text, "_embedded": {"errors": []}}
        case _:
            body = {"message": problem.text}
    return Answer(problem.status, json.dumps(body).encode(), _HEADERS)
