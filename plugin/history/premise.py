"""What a simulation takes for granted: the file as if it had acted from the first day, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from plugin.domain.dataclass import dataclass
from plugin.domain.settings import Config, Mode
from plugin.domain.sla import Source
from plugin.history.remembering import RememberingCalendar


@dataclass(frozen=True, slots=True)
class Premise:
    """The configuration to be replayed, and in sentences what was assumed."""

    config: Config
    assumed: tuple[str, ...]


def premise_of(config: Config, since: datetime, *, as_written: bool) -> Premise:
    """The file as if it had been in use since then.

    Rules that only observe act, unless `as_written`: nobody wants to know what observing would have
    done. Rules that are off stay off. `enforce_from` lies in the future of the past, so it is left out.
    """
    rules = config.rules
    if not as_written:
        rules = tuple(
            rule if rule.mode is Mode.OFF else replace(rule, mode=Mode.ACT) for rule in rules
        )
    remembering = {
        id(one): RememberingCalendar.of_calendar(one)
        for one in (*config.calendars.values(), *(sla.calendar for sla in config.sla))
    }
    replayed = replace(
        config,
        rules=rules,
        calendars={name: remembering[id(one)] for name, one in config.calendars.items()},
        sla=tuple(replace(sla, calendar=remembering[id(sla.calendar)]) for sla in config.sla),
        loaded_at=since,
        defaults=replace(config.defaults, enforce_from=None),
    )
    return Premise(replayed, tuple(_sentences(config, replayed, as_written=as_written)))


def _sentences(config: Config, replayed: Config, *, as_written: bool) -> Iterator[str]:
    yield "as if Deskladder had been installed at the beginning of the period"
    raised = [new.name for old, new in zip(config.rules, replayed.rules, strict=True) if old != new]
    if raised:
        yield f"{_rules(len(raised))} that only would have observed {_verb(len(raised))} as if to act"
    silent = sum(rule.mode is not Mode.ACT for rule in replayed.rules)
    if silent and as_written:
        yield f"{_rules(silent)} in another mode than act: their actions are counted and not done"
    off = sum(rule.mode is Mode.OFF for rule in replayed.rules)
    if off and not as_written:
        yield f"{_rules(off)} switched off stayed off"
    if config.defaults.enforce_from is not None:
        yield "enforce_from was left out"
    yield "people answered as they did: nobody knows whether they would have been quicker"
    if config.policies:
        yield "whoever answered while a ladder had given the ticket to somebody counts as that one"
    yield "subjects, custom fields, groups and people are as they are today"
    if any(sla.policy.source is Source.HELPDESK for sla in config.sla):
        yield "deadlines of the helpdesk's own SLA are those of today"
    if any(one.type == "freescout" for one in config.helpdesks.values()):
        yield (
            "tags and priorities of FreeScout are as they are today, because it keeps no history of "
            "them; tags the file sets were left out"
        )
    yield "what Deskladder itself did in the period was left out"
    yield "a rule held back by the loop detector acted again after 24 hours"


def _rules(count: int) -> str:
    return "1 rule" if count == 1 else f"{count} rules"


def _verb(count: int) -> str:
    return "was taken" if count == 1 else "were taken"
