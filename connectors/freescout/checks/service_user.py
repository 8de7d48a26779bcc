"""Is there a user for Deskladder to work as? The key itself has none."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.freescout.examination import Seen
from connectors.freescout.people import is_robot
from connectors.shapes import text
from plugin.domain.examining import Finding, error, fine


def check(seen: Seen) -> Iterator[Finding]:
    """`service_user` of the file among the users."""
    if not seen.is_let_in or seen.failed is not None:
        return
    wanted = seen.settings.service_user.strip()
    if seen.user is None:
        gone = any(
            text(row.get("email")).casefold().startswith(f"{wanted.casefold()}_deleted")
            for row in seen.users
        )
        yield error(
            f"the service user {wanted} was deleted" if gone else f"FreeScout has no user {wanted}",
            "create it (Manage » Users » New User) with access to the mailboxes, or correct service_user",
        )
    elif is_robot(seen.user):
        yield error(
            f"{wanted} is the user of the Workflows module: what workflows do would look like our work",
            "create a user of its own for Deskladder (Manage » Users » New User)",
        )
    else:
        yield fine(f"the service user {wanted} exists")
