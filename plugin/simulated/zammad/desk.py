"""`SimulatedZammad`: the Zammad 5.5 of the recordings, in memory."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import date

from plugin.simulated.problems import Problem
from plugin.simulated.sending import Sender
from plugin.simulated.server import Answer, Clock, Request
from plugin.simulated.zammad import rows
from plugin.simulated.zammad.acting import Acting
from plugin.simulated.zammad.articles_api import ROUTES as ARTICLES
from plugin.simulated.zammad.calls import Call, Settings, ZammadRoutes, authenticate
from plugin.simulated.zammad.data import Data
from plugin.simulated.zammad.hooks import LATENCY, WAITS, Hooks, redirected
from plugin.simulated.zammad.lookups_api import ROUTES as LOOKUPS
from plugin.simulated.zammad.lookups_api import add_token
from plugin.simulated.zammad.tables_api import ROUTES as TABLES
from plugin.simulated.zammad.tables_api import insert
from plugin.simulated.zammad.tickets_api import ROUTES as TICKETS

ROUTES = ZammadRoutes()
for _routes in (TICKETS, ARTICLES, LOOKUPS, TABLES):
    ROUTES.add(_routes)

_HEADERS = {
    "Cache-Control": "no-cache, no-store, max-age=0, must-revalidate",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
}
_NOT_FOUND_PAGE = "<!DOCTYPE html>\n<html>\n<title>404: Not Found</title>\n<h1>404</h1>\n</html>"


class SimulatedZammad(Acting):
    """States, priorities, roles and the group `Users` are there; the rest is seeded.

    `service_user` None leaves all people to the caller (ids then start at 3); else there is an
    admin (`admin_token`) and a service user with the role Agent, a token with `ticket.agent`
    and full access to every group. `auto_reply` switches on the confirmation mail to customers
    a new installation sends, which is an article by `System`.
    """

    type = "zammad"

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        service_user: str | None = "deskladder@example.com",
        token: str = "zammad-service-token",  # noqa: S107
        admin_token: str = "zammad-admin-token",  # noqa: S107
        webhook_secret: str = "zammad-webhook-secret",  # noqa: S107
        auto_reply: bool = False,
    ) -> None:
        super().__init__(clock, Sender(WAITS, redirected, latency=LATENCY))
        self.token, self.admin_token, self.webhook_secret = token, admin_token, webhook_secret
        self.service_user = service_user or ""
        self.settings = Settings()
        self.data = Data(self.now, lambda: self.url or "http://127.0.0.1")
        self.hooks = Hooks(self.data, self.sender, self.server.lock)
        self.add_group("Users", email="zammad@localhost")
        self.data.add_organization("Zammad Foundation", "")
        nicole = self.data.add_user("Nicole Braun", "nicole.braun@zammad.org", [rows.CUSTOMER_ROLE])
        nicole["organization_id"] = 1
        self.data.organizations[1]["member_ids"].append(nicole["id"])
        if service_user:
            self.add_agent("Ada Admin", "admin@example.com", {}, admin=True)
            self.add_agent("Deskladder", service_user, {"Users": "full"})
            self.give_token("admin@example.com", admin_token, ["admin"])
            self.give_token(service_user, token, ["ticket.agent", "user_preferences"])
        if auto_reply:
            insert(self.data, "triggers", _AUTO_REPLY, rows.NOBODY)

    # seeding ---------------------------------------------------------------------------------

    def add_group(self, name: str, *, email: str | None = None, sender: str | None = None) -> int:
        """Add a group, whose mail comes from `sender`; the service user gets full access."""
        slug = "".join(char if char.isalnum() else "-" for char in name.lower())
        address = f"{slug}@example.com" if email is None else email or None
        with self._locked():
            row = self.data.add_group(name, address, sender)
            bot = self.data.find_user(self.service_user) if self.service_user else None
            if bot:
                bot["group_ids"][str(row["id"])] = ["full"]
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
        """Add an agent; several rights in one group are written `read,create`."""
        roles = [rows.ADMIN_ROLE, rows.AGENT_ROLE] if admin else [rows.AGENT_ROLE]
        with self._locked():
            row = self.data.add_user(name, email, roles)
            row["active"] = active
            for group, right in groups.items():
                if right != "none":
                    row["group_ids"][str(self._group(group))] = right.split(",")
        return int(row["id"])

    def add_customer(
        self,
        name: str,
        email: str,
        *,
        vip: bool = False,
        organization: str | None = None,
        language: str | None = None,
    ) -> int:
        """Add a customer; the organisation is created when it is new."""
        with self._locked():
            row = self.data.add_user(name, email, [rows.CUSTOMER_ROLE])
            row["vip"] = vip
            if language:
                row["preferences"] = {"locale": language}
            if organization:
                known = self.data.organizations.values()
                company = next((r for r in known if r["name"] == organization), None)
                if company is None:
                    domain = email.rpartition("@")[2]
                    company = self.data.add_organization(organization, domain)
                company["member_ids"].append(row["id"])
                row["organization_id"] = company["id"]
        return int(row["id"])

    def add_role(self, name: str, groups: Mapping[str, str]) -> int:
        """Add an agent role that carries rights to groups."""
        with self._locked():
            number = max(self.data.roles) + 1
            agent = self.data.roles[rows.AGENT_ROLE]
            rights = {str(self._group(group)): right.split(",") for group, right in groups.items()}
            self.data.roles[number] = {**agent, "id": number, "name": name, "group_ids": rights}
        return number

    def give_role(self, agent: str, role: int) -> None:
        """Give somebody a further role."""
        with self._locked():
            self.data.users[self._user(agent)]["role_ids"].append(role)

    def give_token(self, agent: str, token: str, permissions: list[str]) -> None:
        """Let a token open the API for somebody, with the permissions named."""
        with self._locked():
            add_token(self.data, token, self._user(agent), permissions)

    def give_password(self, agent: str, password: str) -> None:
        """Let a password open the API for somebody."""
        self.data.passwords[self._user(agent)] = password

    def add_custom_field(self, name: str, label: str = "") -> int:
        """Add a text attribute to tickets."""
        given = {"name": name, "display": label or name}
        with self._locked():
            number = self.data.next_id("custom_fields")
            self.data.tables["custom_fields"][number] = given
            row = insert(self.data, "object_manager_attributes", given, rows.NOBODY)
            for ticket in self.data.tickets.values():
                ticket.setdefault(name, None)
        return int(row["id"])

    def set_absent(
        self, agent: str, first: date | None, last: date | None, replacement: str | None = None
    ) -> None:
        """Out of office, with a replacement if named."""
        with self._locked():
            other = self._user(replacement) if replacement else None
            self.data.set_absence(self._user(agent), first, last, other)

    def connect_webhook(self, endpoint: str) -> int:
        """A webhook and a trigger that fires on everything (`{}` is refused by the real one)."""
        with self._locked():
            hook = {
                "name": "Deskladder",
                "endpoint": endpoint,
                "signature_token": self.webhook_secret,
            }
            row = insert(self.data, "webhooks", hook, rows.NOBODY)
            always = {"operator": "after (absolute)", "value": "1970-01-01T00:00:00.000Z"}
            trigger = {
                "name": f"Deskladder: all ticket changes {row['id']}",
                "condition": {"ticket.created_at": always},
                "perform": {"notification.webhook": {"webhook_id": row["id"]}},
            }
            insert(self.data, "triggers", trigger, rows.NOBODY)
        return int(row["id"])

    def _api(self, request: Request) -> Answer:
        path = request.path.removeprefix("/api/v1")
        html = "json" not in request.headers.get("accept", "*/*") and "text/html" in (
            request.headers.get("accept", "")
        )
        call: Call | None = None
        try:
            for function, segments in ROUTES.find(request.method, path):
                call = authenticate(self.data, request, self.settings)
                result = function(call, *segments)
                for change in call.changes:
                    self.hooks.fire(change)
                answer = result if isinstance(result, Answer) else Answer(200, result)
                return Answer(answer.status, answer.body, {**_HEADERS, **answer.headers})
            text = f"No route matches [{request.method}] {request.path}"
            raise Problem(404, text)  # noqa: TRY301 - one place words the errors
        except Problem as problem:
            if html and problem.status == 404:  # noqa: PLR2004
                return Answer(404, _NOT_FOUND_PAGE)
            return _refusal(problem, admin=bool(call and call.is_admin))


def _refusal(problem: Problem, *, admin: bool) -> Answer:
    """401 and 403 repeat the text in a header; unknown errors are masked for non-admins."""
    if problem.known:
        body = {"error": problem.text, "error_human": problem.text}
    elif admin:
        body = {"error": problem.text}
    else:
        number = zlib.crc32(problem.text.encode()) % 10**8
        body = {"error": f"Error ID {number:08d}: Please contact your administrator."}
    headers = {"Cache-Control": "no-cache", "Vary": "Accept"}
    if problem.status in {401, 403}:
        headers["X-Failure"] = problem.text
    return Answer(problem.status, body, headers)


_AUTO_REPLY = {
    "name": "auto reply (on new tickets)",
    "condition": {
        "ticket.action": {"operator": "is", "value": "create"},
        "ticket.state_id": {"operator": "is not", "value": 4},
        "article.type_id": {"operator": "is", "value": [1, 5, 11]},
        "article.sender_id": {"operator": "is", "value": 2},
    },
    "perform": {
        "notification.email": {
            "recipient": "article_last_sender",
            "subject": "Thanks for your inquiry (#{ticket.title})",
            "body": "<div>We received your request <b>(Ticket##{ticket.number})</b>.</div>",
        }
    },
}
