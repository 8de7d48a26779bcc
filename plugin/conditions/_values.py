"""Conditions that compare a value of the ticket with values of the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter

from marshmallow import ValidationError

from plugin.conditions._operands import Operand, Operators, Word, Words
from plugin.conditions._weaving import plain
from plugin.domain.folding import fold
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict

Read = Callable[[Situation], tuple[str, ...]]
Show = Callable[[Situation], str]

NEGATIVE = frozenset({"not", "none_of"})


def value_operand(one: Word) -> Operators:
    """`value`, `[any of these]`, or `is`, `not`, `any_of`, `none_of`."""
    listed = Words(one)
    return Operators(
        {"is": listed, "not": listed, "any_of": listed, "none_of": listed}, bare="any_of"
    )


def value_condition(
    operand: Operand, *, read: Read, noun: str, show: Show | None, cost: int = 2
) -> Condition:
    """Compare, case and accents aside, what `read` finds with what the operand names.

    `read` gives every spelling by which the value may be named, folded. `show` gives the value
    for the reason; None keeps it out (addresses, what a customer wrote).
    """
    wanted = _named(operand, negative=False)
    unwanted = _named(operand, negative=True)
    asked = " or ".join(_words(operand, negative=False))
    refused = " or ".join(_words(operand, negative=True))

    def judge(situation: Situation) -> Verdict:
        found = read(situation)
        shown = show(situation) if show else ""
        parts = []
        holds = True
        if wanted:
            met = not wanted.isdisjoint(found)
            holds = holds and met
            parts.append(_sentence(noun, shown, asked, inside=met, hidden=show is None))
        if unwanted:
            met = unwanted.isdisjoint(found)
            holds = holds and met
            parts.append(_sentence(noun, shown, refused, inside=not met, hidden=show is None))
        return Verdict(holds=holds, reason=" and ".join(parts))

    return Condition(holds=_check(read, wanted, unwanted), judge=judge, cost=cost)


def single_condition(
    operand: Operand, *, read: str, noun: str, show: Show | None, cost: int = 2
) -> Condition:
    """The same for a value that has one spelling, and faster; `read` is where a situation has it."""
    reader = attrgetter(read)
    condition = value_condition(
        operand, read=lambda situation: (reader(situation),), noun=noun, show=show, cost=cost
    )
    wanted = _named(operand, negative=False)
    unwanted = _named(operand, negative=True)
    if not unwanted:
        return plain(f"s.{read} in {{}}", wanted, condition.judge, cost=cost)
    if not wanted:
        return plain(f"s.{read} not in {{}}", unwanted, condition.judge, cost=cost)
    return condition


def _check(
    read: Read, wanted: frozenset[str], unwanted: frozenset[str]
) -> Callable[[Situation], bool]:
    if not unwanted:
        return lambda situation: not wanted.isdisjoint(read(situation))
    if not wanted:
        return lambda situation: unwanted.isdisjoint(read(situation))

    def check(situation: Situation) -> bool:
        found = read(situation)
        return not wanted.isdisjoint(found) and unwanted.isdisjoint(found)

    return check


def _words(operand: Operand, *, negative: bool) -> Sequence[str]:
    lists = [values for operator, values in operand.items() if (operator in NEGATIVE) is negative]
    if len(lists) > 1 and not negative:
        raise ValidationError("expected is or any_of, not both")
    return list(dict.fromkeys(value for values in lists for value in values))


def _named(operand: Operand, *, negative: bool) -> frozenset[str]:
    return frozenset(fold(value) for value in _words(operand, negative=negative))


def _sentence(noun: str, shown: str, named: str, *, inside: bool, hidden: bool) -> str:
    if hidden:
        return f"{noun} is {'' if inside else 'not '}one of those named"
    if inside:
        return f"{noun} is {shown}"
    return f"{noun} is {shown or 'not set'}, not {named}"
