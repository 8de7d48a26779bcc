"""What happens when somebody writes: conversations, threads, changes, tags; the mail that leaves.

Every rule here was seen on a real instance (helpdesk notes §3, §6; tests/samples/freescout).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from plugin.simulated.freescout.data import (
    STATUSES,
    Conversation,
    Customer,
    Data,
    PersonType,
    Thread,
    number_in,
)
from plugin.simulated.freescout.views import preview_of
from plugin.simulated.mails import Mail
from plugin.simulated.problems import Problem

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
            notify(data, row, user.email, f"assigned to you: {row.subject}", row.preview)


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


def notify(data: Data, row: Conversation, to: str, subject: str, body: str) -> None:
    """The mail an agent gets about something."""
    sender = data.mailboxes[row.mailbox_id]["email"]
    data.mails.append(Mail(data.clock(), "notification", to, sender, subject, body, row.id))
