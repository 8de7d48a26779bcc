"""Are the priorities there that `priorities:` of the file names?"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.naming import find_named
from connectors.shapes import mapping, text
from connectors.zammad.dossier import Record
from connectors.zammad.examination import Seen
from plugin.domain.examining import Finding, error, fine


def check(seen: Seen) -> Iterator[Finding]:
    """Each by its name; without them every priority is guessed from its name."""
    wanted = mapping(seen.settings.options.get("priorities"))
    if not wanted or not seen.priorities:
        return
    active = [row for row in seen.priorities if row.get("active") is not False]
    missing = [str(name) for name in wanted.values() if not find_named(str(name), active, _name)]
    known = ", ".join(sorted(_name(row) for row in active))
    for name in missing:
        yield error(
            f"Zammad has no active priority {name!r}, which priorities: names",
            f"write one of those it has: {known}",
        )
    if not missing:
        yield fine("the priorities of the file exist")


def _name(record: Record) -> str:
    return text(record.get("name"))
