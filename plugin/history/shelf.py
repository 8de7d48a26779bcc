"""A few pasts in memory, to be replayed: one ticket's explanation, and tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from plugin.domain.past import Past, Staff
from plugin.history.rewinding import Timeline


class Shelf:
    """A source in memory: a few pasts, for one ticket's explanation and for tests."""

    def __init__(self, pasts: Iterable[Past], staff: Staff, *, ours: bool = False) -> None:
        self._pasts = {past.ticket.ref.id: past for past in pasts}
        self._staff = staff
        self._ours = ours

    def moments(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, int]]:
        """Every instant, oldest first."""
        found = (
            (at, number)
            for number, past in self._pasts.items()
            for at in Timeline(past, self._staff, ours=self._ours).instants
            if since <= at <= until
        )
        yield from sorted(found)

    def last_moments(self, until: datetime) -> Mapping[int, datetime]:
        """The last of each."""
        first = min((past.ticket.created_at for past in self._pasts.values()), default=until)
        return {number: at for at, number in self.moments(first, until)}

    def past(self, ticket_id: int) -> Past:
        """One of them."""
        return self._pasts[ticket_id]

    def staff(self) -> Staff:
        """Groups, agents and states."""
        return self._staff
