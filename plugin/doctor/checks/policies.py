"""Do running escalations still climb a policy the file has? They finish on the one they began with."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.doctor.facts import Facts
from plugin.domain.examining import Finding, fine


def check(facts: Facts) -> Iterator[Finding]:
    """How many began before the policy was changed: right as it is, but good to know."""
    outdated = facts.ledger.outdated if facts.ledger else None
    if outdated:
        yield fine(
            f"{outdated} running escalations finish on a policy as it was before the file changed"
        )
