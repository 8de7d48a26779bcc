"""Does the token belong to the user Deskladder works as?"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.shapes import text
from connectors.zammad.examination import Seen
from plugin.domain.examining import Finding, error, fine


def check(seen: Seen) -> Iterator[Finding]:
    """`service_user` of the file, and the user of the token."""
    if not seen.user:
        return
    login = text(seen.user.get("login"))
    wanted = seen.settings.service_user.strip()
    if seen.is_service_user:
        yield fine(f"the token belongs to the service user {wanted}")
        return
    yield error(
        f"the token belongs to {login or 'another user'}, but service_user says {wanted}",
        "use a token of that user, or correct service_user: else what Deskladder does looks like "
        "a person's work, and its own changes start rules",
    )
