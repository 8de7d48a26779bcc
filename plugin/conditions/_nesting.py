"""all, any and none: conditions made of conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from plugin.conditions._weaving import woven
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict

Verdicts = tuple[Verdict, ...]


def all_of(conditions: Sequence[Condition], path: str) -> Condition:
    """Hold when every part holds; with no parts it always holds."""
    return _compound(conditions, path, "all", _judge_all)


def any_of(conditions: Sequence[Condition], path: str) -> Condition:
    """Hold when at least one part holds; with no parts it never holds."""
    return _compound(conditions, path, "any", _judge_any)


def none_of(conditions: Sequence[Condition], path: str) -> Condition:
    """Hold when no part holds; with no parts it always holds."""
    return _compound(conditions, path, "none", _judge_none)


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
    joint: str,
    judge: Callable[[Verdicts, str], Verdict],
) -> Condition:
    parts = tuple(conditions)
    cheap_first = tuple(sorted(parts, key=lambda part: part.cost))

    def judge_parts(situation: Situation) -> Verdict:
        return judge(tuple([judged(part, situation) for part in parts]), path)

    return Condition(
        holds=woven(joint, cheap_first),
        judge=judge_parts,
        cost=sum(part.cost for part in parts),
        by_time=any(part.by_time for part in parts),
        needs=frozenset().union(*(part.needs for part in parts)),
        path=path,
        joint=joint,
        parts=cheap_first,
    )


def _judge_all(parts: Verdicts, path: str) -> Verdict:
    failing = [part for part in parts if not part.holds]
    reason = _reasons(failing or parts) or "no condition to meet"
    changes_at = _when_every(failing) if failing else _when_one(parts)
    return Verdict(not failing, reason, changes_at, path, parts)


def _judge_any(parts: Verdicts, path: str) -> Verdict:
    holding = [part for part in parts if part.holds]
    reason = _reasons(holding or parts) or "no condition to choose from"
    changes_at = _when_every(holding) if holding else _when_one(parts)
    return Verdict(bool(holding), reason, changes_at, path, parts)


def _judge_none(parts: Verdicts, path: str) -> Verdict:
    if not parts:
        return Verdict(holds=True, reason="no condition to avoid", path=path)
    opposite = _judge_any(parts, path)
    return Verdict(not opposite.holds, opposite.reason, opposite.changes_at, path, parts)


def _when_one(parts: Sequence[Verdict]) -> datetime | None:
    """The whole turns when the first of these does."""
    instants = [part.changes_at for part in parts if part.changes_at is not None]
    return min(instants) if instants else None


def _when_every(parts: Sequence[Verdict]) -> datetime | None:
    """The whole turns only after each of these has: not before the last of their instants.

    A part that only an event can turn makes waiting pointless: the event brings a new look.
    """
    instants = [part.changes_at for part in parts if part.changes_at is not None]
    return max(instants) if instants and len(instants) == len(parts) else None


def _reasons(parts: Sequence[Verdict]) -> str:
    return " and ".join([part.reason for part in parts if part.reason])
