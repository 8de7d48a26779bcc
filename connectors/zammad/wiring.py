"""What our webhook, trigger and buttons look like in a Zammad, and how to tell them from others. Pure.

An empty condition is refused by 5.5; this one holds for every ticket on 5.4 to 7.x. Versions 5.0 to
5.3 run a trigger with any condition only for new tickets and messages. From 6.0 on the mode
`always` must be asked for: `selective` is what a trigger gets that says nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connectors.shapes import integer, mapping, text
from connectors.zammad.dossier import Record
from plugin.domain.settings import HelpdeskSettings

NOTE = "installed by deskladder"
NAME = "Deskladder"

ALWAYS: Mapping[str, Any] = {
    "ticket.created_at": {"operator": "after (absolute)", "value": "1970-01-01T00:00:00.000Z"}
}
_EMPTY_AND: Mapping[str, Any] = {"operator": "AND", "conditions": []}
_ONLY_IN_TRIGGERS = ("has changed", "is in working time", "is not in working time")


def names(helpdesk: str) -> tuple[str, str]:
    """The names of our webhook and our trigger, for a helpdesk of the file."""
    return f"{NAME} ({helpdesk})", f"{NAME}: all ticket changes ({helpdesk})"


def webhook(settings: HelpdeskSettings, url: str) -> dict[str, Any]:
    """The webhook as it should be; its token is a secret."""
    return {
        "name": names(settings.name)[0],
        "endpoint": url,
        "signature_token": settings.webhook_secret.reveal(),
        "ssl_verify": True,
        "note": NOTE,
        "active": True,
    }


def trigger(settings: HelpdeskSettings, webhook_id: int) -> dict[str, Any]:
    """The trigger as it should be; 5.x drops the columns it does not know."""
    return {
        "name": names(settings.name)[1],
        "condition": ALWAYS,
        "perform": {"notification.webhook": {"webhook_id": webhook_id}},
        "disable_notification": True,
        "note": NOTE,
        "active": True,
        "activator": "action",
        "execution_condition_mode": "always",
    }


def macro(title: str, command: str) -> dict[str, Any]:
    """A button that writes a command into an internal note."""
    return {
        "name": f"{NAME}: {title}",
        "perform": {"article.note": {"subject": NAME, "internal": "true", "body": command}},
        "ux_flow_next_up": "none",
        "note": NOTE,
        "active": True,
    }


def is_ours(row: Record) -> bool:
    """True for what an installation of ours has made."""
    return text(row.get("note")) == NOTE


def webhook_of(row: Record) -> int | None:
    """The webhook a trigger calls."""
    action = mapping(mapping(row.get("perform")).get("notification.webhook"))
    return integer(action.get("webhook_id"))


def our_webhooks(
    rows: Iterable[Record], settings: HelpdeskSettings, url: str | None
) -> list[Record]:
    """The webhooks that are meant for us: by their address, else by their name or path."""
    path = f"/webhooks/{settings.name}"
    name = names(settings.name)[0]
    found = []
    for row in rows:
        endpoint = text(row.get("endpoint")).rstrip("/")
        here = url is not None and endpoint == url
        named = is_ours(row) and text(row.get("name")) == name
        if here or named or endpoint.endswith(path):
            found.append(row)
    return sorted(found, key=lambda row: (text(row.get("endpoint")) != url, integer(row.get("id"))))


def is_masked(value: str) -> bool:
    """True for a secret that the version shows as stars."""
    return bool(value) and set(value) <= {"*", "•"}


class Scope(enum.Enum):
    """On which events a trigger runs, as far as its row tells."""

    ALWAYS = "always"
    UNCLEAR = "unclear"  # a condition of somebody's own
    NEVER = "never"


def scope(row: Record) -> Scope:
    """Judge a trigger's condition by its looks; an unclear one can be tried as a search."""
    condition = mapping(row.get("condition"))
    if _is_always(condition):
        return Scope.ALWAYS
    action = mapping(condition.get("ticket.action"))
    if isinstance(action.get("value"), list):
        return Scope.NEVER  # only one text is compared: a list matches nothing
    return Scope.UNCLEAR


def _is_always(condition: Mapping[str, Any]) -> bool:
    if condition == _EMPTY_AND:
        return True
    only = mapping(condition.get("ticket.created_at"))
    return (
        set(condition) == {"ticket.created_at"}
        and only.get("operator") == "after (absolute)"
        and text(only.get("value")) < "2000"
    )


def searchable(condition: Mapping[str, Any]) -> bool:
    """True when the condition can be tried as a search: nothing in it that only triggers know."""
    parts = condition.get("conditions")
    if isinstance(parts, Sequence) and not isinstance(parts, str):
        return all(searchable_part(text(part.get("name")), part) for part in map(mapping, parts))
    return all(searchable_part(name, mapping(part)) for name, part in condition.items())


def searchable_part(name: str, part: Mapping[str, Any]) -> bool:
    """The same for one line of a condition."""
    if name == "ticket.action" or name.startswith(("article.", "execution_time.")):
        return False
    return part.get("operator") not in _ONLY_IN_TRIGGERS


def silent_matrix() -> dict[str, Any]:
    """Zammad's table of notifications with everything switched off."""
    nothing = {"owned_by_me": False, "owned_by_nobody": False, "subscribed": False, "no": False}
    return {
        event: {"criteria": dict(nothing), "channel": {"email": False, "online": False}}
        for event in ("create", "update", "reminder_reached", "escalation")
    }


def is_mailed(me: Record) -> bool:
    """True when Zammad mails this user about tickets."""
    config = mapping(mapping(me.get("preferences")).get("notification_config"))
    return any(
        mapping(mapping(row).get("channel")).get("email") is True
        and any(mapping(mapping(row).get("criteria")).values())
        for row in mapping(config.get("matrix")).values()
    )
