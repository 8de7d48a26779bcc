"""Asking for an escalation: rules, people and other systems, each in their own way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from plugin.domain.escalation import Cause, Escalation, Phase, Source
from plugin.domain.plan import Event
from plugin.domain.settings import ActionCall, Rule
from plugin.domain.situation import Situation
from plugin.domain.transitions import Signal
from plugin.engine.ladders.choosing import Choice, choice_for, choose, with_added
from plugin.engine.ladders.running import Ladders
from plugin.engine.ladders.timing import following

# What rules ask for -------------------------------------------------------------------------


def escalate(
    ladders: Ladders,
    params: Mapping[str, Any],
    cause: Cause,
    situation: Situation,
    *,
    only_suggest: bool = False,
    others: tuple[ActionCall, ...] = (),
) -> str:
    """Open or raise an escalation for a rule; what was done, in words for the audit.

    With `only_suggest` nothing else happens yet; `others` is what else the rule would do then.
    """
    choice = _choice(ladders, params, situation)
    if isinstance(choice, str):
        return f"not escalated: {choice}"
    running = ladders.running_on(choice.policy.name)
    if running is not None:
        return _further(ladders, running, choice, cause, only_suggest=only_suggest)
    if rests := _rests(ladders, choice.policy.name, choice.policy.cool_down):
        return f"not escalated: {rests}"
    if others:
        choice = with_added(choice, others)
    one = ladders.open(choice, cause, suggest=only_suggest)
    what = "suggested" if only_suggest else "opened"
    return f"{what} escalation {one.policy.name} at level {one.level}"


def would(ladders: Ladders, params: Mapping[str, Any], situation: Situation) -> str:
    """What `escalate` would do now, for a rule that only observes."""
    choice = _choice(ladders, params, situation)
    if isinstance(choice, str):
        return f"would not escalate: {choice}"
    chosen = f" ({choice.why})" if choice.why else ""
    return f"would escalate to {choice.policy.name}, level {choice.start}{chosen}"


def _choice(ladders: Ladders, params: Mapping[str, Any], situation: Situation) -> Choice | str:
    if ladders.ticket.is_closed:
        return "the ticket is closed"
    policy, start = params.get("policy"), params.get("start_level")
    level = start if isinstance(start, int) else None
    return choose(ladders.config, situation, str(policy) if policy else None, level)


def suggest(ladders: Ladders, rule: Rule, cause: Cause) -> str:
    """Suggest what a rule would do that asks for no escalation."""
    choice = choice_for(rule)
    running = ladders.running_on(choice.policy.name)
    if running is not None:
        ladders.add_cause(running, cause)
        return "suggested already, nobody has answered yet"
    if rests := _rests(ladders, choice.policy.name, choice.policy.cool_down):
        return f"not suggested: {rests}"
    ladders.open(choice, cause, suggest=True)
    return "suggested: it waits for /accept or /reject"


def _further(
    ladders: Ladders, running: Escalation, choice: Choice, cause: Cause, *, only_suggest: bool
) -> str:
    one = ladders.add_cause(running, cause)
    name = one.policy.name
    if one.phase is Phase.SUGGESTED and not only_suggest:
        ladders.move(one, Signal.ACCEPT, cause.why, level=max(one.level, choice.start))
        return f"opened escalation {name}, which was only suggested"
    if only_suggest or choice.start <= one.level:
        return f"a further cause of escalation {name}, which is at level {one.level}"
    if one.policy.level(choice.start) is None:
        return f"a further cause of escalation {name}, which has no level {choice.start}"
    raised = one.with_changes(top=max(one.top, choice.top))
    ladders.move(raised, Signal.RAISE, cause.why, level=choice.start)
    return f"raised escalation {name} to level {choice.start}"


def _rests(ladders: Ladders, policy: str, cool_down: timedelta) -> str:
    """Why a rule must not open this ladder again yet: somebody gave it back, or did not want it."""
    for one in ladders.over():
        if one.policy.name != policy or one.phase not in {Phase.HANDED_BACK, Phase.DECLINED}:
            continue
        until = one.changed_at + cool_down
        if ladders.now < until:
            return f"{policy} was {one.phase} and rests until {until:%Y-%m-%d %H:%M} UTC"
    return ""


# What people ask for ------------------------------------------------------------------------


def ask(ladders: Ladders, policy: str | None, cause: Cause, start: int | None) -> str:
    """A person or another system wants an escalation: why not, or "" when there is one now."""
    told = len(ladders.events)
    refused = _ask(ladders, policy, cause, start)
    if not refused:
        reason = f": {cause.reason}" if cause.reason else ""
        said = f"{cause.by or 'somebody'} asked for an escalation{reason}"
        step = next((event.step for event in ladders.events[told:]), "")
        asked = Event("manual", min(cause.at, ladders.now), said, step=step)
        ladders.events.insert(told, asked)
    return refused


def _ask(ladders: Ladders, policy: str | None, cause: Cause, start: int | None) -> str:
    if ladders.ticket.is_closed:
        return "The ticket is closed: open it first."
    for one in ladders.running():
        if one.phase is Phase.SUGGESTED and policy in {None, one.policy.name}:
            why = cause.reason or "it was asked for"
            ladders.move(one, Signal.ACCEPT, why, by=cause.by, asked=True)
            return ""
    choice = choose(ladders.config, ladders.situation(), policy, start)
    if isinstance(choice, str):
        return f"{choice[:1].upper()}{choice[1:]}."
    running = ladders.running_on(choice.policy.name)
    if running is None:
        ladders.open(choice, cause)
        return ""
    return _raise_by_person(ladders, ladders.add_cause(running, cause), cause, choice, start)


def _raise_by_person(
    ladders: Ladders, one: Escalation, cause: Cause, choice: Choice, start: int | None
) -> str:
    """Asked for again: a person gets the next level, a system the one it names, if higher."""
    wanted = following(one, one.level)
    if cause.source is Source.OUTSIDE:
        wanted = choice.start if start is not None and choice.start > one.level else None
        if wanted is None:
            return ""
    if wanted is None:
        return f"It is at level {one.level} already, the highest of policy {one.policy.name}."
    why = f"{cause.by or 'somebody'} asked for the next level"
    ladders.move(one, Signal.RAISE, why, by=cause.by, asked=True, level=wanted)
    return ""
