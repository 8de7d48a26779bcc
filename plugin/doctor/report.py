"""A diagnosis in lines for people, and as JSON for scripts."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from plugin.doctor.examination import Diagnosis
from plugin.domain.examining import Finding, Level
from plugin.domain.settings import HelpdeskSettings

_WORDS = {Level.OK: "ok", Level.WARNING: "warning", Level.ERROR: "ERROR"}
_WIDTH = 110
_INDENT = " " * 11


def as_text(diagnosis: Diagnosis, helpdesks: Mapping[str, HelpdeskSettings]) -> Iterator[str]:
    """Each finding with its remedy below, grouped by what it is about, and a line to sum up."""
    about: str | None = None
    for finding in diagnosis.findings:
        if finding.about != about:
            if about is not None:
                yield ""
            about = finding.about
            yield _title(about, helpdesks)
        yield from _lines(finding)
    yield ""
    yield summary(diagnosis)


def summary(diagnosis: Diagnosis) -> str:
    """`2 errors, 1 warning`."""
    errors, warnings = diagnosis.count(Level.ERROR), diagnosis.count(Level.WARNING)
    if not errors and not warnings:
        return "Everything is as it should be."
    said = [
        f"{number} {noun}{'' if number == 1 else 's'}"
        for number, noun in ((errors, "error"), (warnings, "warning"))
        if number
    ]
    return f"{' and '.join(said)}."


def as_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """The same for scripts."""
    return {
        "ok": diagnosis.is_healthy,
        "errors": diagnosis.count(Level.ERROR),
        "warnings": diagnosis.count(Level.WARNING),
        "findings": [
            {
                "level": finding.level.value,
                "about": finding.about or None,
                "check": finding.check,
                "text": finding.text,
                "remedy": finding.remedy or None,
            }
            for finding in diagnosis.findings
        ],
    }


def _title(about: str, helpdesks: Mapping[str, HelpdeskSettings]) -> str:
    settings = helpdesks.get(about)
    return f"{about} ({settings.type}, {settings.url})" if settings else "deskladder"


def _lines(finding: Finding) -> Iterator[str]:
    yield from _wrapped(f"  {_WORDS[finding.level]:<8} {finding.text}", _INDENT)
    if finding.remedy:
        yield from _wrapped(f"{_INDENT}→ {finding.remedy}", f"{_INDENT}  ")


def _wrapped(text: str, indent: str) -> list[str]:
    """Wrapped at blanks only: addresses and commands stay whole."""
    return textwrap.wrap(
        text,
        _WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
