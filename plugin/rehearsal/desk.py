"""A helpdesk in memory for the tests of the file: it believes every name the file uses.

It keeps the port's promises and no host's quirks; whether a group or a person exists is for
`check --live` and `doctor` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta

from plugin.domain.dataclass import dataclass
from plugin.domain.errors import TicketGone
from plugin.domain.helpdesk import Ability, Glimpse, Need, Whoami
from plugin.domain.html import plain_text
from plugin.domain.scripted import Given
from plugin.domain.ticket import (
    Absence,
    Agent,
    Change,
    EarlierTicket,
    Group,
    Message,
    MessageKind,
    Person,
    Role,
    State,
    StateType,
    Ticket,
    TicketRef,
)

NUMBER = 1
_STATES = tuple(
    State(kind.value, kind)
    for kind in (
        StateType.NEW,
        StateType.OPEN,
        StateType.PENDING_REMINDER,
        StateType.PENDING_CLOSE,
        StateType.CLOSED,
    )
)
_EARLIER = 1000
_ROBOT = Person(1, Role.AGENT, "Deskladder", "deskladder@example.invalid")


@dataclass(slots=True)
class PaperDesk:
    """One ticket, the people and groups the file names, and whoever a test invents.

    `access` says by lower-case group who may own its tickets; a group without anybody has everybody.
    """

    name: str
    type: str
    now: datetime
    access: Mapping[str, Sequence[str]]
    absent: frozenset[str] = frozenset()
    ticket: Ticket | None = None
    language: str | None = None
    _people: dict[str, Agent] = field(default_factory=dict)
    _groups: dict[str, Group] = field(default_factory=dict)
    _earlier: tuple[EarlierTicket, ...] = ()
    _marks: dict[str, int] = field(default_factory=dict)

    def know_groups(self, names: Sequence[str]) -> None:
        """Groups are called as the file writes them."""
        for name in names:
            self._group(name)

    # What people do -------------------------------------------------------------------------

    def open(self, given: Given) -> TicketRef:
        """The customer writes for the first time."""
        about = dict(given.customer)
        email = str(about.pop("email", "customer@guest.example"))
        customer = Person(
            900, Role.CUSTOMER, str(about.pop("name", "Chris Customer")), email, email, **about
        )
        ref = TicketRef(self.name, NUMBER)
        self.language = given.language
        self._earlier = tuple(
            EarlierTicket(
                _EARLIER + day,
                str(_EARLIER + day),
                self.now - timedelta(days=day),
                f"https://helpdesk.example/{_EARLIER + day}",
            )
            for day in range(given.customer_tickets - 1, 0, -1)
        )
        owner = self.person(given.owner) if given.owner else None
        self.ticket = Ticket(
            ref=ref,
            number="10001",
            url="https://helpdesk.example/1",
            subject=given.subject or given.text.strip().split("\n")[0][:60],
            state=_STATES[0],
            priority=given.priority,
            group=self._group(given.group or next(iter(self.access), "Users")),
            owner=owner.person if owner else None,
            customer=customer,
            channel=given.channel,
            created_at=self.now,
            updated_at=self.now,
            tags=frozenset(given.tags),
            fields=dict(given.fields),
            history=(),
            language=given.language,
            states={state.name: state.type for state in _STATES},
        )
        self._say(MessageKind.CUSTOMER, customer, given.text, channel=given.channel)
        return ref

    def customer_writes(self, text: str, *, automatic: str | None = None) -> None:
        """A further message; it opens a closed ticket again."""
        ticket = self._open_ticket
        self._say(MessageKind.CUSTOMER, ticket.customer, text, automatic=automatic)
        if ticket.is_closed and automatic is None:
            self._set_state("open", ticket.customer)

    def agent_replies(self, who: str | None, text: str) -> None:
        """A public answer; a new ticket becomes open."""
        self._say(MessageKind.AGENT, self._by(who), text)
        self._touch()
        if self._open_ticket.state.type is StateType.NEW:
            self._set_state("open", self._by(who))

    def agent_notes(self, who: str | None, text: str) -> None:
        """An internal note."""
        self._say(MessageKind.NOTE, self._by(who), text, channel="note")
        self._touch()

    def agent_assigns(self, who: str | None, to: str) -> None:
        """A person takes the ticket or gives it to somebody."""
        owner = None if to.lower() == "nobody" else self.person(to).person
        self._change("owner", _id(self._open_ticket.owner), _id(owner), self._by(who), owner=owner)
        self._touch()

    def agent_moves(self, who: str | None, group: str) -> None:
        """A person moves the ticket to another group."""
        found = self._group(group)
        self._change("group", self._open_ticket.group.name, found.name, self._by(who), group=found)
        self._touch()

    def agent_tags(self, tag: str) -> None:
        """A person adds a tag."""
        self._set(tags=self._open_ticket.tags | {tag})

    def agent_untags(self, tag: str) -> None:
        """A person removes a tag."""
        self._set(tags=self._open_ticket.tags - {tag})

    def agent_sets_state(self, who: str | None, state: str) -> None:
        """A person closes, reopens or parks the ticket."""
        self._set_state(state, self._by(who))
        self._touch()

    def agent_prioritises(self, who: str | None, word: str) -> None:
        """A person sets the priority."""
        from plugin.domain.ticket import Priority

        before = self._open_ticket.priority
        after = Priority.from_word(word)
        self._change("priority", before.word if before else "", word, self._by(who), priority=after)
        self._touch()

    def person(self, who: str) -> Agent:
        """The agent of this address; everybody the file names exists."""
        key = who.strip().lower()
        if key not in self._people:
            name = " ".join(
                part.capitalize() for part in key.partition("@")[0].replace(".", " ").split()
            )
            person = Person(10 + len(self._people), Role.AGENT, name, key, key)
            absence = None
            if key in self.absent:
                day = self.now.date()
                absence = Absence(day - timedelta(days=1), day + timedelta(days=400))
            self._people[key] = Agent(person, absence=absence)
        return self._people[key]

    # The port -------------------------------------------------------------------------------

    def whoami(self) -> Whoami:
        """Able to do what the type of helpdesk can do."""
        lacking = {Ability.SUBSCRIBE, Ability.HISTORY, Ability.ABSENCE, Ability.ORGANIZATION}
        abilities = frozenset(Ability) - (lacking if self.type == "freescout" else set())
        return Whoami(_ROBOT, "in memory", abilities)

    def read(self, ticket_id: int, needs: frozenset[Need] = frozenset()) -> Ticket:
        """The ticket as it is now."""
        if self.ticket is None or ticket_id != NUMBER:
            raise TicketGone(f"there is no ticket {ticket_id} in a test")
        if Need.CUSTOMER_TICKETS not in needs:
            return self.ticket
        this = EarlierTicket(NUMBER, self.ticket.number, self.ticket.created_at, self.ticket.url)
        return replace(self.ticket, customer_tickets=(*self._earlier, this))

    def changed_since(self, since: datetime) -> Iterable[Glimpse]:
        """Nothing: a test asks for its looks itself."""
        del since
        return ()

    def sweep(self) -> Iterable[Glimpse]:
        """Nothing: a test asks for its looks itself."""
        return ()

    def customer_tickets(self, customer: Person, since: datetime) -> Sequence[EarlierTicket]:
        """The earlier tickets the test asked for."""
        del customer
        return [one for one in self._earlier if one.created_at >= since]

    def groups(self) -> Sequence[Group]:
        """Every group the file names."""
        return [self._group(name) for name in self.access]

    def agents(self, group: Group | None = None) -> Sequence[Agent]:
        """Who may own tickets of the group."""
        everybody = list(dict.fromkeys(who for people in self.access.values() for who in people))
        allowed = everybody if group is None else self.access.get(group.name.lower()) or everybody
        return [self.person(who) for who in allowed]

    def states(self) -> Sequence[State]:
        """The usual ones."""
        return _STATES

    def find_agent(self, who: str) -> Agent | None:
        """Whoever the file names exists."""
        return self.person(who)

    def open_tickets(self, agents: Sequence[Agent]) -> Mapping[int, int]:
        """Everybody has as much to do as the other."""
        return {agent.person.id or 0: 0 for agent in agents}

    def add_tags(self, ticket: Ticket, tags: Sequence[str]) -> None:
        """Ours, as everything from here on."""
        del ticket
        self._set(tags=self._open_ticket.tags | set(tags))

    def remove_tags(self, ticket: Ticket, tags: Sequence[str]) -> None:
        """The others stay."""
        del ticket
        self._set(tags=self._open_ticket.tags - set(tags))

    def set_priority(self, ticket: Ticket, priority: object) -> None:
        """No history row: what we wrote is known."""
        del ticket
        self._set(priority=priority)

    def set_group(self, ticket: Ticket, group: str) -> None:
        """An owner who may not own tickets there is dropped."""
        found = self._group(group)
        owner = self._open_ticket.owner
        allowed = {agent.person.id for agent in self.agents(found)}
        self._ours("group", ticket.group.name, found.name)
        self._set(group=found, owner=owner if owner and owner.id in allowed else None)

    def set_owner(self, ticket: Ticket, agent: Agent | None) -> None:
        """Assign, or unassign."""
        owner = agent.person if agent else None
        self._ours("owner", _id(ticket.owner), _id(owner))
        self._set(owner=owner)

    def set_state(self, ticket: Ticket, state: str, pending_until: datetime | None = None) -> None:
        """Any state the file names exists."""
        self._ours("state", ticket.state.name, state)
        self._set(state=_state(state), pending_until=pending_until)

    def set_field(self, ticket: Ticket, name: str, value: str) -> None:
        """Any field exists."""
        del ticket
        self._set(fields={**self._open_ticket.fields, name: value})

    def add_note(self, ticket: Ticket, html: str, mark: str) -> int:
        """Kept as a message of ours."""
        del ticket
        return self._post(MessageKind.NOTE, html, mark)

    def add_reply(self, ticket: Ticket, html: str, mark: str) -> int:
        """Kept as a message of ours."""
        del ticket
        return self._post(MessageKind.AGENT, html, mark)

    def find_mark(self, ticket_id: int, mark: str) -> int | None:
        """The message that carries the mark."""
        del ticket_id
        return self._marks.get(mark)

    def subscribe(self, ticket: Ticket, agent: Agent) -> None:
        """Nothing to see."""

    def close(self) -> None:
        """Nothing to give back."""

    # Inside ---------------------------------------------------------------------------------

    @property
    def _open_ticket(self) -> Ticket:
        if self.ticket is None:
            raise TicketGone("the test has not begun")
        return self.ticket

    def _by(self, who: str | None) -> Person:
        """Who does it: the one named, else the owner, else the first agent of the group."""
        if who is not None:
            return self.person(who).person
        ticket = self._open_ticket
        return ticket.owner or self.agents(ticket.group)[0].person

    def _group(self, name: str) -> Group:
        key = name.strip().lower()
        if key not in self._groups:
            self._groups[key] = Group(len(self._groups) + 1, name.strip())
        return self._groups[key]

    def _post(self, kind: MessageKind, html: str, mark: str) -> int:
        number = self._say(kind, _ROBOT, plain_text(html), ours=True, mark=mark)
        self._marks[mark] = number
        return number

    def _say(
        self,
        kind: MessageKind,
        author: Person,
        text: str,
        *,
        channel: str = "email",
        **more: object,
    ) -> int:
        ticket = self._open_ticket
        number = ticket.last_message_id + 1
        message = Message(number, kind, author, self.now, text, channel=channel, fresh=text)
        said = replace(message, **more)  # type: ignore[arg-type]
        self._set(messages=(*ticket.messages, said))
        return number

    def _set_state(self, name: str, by: Person) -> None:
        state = _state(name)
        closed_at = self.now if state.type.is_closed else None
        before = self._open_ticket.state.name
        self._change("state", before, name, by, state=state, closed_at=closed_at)

    def _change(self, what: str, before: str, after: str, by: Person, **changes: object) -> None:
        """A host writes no history for what is so already."""
        if before == after:
            return
        row = Change(self.now, what, before, after, by)
        self._set(history=(*(self._open_ticket.history or ()), row), **changes)

    def _ours(self, what: str, before: str, after: str) -> None:
        row = Change(self.now, what, before, after, _ROBOT, ours=True)
        self._set(history=(*(self._open_ticket.history or ()), row))

    def _touch(self) -> None:
        self._set(touched_at=self.now)

    def _set(self, **changes: object) -> None:
        self.ticket = replace(self._open_ticket, updated_at=self.now, **changes)  # type: ignore[arg-type]


def _state(name: str) -> State:
    known = {state.name: state for state in _STATES}
    return known.get(name.lower()) or State(name, StateType.OTHER)


def _id(person: Person | None) -> str:
    return "" if person is None else str(person.id)
