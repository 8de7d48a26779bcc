"""A past in which nothing is empty or as usual: what is added to a ticket must be added here."""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import date, timedelta
from typing import Any

from plugin.domain.helpdesk import Ability
from plugin.domain.past import Past, Staff, TagChange
from plugin.domain.ticket import (
    Absence,
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
from tests.given import MONDAY

HOUR = timedelta(hours=1)
GUEST = Person(7, Role.CUSTOMER, "Gerda", "g@h.example", "g@h.example", True, "nl", "Europe/Brussels", "Inn")  # fmt: skip
ANA = Person(21, Role.AGENT, name="Ana", email="ana@example.com", login="ana")
MERGED = State("merged", StateType.MERGED)
FULL = Past(
    Ticket(
        ref=TicketRef("support", 12),
        number="10012",
        url="https://help.example.com/12",
        subject="Invoice",
        state=MERGED,
        priority=Priority.HIGH,
        group=Group(3, "Finance"),
        owner=ANA,
        customer=GUEST,
        channel="web",
        created_at=MONDAY,
        updated_at=MONDAY + 3 * HOUR,
        tags=frozenset({"vip"}),
        fields={"room": "12", "nights": 3, "paid": True, "extras": ["spa"]},
        messages=(
            Message(
                id=5,
                kind=MessageKind.CUSTOMER,
                author=GUEST,
                created_at=MONDAY,
                text="The invoice is wrong.\n> quoted",
                subject="Invoice",
                channel="web",
                automatic="out of office",
                ours=True,
                mark="abc",
                remote_id="<1@h.example>",
                fresh="The invoice is wrong.",
            ),
        ),
        closed_at=MONDAY + 3 * HOUR,
        pending_until=MONDAY + 9 * HOUR,
        history=(
            Change(MONDAY + HOUR, "priority", "2 normal", "3 high", ANA, ours=True),
            Change(MONDAY + 3 * HOUR, "state", "open", "merged", ANA),
        ),
        customer_tickets=(EarlierTicket(3, "10003", MONDAY - HOUR, "https://x.example/3", 21),),
        touched_at=MONDAY + 3 * HOUR,
        language="nl",
        created_by=Role.AGENT,
        merged_into=11,
        extra={"can_mail": True},
        states={"merged": StateType.MERGED},
        deadlines={"resolution": MONDAY + 2 * HOUR},
        kept={"resolution": False},
        absorbed={6: frozenset({1})},
        priority_tags=frozenset({"prio-high"}),
    ),
    tagging=(TagChange(MONDAY + HOUR, "vip", added=True, by=ANA, ours=True),),
    priorities={"3 high": Priority.HIGH},
)
STAFF = Staff(
    groups=(Group(3, "Finance"),),
    agents={
        3: (Agent(ANA, active=False, absence=Absence(date(2026, 1, 1), date(2026, 1, 2), 22)),)
    },
    states=(MERGED,),
    me=Person(99, Role.AGENT, name="Deskladder"),
    missing={Ability.VIP: "update it"},
)


def left_at_default(value: Any) -> list[str]:
    """The fields of a value that nobody has thought of here."""
    found = []
    for one in fields(value):
        usual = one.default if one.default_factory is MISSING else one.default_factory()
        if usual is not MISSING and getattr(value, one.name) == usual:
            found.append(one.name)
    return found
