"""`deskladder explain TICKET`: what each rule thinks of a ticket, and why, now or at any instant."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plugin import clock
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError
from plugin.domain.settings import Config
from plugin.domain.ticket import TicketRef, customer_key

if TYPE_CHECKING:
    from plugin.domain.memory import Memory
    from plugin.domain.past import Past, Staff
    from plugin.domain.ticket import Ticket
    from plugin.engine.explain import Explanation
    from plugin.history.looks import Look

HELP = "tell what each rule thinks of one ticket, and why"

_DESCRIPTION = """\
Read the ticket, take what the store remembers of it, and tell each rule's verdict with its reasons, what was
planned, done, refused or held back, and when time alone may change something. Changes nothing.

  deskladder explain 123
  deskladder explain 123 --at 2026-11-20T14:30     as it was then, and what was decided until then
  deskladder explain 123 --next 5                  what happens next if nobody touches it
  deskladder explain --history ticket.json         a file `deskladder export` wrote, without a helpdesk
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which ticket, seen from when."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = _DESCRIPTION
    parser.add_argument(
        "ticket",
        metavar="TICKET",
        nargs="?",
        help="the ticket's id (the number in its address), with several helpdesks HELPDESK/ID",
    )
    parser.add_argument(
        "--at",
        metavar="TIME",
        help="explain the ticket as it was then, such as 2026-11-20T14:30 (in the zone of the "
        "default calendar unless it names another)",
    )
    parser.add_argument(
        "--next",
        metavar="N",
        type=int,
        default=0,
        help="also tell the next N instants at which something happens if nobody does anything",
    )
    parser.add_argument(
        "--history",
        metavar="FILE",
        type=Path,
        help="a ticket's history as `deskladder export` wrote it; no helpdesk is asked",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when the ticket could be read, whatever the rules say."""
    from plugin.configuration import load

    now = clock.now()
    config = load(arguments.config, environ=os.environ, now=now)
    if (arguments.ticket is None) == (arguments.history is None):
        raise DeskladderError("say which ticket: its id, or --history FILE, and not both")
    if arguments.next < 0:
        raise DeskladderError("--next: expected how many instants, such as 5")
    if arguments.history is not None:
        answer = _from_file(config, arguments)
    elif arguments.at is None and not arguments.next:
        answer = _Answer(_as_it_is(config, arguments.ticket, now))
    else:
        answer = _from_helpdesk(config, arguments, now)
    if arguments.format == "json":
        print(json.dumps(answer.as_json(), indent=2, ensure_ascii=False, default=str))
    else:
        print("\n".join(answer.lines()))
    return 0


@dataclass(frozen=True, slots=True)
class _Answer:
    """An explanation; the looks before it and behind it where they were asked for."""

    explanation: Explanation
    decided: tuple[Look, ...] | None = None
    coming: tuple[Look, ...] | None = None

    def as_json(self) -> dict[str, Any]:
        content = self.explanation.as_json()
        if self.decided is not None:
            content["decided"] = [one.as_json() for one in self.decided]
        if self.coming is not None:
            content["next"] = [one.as_json() for one in self.coming]
        return content

    def lines(self) -> Iterator[str]:
        from zoneinfo import ZoneInfo

        zone = ZoneInfo(self.explanation.timezone)
        yield self.explanation.as_text()
        for title, looks, none in (
            ("Decided until then", self.decided, "nothing"),
            ("Next, if nobody does anything", self.coming, "nothing within a year"),
        ):
            if looks is None:
                continue
            yield title
            yield from (line for look in looks for line in look.lines(zone))
            if not looks:
                yield f"  {none}"
            yield ""


def _as_it_is(config: Config, ticket_name: str, now: datetime) -> Explanation:
    """The ticket now, as the service would read it."""
    from connectors import connector
    from plugin.engine.explain import explain
    from plugin.engine.means import needs_of
    from plugin.whereabouts import open_store

    ref = which_ticket(ticket_name, config)
    settings = config.helpdesks[ref.helpdesk]
    helpdesk = connector(settings.type).connect(settings)
    store = open_store(os.environ, now)
    try:
        ticket = helpdesk.read(ref.id, needs_of(config))
        memory = store.memory(ref, customer_key(ref.helpdesk, ticket.customer), now)
    finally:
        helpdesk.close()
        store.close()
    return explain(config, ticket, memory, now)


def _from_helpdesk(config: Config, arguments: argparse.Namespace, now: datetime) -> _Answer:
    from plugin.cli._one_ticket import read_one

    found = read_one(config, which_ticket(arguments.ticket, config), now, os.environ)
    memory = found.memory
    if arguments.at is not None:
        at = which_instant(arguments.at, config)
        if at > now:
            raise DeskladderError("--at lies in the future: --next N tells what will happen")
        return _as_of(config, found.past, found.staff, at, memory, arguments.next)
    if memory is None:
        return _as_of(config, found.past, found.staff, now, None, arguments.next)
    ticket: Ticket = found.past.ticket
    return _told(config, found.past, found.staff, ticket, memory, now, arguments.next, None)


def _from_file(config: Config, arguments: argparse.Namespace) -> _Answer:
    from plugin.domain.memory import Memory
    from plugin.history.file import read

    file = read(arguments.history)
    at = which_instant(arguments.at, config) if arguments.at else file.exported_at
    ref = file.past.ticket.ref
    memory = None
    if file.actions is not None and file.installed_at is not None:
        memory = Memory(ref, installed_at=file.installed_at, actions=file.actions)
    return _as_of(config, file.past, file.staff, at, memory, arguments.next)


def _as_of(
    config: Config, past: Past, staff: Staff, at: datetime, known: Memory | None, count: int
) -> _Answer:
    """The ticket as it was; `known` is what the store remembers now, None without a store."""
    from plugin.history.looks import rebuild

    then = rebuild(
        config,
        past,
        staff,
        at,
        installed_at=known.installed_at if known else None,
        actions=known.actions if known else None,
    )
    if then is None:
        raise DeskladderError(
            f"ticket {past.ticket.ref} was created at {past.ticket.created_at.isoformat()}, later "
            "than --at"
        )
    return _told(config, then.past, staff, then.ticket, then.memory, at, count, then.looks)


def _told(
    config: Config,
    past: Past,
    staff: Staff,
    ticket: Ticket,
    memory: Memory,
    at: datetime,
    count: int,
    decided: tuple[Look, ...] | None,
) -> _Answer:
    from plugin.engine.explain import explain
    from plugin.history.looks import next_looks

    coming = tuple(next_looks(config, past, staff, memory, at, count)) if count else None
    return _Answer(explain(config, ticket, memory, at), decided, coming)


def which_instant(text: str, config: Config) -> datetime:
    """Read an instant; without a zone it is one of the default calendar's, else UTC."""
    from plugin.engine.decide import zone_of

    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise DeskladderError(
            f"--at: expected an instant such as 2026-11-20T14:30, got {text!r}"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=zone_of(config))


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
