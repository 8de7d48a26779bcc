"""Conditions on what the customer wrote; `subject`, `body` and `text` differ only in where they look."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from plugin.conditions._operands import (
    Operand,
    Operators,
    Pattern,
    Phrase,
    Word,
    WordLists,
)
from plugin.conditions._operands import Words as Listed
from plugin.conditions._patterns import searcher
from plugin.conditions._phrasing import quoted
from plugin.conditions._weaving import plain
from plugin.conditions._words import WordList
from plugin.domain.folding import fold
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict
from plugin.domain.words import Words

_TEXTS = Listed(Word("a text"))


def text_operand() -> Operators:
    """`word`, `[words]`, or an operator; `any_of` and `none_of` also take lists by language."""
    return Operators(
        {
            "any_of": WordLists(),
            "none_of": WordLists(),
            "all_of": Listed(Phrase("a word or phrase")),
            "contains": _TEXTS,
            "matches": Pattern(),
            "is": _TEXTS,
            "not": _TEXTS,
        },
        bare="any_of",
    )


class Place:
    """Where to look: the text as written, folded, and as words; the latter as a situation names them."""

    def __init__(
        self,
        noun: str,
        written: Callable[[Situation], str],
        folded: str,
        words: str,
    ) -> None:
        self.noun = noun
        self.written = written
        self.folded: Callable[[Situation], str] = attrgetter(folded)
        self.words: Callable[[Situation], Words] = attrgetter(words)
        self.contains = f"{{}} in s.{folded}"
        self.has_one_of = f"not {{}}.isdisjoint(s.{words}.tokens)"
        self.has_none_of = f"{{}}.isdisjoint(s.{words}.tokens)"


def text_condition(operand: Operand, place: Place) -> Condition:
    """Build the condition; several operators must all be met."""
    parts = [_part(operator, value, place) for operator, value in operand.items()]
    if len(parts) == 1:
        return parts[0]
    checks = [part.holds for part in sorted(parts, key=lambda part: part.cost)]

    def judge(situation: Situation) -> Verdict:
        verdicts = [part.judge(situation) for part in parts]
        holds = all(verdict.holds for verdict in verdicts)
        telling = [verdict.reason for verdict in verdicts if verdict.holds is holds]
        return Verdict(holds, " and ".join(telling))

    return Condition(
        holds=lambda situation: all(check(situation) for check in checks),
        judge=judge,
        cost=sum(part.cost for part in parts),
    )


def _part(operator: str, value: Any, place: Place) -> Condition:
    match operator:
        case "any_of":
            return _any_of(WordList(value), place)
        case "none_of":
            return _none_of(WordList(value), place)
        case "all_of":
            return _all_of([WordList([(word, "")]) for word in value], place)
        case "contains":
            return _contains(value, place)
        case "matches":
            return _matches(value, place)
    return _whole(value, place, wanted=operator == "is")


def _any_of(listed: WordList, place: Place) -> Condition:
    words_of, found_in, singles = place.words, listed.found_in, listed.singles

    def judge(situation: Situation) -> Verdict:
        entry = listed.first_in(words_of(situation))
        if entry:
            return Verdict(holds=True, reason=f"{place.noun} has {entry}")
        return Verdict(holds=False, reason=f"{place.noun} has none of {listed}")

    if singles is not None:
        return plain(place.has_one_of, singles, judge, cost=4)
    return Condition(holds=lambda situation: found_in(words_of(situation)), judge=judge, cost=5)


def _none_of(listed: WordList, place: Place) -> Condition:
    opposite = _any_of(listed, place)

    def judge(situation: Situation) -> Verdict:
        verdict = opposite.judge(situation)
        return Verdict(not verdict.holds, verdict.reason)

    if listed.singles is not None:
        return plain(place.has_none_of, listed.singles, judge, cost=5)
    return Condition(holds=lambda situation: not opposite.holds(situation), judge=judge, cost=5)


def _all_of(lists: list[WordList], place: Place) -> Condition:
    def judge(situation: Situation) -> Verdict:
        words = place.words(situation)
        missing = [str(one) for one in lists if not one.found_in(words)]
        if missing:
            return Verdict(holds=False, reason=f"{place.noun} lacks {', '.join(missing)}")
        present = ", ".join(str(one) for one in lists)
        return Verdict(holds=True, reason=f"{place.noun} has {present}")

    def holds(situation: Situation) -> bool:
        words = place.words(situation)
        return all(one.found_in(words) for one in lists)

    return Condition(holds=holds, judge=judge, cost=5)


def _contains(parts: tuple[str, ...], place: Place) -> Condition:
    needles = [(part, fold(part)) for part in parts]

    def judge(situation: Situation) -> Verdict:
        text = place.folded(situation)
        present = [part for part, needle in needles if needle in text]
        if present:
            return Verdict(holds=True, reason=f"{place.noun} contains {quoted(present[0])}")
        named = " or ".join(quoted(part) for part, _ in needles)
        return Verdict(holds=False, reason=f"{place.noun} does not contain {named}")

    folded = place.folded

    def holds(situation: Situation) -> bool:
        text = folded(situation)
        return any(needle in text for _, needle in needles)

    if len(needles) == 1:
        only = needles[0][1]
        return plain(place.contains, only, judge, cost=6)
    return Condition(holds=holds, judge=judge, cost=6)


def _matches(pattern: str, place: Place) -> Condition:
    search = searcher(pattern)

    def judge(situation: Situation) -> Verdict:
        met = search(place.written(situation))
        does = "matches" if met else "does not match"
        return Verdict(met, f"{place.noun} {does} the expression {quoted(pattern)}")

    return Condition(holds=lambda situation: search(place.written(situation)), judge=judge, cost=10)


def _whole(texts: tuple[str, ...], place: Place, *, wanted: bool) -> Condition:
    named = frozenset(fold(text).strip() for text in texts)

    def judge(situation: Situation) -> Verdict:
        met = place.folded(situation).strip() in named
        return Verdict(met is wanted, f"{place.noun} is {'' if met else 'not '}one of those named")

    return Condition(
        holds=lambda situation: (place.folded(situation).strip() in named) is wanted,
        judge=judge,
        cost=4,
    )
