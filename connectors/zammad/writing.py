"""Changes on a Zammad ticket. Each compares the answer with what was asked: Zammad drops in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from connectors.http import Api
from connectors.shapes import instant, integer, needed_integer, rows, text
from connectors.zammad import people
from connectors.zammad.directory import Directory
from plugin.domain.errors import Refused
from plugin.domain.settings import HelpdeskSettings
from plugin.domain.ticket import Agent, MessageKind, Priority, StateType, Ticket

_LONGEST_TAG = 250
_PENDING = frozenset({StateType.PENDING_REMINDER, StateType.PENDING_CLOSE})
_NOT_BY_HAND = frozenset({StateType.NEW, StateType.MERGED, StateType.REMOVED})


class Writing:
    """The writing half of the client."""

    def __init__(self, api: Api, directory: Directory, settings: HelpdeskSettings) -> None:
        self._api = api
        self._directory = directory
        self._as_agent = settings.options.get("replies_as") == "agent"

    def add_tags(self, ticket: Ticket, tags: Sequence[str]) -> None:
        for tag in dict.fromkeys(tags):
            _check_tag(tag)
            if tag not in ticket.tags:
                self._tag("POST", "/tags/add", ticket, tag)

    def remove_tags(self, ticket: Ticket, tags: Sequence[str]) -> None:
        for tag in dict.fromkeys(tags):
            if tag in ticket.tags:
                self._tag("DELETE", "/tags/remove", ticket, tag)

    def set_priority(self, ticket: Ticket, priority: Priority) -> None:
        number, meant = self._directory.priority_id(priority)
        if ticket.priority is not meant:
            self._update(ticket, {"priority_id": number})

    def set_group(self, ticket: Ticket, group: str) -> None:
        target = self._directory.group(group)
        if target.id != ticket.group.id:
            self._update(ticket, {"group_id": target.id})

    def set_owner(self, ticket: Ticket, agent: Agent | None) -> None:
        wanted = people.NOBODY if agent is None else agent.person.id
        if wanted is None:
            raise Refused("this agent has no Zammad user id")
        if wanted == (ticket.owner.id if ticket.owner else people.NOBODY):
            return
        self._update(ticket, {"owner_id": wanted})

    def set_state(self, ticket: Ticket, state: str, pending_until: datetime | None) -> None:
        number, meant = self._directory.state_id(state)
        change: dict[str, Any] = {"state_id": number}
        same = meant.name == ticket.state.name
        if meant.type in _PENDING:
            if pending_until is None:
                raise Refused(f"the state {meant.name!r} needs a time: say until when")
            until = pending_until.astimezone(UTC).replace(second=0, microsecond=0)
            same = same and ticket.pending_until == until
            change["pending_time"] = until.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if same:
            return
        if meant.type in _NOT_BY_HAND:
            raise Refused(f"Zammad lets nobody choose the state {meant.name!r}")
        self._update(ticket, change)

    def set_field(self, ticket: Ticket, name: str, value: str) -> None:
        if name not in ticket.fields:
            known = ", ".join(sorted(ticket.fields)) or "none"
            raise Refused(f"Zammad has no custom ticket attribute {name!r}. Known: {known}")
        now = ticket.fields[name]
        wanted: object = _parts(value) if isinstance(now, list) else value
        if not _is_same(now, wanted):
            self._update(ticket, {name: wanted})

    def add_note(self, ticket: Ticket, html: str, mark: str) -> int:
        article = self._article(
            {
                "ticket_id": ticket.ref.id,
                "type": "note",
                "sender": "Agent",
                "internal": True,
                "content_type": "text/html",
                "subject": "",
                "body": _not_empty(html),
                "preferences": {"deskladder": {"mark": mark}},
            }
        )
        if article.get("internal") is not True:
            raise Refused(
                f"Zammad made the note on ticket {ticket.number} public although internal was asked "
                "for: hide it there, and switch the mode to observe until this is understood"
            )
        return needed_integer(article, "id")

    def add_reply(self, ticket: Ticket, html: str, mark: str) -> int:
        answer_to = text(ticket.extra.get("answer_to")) or ticket.customer.email
        if not answer_to:
            raise Refused("the customer has no e-mail address, so Zammad cannot mail the reply")
        if ticket.extra.get("can_mail") is False:
            raise Refused(
                f"the group {ticket.group.name!r} has no e-mail address in Zammad (Manage » Groups), "
                "so no reply can leave from it"
            )
        article = self._article(
            {
                "ticket_id": ticket.ref.id,
                "type": "email",
                "sender": "Agent" if self._as_agent else "System",
                "internal": False,
                "to": answer_to,
                "cc": "",
                "subject": ticket.subject,
                "in_reply_to": _last_mail_id(ticket),
                "content_type": "text/html",
                "subtype": "reply",
                "body": _not_empty(html),
                "preferences": {"deskladder": {"mark": mark}},
            }
        )
        return needed_integer(article, "id")

    def subscribe(self, ticket: Ticket, agent: Agent) -> None:
        """Subscribe somebody else: needs `admin.user`; without it a mention in a note does it."""
        if agent.person.id is None:
            raise Refused("this agent has no Zammad user id")
        if self._is_subscribed(ticket, agent.person.id):
            return
        target = {"mentionable_type": "Ticket", "mentionable_id": ticket.ref.id}
        try:
            self._api.call(
                "POST",
                "/mentions",
                payload=target,
                headers={"From": _as_whom(agent)},
                repeatable=True,
            )
        except Refused:
            self._mention(ticket, agent)
        if not self._is_subscribed(ticket, agent.person.id):
            raise Refused(
                f"Zammad did not subscribe {agent.person.name or agent.person.login}: they may not "
                f"read the group {ticket.group.name!r}"
            )

    def _mention(self, ticket: Ticket, agent: Agent) -> None:
        name = escape(agent.person.name or agent.person.login)
        link = (
            f'<a href="#user/profile/{agent.person.id}" data-mention-user-id="{agent.person.id}">'
        )
        self._article(
            {
                "ticket_id": ticket.ref.id,
                "type": "note",
                "sender": "Agent",
                "internal": True,
                "content_type": "text/html",
                "subject": "",
                "body": f"<p>@{link}{name}</a></p>",  # as people mention each other, in any language
                "preferences": {"deskladder": {"mentioned": agent.person.id}},
            }
        )

    def _is_subscribed(self, ticket: Ticket, user_id: int) -> bool:
        answer = self._api.get(
            "/mentions", {"mentionable_type": "Ticket", "mentionable_id": ticket.ref.id}
        ).object()
        return any(integer(row.get("user_id")) == user_id for row in rows(answer.get("mentions")))

    def _tag(self, method: str, path: str, ticket: Ticket, tag: str) -> None:
        payload = {"object": "Ticket", "o_id": ticket.ref.id, "item": tag}
        self._api.call(method, path, payload=payload, repeatable=True)

    def _article(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._api.call("POST", "/ticket_articles", payload=payload).object()

    def _update(self, ticket: Ticket, change: Mapping[str, Any]) -> None:
        """Change the ticket and see that it was changed."""
        path = f"/tickets/{ticket.ref.id}"
        answer = self._api.call("PUT", path, payload=change).object()
        for column, asked in change.items():
            if not _is_as_asked(column, asked, answer):
                raise _silently_kept(column, ticket)


def _as_whom(agent: Agent) -> str:
    """Zammad takes id, login or address; a login may have letters a header cannot hold."""
    login = agent.person.login or agent.person.email
    return login if login.isascii() and login else str(agent.person.id)


def _is_as_asked(column: str, asked: object, answer: Mapping[str, Any]) -> bool:
    if column not in answer:
        return column not in {"owner_id", "group_id", "state_id", "priority_id"}
    found = answer[column]
    if column.endswith("_id") and isinstance(asked, int):
        return integer(found) == asked
    return _is_same(found, asked)


def _is_same(found: object, asked: object) -> bool:
    """True for what Zammad writes in another way: an instant with milliseconds, choices in its order."""
    if isinstance(found, list) and isinstance(asked, list):
        return sorted(map(_as_text, found)) == sorted(map(_as_text, asked))
    if _as_text(found) == _as_text(asked):
        return True
    at = instant(asked)
    return at is not None and instant(found) == at


def _parts(value: str) -> list[str]:
    """The choices of a field that takes several, written with commas."""
    return [part.strip() for part in value.split(",") if part.strip()]


def _silently_kept(column: str, ticket: Ticket) -> Refused:
    if column == "owner_id":
        return Refused(
            f"Zammad answered yes but did not set the owner of ticket {ticket.number}: an owner must "
            f"be active and have full access to the group {ticket.group.name!r}"
        )
    return Refused(
        f"Zammad answered yes but kept another value of {column} on ticket {ticket.number}: a core "
        "workflow or trigger may set it back"
    )


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _not_empty(html: str) -> str:
    if not html.strip():
        raise Refused("an empty text is not posted")
    return html


def _check_tag(tag: str) -> None:
    """Zammad 6.4 and later refuse these; 5.x takes a comma for part of the name."""
    if not tag.strip() or len(tag) > _LONGEST_TAG or "," in tag or "*" in tag:
        raise Refused(f"{tag[:40]!r} is no tag name Zammad takes: not empty, no comma, no star")


def _last_mail_id(ticket: Ticket) -> str:
    """The Message-ID to answer, so that the customer's mail program keeps the thread."""
    for message in reversed(ticket.messages):
        if message.kind is MessageKind.CUSTOMER and message.remote_id:
            return text(message.remote_id)
    return ""
