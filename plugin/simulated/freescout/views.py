"""Conversations, threads, people and lists as the API and the webhooks show them."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from plugin.simulated.freescout.data import Conversation, Customer, Data, PersonType, Row, Thread
from plugin.simulated.freescout.data import User as UserRow

_DROPPED = re.compile(r"(?is)<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>")


def preview_of(body: str) -> str:
    """The line agents see in lists: text only, cut."""
    text = html.unescape(_DROPPED.sub("", body))
    return " ".join(text.split())[:255]


def short_person(data: Data, kind: PersonType, number: int | None) -> Row | None:
    """The short form of a user or customer; null for an id nobody has."""
    if kind == "user":
        user = data.users.get(number or 0)
        if user is None:
            return None
        first, last, email = user.first, user.last, user.email
    else:
        customer = data.customers.get(number or 0)
        if customer is None:
            return None
        first, last, email = customer.first or "", customer.last or "", customer.email
    return {
        "id": number,
        "type": kind,
        "firstName": first if kind == "user" else first or None,
        "lastName": last if kind == "user" else last or None,
        "photoUrl": "",
        "email": email,
    }


def thread(data: Data, row: Thread) -> Row:
    """A thread."""
    kind, via = row.source
    return {
        "id": row.id,
        "type": row.type,
        "status": row.status,
        "state": row.state,
        "action": {"type": row.action, "text": row.text, "associatedEntities": []},
        "body": row.body,
        "source": {"type": kind, "via": via},
        "customer": short_person(data, "customer", row.customer_id),
        "createdBy": short_person(data, *row.created_by),
        "assignedTo": short_person(data, "user", row.assigned_to),
        "to": row.to,
        "cc": row.cc,
        "bcc": row.bcc,
        "createdAt": row.created_at,
        "openedAt": None,
        "_embedded": {"attachments": row.attachments},
    }


def threads(data: Data, row: Conversation) -> list[Row]:
    """The published threads, newest second first; within a second in no order to rely on."""
    published = [item for item in row.threads if item.state == "published"]
    published.sort(key=lambda item: item.created_at, reverse=True)
    return [thread(data, item) for item in published]


def conversation(
    data: Data, row: Conversation, embed: Sequence[str], *, modules: frozenset[str]
) -> Row:
    """A conversation; without `threads` in `embed` the list of threads is empty."""
    embedded: Row = {"threads": threads(data, row) if "threads" in embed else []}
    if "tags" in embed and "tags" in modules:
        embedded["tags"] = [
            {"id": number, "name": data.tag_rows[number]["name"]} for number in row.tags
        ]
    if "timelogs" in embed and "timelogs" in modules:
        embedded["timelogs"] = data.timelogs[row.id]
    shown = {**top_level(data, row), "_embedded": embedded}
    if "custom_fields" in modules:
        fields = data.fields_of(row.mailbox_id)
        if fields:
            shown["customFields"] = [
                _field(item, row.fields.get(item["id"], "")) for item in fields
            ]
    return shown


def _field(row: Row, value: str) -> Row:
    options = row["options"] if isinstance(row["options"], dict) else {}
    return {"id": row["id"], "name": row["name"], "value": value, "text": options.get(value, "")}


def top_level(data: Data, row: Conversation) -> Row:
    """What a webhook freezes when its event is queued."""
    kind, via = row.source
    return {
        "id": row.id,
        "number": row.id,
        "threadsCount": row.replies,
        "type": row.type,
        "folderId": data.folder_of(row),
        "status": row.status,
        "state": row.state,
        "subject": row.subject,
        "preview": row.preview,
        "mailboxId": row.mailbox_id,
        "assignee": short_person(data, "user", row.assignee),
        "createdBy": short_person(data, *row.created_by),
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
        "closedBy": row.closed_by,
        "closedByUser": short_person(data, "user", row.closed_by),
        "closedAt": row.closed_at,
        "userUpdatedAt": row.user_updated_at,
        "customerWaitingSince": {
            "time": row.last_reply_at,
            "friendly": _friendly(data.clock(), row.last_reply_at),
            "latestReplyFrom": row.last_reply_from,
        },
        "source": {"type": kind, "via": via},
        "cc": row.cc,
        "bcc": row.bcc,
        "customer": short_person(data, "customer", row.customer_id),
    }


def _friendly(now: datetime, at: str | None) -> str:
    since = now - datetime.fromisoformat(at) if at else timedelta()
    if since < timedelta(minutes=1):
        return "Just now"
    if since < timedelta(hours=1):
        return f"{since // timedelta(minutes=1)} min ago"
    if since < timedelta(days=1):
        return f"{since // timedelta(hours=1)} hours ago"
    day = now - since
    return f"{day:%b} {day.day}"


def user(row: UserRow) -> Row:
    """A user; the answer to its creation writes the role as a number."""
    return {
        "id": row.id,
        "firstName": row.first,
        "lastName": row.last,
        "email": row.email,
        "role": row.role,
        "alternateEmails": "" if row.created_by_api else None,
        "jobTitle": None,
        "phone": None,
        "timezone": "Europe/Berlin",
        "photoUrl": "",
        "language": row.language,
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
    }


def customer(row: Customer) -> Row:
    """A customer."""
    return {
        "id": row.id,
        "firstName": row.first,
        "lastName": row.last,
        "jobTitle": row.job_title,
        "company": row.company,
        "photoType": "unknown",
        "photoUrl": "",
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
        "notes": row.notes,
        "_embedded": {
            "emails": [{"id": n, "value": mail, "type": "work"} for n, mail in row.emails],
            "phones": [{"id": n, "value": v, "type": "work"} for n, v in enumerate(row.phones, 1)],
            "social_profiles": [],
            "websites": [],
            "address": {"city": None, "state": None, "zip": None, "country": None, "address": None},
        },
    }


def folder(data: Data, row: Row) -> Row:
    """A folder with its counters."""
    if row["userId"]:
        mine = row["type"] == 20  # noqa: PLR2004 - FreeScout's number for "Mine"
        inside = [
            c
            for c in data.conversations.values()
            if mine and c.mailbox_id == row["mailbox_id"] and c.assignee == row["userId"]
        ]
    else:
        inside = [c for c in data.conversations.values() if data.folder_of(c) == row["id"]]
    return {
        "id": row["id"],
        "name": row["name"],
        "type": row["type"],
        "userId": row["userId"],
        "totalCount": len(inside),
        "activeCount": sum(c.status == "active" for c in inside),
        "meta": None,
    }


def page(name: str, found: list[Any], number: int, size: int) -> Row:
    """A list in its envelope."""
    start = (number - 1) * size
    return {
        "_embedded": {name: found[start : start + size]},
        "page": {
            "size": size,
            "totalElements": len(found),
            "totalPages": -(-len(found) // size),
            "number": number,
        },
    }
