"""What the file says about this FreeScout: the field that stands for priorities, people who are absent."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.freescout.examination import Seen
from connectors.shapes import mapping, rows, text
from plugin.domain.examining import Finding, error, fine, warning


def check(seen: Seen) -> Iterator[Finding]:
    """`priority.field` among the custom fields, `absent` among the users."""
    if seen.user is None or seen.failed is not None:
        return
    field = text(mapping(seen.settings.options.get("priority")).get("field"))
    if field and seen.fields is not None:
        if field.casefold() in {name.casefold() for name in seen.fields}:
            yield fine(f"the custom field {field!r} stands for the priority")
        else:
            yield error(
                f"no mailbox has the custom field {field!r}, which is to stand for the priority",
                "correct priority.field of this helpdesk, or create it: Manage » Mailboxes » … » Custom Fields",
            )
    known = {agent.person.email.casefold() for agent in seen.agents}
    for entry in rows(seen.settings.options.get("absent")):
        who = text(entry.get("who"))
        if who and who.casefold() not in known:
            yield warning(
                f"absent: names {who}, who is no user of this FreeScout",
                "correct the address, or remove the entry",
            )
