"""The endpoints of the module *API & Webhooks* 1.0.87, all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from plugin.simulated.freescout import views, writing
from plugin.simulated.freescout.data import Conversation, Data, Row, number_in, stamp
from plugin.simulated.freescout.hooks import EVENTS, Hooks
from plugin.simulated.problems import Problem
from plugin.simulated.routes import Routes
from plugin.simulated.server import Answer, Request

MODULE_NAMES = {
    "tags": "Tags",
    "custom_fields": "Custom Fields",
    "timelogs": "Time Tracking",
    "customer_fields": "Customer Fields",
}


@dataclass(slots=True)
class Call:
    """One call that passed the key check."""

    data: Data
    hooks: Hooks
    request: Request
    modules: frozenset[str]
    body: Mapping[str, Any] = field(default_factory=dict)

    def need(self, module: str) -> None:
        """Stop when a module is not there."""
        if module not in self.modules:
            name = MODULE_NAMES[module]
            raise Problem(400, f"{name} module is not installed or not activated", code="-")

    def list(self, name: str, found: list[Any]) -> Row:
        """A page of a list; an odd page size is 500, zero the default."""
        text = self.request.argument("pageSize")
        size = 50
        if text:
            size = int(text) if re.fullmatch(r"-?\d+", text) else -1
            size = 50 if size == 0 else 500 if size < 0 else size
        return views.page(name, found, max(number_in(self.request.argument("page")) or 1, 1), size)

    def show(self, row: Conversation, embed: str) -> Row:
        """A conversation with what `embed` names."""
        return views.conversation(self.data, row, embed.split(","), modules=self.modules)

    def conversation(self, number: str) -> Conversation:
        """A conversation of the path."""
        return self.data.conversation(number_in(number))


Function: TypeAlias = Callable[..., Any]
ROUTES: Routes[Function] = Routes()
on = ROUTES.on


def required(given: Mapping[str, Any], *names: str) -> None:
    """Stop at the first missing parameter."""
    for name in names:
        if given.get(name) in (None, ""):
            raise Problem(400, f"`{name}` parameter is required", code=name)


def created(row: Row) -> Answer:
    """201 with the id in a header."""
    return Answer(201, row, {"Resource-ID": str(row["id"])})


NOTHING = Answer(204)


def parsed(request: Request) -> Mapping[str, Any]:
    """The body: JSON or a form; anything else counts as empty. Texts trimmed, "" is null."""
    kind = request.headers.get("content-type", "")
    if "json" in kind:
        try:
            found = json.loads(request.body or b"{}")
        except ValueError:
            return {}
        return _trimmed(found) if isinstance(found, dict) else {}
    if "x-www-form-urlencoded" in kind:
        return dict(parse_qsl(request.body.decode(errors="replace")))
    return {}


def _trimmed(value: Any) -> Any:
    match value:
        case str():
            return value.strip() or None
        case dict():
            return {key: _trimmed(item) for key, item in value.items()}
        case list():
            return [_trimmed(item) for item in value]
    return value


# conversations -------------------------------------------------------------------------------

_SORTS: Mapping[str, Callable[[Conversation], Any]] = {
    "createdAt": lambda row: row.created_at,
    "updatedAt": lambda row: row.updated_at,
    "number": lambda row: row.id,
    "mailboxId": lambda row: row.mailbox_id,
    "subject": lambda row: row.subject,
    "waitingSince": lambda row: row.last_reply_at or "",
}


@on("GET", "/conversations")
def list_conversations(call: Call) -> Any:
    ask = call.request.argument
    found = [row for row in _candidates(call) if all(test(row) for test in _filters(call))]
    key = _SORTS.get(ask("sortField") or "createdAt", _SORTS["createdAt"])
    found.sort(key=lambda row: row.id)
    found.sort(key=key, reverse=ask("sortOrder") != "asc")
    page = call.list("conversations", found)
    embed = ask("embed")
    inside = page["_embedded"]["conversations"]
    page["_embedded"]["conversations"] = [call.show(row, embed) for row in inside]
    return page


def _candidates(call: Call) -> list[Conversation]:
    """Only the tail that changed since, or one customer's, where the question allows it."""
    data, ask = call.data, call.request.argument
    customer = number_in(ask("customerId"))
    if ask("customerEmail"):
        known = data.customer_by_email(ask("customerEmail"))
        customer = known.id if known else 0
    if customer is not None:
        return [data.conversations[number] for number in data.by_customer.get(customer, ())]
    since = _instant(ask("updatedSince"))
    if since is None:
        return list(data.conversations.values())
    found = []
    for row in reversed(data.conversations.values()):
        if row.updated_at < since:
            break
        found.append(row)
    return found


def _instant(text: str) -> str | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(500, "Server Error") from None
    return stamp(at.astimezone())


def _filters(call: Call) -> list[Callable[[Conversation], bool]]:
    data, ask, has = call.data, call.request.argument, call.request.has
    tests: list[Callable[[Conversation], bool]] = []

    def several(
        name: str, read: Callable[[Conversation], Any], known: set[str] | None = None
    ) -> None:
        values = {part for part in ask(name).split(",") if part}
        values = values & known if known else values
        if values:
            tests.append(lambda row: str(read(row)) in values)

    several("mailboxId", lambda row: row.mailbox_id)
    several("folderId", data.folder_of)
    several("status", lambda row: row.status, {"active", "pending", "closed", "spam"})
    several("state", lambda row: row.state)
    several("type", lambda row: row.type)
    several("number", lambda row: row.id)
    if has("assignedTo"):
        wanted = number_in(ask("assignedTo"))
        tests.append(lambda row: row.assignee == wanted)
    for name, kind in (("createdByUserId", "user"), ("createdByCustomerId", "customer")):
        if ask(name):
            who = (kind, number_in(ask(name)))
            tests.append(lambda row, who=who: row.created_by == who)  # type: ignore[misc]
    if ask("subject"):
        part = ask("subject").lower()
        tests.append(lambda row: part in row.subject.lower())
    if ask("customerPhone"):
        phone = ask("customerPhone")
        tests.append(lambda row: phone in data.customers[row.customer_id].phones)
    if ask("tag") and "tags" in call.modules:
        tag = data.tag_named(ask("tag"))
        tests.append(lambda row: bool(tag and tag["id"] in row.tags))
    for name, read in (("createdSince", "created_at"), ("updatedSince", "updated_at")):
        since = _instant(ask(name))
        if since:
            tests.append(lambda row, read=read, since=since: getattr(row, read) >= since)  # type: ignore[misc]
    return tests


@on("POST", "/conversations")
def create_conversation(call: Call) -> Answer:
    data, given = call.data, call.body
    required(given, "subject", "type", "mailboxId", "customer")
    if not isinstance(given.get("threads"), list):
        if "threads" not in given:
            required(given, "threads")
        raise Problem(400, "'threads' parameter must be an array", code="threads")
    mailbox = number_in(given["mailboxId"])
    if mailbox not in data.mailboxes:
        raise Problem(400, "Mailbox not found", code="mailboxId")
    people = len(data.customers)
    customer = writing.find_customer(data, given["customer"])
    if len(data.customers) > people:
        call.hooks.fire_customer("customer.created", customer)
    row = open_conversation(call, given, mailbox, customer.id)
    try:
        for thread in reversed(given["threads"]):
            writing.post_thread(data, row, thread, call.hooks.fire, first=True)
        if not row.threads:
            raise Problem(400, "Could no create thread(s)", code="threads")  # noqa: TRY301
    except Problem:
        forget(call, row)  # the number is used up and an event tells of what nobody ever saw
        raise
    row.created_by = row.threads[0].created_by
    row.source = ("api", row.created_by[0])
    message = row.threads[-1]
    row.last_reply_from, row.last_reply_at = message.created_by[0], row.created_at
    imported = bool(given.get("imported"))
    by_agent = row.threads[0].type == "message"
    if by_agent and not imported:
        writing.mail_customer(data, row, row.threads[0])
    call.hooks.fire("convo.created", row, wait=writing.UNDO_TIME if by_agent else 0.0)
    return created(call.show(row, "threads"))


def open_conversation(
    call: Call, given: Mapping[str, Any], mailbox: int, customer: int
) -> Conversation:
    """An empty conversation."""
    data = call.data
    number = data.next_id("conversation")
    now = str(given.get("createdAt") or data.now())
    row = Conversation(
        id=number,
        type=str(given["type"]),
        subject=str(given["subject"]),
        mailbox_id=mailbox,
        customer_id=customer,
        created_by=("customer", customer),
        source=("api", "customer"),
        created_at=now,
        updated_at=data.now(),
    )
    status = given.get("status")
    row.status = status if status in {"active", "pending", "closed", "spam"} else "active"
    row.state = str(given.get("state") or "published")
    row.closed_at = given.get("closedAt")
    assignee = number_in(given.get("assignTo"))
    row.assignee = assignee if assignee in data.users else None
    data.conversations[number] = row
    data.by_customer[customer].append(number)
    return row


def forget(call: Call, row: Conversation) -> None:
    """Delete for ever."""
    del call.data.conversations[row.id]
    call.data.by_customer[row.customer_id].remove(row.id)
    call.hooks.fire("convo.deleted_forever", row)


@on("GET", "/conversations/{id}")
def show_conversation(call: Call, number: str) -> Any:
    row = call.conversation(number)
    embed = call.request.argument("embed") if call.request.has("embed") else "threads"
    return call.show(row, embed)


@on("PUT", "/conversations/{id}")
def update_conversation(call: Call, number: str) -> Answer:
    """Members are applied one by one in the order sent; earlier ones stay when one fails."""
    row, data, fire = call.conversation(number), call.data, call.hooks.fire
    for name, value in call.body.items():
        match name:
            case "status":
                writing.set_status(data, row, _by_user(call), str(value), fire)
            case "assignTo":
                writing.assign(data, row, _by_user(call), value, fire)
            case "mailboxId":
                by = _by_user(call)
                mailbox = number_in(value)
                if mailbox not in data.mailboxes:
                    raise Problem(400, "Mailbox not found.", code="mailboxId")
                writing.move(data, row, by, mailbox, fire)
            case "customerId":
                customer = writing.find_customer(data, {"id": value})
                by_user = number_in(call.body.get("byUser"))
                writing.change_customer(data, row, by_user, customer)
            case "subject" if value:
                row.subject = str(value)
                data.touch(row)
    return NOTHING


def _by_user(call: Call) -> int:
    if call.body.get("byUser") is None:
        raise Problem(400, "byUser parameter is required.", code="byUser")
    number = number_in(call.body["byUser"])
    if number not in call.data.users:
        raise Problem(400, "User not found.", code="byUser")
    return number


@on("DELETE", "/conversations/{id}")
def delete_conversation(call: Call, number: str) -> Answer:
    forget(call, call.conversation(number))
    return NOTHING


@on("POST", "/conversations/{id}/threads")
def create_thread(call: Call, number: str) -> Answer:
    row = call.conversation(number)
    thread = writing.post_thread(call.data, row, call.body, call.hooks.fire)
    return created(views.thread(call.data, thread))


@on("PUT", "/conversations/{id}/tags")
def put_tags(call: Call, number: str) -> Answer:
    call.need("tags")
    row = call.conversation(number)
    if "tags" not in call.body:
        raise Problem(400, "`tags` parameter is required", code="tags")
    writing.put_tags(call.data, row, call.body["tags"])
    return NOTHING


@on("PUT", "/conversations/{id}/custom_fields")
def put_custom_fields(call: Call, number: str) -> Answer:
    call.need("custom_fields")
    writing.put_fields(call.data, call.conversation(number), call.body.get("customFields"))
    return NOTHING


@on("GET", "/conversations/{id}/timelogs")
def timelogs(call: Call, number: str) -> Any:
    call.need("timelogs")
    return call.list("timelogs", call.data.timelogs[call.conversation(number).id])


@on("GET", "/tags")
def tags(call: Call) -> Any:
    call.need("tags")
    found = list(call.data.tag_rows.values())
    number = number_in(call.request.argument("conversationId"))
    if number is not None:
        found = [call.data.tag_rows[tag] for tag in call.data.conversation(number).tags]
    return call.list("tags", found)


# people, mailboxes, webhooks -----------------------------------------------------------------


@on("GET", "/customers")
def customers(call: Call) -> Any:
    found = sorted(call.data.customers.values(), key=lambda row: -row.id)
    email = call.request.argument("email")
    if email:
        known = call.data.customer_by_email(email)
        found = [known] if known else []
    return call.list("customers", [views.customer(row) for row in found])


@on("POST", "/customers")
def create_customer(call: Call) -> Answer:
    given = call.body
    if not (given.get("email") or given.get("firstName") or given.get("emails")):
        text = "Customer first name or email is required."
        raise Problem(400, text, code="customer.first_name")
    if given.get("email") and call.data.customer_by_email(str(given["email"])):
        raise Problem(400, "Customers with such email(s) already exist", code="emails")
    row = writing.find_customer(call.data, {**given, "id": None})
    call.hooks.fire_customer("customer.created", row)
    return created(views.customer(row))


@on("GET", "/customers/{id}")
def show_customer(call: Call, number: str) -> Any:
    row = call.data.customers.get(number_in(number) or 0)
    if row is None:
        raise Problem(404, "Not Found")
    return views.customer(row)


@on("PUT", "/customers/{id}")
def update_customer(call: Call, number: str) -> Answer:
    row = call.data.customers.get(number_in(number) or 0)
    if row is None:
        raise Problem(404, "Not Found")
    names = {
        "firstName": "first",
        "lastName": "last",
        "company": "company",
        "jobTitle": "job_title",
        "notes": "notes",
    }
    for name, column in names.items():
        if name in call.body:
            setattr(row, column, call.body[name])
    row.updated_at = call.data.now()
    return NOTHING


@on("PUT", "/customers/{id}/customer_fields")
def customer_fields(call: Call, number: str) -> Answer:
    del number
    call.need("customer_fields")
    return NOTHING


@on("GET", "/users")
def users(call: Call) -> Any:
    found = sorted(call.data.users.values(), key=lambda row: -row.id)
    email = call.request.argument("email")
    if email:
        found = [row for row in found if row.email.lower() == email.lower()]
    return call.list("users", [views.user(row) for row in found])


@on("POST", "/users")
def create_user(call: Call) -> Answer:
    required(call.body, "email", "firstName", "lastName")
    name = f"{call.body['firstName']} {call.body['lastName']}"
    row = call.data.add_user(name, str(call.body["email"]), "user", set())
    row.created_by_api = True
    return created({**views.user(row), "role": 1})


@on("GET", "/users/{id}")
def show_user(call: Call, number: str) -> Any:
    row = call.data.users.get(number_in(number) or 0)
    if row is None:
        raise Problem(404, "Not Found")
    return views.user(row)


@on("DELETE", "/users/{id}")
def delete_user(call: Call, number: str) -> Answer:
    row = call.data.users.get(number_in(number) or 0)
    if row is None:
        raise Problem(404, "Not Found")
    row.deleted = True
    row.email = f"{row.email}_deleted{call.data.clock():%Y%m%d%H%M%S}"
    row.mailboxes = set()
    return NOTHING


@on("GET", "/mailboxes")
def mailboxes(call: Call) -> Any:
    found = list(call.data.mailboxes.values())
    if call.request.argument("userId"):
        user = call.data.users.get(number_in(call.request.argument("userId")) or 0)
        found = [row for row in found if user and user.may_see(row["id"])]
    return call.list("mailboxes", found)


@on("GET", "/mailboxes/{id}/folders")
def folders(call: Call, number: str) -> Any:
    mailbox = number_in(number)
    if mailbox not in call.data.mailboxes:
        raise Problem(404, "Not Found")
    ask = call.request.argument
    found = [row for row in call.data.folders.values() if row["mailbox_id"] == mailbox]
    if ask("userId"):
        found = [row for row in found if row["userId"] in (None, number_in(ask("userId")))]
    if ask("folderId"):
        found = [row for row in found if row["id"] == number_in(ask("folderId"))]
    found.sort(key=lambda row: (row["type"], row["id"]))
    return call.list("folders", [views.folder(call.data, row) for row in found])


@on("GET", "/mailboxes/{id}/custom_fields")
def custom_fields(call: Call, number: str) -> Any:
    call.need("custom_fields")
    hidden = {"mailbox_id"}
    found = [
        {key: value for key, value in row.items() if key not in hidden}
        for row in call.data.fields_of(number_in(number) or 0)
    ]
    return call.list("custom_fields", found)


@on("POST", "/webhooks")
def create_webhook(call: Call) -> Answer:
    required(call.body, "url", "events")
    row = add_webhook(call.data, str(call.body["url"]), call.body["events"])
    return created(row)


def add_webhook(data: Data, url: str, wanted: Any) -> Row:
    """Register a webhook; unknown events are dropped, and leave gaps that make an object."""
    names = wanted.split(",") if isinstance(wanted, str) else list(wanted)
    kept = {str(index): name for index, name in enumerate(names) if name in EVENTS}
    if not kept:
        raise Problem(400, "Error occurred", code="*")
    gaps = list(kept) != [str(index) for index in range(len(kept))]
    number = data.next_id("webhook")
    data.webhooks[number] = {
        "id": number,
        "url": url,
        "events": kept if gaps else list(kept.values()),
        "lastRunTime": None,
        "lastRunError": "",
    }
    return data.webhooks[number]


@on("DELETE", "/webhooks/{id}")
def delete_webhook(call: Call, number: str) -> Answer:
    if call.data.webhooks.pop(number_in(number) or 0, None) is None:
        raise Problem(404, "Not Found")
    return NOTHING
