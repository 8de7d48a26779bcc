"""A helpdesk in memory that works: the port's promises and nothing of any host's quirks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from plugin.domain.errors import DeskladderError, Refused, TicketGone
from plugin.domain.helpdesk import Ability, Glimpse, Need, Whoami
from plugin.domain.ticket import (
    Agent,
    EarlierTicket,
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

NOON = datetime(2026, 12, 3, 12, 0, tzinfo=UTC)

FRONT, FINANCE = Group(1, "1st Level"), Group(2, "Finance")
NEW, OPEN = State("new", StateType.NEW), State("open", StateType.OPEN)
PENDING = State("pending reminder", StateType.PENDING_REMINDER)
CLOSED = State("closed", StateType.CLOSED)

GUEST = Person(90, Role.CUSTOMER, name="Gerda Gast", email="gerda@guest.example")
ROBOT = Person(9, Role.AGENT, name="Deskladder", email="deskladder@example.com")
ANA = Person(11, Role.AGENT, name="Ana Alba", email="ana@example.com", login="ana")
BEN = Person(12, Role.AGENT, name="Ben Berg", email="ben@example.com", login="ben")
MARTA = Person(13, Role.AGENT, name="Marta Maas", email="marta@example.com", login="marta")


def a_message(message_id: int = 1, **changes: object) -> Message:
    """A customer's mail, unless told otherwise."""
    message = Message(
        id=message_id,
        kind=MessageKind.CUSTOMER,
        author=GUEST,
        created_at=NOON,
        text="The invoice for my last stay is wrong again.",
    )
    return replace(message, **changes)  # type: ignore[arg-type]


def a_ticket(**changes: object) -> Ticket:
    """A new ticket of a guest, in 1st Level, owned by nobody."""
    ticket = Ticket(
        ref=TicketRef("support", 7),
        number="70007",
        url="https://help.example.com/#ticket/zoom/7",
        subject="Invoice 4711",
        state=NEW,
        priority=Priority.NORMAL,
        group=FRONT,
        owner=None,
        customer=GUEST,
        channel="email",
        created_at=NOON,
        updated_at=NOON,
        messages=(a_message(),),
    )
    return replace(ticket, **changes)  # type: ignore[arg-type]


@dataclass
class FakeHelpdesk:
    """Keeps tickets by id and does what the port says.

    `access` maps a group's name to the agents who may own its tickets. `notes` and `replies` hold
    (ticket id, HTML, mark). `fail` is raised by the next call that writes, once; with
    `fail_after` the write has its effect first.
    """

    name: str = "support"
    type: str = "fake"
    tickets: dict[int, Ticket] = field(default_factory=dict)
    access: Mapping[str, Sequence[Agent]] = field(
        default_factory=lambda: {
            "1st Level": [Agent(ANA), Agent(MARTA)],
            "Finance": [Agent(ANA), Agent(BEN), Agent(MARTA)],
        }
    )
    notes: list[tuple[int, str, str]] = field(default_factory=list)
    replies: list[tuple[int, str, str]] = field(default_factory=list)
    subscribers: dict[int, set[int]] = field(default_factory=dict)
    fail: DeskladderError | None = None
    fail_after: bool = False
    calls: list[str] = field(default_factory=list)

    def hold(self, ticket: Ticket) -> Ticket:
        """Keep a ticket, as if the helpdesk had it."""
        self.tickets[ticket.ref.id] = ticket
        return ticket

    # Reading --------------------------------------------------------------------------------

    def whoami(self) -> Whoami:
        return Whoami(ROBOT, "fake", frozenset(Ability))

    def read(self, ticket_id: int, needs: frozenset[Need] = frozenset()) -> Ticket:
        if ticket_id not in self.tickets:
            raise TicketGone(f"no ticket {ticket_id}")
        return self.tickets[ticket_id]

    def changed_since(self, since: datetime) -> Iterable[Glimpse]:
        return [one for one in self.sweep() if one.updated_at >= since]

    def sweep(self) -> Iterable[Glimpse]:
        return [
            Glimpse(one.ref.id, one.updated_at, one.tags)
            for one in self.tickets.values()
            if not one.is_closed
        ]

    def customer_tickets(self, customer: Person, since: datetime) -> Sequence[EarlierTicket]:
        return [
            EarlierTicket(
                one.ref.id, one.number, one.created_at, one.url, one.owner.id if one.owner else None
            )
            for one in self.tickets.values()
            if one.customer.id == customer.id and one.created_at >= since
        ]

    def groups(self) -> Sequence[Group]:
        return [FRONT, FINANCE]

    def agents(self, group: Group | None = None) -> Sequence[Agent]:
        if group is not None:
            return self.access.get(group.name, ())
        everybody = [agent for agents in self.access.values() for agent in agents]
        return list({agent.person.id: agent for agent in everybody}.values())

    def states(self) -> Sequence[State]:
        return [NEW, OPEN, PENDING, CLOSED]

    def find_agent(self, who: str) -> Agent | None:
        wanted = who.lower()
        for agent in self.agents():
            if wanted in {agent.person.email, agent.person.login}:
                return agent
        return None

    def open_tickets(self, agents: Sequence[Agent]) -> Mapping[int, int]:
        owned = [one.owner.id for one in self.tickets.values() if one.owner and not one.is_closed]
        return {agent.person.id or 0: owned.count(agent.person.id) for agent in agents}

    # Writing --------------------------------------------------------------------------------

    def add_tags(self, ticket: Ticket, tags: Sequence[str]) -> None:
        held = self.tickets[ticket.ref.id]
        self._change("add_tags", ticket, tags=held.tags | set(tags))

    def remove_tags(self, ticket: Ticket, tags: Sequence[str]) -> None:
        held = self.tickets[ticket.ref.id]
        self._change("remove_tags", ticket, tags=held.tags - set(tags))

    def set_priority(self, ticket: Ticket, priority: Priority) -> None:
        self._change("set_priority", ticket, priority=priority)

    def set_group(self, ticket: Ticket, group: str) -> None:
        found = {one.name: one for one in self.groups()}.get(group)
        if found is None:
            raise Refused(f"no group {group!r}")
        owner = self.tickets[ticket.ref.id].owner
        allowed = {agent.person.id for agent in self.agents(found)}
        kept = owner if owner and owner.id in allowed else None
        self._change("set_group", ticket, group=found, owner=kept)

    def set_owner(self, ticket: Ticket, agent: Agent | None) -> None:
        self._change("set_owner", ticket, owner=agent.person if agent else None)

    def set_state(self, ticket: Ticket, state: str, pending_until: datetime | None = None) -> None:
        found = {one.name: one for one in self.states()}[state]
        self._change("set_state", ticket, state=found, pending_until=pending_until)

    def set_field(self, ticket: Ticket, name: str, value: str) -> None:
        held = self.tickets[ticket.ref.id]
        self._change("set_field", ticket, fields={**held.fields, name: value})

    def add_note(self, ticket: Ticket, html: str, mark: str) -> int:
        return self._post("add_note", self.notes, ticket, html, mark)

    def add_reply(self, ticket: Ticket, html: str, mark: str) -> int:
        return self._post("add_reply", self.replies, ticket, html, mark)

    def find_mark(self, ticket_id: int, mark: str) -> int | None:
        for number, posted in enumerate([*self.notes, *self.replies], 1000):
            if posted[0] == ticket_id and posted[2] == mark:
                return number
        return None

    def subscribe(self, ticket: Ticket, agent: Agent) -> None:
        self._fail_or_note("subscribe")
        self.subscribers.setdefault(ticket.ref.id, set()).add(agent.person.id or 0)

    def close(self) -> None:
        self.calls.append("close")

    def _change(self, call: str, ticket: Ticket, **changes: object) -> None:
        if not self.fail_after:
            self._fail_or_note(call)
        held = self.tickets[ticket.ref.id]
        self.tickets[ticket.ref.id] = replace(held, **changes)  # type: ignore[arg-type]
        if self.fail_after:
            self._fail_or_note(call)

    def _post(
        self, call: str, posts: list[tuple[int, str, str]], ticket: Ticket, html: str, mark: str
    ) -> int:
        if not self.fail_after:
            self._fail_or_note(call)
        posts.append((ticket.ref.id, html, mark))
        if self.fail_after:
            self._fail_or_note(call)
        return 999 + len(self.notes) + len(self.replies)

    def _fail_or_note(self, call: str) -> None:
        self.calls.append(call)
        if self.fail is not None:
            problem, self.fail = self.fail, None
            raise problem


@dataclass
class FakeTurns:
    """Turns in one list, the newest last: (key, pool, person)."""

    given: list[tuple[str, str, str]] = field(default_factory=list)

    def take(self, key: str, pool: str, candidates: Sequence[str]) -> str:
        """What `Storing.take_turn` promises."""
        before = next((person for known, _, person in self.given if known == key), "")
        if not candidates or before in candidates:
            return before
        last = {person: place for place, (_, of, person) in enumerate(self.given) if of == pool}
        person = min(candidates, key=lambda one: last.get(one, -1))
        self.given = [one for one in self.given if one[0] != key] + [(key, pool, person)]
        return person
