"""What the engine works with: the outside world as arguments, so that tests can give another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from random import Random
from typing import Any

from plugin.domain.dataclass import dataclass
from plugin.domain.helpdesk import Helpdesk, Need
from plugin.domain.memory import Memory
from plugin.domain.plan import Plan
from plugin.domain.settings import Config, Mode
from plugin.domain.storing import Storing
from plugin.domain.ticket import Ticket
from plugin.engine.pace import Pace
from plugin.metrics import Metrics

Decide = Callable[[Config, Ticket, Memory, datetime], Plan]
Post = Callable[[str, Mapping[str, Any], Mapping[str, str]], tuple[int, Any]]
Announce = Callable[[str, str, str, str], None]
Notice = Callable[[str, Exception | None], None]
"""Told after each look: the helpdesk's name, and what went wrong or None."""


@dataclass(frozen=True, slots=True)
class Live:
    """One configuration in use and the helpdesks it names; a reload swaps the whole.

    `needs` is what the rules want read beside the ticket itself.
    """

    config: Config
    helpdesks: Mapping[str, Helpdesk]
    needs: frozenset[Need] = frozenset()


@dataclass(frozen=True, slots=True)
class Means:
    """The store, the clock and the ways out. `clock` gives the present instant, UTC."""

    store: Storing
    clock: Callable[[], datetime]
    decide: Decide
    post: Post
    announce: Announce
    metrics: Metrics
    notice: Notice = lambda _name, _problem: None
    pace: Pace = field(default_factory=Pace)
    random: Random = field(default_factory=Random)


def needs_of(config: Config) -> frozenset[Need]:
    """What must be read of a ticket beyond the ticket itself, for the rules that are not off.

    SLA clocks need the history: without it nobody knows how long a ticket was pending. So do
    ladders: it says who took or gave the ticket.
    """
    needs = frozenset({Need.HISTORY}) if config.sla or config.policies else frozenset()
    return needs.union(
        *(rule.when.needs for rule in config.rules if rule.mode is not Mode.OFF),
        *(sla.when.needs for sla in config.sla),
        *(row.when.needs for row in config.matrix),
    )
