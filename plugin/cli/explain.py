"""`deskladder explain TICKET`: what each rule thinks of a ticket, and why."""

from __future__ import annotations

import argparse
import json
import os

from plugin import clock
from plugin.domain.errors import DeskladderError
from plugin.domain.settings import Config
from plugin.domain.ticket import TicketRef, customer_key

HELP = "tell what each rule thinks of one ticket, and why"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which ticket."""
    parser.description = (
        "Read the ticket, take what the store remembers of it, and tell each rule's verdict with "
        "its reasons, what was planned, done, refused or held back, and when time alone may change "
        "something. Changes nothing."
    )
    parser.add_argument(
        "ticket",
        metavar="TICKET",
        help="the ticket's id (the number in its address), with several helpdesks HELPDESK/ID",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when the ticket could be read, whatever the rules say."""
    from connectors import connector
    from plugin.configuration import load
    from plugin.engine.decide import needs_of
    from plugin.engine.explain import explain
    from plugin.whereabouts import open_store

    now = clock.now()
    config = load(arguments.config, environ=os.environ, now=now)
    ref = which_ticket(arguments.ticket, config)
    settings = config.helpdesks[ref.helpdesk]
    helpdesk = connector(settings.type).connect(settings)
    store = open_store(os.environ, now)
    try:
        ticket = helpdesk.read(ref.id, needs_of(config))
        memory = store.memory(ref, customer_key(ref.helpdesk, ticket.customer), now)
    finally:
        helpdesk.close()
        store.close()
    explanation = explain(config, ticket, memory, now)
    if arguments.format == "json":
        print(json.dumps(explanation.as_json(), indent=2, ensure_ascii=False, default=str))
    else:
        print(explanation.as_text())
    return 0


def which_ticket(text: str, config: Config) -> TicketRef:
    """Read `123` or `support/123`; raises DeskladderError with what to write instead."""
    name, slash, number = text.rpartition("/")
    known = ", ".join(sorted(config.helpdesks))
    if not number.isdecimal():
        raise DeskladderError(f"expected a ticket's id such as 123 or support/123, got {text!r}")
    if not slash:
        if len(config.helpdesks) != 1:
            raise DeskladderError(f"which helpdesk? Write HELPDESK/{number}; there are {known}")
        name = next(iter(config.helpdesks))
    if name not in config.helpdesks:
        raise DeskladderError(f"no helpdesk {name!r} in {config.path}; there are {known}")
    return TicketRef(name, int(number))
