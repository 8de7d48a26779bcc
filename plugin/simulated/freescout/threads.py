"""Threads posted through the API, and what they do to their conversation."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
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
from plugin.simulated.freescout.writing import (
    Fire,
    add_thread,
    change_status,
    mail_customer,
    notify,
)
from plugin.simulated.problems import Problem

UNDO_TIME = 15.0  # seconds between an agent's reply and its mail and event


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
                notify(data, row, assignee.email, f"note: {row.subject}", thread.body or "")
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
