"""Why a ticket is treated as it is: every rule with its reasons, what was done, what comes next.

The same pure code that decides; nothing is stored and nothing is done. Says nothing of what the
customer wrote.
"""

from __future__ import annotations

from datetime import datetime

from plugin.conditions import judged
from plugin.domain.dataclass import dataclass
from plugin.domain.memory import ActionRecord, ActionState, Memory
from plugin.domain.plan import Event, Plan, PlannedAction, Timer
from plugin.domain.settings import Config, Mode, OncePer, Rule
from plugin.domain.ticket import MessageKind, Ticket, TicketRef
from plugin.domain.verdict import Verdict
from plugin.domain.waiting import unanswered_messages
from plugin.domain.watching import situation_of
from plugin.engine.clocks import SlaExplanation, explain_clocks
from plugin.engine.decide import (
    TIME,
    asked_at,
    day_of,
    decide,
    is_left_alone,
    zone_of,
)
from plugin.engine.firing import DAY, Occasion, counts, unit_of
from plugin.engine.ladders.explaining import LadderExplanation, explain_ladders


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """One rule: what its conditions say now, whether it would fire at a look now, and why."""

    name: str
    mode: Mode
    on: tuple[str, ...]
    once_per: OncePer
    place: str
    fires: bool
    why: str
    verdict: Verdict | None
    looks_again_at: datetime | None = None
    demoted: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """One guard and how much of it is used up."""

    name: str
    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole answer; see `plugin.engine.telling` for its two shapes."""

    ref: TicketRef
    number: str
    url: str
    at: datetime
    timezone: str
    facts: tuple[tuple[str, str], ...]
    instants: tuple[tuple[str, datetime | None], ...]
    events: tuple[Event, ...]
    rules: tuple[RuleExplanation, ...]
    timers: tuple[Timer, ...]
    would: tuple[PlannedAction, ...]
    actions: tuple[ActionRecord, ...]
    guards: tuple[Limit, ...]
    sla: SlaExplanation | None = None
    ladders: tuple[LadderExplanation, ...] = ()

    def as_text(self) -> str:
        """For a person at a terminal."""
        from plugin.engine.telling import as_text

        return as_text(self)

    def as_json(self) -> dict[str, object]:
        """For a script; instants are ISO 8601 in UTC."""
        from plugin.engine.telling import as_json

        return as_json(self)


def explain(config: Config, ticket: Ticket, memory: Memory, now: datetime) -> Explanation:
    """What a look at this ticket now would find and do, and why."""
    plan = decide(config, ticket, memory, now)
    return Explanation(
        ref=ticket.ref,
        number=ticket.number,
        url=ticket.url,
        at=now,
        timezone=str(zone_of(config)),
        facts=_facts(ticket, plan.memory),
        instants=_instants(ticket, memory, plan.memory),
        events=plan.events,
        rules=tuple(_rule(config, rule, ticket, memory, plan) for rule in config.rules),
        timers=tuple(sorted(plan.timers, key=lambda timer: timer.due_at)),
        would=plan.actions,
        actions=memory.actions,
        guards=_guards(config, memory, now),
        sla=explain_clocks(config, ticket, plan.memory, now),
        ladders=explain_ladders(config, ticket, plan.memory, now),
    )


def _rule(
    config: Config, rule: Rule, ticket: Ticket, memory: Memory, plan: Plan
) -> RuleExplanation:
    now = plan.decided_at
    situation = situation_of(config, ticket, plan.memory, now, plan.events)
    verdict = None if rule.mode is Mode.OFF else judged(rule.when, situation)
    timer = next((timer for timer in plan.timers if timer.name == rule.name), None)
    fired = next((one for one in plan.outcomes if one.rule == rule.name and one.fired), None)
    if fired is not None:
        verdict = fired.verdict
    unit = unit_of(
        rule,
        Occasion(situation, plan.memory.cycle),
        day_of(config, asked_at(rule, situation)),
    )
    had = any((one.rule, one.cycle) == (rule.name, unit) for one in memory.actions)
    return RuleExplanation(
        name=rule.name,
        mode=rule.mode,
        on=tuple(sorted(rule.on)),
        once_per=rule.once_per,
        place=str(rule.place),
        fires=fired is not None,
        why=_would_fire(rule, plan)
        if fired
        else _would_not(config, rule, ticket, verdict, had_its_turn=had),
        verdict=verdict,
        looks_again_at=timer.due_at if timer else None,
        demoted=memory.demoted.get(rule.name),
    )


def _would_fire(rule: Rule, plan: Plan) -> str:
    heard = sorted({event.name for event in plan.events} & rule.on)
    cause = f"on {', '.join(heard)}" if heard else "because its time has come"
    doing = [one for one in plan.actions if one.rule == rule.name]
    if any(one.state in {ActionState.PLANNED, ActionState.DONE} for one in doing):
        return f"would fire now, {cause}"
    reasons = sorted({one.detail for one in doing if one.detail})
    return f"would fire now, {cause}, and do nothing: {'; '.join(reasons)}"


def _would_not(
    config: Config, rule: Rule, ticket: Ticket, verdict: Verdict | None, *, had_its_turn: bool
) -> str:
    if verdict is None:
        return "is off"
    if is_left_alone(config, ticket):
        return "leaves this ticket alone: it was created before enforce_from"
    if had_its_turn:
        return f"had its turn, once per {rule.once_per}"
    if not verdict.holds:
        return "does not fire: its conditions do not hold"
    if TIME in rule.on and ticket.is_closed:
        return "rests while the ticket is closed"
    return f"does not fire now: it waits for {' or '.join(sorted(rule.on - {TIME}))}"


def _facts(ticket: Ticket, memory: Memory) -> tuple[tuple[str, str], ...]:
    customer = ticket.customer
    spoken = [message for message in ticket.messages if message.by_human]
    by_customer = sum(message.kind is MessageKind.CUSTOMER for message in spoken)
    by_agents = sum(message.kind is MessageKind.AGENT for message in spoken)
    notes = sum(message.kind is MessageKind.NOTE for message in spoken)
    others = len(ticket.messages) - len(spoken)
    waiting = len(unanswered_messages(ticket, memory.closed_at))
    messages = (
        f"{by_customer} by the customer, {by_agents} by agents, {notes} notes, "
        f"{others} automatic or ours; {waiting} unanswered"
    )
    about = ("VIP" if customer.vip else "", customer.organization or "")
    return (
        ("state", f"{ticket.state.name} ({ticket.state.type})"),
        ("group", ticket.group.name),
        ("owner", ticket.owner.name or f"agent {ticket.owner.id}" if ticket.owner else "nobody"),
        ("priority", ticket.priority.word if ticket.priority else "none"),
        ("channel", ticket.channel),
        ("tags", ", ".join(sorted(ticket.tags)) or "none"),
        ("language", ticket.language or customer.language or "not told"),
        ("customer", ", ".join(one for one in about if one) or "nothing special"),
        ("messages", messages),
        (
            "history",
            f"cycle {memory.cycle}, reopened {memory.reopened} times, {memory.handoffs} handoffs",
        ),
    )


def _instants(
    ticket: Ticket, before: Memory, after: Memory
) -> tuple[tuple[str, datetime | None], ...]:
    waiting = unanswered_messages(ticket, after.closed_at)
    return (
        ("created", ticket.created_at),
        ("changed", ticket.updated_at),
        ("waiting since", waiting[0].created_at if waiting else None),
        ("touched by an agent", ticket.touched_at),
        ("closed", after.closed_at),
        ("first seen", before.first_seen_at),
        ("last looked at", before.looked_at),
    )


def _guards(config: Config, memory: Memory, now: datetime) -> tuple[Limit, ...]:
    guards = config.guards
    notes = sum(
        counts(one, "note") and (one.done_at or one.planned_at) > now - DAY
        for one in memory.actions
    )
    replies = sum(at > now - DAY for at in memory.customer_replies) + sum(
        one.name == "reply" and one.state.is_open for one in memory.actions
    )
    return (
        Limit("notes on this ticket in 24 hours", notes, guards.notes_per_ticket_per_day),
        Limit("replies to this customer in 24 hours", replies, guards.replies_per_customer_per_day),
    )
