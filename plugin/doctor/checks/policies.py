"""Do running escalations climb the policies of the file? They finish on what they began with."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.doctor.facts import Facts
from plugin.domain.examining import Finding, fine, warning

_REMEDY = (
    "nothing, if its people and times still hold; else hand them back and escalate anew "
    "(/handback, /escalate)"
)


def check(facts: Facts) -> Iterator[Finding]:
    """How many began before the file was changed."""
    running = facts.ledger.running if facts.ledger else {}
    outdated = False
    for (name, digest), number in sorted(running.items()):
        policy = facts.config.policies.get(name)
        if policy is not None and policy.digest == digest:
            continue
        outdated = True
        what = "is not in the file any more" if policy is None else "was changed since"
        noun = "escalation runs" if number == 1 else "escalations run"
        yield warning(f"{number} {noun} on the policy {name!r}, which {what}", _REMEDY)
    if running and not outdated:
        yield fine(f"{sum(running.values())} running escalations are on the policies of the file")
