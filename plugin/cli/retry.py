"""`deskladder retry`: once the cause is gone, let refused actions be done after all."""

from __future__ import annotations

import argparse
import json
import os
import sys

from plugin import clock

HELP = "plan refused actions again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which ones."""
    parser.description = (
        "Plan actions again that the helpdesk refused; `status` shows their keys. A running "
        "service does them within seconds. With --rule, let a rule act again that the loop "
        "detector holds at observe."
    )
    parser.add_argument("keys", metavar="KEY", nargs="*", help="the key of a dead letter")
    parser.add_argument("--all", action="store_true", help="all dead letters")
    parser.add_argument("--rule", metavar="NAME", help="free a rule held at observe")


def run(arguments: argparse.Namespace) -> int:
    """1 when a key or rule is not there, 2 without anything to do."""
    from plugin.whereabouts import open_store

    if not (arguments.keys or arguments.all or arguments.rule):
        print("retry: name a KEY, --all or --rule NAME; `status` shows both", file=sys.stderr)
        return 2
    if arguments.keys and arguments.all:
        print("retry: a KEY or --all, not both", file=sys.stderr)
        return 2
    now = clock.now()
    store = open_store(os.environ, now)
    planned, freed = 0, None
    try:
        if arguments.rule:
            freed = store.undemote(arguments.rule)
        if arguments.keys or arguments.all:
            planned = store.retry(None if arguments.all else arguments.keys, now)
    finally:
        store.close()
    if arguments.format == "json":
        print(json.dumps({"planned": planned, "freed": freed}))
    else:
        _tell(arguments, planned, freed)
    return 1 if freed is False or planned < len(set(arguments.keys)) else 0


def _tell(arguments: argparse.Namespace, planned: int, freed: bool | None) -> None:
    if arguments.keys or arguments.all:
        print(f"{planned} planned again")
    missing = len(set(arguments.keys)) - planned
    if missing > 0:
        print(f"{missing} not among the dead letters; `status` shows them", file=sys.stderr)
    if freed:
        print(f"rule {arguments.rule!r} acts again")
    elif freed is False:
        print(f"rule {arguments.rule!r} is not held at observe", file=sys.stderr)
