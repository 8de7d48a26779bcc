"""`SimulatedFreeScout`: FreeScout 1.8 with *API & Webhooks* 1.0.87, in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from urllib.parse import urlsplit

from plugin.simulated.desk import SimulatedDesk
from plugin.simulated.freescout import writing
from plugin.simulated.freescout.api import (
    ROUTES,
    Call,
    add_webhook,
    forget,
    open_conversation,
    parsed,
)
from plugin.simulated.freescout.data import ROBOT, Conversation, Data, PersonType, User
from plugin.simulated.freescout.hooks import EVENTS, LATENCY, WAITS, Hooks, redirected
from plugin.simulated.mails import Mail, Said
from plugin.simulated.problems import Problem
from plugin.simulated.sending import Sender
from plugin.simulated.server import Answer, Clock, Request

_HEADERS = {
    "Content-Type": "application/json",
    "Cache-Control": "max-age=0, must-revalidate, no-cache, no-store, private",
    "X-Content-Type-Options": "nosniff",
    "Pragma": "no-cache",
}


class SimulatedFreeScout(SimulatedDesk):
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
        """Opens a conversation by mail; FreeScout drops the headers that tell an automatic one."""
        del automatic
        kind = channel if channel in {"email", "phone", "chat"} else "custom"
        with self._locked():
            person = self.data.customer_by_email(customer)
            if person is None:
                person = self.data.add_customer(customer)
                self.hooks.fire_customer("customer.created", person)
            given = {"subject": subject, "type": kind}
            row = open_conversation(self._call(), given, self._mailbox(group), person.id)
            row.source = ("email" if channel == "email" else "web", "customer")
            self._thread(row, "customer", ("customer", person.id), text)
            row.last_reply_from, row.last_reply_at = "customer", self.data.now()
            self.hooks.fire("convo.created", row)
        return row.id

    def customer_replies(self, ticket: int, text: str, *, automatic: bool = False) -> int:
        """Writes by mail again; a closed conversation becomes active without convo.status."""
        del automatic
        with self._locked():
            row = self.data.conversation(ticket)
            thread = self._thread(row, "customer", ("customer", row.customer_id), text)
            writing.customer_replied(self.data, row)
            self.hooks.fire("convo.customer.reply.created", row)
        return thread

    def agent_writes(
        self, agent: str, customer: str, subject: str, text: str, *, group: str
    ) -> int:
        """Opens a conversation with a message; the event comes after the undo time."""
        with self._locked():
            person = self.data.customer_by_email(customer) or self.data.add_customer(customer)
            given = {"subject": subject, "type": "email", "status": "pending"}
            row = open_conversation(self._call(), given, self._mailbox(group), person.id)
            by = self._user(agent)
            row.created_by, row.source = ("user", by.id), ("web", "user")
            self._thread(row, "message", ("user", by.id), text)
            row.last_reply_from, row.last_reply_at = "user", self.data.now()
            writing.mail_customer(self.data, row, row.threads[-1])
            self.hooks.fire("convo.created", row, wait=writing.UNDO_TIME)
        return row.id

    def agent_replies(self, ticket: int, agent: str, text: str, *, close: bool = False) -> int:
        """Answers: the conversation goes to pending and to the one who answers, if to nobody."""
        with self._locked():
            row, by = self.data.conversation(ticket), self._user(agent)
            before, status = row.status, "closed" if close else "pending"
            writing.change_status(self.data, row, status, by.id)
            if row.assignee is None:
                row.assignee = by.id
                self.hooks.fire("convo.assigned", row)
            thread = self._thread(row, "message", ("user", by.id), text, status)
            row.last_reply_from, row.last_reply_at = "user", self.data.now()
            if before != status:
                self.hooks.fire("convo.status", row)
            writing.mail_customer(self.data, row, row.threads[-1])
            self.hooks.fire("convo.agent.reply.created", row, wait=writing.UNDO_TIME)
        return thread

    def agent_notes(self, ticket: int, agent: str, text: str) -> int:
        """Writes a note."""
        with self._locked():
            row = self.data.conversation(ticket)
            thread = self._thread(row, "note", ("user", self._user(agent).id), text)
            self.hooks.fire("convo.note.created", row)
        return thread

    def agent_assigns(self, ticket: int, agent: str, to: str | None) -> None:
        """Assigns or unassigns; the latter makes no event."""
        with self._locked():
            wanted = self._user(to).id if to else None
            row = self.data.conversation(ticket)
            writing.assign(self.data, row, self._user(agent).id, wanted, self.hooks.fire)

    def agent_moves(self, ticket: int, agent: str, group: str) -> None:
        """Moves to another mailbox."""
        with self._locked():
            row = self.data.conversation(ticket)
            target = self._mailbox(group)
            writing.move(self.data, row, self._user(agent).id, target, self.hooks.fire)

    def agent_sets_state(
        self, ticket: int, agent: str, state: str, pending_until: datetime | None = None
    ) -> None:
        """Sets the status; there are no dates."""
        del pending_until
        with self._locked():
            row = self.data.conversation(ticket)
            writing.set_status(self.data, row, self._user(agent).id, state, self.hooks.fire)

    def agent_sets_priority(self, ticket: int, agent: str, priority: str) -> None:
        """FreeScout has no priority; a tag stands for it."""
        self.agent_tags(ticket, agent, priority)

    def agent_tags(self, ticket: int, agent: str, tag: str) -> None:
        """Adds a tag: no event, no history, no date moves."""
        del agent
        with self._locked():
            row = self.data.conversation(ticket)
            writing.put_tags(self.data, row, sorted(self.tags(ticket) | {tag}))

    def agent_untags(self, ticket: int, agent: str, tag: str) -> None:
        """Takes a tag away."""
        del agent
        with self._locked():
            row = self.data.conversation(ticket)
            writing.put_tags(self.data, row, sorted(self.tags(ticket) - {tag}))

    def agent_merges(self, source: int, agent: str, target: int) -> None:
        """Merges: the source is deleted, the target says nothing."""
        with self._locked():
            old, new = self.data.conversation(source), self.data.conversation(target)
            by = self._user(agent).id
            old.merged_replies = old.replies
            new.threads += old.threads
            old.threads = []
            text = f"merged into conversation #{new.id}"
            writing.line_item(self.data, old, by, "merged", text, body="")
            self.data.touch(new)
            self.soft_delete(source, agent)

    def soft_delete(self, ticket: int, agent: str) -> None:
        """Into the folder Deleted."""
        self._set_deleted(ticket, agent, deleted=True)

    def restore(self, ticket: int, agent: str) -> None:
        """Out of it again."""
        self._set_deleted(ticket, agent, deleted=False)

    def delete(self, ticket: int) -> None:
        """For ever."""
        with self._locked():
            forget(self._call(), self.data.conversation(ticket))

    # looking ---------------------------------------------------------------------------------

    def tickets(self) -> list[int]:
        """The ids, the last changed first."""
        with self._locked():
            return list(reversed(self.data.conversations))

    def messages(self, ticket: int) -> list[Said]:
        """Published threads without line items, by id."""
        with self._locked():
            row = self.data.conversation(ticket)
            return [
                Said(
                    id=thread.id,
                    kind={"message": "agent"}.get(thread.type, thread.type),
                    author=self.data.person_name(thread.created_by),
                    at=datetime.fromisoformat(thread.created_at),
                    body=thread.body or "",
                    mark=_mark(thread.body or ""),
                )
                for thread in sorted(row.threads, key=lambda item: item.id)
                if thread.type != "lineitem" and thread.state == "published"
            ]

    def tags(self, ticket: int) -> set[str]:
        """The tags, lower case."""
        rows = self.data.tag_rows
        return {str(rows[number]["name"]) for number in self.data.conversation(ticket).tags}

    def fields(self, ticket: int) -> dict[str, str]:
        """The custom fields that have a value."""
        row = self.data.conversation(ticket)
        return {self.data.custom_fields[n]["name"]: value for n, value in row.fields.items()}

    def owner(self, ticket: int) -> str | None:
        """None when unassigned, or when the stored id is nobody's."""
        user = self.data.users.get(self.data.conversation(ticket).assignee or 0)
        return user.email if user else None

    def group(self, ticket: int) -> str:
        """The mailbox's name."""
        return str(self.data.mailboxes[self.data.conversation(ticket).mailbox_id]["name"])

    def state(self, ticket: int) -> str:
        """The status."""
        return self.data.conversation(ticket).status

    def priority(self, ticket: int) -> str | None:
        """There is none."""
        del ticket
        return None

    def subject(self, ticket: int) -> str:
        """The subject."""
        return self.data.conversation(ticket).subject

    def customer(self, ticket: int) -> str:
        """The customer's address."""
        return self.data.customers[self.data.conversation(ticket).customer_id].email

    def number(self, ticket: int) -> str:
        """The same as the id here."""
        return str(ticket)

    def updated_at(self, ticket: int) -> str:
        """The last change."""
        return self.data.conversation(ticket).updated_at

    def events(self, ticket: int) -> list[tuple[str, str]]:
        """The line items."""
        with self._locked():
            row = self.data.conversation(ticket)
            lines = [item for item in row.threads if item.type == "lineitem"]
            return [(line.created_at, line.text) for line in sorted(lines, key=lambda x: x.id)]

    def agents(self) -> list[str]:
        """Users who are neither deleted nor the robot."""
        users = self.data.users.values()
        return [user.email for user in users if not user.deleted and user.email != ROBOT]

    def group_names(self) -> list[str]:
        """The mailboxes."""
        return [str(row["name"]) for row in self.data.mailboxes.values()]

    def state_names(self) -> list[str]:
        """The statuses."""
        return ["active", "pending", "closed", "spam"]

    def priority_names(self) -> list[str]:
        """None."""
        return []

    def mails(self) -> list[Mail]:
        """The mail that left."""
        return list(self.data.mails)

    def name_of(self, email: str) -> str:
        """A person's full name."""
        user = self.data.user_by_email(email)
        customer = self.data.customer_by_email(email)
        return user.name if user else customer.name if customer else email

    # inside ----------------------------------------------------------------------------------

    def _user(self, email: str) -> User:
        user = self.data.user_by_email(email)
        if user is None:
            raise LookupError(f"no user {email} here; add_agent first")
        return user

    def _mailbox(self, name: str) -> int:
        for number, row in self.data.mailboxes.items():
            if row["name"] == name:
                return number
        raise LookupError(f"no mailbox {name} here; add_group first")

    def _call(self) -> Call:
        return Call(self.data, self.hooks, Request("", "", (), {}), self.modules)

    def _thread(
        self,
        row: Conversation,
        kind: str,
        by: tuple[PersonType, int],
        text: str,
        status: str = "active",
    ) -> int:
        source = (row.source[0] if by[0] == "customer" else "web", by[0])
        to = {
            "customer": str(self.data.mailboxes[row.mailbox_id]["email"]),
            "message": self.data.customers[row.customer_id].email,
        }.get(kind)
        rest = {"source": source, "status": status, "to": [to] if to else []}
        return writing.add_thread(self.data, row, kind, by, text, **rest).id

    def _set_deleted(self, ticket: int, agent: str, *, deleted: bool) -> None:
        with self._locked():
            row, by = self.data.conversation(ticket), self._user(agent).id
            row.state = "deleted" if deleted else "published"
            action, text = (
                ("deleted-ticket", "deleted") if deleted else ("restore-ticket", "restored")
            )
            writing.line_item(self.data, row, by, action, text, status="nochange")
            self.hooks.fire(f"convo.{text}", row)

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


def _mark(body: str) -> str | None:
    _, _, rest = body.partition("<!-- deskladder:")
    return rest.partition("-->")[0].strip() or None
