"""Which of our words for a priority a host can show that has none of its own and keeps some by a mark."""

from __future__ import annotations

from collections.abc import Collection

from plugin.domain.ticket import Priority


def stand_in(marked: Collection[Priority], asked: Priority) -> Priority | None:
    """The word whose mark is set for `asked`: its own, else that of the next lower one.

    None when there is none. What is above normal is never shown as normal or less.
    """
    if asked in marked:
        return asked
    return max((one for one in marked if Priority.NORMAL < one < asked), default=None)


def settable(marked: Collection[Priority], *, may_be_unmarked: bool) -> frozenset[Priority]:
    """Every word that can be set. `may_be_unmarked`: a ticket without a mark is normal or less."""
    return frozenset(
        one
        for one in Priority
        if stand_in(marked, one) or (may_be_unmarked and one <= Priority.NORMAL)
    )
