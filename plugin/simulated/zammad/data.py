"""Everything a simulated Zammad holds, with the indexes that make 2 000 tickets quick."""

from __future__ import annotations

import itertools
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache

from plugin.simulated.mails import Mail
from plugin.simulated.problems import Problem
from plugin.simulated.zammad import rows
from plugin.simulated.zammad.rows import NOBODY, Row

Clock = Callable[[], datetime]


def stamp(at: datetime) -> str:
    """An instant as Zammad writes it: UTC with milliseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


class Data:
    """The tables. Rows are dicts with exactly the API's columns; callers hold the server's lock."""

    def __init__(self, clock: Clock, url: Callable[[], str]) -> None:
        self.clock = clock
        self.url = url
        at = self.now()
        self._ids: dict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))
        self.states = rows.states(at)
        self.priorities = rows.priorities(at)
        self.roles = rows.roles(at)
        self.addresses: dict[int, tuple[str, str]] = {}  # id: display name, address
        self.groups: dict[int, Row] = {}
        self.users: dict[int, Row] = {}
        self.passwords: dict[int, str] = {}
        self.organizations: dict[int, Row] = {}
        self.tickets: OrderedDict[int, Row] = OrderedDict()  # the last changed one last
        self.by_number: dict[str, int] = {}
        self.by_customer: dict[int, list[int]] = defaultdict(list)
        self.articles: dict[int, Row] = {}
        self.articles_of: dict[int, list[int]] = defaultdict(list)
        self.files: dict[int, tuple[str, str, bytes]] = {}  # attachment id: name, type, content
        self.tags: dict[int, list[str]] = defaultdict(list)
        self.tag_items: dict[str, int] = {}
        self.history: dict[int, list[Row]] = defaultdict(list)
        self.mentions: dict[int, Row] = {}
        self.links: list[Row] = []
        self.tables: dict[str, dict[int, Row]] = defaultdict(dict)  # calendars, slas, webhooks, …
        self.tokens: dict[str, Row] = {}
        self.deleted: set[int] = set()
        self.mails: list[Mail] = []
        self._by_login: dict[str, int] = {}
        self._add_user_row(rows.user(self.next_id("User"), "-", "-", "", at))

    # ids, time -------------------------------------------------------------------------------

    def now(self) -> str:
        """The present instant as the API writes it."""
        return stamp(self.clock())

    def next_id(self, table: str) -> int:
        """The next id of a table."""
        return next(self._ids[table])

    # people ----------------------------------------------------------------------------------

    def _add_user_row(self, row: Row) -> int:
        self.users[row["id"]] = row
        self._by_login[row["login"].lower()] = row["id"]
        return int(row["id"])

    def add_user(self, name: str, email: str, roles: list[int]) -> Row:
        """Create a person with these roles."""
        first, _, last = name.partition(" ")
        row = rows.user(self.next_id("User"), email.lower(), first, last, self.now())
        row["role_ids"] = roles
        if rows.AGENT_ROLE in roles:
            row["preferences"] = rows.NOTIFICATIONS
        self._add_user_row(row)
        return row

    def find_user(self, login: str) -> Row | None:
        """A person by login, case aside (the login is the address here)."""
        number = self._by_login.get(login.strip().lower())
        return self.users[number] if number else None

    def user(self, number: int) -> Row:
        """A person by id, or the error the API gives."""
        if number not in self.users:
            raise Problem(404, f"Couldn't find User with 'id'={number}")
        return self.users[number]

    def full_name(self, number: int) -> str:
        """First and last name."""
        row = self.users[number]
        return f"{row['firstname']} {row['lastname']}".strip()

    def login(self, number: int | None) -> str | None:
        """The login that stands for a person in expanded answers."""
        return str(self.users[number]["login"]) if number in self.users else None

    def is_agent(self, number: int) -> bool:
        """True for somebody with the role Agent (or Admin, who has both here)."""
        return self.has_permission(number, "ticket.agent")

    def has_permission(self, number: int, permission: str) -> bool:
        """True when a role of that person grants it or a parent of it."""
        return _grant(tuple(self.users[number]["role_ids"]), permission)

    def permissions_of_role(self, role: int) -> tuple[str, ...]:
        """The names of a role's permissions; roles made later are agents."""
        return _permissions_of(role)

    def access(self, number: int, group: int) -> set[str]:
        """What a person may do in a group, directly or through a role; `full` is everything."""
        user = self.users[number]
        found = set(user["group_ids"].get(str(group), ()))
        for role in user["role_ids"]:
            found |= set(self.roles[role]["group_ids"].get(str(group), ()))
        return found

    def may(self, number: int, ticket: Row, right: str) -> bool:
        """True when that person may read, change … that ticket."""
        if self.is_agent(number):
            return bool(self.access(number, ticket["group_id"]) & {"full", right})
        return bool(ticket["customer_id"] == number)

    def may_own(self, number: int, group: int) -> bool:
        """Zammad's owner rule: active, an agent, and full access to the group."""
        user = self.users.get(number)
        if number == NOBODY:
            return True
        return bool(
            user
            and user["active"]
            and self.is_agent(number)
            and "full" in self.access(number, group)
        )

    # groups ----------------------------------------------------------------------------------

    def add_group(self, name: str, address: str | None, sender: str | None = None) -> Row:
        """Create a group; two groups may share an address."""
        number = None
        if address:
            known = {mail: key for key, (_, mail) in self.addresses.items()}
            number = known.get(address) or self.next_id("EmailAddress")
            self.addresses.setdefault(number, (sender or name, address))
        row = rows.group(self.next_id("Group"), name, number, self.now())
        self.groups[row["id"]] = row
        return row

    def group_named(self, name: str) -> Row | None:
        """A group by its exact name."""
        return next((row for row in self.groups.values() if row["name"] == name), None)

    def members(self, group: int) -> list[int]:
        """Who has direct rights, once per right: the doubles of the real answer included."""
        return [
            number
            for number in sorted(number for number, user in self.users.items() if user["group_ids"])
            for _ in self.users[number]["group_ids"].get(str(group), ())
        ]

    def add_organization(self, name: str, domain: str) -> Row:
        """Create a company."""
        row = rows.organization(self.next_id("Organization"), name, domain, self.now())
        self.organizations[row["id"]] = row
        return row

    def set_absence(
        self, number: int, first: date | None, last: date | None, replacement: int | None
    ) -> None:
        """Set or clear out-of-office; the dates are inclusive."""
        self.users[number].update(
            out_of_office=first is not None,
            out_of_office_start_at=first.isoformat() if first else None,
            out_of_office_end_at=last.isoformat() if last else None,
            out_of_office_replacement_id=replacement,
        )

    # tickets ---------------------------------------------------------------------------------

    def ticket(self, number: int) -> Row:
        """A ticket by id, or the error the API gives."""
        if number not in self.tickets:
            raise Problem(404, f"Couldn't find Ticket with 'id'={number}")
        return self.tickets[number]

    def touch(self, ticket: Row, by: int | None = None) -> None:
        """Move `updated_at`, and `updated_by_id` when somebody is named."""
        ticket["updated_at"] = self.now()
        if by is not None:
            ticket["updated_by_id"] = by
        self.tickets.move_to_end(ticket["id"])

    def log(
        self,
        ticket_id: int,
        kind: str,
        by: int,
        *,
        attribute: str | None = None,
        value_from: str | None = None,
        value_to: str | None = None,
        ids: tuple[int, int] | None = None,
        article: int | None = None,
    ) -> None:
        """Add a line of history, with the columns its kind has in the recorded answers."""
        row: Row = {"id": self.next_id("History")}
        updated = kind == "updated"
        if not updated:
            row["history_attribute_id"] = None
        row["o_id"] = article or ticket_id
        row["related_o_id" if article else "related_history_object_id"] = (
            ticket_id if article else None
        )
        if ids:
            row["id_to"], row["id_from"] = ids[1], ids[0]
        if kind != "created":
            row["value_from"], row["value_to"] = value_from, value_to
        row["created_by_id"], row["created_at"] = by, self.now()
        row["object"] = "Ticket::Article" if article else "Ticket"
        row["type"] = kind
        if attribute:
            if kind in {"added", "removed"}:
                row.pop("history_attribute_id", None)
            row["attribute"] = attribute
        if article:
            row["related_object"] = "Ticket"
        self.history[ticket_id].append(row)

    def subscribers(self, ticket_id: int) -> list[int]:
        """Who follows a ticket."""
        return [
            row["user_id"] for row in self.mentions.values() if row["mentionable_id"] == ticket_id
        ]


def _permissions_of(role: int) -> tuple[str, ...]:
    agent = rows.PERMISSIONS_OF_ROLE[rows.AGENT_ROLE]
    return rows.PERMISSIONS_OF_ROLE.get(role, agent)


@cache
def _grant(roles: tuple[int, ...], permission: str) -> bool:
    """Asked of every person at every read: thousands of customers have the same one role."""
    return any(covers(name, permission) for role in roles for name in _permissions_of(role))


def covers(granted: str, wanted: str) -> bool:
    """True when a permission is the wanted one or a parent of it."""
    return granted == wanted or wanted.startswith(granted + ".")


def as_id(value: object, fields: Mapping[str, object] | None = None) -> int | None:
    """An id from JSON: a number or its text; None for anything else."""
    del fields
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.strip().isdigit():
        return int(value)
    return None
