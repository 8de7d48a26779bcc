"""Weeks and days of `hours:`, read with the complaints of the configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from marshmallow import ValidationError

from plugin.configuration.fields import Complaint, refusal
from plugin.domain.hours import DAY, Hours, Misread, Week, clashing_days, parse_days, parse_hours

Result = TypeVar("Result")


def read_week(value: Any, what: str) -> Week:
    """Read `24/7` or a mapping; the messages are keyed by day and index."""
    if isinstance(value, str) and value.replace(" ", "") == "24/7":
        return (((0, DAY),),) * 7
    if not isinstance(value, Mapping) or not value:
        got = "an empty mapping" if value == {} else None
        raise refusal(what, got=got, choices=("24/7",))
    week: list[Hours] = [()] * 7
    given: dict[int, str] = {}
    mistakes: dict[str, Any] = {}
    for days, intervals in value.items():
        try:
            numbers = understood(parse_days, days)
        except ValidationError as error:
            mistakes[days] = [_at_key(complaint) for complaint in error.messages]
            continue
        twice = [given[number] for number in numbers if number in given]
        if twice:
            mistakes[days] = [
                Complaint("each day once", got=f"a day that {twice[0]!r} has too", at_key=True)
            ]
            continue
        given.update({number: str(days) for number in numbers})
        try:
            hours = read_hours(intervals)
        except ValidationError as error:
            mistakes[days] = error.messages
            continue
        for number in numbers:
            week[number] = hours
    if mistakes:
        raise ValidationError(mistakes)
    clash = clashing_days(week)
    if clash:
        raise refusal(
            "hours that do not overlap",
            got=f"a night shift on {clash[0]} that runs into {clash[1]}",
        )
    return tuple(week)


def read_hours(value: Any) -> Hours:
    """Read the intervals of one day; one alone needs no list."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise refusal("hours such as [09:00-12:30, 13:00-17:30]")
    mistakes: dict[int, Any] = {}
    for index, text in enumerate(value):
        try:
            understood(lambda one: parse_hours([one]), read_text(text, "hours such as 09:00-17:00"))
        except ValidationError as error:
            mistakes[index] = error.messages
    if mistakes:
        raise ValidationError(mistakes)
    return understood(parse_hours, value)


def read_text(value: Any, what: str) -> str:
    """Read text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise refusal(what)
    return value.strip()


def understood(read: Callable[[Any], Result], text: Any) -> Result:
    """Read it, and complain the way the configuration does."""
    try:
        return read(text)
    except Misread as error:
        raise refusal(error.expected, got=error.got, guess=error.guess) from None


def _at_key(complaint: Any) -> Any:
    return replace(complaint, at_key=True) if isinstance(complaint, Complaint) else complaint
