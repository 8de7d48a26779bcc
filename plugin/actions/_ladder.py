"""The escalation an action of a ladder belongs to, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.actions import Occasion
from plugin.domain.escalation import Escalation
from plugin.domain.memory import Memory
from plugin.texts.ladder import NO_LADDER, LadderWords, Names, ladder_words
from plugin.texts.reasons import say_reason


def escalation_of(params: Mapping[str, Any], memory: Memory) -> Escalation | None:
    """The escalation that `escalation` (its number) names; None for an action of a plain rule."""
    number = params.get("escalation", params.get("number"))
    return next((one for one in memory.escalations if one.number == number), None)


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
    escalation = escalation_of(params, occasion.memory)
    if escalation is None:
        if not command and not answer:
            return NO_LADDER
        return LadderWords(command=command, answer=say_reason(answer, language))
    step = params.get("step")
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
