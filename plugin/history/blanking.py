"""A past without names, addresses and texts: what may be put into a bug report.

Instants, states, groups and who did what when are left; people become `Customer 1` and `Agent 2`, the same
person the same name throughout. Every word becomes an x. With `KeptWords` those a rule looks for stay, so
that the rules do what they did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from plugin.domain.folding import fold
from plugin.domain.past import Past, Staff, TagChange
from plugin.domain.ticket import (
    Agent,
    Change,
    EarlierTicket,
    Message,
    Person,
    Role,
    Ticket,
)

_WORD = re.compile(r"[^\W_]+")
_KINDS = {Role.AGENT: "Agent", Role.CUSTOMER: "Customer", Role.SYSTEM: "System"}
_NOWHERE = "example.invalid"
_OPEN_END = "*"
_ESCAPE = re.compile(r"\\[a-zA-Z]")
_INSIDE = "contains"


@dataclass(frozen=True, slots=True)
class KeptWords:
    """Words of the file that stay. `beginnings` stand for every word that begins so, `parts` for
    every word that has them inside, `values` for whole values: tags, domains, organisations.
    """

    words: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    values: frozenset[str] = frozenset()

    @classmethod
    def of(cls, texts: Iterator[str]) -> KeptWords:
        """The words of all these texts of a file, in all spellings that are looked for."""
        words: set[str] = set()
        beginnings: set[str] = set()
        parts: set[str] = set()
        values: set[str] = set()
        for text in texts:
            values.add(fold(text.strip()))
            # In a regular expression a letter behind a backslash is no part of a word.
            for part in _ESCAPE.sub(" ", text).split():
                known = beginnings if part.endswith(_OPEN_END) else words
                known = parts if part.startswith(_OPEN_END) else known
                known.update(fold(word) for word in _WORD.findall(part))
        return cls(
            frozenset(words), tuple(sorted(beginnings)), tuple(sorted(parts)), frozenset(values)
        )

    def keeps(self, word: str) -> bool:
        """True for a word a rule may look for."""
        folded = fold(word)
        return (
            folded in self.words
            or (bool(self.beginnings) and folded.startswith(self.beginnings))
            or any(part in folded for part in self.parts)
        )

    def keeps_value(self, value: str) -> bool:
        """True for a whole value the file names."""
        return fold(value.strip()) in self.values


NOTHING = KeptWords()


def texts_of(tree: object) -> Iterator[str]:
    """Every text below a part of the file, its keys left out.

    What may stand inside a word has a star before each of its own.
    """
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, Mapping):
        for key, value in tree.items():
            inside = str(key) == _INSIDE
            for text in texts_of(value):
                yield " ".join(f"*{word}" for word in text.split()) if inside else text
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from texts_of(value)


def conditions_of(root: Mapping[str, Any]) -> Iterator[str]:
    """Every text the conditions of a file look for."""
    for section in ("rules", "sla"):
        for entry in root.get(section) or ():
            if isinstance(entry, Mapping):
                yield from texts_of(entry.get("when"))
    for row in root.get("matrix") or ():
        yield from texts_of(row)


def blank(past: Past, staff: Staff, kept: KeptWords = NOTHING) -> tuple[Past, Staff]:
    """The past and the people, with everything private replaced."""
    veil = _Veil(kept)
    ticket = past.ticket
    customer = veil.person(ticket.customer)
    bare = replace(
        ticket,
        number=str(ticket.ref.id),
        url="",
        subject=veil.text(ticket.subject),
        owner=veil.maybe(ticket.owner),
        customer=customer,
        tags=frozenset(veil.tag(tag) for tag in sorted(ticket.tags)),
        fields={name: veil.value(value) for name, value in ticket.fields.items()},
        messages=tuple(veil.message(one) for one in ticket.messages),
        history=None
        if ticket.history is None
        else tuple(veil.change(row) for row in ticket.history),
        customer_tickets=_bare_tickets(ticket),
        extra={},
    )
    tagging = past.tagging
    return (
        replace(
            past,
            ticket=bare,
            tagging=None if tagging is None else tuple(veil.tagging(one) for one in tagging),
        ),
        veil.staff(staff),
    )


@dataclass
class _Veil:
    """Replaces, and remembers by what."""

    kept: KeptWords
    _people: dict[tuple[str, object], str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _tags: dict[str, str] = field(default_factory=dict)
    _organizations: dict[str, str] = field(default_factory=dict)

    def text(self, text: str) -> str:
        return _WORD.sub(lambda found: found[0] if self.kept.keeps(found[0]) else "x", text)

    def maybe(self, person: Person | None) -> Person | None:
        return None if person is None else self.person(person)

    def person(self, person: Person) -> Person:
        name = self._name(person)
        address = ""
        if person.email:
            domain = person.domain if self.kept.keeps_value(person.domain) else _NOWHERE
            address = f"{name.replace(' ', '-').lower()}@{domain}"
        organization = person.organization
        return replace(
            person,
            name=name if person.name else "",
            email=address,
            login=address if person.login else "",
            organization=None if organization is None else self._organization(organization),
        )

    def _name(self, person: Person) -> str:
        known = person.id if person.id is not None else person.email.lower()
        who = (person.role.value, known)
        if who not in self._people:
            kind = _KINDS[person.role]
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._people[who] = f"{kind} {self._counts[kind]}"
        return self._people[who]

    def _organization(self, name: str) -> str:
        if self.kept.keeps_value(name):
            return name
        number = len(self._organizations) + 1
        return self._organizations.setdefault(name, f"Organization {number}")

    def tag(self, tag: str) -> str:
        if self.kept.keeps_value(tag):
            return tag
        return self._tags.setdefault(tag, f"tag-{len(self._tags) + 1}")

    def value(self, value: object) -> object:
        """A custom field's value: only what the file names, yes and no are left."""
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, str):
            return value if self.kept.keeps_value(value) else self.text(value)
        if isinstance(value, int | float):
            return value if self.kept.keeps_value(str(value)) else 0
        if isinstance(value, list | tuple):
            return [self.value(one) for one in value]
        return None

    def message(self, message: Message) -> Message:
        return replace(
            message,
            author=self.person(message.author),
            text=self.text(message.text),
            subject=self.text(message.subject),
            fresh=None if message.fresh is None else self.text(message.fresh),
            mark=None,
            remote_id=None,
        )

    def change(self, row: Change) -> Change:
        return replace(row, by=self.maybe(row.by))

    def tagging(self, one: TagChange) -> TagChange:
        return replace(one, tag=self.tag(one.tag), by=self.maybe(one.by))

    def staff(self, staff: Staff) -> Staff:
        return replace(
            staff,
            agents={
                group: tuple(self._agent(agent) for agent in agents)
                for group, agents in staff.agents.items()
            },
            me=self.maybe(staff.me),
        )

    def _agent(self, agent: Agent) -> Agent:
        return replace(agent, person=self.person(agent.person))


def _bare_tickets(ticket: Ticket) -> tuple[EarlierTicket, ...] | None:
    if ticket.customer_tickets is None:
        return None
    return tuple(replace(one, number=str(one.id), url="") for one in ticket.customer_tickets)
