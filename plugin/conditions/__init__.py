"""Conditions, one file each; the file's name is the word in `when`.

A module here offers:

* its docstring: the page in the documentation (what it looks at, edges, an example);
* `OPERAND`: a marshmallow field that turns the YAML value into a checked operand;
* `compile_condition(key, operand, names) -> Condition`: builds the fast and the explaining half;
* optionally `KEYS`: the dotted keys a module answers to when its file name is not the word
  (`customer.py` answers to `customer.email`, …; `("field.*",)` is a family).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from plugin.conditions import _marshmallow as _marshmallow  # before all others
from plugin.conditions._folder import WordFolder
from plugin.conditions._nesting import all_of, any_of, judged, none_of
from plugin.domain.dataclass import dataclass
from plugin.domain.situation import Condition

if TYPE_CHECKING:
    from marshmallow.fields import Field

__all__ = [
    "ConditionModule",
    "Names",
    "WordFolder",
    "all_of",
    "any_of",
    "judged",
    "lookup",
    "none_of",
    "registry",
]


@dataclass(frozen=True, slots=True)
class Names:
    """What the rest of the file defines, for references; empty sets mean "not known yet"."""

    groups: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    calendars: frozenset[str] = frozenset()
    replies: frozenset[str] = frozenset()
    notes: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    sla: frozenset[str] = frozenset()
    pools: frozenset[str] | None = None  # teams with a pool; None: not known


class ConditionModule(Protocol):
    """What a file in this folder must offer."""

    __doc__: str | None
    OPERAND: Field[Any]

    def compile_condition(self, key: str, operand: object, names: Names) -> Condition:
        """Build the condition; raises `marshmallow.ValidationError` for a bad reference."""
        ...


@cache
def registry() -> Mapping[str, ConditionModule]:
    """Every word `when` knows, families as `field.*`."""
    return WordFolder(__name__, __path__)


def lookup(key: str) -> ConditionModule | None:
    """The module for a word of the file, families included; None when there is none."""
    known = registry()
    return known.get(key) or known.get(f"{key.partition('.')[0]}.*")
