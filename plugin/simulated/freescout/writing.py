"""What happens when somebody writes: conversations, threads, changes, tags; the mail that leaves.

Every rule here was seen on a real instance (helpdesk notes §3, §6; tests/samples/freescout).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from plugin.simulated.freescout.data import (
    STATUSES,
    Conversation,
    Customer,
    Data,
    PersonType,
    Row,
    Thread,
    number_in,
)
from plugin.simulated.freescout.views import preview_of
from plugin.simulated.mails import Mail
from plugin.simulated.problems import Problem

UNDO_TIME = 15.0  # seconds between an agent's reply and its mail and event

Fire = Callable[..., None]  # (event, conversation, *, wait=0.0)


def add_thread(
    data: Data,
    row: Conversation,
    kind: str,
    by: tuple[PersonType, int],
    body: str | None,
    **rest: Any,
) -> Thread:
    """Store a thread and move the conversation's times and preview."""
    number = data.next_id("thread")
    thread = Thread(
        id=number,
        type=kind,
        status=rest.get("status", "active"),
        state=rest.get("state", "published"),
        action=rest.get("action", ""),
        text=rest.get("text") or _sentence(data, row, kind, by, rest),
        body=body,
        source=rest.get("source", ("api", by[0])),
        customer_id=row.customer_id,
        created_by=by,
        assigned_to=row.assignee,
        to=rest.get("to", []),
        cc=rest.get("cc", []),
        bcc=rest.get("bcc", []),
        created_at=rest.get("created_at") or data.now(),
        attachments=rest.get("attachments", []),
    )
    row.threads.append(thread)
    if thread.state == "published" and kind != "lineitem" and body:
        row.preview = preview_of(body)
    if by[0] == "user":
        row.user_updated_at = data.now()
    data.touch(row)
    return thread


def _sentence(
    data: Data, row: Conversation, kind: str, by: tuple[PersonType, int], rest: Mapping[str, Any]
) -> str:
    who = data.person_name(by)
    if kind == "lineitem":
        return ""
    if rest.get("state") == "draft":
        return f"{who} created a draft"
    if not row.threads:
        return f"{who} started a new conversation #{row.id}"
    if kind == "note":
        return f"{who} added a note to conversation #{row.id}"
    return f"{who} replied to conversation #{row.id}"


def line_item(
    data: Data, row: Conversation, by: int, action: str, text: str, **rest: Any
) -> Thread:
    """A line of history; its source says `web` whoever made it."""
    who = data.person_name(("user", by))
    return add_thread(
        data,
        row,
        "lineitem",
        ("user", by),
        rest.pop("body", None),
        action=action,
        text=f"{who} {text}",
        source=("web", "user"),
        **rest,
    )


# changes -------------------------------------------------------------------------------------


def set_status(data: Data, row: Conversation, by: int, status: str, fire: Fire) -> None:
    """Set the status; an unknown one becomes active."""
    status = status if status in STATUSES else "active"
    if row.status == status:
        return
    change_status(data, row, status, by)
    text = f"marked as {status.title()} conversation #{row.id}"
    line_item(data, row, by, "changed-ticket-status", text, status=status)
    fire("convo.status", row)


def change_status(data: Data, row: Conversation, status: str, by: int | None) -> None:
    """Set the status without history; closing remembers when and by whom."""
    row.status = status
    if status == "closed":
        row.closed_at, row.closed_by = data.now(), by


def assign(data: Data, row: Conversation, by: int, value: Any, fire: Fire) -> None:
    """Assign whatever id was sent; null and -1 unassign, which makes no event."""
    wanted = None if value in (None, -1, "-1") else number_in(value)
    if row.assignee == wanted:
        return
    row.assignee = wanted
    user = data.users.get(wanted or 0)
    name = user.name if user else "anyone" if wanted is None else ""
    text = f"assigned {name} conversation #{row.id}"
    line_item(data, row, by, "changed-ticket-assignee", text, status="nochange")
    if wanted is not None:
        fire("convo.assigned", row)
        if user and user.id != by:
            _notify(data, row, user.email, f"assigned to you: {row.subject}", row.preview)


def move(data: Data, row: Conversation, by: int, mailbox: int, fire: Fire) -> None:
    """Move; an assignee without access there is dropped first, an unknown one replaced by `by`."""
    if row.mailbox_id == mailbox:
        return
    if row.assignee is not None:
        user = data.users.get(row.assignee)
        if user is None:
            row.assignee = by
        elif not user.may_see(mailbox):
            row.assignee = None
            text = f"assigned  conversation #{row.id}"
            line_item(data, row, by, "changed-ticket-assignee", text, status="nochange")
    row.mailbox_id = mailbox
    text = "moved conversation from another mailbox"
    line_item(data, row, by, "moved-from-mailbox", text, status=row.status, body="")
    fire("convo.moved", row)


def change_customer(data: Data, row: Conversation, by: int | None, customer: Customer) -> None:
    """Give the conversation to another customer; no event."""
    if row.customer_id == customer.id:
        return
    data.by_customer[row.customer_id].remove(row.id)
    data.by_customer[customer.id].append(row.id)
    row.customer_id = customer.id
    text = f"changed the customer to {customer.name} in conversation #{row.id}"
    who = by or min(data.users)
    line_item(data, row, who, "changed-ticket-customer", text, status="nochange")


def put_tags(data: Data, row: Conversation, tags: Any) -> None:
    """Replace the list, like the module: half of it when something in it is no text."""
    if not isinstance(tags, list):
        raise Problem(500, "Server Error")
    names = []
    current = {data.tag_rows[number]["name"] for number in row.tags}
    for tag in tags:
        if not isinstance(tag, str | int) or isinstance(tag, bool):
            raise Problem(500, "Server Error")
        name = str(tag).strip().lower()[:191]
        names.append(name)
        known = data.tag_named(name) or data.add_tag_row(name)
        known["counter"] += 1  # also when it is attached already
        if name not in current and known["id"] not in row.tags:
            row.tags.append(known["id"])
    row.tags = [number for number in row.tags if data.tag_rows[number]["name"] in names]


def put_fields(data: Data, row: Conversation, given: Any) -> None:
    """Merge custom fields; unknown ids, empty values and bad dates are skipped silently."""
    for item in given if isinstance(given, list) else ():
        if not isinstance(item, Mapping):
            continue
        known = data.custom_fields.get(number_in(item.get("id")) or 0)
        value = item.get("value")
        if known is None or value in (None, ""):
            continue
        if known["type"] == "date" and not re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
            continue
        row.fields[known["id"]] = str(value)


# threads through the API ---------------------------------------------------------------------


def post_thread(
    data: Data, row: Conversation, given: Mapping[str, Any], fire: Fire, *, first: bool = False
) -> Thread:
    """Add a thread like `POST /conversations/{id}/threads`. Wipes CC unless it is sent again."""
    for name in ("type", "text"):
        if name not in given or (name == "type" and not given[name]):
            raise Problem(400, f"`{name}` parameter is required", code=name)
    kind = given["type"] if given["type"] in {"note", "message", "lineitem"} else "customer"
    imported = bool(given.get("imported"))
    by = _author(data, row, kind, given)
    rest: Row = {
        "cc": _addresses(given.get("cc")),
        "bcc": _addresses(given.get("bcc")),
        "attachments": _attachments(data, given.get("attachments")),
        "created_at": given.get("createdAt"),
    }
    if kind == "message" or (kind != "customer" and not first):
        rest["to"] = [data.customers[row.customer_id].email]
    draft = kind == "message" and given.get("state") == "draft"
    if draft:
        rest["state"] = "draft"
    row.cc = rest["cc"]
    if given.get("bcc"):
        row.bcc = rest["bcc"]
    thread = add_thread(data, row, kind, by, given["text"], **rest)
    if not first:
        _after_thread(data, row, thread, given, fire, imported=imported)
    return thread


def _author(
    data: Data, row: Conversation, kind: str, given: Mapping[str, Any]
) -> tuple[PersonType, int]:
    if kind != "customer":
        user = number_in(given.get("user"))
        if user is None or user not in data.users:
            raise Problem(400, "`user` parameter is required", code="user")
        return "user", user
    if isinstance(given.get("customer"), Mapping):
        customer = find_customer(data, given["customer"])
        if customer.id != row.customer_id:
            data.by_customer[row.customer_id].remove(row.id)
            data.by_customer[customer.id].append(row.id)
            row.customer_id = customer.id
    return "customer", row.customer_id


def _after_thread(
    data: Data,
    row: Conversation,
    thread: Thread,
    given: Mapping[str, Any],
    fire: Fire,
    *,
    imported: bool,
) -> None:
    status = given.get("status")
    by = thread.created_by[1]
    match thread.type:
        case "note":
            if status:  # silently: no line item, no event
                change_status(data, row, status if status in STATUSES else "active", by)
            fire("convo.note.created", row)
            assignee = data.users.get(row.assignee or 0)
            if assignee and assignee.id != by and not imported:
                _notify(data, row, assignee.email, f"note: {row.subject}", thread.body or "")
        case "message":
            reply_status(data, row, status, by, fire)
            fire("convo.agent.reply.created", row, wait=UNDO_TIME)
            if thread.state == "published" and not imported:
                mail_customer(data, row, thread)
        case "customer":
            customer_replied(data, row)
            fire("convo.customer.reply.created", row)
        case "lineitem":
            mail_customer(data, row, thread)  # really: their own message comes back to them


def reply_status(data: Data, row: Conversation, status: Any, by: int, fire: Fire) -> None:
    """A reply sets the status to pending unless another was sent, which then makes an event."""
    row.last_reply_from, row.last_reply_at = "user", data.now()
    before = row.status
    wanted = status if status in STATUSES else "active" if status else "pending"
    change_status(data, row, wanted, by)
    if status and before != wanted:
        fire("convo.status", row)


def customer_replied(data: Data, row: Conversation) -> None:
    """A customer's message makes the conversation active again, without an event of its own."""
    row.status = "active"
    row.last_reply_from, row.last_reply_at = "customer", data.now()


def find_customer(data: Data, given: Mapping[str, Any]) -> Customer:
    """The customer of a request; an unknown address makes a new one."""
    number = number_in(given.get("id"))
    if number is not None:
        if number not in data.customers:
            text = f"Customer with the following ID not found: {number}"
            raise Problem(400, text, code="customer")
        return data.customers[number]
    email = given.get("email")
    if email is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+", str(email)):
        raise Problem(400, f"Invalid email: {email}", code="emails")
    known = data.customer_by_email(str(email)) if email else None
    if known is None:
        known = data.add_customer(email, given.get("firstName"), given.get("lastName"))
        known.phones += [str(given["phone"])] if given.get("phone") else []
    return known


def mail_customer(data: Data, row: Conversation, thread: Thread) -> None:
    """The mail of a reply, from the mailbox."""
    mailbox = data.mailboxes[row.mailbox_id]
    mail = Mail(
        at=data.clock(),
        kind="reply",
        to=data.customers[row.customer_id].email,
        sender=f"{mailbox['name']} <{mailbox['email']}>",
        subject=f"Re: {row.subject}",
        body=thread.body or "",
        ticket_id=row.id,
    )
    data.mails.append(mail)


def _notify(data: Data, row: Conversation, to: str, subject: str, body: str) -> None:
    sender = data.mailboxes[row.mailbox_id]["email"]
    data.mails.append(Mail(data.clock(), "notification", to, sender, subject, body, row.id))


def _addresses(value: Any) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [str(part) for part in value] if isinstance(value, list) else []


def _attachments(data: Data, given: Any) -> list[Row]:
    """Incomplete entries are skipped silently; the URL opens without login."""
    stored = []
    for item in given if isinstance(given, list) else ():
        if not isinstance(item, Mapping) or not (item.get("fileName") and item.get("data")):
            continue
        try:
            content = base64.b64decode(item["data"])
        except (binascii.Error, TypeError, ValueError):
            continue
        number = data.next_id("attachment")
        kind = str(item.get("mimeType") or "application/octet-stream")
        data.files[number] = (str(item["fileName"]), kind, content)
        token = hashlib.sha256(f"attachment/{number}".encode()).hexdigest()
        path = f"/storage/attachment/1/1/{number}/{item['fileName']}?id={number}&token={token}"
        stored.append(
            {
                "id": number,
                "fileName": item["fileName"],
                "fileUrl": data.url() + path,
                "mimeType": kind,
                "size": len(content),
            }
        )
    return stored
