"""Do certificates run out soon, ours or a helpdesk's?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from plugin.doctor.facts import Facts
from plugin.domain.examining import Finding, error, fine, warning

_SOON, _VERY_SOON = timedelta(days=14), timedelta(days=2)


def check(facts: Facts) -> Iterator[Finding]:
    """Each https address with the end of its certificate."""
    for url, end in sorted(facts.certificates.items()):
        left = end - facts.now
        text = f"the certificate of {url} is good until {end:%Y-%m-%d}"
        remedy = "renew it, and see why that does not happen by itself"
        if left < _VERY_SOON:
            yield error(text, remedy)
        elif left < _SOON:
            yield warning(text, remedy)
        else:
            yield fine(text)
