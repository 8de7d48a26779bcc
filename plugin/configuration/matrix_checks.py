"""Whether a matrix always has one answer: a default, no ties, no row in vain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plugin.configuration.demands import NOT_SET, OTHER, Cell, Demands, Values, uncovered
from plugin.configuration.document import Block, Items
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Findings, Path
from plugin.configuration.ladder_schema import ROW_KEYS
from plugin.configuration.ladders import numbers_of
from plugin.configuration.matrix import as_written, conditions_of, rows_of, weight_of
from plugin.configuration.scalars import plain
from plugin.configuration.surroundings import Surroundings, block_of, text_of
from plugin.domain.dataclass import dataclass
from plugin.domain.duration import Duration
from plugin.domain.ladder import HINT

_OUTCOME = ("policy", "start_level", "max_level", "targets")


@dataclass(frozen=True, slots=True)
class _Row:
    index: int
    block: Block
    conditions: Block
    weight: int
    demands: Demands

    @property
    def outcome(self) -> list[Any]:
        return [plain(self.block.get(key)) for key in _OUTCOME]


@dataclass(slots=True)
class MatrixCheck:
    """Checks the rows of one file; what is wrong goes to `findings`."""

    around: Surroundings
    findings: Findings

    def check(self, sound: Sequence[bool]) -> None:
        """Look at every row; `sound` says which ones have conditions that can be understood."""
        rows = rows_of(self.around.root)
        for index, row in enumerate(rows):
            if isinstance(row, Block):
                self._check_row(row, ("matrix", index))
        if not isinstance(rows, Items):
            return
        self._check_default(rows)
        if not all(sound):
            return
        blocks = [
            (index, row, conditions_of(row))
            for index, row in enumerate(rows)
            if isinstance(row, Block)
        ]
        values = Values([plain(conditions) for _, _, conditions in blocks])
        known = [
            _Row(index, row, conditions, weight_of(conditions), values.demands(plain(conditions)))
            for index, row, conditions in blocks
        ]
        narrow = [row for row in known if row.conditions]
        in_vain = self._check_reach(narrow, values)
        self._check_ties([row for row in narrow if row.index not in in_vain], narrow, values)

    # One row --------------------------------------------------------------------------------

    def _check_row(self, row: Block, path: Path) -> None:
        name = text_of(row, "policy")
        policy = self.around.section("policies").get(name) if name else None
        if name and policy is None and self.around.complete:
            known = tuple(self.around.section("policies"))
            listed = (
                f"one of {', '.join(known)}" if known else "a policy of this file, which has none"
            )
            self.findings.complain((*path, "policy"), Complaint(listed, known))
        if isinstance(policy, Block):
            self._check_levels(row, policy, str(name), path)
            self._check_targets(row, policy, path)

    def _check_levels(self, row: Block, policy: Block, name: str, path: Path) -> None:
        numbers = numbers_of(policy.get("levels"))
        if not numbers:
            return
        start, end = row.get("start_level"), row.get("max_level")
        for key, value in (("start_level", start), ("max_level", end)):
            if not isinstance(value, int) or isinstance(value, bool) or value in numbers:
                continue
            remedy = "its first level has no `wait`, so it has no hint" if value == HINT else None
            complaint = Complaint(
                f"a level of {name}: one of {', '.join(map(str, numbers))}", remedy=remedy
            )
            self.findings.complain((*path, key), complaint)
        if isinstance(start, int) and isinstance(end, int) and end < start:
            complaint = Complaint(f"at least the start_level, which is {start}")
            self.findings.complain((*path, "max_level"), complaint)

    def _check_targets(self, row: Block, policy: Block, path: Path) -> None:
        if policy.get("calendar", self.around.default_calendar) is not None:
            return
        for key, value in block_of(row, "targets").items():
            if _in_business_days(value) and self.around.complete:
                complaint = Complaint(
                    "a duration without business days, because there is no calendar",
                    remedy="name a calendar in the policy or under defaults.calendar",
                )
                self.findings.complain((*path, "targets", key), complaint)

    # All rows -------------------------------------------------------------------------------

    def _check_default(self, rows: Sequence[Any]) -> None:
        defaults = [
            index
            for index, row in enumerate(rows)
            if isinstance(row, Block) and not set(row) - set(ROW_KEYS)
        ]
        if len(defaults) > 1:
            first = self.findings.locate(("matrix", defaults[0])).span.place
            self.findings.complain(
                ("matrix", defaults[1]),
                Complaint(
                    f"conditions, because the row at {first} is the one for all other tickets",
                    got="a second row without any",
                ),
            )
        elif not defaults and self.around.complete and all(isinstance(row, Block) for row in rows):
            name = next(iter(self.around.section("policies")), "…")
            self.findings.complain(
                ("matrix",),
                Complaint(
                    "one row without conditions, for every other ticket",
                    got="none",
                    remedy=f"add - {{policy: {name}}}",
                    at_key=True,
                ),
            )

    def _check_reach(self, rows: Sequence[_Row], values: Values) -> set[int]:
        """Rows that never count, because heavier ones hold whenever they do."""
        in_vain: set[int] = set()
        for row in rows:
            heavier = [one for one in rows if one.weight > row.weight]
            if uncovered(row.demands, [one.demands for one in heavier], values) is not None:
                continue
            in_vain.add(row.index)
            alone = next(
                (one for one in heavier if uncovered(row.demands, [one.demands], values) is None),
                None,
            )
            who = (
                f"the row at {alone.block.span.place} has"
                if alone
                else "rows with more conditions have"
            )
            self.findings.complain(
                ("matrix", row.index),
                Complaint(
                    f"a row that can count, but {who} every ticket it is for",
                    got=as_written(row.conditions),
                    remedy="the row with most conditions counts: take this one out, or narrow the other",
                ),
            )
        return in_vain

    def _check_ties(self, rows: Sequence[_Row], every: Sequence[_Row], values: Values) -> None:
        """Two rows with as many conditions that one ticket could meet, and nothing to decide."""
        for position, later in enumerate(rows):
            for earlier in rows[:position]:
                if earlier.weight != later.weight:
                    continue
                both = earlier.demands.joined(later.demands)
                if both is None:
                    continue
                if earlier.outcome == later.outcome:
                    self._warn_of_twins(earlier, later, values)
                    continue
                heavier = [one.demands for one in every if one.weight > later.weight]
                open_case = uncovered(both, heavier, values)
                if open_case is not None:
                    self._complain_of_tie(earlier, later, open_case)
                    break

    def _complain_of_tie(self, earlier: _Row, later: _Row, open_case: Cell) -> None:
        first = earlier.block.span.place
        if as_written(earlier.conditions) == as_written(later.conditions):
            complaint = Complaint(
                f"other conditions than those of the row at {first}",
                got=f"the same: {as_written(later.conditions)}",
                remedy="keep one of the two rows",
            )
        else:
            complaint = Complaint(
                f"one answer for every ticket, but one can also meet the row at {first} "
                f"({as_written(earlier.conditions)}), which has as many conditions",
                got=as_written(later.conditions),
                remedy=f"say what counts when both hold: - {_merged(earlier, later, open_case)}",
            )
        self.findings.complain(("matrix", later.index), complaint)

    def _warn_of_twins(self, earlier: _Row, later: _Row, values: Values) -> None:
        if uncovered(later.demands, [earlier.demands], values) is None:
            self.findings.warn(
                ("matrix", later.index),
                f"says the same as the row at {earlier.block.span.place}: one of the two is enough",
            )


def _merged(earlier: _Row, later: _Row, open_case: Cell) -> str:
    """The row that would settle a tie; `open_case` is one that no heavier row settles."""
    shared = set(earlier.conditions) & set(later.conditions)
    named = {key: value for key, value in open_case.items() if value not in {OTHER, NOT_SET}}
    if all(earlier.conditions[key] == later.conditions[key] or key in named for key in shared):
        both = as_written({**earlier.conditions, **later.conditions, **named})
    else:
        both = f"all: [{{{as_written(earlier.conditions)}}}, {{{as_written(later.conditions)}}}]"
    return f"{{{both}, policy: …}}"


def _in_business_days(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(Duration.parse(value).business_days)
    except ValueError:
        return False
