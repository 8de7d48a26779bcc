"""How many tickets this customer has opened, this one included.

With `within`, only those created in that much real time before now count. A bare number means
*at least*. Costs one more call per look, so it is asked last.

    customer.tickets: {at_least: 3, within: 30d}
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from datetime import datetime, timedelta

from plugin.conditions import Names
from plugin.conditions._counts import bounds, count_test, in_words
from plugin.conditions._operands import Length, Number, Operand, Operators
from plugin.domain.duration import Duration
from plugin.domain.helpdesk import Need
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict

KEYS = ("customer.tickets",)

_NUMBER = Number(least=1)
OPERAND = Operators(
    {"at_least": _NUMBER, "at_most": _NUMBER, "is": _NUMBER},
    bare="at_least",
    extra={"within": Length(business_days=False)},
)
_TICK = timedelta(microseconds=1)


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    test = count_test(operand)
    least, most = bounds(operand)
    limit = in_words(operand)
    within: Duration | None = operand.get("within")
    window = timedelta(seconds=within.real_seconds) if within else None

    def created(situation: Situation) -> list[datetime]:
        """When the tickets that count were opened, oldest first."""
        ticket = situation.ticket
        opened = {earlier.id: earlier.created_at for earlier in ticket.customer_tickets or ()}
        opened[ticket.ref.id] = ticket.created_at
        counted = (
            at
            for at in opened.values()
            if at <= situation.now and (window is None or situation.now - at <= window)
        )
        return sorted(counted)

    def judge(situation: Situation) -> Verdict:
        instants = created(situation)
        count = len(instants)
        holds = test(count)
        leaving = _leaving(instants, least, most, holds=holds) if window else None
        # A ticket counts up to and including the instant at which it is `within` old.
        changes_at = leaving + window + _TICK if leaving and window else None
        span = f" within {within}" if within else ""
        word = "ticket" if count == 1 else "tickets"
        return Verdict(holds, f"{count} {word} of this customer{span} ({limit})", changes_at)

    return Condition(
        holds=lambda situation: test(len(created(situation))),
        judge=judge,
        cost=8,
        by_time=window is not None,
        needs=frozenset({Need.CUSTOMER_TICKETS}),
    )


def _leaving(
    instants: list[datetime], least: int, most: int | None, *, holds: bool
) -> datetime | None:
    """The ticket whose leaving the window turns the answer; None when none does."""
    count = len(instants)
    if holds:
        return instants[count - least] if least else None
    if most is not None and count > most:
        return instants[count - most - 1]
    return None
