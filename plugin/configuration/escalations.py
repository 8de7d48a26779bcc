"""Everything of the file that ladders need, checked together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from pathlib import Path

from plugin.configuration.document import Block
from plugin.configuration.ladder_checks import LadderCheck
from plugin.configuration.ladders import CompiledPolicy, compile_policies
from plugin.configuration.matrix import compile_rows
from plugin.configuration.matrix_checks import MatrixCheck
from plugin.configuration.pool_checks import PoolCheck
from plugin.configuration.pools import Watches, ical_files
from plugin.configuration.recipients import RecipientCheck
from plugin.configuration.rules import RuleCompiler
from plugin.configuration.surroundings import Surroundings
from plugin.configuration.uses import UseCheck
from plugin.domain.calendar import Calendar
from plugin.domain.dataclass import dataclass
from plugin.domain.situation import Condition


@dataclass(slots=True)
class Ladders:
    """What `building` needs of them; a condition is None where it has a mistake."""

    policies: Mapping[str, CompiledPolicy] = field(default_factory=dict)
    matrix: Sequence[Condition | None] = ()
    watches: Mapping[str, Watches] = field(default_factory=dict)


def check_ladders(
    root: Block,
    rules: RuleCompiler,
    calendars: Mapping[str, Calendar],
    files: set[Path],
    now: datetime,
    *,
    complete: bool,
) -> Ladders:
    """Compile and check policies, matrix, pools, people and service; adds iCal files to `files`."""
    findings = rules.findings
    around = Surroundings(root, calendars, rules.hosts, complete)
    policies = compile_policies(root, rules)
    matrix = compile_rows(root, rules)
    files.update(ical_files(root).values())
    recipients = RecipientCheck(around, findings)
    recipients.check_channels()
    recipients.check_actions()
    LadderCheck(around, findings, recipients).check()
    MatrixCheck(around, findings).check([row is not None for row in matrix])
    watches = PoolCheck(around, findings, now).check()
    UseCheck(around, findings).check()
    return Ladders(policies, matrix, watches)
