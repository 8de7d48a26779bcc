"""Trying the whole way: a change on the helpdesk, and the webhook call it must cause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from plugin.domain.dataclass import dataclass
from plugin.domain.installing import Installer, Touch
from plugin.domain.storing import Arrival

_POLL = 0.5
_CLOCKS = timedelta(minutes=5)
"""By how much the clock of the machine that receives may be behind ours."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How it went. `arrival` is None when the call did not come within `waited` seconds."""

    touch: Touch
    arrival: Arrival | None
    waited: float
    started_at: datetime


def try_the_way(
    installer: Installer,
    find: Callable[[datetime], list[Arrival]],
    *,
    ticket_id: int | None,
    patience: float,
    now: Callable[[], datetime],
    pause: Callable[[float], None],
) -> Trial:
    """Make the change and wait. `find` gives the calls since an instant; `pause` sleeps."""
    started_at = now()
    known = set(find(started_at - _CLOCKS))
    touch = installer.touch(ticket_id, started_at)
    end = started_at + timedelta(seconds=patience)
    while True:
        came = [
            one
            for one in find(started_at - _CLOCKS)
            if one.ticket_id == touch.ticket_id and one not in known
        ]
        at = now()
        if came or at >= end:
            waited = (at - started_at).total_seconds()
            return Trial(touch, came[-1] if came else None, waited, started_at)
        pause(_POLL)
