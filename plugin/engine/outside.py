"""What ties a ticket to people and systems outside the helpdesk: links to it, and records of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from plugin.domain.cases import WROTE
from plugin.domain.dataclass import dataclass
from plugin.domain.ladder import LADDER
from plugin.domain.links import SIGNING_KEY, ack_link
from plugin.domain.plan import PlannedAction, Step

if TYPE_CHECKING:
    from plugin.domain.settings import Config
    from plugin.domain.storing import OpenAction, Storing
    from plugin.domain.ticket import Ticket

_UNIT = re.compile(r"e(\d+)\.\d+")


@dataclass(frozen=True, slots=True)
class Links:
    """Makes acknowledge links for one ticket at one moment; "" while the file has no `service.url`."""

    store: Storing
    config: Config
    ticket: Ticket
    now: datetime

    def __call__(self, escalation: int, step: int, person: str) -> str:
        """The link with which this person answers for this step."""
        service, ticket = self.config.service, self.ticket
        if not service.url:
            return ""
        return ack_link(
            service.url,
            self.store.secret(SIGNING_KEY),
            ticket.ref.helpdesk,
            ticket.ref.id,
            escalation,
            step,
            person,
            self.now + service.ack_link_valid,
            number=ticket.number,
        )


def in_turn(items: Iterable[OpenAction]) -> list[OpenAction]:
    """As the store orders them, but a record in another system comes before the notes.

    They are to name it. When the other system is down nobody waits for it: like everything
    outside, it is tried again on its own.
    """
    return sorted(items, key=lambda item: _turn_of(item.action))


def _turn_of(action: PlannedAction) -> float:
    makes_record = action.name == "webhook" and "id" in action.params
    return Step.NOTE - 0.5 if makes_record else float(action.step)


def keep_cases(
    store: Storing, action: PlannedAction, wrote: Mapping[str, object], now: datetime
) -> None:
    """Keep whose records the other system has just made, so that it may call back by its own id."""
    for key, reference in wrote.items():
        if action.name == "webhook" and key.startswith(WROTE):
            system = key.removeprefix(WROTE)
            store.keep_case(system, str(reference), action.ref, escalation_of(action), now)


def escalation_of(action: PlannedAction) -> int | None:
    """The number of the escalation an action belongs to; None for a rule's own."""
    found = _UNIT.fullmatch(action.cycle) if action.rule.startswith(LADDER) else None
    return int(found[1]) if found else None
