"""Notification mail to agents, by the default matrix: who owns, follows or could take the ticket.

The bell in the browser, escalations and reminders are not simulated.
"""

from __future__ import annotations

from typing import Any

from plugin.simulated.mails import Mail
from plugin.simulated.zammad.data import Data
from plugin.simulated.zammad.rows import NOBODY, Row


def notify_agents(data: Data, ticket: Row, kind: str, article: Row | None) -> None:
    """Mail everybody concerned but the one who did it. `kind` is `create` or `update`."""
    author = article["created_by_id"] if article else ticket["updated_by_id"]
    followers = set(data.subscribers(ticket["id"]))
    for number, user in data.users.items():
        if number == author or not user["active"] or not data.is_agent(number):
            continue
        criteria = {
            "owned_by_me": ticket["owner_id"] == number,
            "owned_by_nobody": ticket["owner_id"] == NOBODY,
            "subscribed": number in followers,
        }
        if not _wants(user["preferences"], kind, criteria):
            continue
        if not data.access(number, ticket["group_id"]) & {"full", "read"}:
            continue
        body = article["body"] if article else ""
        subject = f"{'New' if kind == 'create' else 'Updated'} Ticket ({ticket['title']})"
        sender = "Notification Master <noreply@zammad.example>"
        data.mails.append(
            Mail(data.clock(), "notification", user["email"], sender, subject, body, ticket["id"])
        )


def _wants(preferences: dict[str, Any], kind: str, criteria: dict[str, bool]) -> bool:
    row = preferences.get("notification_config", {}).get("matrix", {}).get(kind, {})
    chosen = row.get("criteria", {})
    return bool(row.get("channel", {}).get("email")) and any(
        holds and chosen.get(name) for name, holds in criteria.items()
    )
