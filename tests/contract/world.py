"""Where the contract suite plays: each simulated helpdesk with people in it, and its connector.

A new helpdesk adds a line to `HOSTS` and gets every test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plugin.domain.helpdesk import Helpdesk, Need
from plugin.domain.settings import HelpdeskSettings, Secret
from plugin.domain.ticket import Agent, Ticket
from plugin.simulated.desk import SimulatedDesk

HOSTS = {"zammad": "SimulatedZammad", "freescout": "SimulatedFreeScout"}
OPTIONS: dict[str, dict[str, Any]] = {
    "zammad": {},
    "freescout": {
        "priority": {"tags": {"low": "prio-low", "high": "prio-high", "urgent": "prio-urgent"}},
        "absent": [{"who": "noah@example.com", "from": "2026-12-01", "to": "2027-12-31"}],
    },
}
EMMA, NOAH, OLGA = "emma@example.com", "noah@example.com", "olga@example.com"
ERIN, DAVE = "erin@guests.example", "dave@guests.example"
MARK = "support/7:rule--1/cycle 2"


@dataclass
class World:
    """A simulated helpdesk with people in it, and the connector under test."""

    desk: SimulatedDesk
    helpdesk: Helpdesk
    ticket_id: int

    def read(self, *needs: Need) -> Ticket:
        return self.helpdesk.read(self.ticket_id, frozenset(needs))

    def agent(self, who: str) -> Agent:
        found = self.helpdesk.find_agent(who)
        assert found is not None
        return found

    def writes(self, since: int) -> list[str]:
        """The calls that may change something, from number `since` on."""
        calls = self.desk.requests[since:]
        return [
            f"{call.method} {call.path}"
            for call in calls
            if call.method != "GET" and not call.path.endswith("/search")
        ]


def settings_for(desk: SimulatedDesk, **changes: Any) -> HelpdeskSettings:
    given: dict[str, Any] = {
        "name": "support",
        "type": desk.type,
        "url": desk.url,
        "token": Secret(desk.token),
        "webhook_secret": Secret(desk.webhook_secret),
        "service_user": desk.service_user,
        "read_timeout": 0.6,
        "connect_timeout": 0.6,
        "options": OPTIONS[desk.type],
    }
    return HelpdeskSettings(**{**given, **changes})
