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
        if traffic is None or address is None:
            continue
        kept = traffic.registered_for
        if traffic.was_removed:
            said = "the webhook was taken away by deskladder install --remove"
        elif kept is not None and kept != address_number(address):
            said = f"the webhook was installed for another address than {address}"
        else:
            continue
        yield replace(error(said, f"run deskladder install {name}"), about=name)
