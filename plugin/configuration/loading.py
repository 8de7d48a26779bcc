"""The way of the file: read, check everything, and only then build the `Config`."""

from __future__ import annotations

import gc
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from plugin.conditions import Names
from plugin.configuration.building import build_config
from plugin.configuration.calendars import build_calendar, calendar_files
from plugin.configuration.certificates import check_certificates
from plugin.configuration.document import Block, Items
from plugin.configuration.escalations import Ladders, check_ladders
from plugin.configuration.findings import Findings
from plugin.configuration.hosts import HOSTS
from plugin.configuration.inclusion import Reading, read_all
from plugin.configuration.masking import Mask
from plugin.configuration.measures import check_business_days, check_metrics, check_promises
from plugin.configuration.problems import ConfigProblems, Problem
from plugin.configuration.readable import check_readable
from plugin.configuration.references import (
    check_defaults,
    check_groups,
    check_helpdesks,
    check_rule_names,
    check_teams,
)
from plugin.configuration.rules import CompiledRule, HostInUse, RuleCompiler
from plugin.configuration.scalars import plain
from plugin.configuration.schema import LANGUAGE_PATTERN, FileSchema
from plugin.configuration.scripts import check_scripts
from plugin.configuration.sections import Section
from plugin.configuration.sla import SlaCompiler
from plugin.configuration.texts import check_texts
from plugin.configuration.variables import Variables
from plugin.domain.calendar import Calendar
from plugin.domain.dataclass import dataclass
from plugin.domain.settings import Config
from plugin.domain.situation import Condition

_FILE = Section(FileSchema)


@dataclass(slots=True)
class _Checked:
    """Everything `build_config` needs, when nothing is wrong."""

    loaded: dict[str, Any]
    calendars: dict[str, Calendar]
    rules: list[CompiledRule | None]
    sla: list[Condition | None] = field(default_factory=list)
    ladders: Ladders = field(default_factory=Ladders)


def load(path: Path, *, environ: Mapping[str, str], now: datetime) -> Config:
    """Read the file and all it includes. Raises `ConfigProblems` with every mistake.

    `now` is when the calendars must prove that they open; nothing else depends on it.
    """
    return load_with_files(path, environ=environ, now=now)[0]


def load_with_files(
    path: Path, *, environ: Mapping[str, str], now: datetime
) -> tuple[Config, frozenset[Path]]:
    """`load`, and every file that was read: the ones to watch for a change.

    A `ConfigProblems` carries the same files as `.files`, so that a broken file can be watched.
    """
    with _no_search_for_garbage():
        return _load(path, environ, now)


@contextmanager
def _no_search_for_garbage() -> Iterator[None]:
    """Nearly all that is made here is kept: looking for garbage takes a fifth of the time."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()


def _load(path: Path, environ: Mapping[str, str], now: datetime) -> tuple[Config, frozenset[Path]]:
    reading = read_all(path, Variables(environ))
    files = set(reading.files)
    findings = Findings(reading.root)
    checked = _check(reading, findings, files, now)
    problems = [*reading.problems, *findings.problems]
    if problems:
        mask = Mask.of(reading)
        covered = [mask.cover(problem) for problem in _ordered(problems)]
        raise ConfigProblems(covered, frozenset(files))
    config = build_config(
        path=path,
        now=now,
        digest=_digest(reading, files),
        root=reading.root,
        loaded=checked.loaded,
        calendars=checked.calendars,
        rules=[rule for rule in checked.rules if rule is not None],
        sla=[when for when in checked.sla if when is not None],
        ladders=checked.ladders,
        secrets=reading.variables.values,
        warnings=_told(reading, findings.warnings),
    )
    return config, frozenset(files)


def _check(reading: Reading, findings: Findings, files: set[Path], now: datetime) -> _Checked:
    root = reading.root
    if not root and reading.problems:
        return _Checked({}, {}, [])
    loaded: dict[str, Any] = {}
    wrong: Mapping[str, Any] = {}
    try:
        loaded = _FILE.read(root)
    except ValidationError as error:
        wrong = error.messages if isinstance(error.messages, dict) else {}
        findings.add((), _forgiving(wrong, reading), _FILE)
    calendars = _calendars(root, wrong, findings, files, now)
    compiler = RuleCompiler(_names(reading), list(_hosts(root)), findings)
    rules = _rules(root, compiler)
    sla = _sla(reading, compiler, calendars)
    ladders = check_ladders(root, compiler, calendars, files, now, complete=reading.complete)
    check_helpdesks(root, findings)
    check_certificates(root, findings, files)
    check_teams(root, findings)
    check_rule_names(root, findings)
    check_groups(root, findings)
    if reading.complete:
        check_scripts(root, findings)
        check_defaults(root, findings)
        check_business_days(root, findings)
        check_promises(root, findings)
        check_metrics(root, findings)
    language = _default_language(root)
    check_readable(root, findings)
    check_texts("replies", root, language, findings)
    check_texts("notes", root, language, findings)
    return _Checked(loaded, calendars, rules, sla, ladders)


def _forgiving(wrong: Mapping[str, Any], reading: Reading) -> Mapping[str, Any]:
    """Without what a file that could not be read may hold."""
    if reading.complete:
        return wrong
    return {
        key: error
        for key, error in wrong.items()
        if key in reading.root or key not in FileSchema().fields
    }


def _calendars(
    root: Block, wrong: Mapping[str, Any], findings: Findings, files: set[Path], now: datetime
) -> dict[str, Calendar]:
    calendars: dict[str, Calendar] = {}
    section = root.get("calendars")
    faulty = wrong.get("calendars", {})
    for name, entry in section.items() if isinstance(section, Block) else ():
        if not isinstance(entry, Block) or name in faulty:
            continue
        data = plain(entry)
        directory = entry.span.source.directory
        files.update(calendar_files(data, directory))
        try:
            calendars[name] = build_calendar(name, data, directory, now)
        except ValidationError as error:
            findings.add(("calendars", name), error.messages)
    return calendars


def _sla(
    reading: Reading, compiler: RuleCompiler, calendars: Mapping[str, Calendar]
) -> list[Condition | None]:
    root = reading.root
    defaults, section = root.get("defaults"), root.get("calendars")
    return SlaCompiler(
        rules=compiler,
        calendars=calendars,
        named_calendars=tuple(section if isinstance(section, Block) else ()),
        default_calendar=defaults.get("calendar") if isinstance(defaults, Block) else None,
        findings=compiler.findings,
        complete=reading.complete,
    ).compile(root.get("sla"))


def _rules(root: Block, compiler: RuleCompiler) -> list[CompiledRule | None]:
    rules = root.get("rules")
    if not isinstance(rules, Items):
        return []
    return [
        compiler.compile(rule, ("rules", index)) if isinstance(rule, Block) else None
        for index, rule in enumerate(rules)
    ]


def _names(reading: Reading) -> Names | None:
    """What rules may refer to; None when a file is missing."""
    if not reading.complete:
        return None
    root = reading.root

    def named(section: str) -> frozenset[str]:
        value = root.get(section)
        return frozenset(value if isinstance(value, Block) else ())

    return Names(
        teams=named("teams"),
        calendars=named("calendars"),
        replies=named("replies"),
        notes=named("notes"),
        channels=named("notify"),
        policies=named("policies"),
        pools=frozenset(_teams_with_pool(root)),
        sla=_policy_names(root),
        languages=_languages(root),
    )


def _teams_with_pool(root: Block) -> Iterable[str]:
    teams = root.get("teams")
    for name, team in teams.items() if isinstance(teams, Block) else ():
        if isinstance(team, Block) and "pool" in team:
            yield name


def _policy_names(root: Block) -> frozenset[str]:
    section = root.get("sla")
    entries = section if isinstance(section, Items) else ()
    names = (entry.get("name") for entry in entries if isinstance(entry, Block))
    return frozenset(name.strip() for name in names if isinstance(name, str))


def _languages(root: Block) -> frozenset[str]:
    """The languages customers may be answered in, which detection may then tell apart."""
    section = root.get("replies")
    texts = section.values() if isinstance(section, Block) else ()
    spoken = {code for text in texts if isinstance(text, Block) for code in text}
    return frozenset(code for code in spoken if re.fullmatch(LANGUAGE_PATTERN, code))


def _hosts(root: Block) -> Iterable[HostInUse]:
    section = root.get("helpdesks")
    for name, entry in section.items() if isinstance(section, Block) else ():
        kind = entry.get("type") if isinstance(entry, Block) else None
        if isinstance(kind, str) and kind in HOSTS:
            yield HostInUse(name, HOSTS[kind], dict(entry))


def _default_language(root: Block) -> str | None:
    """The language every text must have; None when the file names one that is none."""
    defaults = root.get("defaults")
    language = defaults.get("language", "en") if isinstance(defaults, Block) else "en"
    if isinstance(language, str) and re.fullmatch(LANGUAGE_PATTERN, language):
        return "".join(language)
    return None


def _ordered(problems: list[Problem]) -> list[Problem]:
    """File by file, line by line; of several about one thing the first that was found."""
    kept: dict[tuple[Any, ...], Problem] = {}
    for problem in problems:
        place = problem.place
        asks_for_key = problem.message.startswith("expected the key ")
        about = problem.message if asks_for_key else ""
        kept.setdefault((place.file, place.line, place.column, about), problem)
    files = list(dict.fromkeys(problem.place.file for problem in kept.values()))
    return sorted(
        kept.values(),
        key=lambda problem: (
            files.index(problem.place.file),
            problem.place.line,
            problem.place.column,
        ),
    )


def _told(reading: Reading, warnings: list[Problem]) -> tuple[str, ...]:
    if not warnings:
        return ()
    mask = Mask.of(reading)
    told = []
    for warning in _ordered(warnings):
        covered = mask.cover(warning)
        guess = f"; did you mean {covered.guess!r}?" if covered.guess else ""
        told.append(f"{covered.place}: {covered.path}: {covered.message}{guess}")
    return tuple(told)


def _digest(reading: Reading, files: set[Path]) -> str:
    """Over all values with their variables filled in, and over calendar files as they are."""
    digest = hashlib.sha256(json.dumps(reading.root, sort_keys=True).encode())
    for file in sorted(files - reading.files):
        try:
            digest.update(file.read_bytes())
        except OSError:
            continue
    return digest.hexdigest()[:16]
