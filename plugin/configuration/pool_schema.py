"""The shape of a team's `pool:`."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from plugin.configuration.calendars import Zone
from plugin.configuration.fields import Choice, Day, Kind, Moment, Text, refusal
from plugin.configuration.intervals import understood
from plugin.configuration.ladder_schema import Clock
from plugin.configuration.sections import ListOf, Section
from plugin.domain.hours import parse_days
from plugin.domain.ladder import Strategy

EVERYBODY = "group"
"""`members: group`: all who may own tickets of the team's group."""

PERSON = "an e-mail address or login"
_PEOPLE = "a list of e-mail addresses or logins"


class Weekday(Kind):
    """One day of the week."""

    what = "a day such as mon"

    def read(self, value: Any) -> int:
        text = "".join(value).strip() if isinstance(value, str) else ""
        days = understood(parse_days, text) if text else ()
        if len(days) != 1:
            raise refusal(self.what)
        return days[0]

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[A-Za-z]{3,9}$"}


class Edge(Moment):
    """Where a span begins or ends: an instant, or a whole day."""

    def read(self, value: Any) -> Any:
        """A `datetime`; a `date` when no time is given."""
        at = super().read(value)
        return at if ":" in value else at.date()


class Members(Kind):
    """Who is in the pool."""

    what = f"{EVERYBODY}, or a list of e-mail addresses or logins"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.listed = ListOf(Text(PERSON), _PEOPLE, least=1, unique=True)

    def read(self, value: Any) -> list[str] | None:
        if isinstance(value, str) and value.strip() == EVERYBODY:
            return None
        if not isinstance(value, list):
            raise refusal(self.what, choices=(EVERYBODY,))
        found: list[str] = self.listed.deserialize(value)
        return found

    def json_schema(self) -> dict[str, Any]:
        people = {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}
        return {"anyOf": [{"const": EVERYBODY}, people]}


class RotaSchema(Schema):
    """People who take turns, a week each."""

    people = ListOf(Text(PERSON), _PEOPLE, least=1, required=True)
    first_day = Day(required=True)
    weekday = Weekday()
    at = Clock()
    timezone = Zone()


class OverrideSchema(Schema):
    """Somebody else is on call for a while."""

    who = Text(PERSON, required=True)
    from_ = Edge(required=True, data_key="from")
    to = Edge(required=True)


class PoolSchema(Schema):
    """Who may get a team's tickets, and whose turn it is."""

    members = Members()
    strategy = Choice(Strategy)
    if_none = Text("lead, unassigned, or a person: who gets it when nobody is there", required=True)
    rota = Section(RotaSchema, "{people: […], first_day: 2026-12-07}")
    overrides = ListOf(
        Section(OverrideSchema, "{who: …, from: …, to: …}"), "a list of overrides", least=1
    )
    ical = Text("an iCal file beside the configuration such as oncall.ics")
