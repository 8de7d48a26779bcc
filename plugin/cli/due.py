"""`deskladder due`: what a calendar answers, one question at a time or many."""

from __future__ import annotations

import argparse
import difflib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from plugin import clock
from plugin.domain.calendar import Calendar, Pauses
from plugin.domain.closures import Skipped, skipped
from plugin.domain.duration import Duration
from plugin.domain.errors import DeskladderError

HELP = "compute due times and open time of a calendar"

_DESCRIPTION = """\
When is DURATION of open time over that starts at START?

  deskladder due office 2026-11-24T16:00 4h
  deskladder due office 2026-11-24T16:00 4h --pause 2026-11-24T16:30/2026-11-25T10:00
  deskladder due office --between 2026-11-24T16:00 2026-11-25T12:00
  deskladder due --batch < questions.jsonl

Instants are ISO 8601; without Z or an offset they are local to the calendar. A line of --batch is
{"calendar": "office", "start": "…", "duration": "4h", "pauses": [["…", "…"]]}, answered by
{"due": "…Z"}, or the same with "end" instead of "duration", answered by {"minutes": 240}, whole
minutes of open time; null in, null out. A line that cannot be answered gives {"error": "…"} and exit code 1.
"""
_KEYS = ("calendar", "start", "duration", "end", "pauses")


class Mistaken(ValueError):
    """A question that cannot be answered as it is put; the message says why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The question, in one of three shapes."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = _DESCRIPTION
    parser.add_argument("calendar", nargs="?", metavar="CALENDAR", help="its name in the file")
    parser.add_argument("start", nargs="?", metavar="START", help="an instant, or `now`")
    parser.add_argument("duration", nargs="?", metavar="DURATION", help="such as 30m, 4h, 2bd, 1d")
    parser.add_argument(
        "--between", nargs=2, metavar=("A", "B"), help="open time from one instant to another"
    )
    parser.add_argument(
        "--pause",
        action="append",
        default=[],
        metavar="A/B",
        help="a span that does not count (repeatable)",
    )
    parser.add_argument(
        "--batch", action="store_true", help="questions on stdin, one JSON object a line"
    )


def run(arguments: argparse.Namespace) -> int:
    """0 with the answer on stdout; 1 when file or calendar are wrong, 2 when the question is."""
    from plugin.configuration.calendars_alone import load_calendars

    complaint = _shape(arguments)
    if complaint:
        print(f"deskladder due: {complaint}", file=sys.stderr)
        return 2
    now = clock.now()
    calendars = load_calendars(arguments.config, environ=os.environ, now=now)
    if arguments.batch:
        return _answer_lines(sys.stdin, calendars, now)
    calendar = _named(arguments.calendar, calendars)
    try:
        if arguments.between:
            answer = _open_time(calendar, arguments, now)
        else:
            answer = _due_time(calendar, arguments, now)
    except Mistaken as mistake:
        print(f"deskladder due: {mistake}", file=sys.stderr)
        return 2
    except ValueError as error:  # the calendar cannot answer: never open, years out of range
        raise DeskladderError(str(error)) from None
    print(answer)
    return 0


def _shape(arguments: argparse.Namespace) -> str | None:
    """What is wrong with the combination of arguments."""
    asked = (arguments.start, arguments.duration)
    if arguments.batch:
        if arguments.calendar or arguments.between or arguments.pause:
            return "--batch takes its questions from stdin and no other arguments"
        return None
    if not arguments.calendar:
        return "expected CALENDAR START DURATION, CALENDAR --between A B, or --batch"
    if arguments.between:
        return "--between takes the place of START DURATION" if any(asked) else None
    if not all(asked):
        return "expected START and DURATION after the calendar, or --between A B"
    return None


def _due_time(calendar: Calendar, arguments: argparse.Namespace, now: datetime) -> str:
    start = _instant(arguments.start, calendar, now)
    duration = _duration(arguments.duration)
    pauses = [_pause(text, calendar, now) for text in arguments.pause]
    due = calendar.due(start, duration, pauses)
    left_out = skipped(calendar, start, due, pauses)
    if arguments.format == "json":
        return json.dumps({"due": _utc(due), "local": _iso(due, calendar)} | _told(left_out))
    return "\n".join([f"{_local(due, calendar)} ({_utc(due)})", *_lines(left_out, calendar)])


def _open_time(calendar: Calendar, arguments: argparse.Namespace, now: datetime) -> str:
    start, end = (_instant(text, calendar, now) for text in arguments.between)
    pauses = [_pause(text, calendar, now) for text in arguments.pause]
    passed = calendar.open_between(start, end, pauses)
    left_out = skipped(calendar, start, end, pauses)
    if arguments.format == "json":
        return json.dumps({"minutes": _minutes(passed)} | _told(left_out))
    return "\n".join([_words(passed), *_lines(left_out, calendar)])


def _answer_lines(lines: Iterable[str], calendars: Mapping[str, Calendar], now: datetime) -> int:
    """Answer every line that is not blank with exactly one line."""
    failed = False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            answer = _answer(_question(line), calendars, now)
        except (ValueError, DeskladderError) as error:
            failed = True
            answer = {"error": f"line {number}: {error}"}
        print(json.dumps(answer, ensure_ascii=False))
    return int(failed)


def _question(line: str) -> dict[str, Any]:
    try:
        question = json.loads(line)
    except ValueError as error:
        raise Mistaken(f"expected a JSON object ({error})") from None
    if not isinstance(question, dict):
        raise Mistaken("expected a JSON object")
    unknown = next((key for key in question if key not in _KEYS), None)
    if unknown is not None:
        raise Mistaken(f"expected the keys {', '.join(_KEYS)}; got {unknown!r}")
    if ("duration" in question) == ("end" in question):
        raise Mistaken("expected either duration or end")
    return question


def _answer(
    question: Mapping[str, Any], calendars: Mapping[str, Calendar], now: datetime
) -> dict[str, Any]:
    calendar = _named(question.get("calendar"), calendars)
    asked = "minutes" if "end" in question else "due"
    if None in (question.get("start", ""), question.get("end", ""), question.get("duration", "")):
        return {asked: None}
    start = _instant(question.get("start"), calendar, now)
    pauses = _pauses(question.get("pauses") or [], calendar, now)
    if "end" in question:
        end = _instant(question["end"], calendar, now)
        return {"minutes": _minutes(calendar.open_between(start, end, pauses))}
    return {"due": _utc(calendar.due(start, _duration(question["duration"]), pauses))}


def _named(name: object, calendars: Mapping[str, Calendar]) -> Calendar:
    if isinstance(name, str) and name in calendars:
        return calendars[name]
    if not calendars:
        raise DeskladderError("the file has no calendars; add one under `calendars:`")
    near = difflib.get_close_matches(str(name), calendars, 1, 0.6)
    guess = f"; did you mean {near[0]!r}?" if near else ""
    known = ", ".join(sorted(calendars))
    raise DeskladderError(f"expected one of the file's calendars ({known}), got {name!r}{guess}")


def _instant(text: object, calendar: Calendar, now: datetime) -> datetime:
    if text == "now":
        return now
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        at = None
    if at is None:
        raise Mistaken(f"expected an instant such as 2026-11-24T16:00 or with Z, got {text!r}")
    try:
        return at.astimezone(UTC) if at.tzinfo else _local_instant(at, calendar)
    except OverflowError:
        raise Mistaken(f"expected an instant of our times, got {text!r}") from None


def _local_instant(at: datetime, calendar: Calendar) -> datetime:
    return at.replace(tzinfo=ZoneInfo(calendar.timezone)).astimezone(UTC)


def _pause(text: str, calendar: Calendar, now: datetime) -> tuple[datetime, datetime]:
    start, slash, end = text.partition("/")
    if not slash:
        raise Mistaken(f"expected a pause such as 2026-11-24T16:30/2026-11-25T10:00, got {text!r}")
    return _ordered(_instant(start, calendar, now), _instant(end, calendar, now), text)


def _pauses(spans: object, calendar: Calendar, now: datetime) -> Pauses:
    if not isinstance(spans, list):
        raise Mistaken('expected pauses such as [["2026-11-24T16:30Z", "2026-11-25T10:00Z"]]')
    found = []
    for span in spans:
        if not isinstance(span, list) or len(span) != 2:  # noqa: PLR2004
            raise Mistaken(f"expected a pause to be two instants, got {span!r}")
        start, end = (_instant(text, calendar, now) for text in span)
        found.append(_ordered(start, end, span))
    return found


def _ordered(start: datetime, end: datetime, given: object) -> tuple[datetime, datetime]:
    if end < start:
        raise Mistaken(f"expected a pause that ends after it starts, got {given!r}")
    return start, end


def _duration(text: object) -> Duration:
    try:
        return Duration.parse(text if isinstance(text, str) else "")
    except ValueError as error:
        raise Mistaken(f"{error}; got {text!r}") from None


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _iso(at: datetime, calendar: Calendar) -> str:
    return at.astimezone(ZoneInfo(calendar.timezone)).isoformat()


def _local(at: datetime, calendar: Calendar) -> str:
    wall = at.astimezone(ZoneInfo(calendar.timezone))
    seconds = ":%S" if wall.second else ""
    return f"{wall.strftime(f'%a %Y-%m-%d %H:%M{seconds}')} {calendar.timezone}"


def _minutes(passed: timedelta) -> int:
    return int(passed.total_seconds() / 60)


def _words(passed: timedelta) -> str:
    """`-1h05m30s`; nothing is `0m`."""
    seconds = int(abs(passed).total_seconds())
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    text = f"{hours}h{minutes:02}m" if hours else f"{minutes}m"
    return ("-" if passed < timedelta() else "") + text + (f"{rest:02}s" if rest else "")


def _told(left_out: list[Skipped]) -> dict[str, Any]:
    return {
        "skipped": [
            {"start": _utc(span.start), "end": _utc(span.end), "reason": span.reason}
            for span in left_out
        ]
    }


def _lines(left_out: list[Skipped], calendar: Calendar) -> list[str]:
    zone = ZoneInfo(calendar.timezone)
    return [
        f"  not counted: {span.start.astimezone(zone):%a %d %b %H:%M} to "
        f"{span.end.astimezone(zone):%a %d %b %H:%M}, {span.reason}"
        for span in left_out
    ]
