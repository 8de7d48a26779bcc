"""What a text about a ladder says: where it stands, who has it, by when, and what comes next.

One value holds it for notes, notifications and digests alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Cause, Escalation, Phase, Source, Taken
from plugin.domain.ladder import HINT, Level, Responsible
from plugin.domain.level_time import calendar_of, counts_from, due_at, idles_from
from plugin.domain.memory import ActionRecord, ActionState
from plugin.domain.settings import Config
from plugin.domain.ticket import Ticket
from plugin.texts.clocks import length_in_words
from plugin.texts.language import base_language
from plugin.texts.reasons import say_reason

Names = Callable[[str], str]
"""The name of an agent by id (as text), address or login; empty for one nobody knows."""

_GIVES_A_PERSON = frozenset({"assign", "subscribe", "notify"})


@dataclass(frozen=True, slots=True)
class CauseWords:
    """One cause in words of the text's language."""

    rule: str
    reason: str
    why: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LadderWords:
    """The placeholders of a ladder. Instants are said by whoever fills the text in.

    Everything is empty outside a ladder.
    """

    policy: str = ""
    level: str = ""
    level_name: str = ""
    kind: str = ""
    phase: str = ""
    responsible: str = ""
    ack_by: datetime | None = None
    ack_within: str = ""
    resolve_by: datetime | None = None
    next_level: str = ""
    next_responsible: str = ""
    next_at: datetime | None = None
    until: datetime | None = None
    by: str = ""
    because: str = ""
    causes: tuple[CauseWords, ...] = ()
    had: tuple[str, ...] = ()
    skipped_levels: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    script: str = ""
    link: str = ""
    authority: str = ""
    command: str = ""
    answer: str = ""
    ack_url: str = ""


NO_LADDER: Final = LadderWords()


def ladder_words(
    escalation: Escalation,
    records: Sequence[ActionRecord],
    config: Config,
    now: datetime,
    *,
    language: str,
    names: Names = lambda _who: "",
    ticket: Ticket | None = None,
    step: int | None = None,
    command: str = "",
    answer: str = "",
    ack_url: str = "",
    quoting: bool = True,
) -> LadderWords:
    """What is to be said of an escalation as it stands, or of one `step` it took.

    `records` are all actions of the ticket; `names` turns ids and addresses into names. With
    `quoting` false nothing is said that a person or another system put into words.
    """
    level = escalation.at
    times = level_times(escalation, records, config, now)
    following = _next_level(escalation)
    taken = _taken(escalation, escalation.step if step is None else step)
    runs_on = escalation.phase is Phase.OPEN and times.next_at is not None
    responsible = responsible_name(escalation, records, config, language, names, ticket)
    return LadderWords(
        policy=escalation.policy.name,
        level=str(escalation.level),
        level_name=level.name if level else "",
        kind=(level.kind if level else escalation.policy.kind).value,
        phase=_phase(escalation, language, names),
        responsible=responsible,
        ack_by=times.ack_by if escalation.phase is Phase.OPEN else None,
        ack_within=_allowed(level, language),
        resolve_by=times.resolve_by,
        next_level=str(following.number) if following else "",
        next_responsible=_next_responsible(following, config, language, names),
        next_at=times.next_at if runs_on else None,
        until=_until(escalation, config, ticket),
        by=_name(taken.by, names) if taken and taken.by else _acknowledged_by(escalation, names),
        because=_because(taken, escalation, language) if quoting else "",
        causes=tuple(_cause(one, language, names, quoting) for one in escalation.causes),
        had=tuple(name for name in map(names, escalation.had) if name and name != responsible),
        skipped_levels=tuple(str(one) for one in taken.skipped) if taken else (),
        undone=_undone(escalation, records, taken, language),
        script=level.script if level else "",
        link=level.link if level else "",
        authority=level.authority if level else "",
        command=command,
        answer=say_reason(answer, language),
        ack_url=ack_url,
    )


# Time -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LevelTimes:
    """Until when a level is to be acknowledged and solved, and when the ladder goes on by itself."""

    ack_by: datetime | None = None
    resolve_by: datetime | None = None
    next_at: datetime | None = None


def level_times(
    escalation: Escalation, records: Iterable[ActionRecord], config: Config, now: datetime
) -> LevelTimes:
    """Counted from when the level's actions succeeded; from now while some are still to be done."""
    level = escalation.at
    if level is None:
        return LevelTimes()
    calendar = calendar_of(config, escalation.policy)
    begins_at = counts_from(escalation, records) or now
    ack_by = due_at(calendar, begins_at, level.ack_within)
    resolve_by = due_at(calendar, begins_at, level.resolve_within)
    if level.number == HINT:
        return LevelTimes(next_at=due_at(calendar, begins_at, level.wait))
    ends = [at for at in (ack_by, resolve_by) if at is not None]
    return LevelTimes(ack_by, resolve_by, min(ends, default=None))


def _until(escalation: Escalation, config: Config, ticket: Ticket | None) -> datetime | None:
    if escalation.phase is Phase.SNOOZED:
        return escalation.snoozed_until
    if escalation.phase is not Phase.ACKNOWLEDGED or escalation.acknowledged_at is None:
        return None
    worked_at = max(escalation.acknowledged_at, escalation.worked_at or escalation.acknowledged_at)
    start = worked_at if ticket is None else idles_from(worked_at, ticket)
    if start is None:
        return None
    return due_at(calendar_of(config, escalation.policy), start, escalation.policy.ack_timeout)


def _allowed(level: Level | None, language: str) -> str:
    if level is None:
        return ""
    length = level.wait if level.number == HINT else level.ack_within
    return length_in_words(length, language) if length else ""


# Who ------------------------------------------------------------------------------------------


def responsible_name(
    escalation: Escalation,
    records: Iterable[ActionRecord],
    config: Config,
    language: str,
    names: Names,
    ticket: Ticket | None = None,
) -> str:
    """Who has the present level: as it was chosen, else as the policy says; empty for nobody."""
    level = escalation.at
    if level is None or level.responsible is None:
        return ""
    known = tuple(records)
    who = responsible_id(escalation, known)
    said = responsible_in_words(level.responsible, config, language, names)
    if who:
        return names(who) or said
    assigned = [one for one in _of_level(escalation, known) if one.name == "assign"]
    if any(one.state is ActionState.GUARDED for one in assigned):
        team = level.responsible.team
        decides = Responsible(lead=team) if team else level.responsible
        return responsible_in_words(decides, config, language, names)
    if any(not one.state.is_open for one in assigned):
        is_so = any(one.state is ActionState.SKIPPED for one in assigned)
        return ticket.owner.name if is_so and ticket and ticket.owner else ""
    return said


def responsible_id(escalation: Escalation, records: Iterable[ActionRecord]) -> str:
    """The id of the agent who was chosen for the present level; empty when nobody was yet."""
    chosen = ""
    for record in _of_level(escalation, records):
        if record.name in _GIVES_A_PERSON and record.state is ActionState.DONE:
            who = record.wrote.get("owner") or record.wrote.get("responsible")
            chosen = str(who) if who else chosen
    return chosen


def _of_level(escalation: Escalation, records: Iterable[ActionRecord]) -> Iterator[ActionRecord]:
    """The actions since the present level was entered; it may have been opened anew since."""
    entered = [
        one.number
        for one in escalation.taken
        if one.what == "level" and one.number <= escalation.entered_step
    ]
    first = max(entered, default=escalation.entered_step)
    units = {escalation.unit(step) for step in range(first, escalation.step + 1)}
    return (one for one in records if one.rule == escalation.rule and one.cycle in units)


_SOMEBODY: Final = {
    "en": (
        "somebody of {team}",
        " who knows {skill}",
        "{name}, lead of {team}",
        "the lead of {team}",
    ),
    "de": (
        "jemand aus {team}",
        " mit Kenntnis in {skill}",
        "{name}, Leitung von {team}",
        "die Leitung von {team}",
    ),
    "nl": (
        "iemand van {team}",
        " met kennis van {skill}",
        "{name}, leiding van {team}",
        "de leiding van {team}",
    ),
}


def responsible_in_words(
    responsible: Responsible, config: Config, language: str, names: Names
) -> str:
    """`somebody of Finance`, `Marta Maas, lead of finance`, or a person's name."""
    somebody, skill, lead, some_lead = _SOMEBODY.get(base_language(language), _SOMEBODY["en"])
    if responsible.team is not None:
        team = config.teams.get(responsible.team)
        words = somebody.format(team=team.group if team else responsible.team)
        return words + (skill.format(skill=responsible.skill) if responsible.skill else "")
    if responsible.lead is not None:
        leads = config.teams.get(responsible.lead)
        name = names(leads.lead) if leads and leads.lead else ""
        return (lead if name else some_lead).format(name=name, team=responsible.lead)
    return _name(responsible.person or "", names)


def _name(who: str, names: Names) -> str:
    return (names(who) or who) if who else ""


# What comes next ------------------------------------------------------------------------------


def _next_level(escalation: Escalation) -> Level | None:
    """The level that follows when nothing is done; None after the last of the last round."""
    rungs = [one for one in escalation.policy.levels if one.number <= escalation.top]
    above = [one for one in rungs if one.number > escalation.level]
    if above:
        return above[0]
    if escalation.round >= escalation.policy.repeat:
        return None
    first = max(escalation.start, HINT + 1)
    return next((one for one in rungs if one.number >= first), None)


def _next_responsible(following: Level | None, config: Config, language: str, names: Names) -> str:
    if following is None or following.responsible is None:
        return ""
    return responsible_in_words(following.responsible, config, language, names)


# Why ------------------------------------------------------------------------------------------


def _taken(escalation: Escalation, step: int) -> Taken | None:
    return next((one for one in reversed(escalation.taken) if one.number == step), None)


def _because(taken: Taken | None, escalation: Escalation, language: str) -> str:
    """Why this step, where the causes do not say it already."""
    if taken is None or not taken.why:
        return ""
    if any(taken.why in {cause.why, cause.reason} for cause in escalation.causes):
        return ""
    return say_reason(taken.why, language).rstrip(".")


_ASKED: Final = {
    "en": ("a note asks for it", "a tag asks for it", "another system asks for it"),
    "de": ("eine Notiz verlangt es", "ein Tag verlangt es", "ein anderes System verlangt es"),
    "nl": ("een notitie vraagt erom", "een tag vraagt erom", "een ander systeem vraagt erom"),
}
_SOURCES: Final = (Source.NOTE, Source.TAG, Source.OUTSIDE)


def _cause(cause: Cause, language: str, names: Names, quoting: bool) -> CauseWords:
    said = say_reason(cause.why, language)
    if cause.source is Source.RULE:
        named = f"{cause.rule} ({cause.reason})" if cause.reason else cause.rule
        why = f"{named}: {said}" if said else named
    else:
        asked = _ASKED.get(base_language(language), _ASKED["en"])[_SOURCES.index(cause.source)]
        why = f"{asked}: {cause.reason}" if cause.reason and quoting else asked
    return CauseWords(cause.rule, cause.reason, why, _name(cause.by, names), cause.at)


def _undone(
    escalation: Escalation,
    records: Iterable[ActionRecord],
    taken: Taken | None,
    language: str,
) -> tuple[str, ...]:
    if taken is None:
        return ()
    return tuple(
        say_reason(record.detail, language)
        for record in records
        if record.rule == escalation.rule
        and record.cycle == escalation.unit(taken.number)
        and record.name in {"undo", "untag"}
        and record.state is ActionState.DONE
        and record.detail
    )


# How it stands --------------------------------------------------------------------------------

_PHASES: Final = {
    "en": {
        Phase.SUGGESTED: "suggested",
        Phase.OPEN: "open",
        Phase.ACKNOWLEDGED: "acknowledged",
        Phase.SNOOZED: "snoozed",
        Phase.EXHAUSTED: "exhausted, nobody is left to ask",
        Phase.HANDED_BACK: "handed back",
        Phase.RESOLVED: "over",
        Phase.AVOIDED: "avoided, the front line answered in time",
        Phase.DECLINED: "declined",
    },
    "de": {
        Phase.SUGGESTED: "vorgeschlagen",
        Phase.OPEN: "offen",
        Phase.ACKNOWLEDGED: "übernommen",
        Phase.SNOOZED: "zurückgestellt",
        Phase.EXHAUSTED: "ausgeschöpft, niemand ist mehr da",
        Phase.HANDED_BACK: "zurückgegeben",
        Phase.RESOLVED: "beendet",
        Phase.AVOIDED: "vermieden, die erste Linie hat rechtzeitig geantwortet",
        Phase.DECLINED: "abgelehnt",
    },
    "nl": {
        Phase.SUGGESTED: "voorgesteld",
        Phase.OPEN: "open",
        Phase.ACKNOWLEDGED: "bevestigd",
        Phase.SNOOZED: "uitgesteld",
        Phase.EXHAUSTED: "uitgeput, er is niemand meer",
        Phase.HANDED_BACK: "teruggegeven",
        Phase.RESOLVED: "voorbij",
        Phase.AVOIDED: "vermeden, de eerste lijn heeft op tijd geantwoord",
        Phase.DECLINED: "afgewezen",
    },
}
_BY: Final = {"en": " by {name}", "de": " von {name}", "nl": " door {name}"}


def _phase(escalation: Escalation, language: str, names: Names) -> str:
    base = base_language(language)
    words = _PHASES.get(base, _PHASES["en"])[escalation.phase]
    who = _acknowledged_by(escalation, names)
    if escalation.phase is Phase.ACKNOWLEDGED and who:
        return words + _BY.get(base, _BY["en"]).format(name=who)
    return words


def _acknowledged_by(escalation: Escalation, names: Names) -> str:
    if escalation.phase is not Phase.ACKNOWLEDGED:
        return ""
    return _name(escalation.acknowledged_by, names)
