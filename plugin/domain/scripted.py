"""The `tests:` of the file: what is given, what happens, and what is expected when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from plugin.domain.dataclass import dataclass
from plugin.domain.ticket import Priority

if TYPE_CHECKING:
    from plugin.domain.settings import Place


@dataclass(frozen=True, slots=True)
class Given:
    """The ticket a test begins with: the customer's first message arrives at `at`.

    `at` without an offset is local to the default calendar. `customer_tickets` includes this ticket;
    the earlier ones are a day apart. `agents` says who may own tickets of a group, beside the people
    the file names; `absent` who is away.
    """

    at: datetime
    text: str = ""
    subject: str = ""
    language: str | None = None
    customer: Mapping[str, Any] = field(default_factory=dict)
    customer_tickets: int = 1
    priority: Priority | None = Priority.NORMAL
    group: str | None = None
    owner: str | None = None
    channel: str = "email"
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    agents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """Something people do `after` the first message (real time). `who` is an agent, None the customer.

    `what` is `writes replies notes assigns moves tags untags closes reopens prioritises robot`.
    """

    after: timedelta
    what: str
    value: str = ""
    who: str | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is so `after` the first message (real time), once all that is due by then was done."""

    after: timedelta
    wanted: Mapping[str, Any]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """One test of the file. `helpdesk` None: the first one."""

    name: str
    given: Given
    happens: tuple[Happening, ...]
    expect: tuple[Expectation, ...]
    helpdesk: str | None = None
    place: Place | None = None
