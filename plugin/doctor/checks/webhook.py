"""Was the webhook installed for the address that is ours now? Only for hosts that do not show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from plugin.doctor.facts import Facts, webhook_url
from plugin.domain.examining import Finding, error
from plugin.domain.installing import address_number


def check(facts: Facts) -> Iterator[Finding]:
    """The number of the address an installation has kept."""
    for name in facts.helpdesks:
        traffic, address = facts.traffic(name), webhook_url(facts.url, name)
        if traffic is None or traffic.registered_for is None or address is None:
            continue
        if traffic.registered_for != address_number(address):
            finding = error(
                f"the webhook was installed for another address than {address}",
                f"run deskladder install {name}",
            )
            yield replace(finding, about=name)
