"""`deskladder check`: every mistake of the file, or in short what it says."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from plugin import clock
from plugin.domain.calendar import Calendar
from plugin.domain.settings import Config, Mode, Sla

if TYPE_CHECKING:
    from plugin.doctor.examination import Diagnosis

HELP = "read the file and tell every mistake in it"

_OPENINGS = {False: 2, True: 10}
"""How many are shown by the way, and when asked for."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to work out openings, too."""
    parser.add_argument(
        "--openings",
        action="store_true",
        help="show the next ten openings of each calendar; with national holidays this takes a moment",
    )
    parser.add_argument(
        "--live",
        action="store_true",
        help="ask each helpdesk, too, whether every group, person, state, tag and field exists",
    )
    parser.description = (
        "Read the file and everything it includes, and tell every mistake in it. "
        "Asks no helpdesk without --live; variables must be set as for serve."
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when the file can be used, with a summary on stdout; else 1, the problems on stderr.

    With `--live` also 1 when a helpdesk lacks something the file names.
    """
    from plugin.configuration import ConfigProblems, load

    now = clock.now()
    try:
        config = load(arguments.config, environ=os.environ, now=now)
    except ConfigProblems as problems:
        if arguments.format == "json":
            found = [problem.as_json() for problem in problems.problems]
            print(json.dumps({"ok": False, "problems": found}, indent=2, ensure_ascii=False))
        else:
            print(problems, file=sys.stderr)
        return 1
    diagnosis = _ask(config, now) if arguments.live else None
    if arguments.format == "json":
        content = summary(config, now, with_feeds=arguments.openings)
        print(json.dumps(_with_live(content, diagnosis), indent=2, ensure_ascii=False))
    else:
        print("\n".join(describe(config, now, with_feeds=arguments.openings)))
        for line in _warnings(config.warnings):
            print(line, file=sys.stderr)
        if diagnosis is not None:
            from plugin.doctor.report import as_text

            print("\n".join(["", *as_text(diagnosis, config.helpdesks)]))
    return 0 if diagnosis is None or diagnosis.is_healthy else 1


def _ask(config: Config, now: datetime) -> Diagnosis:
    """The part of the doctor's examination that is about names and rights."""
    from plugin.doctor.examination import examine, names_only
    from plugin.doctor.reading import Asked

    return names_only(examine(Asked(config, os.environ, now, knocks=False)))


def _with_live(content: dict[str, Any], diagnosis: Diagnosis | None) -> dict[str, Any]:
    from plugin.doctor.report import as_json

    if diagnosis is None:
        return content
    return {**content, "ok": diagnosis.is_healthy, "live": as_json(diagnosis)}


def describe(config: Config, now: datetime, *, with_feeds: bool) -> list[str]:
    """The file in a few lines of text; `with_feeds` lets calendars load national holidays."""
    from plugin.configuration import coverage
    from plugin.configuration.repeats import told_once

    lines = [f"{config.path}: fine"]
    hosts = ", ".join(f"{name} ({entry.type})" for name, entry in config.helpdesks.items())
    lines.append(f"  {_count(len(config.helpdesks), 'helpdesk')}: {hosts}")
    lines.append(f"  {_count(len(config.rules), 'rule')}{_modes(config)}")
    sections = (
        (config.teams, "team"),
        (config.replies, "reply"),
        (config.notes, "note"),
        (config.notify, "notify channel"),
    )
    said = [_count(len(entries), noun) for entries, noun in sections if entries]
    if said:
        lines.append(f"  {', '.join(said)}")
    if config.defaults.enforce_from:
        lines.append(
            f"  tickets created before {config.defaults.enforce_from:%Y-%m-%d %H:%M} UTC are left alone"
        )
    lines += [
        f"  calendar {_opening(calendar, now, with_feeds=with_feeds)}"
        for calendar in config.calendars.values()
    ]
    lines += [f"  SLA {_policy(sla)}" for sla in config.sla]
    lines += coverage.describe(config)
    if config.warnings:
        different = len(told_once(config.warnings))
        at_places = f" at {len(config.warnings)} places" if different < len(config.warnings) else ""
        lines.append(f"  {_count(different, 'warning')}{at_places}")
    return lines


def _warnings(warnings: Sequence[str]) -> Iterator[str]:
    from plugin.configuration.repeats import told_once

    for warning in told_once(warnings):
        yield f"warning: {warning.text}"
        if warning.also:
            yield f"         {warning.also}"


def summary(config: Config, now: datetime, *, with_feeds: bool) -> dict[str, Any]:
    """The same for scripts."""
    from plugin.configuration import coverage

    return {
        "ok": True,
        "digest": config.digest,
        "helpdesks": {name: entry.type for name, entry in config.helpdesks.items()},
        "rules": [{"name": rule.name, "mode": rule.mode.value} for rule in config.rules],
        "teams": list(config.teams),
        "replies": {name: sorted(texts) for name, texts in config.replies.items()},
        "notes": {name: sorted(texts) for name, texts in config.notes.items()},
        "notify": list(config.notify),
        "calendars": {
            name: [
                [start.isoformat(), end.isoformat()]
                for start, end in _openings(calendar, now, with_feeds)
            ]
            for name, calendar in config.calendars.items()
            if with_feeds or not calendar.feeds
        },
        "sla": [
            {
                "name": sla.name,
                "calendar": sla.calendar.name,
                "targets": {
                    metric.value: str(target) for metric, target in sla.policy.targets.items()
                },
                "at_risk": [str(threshold) for threshold in sla.policy.at_risk],
            }
            for sla in config.sla
        ],
        **coverage.summary(config),
        "warnings": list(config.warnings),
    }


def _modes(config: Config) -> str:
    modes = Counter(rule.mode for rule in config.rules)
    said = ", ".join(f"{modes[mode]} {mode}" for mode in reversed(Mode) if modes[mode])
    return f" ({said})" if said else ""


def _count(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def _opening(calendar: Calendar, now: datetime, *, with_feeds: bool) -> str:
    if calendar.feeds and not with_feeds:
        return f"{calendar.name}: {calendar.timezone} (--openings shows when it opens)"
    zone = ZoneInfo(calendar.timezone)
    spans = [
        f"{start.astimezone(zone):%a %d %b %H:%M}-{end.astimezone(zone):%H:%M}"
        for start, end in _openings(calendar, now, with_feeds)
    ]
    if not spans:
        return f"{calendar.name}: always open ({calendar.timezone})"
    state = "open now" if calendar.is_open(now) else "closed now"
    return f"{calendar.name}: {state}, next {', '.join(spans)} ({calendar.timezone})"


def _policy(sla: Sla) -> str:
    targets = ", ".join(f"{metric} {target}" for metric, target in sla.policy.targets.items())
    thresholds = ", ".join(str(threshold) for threshold in sla.policy.at_risk)
    warned = f", at risk: {thresholds}" if thresholds else ""
    return f"{sla.name}: {targets} in {sla.calendar.name}{warned}"


def _openings(
    calendar: Calendar, now: datetime, asked: bool
) -> Sequence[tuple[datetime, datetime]]:
    return calendar.next_openings(now, _OPENINGS[asked])
