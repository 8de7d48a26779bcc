"""all, any and none: conditions made of conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict, earliest

Check = Callable[[Situation], bool]


def all_of(conditions: Sequence[Condition], path: str) -> Condition:
    """Hold when every part holds; with no parts it always holds."""
    return _compound(conditions, path, _check_all(_cheap_first(conditions)), _judge_all)


def any_of(conditions: Sequence[Condition], path: str) -> Condition:
    """Hold when at least one part holds; with no parts it never holds."""
    return _compound(conditions, path, _check_any(_cheap_first(conditions)), _judge_any)


def none_of(conditions: Sequence[Condition], path: str) -> Condition:
    """Hold when no part holds; with no parts it always holds."""
    found = _check_any(_cheap_first(conditions))
    return _compound(conditions, path, lambda situation: not found(situation), _judge_none)


def judged(condition: Condition, situation: Situation) -> Verdict:
    """Ask a condition for its verdict and see to it that the verdict knows its place."""
    verdict = condition.judge(situation)
    if condition.path and not verdict.path:
        return Verdict(
            verdict.holds, verdict.reason, verdict.changes_at, condition.path, verdict.parts
        )
    return verdict


def _compound(
    conditions: Sequence[Condition],
    path: str,
    check: Check,
    judge: Callable[[tuple[Verdict, ...], str], Verdict],
) -> Condition:
    parts = tuple(conditions)

    def judge_parts(situation: Situation) -> Verdict:
        return judge(tuple(judged(part, situation) for part in parts), path)

    return Condition(
        holds=check,
        judge=judge_parts,
        cost=sum(part.cost for part in parts),
        by_time=any(part.by_time for part in parts),
        needs=frozenset().union(*(part.needs for part in parts)),
        path=path,
    )


def _cheap_first(conditions: Sequence[Condition]) -> list[Check]:
    return [condition.holds for condition in sorted(conditions, key=lambda part: part.cost)]


def _check_all(checks: list[Check]) -> Check:
    # One, two and three parts are most of what people write; a loop costs more than they do.
    match checks:
        case [only]:
            return only
        case [first, second]:
            return lambda situation: first(situation) and second(situation)
        case [first, second, third]:
            return lambda situation: first(situation) and second(situation) and third(situation)

    def check(situation: Situation) -> bool:
        for holds in checks:  # noqa: SIM110 - a generator costs more than the checks
            if not holds(situation):
                return False
        return True

    return check


def _check_any(checks: list[Check]) -> Check:
    match checks:
        case [only]:
            return only
        case [first, second]:
            return lambda situation: first(situation) or second(situation)

    def check(situation: Situation) -> bool:
        for holds in checks:  # noqa: SIM110 - a generator costs more than the checks
            if holds(situation):
                return True
        return False

    return check


def _judge_all(parts: tuple[Verdict, ...], path: str) -> Verdict:
    holds = all(part.holds for part in parts)
    telling = [part for part in parts if part.holds is holds]
    return Verdict(
        holds=holds,
        reason=_join(telling, " and ") or "no condition to meet",
        changes_at=earliest(part.changes_at for part in parts) if holds else _when_every(telling),
        path=path,
        parts=parts,
    )


def _judge_any(parts: tuple[Verdict, ...], path: str) -> Verdict:
    holds = any(part.holds for part in parts)
    telling = [part for part in parts if part.holds is holds]
    return Verdict(
        holds=holds,
        reason=_join(telling, " and ") or "no condition to choose from",
        changes_at=_when_every(telling) if holds else earliest(part.changes_at for part in parts),
        path=path,
        parts=parts,
    )


def _judge_none(parts: tuple[Verdict, ...], path: str) -> Verdict:
    if not parts:
        return Verdict(holds=True, reason="no condition to avoid", path=path)
    opposite = _judge_any(parts, path)
    return Verdict(not opposite.holds, opposite.reason, opposite.changes_at, path, parts)


def _when_every(parts: Sequence[Verdict]) -> datetime | None:
    """The whole turns only after each of these has: not before the last of their instants.

    A part that only an event can turn makes waiting pointless: the event brings a new look.
    """
    instants = [part.changes_at for part in parts]
    known = [at for at in instants if at is not None]
    if len(known) < len(instants):
        return None
    return max(known, default=None)


def _join(parts: Sequence[Verdict], word: str) -> str:
    return word.join(part.reason for part in parts if part.reason)
