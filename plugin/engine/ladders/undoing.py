"""What a ladder changed and what stood there before: the basis of putting it back.

Three-way: a field is put back only when its value is the one we wrote last and no person changed it
since. A person's value that stood between two of our writes is what is put back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from plugin.domain.escalation import Escalation
from plugin.domain.ladder import LADDER
from plugin.domain.memory import ActionRecord, ActionState, Memory
from plugin.domain.ticket import Ticket
from plugin.engine.ladders.timing import actions_of

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


def fields_to_restore(escalation: Escalation, ticket: Ticket, memory: Memory) -> list[Restored]:
    """Priority, group and owner, as far as they are as this escalation left them."""
    found = (_restored(what, escalation, ticket, memory) for what in FIELDS)
    return [one for one in found if one is not None]


def tags_to_remove(
    escalation: Escalation, ticket: Ticket, memory: Memory, others: Sequence[Escalation]
) -> list[str]:
    """The tags this escalation put on that are still there.

    While another one runs, the marks every escalation shares stay.
    """
    shared = any(other.policy.tags for other in others)
    ours = {record.key for record in actions_of(escalation, memory.actions)}
    tags: list[str] = []
    for tag, record in _tagged(memory.actions).items():
        is_mark = tag in OURS or tag.startswith(_LEVEL_TAG)
        if tag not in ticket.tags or (is_mark and shared):
            continue
        if record.key in ours or (is_mark and record.rule.startswith(LADDER)):
            tags.append(tag)
    return tags


def as_found(escalation: Escalation, ticket: Ticket, memory: Memory) -> Mapping[str, str]:
    """The fields that would be other than they are if the ladder were undone now."""
    return {one.what: one.original for one in fields_to_restore(escalation, ticket, memory)}


def _restored(what: str, escalation: Escalation, ticket: Ticket, memory: Memory) -> Restored | None:
    written = _written(memory.actions, what)
    ours = [one for one in written if _is_of(one, escalation)]
    if not ours or ours[-1] is not written[-1]:
        return None  # something else of ours has written there since
    last = ours[-1]
    value = str(last.wrote[what] or "")
    if value.lower() != _present(what, ticket).lower() or _changed_since(last, what, memory):
        return None
    original = str(last.replaced.get(what, "") or "")
    for earlier in reversed(ours[:-1]):
        if str(earlier.wrote[what] or "") != original:
            break  # a person's value stood in between
        original = str(earlier.replaced.get(what, "") or "")
    return Restored(what, value, original) if original != value else None


def _written(actions: Iterable[ActionRecord], what: str) -> list[ActionRecord]:
    done = [one for one in actions if one.state is ActionState.DONE and what in one.wrote]
    return sorted(done, key=lambda one: (one.done_at or one.planned_at, one.key))


def _is_of(record: ActionRecord, escalation: Escalation) -> bool:
    return any(one is record for one in actions_of(escalation, (record,)))


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
