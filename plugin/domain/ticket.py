"""A ticket as every helpdesk's connector must describe it, in the field's words."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from hashlib import sha256

from plugin.domain.dataclass import dataclass


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class TicketRef:
    """One ticket of one configured helpdesk; `id` is the API's id, not the number people see."""

    helpdesk: str
    id: int

    def __str__(self) -> str:
        return f"{self.helpdesk}/{self.id}"


class StateType(enum.StrEnum):
    """What a state means, whatever an admin called it."""

    NEW = "new"
    OPEN = "open"
    PENDING_REMINDER = "pending reminder"
    PENDING_CLOSE = "pending close"
    CLOSED = "closed"
    MERGED = "merged"
    REMOVED = "removed"
    SPAM = "spam"
    OTHER = "other"

    @property
    def is_closed(self) -> bool:
        """True when nobody works on such a ticket any more."""
        return self in _CLOSED


_CLOSED = frozenset({StateType.CLOSED, StateType.MERGED, StateType.REMOVED, StateType.SPAM})


@dataclass(frozen=True, slots=True)
class State:
    """A ticket's state: the host's own name and what it means."""

    name: str
    type: StateType


class Priority(enum.IntEnum):
    """Ordered, so that `max` is the more urgent one."""

    LOW = 1
    NORMAL = 2
    HIGH = 3
    URGENT = 4

    @property
    def word(self) -> str:
        """The lower-case word of the configuration file."""
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> Priority:
        """Read `low`, `normal`, `high` or `urgent`; raises `KeyError` for anything else."""
        return cls[word.upper()]


@dataclass(frozen=True, slots=True)
class Group:
    """A team's queue (FreeScout: mailbox)."""

    id: int
    name: str


class Role(enum.StrEnum):
    """Who a person is on this ticket; `SYSTEM` is the helpdesk itself or another automation."""

    AGENT = "agent"
    CUSTOMER = "customer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Person:
    """An agent, a customer or the machine behind a message or a change.

    `id` is the host's user id (FreeScout numbers users and customers separately, so compare
    `role` and `id` together). `login` is Zammad's; elsewhere it equals the e-mail address.
    """

    id: int | None
    role: Role
    name: str = ""
    email: str = ""
    login: str = ""
    vip: bool = False
    language: str | None = None
    timezone: str | None = None
    organization: str | None = None

    @property
    def domain(self) -> str:
        """The part of the address behind the @, lower case; empty without an address."""
        return self.email.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True)
class Absence:
    """An agent's out-of-office span by date, both ends inclusive, in the host's zone."""

    first_day: date
    last_day: date
    replacement_id: int | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who may own tickets. `absence` is None when the host knows of none."""

    person: Person
    active: bool = True
    absence: Absence | None = None


class MessageKind(enum.StrEnum):
    """What a message is to the people involved."""

    CUSTOMER = "customer"  # written by the customer, or on the customer's behalf (phone)
    AGENT = "agent"  # public, written to the customer by our side
    NOTE = "note"  # internal


@dataclass(frozen=True, slots=True)
class Message:
    """One thing somebody said on a ticket.

    `text` is plain text (HTML stripped, quoted history left in), `fresh` the part conditions look
    at. `automatic` is the reason in
    words when no human wrote it (out-of-office, bounce, trigger, ours); None means a human did.
    `ours` is true for everything the service user posted. `mark` is our machine mark when the
    message carries one. `channel` is `email phone chat web social sms note other`.
    """

    id: int
    kind: MessageKind
    author: Person
    created_at: datetime
    text: str = ""
    subject: str = ""
    channel: str = "email"
    automatic: str | None = None
    ours: bool = False
    mark: str | None = None
    remote_id: str | None = None  # Message-ID of a mail, to answer into its thread
    fresh: str | None = None  # `text` without quotes and signature; None when nobody looked yet

    @property
    def by_human(self) -> bool:
        """True when a person wrote it."""
        return self.automatic is None and not self.ours


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the host's own history: `what` is `state group owner priority`.

    `before` and `after` are the host's names (state, group, priority) or the agent's id as text
    (owner, "" for nobody). `by` is None when the host does not say who did it.
    """

    at: datetime
    what: str
    before: str
    after: str
    by: Person | None = None
    ours: bool = False


@dataclass(frozen=True, slots=True)
class EarlierTicket:
    """Another ticket of the same customer, for repeat-contact conditions, notes and pools.

    `owner_id` is who owns it now, None for nobody or where that was not read.
    """

    id: int
    number: str
    created_at: datetime
    url: str
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """What one fresh read of a ticket says; nothing here is older than the read.

    `messages` are in the order they were written, oldest first; their ids mostly rise. `history` is None when it was not asked for or
    the host keeps none. `customer_tickets` is None when not asked for; it includes this ticket.
    `fields` holds custom attributes by the host's own name. `touched_at` is the latest change of
    anything by a human agent the host can tell us about. `from_social` tells a public channel.
    `states` says what the names of states in `history` mean. `deadlines` are those the host computes
    itself, by `first_response update resolution`; `kept` says of the past ones whether they were.
    `absorbed` maps each ticket merged into this one to the ids of messages that may have come with it.
    `priority_tags` are tags that stand for a priority, on this ticket or not.
    """

    ref: TicketRef
    number: str
    url: str
    subject: str
    state: State
    priority: Priority | None
    group: Group
    owner: Person | None
    customer: Person
    channel: str
    created_at: datetime
    updated_at: datetime
    tags: frozenset[str] = frozenset()
    fields: Mapping[str, object] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    closed_at: datetime | None = None
    pending_until: datetime | None = None
    history: tuple[Change, ...] | None = None
    customer_tickets: tuple[EarlierTicket, ...] | None = None
    touched_at: datetime | None = None
    language: str | None = None
    created_by: Role = Role.CUSTOMER
    merged_into: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict)  # the connector's own, e.g. cc
    states: Mapping[str, StateType] = field(default_factory=dict)
    deadlines: Mapping[str, datetime] = field(default_factory=dict)
    kept: Mapping[str, bool] = field(default_factory=dict)
    absorbed: Mapping[int, frozenset[int]] = field(default_factory=dict)
    priority_tags: frozenset[str] = frozenset()

    @property
    def from_social(self) -> bool:
        """True when the ticket came in over a social network."""
        return self.channel == "social"

    @property
    def is_closed(self) -> bool:
        """True when nobody works on it any more."""
        return self.state.type.is_closed

    @property
    def last_message_id(self) -> int:
        """The highest message id, 0 without messages: the watermark for "what is new"."""
        return max((one.id for one in self.messages), default=0)


def customer_key(helpdesk: str, customer: Person) -> str:
    """A stable, unreadable key of a customer: what the store keeps instead of the address.

    The same e-mail address gives the same key on every helpdesk; without one the host's id does.
    """
    name = customer.email.strip().lower() or f"{helpdesk}/{customer.id}"
    return sha256(name.encode()).hexdigest()[:32]
