"""Zammad's priorities, which an admin may rename and add to, and our four words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from connectors.naming import pick
from connectors.shapes import integer, text
from connectors.zammad.dossier import Record
from plugin.domain.ticket import Priority

_WORDS = {
    Priority.URGENT: ("urgent", "critical", "emergency", "kritisch", "dringend", "sehr hoch"),
    Priority.HIGH: ("high", "hoch", "hoog"),
    Priority.NORMAL: ("normal", "medium", "mittel", "normaal"),
    Priority.LOW: ("low", "niedrig", "laag"),
}


def meanings(records: Sequence[Record], options: Mapping[str, Any]) -> dict[int, Priority]:
    """Host id → our priority, inactive ones included.

    `options["priorities"]` (our word → host name) wins; then a name that holds a known word
    (`3 high`); what is left takes its meaning from its neighbours in the order of names.
    """
    found: dict[int, Priority] = {}
    by_id = {number: row for row in records if (number := integer(row.get("id"))) is not None}
    for word, name in (options.get("priorities") or {}).items():
        row = pick("priority", str(name), by_id.values(), _name)
        found[integer(row.get("id")) or 0] = Priority.from_word(str(word))
    for number, row in by_id.items():
        if number not in found and (meant := _by_word(_name(row))):
            found[number] = meant
    _fill_by_order(found, sorted(by_id, key=lambda number: _name(by_id[number])))
    return found


def host_id(
    asked: Priority, meant: Mapping[int, Priority], records: Sequence[Record]
) -> int | None:
    """The host's id for one of our words: the nearest that is not above it, else the lowest.

    A stock Zammad has no `urgent`: there it becomes `3 high`.
    """
    numbers = [integer(row.get("id")) for row in records if row.get("active") is not False]
    active = [
        (meant[number], number) for number in numbers if number is not None and number in meant
    ]
    below = [(priority, -number) for priority, number in active if priority <= asked]
    if below:
        return -max(below)[1]
    return min(active)[1] if active else None


def _fill_by_order(found: dict[int, Priority], ordered: Sequence[int]) -> None:
    """Give names that say nothing the meaning of the one before; all unknown: low to urgent."""
    if not found:
        first = Priority.NORMAL if len(ordered) < 3 else Priority.LOW  # noqa: PLR2004
        for place, number in enumerate(ordered):
            found[number] = Priority(min(first + place, Priority.URGENT))
        return
    previous = Priority.LOW
    for number in ordered:
        previous = found.setdefault(number, previous)


@lru_cache(maxsize=256)
def _by_word(name: str) -> Priority | None:
    folded = name.casefold()
    for priority, words in _WORDS.items():
        if any(re.search(rf"\b{word}\b", folded) for word in words):
            return priority
    return None


def _name(record: Record) -> str:
    return text(record.get("name"))
