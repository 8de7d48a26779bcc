"""`SimulatedZammad`: the Zammad 5.5 of the recordings, in memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime

from plugin.simulated.desk import SimulatedDesk
from plugin.simulated.mails import Mail, Said
from plugin.simulated.problems import Problem
from plugin.simulated.sending import Sender
from plugin.simulated.server import Answer, Clock, Request
from plugin.simulated.zammad import rows
from plugin.simulated.zammad.articles import add_article, is_mailed_out, send_mail
from plugin.simulated.zammad.articles_api import ROUTES as ARTICLES
from plugin.simulated.zammad.calls import Call, Settings, ZammadRoutes, authenticate
from plugin.simulated.zammad.data import Data, stamp
from plugin.simulated.zammad.hooks import LATENCY, WAITS, Hooks, redirected
from plugin.simulated.zammad.lookups_api import ROUTES as LOOKUPS
from plugin.simulated.zammad.lookups_api import add_token
from plugin.simulated.zammad.tables_api import ROUTES as TABLES
from plugin.simulated.zammad.tables_api import insert
from plugin.simulated.zammad.tagging import add_tag, remove_tag
from plugin.simulated.zammad.tickets_api import ROUTES as TICKETS
from plugin.simulated.zammad.tickets_api import delete, merge_tickets, saved_twice
from plugin.simulated.zammad.writing import create_ticket, update_ticket

ROUTES = ZammadRoutes()
for _routes in (TICKETS, ARTICLES, LOOKUPS, TABLES):
    ROUTES.add(_routes)

_HEADERS = {
    "Cache-Control": "no-cache, no-store, max-age=0, must-revalidate",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
}
_NOT_FOUND_PAGE = "<!DOCTYPE html>\n<html>\n<title>404: Not Found</title>\n<h1>404</h1>\n</html>"
_CHANNELS = {
    "email": "email",
    "phone": "phone",
    "web": "web",
    "chat": "chat",
    "sms": "sms",
    "social": "facebook feed post",
}


class SimulatedZammad(SimulatedDesk):
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

    # people act ------------------------------------------------------------------------------

    def customer_writes(
        self,
        customer: str,
        subject: str,
        text: str,
        *,
        group: str,
        channel: str = "email",
        automatic: bool = False,
    ) -> int:
        """Opens a ticket by e-mail unless `channel` says phone, web, chat, sms or social."""
        with self._acting(self._customer(customer)) as call:
            given = {"title": subject, "group": group, "preferences": _channel(channel)}
            ticket = create_ticket(self.data, given, call.user)
            article = self._from_customer(call, ticket, text, channel, automatic=automatic)
            call.change(ticket["id"], "create", article)
            if channel != "email" and saved_twice(call, ticket):
                call.change(ticket["id"], "create")
        return int(ticket["id"])

    def customer_replies(self, ticket: int, text: str, *, automatic: bool = False) -> int:
        """Writes by mail again, whatever the channel of the ticket was."""
        row = self.data.ticket(ticket)
        with self._acting(row["customer_id"]) as call:
            article = self._from_customer(call, row, text, "email", automatic=automatic)
            call.change(ticket, "update", article)
        return article

    def agent_writes(
        self, agent: str, customer: str, subject: str, text: str, *, group: str
    ) -> int:
        """Opens a ticket and mails the customer."""
        self._customer(customer)
        with self._acting(self._user(agent)) as call:
            given = {"title": subject, "group": group, "customer": customer}
            ticket = create_ticket(self.data, given, call.user)
            article = self._to_customer(call, ticket, text)
            call.change(ticket["id"], "create", article)
            if saved_twice(call, ticket):
                call.change(ticket["id"], "create")
        return int(ticket["id"])

    def agent_replies(self, ticket: int, agent: str, text: str, *, close: bool = False) -> int:
        """Answers by mail, in one request with closing when asked."""
        row = self.data.ticket(ticket)
        with self._acting(self._user(agent)) as call:
            columns = (
                update_ticket(self.data, row, {"state": "closed"}, call.user) if close else set()
            )
            article = self._to_customer(call, row, text)
            call.change(ticket, "update", article, columns)
        return article

    def agent_notes(self, ticket: int, agent: str, text: str) -> int:
        """Writes an internal note."""
        row = self.data.ticket(ticket)
        with self._acting(self._user(agent)) as call:
            given = {"type": "note", "internal": True, "body": text}
            article = add_article(self.data, row, given, call.user)
            call.change(ticket, "update", article["id"])
        return int(article["id"])

    def agent_assigns(self, ticket: int, agent: str, to: str | None) -> None:
        """Sets the owner; somebody without full access becomes nobody, silently."""
        self._agent_updates(ticket, agent, {"owner_id": self._user(to) if to else rows.NOBODY})

    def agent_moves(self, ticket: int, agent: str, group: str) -> None:
        """Moves; the owner is dropped when they have no full access there."""
        self._agent_updates(ticket, agent, {"group": group})

    def agent_sets_state(
        self, ticket: int, agent: str, state: str, pending_until: datetime | None = None
    ) -> None:
        """Sets the state; pending ones need `pending_until`."""
        pending = {"pending_time": stamp(pending_until)} if pending_until else {}
        self._agent_updates(ticket, agent, {"state": state, **pending})

    def agent_sets_priority(self, ticket: int, agent: str, priority: str) -> None:
        """Sets the priority, such as `3 high`."""
        self._agent_updates(ticket, agent, {"priority": priority})

    def agent_tags(self, ticket: int, agent: str, tag: str) -> None:
        """Adds a tag: no webhook."""
        with self._acting(self._user(agent)) as call:
            add_tag(self.data, self.data.ticket(ticket), tag, call.user)

    def agent_untags(self, ticket: int, agent: str, tag: str) -> None:
        """Takes a tag away: no webhook."""
        with self._acting(self._user(agent)) as call:
            remove_tag(self.data, self.data.ticket(ticket), tag, call.user)

    def agent_merges(self, source: int, agent: str, target: int) -> None:
        """Merges: three deliveries."""
        with self._acting(self._user(agent)) as call:
            merge_tickets(call, self.data.ticket(source), self.data.ticket(target))

    def delete(self, ticket: int) -> None:
        """Deletes: no webhook."""
        admin = next(n for n in self.data.users if self.data.has_permission(n, "admin"))
        self.data.users[admin]["group_ids"].setdefault(
            str(self.data.ticket(ticket)["group_id"]), ["full"]
        )
        with self._acting(admin) as call:
            delete(call, str(ticket))

    # looking ---------------------------------------------------------------------------------

    def tickets(self) -> list[int]:
        """The ids, the last changed first."""
        with self._locked():
            return list(reversed(self.data.tickets))

    def messages(self, ticket: int) -> list[Said]:
        """The articles."""
        with self._locked():
            return [self._said(number) for number in self.data.articles_of[ticket]]

    def _said(self, number: int) -> Said:
        row = self.data.articles[number]
        kind = "customer" if row["sender_id"] == rows.CUSTOMER else "agent"
        if row["type_id"] == rows.NOTE and kind == "agent":
            kind = "note"
        own = row["preferences"].get("deskladder")
        return Said(
            id=number,
            kind="note" if row["internal"] else kind,
            author=self.data.full_name(row["created_by_id"]),
            at=datetime.fromisoformat(row["created_at"]),
            body=row["body"],
            subject=row["subject"] or "",
            mark=own.get("mark") if isinstance(own, dict) else None,
            automatic=row["sender_id"] == rows.SYSTEM,
        )

    def tags(self, ticket: int) -> set[str]:
        """The tags, exactly as written."""
        return set(self.data.tags[ticket])

    def owner(self, ticket: int) -> str | None:
        """None when nobody owns it."""
        number = self.data.ticket(ticket)["owner_id"]
        return None if number == rows.NOBODY else str(self.data.users[number]["email"])

    def group(self, ticket: int) -> str:
        """The group's name."""
        return str(self.data.groups[self.data.ticket(ticket)["group_id"]]["name"])

    def state(self, ticket: int) -> str:
        """Such as `pending reminder`."""
        return str(self.data.states[self.data.ticket(ticket)["state_id"]]["name"])

    def priority(self, ticket: int) -> str | None:
        """Such as `2 normal`."""
        return str(self.data.priorities[self.data.ticket(ticket)["priority_id"]]["name"])

    def subject(self, ticket: int) -> str:
        """The title."""
        return str(self.data.ticket(ticket)["title"])

    def customer(self, ticket: int) -> str:
        """The customer's address."""
        return str(self.data.users[self.data.ticket(ticket)["customer_id"]]["email"])

    def number(self, ticket: int) -> str:
        """The number people see."""
        return str(self.data.ticket(ticket)["number"])

    def updated_at(self, ticket: int) -> str:
        """The last change."""
        return str(self.data.ticket(ticket)["updated_at"])

    def subscribers(self, ticket: int) -> set[str]:
        """Who follows the ticket."""
        return {str(self.data.users[n]["email"]) for n in self.data.subscribers(ticket)}

    def events(self, ticket: int) -> list[tuple[str, str]]:
        """State, priority, group, owner and tags; other history is left out."""
        shown = {"state", "priority", "group", "owner", "tag", "title"}
        with self._locked():
            return [
                (line["created_at"], _sentence(line, self.data.full_name(line["created_by_id"])))
                for line in self.data.history[ticket]
                if line.get("attribute") in shown
            ]

    def agents(self) -> list[str]:
        """Agents who are active."""
        users = self.data.users.values()
        return [u["email"] for u in users if u["active"] and self.data.is_agent(u["id"])]

    def group_names(self) -> list[str]:
        """The groups."""
        return [str(row["name"]) for row in self.data.groups.values()]

    def state_names(self) -> list[str]:
        """Those without a date."""
        return ["open", "closed"]

    def priority_names(self) -> list[str]:
        """Low, normal, high."""
        return [str(row["name"]) for row in self.data.priorities.values()]

    def mails(self) -> list[Mail]:
        """The mail that left."""
        return list(self.data.mails)

    def name_of(self, email: str) -> str:
        """A person's full name."""
        user = self.data.find_user(email)
        return self.data.full_name(user["id"]) if user else email

    # inside ----------------------------------------------------------------------------------

    def _user(self, email: str) -> int:
        user = self.data.find_user(email)
        if user is None:
            raise LookupError(f"nobody is called {email} here; add_agent or add_customer first")
        return int(user["id"])

    def _customer(self, email: str) -> int:
        known = self.data.find_user(email)
        return int(known["id"]) if known else self.add_customer(email.partition("@")[0], email)

    def _group(self, name: str) -> int:
        row = self.data.group_named(name)
        if row is None:
            raise LookupError(f"there is no group {name} here; add_group first")
        return int(row["id"])

    @contextmanager
    def _acting(self, user: int) -> Iterator[Call]:
        with self._locked():
            call = Call(self.data, Request("", "", (), {}), user, None, self.settings)
            yield call
            for change in call.changes:
                self.hooks.fire(change)

    def _agent_updates(self, ticket: int, agent: str, given: Mapping[str, object]) -> None:
        with self._acting(self._user(agent)) as call:
            columns = update_ticket(self.data, self.data.ticket(ticket), given, call.user)
            if columns:
                call.change(ticket, "update", None, columns)

    def _from_customer(
        self, call: Call, ticket: rows.Row, text: str, channel: str, *, automatic: bool
    ) -> int:
        person = self.data.users[call.user]
        sender = f"{self.data.full_name(call.user)} <{person['email']}>"
        mail = channel == "email"
        seed = zlib.crc32(f"{ticket['id']}/{self.data.now()}".encode())
        given = {
            "type": _CHANNELS[channel],
            "sender": "Customer",
            "from": sender,
            "to": self._address(ticket) if mail else None,
            "subject": ticket["title"],
            "body": text,
            "message_id": f"<{seed:08x}.{len(self.data.articles)}@mail.example>" if mail else None,
            "preferences": _automatic(automatic=automatic) if mail else {},
        }
        article = add_article(self.data, ticket, given, call.user)
        if channel not in {"email", "web"}:
            article["type_id"] = next(
                n for n, name in rows.ARTICLE_TYPES.items() if name == _CHANNELS[channel]
            )
            if ticket["article_count"] == 1:
                ticket["create_article_type_id"] = article["type_id"]
        return int(article["id"])

    def _address(self, ticket: rows.Row) -> str | None:
        number = self.data.groups[ticket["group_id"]]["email_address_id"]
        found = self.data.addresses.get(number or 0)
        return f"{found[0]} <{found[1]}>" if found else None

    def _to_customer(self, call: Call, ticket: rows.Row, text: str) -> int:
        customer = self.data.users[ticket["customer_id"]]
        given = {
            "type": "email",
            "to": f"{self.data.full_name(customer['id'])} <{customer['email']}>",
            "subject": ticket["title"],
            "body": text,
            "subtype": "reply",
        }
        article = add_article(self.data, ticket, given, call.user)
        if is_mailed_out(article):
            send_mail(self.data, ticket, article)
        return int(article["id"])

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


def _channel(channel: str) -> dict[str, object]:
    return {"channel_id": 3} if channel == "email" else {}


def _automatic(*, automatic: bool) -> dict[str, object]:
    return {"send-auto-response": not automatic, "is-auto-response": automatic}


def _sentence(line: rows.Row, who: str) -> str:
    match line["type"]:
        case "added":
            return f"{who} added the tag {line['value_to']}"
        case "removed":
            return f"{who} removed the tag {line['value_to']}"
    before, after = line["value_from"] or "-", line["value_to"] or "-"
    return f"{who} changed {line['attribute']} from {before} to {after}"


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
