"""The examination: read, judge, and put in order."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.checking import run_checks
from plugin.doctor import checks
from plugin.doctor.facts import Facts
from plugin.doctor.reading import Asked, read
from plugin.domain.dataclass import dataclass
from plugin.domain.examining import Finding, Level

NAMES_ONLY = frozenset(
    {
        "access",
        "groups",
        "mailboxes",
        "modules",
        "names",
        "people",
        "service_user",
        "tags",
        "version",
    }
)
"""The checks that tell whether a file fits its helpdesks, wherever the service runs."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that was found: Deskladder itself first, then each helpdesk."""

    findings: Sequence[Finding]

    def count(self, level: Level) -> int:
        """How many findings of a level."""
        return sum(finding.level is level for finding in self.findings)

    @property
    def is_healthy(self) -> bool:
        """True without an error; warnings are for when there is time."""
        return not self.count(Level.ERROR)


def examine(asked: Asked) -> Diagnosis:
    """Look at everything; takes seconds, since helpdesks are asked some dozen things."""
    return diagnose(read(asked))


def diagnose(facts: Facts) -> Diagnosis:
    """Judge what was read. Pure."""
    found = run_checks(checks, facts)
    for examined in facts.helpdesks.values():
        found += examined.findings
    return Diagnosis(sorted(found, key=lambda finding: (finding.about, finding.check)))


def names_only(diagnosis: Diagnosis) -> Diagnosis:
    """The part about names."""
    kept = [finding for finding in diagnosis.findings if finding.check in NAMES_ONLY]
    return Diagnosis(kept)
