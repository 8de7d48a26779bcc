"""`deskladder backfill`: let the service look at tickets that were there before it, a few at a time."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from plugin import clock
from plugin.cli import _looking_back as looking_back
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError
from plugin.domain.settings import Config

if TYPE_CHECKING:
    from plugin.domain.storing import Storing
    from plugin.domain.ticket import TicketRef
    from plugin.history.taking_in import Forecast

HELP = "let the service look at tickets that were there before it, a few at a time"

_DESCRIPTION = """\
Tickets older than the installation are looked at when something happens on them. This asks for a look at open
ones nobody has looked at yet: at most --limit of them, one after the other, so that no avalanche of notes and
assignments comes down. What happened before the installation stays untold; rules that wait for time alone may
fire at the first look. Run it again for the next ones.

  deskladder backfill --limit 50 --dry-run      what the first looks would bring; asks for nothing
  deskladder backfill --limit 50 --order due
"""

_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many, which first, how fast."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = _DESCRIPTION
    parser.add_argument(
        "--limit", metavar="N", type=int, default=50, help="at most so many tickets (default: 50)"
    )
    parser.add_argument(
        "--order",
        choices=("newest", "due"),
        default="newest",
        help="the last opened first (default), or those whose SLA deadline is next, which "
        "means reading all of them",
    )
    parser.add_argument(
        "--per-minute",
        metavar="N",
        type=float,
        default=20.0,
        help="how many looks a minute (default: 20)",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only tell what the first looks would bring"
    )
    parser.add_argument(
        "--helpdesk", metavar="NAME", action="append", help="only this helpdesk of the file"
    )
    parser.add_argument(
        "--rate",
        metavar="CALLS",
        type=float,
        default=5.0,
        help="the most calls a second to a helpdesk, 0 for no limit (default: 5)",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 also when nothing is left to take in."""
    from plugin.configuration import load
    from plugin.whereabouts import open_store

    if arguments.limit < 1:
        raise DeskladderError("--limit: expected at least 1")
    if arguments.per_minute <= 0:
        raise DeskladderError("--per-minute: expected more than 0")
    now = clock.now()
    config = load(arguments.config, environ=os.environ, now=now)
    names = looking_back.helpdesks(arguments.helpdesk, config)
    store = open_store(os.environ, now)
    try:
        left = arguments.limit
        answers = []
        for name in names:
            answer = _one(config, name, store, now, arguments, left)
            answers.append(answer)
            left -= len(answer.chosen)
    finally:
        store.close()
    if arguments.format == "json":
        print(json.dumps([one.as_json() for one in answers], indent=2, ensure_ascii=False))
    else:
        print("\n".join(line for one in answers for line in one.lines(config)))
    return 0


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was found on one helpdesk, and what was asked for or would come of it."""

    helpdesk: str
    seen: int
    unseen: int
    chosen: tuple[TicketRef, ...]
    asked: int = 0
    last_at: datetime | None = None
    forecast: Forecast | None = None

    def as_json(self) -> dict[str, Any]:
        content: dict[str, Any] = {
            "helpdesk": self.helpdesk,
            "open_seen": self.seen,
            "open_unseen": self.unseen,
            "tickets": [str(ref) for ref in self.chosen],
        }
        found = self.forecast
        if found is None:
            last = self.last_at.isoformat() if self.last_at else None
            return {**content, "asked_for": self.asked, "last_look_at": last}
        return {
            **content,
            "left_alone": found.left_alone,
            "fired": dict(found.fired),
            "actions": [
                {"action": name, "outcome": state, "count": count}
                for (name, state), count in sorted(found.actions.items())
            ],
            "looks": [{"ticket": str(ref), **look.as_json()} for ref, look in found.looks],
        }

    def lines(self, config: Config) -> Iterator[str]:
        yield (
            f"{self.helpdesk}: {self.seen:,} open tickets known, {self.unseen:,} never looked at, "
            f"{len(self.chosen):,} of them chosen"
        )
        if self.forecast is not None:
            yield from _forecast_lines(self.forecast)
        elif self.last_at is not None:
            waits = len(self.chosen) - self.asked
            yield f"  {self.asked:,} looks asked for, the last one at {self.last_at:%H:%M:%S} UTC"
            if waits:
                yield f"  {waits:,} wait for their look already"
        if self.unseen > len(self.chosen):
            yield f"  {self.unseen - len(self.chosen):,} are left for the next run"
        since = config.defaults.enforce_from
        if since is not None:
            yield f"  created before {since:%Y-%m-%d} (enforce_from): remembered and left alone"


def _forecast_lines(found: Forecast) -> Iterator[str]:
    yield f"  nothing was asked for; the first looks at {found.tickets:,} tickets would"
    if found.left_alone:
        yield f"    leave {found.left_alone:,} alone: created before enforce_from"
    if not found.fired:
        yield "    fire no rule"
    for rule, count in found.fired.most_common():
        yield f"    fire rule {rule!r} {count:,} times"
    for (name, state), count in sorted(found.actions.items()):
        yield f"    {name}: {count:,} {state}"
    for ref, look in found.looks[:_SHOWN]:
        yield f"    {ref}: {', '.join(one.rule for one in look.fired)}"
    if len(found.looks) > _SHOWN:
        yield f"    and {len(found.looks) - _SHOWN:,} more"


def _one(
    config: Config,
    name: str,
    store: Storing,
    now: datetime,
    arguments: argparse.Namespace,
    limit: int,
) -> _Answer:
    from connectors import connector
    from plugin.history.taking_in import Order, forecast, take_in, waiting

    settings = config.helpdesks[name]
    reader = connector(settings.type).read_only(settings, rate=arguments.rate)
    try:
        with looking_back.Bar(name) as bar:
            order = Order(arguments.order)
            listed = waiting(reader, store, config, now, order=order, progress=bar.show)
            chosen = listed.refs[: max(0, limit)]
            if arguments.dry_run:
                found = forecast(
                    reader,
                    config,
                    chosen,
                    now,
                    installed_at=store.installed_at,
                    progress=bar.show,
                )
                return _Answer(name, listed.seen, len(listed.refs), chosen, forecast=found)
    finally:
        reader.close()
    every = timedelta(minutes=1) / arguments.per_minute
    asked, last_at = take_in(store, chosen, now, every=every)
    return _Answer(name, listed.seen, len(listed.refs), chosen, asked, last_at if chosen else None)
