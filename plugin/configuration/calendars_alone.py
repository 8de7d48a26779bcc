"""Only the calendars of a file, so that `due` needs no token and minds no mistake elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from marshmallow import ValidationError

from plugin.configuration.calendars import CalendarSchema, build_calendar
from plugin.configuration.document import Block
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Findings
from plugin.configuration.inclusion import read_all
from plugin.configuration.masking import Mask
from plugin.configuration.problems import ConfigProblems
from plugin.configuration.scalars import plain
from plugin.configuration.sections import Section
from plugin.configuration.variables import Variables
from plugin.domain.calendar import Calendar

_SECTION = "calendars"
_ENTRY = Section(CalendarSchema)


def load_calendars(path: Path, *, environ: Mapping[str, str], now: datetime) -> dict[str, Calendar]:
    """The calendars of the file and of those it includes.

    Raises `ConfigProblems` with the mistakes in `calendars:` and those that make the file unreadable.
    """
    reading = read_all(path, Variables(environ))
    findings = Findings(reading.root)
    calendars: dict[str, Calendar] = {}
    section = reading.root.get(_SECTION)
    if section is not None and not isinstance(section, Block):
        findings.complain((_SECTION,), Complaint("a mapping from names to calendars"))
    for name, entry in section.items() if isinstance(section, Block) else ():
        place = (_SECTION, name)
        if not isinstance(entry, Block):
            findings.complain(place, Complaint("a mapping with timezone and hours"))
            continue
        try:
            calendars[name] = build_calendar(name, plain(entry), entry.span.source.directory, now)
        except ValidationError as error:
            findings.add(place, error.messages, _ENTRY)
    problems = [
        problem
        for problem in reading.problems
        if not reading.complete or problem.path.startswith(_SECTION)
    ]
    problems += findings.problems
    if problems:
        mask = Mask.of(reading)
        raise ConfigProblems(mask.cover(problem) for problem in problems)
    return calendars
