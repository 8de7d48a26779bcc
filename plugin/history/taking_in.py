"""Existing tickets, taken in slowly: which ones first, and what a first look at them would bring.

A first look at a ticket older than the installation tells nothing that happened before; rules that wait for
time alone may fire at once. That is why only so many are looked at, and one after the other.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from datetime import UTC, datetime, timedelta

from plugin.domain.dataclass import dataclass
from plugin.domain.errors import TicketGone
from plugin.domain.helpdesk import Glimpse
from plugin.domain.memory import ActionState, Memory
from plugin.domain.past import Past, PastReader, Staff
from plugin.domain.settings import Config
from plugin.domain.storing import Storing
from plugin.domain.ticket import TicketRef
from plugin.domain.watching import watch
from plugin.engine.decide import is_left_alone
from plugin.history.looks import Look, next_looks

_CHUNK = 200
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)


class Order(enum.StrEnum):
    """Which tickets come first: the last opened, or those whose SLA deadline is next."""

    NEWEST = "newest"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open tickets the store has never looked at, the first to be taken in first."""

    refs: tuple[TicketRef, ...]
    seen: int
    """How many open tickets are known already."""


@dataclass(slots=True)
class Forecast:
    """What the first looks would bring. `looks` are those in which a rule fires."""

    tickets: int = 0
    left_alone: int = 0
    fired: Counter[str] = field(default_factory=Counter)
    actions: Counter[tuple[str, str]] = field(default_factory=Counter)
    looks: list[tuple[TicketRef, Look]] = field(default_factory=list)


def waiting(
    reader: PastReader,
    store: Storing,
    config: Config,
    now: datetime,
    *,
    order: Order,
    progress: Callable[[str, int, int], None],
) -> Waiting:
    """List the open tickets nobody has looked at, in order. By deadline each must be read."""
    unknown, seen = _unknown(reader.open_now(), reader.name, store)
    refs = [TicketRef(reader.name, number) for number in sorted(unknown, reverse=True)]
    if order is Order.DUE:
        due = _Deadlines(reader, config, store.installed_at, now)
        keyed: list[tuple[datetime, TicketRef]] = []
        for done, ref in enumerate(refs):
            progress("reading deadlines", done, len(refs))
            keyed.append((due.of(ref), ref))
        # Stable: among those without a deadline the newest stays first.
        refs = [ref for _, ref in sorted(keyed, key=lambda pair: pair[0])]
    return Waiting(tuple(refs), seen)


def take_in(
    store: Storing, refs: Sequence[TicketRef], now: datetime, *, every: timedelta
) -> tuple[int, datetime]:
    """Ask for a look at each, one after the other; how many were new, and when the last one is.

    Asked again before the service has looked, nothing is added.
    """
    asked, at = 0, now
    for place, ref in enumerate(refs):
        at = now + place * every
        asked += store.look_at([ref], at, "backfill")
    return asked, at


def forecast(
    reader: PastReader,
    config: Config,
    refs: Sequence[TicketRef],
    now: datetime,
    *,
    installed_at: datetime,
    progress: Callable[[str, int, int], None],
) -> Forecast:
    """What a first look at each of these would bring, by the same code; nothing is asked for."""
    found = Forecast()
    staff = reader.staff() if refs else Staff()
    for done, ref in enumerate(refs):
        progress("looking", done, len(refs))
        past = _read(reader, ref)
        if past is None:
            continue
        found.tickets += 1
        if is_left_alone(config, past.ticket):
            found.left_alone += 1
            continue
        memory = Memory(ref, installed_at=installed_at)
        for look in next_looks(config, past, staff, memory, now, 1):
            if look.at > now or not look.fired:
                continue
            found.looks.append((ref, look))
            found.fired.update(one.rule for one in look.fired)
            found.actions.update(
                (one.name, one.state.value)
                for one in look.actions
                if one.state is not ActionState.SKIPPED
            )
    return found


def _unknown(glimpses: Iterable[Glimpse], helpdesk: str, store: Storing) -> tuple[list[int], int]:
    numbers = [glimpse.ticket_id for glimpse in glimpses]
    known: set[int] = set()
    for start in range(0, len(numbers), _CHUNK):
        known |= set(store.glimpsed(helpdesk, numbers[start : start + _CHUNK]))
    return [number for number in numbers if number not in known], len(known)


@dataclass(frozen=True, slots=True)
class _Deadlines:
    """When each ticket's most urgent clock is due."""

    reader: PastReader
    config: Config
    installed_at: datetime
    now: datetime

    def of(self, ref: TicketRef) -> datetime:
        past = _read(self.reader, ref)
        if past is None:
            return _LATEST
        memory = Memory(ref, installed_at=self.installed_at)
        clock = watch(self.config, past.ticket, memory, self.now).most_urgent
        return clock.due_at if clock is not None and clock.due_at is not None else _LATEST


def _read(reader: PastReader, ref: TicketRef) -> Past | None:
    try:
        return reader.read_past(ref.id)
    except TicketGone:
        return None
