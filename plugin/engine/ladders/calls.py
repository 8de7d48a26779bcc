"""What one step of a ladder plans, in order: marks, owner, note, people told, what the level adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import shorten
from typing import Any

from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Escalation
from plugin.domain.ladder import HINT, Kind, Level, Notice, Responsible, Urgency
from plugin.domain.level_time import actions_of
from plugin.domain.memory import ActionState, Memory
from plugin.domain.settings import ActionCall, Config, Team
from plugin.domain.ticket import Ticket
from plugin.engine.ladders.choosing import is_climbed
from plugin.engine.ladders.undoing import fields_to_restore, tags_to_remove

ESCALATED = "escalated"
_LONGEST = 100
_REPLIED = frozenset(
    {ActionState.PLANNED, ActionState.CLAIMED, ActionState.UNKNOWN, ActionState.DONE}
)


@dataclass(frozen=True, slots=True)
class Call:
    """One action to plan. `guarded` says why it is held back, if it is."""

    name: str
    params: Mapping[str, Any]
    guarded: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the calls of a step are made from.

    `others` are the ticket's other running escalations, `over` those that are over.
    """

    config: Config
    ticket: Ticket
    memory: Memory
    others: Sequence[Escalation] = ()
    over: Sequence[Escalation] = ()


def level_tag(level: int) -> str:
    """The tag that shows where a ticket stands."""
    return f"esc-l{level}"


def entering(scene: Scene, escalation: Escalation, previous: int | None) -> Iterator[Call]:
    """Everything that is done when a level is entered; `previous` is the level it came from."""
    level = escalation.at
    if level is None:
        return
    if level.number == HINT:
        yield from _hint(level, escalation)
        return
    yield from _marks(scene, escalation, previous)
    if escalation.policy.priority is not None and _is_first(escalation):
        yield Call("priority", {"to": escalation.policy.priority.word})
    too_many = _handed_on_too_often(scene, escalation, level)
    yield from _to_people(scene, escalation, level, previous, too_many)
    yield _note("ladder_level", escalation)
    yield from _told(scene, escalation, level, decides=bool(too_many))
    yield from _added(scene, escalation, level.do)


def again(scene: Scene, escalation: Escalation) -> Iterator[Call]:
    """The same level once more: it is seen again, and those who have it are told again."""
    level = escalation.at
    if level is None:
        return
    if level.number != HINT:
        yield from _marks(scene, escalation, None)
    yield _note("ladder_reopened", escalation)
    yield from (_notify(one, escalation, scene) for one in _entries(scene, level))


def suggesting(escalation: Escalation) -> Iterator[Call]:
    """One note that says what would be done: a ladder says so itself, a rule's actions are named."""
    note = _note("ladder_suggested", escalation)
    if not is_climbed(escalation.policy) and (level := escalation.at) is not None:
        answer = "; ".join(_in_words(one) for one in level.do)
        note = Call(note.name, {**note.params, "answer": answer})
    yield note


def _in_words(call: ActionCall) -> str:
    """An action as the file has it, on one short line: `tag late`, `group Finance`."""
    values = [
        ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        for value in call.params.values()
        if not isinstance(value, Mapping)
    ]
    return shorten(f"{call.name} {' '.join(values)}", _LONGEST, placeholder=" …")


def exhausting(scene: Scene, escalation: Escalation) -> Iterator[Call]:
    """Nobody is left: say so, in the ticket and outside."""
    yield _note("ladder_exhausted", escalation)
    yield from (_notify(one, escalation, scene) for one in escalation.policy.exhausted)
    if not escalation.policy.exhausted:
        yield from _reminded(scene, escalation)
    yield from _added(scene, escalation, escalation.policy.exhausted_do)


def undoing(scene: Scene, escalation: Escalation, note: str) -> Iterator[Call]:
    """Put back what is still as the ladder left it, and say so where people saw the ladder."""
    yield from tidying(scene, escalation)
    for one in fields_to_restore(escalation, scene.ticket, scene.memory, scene.over):
        yield Call("undo", {"what": one.what, "from": one.ours, "to": one.original})
    if reached_people(escalation):
        yield _note(note, escalation)


def tidying(scene: Scene, escalation: Escalation) -> Iterator[Call]:
    """Take our tags off."""
    tags = tags_to_remove(escalation, scene.ticket, scene.memory, scene.others)
    if tags:
        yield Call("undo", {"what": "tags", "tags": tags})


def telling(escalation: Escalation, note: str) -> Iterator[Call]:
    """One short note."""
    yield _note(note, escalation)


def reached_people(escalation: Escalation) -> bool:
    """True once a level after the hint was entered."""
    return any(one.what == "level" and one.level > HINT for one in escalation.taken)


def _hint(level: Level, escalation: Escalation) -> Iterator[Call]:
    if not level.do:
        yield _note("ladder_hint", escalation)
    yield from (Call(one.name, one.params) for one in level.do)


def _marks(scene: Scene, escalation: Escalation, previous: int | None) -> Iterator[Call]:
    if not escalation.policy.tags:
        return
    yield Call("tag", {"tags": [ESCALATED, level_tag(escalation.level)]})
    held = {other.level for other in scene.others if other.policy.tags}
    if previous and previous != escalation.level and previous not in held:
        yield Call("untag", {"tags": [level_tag(previous)]})


def _is_first(escalation: Escalation) -> bool:
    """True for the first level after the hint that this escalation enters."""
    return sum(one.what == "level" and one.level > HINT for one in escalation.taken) <= 1


# Owner and responsible -----------------------------------------------------------------------


def _to_people(
    scene: Scene, escalation: Escalation, level: Level, previous: int | None, too_many: str
) -> Iterator[Call]:
    who = level.responsible
    if who is None:
        return
    without = list(escalation.had)
    owner = scene.ticket.owner
    if previous and owner is not None and owner.id is not None and str(owner.id) not in without:
        without.append(str(owner.id))  # had it on the level before, and did not take it up
    extra = {"without": without, "number": escalation.number, "step": escalation.step}
    if level.kind is Kind.HIERARCHICAL:
        yield Call("subscribe", {**_named(who), **extra})
        return
    team = scene.config.teams.get(who.team or who.lead or "")
    if team is not None:
        yield Call("group", {"to": team.group}, too_many)
    yield Call("assign", {**_named(who), **extra}, too_many)


def _named(who: Responsible) -> dict[str, Any]:
    if who.person:
        return {"to": who.person}
    if who.lead:
        return {"lead": who.lead}
    return {"pool": who.team, **({"skill": who.skill} if who.skill else {})}


def _handed_on_too_often(scene: Scene, escalation: Escalation, level: Level) -> str:
    """Why the ticket stays where it is, by `guards.handoffs`; "" while it may be passed on."""
    limit = scene.config.guards.handoffs
    ours = {
        record.cycle
        for record in actions_of(escalation, scene.memory.actions)
        if record.name in {"assign", "group"} and record.state is ActionState.DONE
    }
    passed = scene.memory.handoffs + len(ours)
    if level.kind is Kind.HIERARCHICAL or level.responsible is None or passed < limit:
        return ""
    return f"passed on {passed} times already: it stays, the lead decides (guards.handoffs)"


# Who is told ---------------------------------------------------------------------------------


def _told(scene: Scene, escalation: Escalation, level: Level, *, decides: bool) -> Iterator[Call]:
    yield from (_notify(one, escalation, scene) for one in _entries(scene, level))
    team = _team_of(scene, level)
    if team is None or not team.lead or any(one.to == "lead" for one in level.notify):
        return
    is_lead = level.responsible is not None and level.responsible.lead == team.name
    if decides:  # by address: by role the lead would be told of an escalation once
        who = team.lead if "@" in team.lead else "lead"
        notice = Notice(who, Urgency.PAGE)
    elif _is_first(escalation) and not is_lead:
        notice = Notice("lead")
    else:
        return
    yield from _tell(notice, team.lead, {"lead": team.name}, scene, escalation)


def _reminded(scene: Scene, escalation: Escalation) -> Iterator[Call]:
    """Where the policy names nobody, the lead finds it in every digest until somebody acts."""
    level = escalation.at
    team = _team_of(scene, level) if level else None
    if team is not None and team.lead and is_reachable(scene.config, team.lead):
        yield _notify(Notice("lead", Urgency.DIGEST), escalation, scene)


def _entries(scene: Scene, level: Level) -> Iterator[Notice]:
    """The level's own entries; on a hierarchical level the responsible is told in any case."""
    yield from level.notify
    who = level.responsible
    if level.kind is not Kind.HIERARCHICAL or who is None:
        return
    if any(one.to == "responsible" for one in level.notify):
        return
    team = scene.config.teams.get(who.lead or "")
    address = who.person or (team.lead if team else None)
    if address is None or is_reachable(scene.config, address):
        yield Notice("responsible")


def _tell(
    notice: Notice, address: str, named: Mapping[str, Any], scene: Scene, escalation: Escalation
) -> Iterator[Call]:
    """By the file's channels where there is one for them, else by the helpdesk's own notification."""
    if is_reachable(scene.config, address):
        yield _notify(notice, escalation, scene)
    else:
        # Without the ladder's number: who is only told is not who is responsible.
        yield Call("subscribe", {**named, "without": []})


def is_reachable(config: Config, address: str) -> bool:
    """True when the file has a channel for this person."""
    entry = config.people.get(address.lower())
    return bool(config.service.channel or (entry is not None and entry.channel))


def _team_of(scene: Scene, level: Level) -> Team | None:
    who = level.responsible
    if who is not None and (who.team or who.lead):
        return scene.config.teams.get(who.team or who.lead or "")
    group = scene.ticket.group.name.lower()
    return next((one for one in scene.config.teams.values() if one.group.lower() == group), None)


def _notify(notice: Notice, escalation: Escalation, scene: Scene) -> Call:
    level = escalation.at
    team = _team_of(scene, level) if level else None
    params: dict[str, Any] = {
        "to": [notice.to],
        "urgency": notice.urgency.value,
        "escalation": escalation.number,
        "step": escalation.step,
    }
    if team is not None:
        params["team"] = team.name
    return Call("notify", params)


def _added(scene: Scene, escalation: Escalation, calls: Iterable[ActionCall]) -> Iterator[Call]:
    """What the level's `do` adds; the customer hears of an escalation once."""
    replied = any(
        record.name == "reply" and record.state in _REPLIED
        for record in actions_of(escalation, scene.memory.actions)
    )
    for one in calls:
        if one.name == "reply" and replied:
            continue
        replied = replied or one.name == "reply"
        yield Call(one.name, one.params)


def _note(name: str, escalation: Escalation) -> Call:
    params = {"name": name, "escalation": escalation.number, "step": escalation.step}
    return Call("note", params)
