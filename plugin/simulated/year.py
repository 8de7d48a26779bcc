"""A year of tickets as their history would tell it, without a helpdesk: for replays, tests and measurements.

Customers write, mostly in office hours; agents answer sooner or later, ask back, move, assign, wait, close;
some customers come back. The same seed gives the same year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from plugin.domain.past import Past, Staff, TagChange
from plugin.domain.ticket import (
    Agent,
    Change,
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

GROUPS = (Group(1, "1st Level"), Group(2, "Finance"), Group(3, "Housekeeping"))
STATES = (
    State("new", StateType.NEW),
    State("open", StateType.OPEN),
    State("pending reminder", StateType.PENDING_REMINDER),
    State("closed", StateType.CLOSED),
)
US = Person(99, Role.AGENT, name="Deskladder", email="deskladder@example.com")
_AGENTS = tuple(
    Person(10 + n, Role.AGENT, name=name, email=f"{name.split()[0].lower()}@example.com")
    for n, name in enumerate(("Ana Alba", "Ben Berg", "Cora Cruz", "Dirk Dam", "Eva Eder"))
)
STAFF = Staff(
    groups=GROUPS,
    agents={group.id: tuple(Agent(one) for one in _AGENTS) for group in GROUPS},
    states=STATES,
    me=US,
)
_SENTENCES = (
    "The invoice of my last stay is wrong again, please look at it.",
    "De factuur klopt niet, er staat een nacht te veel op.",
    "Die Rechnung stimmt nicht, wir waren nur zwei Nächte da.",
    "When does breakfast begin on Sundays, and is parking free?",
    "Our room was not clean when we came, we are very unhappy.",
    "Can I still change the date of my booking for next month?",
    "I would like to cancel and get my money back, or I call my lawyer.",
    "Thank you for the kind stay, we will come again.",
)
_FILLER = (
    " We arrived late in the evening and left early. The booking was made on your own page,"
    " and the confirmation came by mail the same day. Kind regards from all of us."
)
_STATES = {state.name: state.type for state in STATES}
_PRIORITIES = {"1 low": Priority.LOW, "2 normal": Priority.NORMAL, "3 high": Priority.HIGH}


def year(
    count: int, *, seed: int = 1, begins_at: datetime, days: int = 365, helpdesk: str = "support"
) -> Iterator[Past]:
    """`count` tickets opened within so many days, in the order they were opened."""
    random = Random(seed)  # noqa: S311 - the same year each time is the point
    opened = sorted(_arrival(random, begins_at, days) for _ in range(count))
    customers = [_customer(number) for number in range(max(1, count // 4))]
    ends_at = begins_at + timedelta(days=days)
    earlier: dict[int, list[EarlierTicket]] = {}
    whose: list[int] = []
    for number, at in enumerate(opened, 1):
        customer = random.randrange(len(customers))
        whose.append(customer)
        earlier.setdefault(customer, []).append(_earlier(number, at))
    for number, at in enumerate(opened, 1):
        customer = whose[number - 1]
        life = _Life(number, at, ends_at, customers[customer], random)
        past = life.live(helpdesk)
        ticket = replace(past.ticket, customer_tickets=tuple(earlier[customer]))
        yield replace(past, ticket=ticket)


def _arrival(random: Random, begins_at: datetime, days: int) -> datetime:
    """Four of five on a weekday in daytime, the others at any time."""
    while True:
        at = begins_at + timedelta(seconds=random.randrange(days * 86400))
        in_daytime = at.weekday() < 5 and 7 <= at.hour < 18  # noqa: PLR2004
        if in_daytime or random.random() < 0.1:  # noqa: PLR2004
            return at


def _customer(number: int) -> Person:
    return Person(
        1000 + number,
        Role.CUSTOMER,
        name=f"Guest {number}",
        email=f"guest{number}@customer.example",
        vip=number % 25 == 0,
        language=("en", "nl", "de")[number % 3],
    )


def _earlier(number: int, at: datetime) -> EarlierTicket:
    return EarlierTicket(number, str(70000 + number), at, f"https://help.example.com/{number}")


@dataclass
class _Life:
    """One ticket from its opening to wherever it stands when the year ends."""

    number: int
    at: datetime
    ends_at: datetime
    customer: Person
    random: Random
    messages: list[Message] = field(default_factory=list)
    history: list[Change] = field(default_factory=list)
    tagging: list[TagChange] = field(default_factory=list)

    def live(self, helpdesk: str) -> Past:
        """Everything that happens, in order."""
        random, opened = self.random, self.at
        self.state, self.group, self.owner, self.priority = "new", "1st Level", "", "2 normal"
        subject = random.choice(("Invoice", "Question", "Booking", "Complaint", "Breakfast"))
        self._customer_writes()
        for _ in range(random.choice((1, 1, 2, 2, 3, 4))):
            self._round()
        if random.random() < 0.85 and self._pass(hours=20):  # noqa: PLR2004
            self._set("state", "closed")
            if random.random() < 0.12 and self._pass(hours=60):  # noqa: PLR2004
                self._customer_writes()
                self._set("state", "open")
                self._round()
        last = max([opened, *(m.created_at for m in self.messages), *(c.at for c in self.history)])
        closings = [c.at for c in self.history if c.what == "state" and c.after == "closed"]
        ticket = Ticket(
            ref=TicketRef(helpdesk, self.number),
            number=str(70000 + self.number),
            url=f"https://help.example.com/#ticket/zoom/{self.number}",
            subject=subject,
            state=State(self.state, _STATES[self.state]),
            priority=_PRIORITIES[self.priority],
            group=next(group for group in GROUPS if group.name == self.group),
            owner=next((one for one in _AGENTS if str(one.id) == self.owner), None),
            customer=self.customer,
            channel="email",
            created_at=opened,
            updated_at=max([last, *(one.at for one in self.tagging)]),
            tags=frozenset(one.tag for one in self.tagging),
            messages=tuple(self.messages),
            closed_at=closings[-1] if self.state == "closed" else None,
            history=tuple(self.history),
            touched_at=last,
            states=_STATES,
        )
        return Past(ticket, tuple(self.tagging), _PRIORITIES)

    def _round(self) -> None:
        """Somebody takes it, answers, and the customer may write again."""
        random = self.random
        if random.random() < 0.15 and self._pass(hours=2):  # noqa: PLR2004
            self._set("group", random.choice(("Finance", "Housekeeping")))
        if random.random() < 0.1 and self._pass(hours=1):  # noqa: PLR2004
            self._set("priority", "3 high")
        if random.random() < 0.05 and self._pass(hours=1):  # noqa: PLR2004
            self.tagging.append(TagChange(self.at, "vip-desk", added=True, by=_AGENTS[0]))
        if not self.owner and self._pass(hours=1):
            self._set("owner", str(random.choice(_AGENTS).id))
        quick = random.random() < 0.6  # noqa: PLR2004
        if not self._pass(hours=0.5 if quick else 12):
            return
        self._agent_answers()
        if self.state == "new":
            self._set("state", "open")
        if random.random() < 0.15 and self._pass(hours=1):  # noqa: PLR2004
            self._set("state", "pending reminder")
            if self._pass(hours=30):
                self._set("state", "open")
        if random.random() < 0.45 and self._pass(hours=15):  # noqa: PLR2004
            self._customer_writes()

    def _pass(self, *, hours: float) -> bool:
        """Let some time pass; False when the year is over."""
        self.at += timedelta(seconds=10 + int(self.random.expovariate(1 / (hours * 3600))))
        return self.at < self.ends_at

    def _customer_writes(self) -> None:
        text = self.random.choice(_SENTENCES) + _FILLER * self.random.randrange(1, 4)
        self._say(MessageKind.CUSTOMER, self.customer, text)

    def _agent_answers(self) -> None:
        who = next((one for one in _AGENTS if str(one.id) == self.owner), _AGENTS[0])
        self._say(MessageKind.AGENT, who, "Dear guest, thank you for writing." + _FILLER)

    def _say(self, kind: MessageKind, who: Person, text: str) -> None:
        number = self.number * 100 + len(self.messages) + 1
        fresh = text if kind is MessageKind.CUSTOMER else None
        self.messages.append(Message(number, kind, who, self.at, text, fresh=fresh))

    def _set(self, what: str, after: str) -> None:
        before = getattr(self, what)
        if before != after:
            by = _AGENTS[0] if self.state != "closed" else self.customer
            self.history.append(Change(self.at, what, before, after, by))
            setattr(self, what, after)


BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
"""The usual beginning of the year."""
