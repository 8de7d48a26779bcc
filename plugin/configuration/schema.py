"""The shape of the file: every section, its keys, and what each expects."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, validates_schema

from plugin.configuration.calendars import CalendarSchema
from plugin.configuration.fields import (
    Address,
    Channel,
    Choice,
    Complaint,
    Day,
    Hidden,
    Kind,
    Length,
    Moment,
    Number,
    Passed,
    ProxyAddress,
    Text,
    Truth,
    refusal,
)
from plugin.configuration.hosts import HOSTS
from plugin.configuration.ladder_schema import (
    POLICY_NAME_PATTERN,
    PersonSchema,
    PolicySchema,
    Row,
    ServiceSchema,
)
from plugin.configuration.pool_schema import PERSON, PoolSchema
from plugin.configuration.scripts_schema import ScriptSchema
from plugin.configuration.sections import ByName, ListOf, Section
from plugin.configuration.sla_schema import NAME_PATTERN, SlaSchema
from plugin.domain.settings import Mode, OncePer
from plugin.domain.ticket import Priority

CLOCK_EVENTS = ("sla.at_risk", "sla.breached", "sla.met")
LADDER_EVENTS = (
    "escalation.opened",
    "escalation.level",
    "escalation.acknowledged",
    "escalation.handed_back",
    "escalation.exhausted",
    "escalation.resolved",
)
EVENTS = (
    "ticket.created",
    "ticket.updated",
    "ticket.closed",
    "ticket.reopened",
    "ticket.moved",
    "ticket.assigned",
    "ticket.tagged",
    "customer.replied",
    "agent.replied",
    "note.added",
    *CLOCK_EVENTS,
    *LADDER_EVENTS,
    "time",
    "manual",
)
LANGUAGE_PATTERN = "[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"
HELPDESK_NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
PRIORITIES = tuple(priority.word for priority in Priority)


def mode() -> Choice:
    """off, observe, suggest or act."""
    return Choice(Mode)


def language() -> Text:
    """A language code."""
    return Text("a language code such as en, de, nl or pt-BR", pattern=LANGUAGE_PATTERN)


def texts(what: str) -> ByName:
    """Named texts in several languages."""
    return ByName(
        ByName(
            Text("the text in this language"),
            "a text for each language: {en: …, de: …}",
            names=language(),
            least=1,
        ),
        f"{what} by name, each with a text for each language",
    )


class HelpdeskSchema(Schema):
    """One helpdesk: where it is and how to talk to it."""

    type = Choice(HOSTS, required=True)
    url = Address(required=True)
    token = Hidden(required=True, sent=True)
    webhook_secret = Hidden(required=True)
    service_user = Text("the e-mail address or login Deskladder works as", required=True)
    connect_timeout = Length()
    read_timeout = Length()
    concurrency = Number(least=1, most=64)
    verify_tls = Truth()
    ca_file = Text("a file with the issuer's certificate")
    proxy = ProxyAddress()
    public_url = Address()


class ZammadSchema(HelpdeskSchema):
    """What only Zammad knows."""

    replies_as = Choice(("system", "agent"))
    priorities = ByName(
        Text("the name of a priority in Zammad such as '3 high'"),
        "Zammad's name for each of low, normal, high, urgent",
        names=Choice(PRIORITIES),
        least=1,
    )


class AbsenceSchema(Schema):
    """Somebody is away from one day to another, both included."""

    who = Text("an e-mail address", required=True)
    from_ = Day(required=True, data_key="from")
    to = Day(required=True)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        first, last = data.get("from_"), data.get("to")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            complaint = Complaint(f"a day not before {first}, when the absence begins")
            raise refusal_at(complaint, "to")


def refusal_at(complaint: Complaint, key: str, *keys: str) -> ValidationError:
    """A refusal of one key (or one below it) by a check of the whole mapping."""
    return ValidationError({key: refusal_at(complaint, *keys).messages if keys else [complaint]})


class FreescoutPrioritySchema(Schema):
    """Priority by a tag for each word, or by the values of a custom field."""

    tags = ByName(
        Text(
            "a tag in lower-case ASCII letters, as FreeScout keeps it", pattern=r"[ -@\[-~]{1,100}"
        ),
        "a tag for each of low, normal, high, urgent",
        names=Choice(PRIORITIES),
        least=1,
    )
    field = Text("the name of a custom field")
    values = ByName(
        Text("a value of the field"),
        "the field's value for each of low, normal, high, urgent",
        names=Choice(PRIORITIES),
        least=1,
    )

    @validates_schema
    def _one_way(self, data: dict[str, Any], **_: Any) -> None:
        by_tag, by_field = "tags" in data, "field" in data or "values" in data
        if by_tag == by_field:
            raise refusal(
                "either `tags`, or `field` and `values`",
                got="both" if by_tag else "neither",
            )
        if by_field and not ("field" in data and "values" in data):
            missing = "values" if "field" in data else "field"
            raise refusal("`field` and `values` together", missing=missing)
        key = "tags" if by_tag else "values"
        seen: dict[str, str] = {}
        for word, value in data[key].items():
            if value in seen:
                complaint = Complaint(f"a value of its own, but {seen[value]} has the same")
                raise refusal_at(complaint, key, word) from None
            seen[value] = word


class FreescoutSchema(HelpdeskSchema):
    """What only FreeScout knows."""

    priority = Section(FreescoutPrioritySchema, "{tags: {…}} or {field: …, values: {…}}")
    absent = ListOf(Section(AbsenceSchema, "{who: …, from: …, to: …}"), "a list of absences")


SCHEMAS: dict[str, type[HelpdeskSchema]] = {"zammad": ZammadSchema, "freescout": FreescoutSchema}


class Helpdesk(Kind):
    """A helpdesk, checked by the schema of its type."""

    what = "a mapping with type, url, token, webhook_secret and service_user"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.kinds = {word: Section(schema, self.what) for word, schema in SCHEMAS.items()}
        self.any = Section(AnyHelpdeskSchema, self.what)

    def section_for(self, value: Any) -> Section:
        """The keys of this entry's type; those of all types when it names none we know."""
        kind = value.get("type") if isinstance(value, dict) else None
        return self.kinds.get(kind, self.any) if isinstance(kind, str) else self.any

    def read(self, value: Any) -> Any:
        return self.section_for(value).read(value)


class AnyHelpdeskSchema(ZammadSchema, FreescoutSchema):
    """Used when the type is missing or unknown: the keys of all types pass."""


class DefaultsSchema(Schema):
    """What applies where an entry says nothing."""

    calendar = Text("the name of a calendar")
    language = language()
    mode = mode()
    enforce_from = Moment()
    promise = Length(business=True)


class TeamSchema(Schema):
    """A group of the helpdesk, and who leads it."""

    group = Text("the name of a group (FreeScout: mailbox)", required=True)
    lead = Text("the e-mail address or login of the team's lead")
    authority = Text("a sentence that says what the team may decide itself")
    pool = Section(PoolSchema, "{members: group, strategy: round_robin, if_none: lead}")
    skills = ByName(
        ListOf(Text(PERSON), "a list of e-mail addresses or logins", least=1, unique=True),
        "people by skill, such as {billing: [ana@example.com]}",
    )


class RuleSchema(Schema):
    """When something happens, and this is so, do that."""

    name = Text("a name of at most 200 characters on one line", pattern=NAME_PATTERN, required=True)
    on = ListOf(
        Choice(EVENTS),
        "a list of events such as [ticket.created, customer.replied]",
        least=1,
        unique=True,
        required=True,
    )
    when = Passed("a condition such as {priority: high}")
    do = Passed("a list of actions such as [{tag: escalated}]", required=True)
    mode = mode()
    once_per = Choice(OncePer)


class NotifySchema(Schema):
    """A channel for notifications."""

    url = Channel(required=True)


class GuardsSchema(Schema):
    """The safety limits."""

    notes_per_ticket_per_day = Number(least=0, most=1000)
    replies_per_customer_per_day = Number(least=0, most=1000)
    actions_per_5m = Number(least=1, most=100_000)
    human_touch_grace = Length(zero=True)
    max_staleness = Length()
    handoffs = Number(least=1, most=100)
    loop_firings = Number(least=1, most=1000)
    loop_window = Length()


class Version(Kind):
    """The version of the file's format."""

    what = "the number 1, the version of this format"

    def read(self, value: Any) -> int:
        if value != 1 or isinstance(value, bool):
            raise refusal(self.what)
        return 1

    def json_schema(self) -> dict[str, Any]:
        return {"const": 1}


class FileSchema(Schema):
    """The whole file, includes merged."""

    version = Version(required=True)
    helpdesks = ByName(
        Helpdesk(),
        "at least one helpdesk by name",
        names=Text(
            "a name of letters, digits, - and _, because it is part of the webhook's address",
            pattern=HELPDESK_NAME_PATTERN,
        ),
        least=1,
        required=True,
    )
    defaults = Section(DefaultsSchema)
    include = Passed()
    calendars = ByName(
        Section(CalendarSchema, "a mapping with timezone, hours, holidays"), "calendars by name"
    )
    teams = ByName(Section(TeamSchema, "a mapping with group, lead, …"), "teams by name")
    rules = ListOf(
        Section(RuleSchema, "a rule: a mapping with name, on, when, do"), "a list of rules"
    )
    sla = ListOf(
        Section(SlaSchema, "a policy: a mapping with name, when, targets"), "a list of policies"
    )
    policies = ByName(
        Section(PolicySchema, "a policy: a mapping with type, levels, repeat, …"),
        "escalation policies by name",
        names=Text(
            "one word of letters, digits, - _ and ., because people write it behind /escalate",
            pattern=POLICY_NAME_PATTERN,
        ),
    )
    matrix = ListOf(Row(), "a list of rows such as {category: billing, policy: finance}")
    replies = texts("replies")
    notes = texts("notes")
    notify = ByName(Section(NotifySchema, "{url: …}"), "channels by name")
    tests = ListOf(
        Section(ScriptSchema, "a test: a mapping with name, given, happens, expect"),
        "a list of tests",
    )
    people = ByName(
        Section(PersonSchema, "{channel: …, calendar: …, language: …}"),
        "people by e-mail address",
        names=Text("an e-mail address", pattern=r"[^@\s]+@[^@\s]+"),
    )
    service = Section(ServiceSchema, "{url: …, channel: …}")
    guards = Section(GuardsSchema)
