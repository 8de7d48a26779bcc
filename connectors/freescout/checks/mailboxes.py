"""May the service user open the mailboxes the file names?"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.freescout.examination import Seen
from connectors.shapes import integer, text
from plugin.domain.examining import Finding, error, fine


def check(seen: Seen) -> Iterator[Finding]:
    """Access, and an address to send from."""
    if seen.user is None or seen.failed is not None:
        return
    if not seen.needed.groups:
        yield from _any(seen)
        return
    wanted = {name.strip().casefold() for name in seen.needed.groups}
    named = [row for row in seen.mailboxes if text(row.get("name")).casefold() in wanted]
    closed = [row for row in named if integer(row.get("id")) not in seen.open_to_us]
    for row in closed:
        name = text(row.get("name"))
        yield error(
            f"the service user has no access to the mailbox {name!r}",
            f"give it access: Manage » Mailboxes » {name} » Permissions",
        )
    silent = [row for row in named if seen.needed.sends_replies and not text(row.get("email"))]
    for row in silent:
        name = text(row.get("name"))
        yield error(
            f"the mailbox {name!r} has no e-mail address: no reply can leave from it",
            f"give it one: Manage » Mailboxes » {name} » Edit Mailbox",
        )
    if named and not closed and not silent:
        yield fine(f"access to {', '.join(sorted(text(row.get('name')) for row in named))}")


def _any(seen: Seen) -> Iterator[Finding]:
    """A file that names no mailbox needs one of them."""
    if seen.mailboxes and not seen.open_to_us:
        yield error(
            "the service user has no access to any mailbox",
            "give it access: Manage » Mailboxes » … » Permissions",
        )
    elif seen.mailboxes:
        names = (
            text(row.get("name"))
            for row in seen.mailboxes
            if integer(row.get("id")) in seen.open_to_us
        )
        yield fine(f"access to {', '.join(sorted(names))}")
