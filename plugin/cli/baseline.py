"""`deskladder baseline`: how it went without any rule, to compare with later."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from plugin import clock
from plugin.cli import _looking_back as looking_back

if TYPE_CHECKING:
    from plugin.history.archive import Archive
    from plugin.history.rewinding import Timeline

HELP = "measure first response, resolution, hand-offs and reopenings of the last months"

_DESCRIPTION = """\
Read the tickets of a period and tell for each group how long the first response and the resolution took, how
often tickets were passed on and how often they were opened again: median, ninetieth percentile, and of how
many. No rule and no policy is looked at. Keep the answer, and measure again when Deskladder has been in use
for a while:

  deskladder baseline --since 90d --format json > before.json

Only reads: nothing is written to the helpdesk.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The period."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = _DESCRIPTION
    looking_back.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 when the past could be read."""
    from plugin.configuration import load
    from plugin.history.baseline import Baseline

    now = clock.now()
    since = looking_back.since(arguments.since, now)
    config = load(arguments.config, environ=os.environ, now=now)
    names = looking_back.helpdesks(arguments.helpdesk, config)
    baseline = Baseline(since, now, config.calendars.get(config.defaults.calendar or ""))
    with looking_back.archives(
        config,
        names,
        since=since,
        now=now,
        customers=False,
        rate=arguments.rate,
        keep=arguments.keep_history,
    ) as archives:
        for archive in archives.values():
            baseline.take_in(_timelines(archive))
    if arguments.format == "json":
        print(json.dumps(baseline.as_json(), indent=2, ensure_ascii=False))
    else:
        print(baseline.as_text(), end="")
    return 0


def _timelines(archive: Archive) -> Iterator[Timeline]:
    from plugin.history.rewinding import Timeline

    staff = archive.staff()
    for number in archive.ticket_ids():
        yield Timeline(archive.past(number), staff, ours=True)
