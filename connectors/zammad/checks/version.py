"""Which Zammad is it, as far as it tells?"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.zammad.examination import Seen, version_pair
from plugin.domain.examining import Finding, fine, warning

_ALWAYS_FROM = (5, 4)


def check(seen: Seen) -> Iterator[Finding]:
    """Older than 5.4, a trigger does not run on every change."""
    pair = version_pair(seen.version)
    if pair is None:
        return
    if pair < _ALWAYS_FROM:
        yield warning(
            f"Zammad {seen.version} runs triggers only for new tickets and messages: other changes are found "
            "by the look every few minutes",
            "update Zammad to 5.4 or newer",
        )
    else:
        yield fine(f"Zammad {seen.version}")
