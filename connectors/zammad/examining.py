"""A Zammad examined: read once, then judged by every file of `checks`."""

from __future__ import annotations

from connectors.checking import run_checks
from connectors.zammad import checks
from connectors.zammad.examination import Seen, read
from plugin.domain.examining import Examined, Expected, Inventory, Needed
from plugin.domain.settings import HelpdeskSettings, Secret


def examine(settings: HelpdeskSettings, needed: Needed, admin: Secret | None = None) -> Examined:
    """Ask this Zammad everything; raises nothing."""
    return judged(read(settings, needed, admin))


def judged(seen: Seen) -> Examined:
    """What was read, in our words. Pure."""
    return Examined(
        findings=run_checks(checks, seen, seen.settings.name),
        inventory=_inventory(seen) if seen.is_let_in and seen.failed is None else None,
        expected=[
            Expected(
                number,
                at,
                "new tickets",
                f"run deskladder install {seen.settings.name}, which tries the whole way; Zammad's side is "
                "at Manage » Trigger, Manage » Webhook and in its background worker",
            )
            for number, at in seen.tickets
        ],
        clock_skew=seen.skew,
    )


def _inventory(seen: Seen) -> Inventory:
    return Inventory(
        groups=sorted(str(row.get("name")) for row in seen.groups.values() if row.get("name")),
        agents=seen.agents,
        states=seen.states,
        owners={
            name: frozenset(agent.person.id for agent in access.owners if agent.person.id)
            for name, access in seen.access.items()
        },
        fields=seen.fields,
    )
