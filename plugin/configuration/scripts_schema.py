"""The shape of an entry of `tests:`."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, validates_schema

from plugin.configuration.fields import Choice, Kind, Length, Moment, Number, Text, Truth, refusal
from plugin.configuration.sections import ByName, ListOf, Section
from plugin.domain.ticket import Priority

LEVELS = "a level's number, `hint`, or `none`"
PHASES = (
    *("suggested", "open", "acknowledged", "snoozed", "exhausted"),
    *("handed back", "resolved", "avoided", "declined", "none"),
)
HAPPENINGS: Mapping[str, str] = {
    "customer": "writes",
    "robot": "robot",
    "reply": "replies",
    "note": "notes",
    "assign": "assigns",
    "move": "moves",
    "tag": "tags",
    "untag": "untags",
    "state": "sets",
    "priority": "prioritises",
}
"""The key of a happening → what somebody does."""


class LevelNumber(Kind):
    """A level by number; `hint` is level 0, `none` is no escalation at all."""

    what = LEVELS

    def read(self, value: Any) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 50:  # noqa: PLR2004
            return int(value)
        word = value.strip().lower() if isinstance(value, str) else ""
        if word in {"hint", "none"}:
            return 0 if word == "hint" else None
        raise refusal(self.what)

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "integer", "minimum": 0}, {"enum": ["hint", "none"]}]}


class OneOrMore(Kind):
    """A text, or a list of texts."""

    def __init__(self, what: str, **options: Any) -> None:
        super().__init__(**options)
        self.what = what
        self.one = Text(what)

    def read(self, value: Any) -> tuple[str, ...]:
        return tuple(
            self.one.read(item) for item in (value if isinstance(value, list) else [value])
        )

    def json_schema(self) -> dict[str, Any]:
        one = self.one.json_schema()
        return {"anyOf": [one, {"type": "array", "items": one}]}


class MessageSchema(Schema):
    """What the customer writes first."""

    text = Text("what the customer writes", required=True)
    subject = Text("the subject")
    language = Text("a language code such as nl")


class CustomerSchema(Schema):
    """Who the customer is."""

    name = Text("a name")
    email = Text("an e-mail address")
    vip = Truth()
    organization = Text("an organisation")
    timezone = Text("a zone such as Europe/Amsterdam")


class GivenSchema(Schema):
    """What a test begins with."""

    at = Moment(required=True)
    message = Section(MessageSchema, "{text: …, language: …}", required=True)
    customer = Section(CustomerSchema, "{name: …, email: …, vip: true}")
    customer_tickets = Number(least=1, most=500)
    priority = Choice([priority.word for priority in Priority])
    group = Text("the name of a group")
    owner = Text("an agent's address")
    channel = Choice(("email", "phone", "chat", "web", "social", "sms"))
    tags = OneOrMore("a tag")
    fields_ = ByName(Text("a value"), "values by the name of a custom field", data_key="fields")
    agents = ByName(OneOrMore("an agent's address"), "people by the name of their group")
    absent = OneOrMore("an agent's address")


class HappeningSchema(Schema):
    """Something people do; exactly one of the keys beside `after` and `by`."""

    after = Length(zero=True, required=True)
    by = Text("an agent's address")
    customer = Text("what the customer writes")
    robot = Text("what an automatic message says")
    reply = Text("what the agent answers")
    note = Text("what the agent's internal note says, such as /ack")
    assign = Text("to whom, or nobody")
    move = Text("the name of a group")
    tag = Text("a tag")
    untag = Text("a tag")
    state = Text("a state such as closed, open, pending reminder")
    priority = Choice([priority.word for priority in Priority])

    @validates_schema
    def _one_thing(self, data: dict[str, Any], **_: Any) -> None:
        done = [key for key in HAPPENINGS if key in data]
        if len(done) != 1:
            raise refusal(
                f"exactly one of {', '.join(HAPPENINGS)}",
                got=" and ".join(done) if done else "none of them",
            )


class ExpectationSchema(Schema):
    """What is so then; at least one key beside `after`."""

    after = Length(zero=True, required=True)
    level = LevelNumber()
    phase = Choice(PHASES)
    policy = Text("the name of a policy, or none")
    group = Text("the name of a group")
    owner = Text("an agent's address, or nobody")
    priority = Choice([priority.word for priority in Priority])
    state = Text("a state")
    tags = OneOrMore("a tag")
    without_tags = OneOrMore("a tag")
    rules = OneOrMore("the name of a rule that has fired by then")
    reply = Text("the name of a reply that was sent, or none")
    replies = Number(least=0, most=100)
    notes = Number(least=0, most=100)
    note = Text("what the newest note says, or a part of it")
    notified = OneOrMore("a channel that was told by then, or none")
    nothing = Truth()

    @validates_schema
    def _something(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) == 1 and "after" in data:
            raise refusal("something that is expected then, such as level: 1", got="`after` alone")


class ScriptSchema(Schema):
    """One test."""

    name = Text("a name", required=True)
    helpdesk = Text("the name of a helpdesk")
    given = Section(GivenSchema, "{at: 2026-12-03T10:00, message: {text: …}}", required=True)
    happens = ListOf(
        Section(HappeningSchema, "{after: 20m, customer: …}"),
        "a list such as [{after: 20m, note: /ack, by: ana@example.com}]",
    )
    expect = ListOf(
        Section(ExpectationSchema, "{after: 30m, level: 1}"),
        "a list such as [{after: 0m, level: hint}]",
        least=1,
        required=True,
    )

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        for key in ("happens", "expect"):
            lengths = [entry["after"].real_seconds for entry in data.get(key, ())]
            for index, (before, after) in enumerate(itertools.pairwise(lengths), 1):
                if after < before:
                    problem = refusal("an `after` not before that of the line above")
                    raise ValidationError({key: {index: {"after": problem.messages}}})
