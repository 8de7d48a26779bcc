"""Which SLA clock a text speaks of."""

from __future__ import annotations

from plugin.actions import Occasion
from plugin.domain.clocks import ClockState
from plugin.domain.watching import watch


def clock_of(occasion: Occasion) -> ClockState | None:
    """The clock the rule fired on, as it stands now; for other rules the one that is due first."""
    watched = watch(occasion.config, occasion.ticket, occasion.memory, occasion.now)
    return watched.clock_of(occasion.action.cycle) or watched.most_urgent
