"""`deskladder simulate`: what the file would have done to the tickets of the last months."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from plugin import clock
from plugin.cli import _looking_back as looking_back
from plugin.domain.settings import Config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plugin.history.archive import Archive
    from plugin.history.premise import Premise
    from plugin.history.tally import Tally

HELP = "tell what the file would have done to the tickets of the last months"

_DESCRIPTION = """\
Read the tickets of a period with their history, decide on them again in the order of time with this
file, and tell what would have come of it: escalations by rule, person, hour and weekday, nights and
weekends disturbed, mails to customers, guards, needless escalations, SLA attainment, the busiest tickets.

  deskladder simulate --since 90d --html simulation.html
  deskladder simulate --since 2026-08-01 --compare old.yaml

Only reads: nothing is written to the helpdesk. Rules that observe are taken as if they acted. What is
read is kept in a file beside the store until the work is done, so that a stopped run goes on.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The period, another file to compare with, and where the page goes."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = _DESCRIPTION
    looking_back.add_arguments(parser)
    parser.add_argument(
        "--compare",
        metavar="OLD",
        type=Path,
        help="another file: tell which tickets would end otherwise with it",
    )
    parser.add_argument(
        "--html", metavar="FILE", type=Path, help="write a page with charts to this file, too"
    )
    parser.add_argument(
        "--as-written",
        action="store_true",
        help="let rules that observe observe, instead of taking them as if they acted",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when the past could be read, whatever came of it."""
    from plugin.configuration import load
    from plugin.domain.helpdesk import Need
    from plugin.engine.decide import zone_of
    from plugin.engine.means import needs_of
    from plugin.history.premise import premise_of
    from plugin.history.report import Report, compare

    now = clock.now()
    since = looking_back.since(arguments.since, now)
    config = load(arguments.config, environ=os.environ, now=now)
    names = looking_back.helpdesks(arguments.helpdesk, config)
    premise = premise_of(config, since, as_written=arguments.as_written)
    needs, old = needs_of(premise.config), None
    if arguments.compare is not None:
        old = premise_of(
            load(arguments.compare, environ=os.environ, now=now),
            since,
            as_written=arguments.as_written,
        )
        needs |= needs_of(old.config)
    with looking_back.archives(
        config,
        names,
        since=since,
        now=now,
        customers=Need.CUSTOMER_TICKETS in needs,
        rate=arguments.rate,
        keep=arguments.keep_history,
    ) as archives:
        tally = _replay(premise, archives, since, now, stories=old is not None)
        compared = None
        if old is not None:
            before = _replay(old, archives, since, now, stories=True)
            compared = compare(str(arguments.compare), before, tally)
    report = Report(
        since=since,
        until=now,
        path=str(config.path),
        helpdesks=tuple(names),
        timezone=str(zone_of(config)),
        assumed=premise.assumed,
        counts=tally.counts,
        compared=compared,
    )
    if arguments.html is not None:
        _write(arguments.html, report.as_html())
    if arguments.format == "json":
        print(json.dumps(report.as_json(), indent=2, ensure_ascii=False))
    else:
        print(report.as_text(), end="")
    return 0


def _replay(
    premise: Premise,
    archives: Mapping[str, Archive],
    since: datetime,
    until: datetime,
    *,
    stories: bool,
) -> Tally:
    from plugin.history.replay import Replay
    from plugin.history.tally import Tally

    config: Config = premise.config
    staff = {name: archive.staff() for name, archive in archives.items()}
    tally = Tally(config, staff, since=since, until=until, stories=stories)
    replay = Replay(config, archives, since=since, until=until, watcher=tally)
    days = max(1, (until - since).days)
    with looking_back.Bar(str(config.path)) as bar:
        for at in replay.steps():
            bar.show("deciding, day", (at - since).days, days)
    return tally


def _write(file: Path, page: str) -> None:
    from plugin.domain.errors import DeskladderError

    try:
        file.write_text(page, encoding="utf-8")
    except OSError as problem:
        raise DeskladderError(f"--html {file}: {problem.strerror}") from problem
    print(f"the page is in {file}", file=sys.stderr)
