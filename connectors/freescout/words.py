"""FreeScout's JSON in our words; pure. A conversation is a ticket, a mailbox a group."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any
from urllib.parse import quote, unquote

from connectors.freescout.history import changes, last_touch
from connectors.freescout.people import is_robot, person
from connectors.shapes import instant, integer, mapping, needed_instant, needed_integer, rows, text
from connectors.shapes import texts as list_of_texts
from plugin.domain.automatic import why_automatic
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import TicketGone
from plugin.domain.html import plain_text
from plugin.domain.quoting import own_html
from plugin.domain.ticket import (
    Group,
    Message,
    MessageKind,
    Person,
    Priority,
    Role,
    State,
    StateType,
    Ticket,
    TicketRef,
)

Record = Mapping[str, Any]

_MARK = re.compile(r"<!-- deskladder:([^\s<>]{1,2000}) -->")
_NUMBER = re.compile(r"#(\d+)")
_MEANING = {
    "active": StateType.OPEN,
    "pending": StateType.PENDING_REMINDER,
    "closed": StateType.CLOSED,
    "spam": StateType.SPAM,
}
_CHANNELS = {"email": "email", "phone": "phone", "chat": "chat"}
_KINDS = {
    "customer": MessageKind.CUSTOMER,
    "message": MessageKind.AGENT,
    "note": MessageKind.NOTE,
}

STATES = tuple(State(name, meaning) for name, meaning in _MEANING.items())
"""The states a conversation may have; modules can add others, which nobody may set from here."""


@dataclass(frozen=True, slots=True)
class Book:
    """What this installation calls things, and who we are there.

    `priority_tags` maps a tag to our word; `priority_field` is the name of the custom field that
    holds it instead and `priority_values` its values.
    """

    me: int = 0
    mailboxes: Mapping[int, str] = field(default_factory=dict)
    own_addresses: frozenset[str] = frozenset()
    priority_tags: Mapping[str, Priority] = field(default_factory=dict)
    priority_field: str = ""
    priority_values: Mapping[str, Priority] = field(default_factory=dict)


def state(status: str) -> State:
    """The state for a status; one we do not know means neither open nor closed."""
    return State(status, _MEANING.get(status, StateType.OTHER))


def with_mark(html: str, mark: str) -> str:
    """The text with our mark: a comment, which FreeScout keeps and shows to nobody."""
    return f"{html}<!-- deskladder:{_written(mark)} -->"


def mark_of(thread: Record, me: int) -> str | None:
    """Our mark in a thread. One in a thread of somebody else was copied or forged: it does not count."""
    if integer(mapping(thread.get("createdBy")).get("id")) != me or not _by_user(thread):
        return None
    found = _MARK.search(text(thread.get("body")))
    return unquote(found[1]) if found else None


def threads(conversation: Record) -> list[Record]:
    """The threads by time and, within a second, by id; each once.

    Not by id alone: a reply has the id its draft got when somebody began to write, and FreeScout
    shows it from the instant it was sent.
    """
    listed = rows(mapping(conversation.get("_embedded")).get("threads"))
    known = {number: row for row in listed if (number := integer(row.get("id"))) is not None}
    return [known[n] for n in sorted(known, key=lambda n: (text(known[n].get("createdAt")), n))]


def tags(conversation: Record) -> frozenset[str] | None:
    """The tags; None when the answer does not show them (Tags module missing, or not asked for)."""
    embedded = mapping(conversation.get("_embedded"))
    if "tags" not in embedded:
        return None
    return frozenset(text(row.get("name")) for row in rows(embedded["tags"]) if row.get("name"))


def cc(conversation: Record) -> list[str]:
    """Who gets copies: must be sent along with every thread, or FreeScout forgets them."""
    return list_of_texts(conversation.get("cc"))


def check_published(conversation: Record) -> None:
    """Raise `TicketGone` for a conversation that was deleted, merged away or never sent."""
    where = text(conversation.get("state"))
    if where in {"", "published"}:
        return
    number = text(conversation.get("number"))
    if where == "draft":
        raise TicketGone(f"conversation {number} is a draft nobody has sent")
    target = merged_into(conversation)
    if target:
        raise TicketGone(f"conversation {number} was merged into number {target}")
    raise TicketGone(f"conversation {number} was deleted")


def merges(conversation: Record) -> list[Record]:
    """The line items that tell of merges, oldest first."""
    listed = rows(mapping(conversation.get("_embedded")).get("threads"))
    told = [row for row in listed if mapping(row.get("action")).get("type") == "merged"]
    return sorted(told, key=lambda row: integer(row.get("id")) or 0)


def merged_into(conversation: Record) -> str | None:
    """The number of the conversation this one was merged into: the last line item names it."""
    told = merges(conversation)
    target = _NUMBER.search(text(mapping(told[-1].get("action")).get("text"))) if told else None
    return target[1] if target else None


def fields(conversation: Record) -> dict[str, object]:
    """Custom fields by name: the text of a drop-down's choice, else the value."""
    return {
        text(row.get("name")): text(row.get("text")) or text(row.get("value"))
        for row in rows(conversation.get("customFields"))
        if row.get("name")
    }


def priority(conversation: Record, book: Book) -> Priority | None:
    """The priority as the configuration keeps it; of several tags the most urgent one."""
    if book.priority_field:
        for row in rows(conversation.get("customFields")):
            if text(row.get("name")).casefold() == book.priority_field.casefold():
                value = book.priority_values.get(text(row.get("value")))
                return value or book.priority_values.get(text(row.get("text")))
        return None
    there = tags(conversation)
    if not book.priority_tags or there is None:
        return None
    found = [book.priority_tags[tag] for tag in there if tag in book.priority_tags]
    return max(found, default=Priority.NORMAL)


def ticket(
    conversation: Record,
    book: Book,
    helpdesk: str,
    url: str,
    *,
    customer: Person | None = None,
    history: bool = False,
) -> Ticket:
    """Put a conversation into our words; `customer` when more is known than the short record."""
    check_published(conversation)
    number = needed_integer(conversation, "id")
    listed = threads(conversation)
    mailbox = needed_integer(conversation, "mailboxId")
    status = text(conversation.get("status"))
    short = mapping(conversation.get("customer"))
    return Ticket(
        ref=TicketRef(helpdesk, number),
        number=text(conversation.get("number")),
        url=f"{url}/conversation/{number}",
        subject=text(conversation.get("subject")),
        state=state(status),
        priority=priority(conversation, book),
        group=Group(mailbox, book.mailboxes.get(mailbox, f"mailbox {mailbox}")),
        owner=_owner(conversation),
        customer=customer or person(short, Role.CUSTOMER),
        channel=_CHANNELS.get(text(conversation.get("type")), "other"),
        created_at=needed_instant(conversation, "createdAt"),
        updated_at=needed_instant(conversation, "updatedAt"),
        tags=tags(conversation) or frozenset(),
        fields=fields(conversation),
        messages=tuple(
            _message(thread, conversation, book, first=place == 0)
            for place, thread in enumerate(row for row in listed if text(row.get("type")) in _KINDS)
        ),
        closed_at=instant(conversation.get("closedAt")) if status == "closed" else None,
        history=changes(listed, book.me, book.mailboxes.get(mailbox, "")) if history else None,
        touched_at=last_touch(listed, book.me),
        created_by=_created_by(mapping(conversation.get("createdBy")), book.me),
        extra={"cc": tuple(cc(conversation))},
        states=_MEANING,
        priority_tags=frozenset(book.priority_tags),
    )


def _message(thread: Record, conversation: Record, book: Book, *, first: bool) -> Message:
    author = mapping(thread.get("createdBy"))
    kind = _KINDS[text(thread.get("type"))]
    by_user = _by_user(thread)
    role = Role.AGENT if by_user else Role.CUSTOMER
    ours = by_user and integer(author.get("id")) == book.me
    body = text(thread.get("body"))
    plain = plain_text(body)
    subject = text(conversation.get("subject")) if first else ""
    own = own_html(body, plain, subject=subject) if kind is MessageKind.CUSTOMER else None
    return Message(
        id=needed_integer(thread, "id"),
        kind=kind,
        author=person(author, Role.SYSTEM if is_robot(author) else role),
        created_at=needed_instant(thread, "createdAt"),
        text=plain,
        subject=subject,
        channel=_channel(conversation, kind),
        automatic=_why_automatic(
            thread, own.signed if own else plain, book, subject=subject, ours=ours
        ),
        ours=ours,
        mark=mark_of(thread, book.me),
        fresh=own.fresh if own else None,
    )


def _why_automatic(
    thread: Record, plain: str, book: Book, *, subject: str, ours: bool
) -> str | None:
    """FreeScout shows no mail headers, and a subject only for the whole conversation."""
    author = mapping(thread.get("createdBy"))
    if ours:
        return "written by Deskladder"
    if is_robot(author):
        return "written by a FreeScout workflow"
    if text(thread.get("type")) != "customer":
        return None
    return why_automatic(
        sender=text(author.get("email")),
        subject=subject,
        text=plain,
        own_addresses=book.own_addresses,
    )


def _channel(conversation: Record, kind: MessageKind) -> str:
    if kind is MessageKind.NOTE:
        return "note"
    return _CHANNELS.get(text(conversation.get("type")), "other")


def _by_user(thread: Record) -> bool:
    return mapping(thread.get("createdBy")).get("type") == "user"


def _owner(conversation: Record) -> Person | None:
    assignee = mapping(conversation.get("assignee"))
    return person(assignee, Role.AGENT) if integer(assignee.get("id")) else None


def _created_by(creator: Record, me: int) -> Role:
    if creator.get("type") != "user":
        return Role.CUSTOMER
    automated = is_robot(creator) or integer(creator.get("id")) == me
    return Role.SYSTEM if automated else Role.AGENT


def _written(mark: str) -> str:
    """The mark made safe inside a comment: two hyphens in a row would end it."""
    return quote(mark, safe=":.,;@+=_/-").replace("--", "%2D%2D")
