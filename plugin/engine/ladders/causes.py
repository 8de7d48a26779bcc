"""Is there still a cause? Asked of an escalation that is not over, at each look."""

from __future__ import annotations

from dataclasses import replace

from plugin.domain.escalation import Cause, Escalation, Source
from plugin.domain.memory import Memory
from plugin.domain.settings import Config, Mode, Rule
from plugin.domain.situation import Situation
from plugin.domain.ticket import Person, Priority, Role, Ticket
from plugin.domain.waiting import last_human_act_at
from plugin.domain.watching import UNIT, Watch
from plugin.engine.ladders.undoing import as_found


def are_gone(
    escalation: Escalation, config: Config, situation: Situation, watched: Watch
) -> str | None:
    """Why no cause is left, in words; None while there is one."""
    reasons: list[str] = []
    for cause in escalation.causes:
        reason = _gone(cause, escalation, config, situation, watched)
        if reason is None:
            return None
        reasons.append(reason)
    return "; ".join(dict.fromkeys(reasons)) or None


def _gone(
    cause: Cause, escalation: Escalation, config: Config, situation: Situation, watched: Watch
) -> str | None:
    if cause.gone_at is not None:
        return "the other system has closed its case"
    if cause.source is not Source.RULE:
        return None
    if cause.clock:
        return _clock_gone(cause, config, watched)
    rule = next((one for one in config.rules if one.name == cause.rule), None)
    if rule is None or rule.mode is Mode.OFF or not rule.when.by_time:
        return None
    return _no_longer_so(rule, cause, escalation, situation)


def _clock_gone(cause: Cause, config: Config, watched: Watch) -> str | None:
    """Without policies, or with one that cannot be counted, nobody knows."""
    if not config.sla or watched.problem:
        return None
    clock = watched.clock_of(f"{UNIT}{cause.clock}")
    if clock is None:
        return "its SLA clock is not counted any more"
    if clock.phase.is_final:
        return f"the {clock.metric.replace('_', ' ')} clock has stopped, {clock.stopped_by}"
    return None


def _no_longer_so(
    rule: Rule, cause: Cause, escalation: Escalation, situation: Situation
) -> str | None:
    """A person must have done something since: that office hours end is no remedy.

    What the ladder itself changed is thought away: that the ticket has an owner because it was
    escalated for having none is no remedy either.
    """
    if last_human_act_at(situation.ticket) <= cause.at:
        return None
    ticket = _without_us(escalation, situation.ticket, situation.memory)
    asked = replace(situation, ticket=ticket, events=())
    if rule.when.holds(asked):
        return None
    return f"no longer so: {rule.when.judge(asked).reason}"


def _without_us(escalation: Escalation, ticket: Ticket, memory: Memory) -> Ticket:
    found = as_found(escalation, ticket, memory)
    changes: dict[str, object] = {}
    if "owner" in found:
        owner = found["owner"]
        changes["owner"] = Person(int(owner), Role.AGENT) if owner.isdigit() else None
    if "group" in found and escalation.group is not None:
        changes["group"] = escalation.group
    if found.get("priority"):
        changes["priority"] = Priority.from_word(found["priority"])
    return replace(ticket, **changes) if changes else ticket  # type: ignore[arg-type]
