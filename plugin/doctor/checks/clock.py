"""Does the helpdesk's clock go with ours? Deadlines are counted from its instants, by our clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from plugin.doctor.facts import Facts
from plugin.domain.examining import Finding, error, fine, warning

_NOTICED, _TOO_MUCH = 60.0, 300.0


def check(facts: Facts) -> Iterator[Finding]:
    """Each helpdesk's `Date` header."""
    for name, examined in facts.helpdesks.items():
        if examined.clock_skew is not None:
            yield replace(_judge(examined.clock_skew), about=name)


def _judge(skew: float) -> Finding:
    ahead = "ahead of" if skew > 0 else "behind"
    size = abs(skew)
    said = f"{size / 60:.0f} minutes" if size >= 120 else f"{round(size, -1):.0f} seconds"  # noqa: PLR2004
    text = f"the helpdesk's clock is about {said} {ahead} ours"
    remedy = "let both machines take the time from the network (chrony, systemd-timesyncd)"
    if size > _TOO_MUCH:
        return error(f"{text}: warnings and escalations come wrong by as much", remedy)
    if size > _NOTICED:
        return warning(text, remedy)
    return fine("the helpdesk's clock agrees with ours")
