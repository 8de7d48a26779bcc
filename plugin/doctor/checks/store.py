"""Can the store be written?"""

from __future__ import annotations

from collections.abc import Iterator

from plugin.doctor.facts import Facts
from plugin.domain.examining import Finding, error, fine


def check(facts: Facts) -> Iterator[Finding]:
    """Open, writable."""
    if facts.ledger is None:
        return
    if facts.ledger.problem:
        text, _, rest = facts.ledger.problem.partition(". ")
        remedy = rest or "see DESKLADDER_DATA and DESKLADDER_DATABASE"
        yield error(text.rstrip("."), remedy[:1].lower() + remedy[1:].rstrip("."))
    else:
        yield fine(f"the store can be written ({facts.ledger.where})")
