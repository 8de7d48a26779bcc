"""How urgent the ticket is: `low`, `normal`, `high` or `urgent`.

Besides `is`, `not`, `any_of` and `none_of` there are `at_least` and `at_most`, in that order. A
ticket without a priority (FreeScout without a `priority:` setting) meets none of them except
`not` and `none_of`.

    priority: {at_least: high}
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._operands import Operand, Operators, Word, Words
from plugin.conditions._weaving import plain
from plugin.domain.situation import Condition, Situation
from plugin.domain.ticket import Priority
from plugin.domain.verdict import Verdict

_ONE = Word(known=tuple(priority.word for priority in Priority))
_LISTED = Words(_ONE)
OPERAND = Operators(
    {
        "is": _LISTED,
        "not": _LISTED,
        "any_of": _LISTED,
        "none_of": _LISTED,
        "at_least": _ONE,
        "at_most": _ONE,
    },
    bare="any_of",
)


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    accepted = frozenset(_accepted(operand))
    wanted = ", ".join(
        f"{name.replace('_', ' ')} {_in_words(value)}" for name, value in operand.items()
    )

    def judge(situation: Situation) -> Verdict:
        found = situation.ticket.priority
        word = found.word if found else "not set"
        holds = found in accepted
        return Verdict(holds, f"priority is {word}" + ("" if holds else f" (wanted {wanted})"))

    return plain("s.ticket.priority in {}", accepted, judge, cost=1)


def _accepted(operand: Operand) -> set[Priority | None]:
    accepted: set[Priority | None] = {None, *Priority}
    for operator, value in operand.items():
        if operator in {"at_least", "at_most"}:
            edge = Priority.from_word(value)
            accepted -= {None}
            accepted &= {
                one for one in Priority if (one >= edge if operator == "at_least" else one <= edge)
            }
        else:
            named = {Priority.from_word(word) for word in value}
            accepted = accepted - named if operator in {"not", "none_of"} else accepted & named
    return accepted


def _in_words(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else " or ".join(value)
