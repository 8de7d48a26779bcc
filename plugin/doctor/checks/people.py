"""May the people of a team own the tickets of its group? Both hosts let go of an owner who may not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from plugin.doctor.facts import Facts
from plugin.domain.examining import Finding, Inventory, fine, warning
from plugin.domain.folding import fold
from plugin.domain.mentions import Mention, Thing


def check(facts: Facts) -> Iterator[Finding]:
    """Leads and members, in the groups of their teams."""
    of_teams = [one for one in facts.mentions if one.thing is Thing.PERSON and one.group]
    for name, examined in facts.helpdesks.items():
        if examined.inventory is None:
            continue
        faults = [fault for one in of_teams if (fault := _judge(one, examined.inventory))]
        for fault in dict.fromkeys(faults):
            yield replace(fault, about=name)
        if of_teams and not faults:
            yield replace(fine("everybody in teams may own the tickets of their group"), about=name)


def _judge(mention: Mention, inventory: Inventory) -> Finding | None:
    owners = {fold(group): ids for group, ids in inventory.owners.items()}.get(fold(mention.group))
    if owners is None:
        return None  # the group is not on this helpdesk
    for agent in inventory.agents:
        if fold(mention.name) in {fold(agent.person.email), fold(agent.person.login)}:
            if agent.person.id in owners:
                return None
            return warning(
                f"{mention.place}: {agent.person.name or mention} may not own tickets of {mention.group!r}",
                f"give full access to {mention.group!r}: Manage » Users (FreeScout: the mailbox's Permissions)",
            )
    return None
