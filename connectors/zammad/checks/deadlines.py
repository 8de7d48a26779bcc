"""Has Zammad deadlines to lend, where the file wants to use them?"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.zammad.examination import Seen
from plugin.domain.examining import Finding, fine, warning


def check(seen: Seen) -> Iterator[Finding]:
    """Its SLAs, which only an administrator's token shows."""
    if not seen.needed.borrows_deadlines or seen.slas is None:
        return
    if seen.slas:
        yield fine(f"Zammad has {len(seen.slas)} SLAs whose deadlines the file uses")
    else:
        yield warning(
            "the file uses Zammad's own deadlines (source: helpdesk), but Zammad has no SLA",
            "create one (Manage » SLAs), or give the policy targets of its own",
        )
