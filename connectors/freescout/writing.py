"""Changes on a conversation. FreeScout checks little and answers 204 to nearly anything, so we check.

Every change is decided on a conversation read a moment before, and read again afterwards where a
204 proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.freescout import words
from connectors.freescout.directory import Directory, priority_words
from connectors.freescout.words import Record
from connectors.http import Api
from connectors.naming import unknown
from connectors.shapes import integer, mapping, needed_integer, rows, text
from plugin.domain.errors import Refused
from plugin.domain.folding import fold
from plugin.domain.helpdesk import Ability
from plugin.domain.settings import HelpdeskSettings
from plugin.domain.standing_for import stand_in
from plugin.domain.ticket import Agent, Priority, Ticket

_LONGEST_TAG = 100
_UNASSIGNED = None


class Writing:
    """The writing half of the client. `fresh` reads a conversation with threads and tags."""

    def __init__(
        self,
        api: Api,
        directory: Directory,
        settings: HelpdeskSettings,
        fresh: Callable[[int], Record],
    ) -> None:
        self._api = api
        self._directory = directory
        self._options = settings.options
        self._fresh = fresh

    def change_tags(self, ticket: Ticket, add: Sequence[str], remove: Sequence[str]) -> None:
        """Read, merge, write: the call replaces the whole list, an agent's new tag included."""
        for tag in add:
            _check_tag(tag)
        remedy = self._directory.missing().get(Ability.TAG)
        if remedy:
            raise Refused(f"this FreeScout has no tags: {remedy}")
        there = words.tags(self._fresh(ticket.ref.id))
        if there is None:
            raise Refused("this FreeScout does not show tags; is the Tags module active?")
        _check_collisions(add, there)
        wanted = (there - frozenset(remove)) | frozenset(add)
        if wanted != there:
            path = f"/conversations/{ticket.ref.id}/tags"
            self._api.call("PUT", path, payload={"tags": sorted(wanted)})

    def set_priority(self, ticket: Ticket, priority: Priority) -> None:
        if ticket.priority is priority:
            return
        tags, column, values = priority_words(self._options)
        if tags:
            target = _mark(tags, priority)
            if target is None and priority > Priority.NORMAL:
                raise Refused(f"no tag under priority: stands for {priority.word}")
            others = [tag for tag in tags.values() if tag != target]
            self.change_tags(ticket, [target] if target else [], others)
        elif column:
            value = _mark(values, priority)
            if value is None:
                raise Refused(f"no value of the field {column!r} stands for {priority.word}")
            self.set_field(ticket, column, value)
        else:
            remedy = self._directory.missing().get(Ability.PRIORITY, "")
            raise Refused(f"this FreeScout has no priorities: {remedy}")

    def set_group(self, ticket: Ticket, group: str) -> None:
        target = self._directory.group(group)
        if target.id == ticket.group.id:
            return
        self._update(ticket, {"mailboxId": target.id})
        now_in = integer(self._fresh(ticket.ref.id).get("mailboxId"))
        if now_in != target.id:
            raise Refused(f"FreeScout did not move conversation {ticket.number} to {target.name!r}")

    def set_owner(self, ticket: Ticket, agent: Agent | None) -> None:
        wanted = agent.person.id if agent else _UNASSIGNED
        if wanted == (ticket.owner.id if ticket.owner else _UNASSIGNED):
            return
        if agent and wanted is not None:
            self._check_owner(ticket, agent, wanted)
        self._update(ticket, {"assignTo": wanted})
        assignee = mapping(self._fresh(ticket.ref.id).get("assignee"))
        if integer(assignee.get("id")) != wanted:
            raise Refused(
                f"FreeScout answered yes but conversation {ticket.number} has another assignee: "
                "somebody may have changed it in the same moment"
            )

    def set_state(self, ticket: Ticket, name: str) -> None:
        known = [state.name for state in words.STATES]
        target = next((state for state in known if state == name.strip().casefold()), None)
        if target is None:
            raise Refused(unknown("state", name, known))
        if target != ticket.state.name:
            self._update(ticket, {"status": target})

    def set_field(self, ticket: Ticket, name: str, value: str) -> None:
        """Set a custom field by name, a drop-down by its text or key. It cannot be emptied."""
        if not value:
            raise Refused(f"FreeScout cannot empty the field {name!r}")
        if remedy := self._directory.missing().get(Ability.FIELD):
            raise Refused(f"this FreeScout has no custom fields: {remedy}")
        field_id, choices = self._directory.field_id(ticket.group.id, name)
        key = _choice(name, value, choices)
        if key in _field_values(self._fresh(ticket.ref.id), field_id):
            return
        path = f"/conversations/{ticket.ref.id}/custom_fields"
        self._api.call("PUT", path, payload={"customFields": [{"id": field_id, "value": key}]})
        if key not in _field_values(self._fresh(ticket.ref.id), field_id):
            raise Refused(f"FreeScout did not take {value!r} for the field {name!r}")

    def add_note(self, ticket: Ticket, html: str, mark: str) -> int:
        """Post a note: `imported` keeps mails to agents away, `cc` keeps the copies alive."""
        fresh = self._fresh(ticket.ref.id)
        return self._thread(
            ticket,
            {
                "type": "note",
                "text": words.with_mark(_not_empty(html), mark),
                "user": self._directory.my_id(),
                "imported": True,
                "cc": words.cc(fresh),
            },
        )

    def add_reply(self, ticket: Ticket, html: str, mark: str) -> int:
        """Mail the customer; without an explicit status FreeScout would set it to pending."""
        if not ticket.customer.email:
            raise Refused("the customer has no e-mail address, so FreeScout cannot mail the reply")
        fresh = self._fresh(ticket.ref.id)
        return self._thread(
            ticket,
            {
                "type": "message",
                "text": words.with_mark(_not_empty(html), mark),
                "user": self._directory.my_id(),
                "status": text(fresh.get("status")) or ticket.state.name,
                "cc": words.cc(fresh),
            },
        )

    def _check_owner(self, ticket: Ticket, agent: Agent, user_id: int) -> None:
        """An unknown id would be stored and make the conversation nobody's without a word."""
        who = agent.person.name or agent.person.email
        if not self._directory.is_user(user_id):
            raise Refused(f"{who} is no user of this FreeScout (any more)")
        if not self._directory.may_open(user_id, ticket.group.id):
            raise Refused(f"{who} has no access to the mailbox {ticket.group.name!r}")

    def _thread(self, ticket: Ticket, payload: Mapping[str, Any]) -> int:
        path = f"/conversations/{ticket.ref.id}/threads"
        answer = self._api.call("POST", path, payload=payload)
        posted = integer(answer.headers.get("resource-id"))
        return posted or needed_integer(answer.object(), "id")

    def _update(self, ticket: Ticket, change: Mapping[str, Any]) -> None:
        path = f"/conversations/{ticket.ref.id}"
        self._api.call("PUT", path, payload={"byUser": self._directory.my_id(), **change})


def _check_tag(tag: str) -> None:
    """FreeScout lower-cases names and takes accents for nothing: only plain names are safe."""
    plain = tag.isascii() and tag == tag.strip().lower() and "," not in tag
    if not tag or not plain or len(tag) > _LONGEST_TAG or not tag.isprintable():
        raise Refused(
            f"{tag[:40]!r} is no tag name FreeScout keeps as it is: use lower-case ASCII without commas, "
            f"at most {_LONGEST_TAG} characters"
        )


def _check_collisions(add: Sequence[str], there: frozenset[str]) -> None:
    folded = {fold(tag): tag for tag in there}
    for tag in add:
        if tag not in there and tag in folded:
            raise Refused(
                f"FreeScout takes the tag {tag!r} for {folded[tag]!r}, which is on the conversation, and "
                "would remove it: choose another name"
            )


def _mark(marks: Mapping[Priority, str], asked: Priority) -> str | None:
    """The tag or value that stands for a priority; none for normal or low means "none of them"."""
    shown = stand_in(marks, asked)
    return None if shown is None else marks[shown]


def _choice(name: str, value: str, choices: Mapping[str, Any]) -> str:
    """The key of a drop-down's choice; free text as it is."""
    if not choices or value in choices:
        return value
    for key, label in choices.items():
        if text(label).casefold() == value.casefold():
            return key
    raise Refused(
        unknown(f"choice of the field {name!r}", value, [text(v) for v in choices.values()])
    )


def _field_values(conversation: Record, field_id: int) -> list[str]:
    return [
        text(row.get("value"))
        for row in rows(conversation.get("customFields"))
        if integer(row.get("id")) == field_id
    ]


def _not_empty(html: str) -> str:
    """An empty note makes FreeScout's notification mails of the conversation fail for hours."""
    if not html.strip():
        raise Refused("an empty text is not posted")
    return html
