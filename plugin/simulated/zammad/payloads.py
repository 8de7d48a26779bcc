"""The bodies of webhooks: the ticket with whole objects where `expand` has names; never tags."""

from __future__ import annotations

import json
from typing import Any

from plugin.simulated.zammad import rows
from plugin.simulated.zammad.data import Data
from plugin.simulated.zammad.rows import Row

_HIDDEN = {
    "last_login",
    "login_failed",
    "preferences",
    "group_ids",
    "authorization_ids",
}


def inspected(value: Any) -> str:
    """A value as Ruby prints it."""
    match value:
        case None:
            return "nil"
        case bool():
            return str(value).lower()
        case dict():
            inner = ", ".join(f'"{key}"=>{inspected(item)}' for key, item in value.items())
            return "{" + inner + "}"
        case list():
            return "[" + ", ".join(map(inspected, value)) + "]"
        case str():
            return json.dumps(value, ensure_ascii=False)
    return str(value)


def encoded(content: Row) -> bytes:
    """JSON as Rails writes it: UTF-8, with `<>&` escaped."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text.encode()


def payload(data: Data, ticket_id: int, article_id: int | None) -> Row:
    """The default body: the ticket and, when the change had one, the article. Never tags."""
    row = data.tickets[ticket_id]
    ticket = {
        **row,
        "article_ids": list(data.articles_of[ticket_id]),
        "ticket_time_accounting": [],
        "ticket_time_accounting_ids": [],
        "state": data.states[row["state_id"]]["name"],
        "priority": _with_authors(data, data.priorities[row["priority_id"]]),
        "group": _group(data, row["group_id"]),
        "owner": _user(data, row["owner_id"]),
        "customer": _user(data, row["customer_id"]),
        "created_by": _user(data, row["created_by_id"]),
        "updated_by": _user(data, row["updated_by_id"]),
        "organization": _organization(data, row["organization_id"]),
    }
    if row["create_article_type_id"]:
        ticket["create_article_type"] = rows.ARTICLE_TYPES[row["create_article_type_id"]]
        ticket["create_article_sender"] = rows.SENDERS[row["create_article_sender_id"]]
    article = _article(data, data.articles[article_id]) if article_id else {}
    return {"ticket": dict(sorted(ticket.items())), "article": article}


def _with_authors(data: Data, row: Row) -> Row:
    named = {
        **row,
        "created_by": data.login(row["created_by_id"]),
        "updated_by": data.login(row["updated_by_id"]),
    }
    return dict(sorted(named.items()))


def _user(data: Data, number: int) -> Row:
    row = {name: value for name, value in data.users[number].items() if name not in _HIDDEN}
    row |= {
        "roles": [data.roles[role]["name"] for role in row["role_ids"]],
        "organizations": [],
        "overview_sortings": [],
    }
    if row["organization_id"]:
        row["organization"] = data.organizations[row["organization_id"]]["name"]
    return _with_authors(data, row)


def _group(data: Data, number: int) -> Row:
    members = data.members(number)
    extra = {
        "signature": "default",
        "user_ids": members,
        "users": [data.login(member) for member in members],
    }
    return _with_authors(data, {**data.groups[number], **extra})


def _organization(data: Data, number: int | None) -> Row:
    if not number:
        return {}
    row = data.organizations[number]
    members = [data.login(member) for member in row["member_ids"]]
    return _with_authors(data, {**row, "members": members})


def _article(data: Data, row: Row) -> Row:
    url = f"{data.url()}/api/v1/ticket_attachment/{row['ticket_id']}/{row['id']}"
    article = {
        **row,
        "type": rows.ARTICLE_TYPES[row["type_id"]],
        "sender": rows.SENDERS[row["sender_id"]],
        "created_by": _user(data, row["created_by_id"]),
        "updated_by": _user(data, row["updated_by_id"]),
        "attachments": [
            {
                "id": item["id"],
                "filename": item["filename"],
                "size": item["size"],
                "preferences": item["preferences"],
                "url": f"{url}/{item['id']}",
            }
            for item in row["attachments"]
        ],
    }
    if row["origin_by_id"]:
        article["origin_by"] = data.login(row["origin_by_id"])
    return {**dict(sorted(article.items())), "accounted_time": 0.0}
