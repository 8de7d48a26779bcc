"""Which ladder a cause opens, where it starts and how far it goes: a policy by name, or the matrix."""

from __future__ import annotations

from dataclasses import replace

from plugin.domain.dataclass import dataclass
from plugin.domain.duration import Duration
from plugin.domain.ladder import HINT, MATRIX, Kind, Level, MatrixRow, Policy
from plugin.domain.settings import ActionCall, Config, Rule
from plugin.domain.situation import Situation

_OF_RULE = "rule: "


@dataclass(frozen=True, slots=True)
class Choice:
    """The policy as it will be climbed: `start` and `top` are levels it has. `why` says who chose."""

    policy: Policy
    start: int
    top: int
    why: str = ""


def choose(
    config: Config, situation: Situation, wanted: str | None, start_level: int | None = None
) -> Choice | str:
    """The ladder for `wanted` (a policy's name, `matrix`, or None); in words why there is none.

    None means: the matrix when the file has one, else the only policy. `start_level` overrules the row.
    """
    if not config.policies:
        return "the file has no policies"
    if wanted is None and not config.matrix:
        if len(config.policies) > 1:
            return f"say which policy: {', '.join(config.policies)}"
        wanted = next(iter(config.policies))
    if wanted in {None, MATRIX}:
        row = row_for(config, situation)
        if row is None:
            return "no row of the matrix is for this ticket"
        policy = config.policies.get(row.policy)
        if policy is None:
            return f"the matrix names policy {row.policy!r}, which is not in the file"
        why = f"matrix: {row.text}" if row.text else "matrix: every other ticket"
        return _choice(_targeted(policy, row), row, start_level, why)
    policy = config.policies.get(wanted or "")
    if policy is None:
        return f"policy {wanted!r} is not in the file"
    return _choice(policy, None, start_level, "")


def row_for(config: Config, situation: Situation) -> MatrixRow | None:
    """The heaviest row that holds; the configuration has refused ties."""
    rows = sorted(config.matrix, key=lambda row: -row.weight)
    return next((row for row in rows if row.when.holds(situation)), None)


def choice_for(rule: Rule) -> Choice:
    """What a rule in mode `suggest` would do, in the shape of a ladder: one step, nothing to climb."""
    step = Level(HINT, rule.name, Kind.FUNCTIONAL, do=rule.do)
    policy = Policy(
        f"{_OF_RULE}{rule.name}",
        Kind.FUNCTIONAL,
        (step,),
        priority=None,
        tags=False,
        digest=rule.digest,
    )
    return Choice(policy, HINT, HINT)


def is_climbed(policy: Policy) -> bool:
    """False for what stands for a rule's own actions."""
    return not policy.name.startswith(_OF_RULE)


def with_added(choice: Choice, calls: tuple[ActionCall, ...]) -> Choice:
    """The same ladder, whose first level does these things as well."""
    levels = tuple(
        replace(level, do=(*calls, *level.do)) if level.number == choice.start else level
        for level in choice.policy.levels
    )
    return replace(choice, policy=replace(choice.policy, levels=levels))


def _choice(policy: Policy, row: MatrixRow | None, start_level: int | None, why: str) -> Choice:
    numbers = [level.number for level in policy.levels]
    wanted = start_level
    if wanted is None and row is not None:
        wanted = row.start_level
    top = policy.last if row is None or row.max_level is None else min(row.max_level, policy.last)
    start = policy.first if wanted is None else max(policy.first, min(wanted, policy.last))
    start = next((number for number in numbers if number >= start), policy.last)
    return Choice(policy, start, max(start, top), why)


def _targeted(policy: Policy, row: MatrixRow) -> Policy:
    """The policy with the row's targets in place of those of its levels."""
    if row.ack_within is None and row.resolve_within is None:
        return policy
    return replace(policy, levels=tuple(_level(level, row) for level in policy.levels))


def _level(level: Level, row: MatrixRow) -> Level:
    if level.number == HINT:
        return level
    return replace(
        level,
        ack_within=_either(row.ack_within, level.ack_within),
        resolve_within=_either(row.resolve_within, level.resolve_within),
    )


def _either(first: Duration | None, second: Duration | None) -> Duration | None:
    return second if first is None else first
