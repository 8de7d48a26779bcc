"""The shape of `policies:`, `matrix:`, `people:` and `service:`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError

from plugin import conditions
from plugin.configuration.fields import (
    Address,
    Choice,
    Complaint,
    Hidden,
    HiddenAddress,
    Kind,
    Length,
    Number,
    Passed,
    Text,
    Truth,
    refusal,
)
from plugin.configuration.intervals import understood
from plugin.configuration.sections import ListOf, Section
from plugin.configuration.sla_schema import Target
from plugin.configuration.wording import closest
from plugin.domain.hours import DAY, parse_time
from plugin.domain.ladder import Kind as PolicyKind
from plugin.domain.ladder import Urgency
from plugin.domain.ticket import Priority

POLICY_NAME_PATTERN = r"[^\W_][\w.-]{0,63}"
"""One word, because people write it behind `/escalate`."""

ROLES = ("responsible", "owner", "lead")
"""Recipients that only the ticket can name."""

NO_PRIORITY = "none"
_DO = "a list of actions such as [{reply: we_escalated}]"


class Clock(Kind):
    """A time of day."""

    what = "a time such as 09:00"

    def read(self, value: Any) -> time:
        if not isinstance(value, str):
            raise refusal(self.what)
        minutes = understood(parse_time, "".join(value).strip())
        if minutes == DAY:
            raise refusal("a time from 00:00 to 23:59", got="24:00", guess="00:00")
        return time(minutes // 60, minutes % 60)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\s*([01]?\d|2[0-3]):[0-5]\d\s*$"}


class Link(Kind):
    """An http(s) address of a page, with whatever stands behind it."""

    what = "the address of a page such as https://wiki.example.com/refunds"

    def read(self, value: Any) -> str:
        text = "".join(value).strip() if isinstance(value, str) else ""
        try:
            parts = urlsplit(text)
        except ValueError:
            raise refusal(self.what) from None
        is_address = parts.scheme in {"http", "https"} and parts.hostname
        if not is_address or any(char.isspace() or not char.isprintable() for char in text):
            raise refusal(self.what)
        return text

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\s*(https?://[^/\s]+|.*\$\{)"}


class NoticeSchema(Schema):
    """Who is told, and how soon."""

    to = Passed("responsible, owner, lead, a channel or an address", required=True)
    urgency = Choice(Urgency)


class Notices(Kind):
    """Whom to tell: one entry or a list; a bare word is an entry's `to`."""

    what = "a list such as [responsible, {to: duty, urgency: page}]"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.one = Section(NoticeSchema, "{to: …, urgency: page}")
        self.recipient = Text("responsible, owner, lead, a channel or an address")

    def read(self, value: Any) -> list[tuple[str, str]]:
        """(recipient, urgency), in the file's order."""
        if not isinstance(value, list):
            return self._entry(value)
        if not value:
            raise refusal(self.what, got="an empty list")
        found: list[tuple[str, str]] = []
        mistakes: dict[int, Any] = {}
        for index, item in enumerate(value):
            try:
                found += self._entry(item)
            except ValidationError as error:
                mistakes[index] = error.messages
        if mistakes:
            raise ValidationError(mistakes)
        return found

    def _entry(self, value: Any) -> list[tuple[str, str]]:
        if not isinstance(value, dict):
            return [(self._recipient(value), Urgency.NORMAL.value)]
        entry = self.one.read(value)
        try:
            recipients = self._recipients(entry["to"])
        except ValidationError as error:
            raise ValidationError({"to": error.messages}) from None
        return [(to, entry.get("urgency", Urgency.NORMAL.value)) for to in recipients]

    def _recipients(self, value: Any) -> list[str]:
        if not isinstance(value, list):
            return [self._recipient(value)]
        if not value:
            raise refusal(self.recipient.what, got="an empty list")
        return list(dict.fromkeys(self._recipient(item) for item in value))

    def _recipient(self, value: Any) -> str:
        return str(self.recipient.deserialize(value))

    def json_schema(self) -> dict[str, Any]:
        recipient: dict[str, Any] = {
            "type": ["string", "number"],
            "description": self.recipient.what,
        }
        entry = {
            "type": "object",
            "properties": {
                "to": {"anyOf": [recipient, {"type": "array", "items": recipient, "minItems": 1}]},
                "urgency": {"enum": [one.value for one in Urgency]},
            },
            "required": ["to"],
            "additionalProperties": False,
        }
        one = {"anyOf": [recipient, entry]}
        return {"anyOf": [recipient, entry, {"type": "array", "items": one, "minItems": 1}]}


class ResponsibleSchema(Schema):
    """Who has a level: somebody of a team's pool, a team's lead, or one person."""

    team = Text("the name of a team")
    lead = Text("the name of the team whose lead it is")
    person = Text("an e-mail address or login")
    skill = Text("a skill of the team")


class Who(Section):
    """The responsible of a level."""

    def __init__(self, **options: Any) -> None:
        what = "one of {team: …}, {lead: …} and {person: …}"
        super().__init__(ResponsibleSchema, what, **options)

    def read(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            kind = "person" if "@" in value else "team"
            raise refusal(self.what, guess=f"{{{kind}: {''.join(value).strip()}}}")
        who = super().read(value)
        named = [key for key in ("team", "lead", "person") if key in who]
        if len(named) != 1:
            raise refusal(
                "exactly one of team, lead and person", got=" and ".join(named) or "none of them"
            )
        if "skill" in who and named != ["team"]:
            complaint = Complaint(
                "a skill only beside team, which it narrows down", got=repr("skill"), at_key=True
            )
            raise ValidationError({"skill": [complaint]})
        return who


class LevelSchema(Schema):
    """One rung: who has it, what is done, whom to tell, and for how long it waits."""

    name = Text("a name of at most 100 characters on one line", pattern=r"[^\x00-\x1f\x7f]{1,100}")
    responsible = Who()
    type = Choice(PolicyKind)
    do = Passed(_DO)
    notify = Notices()
    ack_within = Target()
    resolve_within = Target()
    wait = Target()
    script = Text("a sentence that may be said to the customer")
    link = Link()
    authority = Text("a sentence that says what may be decided here")


class ExhaustedSchema(Schema):
    """What happens when nobody of the last level acknowledged."""

    notify = Notices()
    do = Passed(_DO)


class PolicySchema(Schema):
    """A ladder: its levels in order, and how it is climbed."""

    type = Choice(PolicyKind)
    calendar = Text("the name of a calendar")
    levels = ListOf(
        Section(LevelSchema, "a level: a mapping with responsible, ack_within, do, notify"),
        "a list of levels",
        least=1,
        required=True,
    )
    repeat = Number(least=0, most=10)
    ack_timeout = Target()
    settle = Length(zero=True)
    reopen_window = Length(zero=True)
    cool_down = Length(zero=True)
    exhausted = Section(ExhaustedSchema, "{notify: […], do: […]}")
    priority = Choice((*(priority.word for priority in Priority), NO_PRIORITY))
    tags = Truth()


class RowTargetsSchema(Schema):
    """What a row replaces in the levels of its policy."""

    ack_within = Target()
    resolve_within = Target()


class RowSchema(Schema):
    """Conditions of a ticket, and the policy for it; without a condition it is for all others."""

    policy = Text("the name of a policy", required=True)
    start_level = Number(least=0, most=100)
    max_level = Number(least=1, most=100)
    targets = Section(RowTargetsSchema, "{ack_within: …, resolve_within: …}")


class Row(Section):
    """A row of the matrix: its own keys are checked here, its conditions by the compiler."""

    def __init__(self, **options: Any) -> None:
        what = "a row such as {category: billing, policy: finance}"
        super().__init__(RowSchema, what, **options)

    def read(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise refusal(self.what)
        return self.schema.load(own_part(value))


def own_part(row: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a row that are no conditions, misspelt ones included."""
    return {key: value for key, value in row.items() if key in ROW_KEYS or _is_nearly_own(key)}


def _is_nearly_own(key: Any) -> bool:
    words = [*conditions.registry(), *ROW_KEYS]
    return conditions.lookup(str(key)) is None and closest(str(key), words) in ROW_KEYS


ROW_KEYS = tuple(RowSchema().fields)


class PersonSchema(Schema):
    """How a person is told, in which hours and in which language."""

    channel = Text("the name of a channel")
    calendar = Text("the name of a calendar")
    language = Text(
        "a language code such as en, de, nl or pt-BR", pattern="[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"
    )


class ServiceSchema(Schema):
    """Where people and other systems reach Deskladder itself."""

    url = Address()
    api_token = Hidden()
    channel = Text("the name of a channel whose URL holds {address}")
    digest_at = Clock()
    ack_link_valid = Length()
    heartbeat_url = HiddenAddress(sent=True)
