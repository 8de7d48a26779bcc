"""Everything a simulated FreeScout holds: rows, indexes, ids."""

from __future__ import annotations

import itertools
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import field
from datetime import UTC, datetime
from typing import Any, Literal

from plugin.domain.dataclass import dataclass
from plugin.domain.folding import fold
from plugin.simulated.mails import Mail
from plugin.simulated.problems import Problem

Row = dict[str, Any]
PersonType = Literal["user", "customer"]

FOLDERS = (
    ("Unassigned", 1),
    ("Drafts", 30),
    ("Assigned", 40),
    ("Closed", 60),
    ("Spam", 80),
    ("Deleted", 70),
)
STATUSES = ("active", "pending", "closed", "spam")
ROBOT = "fsworkflow@example.org"


def stamp(at: datetime) -> str:
    """An instant as FreeScout writes it: UTC in whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class User:
    """An agent. A deleted one stays, with a suffix on the address."""

    id: int
    first: str
    last: str
    email: str
    role: str
    created_at: str
    updated_at: str
    mailboxes: set[int] = field(default_factory=set)
    deleted: bool = False
    created_by_api: bool = False
    language: str | None = None

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}".strip()

    def may_see(self, mailbox: int) -> bool:
        """Admins see every mailbox."""
        return self.role == "admin" or mailbox in self.mailboxes


@dataclass(slots=True)
class Customer:
    """Somebody who writes."""

    id: int
    first: str | None
    last: str | None
    emails: list[tuple[int, str]]
    phones: list[str]
    created_at: str
    updated_at: str
    company: str | None = None
    job_title: str | None = None
    notes: str | None = None

    @property
    def email(self) -> str:
        """The main address; empty for a caller without one."""
        return self.emails[0][1] if self.emails else ""

    @property
    def name(self) -> str:
        """The name, else the address."""
        return " ".join(part for part in (self.first, self.last) if part) or self.email


@dataclass(slots=True)
class Thread:
    """A message, note or line of history."""

    id: int
    type: str
    status: str
    state: str
    action: str
    text: str  # the sentence of the action
    body: str | None
    source: tuple[str, str]  # type, via
    customer_id: int | None
    created_by: tuple[PersonType, int]
    assigned_to: int | None
    to: list[str]
    cc: list[str]
    bcc: list[str]
    created_at: str
    attachments: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Conversation:
    """A conversation. `assignee` is stored as it was sent, known or not."""

    id: int
    type: str
    subject: str
    mailbox_id: int
    customer_id: int
    created_by: tuple[PersonType, int]
    source: tuple[str, str]
    created_at: str
    updated_at: str
    status: str = "active"
    state: str = "published"
    assignee: int | None = None
    preview: str = ""
    closed_by: int | None = None
    closed_at: str | None = None
    user_updated_at: str | None = None
    last_reply_at: str | None = None
    last_reply_from: str = ""
    cc: list[str] = field(default_factory=list)
    bcc: list[str] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    fields: dict[int, str] = field(default_factory=dict)
    threads: list[Thread] = field(default_factory=list)
    merged_replies: int = 0  # what the counter keeps after a merge took the threads away

    @property
    def replies(self) -> int:
        """What `threadsCount` counts: published messages of customers and agents."""
        counted = {"customer", "message"}
        here = sum(t.type in counted and t.state == "published" for t in self.threads)
        return here + self.merged_replies


class Data:
    """The tables. Callers hold the server's lock."""

    def __init__(self, clock: Callable[[], datetime], url: Callable[[], str]) -> None:
        self.clock = clock
        self.url = url
        self._ids: dict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))
        self.users: dict[int, User] = {}
        self.customers: dict[int, Customer] = {}
        self.by_email: dict[str, int] = {}
        self.mailboxes: dict[int, Row] = {}
        self.folders: dict[int, Row] = {}
        self.conversations: OrderedDict[int, Conversation] = OrderedDict()  # last changed last
        self.by_customer: dict[int, list[int]] = defaultdict(list)
        self.tag_rows: dict[int, Row] = {}
        self.custom_fields: dict[int, Row] = {}  # id: the API's row and `mailbox_id`
        self.webhooks: dict[int, Row] = {}
        self.timelogs: dict[int, list[Row]] = defaultdict(list)
        self.files: dict[int, tuple[str, str, bytes]] = {}
        self.mails: list[Mail] = []

    def now(self) -> str:
        """The present instant as the API writes it."""
        return stamp(self.clock())

    def next_id(self, table: str) -> int:
        """The next id of a table."""
        return next(self._ids[table])

    # mailboxes and people --------------------------------------------------------------------

    def add_mailbox(self, name: str, email: str) -> Row:
        """Create a mailbox with its shared folders."""
        now = self.now()
        row: Row = {
            "id": self.next_id("mailbox"),
            "name": name,
            "email": email,
            "createdAt": now,
            "updatedAt": now,
        }
        self.mailboxes[row["id"]] = row
        for title, kind in FOLDERS:
            self._add_folder(row["id"], title, kind, None)
        for user in self.users.values():
            if user.role == "admin":
                self._personal_folders(user, row["id"])
        return row

    def _add_folder(self, mailbox: int, title: str, kind: int, user: int | None) -> None:
        number = self.next_id("folder")
        self.folders[number] = {
            "id": number,
            "name": title,
            "type": kind,
            "userId": user,
            "mailbox_id": mailbox,
        }

    def _personal_folders(self, user: User, mailbox: int) -> None:
        self._add_folder(mailbox, "Mine", 20, user.id)
        self._add_folder(mailbox, "Starred", 25, user.id)

    def folder_of(self, conversation: Conversation) -> int:
        """The shared folder a conversation lies in."""
        kind = 40 if conversation.assignee else 1
        if conversation.status in {"closed", "spam"}:
            kind = 60 if conversation.status == "closed" else 80
        if conversation.state == "draft":
            kind = 30
        if conversation.state == "deleted":
            kind = 70
        for row in self.folders.values():
            if row["mailbox_id"] == conversation.mailbox_id and row["type"] == kind:
                return int(row["id"])
        return 0

    def add_user(self, name: str, email: str, role: str, mailboxes: set[int]) -> User:
        """Create a user with access to these mailboxes."""
        first, _, last = name.partition(" ")
        now = self.now()
        user = User(self.next_id("user"), first, last, email, role, now, now, mailboxes)
        self.users[user.id] = user
        visible = self.mailboxes if role == "admin" else mailboxes
        for mailbox in sorted(visible):
            self._personal_folders(user, mailbox)
        return user

    def user_by_email(self, email: str) -> User | None:
        """A user by address; deleted ones carry another."""
        return next((u for u in self.users.values() if u.email.lower() == email.lower()), None)

    def add_customer(
        self, email: str | None, first: str | None = None, last: str | None = None
    ) -> Customer:
        """Create a customer."""
        now = self.now()
        emails = [(self.next_id("email"), email)] if email else []
        number = self.next_id("customer")
        customer = Customer(number, first, last, emails, [], now, now)
        self.customers[number] = customer
        if email:
            self.by_email[email.lower()] = number
        return customer

    def customer_by_email(self, email: str) -> Customer | None:
        """A customer by any of their addresses."""
        number = self.by_email.get(email.lower())
        return self.customers[number] if number else None

    def person_name(self, who: tuple[PersonType, int]) -> str:
        """How sentences of history call somebody."""
        kind, number = who
        if kind == "user":
            user = self.users.get(number)
            return user.name if user else ""
        return self.customers[number].name

    # conversations ---------------------------------------------------------------------------

    def conversation(self, number: int | None) -> Conversation:
        """A conversation by id, or 404."""
        if number is None or number not in self.conversations:
            raise Problem(404, "Not Found")
        return self.conversations[number]

    def touch(self, conversation: Conversation) -> None:
        """Move `updatedAt`."""
        conversation.updated_at = self.now()
        self.conversations.move_to_end(conversation.id)

    def tag_named(self, name: str) -> Row | None:
        """A tag as the database compares it: without case and accents."""
        wanted = fold(name)
        return next((row for row in self.tag_rows.values() if fold(row["name"]) == wanted), None)

    def add_tag_row(self, name: str) -> Row:
        """Create a tag."""
        number = self.next_id("tag")
        self.tag_rows[number] = {"id": number, "name": name, "counter": 0, "color": 0}
        return self.tag_rows[number]

    def fields_of(self, mailbox: int) -> list[Row]:
        """The custom fields of a mailbox."""
        return [row for row in self.custom_fields.values() if row["mailbox_id"] == mailbox]


def number_in(text: object) -> int | None:
    """An id as the database casts it: `2abc` is 2, `abc` is nothing."""
    if isinstance(text, bool) or text is None:
        return None
    if isinstance(text, int):
        return text
    digits = "".join(itertools.takewhile(str.isdigit, str(text).strip()))
    return int(digits) if digits else None
