"""What the conditions of a row demand of a ticket: which rows could both hold, which one takes all.

A ticket is taken to have one value of each sorting word (`category`, `priority`, `group`, `language`,
…). Of what is open (texts, tags, counts) only the plain cases are understood: the same demand, a
longer list of words, a wider range.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from itertools import product
from typing import Any

from plugin.conditions.channel import CHANNELS
from plugin.domain.dataclass import dataclass
from plugin.domain.duration import Duration
from plugin.domain.folding import fold
from plugin.domain.ticket import Priority

OTHER = "(other)"
"""Any value that no row names."""

NOT_SET = "not set"
"""A ticket without a priority."""

_SORTING = (
    "category",
    "priority",
    "channel",
    "group",
    "team",
    "language",
    "sla",
    "metric",
    "customer.organization",
    "customer.vip",
    "from_social",
)
_ALL_VALUES: Mapping[str, tuple[str, ...]] = {
    "priority": (*(priority.word for priority in Priority), NOT_SET),
    "channel": CHANNELS,
    "customer.vip": ("true", "false"),
    "from_social": ("true", "false"),
}
_NEGATIVE = frozenset({"not", "none_of"})
_POSITIVE = frozenset({"is", "any_of"})
_FEWER = _POSITIVE | {"contains"}
_MORE = _NEGATIVE | {"all_of"}
_BOUNDS = ("at_least", "at_most")
_MOST_CELLS = 5_000

Cell = Mapping[str, str]
"""A value for each sorting word."""


@dataclass(frozen=True, slots=True)
class Open:
    """A demand that values do not enumerate: `operands` by operator, as plain JSON."""

    key: str
    operands: Mapping[str, Any]

    def implies(self, other: Open) -> bool:
        """True when whoever meets this meets the other, as far as that can be seen."""
        if self.key != other.key:
            return False
        if self.operands == other.operands:
            return True
        return bool(self.operands) and all(
            self._implies(operator, operand) for operator, operand in other.operands.items()
        )

    def _implies(self, operator: str, wanted: Any) -> bool:
        mine = self.operands.get(operator)
        if mine is None:
            return False
        if mine == wanted:
            return True
        if operator in _BOUNDS:
            one, other = _amount(mine), _amount(wanted)
            if one is None or other is None:
                return False
            return one >= other if operator == "at_least" else one <= other
        if not isinstance(mine, list) or not isinstance(wanted, list):
            return False
        named, asked = set(map(str, mine)), set(map(str, wanted))
        return (operator in _FEWER and named <= asked) or (operator in _MORE and named >= asked)

    def excludes(self, other: Open) -> bool:
        """True when nobody can meet both: ranges that do not touch."""
        if self.key != other.key or self._beside() != other._beside():
            return False
        (low, high), (other_low, other_high) = self._range(), other._range()
        return high < other_low or other_high < low

    def _beside(self) -> str:
        rest = {key: value for key, value in self.operands.items() if key not in _BOUNDS}
        return json.dumps(rest, sort_keys=True)

    def _range(self) -> tuple[float, float]:
        least, most = (_amount(self.operands.get(bound)) for bound in _BOUNDS)
        return (
            float("-inf") if least is None else least,
            float("inf") if most is None else most,
        )


@dataclass(frozen=True, slots=True)
class Demands:
    """The conditions of one row, all of which must hold. `values` are those allowed by key."""

    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    open: tuple[Open, ...] = ()

    def joined(self, other: Demands) -> Demands | None:
        """Both at once; None when no ticket can meet both."""
        if any(one.excludes(two) for one in self.open for two in other.open):
            return None
        values = dict(self.values)
        for key, allowed in other.values.items():
            values[key] = values.get(key, allowed) & allowed
        if not all(values.values()):
            return None
        return Demands(values, (*self.open, *other.open))

    def holds_in(self, cell: Cell) -> bool:
        """True when the sorting words of a ticket like this meet it."""
        return all(cell[key] in allowed for key, allowed in self.values.items() if key in cell)

    def follows_from(self, given: Demands) -> bool:
        """True when the open part is met by whoever meets `given`."""
        return all(any(one.implies(mine) for one in given.open) for mine in self.open)


class Values:
    """Every value of every sorting word that a matrix knows."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        named: dict[str, set[str]] = {}
        for key, operators in (leaf for row in rows for leaf in _leaves(row)):
            if key in _SORTING:
                named.setdefault(key, set()).update(
                    word for words in operators.values() for word in _words(words, key)
                )
        self.named = named

    def all_of(self, key: str) -> tuple[str, ...]:
        """The values of a word, and one that stands for all others unless these are all."""
        if key in _ALL_VALUES:
            return _ALL_VALUES[key]
        return (*sorted(self.named.get(key, ())), OTHER)

    def demands(self, row: Mapping[str, Any]) -> Demands:
        """What a row asks for. `any` and `none` are taken as they are written."""
        values: dict[str, frozenset[str]] = {}
        opened: list[Open] = []
        for key, operators in _leaves(row):
            allowed = self._allowed(key, operators) if key in _SORTING else None
            if allowed is None:
                opened.append(Open(key, operators))
            else:
                values[key] = values.get(key, allowed) & allowed
        return Demands(values, tuple(opened))

    def _allowed(self, key: str, operators: Mapping[str, Any]) -> frozenset[str] | None:
        allowed = set(self.all_of(key))
        for operator, operand in operators.items():
            if operator in _BOUNDS and key == "priority":
                allowed &= _from_priority(operator, operand)
            elif operator in _POSITIVE | _NEGATIVE:
                named = self._meant(key, _words(operand, key))
                allowed = allowed & named if operator in _POSITIVE else allowed - named
            else:
                return None
        return frozenset(allowed)

    def _meant(self, key: str, words: Iterable[str]) -> set[str]:
        """The values a list names; a language also means its regions."""
        named = set(words)
        if key != "language":
            return named
        known = self.named.get(key, set())
        return named | {code for code in known if code.partition("-")[0] in named}


def uncovered(demands: Demands, others: Sequence[Demands], values: Values) -> Cell | None:
    """A case within `demands` in which none of the others holds; None when there is none.

    The case names the sorting words that tell the others apart, which may be none at all.
    """
    able = [
        other
        for other in others
        if other.follows_from(demands) and demands.joined(other) is not None
    ]
    keys = sorted({key for other in able for key in other.values})
    spaces = [_in_order(demands.values.get(key), values.all_of(key)) for key in keys]
    size = 1
    for space in spaces:
        size *= len(space)
    if size > _MOST_CELLS:
        whole = dict(zip(keys, spaces, strict=True))
        return None if any(_takes_all(other, whole) for other in able) else {}
    for cell in product(*spaces):
        case = dict(zip(keys, cell, strict=True))
        if not any(other.holds_in(case) for other in able):
            return case
    return None


def _in_order(allowed: frozenset[str] | None, known: Sequence[str]) -> list[str]:
    return [value for value in known if allowed is None or value in allowed]


def _takes_all(other: Demands, spaces: Mapping[str, Sequence[str]]) -> bool:
    return all(set(spaces[key]) <= allowed for key, allowed in other.values.items())


def _leaves(row: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Each condition with its operators; those under `all` stand beside the others."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    for key, value in row.items():
        if key == "all" and isinstance(value, list):
            found += [leaf for item in value if isinstance(item, dict) for leaf in _leaves(item)]
        elif isinstance(value, dict):
            found.append((key, value))
        else:
            usual = "none_of" if key == "none" else "any_of"
            found.append((key, {usual: value if isinstance(value, list) else [value]}))
    return found


def _words(operand: Any, key: str) -> list[str]:
    values = operand if isinstance(operand, list) else [operand]
    words = [_word(value) for value in values if isinstance(value, str | int | float)]
    return [word.replace("_", "-") for word in words] if key == "language" else words


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return fold(str(value).strip())


def _from_priority(operator: str, operand: Any) -> set[str]:
    words = [priority.word for priority in Priority]
    word = _word(operand)
    if word not in words:
        return set(words)
    at = words.index(word)
    return set(words[at:] if operator == "at_least" else words[: at + 1])


def _amount(value: Any) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        length = Duration.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if length is None or length.business_days else float(length.real_seconds)
