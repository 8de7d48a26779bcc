"""`deskladder export TICKET`: a ticket's history without names and texts, for bug reports and tests."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plugin import clock
from plugin.cli._one_ticket import read_one
from plugin.cli.explain import which_ticket

if TYPE_CHECKING:
    from plugin.history.blanking import KeptWords

HELP = "write a ticket's history without names and texts, for bug reports and tests"

_DESCRIPTION = """\
Read a ticket with its history and write it as JSON, with names, addresses, texts, tags and custom fields
blanked: people become Customer 1 and Agent 2, every word becomes an x. States, groups, owners, instants and
what Deskladder planned and did stay. `deskladder explain --history FILE` explains it without a helpdesk.

  deskladder export 123 --output ticket.json
  deskladder export 123 --keep-words      the words your rules look for stay, so that they hold as they did

Look at the file before you pass it on.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which ticket, what stays, and where it goes."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = _DESCRIPTION
    parser.add_argument(
        "ticket",
        metavar="TICKET",
        help="the ticket's id (the number in its address), with several helpdesks HELPDESK/ID",
    )
    parser.add_argument(
        "--keep-words",
        action="store_true",
        help="keep the words, tags and domains that conditions of the file name",
    )
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="write to this file instead of stdout"
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when the ticket could be read."""
    from plugin.configuration import load
    from plugin.history.blanking import NOTHING, blank
    from plugin.history.file import HistoryFile, bare

    now = clock.now()
    config = load(arguments.config, environ=os.environ, now=now)
    ref = which_ticket(arguments.ticket, config)
    found = read_one(config, ref, now, os.environ)
    kept = _words(arguments.config, os.environ) if arguments.keep_words else NOTHING
    past, staff = blank(found.past, found.staff, kept)
    memory = found.memory
    text = HistoryFile(
        past=past,
        staff=staff,
        exported_at=now,
        installed_at=memory.installed_at if memory else None,
        actions=bare(memory.actions) if memory else None,
    ).as_text()
    if arguments.output is None:
        print(text, end="")
    else:
        from plugin.cli.importing import write_whole

        write_whole(arguments.output, text)
        print(f"written to {arguments.output}: look at it before you pass it on", file=sys.stderr)
    return 0


def _words(path: Path, environ: Mapping[str, str]) -> KeptWords:
    """What the conditions of the file look for."""
    from plugin.configuration.inclusion import read_all
    from plugin.configuration.variables import Variables
    from plugin.history.blanking import KeptWords, conditions_of

    root: dict[str, Any] = read_all(path, Variables(environ)).root
    return KeptWords.of(conditions_of(root))
