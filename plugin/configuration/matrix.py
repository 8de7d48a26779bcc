"""`matrix:` → rows with their conditions, or every mistake with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plugin.configuration.document import Block, Items
from plugin.configuration.ladder_schema import ROW_KEYS
from plugin.configuration.rules import RuleCompiler
from plugin.configuration.scalars import Concealed, plain
from plugin.configuration.writing import flow
from plugin.domain.ladder import MatrixRow
from plugin.domain.situation import Condition


def compile_rows(root: Block, rules: RuleCompiler) -> list[Condition | None]:
    """The condition of each row; None where it has a mistake."""
    return [
        rules.row(conditions_of(row), ("matrix", index)) if isinstance(row, Block) else None
        for index, row in enumerate(rows_of(root))
    ]


def rows_of(root: Block) -> Sequence[Any]:
    """The rows as they stand in the file."""
    section = root.get("matrix")
    return section if isinstance(section, Items) else ()


def conditions_of(row: Block) -> Block:
    """The part of a row that says for which tickets it is; every key keeps its place."""
    part = Block(row.span)
    for key, value in row.items():
        if key not in ROW_KEYS:
            part[key] = value
            part.key_spans[key] = row.key_spans[key]
            part.value_spans[key] = row.value_spans[key]
    return part


def weight_of(conditions: Mapping[str, Any]) -> int:
    """How many conditions a row has; those under `all` count one by one, `any` and `none` as one."""
    weight = 0
    for key, value in conditions.items():
        if key == "all" and isinstance(value, list):
            weight += sum(weight_of(item) for item in value if isinstance(item, dict))
        else:
            weight += 1
    return weight


def build_rows(
    root: Block, loaded: Sequence[Mapping[str, Any]], compiled: Sequence[Condition]
) -> tuple[MatrixRow, ...]:
    """Put the checked rows together, in the file's order."""
    return tuple(
        MatrixRow(
            when=when,
            weight=weight_of(conditions_of(block)),
            policy=entry["policy"],
            start_level=entry.get("start_level"),
            max_level=entry.get("max_level"),
            text=as_written(conditions_of(block)),
            place=block.span.place,
            conditions=_shown(conditions_of(block)),
            **entry.get("targets", {}),
        )
        for entry, block, when in zip(loaded, rows_of(root), compiled, strict=True)
    )


def as_written(conditions: Mapping[str, Any]) -> str:
    """`category: billing, priority: [high, urgent]`; empty for the row without conditions."""
    return flow(_shown(conditions))[1:-1]


def _shown(value: Any) -> Any:
    if isinstance(value, Concealed):
        return value.source
    if isinstance(value, dict):
        return {str(key): _shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return plain(value) if isinstance(value, str) else value
