"""Checks as one function, however deeply they are nested.

Calling a function costs as much as what most checks do. So all checks below an `all`, `any` or
`none` become one function, and the plain ones stand in it as what they are: an expression.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import nan

from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict

Check = Callable[[Situation], bool]
_WOVEN = 50
"""So many checks become one function; what is nested below keeps functions of its own."""


def plain(
    expression: str, operand: object, judge: Callable[[Situation], Verdict], *, cost: int
) -> Condition:
    """A condition whose check is one expression, written here: `{} in s.folded_text`.

    `s` is the situation, `{}` the operand. Nothing that stands in a file may be in the expression.
    """
    check = _weaver(expression.format("c0"), 1)(operand)
    return Condition(check, judge, cost=cost, plain=(expression, operand))


def woven(joint: str, parts: Sequence[Condition]) -> Check:
    """The checks of the parts as one function, in this order; `joint` is `all`, `any` or `none`."""
    operands: list[object] = []
    expression = _expression(joint, parts, operands)
    return _weaver(expression, len(operands))(*operands)


def _expression(joint: str, parts: Sequence[Condition], operands: list[object]) -> str:
    """The nesting as Python, what it asks collected and numbered: `(c0(s) or s.body in c1) and c2(s)`."""
    terms = []
    for part in parts:
        if part.joint and len(operands) < _WOVEN:
            terms.append(_expression(part.joint, part.parts, operands))
            continue
        expression, operand = part.plain or ("{}(s)", part.holds)
        terms.append(expression.format(f"c{len(operands)}"))
        operands.append(operand)
    if joint == "all":
        return f"({' and '.join(terms) or 'True'})"
    found = f"({' or '.join(terms) or 'False'})"
    return found if joint == "any" else f"(not {found})"


@lru_cache(maxsize=1000)
def _weaver(expression: str, count: int) -> Callable[..., Check]:
    """Rules of one shape share their code. Nothing that stands in a file gets in here."""
    names = ", ".join(f"c{number}" for number in range(count))
    weaver: Callable[..., Check] = eval(f"lambda {names}: lambda s: {expression}", {"nan": nan})  # noqa: S307
    return weaver
