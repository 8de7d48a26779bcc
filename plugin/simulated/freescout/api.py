"""The endpoints about conversations, their threads and tags; with `people_api` all there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from plugin.simulated.freescout import threads, views, writing
from plugin.simulated.freescout.calls import NOTHING, Call, Function, created, required
from plugin.simulated.freescout.data import Conversation, number_in, stamp
from plugin.simulated.freescout.people_api import ROUTES as PEOPLE
from plugin.simulated.problems import Problem
from plugin.simulated.routes import Routes
from plugin.simulated.server import Answer

ROUTES: Routes[Function] = Routes()
ROUTES.add(PEOPLE)
on = ROUTES.on


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
    customer = threads.find_customer(data, given["customer"])
    if len(data.customers) > people:
        call.hooks.fire_customer("customer.created", customer)
    row = open_conversation(call, given, mailbox, customer.id)
    try:
        for thread in reversed(given["threads"]):
            threads.post_thread(data, row, thread, call.hooks.fire, first=True)
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
    call.hooks.fire("convo.created", row, wait=threads.UNDO_TIME if by_agent else 0.0)
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
                customer = threads.find_customer(data, {"id": value})
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
    thread = threads.post_thread(call.data, row, call.body, call.hooks.fire)
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
