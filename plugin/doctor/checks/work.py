"""Is anything stuck: the queue, refused actions, rules held back?"""

from __future__ import annotations

from collections.abc import Iterator

from plugin.doctor.facts import Facts
from plugin.domain.examining import Finding, error, fine, warning

_SLOW, _STUCK = 300.0, 3600.0


def check(facts: Facts) -> Iterator[Finding]:
    """What `deskladder status` shows, judged."""
    status = facts.ledger.status if facts.ledger else None
    if status is None:
        return
    age = status.oldest_waiting_age or 0.0
    text = f"{status.deliveries_waiting} webhook calls wait, the oldest for {age / 60:,.0f} minutes"
    remedy = "see deskladder status, and whether the helpdesk answers"
    if age > _STUCK:
        yield error(text, remedy)
    elif age > _SLOW:
        yield warning(text, remedy)
    if letters := len(status.dead_letters):
        yield warning(
            f"{letters} actions were refused by the helpdesk",
            "deskladder status says why; when the cause is gone: deskladder retry",
        )
    for rule in status.demoted:
        yield warning(
            f"the rule {rule!r} fired too often and only observes now",
            "find what it fights with (a trigger, a workflow), then change or rename the rule",
        )
    if age <= _SLOW and not letters and not status.demoted:
        yield fine("nothing is stuck")
