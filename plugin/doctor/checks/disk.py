"""Is there room for the store?"""

from __future__ import annotations

from collections.abc import Iterator

from plugin.doctor.facts import Facts
from plugin.domain.examining import Finding, error, fine, warning

_MB = 1_000_000
_LOW, _TOO_LOW = 1_000 * _MB, 100 * _MB


def check(facts: Facts) -> Iterator[Finding]:
    """The free space beside an SQLite file."""
    free = facts.ledger.free_bytes if facts.ledger else None
    if facts.ledger is None or free is None:
        return
    text = f"{free / _MB:,.0f} MB free for {facts.ledger.where}"
    remedy = "make room there, or move the store: DESKLADDER_DATA"
    if free < _TOO_LOW:
        yield error(f"only {text}: without room no webhook call can be kept", remedy)
    elif free < _LOW:
        yield warning(f"only {text}", remedy)
    else:
        yield fine(text)
