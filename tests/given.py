"""Tickets, messages, rules and configurations for tests, with everything beside the point filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from plugin.conditions import Names, all_of, any_of, lookup, none_of
from plugin.domain.calendar import Calendar
from plugin.domain.duration import Duration
from plugin.domain.memory import ActionRecord, ActionState, Memory
from plugin.domain.plan import Plan
from plugin.domain.settings import (
    ActionCall,
    Config,
    Defaults,
    Guards,
    Mode,
    OncePer,
    Place,
    Rule,
    Sla,
    Team,
)
from plugin.domain.situation import Condition, Situation
from plugin.domain.sla import Metric, SlaPolicy, Threshold
from plugin.domain.ticket import (
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

# A Monday; Amsterdam is one hour ahead of UTC.
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
REF = TicketRef("support", 12)
OFFICE = Calendar.of("office", "Europe/Amsterdam", {"mon-fri": ["09:00-17:00"]})

NEW = State("new", StateType.NEW)
OPEN = State("open", StateType.OPEN)
CLOSED = State("closed", StateType.CLOSED)
FRONT = Group(1, "1st Level")
FINANCE = Group(3, "Finance")
GUEST = Person(7, Role.CUSTOMER, name="Gerda Guest", email="gerda@hotel.example.com")
ANA = Person(21, Role.AGENT, name="Ana", email="ana@example.com", login="ana@example.com")
BEN = Person(22, Role.AGENT, name="Ben", email="ben@example.com", login="ben@example.com")
US = Person(99, Role.AGENT, name="Deskladder", email="deskladder@example.com")


def hours(count: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=count)


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def message(
    number: int = 1,
    text: str = "",
    *,
    at: datetime = MONDAY,
    kind: MessageKind = MessageKind.CUSTOMER,
    author: Person | None = None,
    **more: Any,
) -> Message:
    """One message, by the customer unless said otherwise."""
    writer = author or (GUEST if kind is MessageKind.CUSTOMER else ANA)
    if kind is MessageKind.NOTE:
        more = {"channel": "note"} | more
    return Message(id=number, kind=kind, author=writer, created_at=at, text=text, **more)


def answer(number: int, *, at: datetime, **more: Any) -> Message:
    """A public message by an agent."""
    return message(number, at=at, kind=MessageKind.AGENT, **more)


def note(number: int, *, at: datetime, **more: Any) -> Message:
    """An internal note by an agent."""
    return message(number, at=at, kind=MessageKind.NOTE, **more)


def ticket(*messages: Message, **fields: Any) -> Ticket:
    """A ticket; without messages it has one by the customer."""
    first = messages or (message(),)
    values: dict[str, Any] = {
        "ref": REF,
        "number": "10012",
        "url": "https://help.example.com/#ticket/zoom/12",
        "subject": "Question",
        "state": OPEN,
        "priority": Priority.NORMAL,
        "group": FRONT,
        "owner": None,
        "customer": GUEST,
        "channel": "email",
        "created_at": first[0].created_at,
        "updated_at": max(one.created_at for one in first),
        "messages": first,
    }
    return Ticket(**values | fields)


def memory(**fields: Any) -> Memory:
    """A memory of a ticket never seen, of a store that is a day older than the tickets."""
    return Memory(**{"ref": REF, "installed_at": MONDAY - timedelta(days=1)} | fields)


def situation(of: Ticket | None = None, *, now: datetime = MONDAY, **fields: Any) -> Situation:
    """What a condition looks at; no calendar unless given."""
    return Situation(
        ticket=of or ticket(), memory=fields.pop("memory", memory()), now=now, **fields
    )


def condition(key: str, value: Any, names: Names | None = None) -> Condition:
    """A condition from its YAML value, as the configuration compiles it."""
    module = lookup(key)
    assert module is not None, key
    operand = module.OPERAND.deserialize(value)
    return module.compile_condition(key, operand, names or Names())


def when(tree: Mapping[str, Any], names: Names | None = None, path: str = "when") -> Condition:
    """A whole `when`, as the configuration compiles it."""
    parts = []
    for key, value in tree.items():
        nest = {"all": all_of, "any": any_of, "none": none_of}.get(key)
        if nest is None:
            parts.append(condition(key, value, names))
        else:
            nested = [when(part, names, f"{path}.{key}[{i}]") for i, part in enumerate(value)]
            parts.append(nest(nested, f"{path}.{key}"))
    return parts[0] if len(parts) == 1 else all_of(parts, path)


def rule(
    name: str = "a rule",
    *,
    on: str = "customer.replied",
    tree: Mapping[str, Any] | None = None,
    do: list[Mapping[str, Any]] | None = None,
    mode: Mode = Mode.ACT,
    once_per: OncePer = OncePer.CYCLE,
) -> Rule:
    """A rule that acts; `on` lists its events, `do` is as in the file but with full parameters."""
    calls = do if do is not None else [{"tag": {"tags": ["seen"]}}]
    return Rule(
        name=name,
        on=frozenset(on.split()),
        when=when(tree or {}),
        do=tuple(
            ActionCall(action, params, Place("deskladder.yaml", 1, 1))
            for call in calls
            for action, params in call.items()
        ),
        mode=mode,
        once_per=once_per,
        place=Place("deskladder.yaml", 1, 1),
    )


def sla(
    name: str = "standard",
    *,
    tree: Mapping[str, Any] | None = None,
    calendar: Calendar = OFFICE,
    at_risk: str = "",
    digest: str = "",
    pause_in: str = "",
    **targets: str,
) -> Sla:
    """A policy; `targets` as in the file: `first_response="4h"`, thresholds separated by blanks."""
    policy = SlaPolicy(
        name,
        {Metric(metric): Duration.parse(target) for metric, target in targets.items()},
        at_risk=tuple(Threshold.parse(text) for text in at_risk.split()),
        pause_in=frozenset({pause_in} - {""}),
    )
    what = f"{name} {targets} {at_risk} {tree} {calendar.week} {pause_in}"
    place = Place("deskladder.yaml", 1, 1)
    return Sla(policy, when(tree or {}), calendar, place, digest or what)


def config(*rules: Rule, calendar: Calendar | None = None, **fields: Any) -> Config:
    """A configuration with these rules."""
    defaults = fields.pop("defaults", Defaults(calendar=calendar.name if calendar else None))
    return Config(
        path=Path("deskladder.yaml"),
        digest="1",
        loaded_at=MONDAY,
        helpdesks={},
        defaults=defaults,
        guards=fields.pop("guards", Guards()),
        calendars={calendar.name: calendar} if calendar else {},
        teams=fields.pop("teams", {"finance": Team("finance", "Finance")}),
        rules=rules,
        **fields,
    )


def stored(plan: Plan, before: Memory, *, done: bool = True) -> Memory:
    """The memory the store would give back after this plan; `done`: its actions were performed."""
    records = tuple(
        ActionRecord(
            key=action.key,
            rule=action.rule,
            name=action.name,
            state=ActionState.DONE
            if done and action.state is ActionState.PLANNED
            else action.state,
            planned_at=plan.decided_at,
            done_at=plan.decided_at if done else None,
            cycle=action.cycle,
        )
        for action in plan.actions
    )
    known = {record.key for record in before.actions}
    fresh = tuple(record for record in records if record.key not in known)
    demoted = dict(before.demoted) | dict(plan.demote)
    return plan.memory.with_changes(actions=before.actions + fresh, demoted=demoted)
