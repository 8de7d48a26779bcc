"""Conditions on time that has passed since an instant, in open time where a calendar applies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from marshmallow import ValidationError

from plugin.conditions import Names
from plugin.conditions._operands import Length, Operand, Operators, Truth, Word
from plugin.domain.calendar import Calendar, NoOpenTime
from plugin.domain.duration import Duration
from plugin.domain.helpdesk import Need
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict, earliest

TRUTH = "_truth"
Since = Callable[[Situation], datetime | None]
Edges = Callable[[Situation, datetime], tuple[datetime | None, datetime | None]]

_TICK = timedelta(microseconds=1)


def elapsed_operand(*, truth: bool = False) -> Operators:
    """`4h`, or `at_least` / `at_most` with an optional `calendar`; with `truth` also true, false."""
    length = Length()
    operators = {"at_least": length, "at_most": length}
    calendar = {"calendar": Word("the name of a calendar")}
    if not truth:
        return Operators(operators, bare="at_least", extra=calendar)
    return Operators(
        {**operators, TRUTH: Truth()},
        bare=lambda value: TRUTH if isinstance(value, bool) else "at_least",
        extra=calendar,
    )


def elapsed_condition(
    operand: Operand,
    names: Names,
    *,
    since: Since,
    otherwise: str,
    phrase: str,
    cost: int = 6,
    needs: frozenset[Need] = frozenset(),
) -> Condition:
    """Compare the time since an instant; does not hold while there is no such instant.

    `m`, `h` and `bd` are open time of the operand's calendar, else of the default one, else real
    time; `d` is 24 real hours. `at_least` holds from the instant on at which that much has passed, `at_most`
    as long as no more has passed: through a closed night too, when the day ended exactly there.
    `phrase` holds `{}` for the time passed; `otherwise` is the reason without an instant.
    """
    name = operand.get("calendar")
    if name is not None and names.calendars and name not in names.calendars:
        known = ", ".join(sorted(names.calendars))
        raise ValidationError({"calendar": [f"expected one of the calendars {known}"]})
    least: Duration | None = operand.get("at_least")
    most: Duration | None = operand.get("at_most")
    limit = " to ".join(str(edge) for edge in (least, most) if edge is not None)
    limit = f"limit {limit}" if least or not most else f"at most {most}"

    def edges(situation: Situation, start: datetime) -> tuple[datetime | None, datetime | None]:
        """The first instant that will do and the last, as far as there are limits."""
        calendar = _calendar(situation, name)
        first = _due(calendar, start, least) if least else None
        last = _last(calendar, start, most) if most else None
        return first, last

    def judge(situation: Situation) -> Verdict:
        start = since(situation)
        if start is None:
            return Verdict(holds=False, reason=otherwise)
        now = situation.now
        try:
            first, last = edges(situation, start)
            passed = _passed(_calendar(situation, name), start, now, least or most)
        except NoOpenTime as error:
            return Verdict(holds=False, reason=str(error))
        turns = (first, last + _TICK if last else None)
        return Verdict(
            holds=(first is None or now >= first) and (last is None or now <= last),
            reason=f"{phrase.format(passed)} ({limit})",
            changes_at=earliest(at for at in turns if at is not None and at > now),
        )

    return Condition(holds=_check(since, edges), judge=judge, cost=cost, by_time=True, needs=needs)


def _check(since: Since, edges: Edges) -> Callable[[Situation], bool]:
    def holds(situation: Situation) -> bool:
        start = since(situation)
        if start is None:
            return False
        try:
            first, last = edges(situation, start)
        except NoOpenTime:
            return False
        now = situation.now
        return (first is None or now >= first) and (last is None or now <= last)

    return holds


def _calendar(situation: Situation, name: str | None) -> Calendar | None:
    if name is not None:
        return situation.calendars.get(name, situation.calendar)
    return situation.calendar


def _due(calendar: Calendar | None, start: datetime, length: Duration) -> datetime:
    if calendar is None or not (length.minutes or length.business_days):
        return start + timedelta(seconds=length.real_seconds, days=length.business_days)
    return calendar.due(start, length)


def _last(calendar: Calendar | None, start: datetime, length: Duration) -> datetime:
    """The last instant at which no more than `length` has passed."""
    due = _due(calendar, start, length)
    if calendar is None or not (length.minutes or length.business_days) or calendar.is_open(due):
        return due
    return calendar.next_change(due)


def _passed(
    calendar: Calendar | None, start: datetime, now: datetime, length: Duration | None
) -> str:
    """The time passed in the measure of the limit: `4h 10m`, or `3d 2h` of real time."""
    in_open_time = (
        calendar is not None and length is not None and bool(length.minutes or length.business_days)
    )
    passed = calendar.open_between(start, now) if calendar and in_open_time else now - start
    return in_words(passed, days=not in_open_time)


def in_words(passed: timedelta, *, days: bool) -> str:
    """`4h 10m`; days only in real time, where a day has 24 hours."""
    minutes = max(0, int(passed.total_seconds())) // 60
    amounts: list[tuple[int, str]] = []
    if days:
        amount, minutes = divmod(minutes, 24 * 60)
        amounts.append((amount, "d"))
    amount, minutes = divmod(minutes, 60)
    amounts += [(amount, "h"), (minutes, "m")]
    return " ".join(f"{amount}{unit}" for amount, unit in amounts if amount) or "0m"
