"""SLA clocks in words: which one, due when, how much is left."""

from __future__ import annotations

from datetime import timedelta

from plugin.domain.clocks import ClockState
from plugin.domain.duration import Duration
from plugin.domain.sla import Metric
from plugin.texts.language import base_language

_METRICS = {
    "en": ("first response", "next response", "update", "resolution"),
    "de": ("erste Antwort", "nächste Antwort", "Zwischenstand", "Lösung"),
    "nl": ("eerste antwoord", "volgend antwoord", "tussenstand", "oplossing"),
}
_UNITS = {"en": ("h", "min"), "de": ("Std.", "Min."), "nl": ("uur", "min")}


def metric_in_words(metric: Metric, language: str) -> str:
    """`first response`; English where a language has no words of its own."""
    words = _METRICS.get(base_language(language), _METRICS["en"])
    return words[list(Metric).index(metric)]


def span_in_words(span: timedelta, language: str) -> str:
    """`2 h 5 min`, minutes rounded down and never less than one; the sign is left out.

    Hours are not made into days: a working day has as many as the calendar says.
    """
    hour, minute = _UNITS.get(base_language(language), _UNITS["en"])
    hours, minutes = divmod(max(1, int(abs(span).total_seconds() // 60)), 60)
    parts = [f"{hours} {hour}"] if hours else []
    return " ".join([*parts, f"{minutes} {minute}"] if minutes or not parts else parts)


_DAYS = {
    "en": ("business day", "business days", "day", "days"),
    "de": ("Arbeitstag", "Arbeitstage", "Tag", "Tage"),
    "nl": ("werkdag", "werkdagen", "dag", "dagen"),
}


def length_in_words(length: Duration, language: str) -> str:
    """`2 business days 4 h`; empty for nothing."""
    one, many, day, days = _DAYS.get(base_language(language), _DAYS["en"])
    parts: list[str] = []
    if length.business_days:
        parts.append(f"{length.business_days} {one if length.business_days == 1 else many}")
    if length.days:
        parts.append(f"{length.days} {day if length.days == 1 else days}")
    seconds = length.minutes * 60 + length.seconds
    if seconds:
        parts.append(span_in_words(timedelta(seconds=seconds), language))
    return " ".join(parts)


def time_left(clock: ClockState, language: str) -> tuple[str, str]:
    """What is left and by how much it is late, at most one of them not empty; both in open time.

    A clock that has stopped has nothing left, and is late for ever when it was.
    """
    late = span_in_words(clock.remaining, language) if clock.remaining < timedelta(0) else ""
    left = "" if late or clock.phase.is_final else span_in_words(clock.remaining, language)
    return left, late
