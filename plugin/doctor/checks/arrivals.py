"""Do the helpdesk's calls arrive? Compared with what happened there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from plugin.doctor.facts import Facts, Traffic
from plugin.domain.examining import Expected, Finding, error, fine, warning

_GRACE = timedelta(minutes=10)
_EARLY = timedelta(minutes=2)


def check(facts: Facts) -> Iterator[Finding]:
    """For each helpdesk."""
    for name, examined in facts.helpdesks.items():
        traffic = facts.traffic(name)
        if traffic is not None:
            for finding in _of_one(facts, name, traffic, examined.expected):
                yield replace(finding, about=name)


def _of_one(
    facts: Facts, name: str, traffic: Traffic, expected: Sequence[Expected]
) -> Iterator[Finding]:
    refused = list(_refused(facts, name, traffic))
    missing = list(_missing(facts, traffic, expected))
    yield from (*refused, *missing)
    if refused or missing:
        return
    if traffic.last is None:
        yield warning(
            "no webhook call has ever come",
            f"run deskladder install {name}, which tries the whole way",
        )
    else:
        yield fine(f"the last webhook call came {traffic.last.at:%Y-%m-%d %H:%M} UTC")


def _refused(facts: Facts, name: str, traffic: Traffic) -> Iterator[Finding]:
    """Calls with a wrong signature, and no good one since."""
    at, last = traffic.refused_at, traffic.last
    if at is None or facts.now - at > timedelta(days=1) or (last is not None and last.at >= at):
        return
    remedies = {
        "zammad": "set the signature token of the webhook in Zammad (Manage » Webhook) to webhook_secret",
        "freescout": "copy the Secret Key (not the API Key) from Manage » Settings » API & Webhooks into the "
        "variable behind webhook_secret",
    }
    yield error(
        f"the last webhook call was refused because its signature does not fit ({at:%Y-%m-%d %H:%M} UTC)",
        remedies.get(
            facts.config.helpdesks[name].type, "set webhook_secret to the helpdesk's secret"
        ),
    )


def _missing(facts: Facts, traffic: Traffic, expected: Sequence[Expected]) -> Iterator[Finding]:
    """What happened without a call, by kind: one missing may be chance, half of them are not."""
    by_kind: dict[tuple[str, str], list[Expected]] = defaultdict(list)
    for one in expected:
        if one.at <= facts.now - _GRACE:
            by_kind[one.what, one.remedy].append(one)
    for (what, remedy), some in by_kind.items():
        silent = [one for one in some if not _came(one, traffic)]
        if len(silent) == len(some) and some:
            yield error(
                f"none of {len(some)} {what} since {min(one.at for one in some):%Y-%m-%d %H:%M} UTC was "
                "announced by a webhook: they are found only by the look every few minutes",
                remedy,
            )
        elif len(silent) * 5 > len(some):
            yield warning(
                f"{len(silent)} of {len(some)} {what} were not announced by a webhook",
                remedy,
            )


def _came(one: Expected, traffic: Traffic) -> bool:
    return any(
        arrival.ticket_id == one.ticket_id
        and arrival.at >= one.at - _EARLY
        and (not one.hints or arrival.hint in one.hints)
        for arrival in traffic.arrivals
    )
