"""What a ladder changed and what stood there before: the basis of putting it back.

Three-way: a field is put back only when its value is the one we wrote last and no person changed it
since. A person's value that stood between two of our writes is what is put back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Escalation, Phase
from plugin.domain.ladder import HINT, LADDER
from plugin.domain.level_time import actions_of
from plugin.domain.memory import ActionRecord, ActionState, Memory
from plugin.domain.ticket import Ticket

FIELDS = ("priority", "group", "owner")
"""In the order in which they are put back: a move may drop the owner."""

OURS = frozenset({"escalated"})
_LEVEL_TAG = "esc-l"


@dataclass(frozen=True, slots=True)
class Restored:
    """One field to be put back; ids as text, "" for nobody or nothing."""

    what: str
    ours: str
    original: str


def fields_to_restore(
    escalation: Escalation, ticket: Ticket, memory: Memory, over: Iterable[Escalation] = ()
) -> list[Restored]:
    """Priority, group and owner, as far as they are as this escalation left them.

    `over` are the ticket's escalations that are over: what one of them could not put back, because
    this one had written since, is put back with it.
    """
    undone = {_mark(one): one.changed_at for one in over if _was_undone(one)}
    found = (_restored(what, escalation, ticket, memory, undone) for what in FIELDS)
    return [one for one in found if one is not None]


def tags_to_remove(
    escalation: Escalation, ticket: Ticket, memory: Memory, others: Sequence[Escalation]
) -> list[str]:
    """The tags this escalation put on that are still there.

    While another one has reached people, the mark they share stays, and that of its own level.
    """
    levels = {other.level for other in others if other.policy.tags and other.level > HINT}
    held = {*(f"{_LEVEL_TAG}{level}" for level in levels), *(OURS if levels else ())}
    ours = {record.key for record in actions_of(escalation, memory.actions)}
    tags: list[str] = []
    for tag, record in _tagged(memory.actions).items():
        is_mark = tag in OURS or tag.startswith(_LEVEL_TAG)
        if tag not in ticket.tags or tag in held:
            continue
        if record.key in ours or (is_mark and record.rule.startswith(LADDER)):
            tags.append(tag)
    return tags


def as_found(escalation: Escalation, ticket: Ticket, memory: Memory) -> Mapping[str, str]:
    """The fields that would be other than they are if the ladder were undone now."""
    over = [one for one in memory.escalations if one.phase.is_over]
    return {one.what: one.original for one in fields_to_restore(escalation, ticket, memory, over)}


Undone = Mapping[tuple[str, str], datetime]
"""Escalations that are over and were put back, by their mark: since when."""


def _restored(
    what: str, escalation: Escalation, ticket: Ticket, memory: Memory, undone: Undone
) -> Restored | None:
    layers = _layers(memory.actions, what)
    if not layers or _mark_of(layers[-1]) != _mark(escalation):
        return None  # something else of ours has written there since
    last = layers[-1]
    value = str(last.wrote[what] or "")
    if value.lower() != _present(what, ticket).lower() or _changed_since(last, what, memory):
        return None
    original, above = str(last.replaced.get(what, "") or ""), last
    for earlier in reversed(layers[:-1]):
        if str(earlier.wrote[what] or "") != original:
            break  # a person's value stood in between
        mark = _mark_of(earlier)
        ended_at = None if mark is None else undone.get(mark)
        is_left = ended_at is not None and ended_at >= (above.done_at or above.planned_at)
        if mark != _mark(escalation) and not is_left:
            break
        original, above = str(earlier.replaced.get(what, "") or ""), earlier
    return Restored(what, value, original) if original != value else None


def _layers(actions: Iterable[ActionRecord], what: str) -> list[ActionRecord]:
    """What we wrote to a field, one over the other, without what was put back since."""
    layers: list[ActionRecord] = []
    for record in _written(actions, what):
        if record.name != "undo":
            layers.append(record)
            continue
        layers = [one for one in layers if _mark_of(one) != _mark_of(record)]
    return layers


def _mark(escalation: Escalation) -> tuple[str, str]:
    return escalation.rule, f"e{escalation.number}"


def _mark_of(record: ActionRecord) -> tuple[str, str] | None:
    """Which escalation wrote this; None for a rule."""
    if not record.rule.startswith(LADDER):
        return None
    return record.rule, record.cycle.partition(".")[0]


def _was_undone(escalation: Escalation) -> bool:
    """False when it ended with the ticket: then what stands there was left on purpose."""
    if escalation.phase is Phase.RESOLVED:
        return escalation.gone_since is not None
    return escalation.phase is Phase.HANDED_BACK


def _written(actions: Iterable[ActionRecord], what: str) -> list[ActionRecord]:
    done = [one for one in actions if one.state is ActionState.DONE and what in one.wrote]
    return sorted(done, key=lambda one: (one.done_at or one.planned_at, one.key))


def _changed_since(record: ActionRecord, what: str, memory: Memory) -> bool:
    noticed: datetime | None = memory.noticed.get(what)
    return noticed is not None and record.done_at is not None and noticed > record.done_at


def _present(what: str, ticket: Ticket) -> str:
    if what == "priority":
        return ticket.priority.word if ticket.priority else ""
    if what == "group":
        return str(ticket.group.id)
    return "" if ticket.owner is None or ticket.owner.id is None else str(ticket.owner.id)


def _tagged(actions: Iterable[ActionRecord]) -> dict[str, ActionRecord]:
    """The tags we put on and did not take off since, each with the action that did."""
    on: dict[str, ActionRecord] = {}
    done = [one for one in actions if one.state is ActionState.DONE]
    for record in sorted(done, key=lambda one: (one.done_at or one.planned_at, one.key)):
        for tag in _texts(record.wrote.get("tags")):
            on[tag] = record
        for tag in _texts(record.wrote.get("untagged")):
            on.pop(tag, None)
    return on


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, list | tuple):
        yield from map(str, value)
