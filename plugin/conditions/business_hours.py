"""Whether the desk is open now, by the default calendar or the one named.

Without any calendar the desk is always open. With `time` in `on`, a rule waits for the opening (or
with `false` for the closing).

    business_hours: true
    business_hours: {is: false, calendar: office}
"""

# ruff: noqa: ARG001 - every condition is compiled through the same signature

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from plugin.conditions import Names
from plugin.conditions._operands import Operand, Operators, Truth, Word
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict

_CALENDAR = Word("true, false or the name of a calendar")


def _bare(value: Any) -> str:
    return "_calendar" if isinstance(value, str) else "is"


OPERAND = Operators(
    {"is": Truth(), "_calendar": _CALENDAR},
    bare=_bare,
    extra={"calendar": Word("the name of a calendar")},
)


def compile_condition(key: str, operand: Operand, names: Names) -> Condition:
    """Build the condition."""
    name = operand.get("_calendar", operand.get("calendar"))
    if name is not None and names.calendars and name not in names.calendars:
        message = f"expected one of the calendars {', '.join(sorted(names.calendars))}"
        raise ValidationError(message if "_calendar" in operand else {"calendar": [message]})
    wanted: bool = operand.get("is", True)

    def holds(situation: Situation) -> bool:
        calendar = situation.calendars.get(name) if name else situation.calendar
        return (calendar is None or calendar.is_open(situation.now)) is wanted

    def judge(situation: Situation) -> Verdict:
        calendar = situation.calendars.get(name) if name else situation.calendar
        if calendar is None:
            return Verdict(holds=wanted, reason="no calendar, so always open")
        is_open = calendar.is_open(situation.now)
        return Verdict(
            is_open is wanted,
            f"it is {'inside' if is_open else 'outside'} the hours of {calendar.name}",
            calendar.next_change(situation.now),
        )

    return Condition(holds=holds, judge=judge, cost=3, by_time=True)
