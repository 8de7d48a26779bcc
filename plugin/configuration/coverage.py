"""Ladders and the matrix as `check` shows them: who answers at each level, which row is for whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from plugin.configuration.demands import OTHER, Cell, Demands, Values
from plugin.configuration.matrix import as_written
from plugin.domain.dataclass import dataclass
from plugin.domain.ladder import HINT, Kind, Level, MatrixRow, Policy, Responsible
from plugin.domain.settings import Config

_CROSSED = ("category", "priority")
"""What most matrices are made of, so every combination of these two is shown."""


@dataclass(frozen=True, slots=True)
class Case:
    """One combination: the row that counts, and those that count instead under more conditions."""

    cell: Cell
    row: MatrixRow | None
    unless: tuple[MatrixRow, ...]


def describe(config: Config) -> list[str]:
    """The lines below `check`'s summary; none for a file without policies."""
    lines = [f"  policy {_ladder(policy, config)}" for policy in config.policies.values()]
    if not config.matrix:
        return lines
    lines.append("  matrix, the row with most conditions counts:")
    lines += [
        f"    {row.text or 'every other ticket'} → {led_to(row)}"
        for row in _by_weight(config.matrix)
    ]
    found = cases(config.matrix)
    if found:
        crossed = " and ".join(key for key in _CROSSED if key in found[0].cell)
        lines.append(f"  by {crossed}:")
        lines += [f"    {line}" for line in _told(found)]
    return lines


def summary(config: Config) -> dict[str, Any]:
    """The same for scripts."""
    return {
        "policies": [
            {
                "name": policy.name,
                "type": policy.kind.value,
                "calendar": policy.calendar or config.defaults.calendar,
                "levels": [
                    {
                        "level": level.number,
                        "answers": answers(level, config),
                        "ack_within": str(level.ack_within) if level.ack_within else None,
                    }
                    for level in policy.levels
                ],
                "repeat": policy.repeat,
            }
            for policy in config.policies.values()
        ],
        "matrix": [{"when": row.text, **_outcome(row)} for row in _by_weight(config.matrix)],
        "coverage": [
            {
                **case.cell,
                **(_outcome(case.row) if case.row else {}),
                "unless": [{"when": _beyond(row), **_outcome(row)} for row in case.unless],
            }
            for case in cases(config.matrix)
        ],
    }


def cases(rows: Sequence[MatrixRow]) -> list[Case]:
    """Every combination of the categories and priorities that the matrix names, with its row."""
    values = Values([row.conditions for row in rows])
    ordered = [(row, values.demands(row.conditions)) for row in _by_weight(rows)]
    spaces = {key: values.all_of(key) for key in _CROSSED if values.named.get(key)}
    return [_case(cell, ordered) for cell in _cells(spaces)] if spaces else []


def _cells(spaces: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
    cells: list[dict[str, str]] = [{}]
    for key, space in spaces.items():
        cells = [{**cell, key: value} for cell in cells for value in space]
    yield from cells


def _case(cell: Cell, ordered: Iterable[tuple[MatrixRow, Demands]]) -> Case:
    unless: list[MatrixRow] = []
    for row, demands in ordered:
        if not demands.holds_in(cell):
            continue
        if not demands.open and set(demands.values) <= set(cell):
            return Case(cell, row, tuple(unless))
        unless.append(row)
    return Case(cell, None, tuple(unless))


def _told(found: Sequence[Case]) -> Iterator[str]:
    """One line for each category; priorities that lead to the same are taken together."""
    for category, of_category in groupby(found, key=lambda case: case.cell.get("category")):
        named = "any other category" if category == OTHER else category
        by_outcome: dict[str, list[str]] = {}
        for case in of_category:
            by_outcome.setdefault(_answer(case), []).append(case.cell.get("priority", ""))
        if len(by_outcome) == 1:
            yield f"{named or 'any ticket'} → {next(iter(by_outcome))}"
            continue
        for outcome, priorities in by_outcome.items():
            listed = " or ".join(priorities)
            yield f"{f'{named}, ' if named else ''}priority {listed} → {outcome}"


def _answer(case: Case) -> str:
    said = [led_to(case.row) if case.row else "nothing"]
    said += [f"if {_beyond(row)}: {led_to(row)}" for row in case.unless]
    return "; ".join(said)


def _beyond(row: MatrixRow) -> str:
    """What a row asks for beside category and priority."""
    return as_written({key: value for key, value in row.conditions.items() if key not in _CROSSED})


def _by_weight(rows: Iterable[MatrixRow]) -> list[MatrixRow]:
    return sorted(rows, key=lambda row: -row.weight)


def led_to(row: MatrixRow) -> str:
    """`finance, from level 2, up to level 3, ack_within 30m`."""
    outcome = _outcome(row)
    said = [row.policy]
    words = {"start_level": "from level", "max_level": "up to level"}
    said += [f"{words.get(key, key)} {value}" for key, value in outcome.items() if key != "policy"]
    return ", ".join(said)


def _outcome(row: MatrixRow) -> dict[str, Any]:
    said: dict[str, Any] = {
        "start_level": row.start_level,
        "max_level": row.max_level,
        "ack_within": str(row.ack_within) if row.ack_within else None,
        "resolve_within": str(row.resolve_within) if row.resolve_within else None,
    }
    return {"policy": row.policy} | {key: value for key, value in said.items() if value is not None}


def _ladder(policy: Policy, config: Config) -> str:
    rungs = [_rung(level, config) for level in policy.levels]
    if policy.levels[-1].ack_within is not None:
        again = {0: "", 1: "once more, then "}.get(
            policy.repeat, f"{policy.repeat} times more, then "
        )
        told = ", ".join(dict.fromkeys(notice.to for notice in policy.exhausted))
        rungs.append(f"{again}exhausted{f': tells {told}' if told else ''}")
    calendar = policy.calendar or config.defaults.calendar or "real time"
    return f"{policy.name} ({policy.kind}, {calendar}): {' → '.join(rungs)}"


def _rung(level: Level, config: Config) -> str:
    limit = level.wait or level.ack_within
    named = "hint" if level.number == HINT else f"{level.number} {answers(level, config)}"
    return f"{named}, {limit}" if limit else named


def answers(level: Level, config: Config) -> str:
    """Who has a level, in words."""
    if level.responsible is None:
        return "nobody" if level.number != HINT else ""
    who = _who(level.responsible, config)
    return f"tells {who}" if level.kind is Kind.HIERARCHICAL else who


def _who(responsible: Responsible, config: Config) -> str:
    if responsible.person:
        return responsible.person
    if responsible.lead:
        return f"the lead of {responsible.lead}"
    pool = config.teams[str(responsible.team)].pool
    said = [responsible.skill, pool.strategy.replace("_", " ") if pool else None]
    return f"{responsible.team} ({', '.join(filter(None, said))})"
