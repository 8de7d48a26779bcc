"""One measured number, and the table they are printed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measured number.

    `target` is the wording of the goal (``>= 0.50``), `met` None when there is none. `goal` is the
    goal's name in docs/benchmarks.md (T1 … T20), empty for a number that only gives context.
    """

    goal: str
    name: str
    value: float
    unit: str = ""
    target: str = ""
    met: bool | None = None


def table(rows: Iterable[Row]) -> str:
    """A Markdown table of the rows."""
    lines = ["| goal | measured | value | target | |", "|---|---|---:|---|---|"]
    for row in rows:
        verdict = {True: "met", False: "**missed**", None: ""}[row.met]
        value = f"{row.value:,.3g}" if abs(row.value) < 1000 else f"{row.value:,.0f}"
        lines.append(f"| {row.goal} | {row.name} | {value} {row.unit} | {row.target} | {verdict} |")
    return "\n".join(lines)
