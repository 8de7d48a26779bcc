"""Which SLA clock a text speaks of, and in whose time."""

from __future__ import annotations

from plugin.actions import Occasion
from plugin.domain.clocks import ClockState
from plugin.domain.watching import watch


def clock_of(occasion: Occasion) -> ClockState | None:
    """The clock the rule fired on, as it stands now; for other rules the one that is due first."""
    watched = watch(occasion.config, occasion.ticket, occasion.memory, occasion.now)
    return watched.clock_of(occasion.action.cycle) or watched.most_urgent


def office_zone(occasion: Occasion) -> str | None:
    """Agents read in the zone of their office, not in the customer's.

    It is the default calendar's, else that of the SLA policy's calendar.
    """
    config = occasion.config
    calendar = config.calendars.get(config.defaults.calendar or "")
    if calendar is None and config.sla:
        sla = watch(config, occasion.ticket, occasion.memory, occasion.now).sla
        calendar = sla.calendar if sla else None
    return calendar.timezone if calendar else None
