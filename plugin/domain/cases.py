"""The records other systems keep about a ticket: "CRM case 123"."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from plugin.domain.dataclass import dataclass
from plugin.domain.ticket import TicketRef

if TYPE_CHECKING:
    from plugin.domain.memory import ActionRecord

WROTE = "webhook."
"""What a key of `ActionRecord.wrote` begins with; the system's name follows, the value is the id."""


@dataclass(frozen=True, slots=True)
class Case:
    """A record of another system as the store keeps it, found by `system` and `reference`.

    `system` is the `name` of the `webhook` action, or the `source` another system gave itself.
    """

    system: str
    reference: str
    ref: TicketRef
    escalation: int | None
    at: datetime


class Known(NamedTuple):
    """A record of another system as people are told of it."""

    system: str
    reference: str

    def __str__(self) -> str:
        return f"{self.system} {self.reference}"


def cases_of(actions: Iterable[ActionRecord]) -> tuple[Known, ...]:
    """The records our webhooks made about a ticket, oldest first, each once."""
    found: dict[Known, None] = {}
    for action in actions:
        for key, value in action.wrote.items():
            if key.startswith(WROTE):
                found[Known(key.removeprefix(WROTE), str(value))] = None
    return tuple(found)
