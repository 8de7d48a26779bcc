"""Conditions that contradict each other: a `when` that can never be true, seen without a ticket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plugin.configuration.document import Block, Items
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Path
from plugin.domain.folding import fold

_ONE_VALUE = frozenset(
    {"priority", "group", "channel", "customer.organization", "customer.vip", "from_social"}
)
"""What a ticket has exactly one of, by exactly one name, so that two demands cannot both be met.

A state is not among them (it answers to its name and to its meaning), nor an owner (name, login)."""

Demand = tuple[Path, frozenset[str]]


def contradictions(when: Any, path: Path) -> Iterator[tuple[Path, Complaint]]:
    """Each pair of demands that no ticket can meet at once, told at the second one."""
    demands: dict[str, Demand] = {}
    inner: list[tuple[Any, Path]] = []
    for key, value, place in _joined(when, path):
        if key in {"any", "none"}:
            entries = value if isinstance(value, Items) else ()
            inner += [(entry, (*place, index)) for index, entry in enumerate(entries)]
            continue
        wanted = _wanted(value) if key in _ONE_VALUE else None
        if wanted is None:
            continue
        earlier = demands.get(key)
        if earlier is None:
            demands[key] = (place, wanted)
        elif not earlier[1] & wanted:
            yield place, _complaint(key, earlier[1], wanted)
        else:
            demands[key] = (earlier[0], earlier[1] & wanted)
    for entry, place in inner:
        yield from contradictions(entry, place)


def _joined(when: Any, path: Path) -> Iterator[tuple[str, Any, Path]]:
    """Every condition that must hold together with the others: mappings and nested `all`."""
    if not isinstance(when, Block):
        return
    for key, value in when.items():
        place = (*path, key)
        if key == "all" and isinstance(value, Items):
            for index, entry in enumerate(value):
                yield from _joined(entry, (*place, index))
        else:
            yield key, value, place


def _wanted(value: Any) -> frozenset[str] | None:
    """The values that would do; None when the operators say more than that."""
    if isinstance(value, dict):
        if len(value) != 1:
            return None
        operator, operand = next(iter(value.items()))
        return _wanted(operand) if operator in {"is", "any_of"} else None
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str | int | float) for item in values):
        return None
    return frozenset(fold(str(item).strip()) for item in values)


def _complaint(key: str, earlier: frozenset[str], wanted: frozenset[str]) -> Complaint:
    values = ", ".join(sorted(earlier))
    return Complaint(
        f"a condition that can hold together with the one above, which wants {key} {values}",
        got=", ".join(sorted(wanted)),
        remedy="use any: for alternatives, or a list: [one, other]",
    )
