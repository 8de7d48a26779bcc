"""A Zammad with calendars and people, as the tests of the import start from it."""

from __future__ import annotations

from typing import Any

from connectors.zammad import importing
from connectors.zammad.importing import Imported, Setup
from connectors.zammad.priorities import meanings
from tests.samples_reader import answer

STATES = answer("zammad-live/api-ticket-states-expand")
PRIORITIES = answer("zammad-live/api-ticket-priorities")
GROUPS = {row["id"]: row["name"] for row in answer("zammad-live/api-groups")}
CALENDARS = answer("zammad-live/api-calendars-after")
USERS = {
    5: {"id": 5, "login": "ruud", "email": "ruud@example.com"},
    6: {"id": 6, "login": "guest", "email": ""},
}
FEED = "https://www.google.com/calendar/ical/nl.dutch%23holiday%40group.v.calendar.google.com/public/basic.ics"
UNTIL = ". Until it is, its tickets fall to the next policy that fits them"


def setup(**changes: Any) -> Setup:
    given: dict[str, Any] = {
        "calendars": CALENDARS,
        "slas": [],
        "states": STATES,
        "priorities": PRIORITIES,
        "groups": GROUPS,
        "users": USERS,
        "organizations": {2: "Acme BV", 3: "Grand Hotel"},
        "feeds": {FEED: "Netherlands"},
    }
    return Setup(**{**given, **changes})


def sla(name: str = "standard", **changes: Any) -> dict[str, Any]:
    given = {
        "id": 1,
        "name": name,
        "calendar_id": 1,
        "first_response_time": 60,
        "response_time": None,
        "update_time": None,
        "solution_time": None,
        "condition": {},
        "created_at": "2026-01-01T00:00:00.000Z",
    }
    return {**given, **changes}


def policies(*slas: dict[str, Any], **changes: Any) -> list[Imported]:
    whole = setup(slas=list(slas), **changes)
    return importing.policies(whole, meanings(whole.priorities, {}))


def policy(**changes: Any) -> Imported:
    (found,) = policies(sla(**changes))
    return found
