"""The escalation an action of a ladder belongs to, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from plugin.actions import Occasion
from plugin.domain.escalation import Escalation
from plugin.domain.ladder import LADDER
from plugin.texts.ladder import NO_LADDER, LadderWords, Names, ladder_words, level_times
from plugin.texts.reasons import say_reason

_STEP_OF_A_LADDER = re.compile(r"e(\d+)\.(\d+)")


def escalation_of(params: Mapping[str, Any], occasion: Occasion) -> Escalation | None:
    """The escalation that `escalation` (its number) names, else the one whose step the action is of.

    None for an action of a plain rule.
    """
    action = occasion.action
    number = params.get("escalation", params.get("number"))
    if number is None and action.rule.startswith(LADDER):
        found = _STEP_OF_A_LADDER.fullmatch(action.cycle)
        number = int(found[1]) if found else None
    return next((one for one in occasion.memory.escalations if one.number == number), None)


def deadline_of_level(occasion: Occasion) -> datetime | None:
    """Until when the level of a ladder is to be solved, else acknowledged; None where nothing says so."""
    escalation = escalation_of({}, occasion)
    if escalation is None:
        return None
    times = level_times(escalation, occasion.memory.actions, occasion.config, occasion.now)
    return times.resolve_by or times.ack_by


def ladder_of(
    params: Mapping[str, Any],
    occasion: Occasion,
    *,
    language: str,
    ack_url: str = "",
    quoting: bool = True,
) -> LadderWords:
    """What a text may say of the escalation, as of the step the action was planned for.

    With `quoting` false nothing that a person or another system put into words.
    """
    command, answer = str(params.get("command", "")), str(params.get("answer", ""))
    if command and " " not in command and not command.startswith("/"):
        command = f"/{command}"
    escalation = escalation_of(params, occasion)
    if escalation is None:
        if not command and not answer:
            return NO_LADDER
        return LadderWords(command=command, answer=say_reason(answer, language))
    step = params.get("step", _step_of(occasion))
    return ladder_words(
        escalation,
        occasion.memory.actions,
        occasion.config,
        occasion.now,
        language=language,
        names=names_of(occasion),
        ticket=occasion.ticket,
        step=step if isinstance(step, int) else None,
        command=command,
        answer=answer,
        ack_url=ack_url,
        quoting=quoting,
    )


def _step_of(occasion: Occasion) -> int | None:
    """The step of a ladder the action is of, by its unit."""
    found = _STEP_OF_A_LADDER.fullmatch(occasion.action.cycle)
    return int(found[2]) if found and occasion.action.rule.startswith(LADDER) else None


def names_of(occasion: Occasion) -> Names:
    """Names of the helpdesk's agents by id, address and login; asked for when first needed."""
    known: dict[str, str] = {}

    def name(who: str) -> str:
        if not known:
            known[""] = ""
            for agent in occasion.helpdesk.agents():
                person = agent.person
                for key in (str(person.id), person.email.lower(), person.login.lower()):
                    known.setdefault(key, person.name or person.login)
        return known.get(who.strip().lower(), "")

    return name
