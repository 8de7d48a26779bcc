"""Are the modules there that the file needs?"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.freescout.examination import Seen
from plugin.domain.examining import Finding, error, fine
from plugin.domain.helpdesk import Ability

_MENU = "Manage » Modules"


def check(seen: Seen) -> Iterator[Finding]:
    """Tags, and Custom Fields."""
    if not seen.is_let_in or seen.failed is not None:
        return
    there = {
        "Tags": (seen.has_tags, _first(seen, Ability.TAG)),
        "Custom Fields": (seen.has_fields, _first(seen, Ability.FIELD)),
    }
    for module, (is_active, place) in there.items():
        if is_active:
            yield fine(f"the module {module} is active")
        elif place:
            yield error(
                f"the module {module} is not active, but {place} needs it",
                f"activate it: {_MENU} » {module}",
            )


def _first(seen: Seen, ability: Ability) -> str:
    return seen.needed.abilities.get(ability, "")
