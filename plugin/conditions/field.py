"""A custom field of the ticket by the helpdesk's own name: `field.order_value`.

`is`, `not`, `any_of` and `none_of` compare as text without case and accents; `contains` finds a
part of the text, `matches` a regular expression (RE2), `at_least` and `at_most` compare numbers. A field
that is empty or missing meets none of them except `not` and `none_of`. Reasons do not quote the
field: it may hold what a customer wrote.

    field.order_value: {at_least: 500}
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from collections.abc import Callable
from math import nan
from typing import Any

from plugin.conditions import Names
from plugin.conditions._operands import Amount, Operand, Operators, Pattern, Scalar, Words
from plugin.conditions._patterns import searcher
from plugin.conditions._weaving import plain
from plugin.domain.folding import fold
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict

KEYS = ("field.*",)

_LISTED = Words(Scalar())
OPERAND = Operators(
    {
        "is": _LISTED,
        "not": _LISTED,
        "any_of": _LISTED,
        "none_of": _LISTED,
        "contains": _LISTED,
        "matches": Pattern(),
        "at_least": Amount(),
        "at_most": Amount(),
    },
    bare="any_of",
)

# No number is at least or at most anything when it is not one: a missing field meets neither.
_COMPARED = {
    "at_least": "s.field_largest.get({0}[0], nan) >= {0}[1]",
    "at_most": "s.field_smallest.get({0}[0], nan) <= {0}[1]",
}
Test = Callable[[tuple[Any, ...]], bool]


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition; `key` carries the field's name."""
    name = key.partition(".")[2].lower()
    checks = [
        (operator, value, _check(name, operator, value)) for operator, value in operand.items()
    ]

    def judge(situation: Situation) -> Verdict:
        empty = not situation.field_texts.get(name)
        met = [check(situation) for _, _, check in checks]
        parts = [
            f"{key} {_phrase(operator, value, met=holds, empty=empty)}"
            for (operator, value, _), holds in zip(checks, met, strict=True)
        ]
        return Verdict(all(met), " and ".join(parts))

    def holds(situation: Situation) -> bool:
        return all(check(situation) for _, _, check in checks)

    operator, value, check = checks[0]
    if len(checks) == 1 and operator in _COMPARED:
        return plain(_COMPARED[operator], (name, value), judge, cost=3)
    return Condition(
        holds=check if len(checks) == 1 else holds,
        judge=judge,
        cost=10 if "matches" in operand else 3,
    )


def _check(name: str, operator: str, value: Any) -> Callable[[Situation], bool]:
    if operator == "at_least":
        return lambda situation: situation.field_largest.get(name, nan) >= value
    if operator == "at_most":
        return lambda situation: situation.field_smallest.get(name, nan) <= value
    test = _test(operator, value)
    return lambda situation: test(situation.field_texts.get(name, ()))


def _test(operator: str, value: Any) -> Test:
    match operator:
        case "is" | "any_of":
            wanted = frozenset(fold(one) for one in value)
            return lambda values: not wanted.isdisjoint(map(fold, values))
        case "not" | "none_of":
            unwanted = frozenset(fold(one) for one in value)
            return lambda values: unwanted.isdisjoint(map(fold, values))
        case "contains":
            parts = [fold(one) for one in value]
            return lambda values: any(part in fold(one) for one in values for part in parts)
    search = searcher(value)
    return lambda values: any(map(search, values))


def _phrase(operator: str, value: Any, *, met: bool, empty: bool) -> str:
    named = " or ".join(value) if isinstance(value, tuple) else str(value)
    if empty:
        return "is empty"
    word = {
        "is": "is",
        "any_of": "is",
        "not": "is not",
        "none_of": "is not",
        "contains": "contains",
        "matches": "matches the expression",
        "at_least": "is at least",
        "at_most": "is at most",
    }[operator]
    if operator == "matches":
        named = ""
    return f"{'' if met else 'fails: '}{word} {named}".strip()
