"""A condition's answer: does it hold, why, and when time alone could change that."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from plugin.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is a sentence part for explain, notes and the audit; never quotes the customer.

    `changes_at` is the earliest instant at which the answer could differ although nobody touches
    the ticket; None when only an event can change it. `path` is the condition's place in the
    file (`rules[0].when.all[1].idle`), `parts` the verdicts below an all / any / none.
    """

    holds: bool
    reason: str
    changes_at: datetime | None = None
    path: str = ""
    parts: tuple[Verdict, ...] = ()


def earliest(instants: Iterable[datetime | None]) -> datetime | None:
    """The first of the instants that exist."""
    return min((at for at in instants if at is not None), default=None)
