"""Zammad's JSON in our words; pure. Ids decide, names are for people: an admin may rename anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from email.utils import parseaddr

from connectors.shapes import (
    instant,
    integer,
    mapping,
    needed_instant,
    needed_integer,
    text,
)
from connectors.zammad.columns import STANDARD
from connectors.zammad.dossier import Dossier, Record
from connectors.zammad.merging import absorbed, merged_into
from connectors.zammad.people import NOBODY, is_agent, person
from plugin.domain.automatic import why_automatic
from plugin.domain.dataclass import dataclass
from plugin.domain.html import plain_text
from plugin.domain.quoting import Own, own_html, own_text
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

# Seeded ids; used only where an answer gives no name beside the id.
_STATE_TYPES = {
    1: "new",
    2: "open",
    3: "pending reminder",
    4: "pending action",
    5: "closed",
    6: "merged",
    7: "removed",
}
_ARTICLE_TYPES = {
    1: "email",
    2: "sms",
    3: "chat",
    4: "fax",
    5: "phone",
    6: "twitter status",
    7: "twitter direct-message",
    8: "facebook feed post",
    9: "facebook feed comment",
    10: "note",
    11: "web",
    12: "telegram personal-message",
    13: "facebook direct-message",
    14: "whatsapp message",
}
_SENDERS = {1: "Agent", 2: "Customer", 3: "System"}
_MEANING = {
    "new": StateType.NEW,
    "open": StateType.OPEN,
    "pending reminder": StateType.PENDING_REMINDER,
    "pending action": StateType.PENDING_CLOSE,
    "closed": StateType.CLOSED,
    "merged": StateType.MERGED,
    "removed": StateType.REMOVED,
}
_MEASURED = (("first_response", "first_response"), ("update", "update"), ("close", "resolution"))
_CHANNELS = {"email", "phone", "chat", "web", "sms", "note"}
_SOCIAL = ("twitter", "facebook", "telegram", "whatsapp")


@dataclass(frozen=True, slots=True)
class Book:
    """What the ids of this installation mean, and who we are there."""

    states: Mapping[int, State] = field(default_factory=dict)
    priorities: Mapping[int, Priority] = field(default_factory=dict)
    me: int = 0


def state(record: Record) -> State:
    """Read a state; what it means comes from its type, never from its name."""
    kind = text(record.get("state_type")) or _STATE_TYPES.get(
        integer(record.get("state_type_id")) or 0, ""
    )
    return State(name=text(record.get("name")), type=_MEANING.get(kind, StateType.OTHER))


def channel(type_name: str) -> str:
    """Our word for the type of a ticket's first article, or of any article."""
    if type_name in _CHANNELS:
        return type_name
    return "social" if type_name.startswith(_SOCIAL) else "other"


def article_type(record: Record, prefix: str = "") -> str:
    """The name of an article's type, by the seeded id where the answer has no names."""
    named = text(record.get(f"{prefix}type"))
    return named or _ARTICLE_TYPES.get(integer(record.get(f"{prefix}type_id")) or 0, "")


def sender(record: Record, prefix: str = "") -> str:
    """`Agent`, `Customer` or `System`; empty when the answer does not say."""
    named = text(record.get(f"{prefix}sender"))
    return named or _SENDERS.get(integer(record.get(f"{prefix}sender_id")) or 0, "")


def mark_of(article: Record) -> str | None:
    """Our machine mark: Zammad strips comments and data attributes, but keeps `preferences`."""
    ours = mapping(mapping(article.get("preferences")).get("deskladder"))
    return text(ours.get("mark")) or None


def custom_fields(record: Record) -> dict[str, object]:
    """The attributes an administrator added, by their internal names."""
    return {key: value for key, value in record.items() if key not in STANDARD}


def ticket(dossier: Dossier, book: Book, helpdesk: str, url: str) -> Ticket:
    """Put a dossier into our words; `url` is where people open Zammad."""
    record = dossier.ticket
    ticket_id = needed_integer(record, "id")
    now_in = book.states.get(needed_integer(record, "state_id"), _state_by_name(record))
    messages = tuple(_message(article, dossier, book) for article in dossier.articles)
    return Ticket(
        ref=TicketRef(helpdesk, ticket_id),
        number=text(record.get("number")),
        url=f"{url}/#ticket/zoom/{ticket_id}",
        subject=text(record.get("title")),
        state=now_in,
        priority=book.priorities.get(integer(record.get("priority_id")) or 0),
        group=_group(record, dossier),
        owner=_owner(record, dossier),
        customer=_someone(record, "customer", Role.CUSTOMER, dossier),
        channel=channel(article_type(record, "create_article_")),
        created_at=needed_instant(record, "created_at"),
        updated_at=needed_instant(record, "updated_at"),
        tags=dossier.tags,
        fields=custom_fields(record),
        messages=messages,
        closed_at=_closed_at(record, now_in),
        pending_until=instant(record.get("pending_time")),
        language=_language(dossier),
        created_by=_created_by(record, dossier),
        merged_into=merged_into(dossier) if now_in.type is StateType.MERGED else None,
        extra={"can_mail": _can_mail(record, dossier), **_answer_to(dossier)},
        states={one.name: one.type for one in book.states.values()},
        deadlines=_deadlines(record),
        kept=_kept(record),
        absorbed=absorbed(dossier, _of_type(book, StateType.MERGED)) if dossier.links else {},
    )


def _deadlines(record: Record) -> dict[str, datetime]:
    """What Zammad's own SLA says; while a state stops its clocks single fields keep old values."""
    if instant(record.get("escalation_at")) is None:
        return {}
    found = {what: instant(record.get(f"{column}_escalation_at")) for column, what in _MEASURED}
    return {what: at for what, at in found.items() if at is not None}


def _kept(record: Record) -> dict[str, bool]:
    found = {what: integer(record.get(f"{column}_diff_in_min")) for column, what in _MEASURED}
    return {what: left >= 0 for what, left in found.items() if left is not None}


def _message(article: Record, dossier: Dossier, book: Book) -> Message:
    author_id = integer(article.get("origin_by_id")) or integer(article.get("created_by_id"))
    by = sender(article)
    role = {"Agent": Role.AGENT, "Customer": Role.CUSTOMER}.get(by, Role.SYSTEM)
    body = text(article.get("body"))
    is_html = "html" in text(article.get("content_type"))
    plain = plain_text(body) if is_html else body
    kind = _kind(article, by)
    own = _own(article, plain, is_html=is_html) if kind is MessageKind.CUSTOMER else None
    ours = integer(article.get("created_by_id")) == book.me
    user = dossier.users.get(author_id or 0)
    return Message(
        id=needed_integer(article, "id"),
        kind=kind,
        author=person(user, role) if user else _stranger(article, author_id, role),
        created_at=needed_instant(article, "created_at"),
        text=plain,
        subject=text(article.get("subject")),
        channel=channel(article_type(article)),
        automatic=_why_automatic(article, by, own.signed if own else plain, ours, dossier),
        ours=ours,
        mark=mark_of(article) if ours else None,
        remote_id=text(article.get("message_id")) or None,
        fresh=own.fresh if own else None,
    )


def _own(article: Record, plain: str, *, is_html: bool) -> Own:
    """What is not quoted; only mails quote, and the subject tells one that was passed on."""
    if article_type(article) not in {"email", "web", "note"}:
        return Own(plain, plain)
    subject = text(article.get("subject"))
    if is_html:
        return own_html(text(article.get("body")), plain, subject=subject)
    return own_text(plain, subject=subject)


def _kind(article: Record, by: str) -> MessageKind:
    """What a customer wrote stays theirs when an agent hides it; a call noted for them is theirs."""
    if by == "Customer":
        return MessageKind.CUSTOMER
    return MessageKind.NOTE if article.get("internal") is True else MessageKind.AGENT


def _why_automatic(
    article: Record, by: str, plain: str, ours: bool, dossier: Dossier
) -> str | None:
    preferences = mapping(article.get("preferences"))
    if ours:
        return "written by Deskladder"
    if text(preferences.get("perform_origin")):
        return f"sent by a Zammad {text(preferences.get('perform_origin'))}"
    if by == "System" or integer(article.get("created_by_id")) == NOBODY:
        return "written by Zammad itself"
    if preferences.get("is-auto-response") is True:
        return "its mail headers say that it is automatic"
    if by != "Customer":
        return None
    return why_automatic(
        sender=text(article.get("from")),
        subject=text(article.get("subject")),
        text=plain,
        headers={"Reply-To": text(article.get("reply_to"))},
        own_addresses=_own_addresses(dossier),
    )


def _own_addresses(dossier: Dossier) -> frozenset[str]:
    """The helpdesk's addresses as far as this ticket shows them: those it sent mail from."""
    sent = (
        parseaddr(text(article.get("from")))[1].lower()
        for article in dossier.articles
        if integer(mapping(article.get("preferences")).get("email_address_id"))
    )
    return frozenset(address for address in sent if address)


def _state_by_name(record: Record) -> State:
    name = text(record.get("state"))
    return State(name or f"state {record.get('state_id')}", _MEANING.get(name, StateType.OTHER))


def _group(record: Record, dossier: Dossier) -> Group:
    number = needed_integer(record, "group_id")
    named = text(mapping(dossier.groups.get(number)).get("name")) or text(record.get("group"))
    return Group(number, named or f"group {number}")


def _can_mail(record: Record, dossier: Dossier) -> bool | None:
    """Whether the group has an e-mail address; None when Zammad did not say."""
    group = dossier.groups.get(integer(record.get("group_id")) or 0, {})
    if "email_address_id" not in group:
        return None
    return integer(group.get("email_address_id")) is not None


def _answer_to(dossier: Dossier) -> dict[str, str]:
    """The address the customer's newest mail asks to be answered at, as web forms do."""
    for article in reversed(dossier.articles):
        if sender(article) != "Customer" or article_type(article) != "email":
            continue
        address = parseaddr(text(article.get("reply_to")))[1]
        by = parseaddr(text(article.get("from")))[1].lower()
        customer = dossier.users.get(integer(dossier.ticket.get("customer_id")) or 0, {})
        is_theirs = by == text(customer.get("email")).lower()
        known = {by, *_own_addresses(dossier)}
        usable = is_theirs and "@" in address and address.lower() not in known
        return {"answer_to": address} if usable else {}
    return {}


def _owner(record: Record, dossier: Dossier) -> Person | None:
    number = integer(record.get("owner_id"))
    if number is None or number == NOBODY:
        return None
    return _someone(record, "owner", Role.AGENT, dossier)


def _someone(record: Record, column: str, role: Role, dossier: Dossier) -> Person:
    number = integer(record.get(f"{column}_id"))
    user = dossier.users.get(number or 0)
    if user:
        return person(user, role, dossier.organizations)
    login = text(record.get(column))
    return Person(number, role, email=login if "@" in login else "", login=login)


def _stranger(article: Record, author_id: int | None, role: Role) -> Person:
    name, address = parseaddr(text(article.get("from")))
    return Person(author_id, role, name=name, email=address if "@" in address else "")


def _closed_at(record: Record, now_in: State) -> datetime | None:
    if not now_in.type.is_closed:
        return None
    return instant(record.get("last_close_at")) or instant(record.get("close_at"))


def _language(dossier: Dossier) -> str | None:
    """What 6.4 and later found out about the newest article of the customer."""
    for article in reversed(dossier.articles):
        if sender(article) == "Customer" and (found := text(article.get("detected_language"))):
            return found
    return None


def _created_by(record: Record, dossier: Dossier) -> Role:
    creator = integer(record.get("created_by_id"))
    if creator == NOBODY:
        return Role.SYSTEM
    if creator == integer(record.get("customer_id")):
        return Role.CUSTOMER
    user = dossier.users.get(creator or 0)
    if user and "role_ids" in user:
        return Role.AGENT if is_agent(user, dossier.roles) else Role.CUSTOMER
    named = sender(record, "create_article_")
    return {"Customer": Role.CUSTOMER, "System": Role.SYSTEM}.get(named, Role.AGENT)


def _of_type(book: Book, meaning: StateType) -> frozenset[int]:
    return frozenset(number for number, one in book.states.items() if one.type is meaning)
