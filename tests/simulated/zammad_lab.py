"""The lab the Zammad recordings come from, built again: same people, groups, ids and tickets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plugin.simulated.zammad import SimulatedZammad
from plugin.simulated.zammad.tables_api import insert

EMMA, LIAM, NOAH, MIA, OLGA = (
    f"{name}@lab.example" for name in ("emma", "liam", "noah", "mia", "olga")
)
BOT, ADMIN, DAVID, VERA = (
    "sidecar@lab.example",
    "admin@lab.example",
    "david@acme.example",
    "vera@acme.example",
)

AGENT = ["ticket.agent"]
TOKENS = {
    # the recorded token: who, with which permissions
    "rjUAtsBBTdLhEcjj7gyWM_501ZP5Dq2PZ2aiNqREyrpJ996T7-jUupTQrU6CYh5-": (BOT, AGENT),
    "u8HKfOWLCogj46BjQfDOYbmEHkvuXZEShHXC9-xsLWtNM2RrU8aSVnLI6ZWReUmq": (ADMIN, ["admin", *AGENT]),
    "PoBENjd3H3gtJ3RK2wA6D6dsoC1DIpyl4ltDx-QiMngX21K2yRK4ugzMx8PMI0oR": (EMMA, AGENT),
}
ALWAYS = {
    "ticket.created_at": {"operator": "after (absolute)", "value": "1970-01-01T00:00:00.000Z"}
}
WEEK = {
    day: {"active": day not in {"sat", "sun"}, "timeframes": [["09:00", "17:00"]]}
    for day in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
}


def zammad_lab(
    tokens: dict[str, tuple[str, list[str]]] | None = None, **options: Any
) -> SimulatedZammad:
    """A lab with people and groups, without tickets but the first."""
    lab = SimulatedZammad(service_user=None, **options)
    for name, address in (
        ("1st Level", "support@lab.example"),
        ("2nd Level", "support@lab.example"),
        ("Finance", "finance@lab.example"),
        ("Management", ""),
        ("Secret", ""),
    ):
        sender = "Lab Finance" if name == "Finance" else "Lab Support"
        lab.add_group(name, email=address, sender=sender)
    names = ("Users", "1st Level", "2nd Level", "Finance", "Management")
    full = dict.fromkeys(names, "full")
    lab.add_agent("Ada Admin", ADMIN, {**full, "Secret": "full"}, admin=True)
    lab.add_agent("Emma First", EMMA, {"1st Level": "full", "2nd Level": "full"})
    lab.add_agent("Liam Second", LIAM, {"2nd Level": "full"})
    lab.add_agent(
        "Noah Finance", NOAH, {"1st Level": "overview,change,create,read", "Finance": "full"}
    )
    lab.add_agent("Mia Manager", MIA, dict.fromkeys(names[1:], "full"))
    lab.add_agent("Olga Role", OLGA, {})
    lab.give_role(OLGA, lab.add_role("Finance people", {"Finance": "full"}))
    lab.add_agent("Side Car", BOT, full)
    lab.add_customer("David Customer", DAVID, organization="Acme BV")
    lab.add_customer("Vera Vip", VERA, organization="Acme BV", vip=True)
    lab.give_password(EMMA, "Zammad-lab-1")
    for token, (who, permissions) in {**TOKENS, **(tokens or {})}.items():
        lab.give_token(who, token, permissions)
    by = lab.data.find_user(ADMIN)["id"]
    hours = {
        "name": "NL office",
        "timezone": "Europe/Amsterdam",
        "default": True,
        "business_hours": WEEK,
    }
    insert(lab.data, "calendars", hours, by)
    insert(lab.data, "calendars", {**hours, "name": "24x7"}, by)
    sla = {
        "name": "NL standard",
        "calendar_id": 1,
        "first_response_time": 60,
        "update_time": 120,
        "solution_time": 240,
    }
    insert(
        lab.data,
        "slas",
        {**sla, "condition": {"ticket.group_id": {"operator": "is", "value": ["2"]}}},
        by,
    )
    sla = {
        "name": "Finance response",
        "calendar_id": 2,
        "first_response_time": 30,
        "response_time": 45,
    }
    insert(
        lab.data,
        "slas",
        {**sla, "condition": {"ticket.group_id": {"operator": "is", "value": ["4"]}}},
        by,
    )
    insert(
        lab.data, "text_modules", {"name": "Greeting", "keywords": "greet", "content": "Hello"}, 1
    )
    insert(lab.data, "macros", {"name": "Close & Tag as Spam", "note": "example macro"}, 1)
    lab.customer_writes(
        "nicole.braun@zammad.org", "Welcome to Zammad!", "Welcome!", group="Users", channel="phone"
    )
    return lab


def with_tickets(lab: SimulatedZammad, last: int = 51) -> SimulatedZammad:
    """The tickets the recorded requests name, with the ids they had."""
    groups = {
        8: "Secret",
        9: "1st Level",
        7: "1st Level",
        11: "Management",
        12: "1st Level",
        26: "Finance",
        27: "1st Level",
        28: "Finance",
        51: "1st Level",
        16: "2nd Level",
    }
    titles = {
        7: "Cannot log in",
        9: "Update playground",
        11: "No group address",
        13: "Merge source",
        14: "Merge target",
    }
    for number in range(len(lab.data.tickets) + 1, last + 1):
        title, group = titles.get(number, f"Ticket {number}"), groups.get(number, "2nd Level")
        if number in {7, 12, 26, 27, 28}:
            assert lab.customer_writes(DAVID, title, "I cannot log in.", group=group) == number
        else:
            agent = (
                ADMIN if group in {"Secret", "Management"} else EMMA if group != "Finance" else NOAH
            )
            _note(lab, agent, title, group)
        if number == 2:
            lab.agent_notes(2, BOT, "so that article 8 belongs to ticket 7, as recorded")
    return lab


def _note(lab: SimulatedZammad, agent: str, title: str, group: str) -> None:
    from plugin.simulated.zammad.articles import add_article
    from plugin.simulated.zammad.writing import create_ticket

    by = lab.data.find_user(agent)["id"]
    ticket = create_ticket(lab.data, {"title": title, "group": group, "customer": DAVID}, by)
    add_article(lab.data, ticket, {"body": f"Body of {title}", "type": "note"}, by)


Prepare = Callable[[SimulatedZammad], object]
