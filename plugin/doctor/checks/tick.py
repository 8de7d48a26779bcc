"""Does the service run? Its heartbeat is kept in the store about every minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from plugin.doctor.facts import Facts
from plugin.domain.examining import Finding, error, fine

_LONGEST = timedelta(minutes=3)


def check(facts: Facts) -> Iterator[Finding]:
    """The age of the heartbeat."""
    ledger = facts.ledger
    if ledger is None or ledger.problem:
        return
    at = ledger.heartbeat_at
    if at is None:
        yield error("the service has never run with this store", "start it: deskladder serve")
    elif facts.now - at > _LONGEST:
        minutes = (facts.now - at).total_seconds() / 60
        yield error(
            f"the service does not run, or its tick stands still: its last heartbeat is {minutes:,.0f} minutes old",
            "start deskladder serve; if it runs, see its log and restart it",
        )
    else:
        yield fine("the service runs, its tick is alive")
