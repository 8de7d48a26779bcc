"""A file, a few pasts, and what a replay of them comes to."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from plugin.configuration import load
from plugin.domain.past import Past, Staff
from plugin.domain.settings import Config
from plugin.domain.ticket import Agent, Change, State, StateType
from plugin.history.premise import premise_of
from plugin.history.replay import Replay
from plugin.history.shelf import Shelf
from plugin.history.tally import Tally
from tests.given import ANA, BEN, CLOSED, FINANCE, FRONT, MONDAY, NEW, OPEN, hours, message, ticket

HEAD = """\
version: 1
helpdesks: {support: {type: zammad, url: https://help.example.com, token: t, webhook_secret: s, service_user: d@example.com}}
"""
STAFF = Staff(
    groups=(FRONT, FINANCE),
    agents={1: (Agent(ANA), Agent(BEN)), 3: (Agent(ANA), Agent(BEN))},
    states=(NEW, OPEN, CLOSED, State("pending reminder", StateType.PENDING_REMINDER)),
)
STATES = {one.name: one.type for one in STAFF.states}
WEEK = timedelta(days=7)


def config_of(text: str, folder: Path, name: str = "deskladder.yaml") -> Config:
    file = folder / name
    file.write_text(HEAD + text, "utf-8")
    return load(file, environ={}, now=MONDAY + WEEK)


def past(*messages, tagging=(), **more) -> Past:
    """A ticket of Monday morning that was never touched, unless told otherwise."""
    said = messages or (message(1, "My invoice is wrong.", at=MONDAY),)
    values = {"history": (), "states": STATES, "state": NEW, "updated_at": MONDAY} | more
    return Past(ticket(*said, **values), tuple(tagging))


def closed(at: datetime, **more) -> Past:
    """One that an agent closed."""
    return past(
        state=CLOSED,
        closed_at=at,
        updated_at=at,
        history=(Change(at, "state", "new", "closed", BEN),),
        **more,
    )


def play(config: Config, *pasts: Past, as_written: bool = False, stories: bool = False) -> Tally:
    """Replay a week that begins an hour before the first ticket."""
    since, until = MONDAY - hours(1), MONDAY + WEEK
    premise = premise_of(config, since, as_written=as_written)
    tally = Tally(premise.config, {"support": STAFF}, since=since, until=until, stories=stories)
    source = Shelf(pasts, STAFF)
    Replay(premise.config, {"support": source}, since=since, until=until, watcher=tally).run()
    return tally
