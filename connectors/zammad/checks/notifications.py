"""Does Zammad mail the service user about tickets? Nobody reads that, and some mail servers answer."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.zammad import wiring
from connectors.zammad.examination import Seen
from plugin.domain.examining import Finding, fine, warning


def check(seen: Seen) -> Iterator[Finding]:
    """The service user's own table of notifications."""
    if not seen.is_let_in or not seen.is_service_user:
        return
    if wiring.is_mailed(seen.user):
        yield warning(
            "Zammad mails the service user about tickets",
            f"run deskladder install {seen.settings.name}, or switch everything off as that user: "
            "Profile » Notifications",
        )
    else:
        yield fine("Zammad does not mail the service user")
