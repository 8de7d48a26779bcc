"""The service's examination of itself: to the log in full, elsewhere in short."""

from __future__ import annotations

from collections.abc import Sequence

from plugin import logs
from plugin.doctor.examination import examine
from plugin.doctor.reading import Asked
from plugin.domain.dataclass import dataclass
from plugin.domain.examining import Finding, Level


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, a sentence each; `fine` counts what is as it should be."""

    errors: Sequence[str]
    warnings: Sequence[str]
    fine: int


def check_oneself(asked: Asked) -> Checked:
    """Look at everything and log what is not as it should be."""
    findings = examine(asked).findings
    errors = [finding for finding in findings if finding.level is Level.ERROR]
    warnings = [finding for finding in findings if finding.level is Level.WARNING]
    for finding in (*errors, *warnings):
        log = logs.error if finding.level is Level.ERROR else logs.warning
        log(
            "doctor.found",
            about=finding.about or "deskladder",
            check=finding.check,
            text=finding.text,
            remedy=finding.remedy,
        )
    return Checked(
        [_in_short(finding) for finding in errors],
        [_in_short(finding) for finding in warnings],
        len(findings) - len(errors) - len(warnings),
    )


def _in_short(finding: Finding) -> str:
    about = f"{finding.about}: " if finding.about else ""
    return f"{about}{finding.text}; {finding.remedy}"
