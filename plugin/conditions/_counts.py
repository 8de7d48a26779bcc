"""Conditions that compare a count."""

from __future__ import annotations

from collections.abc import Callable

from plugin.conditions._operands import Number, Operand, Operators, Truth
from plugin.domain.helpdesk import Need
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict

TRUTH = "_truth"
Test = Callable[[int], bool]


def count_operand() -> Operators:
    """`n` (at least n), `true` (at least one), `false` (none), or `is`, `at_least`, `at_most`.

    A bare number means *at least*: two deliveries in one look may make a count jump over it.
    """
    number = Number()
    return Operators(
        {"at_least": number, "at_most": number, "is": number, TRUTH: Truth()},
        bare=lambda value: TRUTH if isinstance(value, bool) else "at_least",
    )


def count_test(operand: Operand) -> Test:
    """The check for a checked operand."""
    least, most = bounds(operand)
    if most is None:
        return lambda count: count >= least
    return lambda count: least <= count <= most


def bounds(operand: Operand) -> tuple[int, int | None]:
    """The smallest and the largest count that will do, both inclusive."""
    least, most = 0, None
    for operator, value in operand.items():
        if operator in {"at_least", "is"}:
            least = max(least, value)
        if operator in {"at_most", "is"}:
            most = value if most is None else min(most, value)
        if operator == TRUTH:
            least, most = (1, None) if value else (0, 0)
    return least, most


def in_words(operand: Operand) -> str:
    """The limit, for the reason."""
    least, most = bounds(operand)
    if most is None:
        return f"limit {least}"
    return f"limit {least}" if least == most else f"limit {least} to {most}"


def count_condition(
    operand: Operand,
    *,
    count: Callable[[Situation], int],
    noun: tuple[str, str],
    cost: int = 2,
    needs: frozenset[Need] = frozenset(),
) -> Condition:
    """Compare what `count` finds; `noun` is the thing counted, once and several times."""
    test = count_test(operand)
    limit = in_words(operand)

    def judge(situation: Situation) -> Verdict:
        found = count(situation)
        word = noun[0] if found == 1 else noun[1]
        return Verdict(test(found), f"{found or 'no'} {word} ({limit})")

    return Condition(
        holds=lambda situation: test(count(situation)), judge=judge, cost=cost, needs=needs
    )
