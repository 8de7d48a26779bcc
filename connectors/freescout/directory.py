"""Who and what there is in a FreeScout: ourselves, mailboxes, users and what they may open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from threading import Lock
from typing import Any

from connectors.freescout import listing, words
from connectors.freescout.people import Record, is_deleted, is_robot, person
from connectors.http import Api
from connectors.naming import pick
from connectors.remembered import Remembered
from connectors.shapes import day, integer, mapping, text
from plugin import clock
from plugin.domain.errors import Refused, TicketGone
from plugin.domain.helpdesk import Ability
from plugin.domain.settings import HelpdeskSettings
from plugin.domain.standing_for import settable
from plugin.domain.ticket import Absence, Agent, Group, Person, Priority, Role

_MINUTE = 60.0
_MOST_CUSTOMERS = 2000


class Directory:
    """The lists of one installation, remembered for minutes; shared by all threads."""

    def __init__(self, api: Api, settings: HelpdeskSettings) -> None:
        self._api = api
        self._settings = settings
        self._me = Remembered(self._load_me, 10 * _MINUTE)
        self._mailboxes = Remembered(self._load_mailboxes, 10 * _MINUTE)
        self._users = Remembered(self._load_users, 5 * _MINUTE)
        self._missing = Remembered(self._probe, 10 * _MINUTE)
        self._access: dict[int, Remembered[frozenset[int]]] = {}
        self._customers: dict[int, Remembered[Record]] = {}
        self._lock = Lock()

    def forget(self) -> None:
        """Ask everything anew."""
        for remembered in (self._me, self._mailboxes, self._users, self._missing):
            remembered.forget()
        with self._lock:
            self._access.clear()
            self._customers.clear()

    def me(self) -> Record:
        """The user Deskladder acts as; the API itself has no users, only a key."""
        return self._me.get()

    def my_id(self) -> int:
        """The id of that user."""
        return integer(self.me().get("id")) or 0

    def book(self, mailbox_id: int | None = None) -> words.Book:
        """What things are called; a mailbox nobody has seen makes the list be asked for again."""
        mailboxes = self._mailboxes.get()
        if mailbox_id is not None and mailbox_id not in mailboxes:
            mailboxes = self._mailboxes.reload()
        tags, column, values = priority_words(self._settings.options)
        return words.Book(
            me=self.my_id(),
            mailboxes={number: text(row.get("name")) for number, row in mailboxes.items()},
            own_addresses=frozenset(
                text(row.get("email")).lower() for row in mailboxes.values() if row.get("email")
            ),
            priority_tags={tag: priority for priority, tag in tags.items()},
            priority_field=column,
            priority_values={value: priority for priority, value in values.items()},
        )

    def groups(self) -> list[Group]:
        """The mailboxes, by name."""
        found = (Group(n, text(row.get("name"))) for n, row in self._mailboxes.get().items())
        return sorted(found, key=lambda group: group.name)

    def group(self, name: str) -> Group:
        """The mailbox of that name; raises `Refused` with the known names."""
        if all(group.name.casefold() != name.strip().casefold() for group in self.groups()):
            self._mailboxes.reload()
        return pick("mailbox", name, self.groups(), lambda group: group.name)

    def agents(self, mailbox_id: int | None) -> Sequence[Agent]:
        """The people who can work (in this mailbox): no deleted users, no robot, not ourselves."""
        me = self.my_id()
        return [
            self._agent(row)
            for number, row in self._users.get().items()
            if number != me and (mailbox_id is None or self.may_open(number, mailbox_id))
        ]

    def is_user(self, user_id: int) -> bool:
        """True for a user who exists and is a person."""
        return user_id in self._users.get() or user_id in self._users.reload()

    def may_open(self, user_id: int, mailbox_id: int) -> bool:
        """Whether a user has access to a mailbox. FreeScout itself checks nothing on assigning."""
        with self._lock:
            remembered = self._access.setdefault(
                user_id, Remembered(lambda: self._load_access(user_id), 5 * _MINUTE)
            )
        return mailbox_id in remembered.get()

    def customer(self, short: Record) -> Person:
        """A customer with what the full record adds; the short one when there is no more."""
        number = integer(short.get("id"))
        if number is None:
            return person(short, Role.CUSTOMER)
        with self._lock:
            if len(self._customers) >= _MOST_CUSTOMERS:
                self._customers.clear()
            remembered = self._customers.setdefault(
                number,
                Remembered(lambda: self._api.get(f"/customers/{number}").object(), 15 * _MINUTE),
            )
        try:
            full = remembered.get()
        except Refused:
            return person(short, Role.CUSTOMER)
        known = {key: value for key, value in short.items() if value}
        return person({**full, **known}, Role.CUSTOMER)

    def missing(self) -> Mapping[Ability, str]:
        """What this installation cannot do, with the remedy in words; probed."""
        return self._missing.get()

    def priorities(self) -> frozenset[Priority]:
        """Those that a tag or a value stands for; those below high need no tag."""
        tags, _, values = priority_words(self._settings.options)
        return settable(tags or values, may_be_unmarked=bool(tags))

    def field_id(self, mailbox_id: int, name: str) -> tuple[int, Mapping[str, Any]]:
        """The id of a custom field and the choices it has (value → text; empty for free text)."""
        path = f"/mailboxes/{mailbox_id}/custom_fields"
        listed = listing.everything(self._api, path, "custom_fields")
        row = pick("custom field", name, listed, lambda row: text(row.get("name")))
        return integer(row.get("id")) or 0, mapping(row.get("options"))

    def _load_me(self) -> Record:
        wanted = self._settings.service_user.strip().casefold()
        for row in listing.everything(
            self._api, "/users", "users", {"email": self._settings.service_user.strip()}
        ):
            if text(row.get("email")).casefold() == wanted and integer(row.get("id")):
                return row
        raise Refused(
            f"FreeScout has no user {self._settings.service_user!r}: create a user for Deskladder with "
            "access to its mailboxes and give that e-mail address as service_user"
        )

    def _load_mailboxes(self) -> dict[int, Record]:
        listed = listing.everything(self._api, "/mailboxes", "mailboxes")
        return {number: row for row in listed if (number := integer(row.get("id")))}

    def _load_users(self) -> dict[int, Record]:
        listed = listing.everything(self._api, "/users", "users")
        return {
            number: row
            for row in listed
            if (number := integer(row.get("id"))) and not is_deleted(row) and not is_robot(row)
        }

    def _load_access(self, user_id: int) -> frozenset[int]:
        listed = listing.everything(self._api, "/mailboxes", "mailboxes", {"userId": user_id})
        return frozenset(number for row in listed if (number := integer(row.get("id"))))

    def _agent(self, row: Record) -> Agent:
        return Agent(
            person(row, Role.AGENT),
            absence=absence_of(text(row.get("email")), self._settings.options, clock.now().date()),
        )

    def _probe(self) -> Mapping[Ability, str]:
        options = self._settings.options
        found = {
            Ability.SUBSCRIBE: "FreeScout has no followers in its API; use a note or notify instead",
            Ability.VIP: "FreeScout knows no VIP customers; use a tag or a mailbox of their own",
        }
        if not self._works("/tags", {"pageSize": 1}):
            found[Ability.TAG] = "activate the Tags module in FreeScout (Manage » Modules)"
        mailboxes = self._mailboxes.get()
        if not mailboxes or not self._works(f"/mailboxes/{min(mailboxes)}/custom_fields"):
            found[Ability.FIELD] = "activate the Custom Fields module in FreeScout"
        if not options.get("absent"):
            found[Ability.ABSENCE] = (
                "FreeScout knows no absences; list them under absent: in this helpdesk's settings"
            )
        tags, column, _ = priority_words(options)
        if not tags and not column:
            found[Ability.PRIORITY] = (
                "FreeScout has no priorities; name tags or a custom field under priority: in this "
                "helpdesk's settings"
            )
        elif needed := found.get(Ability.FIELD if column else Ability.TAG):
            found[Ability.PRIORITY] = needed
        return found

    def _works(self, path: str, params: Mapping[str, object] | None = None) -> bool:
        try:
            self._api.get(path, params)
        except TicketGone:
            raise
        except Refused:
            return False
        return True


def priority_words(
    options: Mapping[str, Any],
) -> tuple[dict[Priority, str], str, dict[Priority, str]]:
    """Read `options["priority"]`: our words → tags, or a field's name and our words → its values.

    Tags are compared as FreeScout keeps them: in lower case.
    """
    told = mapping(options.get("priority"))
    tags = {
        Priority.from_word(str(word)): str(tag).strip().lower()
        for word, tag in mapping(told.get("tags")).items()
    }
    values = {Priority.from_word(str(w)): str(v) for w, v in mapping(told.get("values")).items()}
    return tags, text(told.get("field")), values


def absence_of(email: str, options: Mapping[str, Any], today: date) -> Absence | None:
    """The absence of a person that is on or comes next, from `options["absent"]`."""
    spans = sorted(
        (first, last)
        for entry in options.get("absent") or ()
        if text(entry.get("who")).casefold() == email.casefold()
        and (first := day(entry.get("from")))
        and (last := day(entry.get("to")))
        and last >= today
    )
    return Absence(*spans[0]) if spans else None
