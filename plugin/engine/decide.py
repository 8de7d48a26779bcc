"""The heart: what is to be done about a ticket now. Pure; the same input gives the same plan.

A rule is looked at when one of its events happened since the last look, or, with `time` in its `on`,
at every look. Each new message is looked at as if it had been the newest, so that two quick messages
in one look fire what they would have fired one by one. Rules with `time` rest while the ticket is
closed; a new look comes when it is opened again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from plugin.actions import registry
from plugin.conditions import judged
from plugin.domain.memory import Memory
from plugin.domain.plan import Event, Plan, RuleOutcome, Step, Timer
from plugin.domain.settings import Config, OncePer, Rule
from plugin.domain.situation import Situation
from plugin.domain.ticket import Message, Ticket
from plugin.domain.watching import Watch, situation_of, watch
from plugin.engine.announcing import announce
from plugin.engine.events import News, news_of
from plugin.engine.firing import Firings, Occasion, unit_of
from plugin.engine.ladders.climbing import Climbing, may_be_asked
from plugin.engine.ladders.owing import owed_timers

TIME = "time"
_TICK = timedelta(microseconds=1)
_TOGETHER = timedelta(seconds=5)
_STEPS = {"note": Step.NOTE, "notify": Step.OUTSIDE, "webhook": Step.OUTSIDE, "reply": Step.REPLY}


def decide(config: Config, ticket: Ticket, memory: Memory, now: datetime) -> Plan:
    """Compare the ticket with what is remembered, and answer what to do, when to look again, and why.

    The plan's outcomes tell of rules that fired, that had their turn before, or that wait for an
    instant; a rule without an outcome was not asked, or its conditions do not hold.
    """
    news = news_of(ticket, memory, now)
    if is_left_alone(config, ticket):
        asked = tuple(request.id for request in memory.requests)
        return Plan(ticket.ref, now, news.memory, news.events, requests=asked)
    watched = watch(config, ticket, news.memory, now)
    told = announce(config, ticket, memory, watched, now)
    climbing = Climbing(config, ticket, memory, now, news, watched)
    firings = Firings(config, ticket, memory, now, step_of, climbing)
    climbing.plan = firings.plan_step
    if memory.escalations or memory.requests or may_be_asked(config, news):
        news = climbing.advance()
    outcomes: list[RuleOutcome] = []
    timers: list[Timer] = [*told.timers]
    for occasion in occasions_of(config, ticket, news, now, watched, told.events):
        _ask_rules(config, occasion, firings, outcomes, timers)
    kept = news.memory
    if told.memory is not kept.announced or firings.fired != kept.fired:
        kept = kept.with_changes(fired=firings.fired, announced=told.memory)
    events = (*news.events, *told.events)
    if climbing.ladders is not None:
        for occasion in climbing.occasions():
            _ask_rules(config, occasion, firings, outcomes, timers)
        timers += [*climbing.ladders.timers(), *owed_timers(climbing.ladders, firings.actions)]
        outcomes += climbing.ladders.outcomes
        events += climbing.heard
        kept = kept.with_changes(fired=firings.fired, escalations=climbing.ladders.escalations)
    return Plan(
        ref=ticket.ref,
        decided_at=now,
        memory=kept,
        events=events,
        outcomes=tuple(outcomes),
        actions=tuple(firings.actions),
        timers=_each_once(timers),
        demote=firings.demote,
        requests=tuple(request.id for request in memory.requests),
    )


def is_left_alone(config: Config, ticket: Ticket) -> bool:
    """True for a ticket older than `enforce_from`: it is remembered, and nothing is done about it."""
    since = config.defaults.enforce_from
    return since is not None and ticket.created_at < since


def occasions_of(
    config: Config,
    ticket: Ticket,
    news: News,
    now: datetime,
    watched: Watch,
    told: tuple[Event, ...],
) -> Iterator[Occasion]:
    """The ticket as each new message found it, each event of a clock, and last of all as it is now."""
    heard = [event for event in news.events if event.message_id is not None]
    newest = heard[-1] if heard else None
    for event in heard[:-1]:
        known = _until(ticket, event.message_id)
        memory = news.memory
        earlier = replace(ticket, messages=known)
        then = situation_of(config, earlier, memory, now, (event,), watched=watched)
        yield Occasion(then, _cycle_at(news, event.at), is_present=False)
    for event in told:
        heard_now = situation_of(config, ticket, news.memory, now, (event,), watched=watched)
        yield Occasion(heard_now, news.memory.cycle, is_present=False)
    events = tuple([one for one in news.events if one is newest or one.message_id is None])
    present = situation_of(config, ticket, news.memory, now, events, watched=watched)
    yield Occasion(present, news.memory.cycle)


def _until(ticket: Ticket, message_id: int | None) -> tuple[Message, ...]:
    """The messages up to this one, which may stand before others of lower ids."""
    ids = [one.id for one in ticket.messages]
    return ticket.messages[: ids.index(message_id) + 1] if message_id in ids else ()


def _cycle_at(news: News, at: datetime) -> int:
    later = sum(
        event.name == "ticket.reopened" and event.at > at + _TOGETHER for event in news.events
    )
    return news.memory.cycle - later


def _ask_rules(
    config: Config,
    occasion: Occasion,
    firings: Firings,
    outcomes: list[RuleOutcome],
    timers: list[Timer],
) -> None:
    situation = occasion.situation
    names = {event.name for event in situation.events}
    timed = rests_not(firings.ticket) and occasion.is_present
    firings.begin()
    if timed:
        names.add(TIME)
    for rule in config.rules_on(names):
        # Most rules end here: nothing dear may come before.
        holds = rule.when.holds(situation)
        by_time = timed and TIME in rule.on
        if not holds and not by_time:
            continue
        outcome, timer = _ask(config, rule, occasion, firings, holds=holds, by_time=by_time)
        if outcome:
            outcomes.append(outcome)
        if timer:
            timers.append(timer)


def _ask(
    config: Config, rule: Rule, occasion: Occasion, firings: Firings, *, holds: bool, by_time: bool
) -> tuple[RuleOutcome | None, Timer | None]:
    situation = occasion.situation
    at = asked_at(rule, situation)
    day = day_of(config, at) if rule.once_per is OncePer.DAY else ""
    unit = unit_of(rule, occasion, day)
    if firings.has_fired(rule, unit):
        had = RuleOutcome(rule.name, fired=False, why=f"had its turn, once per {rule.once_per}")
        return had, _tomorrow(config, rule, situation.now) if by_time else None
    if holds:
        verdict = judged(rule.when, situation)
        why = _with_clock(rule, situation.events, verdict.reason)
        firings.fire(rule, unit, at, why, occasion)
        fired = RuleOutcome(rule.name, fired=True, why=why, verdict=verdict)
        return fired, _tomorrow(config, rule, situation.now) if by_time else None
    if not rule.when.by_time:
        return None, None
    verdict = judged(rule.when, situation)
    if verdict.changes_at is None:
        return None, None
    due_at = max(verdict.changes_at, situation.now + _TICK)
    waits = RuleOutcome(rule.name, fired=False, why=f"waits: {verdict.reason}", verdict=verdict)
    return waits, Timer(rule.name, due_at, verdict.reason)


def _with_clock(rule: Rule, events: tuple[Event, ...], reason: str) -> str:
    """A rule that fires on a clock says which one, whatever its conditions have to say."""
    clocks = [event.why for event in events if event.clock and event.name in rule.on]
    return "; ".join(filter(None, [*clocks, reason]))


def _each_once(timers: list[Timer]) -> tuple[Timer, ...]:
    """The store keeps one timer of a name; a rule may be called like ours."""
    first: dict[str, Timer] = {}
    for timer in timers:
        known = first.get(timer.name)
        if known is None or timer.due_at < known.due_at:
            first[timer.name] = timer
    return tuple(first.values())


def rests_not(ticket: Ticket) -> bool:
    """True while rules with `time` are looked at."""
    return not ticket.is_closed


def asked_at(rule: Rule, situation: Situation) -> datetime:
    """When the newest of the rule's events happened; now for a rule that time asks too."""
    if TIME in rule.on:
        return situation.now
    hits = [event.at for event in situation.events if event.name in rule.on]
    return min(max(hits, default=situation.now), situation.now)


def day_of(config: Config, at: datetime) -> str:
    """The civil date in the default calendar's zone, else in UTC."""
    return at.astimezone(zone_of(config)).date().isoformat()


def _tomorrow(config: Config, rule: Rule, now: datetime) -> Timer | None:
    """For a rule that may fire every day: the coming midnight."""
    if rule.once_per is not OncePer.DAY:
        return None
    zone = zone_of(config)
    date = now.astimezone(zone).date() + timedelta(days=1)
    midnight = datetime.combine(date, time.min, zone).astimezone(UTC)
    return Timer(rule.name, max(midnight, now + _TICK), "its next day begins")


def zone_of(config: Config) -> ZoneInfo:
    """The default calendar's zone, else UTC."""
    calendar = config.calendars.get(config.defaults.calendar or "")
    return ZoneInfo(calendar.timezone if calendar else "UTC")


@cache
def step_of(action: str) -> Step:
    """The action's place in the order of a firing."""
    module = registry().get(action)
    return module.STEP if module else _STEPS.get(action, Step.WRITE)
