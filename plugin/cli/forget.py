"""`deskladder forget`: remove what is kept about one customer."""

from __future__ import annotations

import argparse
import json
import os
import sys

from plugin import clock
from plugin.cli._looking_back import remove_kept

HELP = "remove what is kept about a customer"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whom."""
    parser.description = (
        "Remove everything Deskladder keeps about a customer's tickets: their memory, timers, actions, "
        "escalations, messages that wait and audit. Names, addresses and texts are never kept, but in a history "
        "that `--keep-history` of simulate or baseline left: it is removed as a whole. Nothing changes in the "
        "helpdesk; a ticket that is written to later begins anew, with its escalations forgotten."
    )
    parser.add_argument(
        "customer",
        metavar="CUSTOMER",
        help="the e-mail address, or HELPDESK/ID for a customer without one",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(arguments: argparse.Namespace) -> int:
    """0 when something was removed or nothing was kept; 1 when nobody confirmed."""
    from plugin.domain.ticket import Person, Role, customer_key
    from plugin.whereabouts import open_store

    helpdesk, slash, number = arguments.customer.partition("/")
    if "@" in arguments.customer:
        key = customer_key("", Person(None, Role.CUSTOMER, email=arguments.customer))
    elif slash and number.isdecimal():
        key = customer_key(helpdesk, Person(int(number), Role.CUSTOMER))
    else:
        print(
            f"forget: expected an e-mail address or HELPDESK/ID, got {arguments.customer!r}",
            file=sys.stderr,
        )
        return 2
    if not arguments.yes and not _confirmed(arguments.customer):
        print("nothing was removed", file=sys.stderr)
        return 1
    store = open_store(os.environ, clock.now())
    try:
        removed = store.forget(key)
    finally:
        store.close()
    histories = remove_kept(os.environ)
    if arguments.format == "json":
        print(json.dumps({"tickets": removed, "histories": histories}))
    else:
        print(f"{removed} ticket{'s' * (removed != 1)} forgotten")
        if histories:
            print(f"{histories} kept histor{'y' if histories == 1 else 'ies'} removed")
    return 0


def _confirmed(customer: str) -> bool:
    """Ask on a terminal; a script says --yes."""
    if not sys.stdin.isatty():
        print("forget: say --yes where nobody can be asked", file=sys.stderr)
        return False
    answer = input(f"Forget everything about {customer}? This cannot be undone. [y/N] ")
    return answer.strip().lower() in {"y", "yes"}
