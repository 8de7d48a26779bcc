"""Finding the person an action names, with the reason when it cannot be this one."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from plugin.actions import Occasion
from plugin.actions._fresh import name_of
from plugin.domain.errors import Refused
from plugin.domain.settings import Config
from plugin.domain.ticket import Agent


def find_person(params: Mapping[str, Any], occasion: Occasion) -> Agent:
    """The agent behind `to: …` or `lead: <team>`. Raises `Refused` when there is none."""
    who = _who(params, occasion.config)
    agent = occasion.helpdesk.find_agent(who)
    if agent is None:
        raise Refused(_nobody(params, who, occasion))
    return agent


def _who(params: Mapping[str, Any], config: Config) -> str:
    if "lead" not in params:
        return config.reveal(str(params["to"]))
    team = config.teams.get(str(params["lead"]))
    if team is None or not team.lead:
        raise Refused(
            f"team {params['lead']!r} has no lead: add `lead:` to the team in the file, "
            "then run `deskladder retry`"
        )
    return team.lead


def _nobody(params: Mapping[str, Any], who: str, occasion: Occasion) -> str:
    """The person's address stays out: the file shows it at the rule."""
    named = f"the lead of team {params['lead']!r}" if "lead" in params else "this person"
    known = {
        login: agent
        for agent in occasion.helpdesk.agents()
        for login in (agent.person.email.lower(), agent.person.login.lower())
        if login
    }
    near = difflib.get_close_matches(who.lower(), known, 1, 0.75)
    meant = f"; did you mean {name_of(known[near[0]])}?" if near else ""
    return (
        f"the helpdesk knows no agent for {named}{meant} Name an agent by e-mail address or login "
        f"in rule {occasion.action.rule!r}, then run `deskladder retry`"
    )


def reason_unavailable(agent: Agent, occasion: Occasion) -> str | None:
    """Why this agent should get no work now: inactive, or absent today; None otherwise."""
    if not agent.active:
        return f"{name_of(agent)} is not active"
    absence = agent.absence
    if absence and absence.first_day <= _today(occasion.config, occasion.now) <= absence.last_day:
        return f"{name_of(agent)} is absent until {absence.last_day.isoformat()}"
    return None


def at_work(agent: Agent, occasion: Occasion, *, owning: bool = True) -> tuple[Agent | None, str]:
    """This agent, or whoever stands in while they are away; None when nobody does.

    The text says for whom somebody stands in, or why nobody does. A replacement (Zammad's
    out-of-office settings) who is away too is replaced in turn; only one who is there and, with
    `owning`, may own tickets of the group counts.
    """
    away = reason_unavailable(agent, occasion)
    if not away:
        return agent, ""
    named: set[int | None] = {agent.person.id}
    known = {one.person.id: one for one in occasion.helpdesk.agents()}
    last, reason = agent, away
    while number := last.absence.replacement_id if last.active and last.absence else None:
        if number in named:
            return None, f"{reason}, and the replacements named form a circle"
        named.add(number)
        if number not in known:
            return None, f"{reason}, and the replacement named is no agent"
        last = known[number]
        if (why := reason_unavailable(last, occasion)) is None:
            if not owning or may_own(last, occasion):
                return last, f"because {away}"
            group = occasion.ticket.group.name
            return None, f"{reason}, and {name_of(last)} may not own tickets of group {group!r}"
        reason = f"{reason}, {why}"
    return None, reason


def may_own(agent: Agent, occasion: Occasion) -> bool:
    """True when the agent may own tickets of the ticket's present group."""
    allowed = occasion.helpdesk.agents(occasion.ticket.group)
    return any(one.person.id == agent.person.id for one in allowed)


def _today(config: Config, now: datetime) -> date:
    """The date where the office is: absences are whole days there."""
    calendar = config.calendars.get(config.defaults.calendar or "")
    return (now.astimezone(ZoneInfo(calendar.timezone)) if calendar else now).date()
