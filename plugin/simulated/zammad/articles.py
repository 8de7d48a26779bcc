"""Articles: what one needs, what it does to its ticket, and the mail that leaves."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from plugin.simulated.mails import Mail
from plugin.simulated.problems import Problem
from plugin.simulated.zammad import rows
from plugin.simulated.zammad.data import Data
from plugin.simulated.zammad.rows import Row
from plugin.simulated.zammad.sanitising import sanitised
from plugin.simulated.zammad.writing import apply_changes

_SPACE = UUID("6f1d0c36-20ff-4f2f-9d0c-2a54c6a43bd1")


def add_article(data: Data, ticket: Row, given: Mapping[str, Any], by: int) -> Row:
    """Store an article by that person and let it have its effect on the ticket."""
    kind, sender = _kind(data, given, by)
    if not given.get("body"):
        raise Problem(422, "Need at least an 'article body' field.")
    internal = bool(given.get("internal", False)) and data.is_agent(by)
    content_type = str(given.get("content_type") or "text/plain")
    html = "html" in content_type
    mailed_out = kind == rows.EMAIL and sender != rows.CUSTOMER
    address = _address(data, ticket) if mailed_out else None
    number = data.next_id("TicketArticle")
    preferences = dict(given.get("preferences") or {})
    if given.get("subtype"):
        preferences["subtype"] = given["subtype"]
    message_id = given.get("message_id")
    author = data.full_name(by)
    if address:
        preferences["email_address_id"] = data.groups[ticket["group_id"]]["email_address_id"]
        message_id = message_id or _message_id(data, ticket, number)
    row: Row = {
        **rows.ARTICLE_COLUMNS,
        "id": number,
        "ticket_id": ticket["id"],
        "type_id": kind,
        "sender_id": sender,
        "from": f"{author} via {address[0]} <{address[1]}>"
        if address
        else given.get("from", author),
        "to": given.get("to"),
        "cc": given.get("cc"),
        "subject": given.get("subject"),
        "reply_to": given.get("reply_to"),
        "message_id": message_id,
        "message_id_md5": _md5(message_id),
        "in_reply_to": given.get("in_reply_to"),
        "content_type": "text/html" if html else "text/plain",
        "body": sanitised(str(given["body"]), _host(data)) if html else str(given["body"]),
        "internal": internal,
        "preferences": preferences,
        "origin_by_id": given.get("origin_by_id"),
        **rows.authored(data.now(), by),
        "attachments": _attachments(data, given.get("attachments") or []),
    }
    data.articles[number] = row
    data.articles_of[ticket["id"]].append(number)
    if ticket["create_article_type_id"] is None:
        ticket["create_article_type_id"], ticket["create_article_sender_id"] = kind, sender
    data.log(ticket["id"], "created", by, article=number)
    _affect(data, ticket, row, by)
    _mention(data, ticket, row, by)
    return row


def send_mail(data: Data, ticket: Row, row: Row, kind: str = "reply") -> None:
    """Let the mail of an e-mail article leave, as the background worker does a moment later."""
    data.mails.append(
        Mail(
            at=data.clock(),
            kind=kind,
            to=str(row["to"] or ""),
            sender=str(row["from"]),
            subject=f"{row['subject'] or ticket['title']} [Ticket#{ticket['number']}]",
            body=row["body"],
            ticket_id=ticket["id"],
        )
    )
    row["preferences"] = row["preferences"] | {
        "delivery_retry": 1,
        "delivery_channel_id": 3,
        "delivery_status_message": None,
        "delivery_status": "success",
        "delivery_status_date": data.now(),
    }
    data.log(
        ticket["id"],
        "email",
        row["created_by_id"],
        article=row["id"],
        value_from=row["subject"],
        value_to=row["to"],
    )


def is_mailed_out(row: Row) -> bool:
    """True for an e-mail by our side."""
    return bool(row["type_id"] == rows.EMAIL and row["sender_id"] != rows.CUSTOMER)


def _kind(data: Data, given: Mapping[str, Any], by: int) -> tuple[int, int]:
    types = {name: number for number, name in rows.ARTICLE_TYPES.items()}
    senders = {name: number for number, name in rows.SENDERS.items()}
    kind, sender = given.get("type_id"), given.get("sender_id")
    if "type" in given:
        if given["type"] not in types:
            raise Problem(422, f"No lookup value found for 'type': \"{given['type']}\"")
        kind = types[given["type"]]
    if "sender" in given:
        if given["sender"] not in senders:
            raise Problem(422, f"No lookup value found for 'sender': \"{given['sender']}\"")
        sender = senders[given["sender"]]
    if by != rows.NOBODY and not data.is_agent(by):
        return (kind if kind in {rows.NOTE, rows.WEB, rows.EMAIL} else rows.NOTE), rows.CUSTOMER
    return kind or rows.NOTE, sender or rows.AGENT


def _address(data: Data, ticket: Row) -> tuple[str, str]:
    group = data.groups[ticket["group_id"]]
    number = group["email_address_id"]
    if number not in data.addresses:
        text = f"No email address found for group '{group['name']}' ({group['id']})"
        raise Problem(500, text, known=False)
    return data.addresses[number]


def _affect(data: Data, ticket: Row, row: Row, by: int) -> None:
    """First response, contact times, state, counters.

    A System article moves nothing but `updated_at`: not the counter, not the updater.
    """
    sender, kind = row["sender_id"], row["type_id"]
    if sender == rows.SYSTEM:
        data.touch(ticket)
        return
    ticket["article_count"] = (ticket["article_count"] or 0) + 1
    changes: Row = {}
    now = data.now()
    if kind != rows.NOTE and not row["internal"]:
        if sender == rows.AGENT:
            changes["last_contact_at"] = changes["last_contact_agent_at"] = now
            if not ticket["first_response_at"]:
                changes["first_response_at"] = now
            if ticket["state_id"] == rows.NEW:
                changes["state_id"] = rows.OPEN
        else:
            agent_at, customer_at = (
                ticket["last_contact_agent_at"],
                ticket["last_contact_customer_at"],
            )
            changes["last_contact_at"] = now
            if not customer_at or (agent_at and agent_at > customer_at):
                changes["last_contact_customer_at"] = now
            if kind == rows.EMAIL and ticket["state_id"] not in {rows.NEW, rows.OPEN}:
                changes["state_id"] = rows.OPEN
    apply_changes(data, ticket, changes, by)
    data.touch(ticket, by)


def _mention(data: Data, ticket: Row, row: Row, by: int) -> None:
    """Subscribe who is mentioned; people without access are left out silently (201)."""
    for number in map(int, re.findall(r'data-mention-user-id="(\d+)"', row["body"])):
        known = number in data.users and data.is_agent(number)
        if known and data.may(number, ticket, "read"):
            subscribe(data, ticket["id"], number, by)


def subscribe(data: Data, ticket_id: int, user: int, by: int) -> Row:
    """Make somebody follow a ticket; once."""
    for row in data.mentions.values():
        if row["mentionable_id"] == ticket_id and row["user_id"] == user:
            return row
    number = data.next_id("Mention")
    data.mentions[number] = {
        "id": number,
        "mentionable_type": "Ticket",
        "mentionable_id": ticket_id,
        "user_id": user,
        **rows.authored(data.now(), by),
    }
    return data.mentions[number]


def _attachments(data: Data, given: list[Any]) -> list[Row]:
    stored = []
    for index, item in enumerate(given):
        if not isinstance(item, Mapping) or "data" not in item:
            text = f"Attachment needs 'data' param for attachment with index '{index}'"
            raise Problem(422, text)
        try:
            content = base64.b64decode(item["data"], validate=True)
        except (binascii.Error, TypeError, ValueError):
            text = f"Invalid base64 for attachment with index '{index}'"
            raise Problem(422, text) from None
        number = data.next_id("Store")
        kind = str(item.get("mime-type") or "application/octet-stream")
        data.files[number] = (str(item.get("filename")), kind, content)
        stored.append(
            {
                "id": number,
                "store_file_id": number,
                "filename": item.get("filename"),
                "size": str(len(content)),
                "preferences": {"Mime-Type": kind},
            }
        )
    return stored


def _message_id(data: Data, ticket: Row, number: int) -> str:
    at = data.clock().strftime("%Y%m%d%H%M%S")
    unique = uuid5(_SPACE, f"{data.url()}/{number}")
    return f"<{at}.{ticket['id']}.{unique}@{_host(data)}>"


def _host(data: Data) -> str:
    return data.url().partition("://")[2]


def _md5(message_id: str | None) -> str | None:
    if not message_id:
        return None
    return hashlib.md5(message_id.encode(), usedforsecurity=False).hexdigest()
