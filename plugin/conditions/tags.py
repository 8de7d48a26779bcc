"""The ticket's tags, whole and without regard to case.

`tags: a` and `tags: [a, b]` hold when the ticket has one of them; `all_of` asks for all, `not` and
`none_of` for none. Spaces and hyphens matter.

    tags: {any_of: [vip, press], none_of: [escalated]}
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from plugin.conditions import Names
from plugin.conditions._operands import Operand, Operators, Word, Words
from plugin.conditions._phrasing import quoted
from plugin.conditions._weaving import plain
from plugin.domain.folding import fold
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict

_LISTED = Words(Word("the name of a tag"))
_CHECKS = {
    "is": "not {}.isdisjoint(s.folded_tags)",
    "any_of": "not {}.isdisjoint(s.folded_tags)",
    "all_of": "{} <= s.folded_tags",
    "not": "{}.isdisjoint(s.folded_tags)",
    "none_of": "{}.isdisjoint(s.folded_tags)",
}
OPERAND = Operators(
    {"is": _LISTED, "any_of": _LISTED, "all_of": _LISTED, "not": _LISTED, "none_of": _LISTED},
    bare="any_of",
)


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    tests = [(operator, frozenset(fold(tag) for tag in tags)) for operator, tags in operand.items()]

    def holds(situation: Situation) -> bool:
        tags = situation.folded_tags
        for operator, named in tests:
            if operator == "all_of":
                met = named <= tags
            else:
                met = named.isdisjoint(tags) is (operator in {"not", "none_of"})
            if not met:
                return False
        return True

    def judge(situation: Situation) -> Verdict:
        tags = situation.folded_tags
        parts = [_sentence(operator, named, tags) for operator, named in tests]
        return Verdict(holds(situation), " and ".join(parts))

    if len(tests) == 1:
        ((operator, named),) = tests
        return plain(_CHECKS[operator], named, judge, cost=2)
    return Condition(holds=holds, judge=judge, cost=2)


def _sentence(operator: str, named: frozenset[str], tags: frozenset[str]) -> str:
    present = ", ".join(quoted(tag) for tag in sorted(named & tags))
    absent = ", ".join(quoted(tag) for tag in sorted(named - tags))
    if operator == "all_of" and absent:
        return f"has no tag {absent}"
    return f"has the tag {present}" if present else f"has no tag {absent}"
