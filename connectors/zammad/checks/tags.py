"""Can the tags of the rules be set? From 6.0 on Zammad refuses new ones when that is switched off."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.zammad.examination import Seen
from plugin.domain.examining import Finding, fine, warning


def check(seen: Seen) -> Iterator[Finding]:
    """Those that do not exist yet."""
    if seen.tags is None or not seen.needed.tags:
        return
    missing = sorted(seen.needed.tags - seen.tags)
    if missing and seen.is_six:
        yield warning(
            f"tags that do not exist yet: {', '.join(missing)}; where new tags are switched off, Zammad "
            "refuses them",
            f"run deskladder install {seen.settings.name}, or add them: Manage » Tags",
        )
    elif missing:
        yield fine(f"tags that come into being when they are first set: {', '.join(missing)}")
    else:
        yield fine("all tags of the rules exist")
