"""Zammad's calendars and SLAs in the words of our file; pure.

What our file cannot say yet is never left out in silence nor widened: the entry is handed over as one
that is not `usable`, with the reason among its remarks. How Zammad picks an SLA:
https://github.com/zammad/zammad/blob/develop/app/models/sla.rb
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from connectors.shapes import integer, mapping, text
from connectors.zammad import words
from connectors.zammad.dossier import Record, by_id
from connectors.zammad.hours import read_calendar
from connectors.zammad.selectors import Names, Term, Unsayable, is_empty, translate
from plugin.domain.dataclass import dataclass
from plugin.domain.duration import Duration
from plugin.domain.ticket import Priority

DIFFERENCES = (
    (
        "A deadline that ends exactly at closing time is due at closing time; Zammad says the next "
        "opening. The open time between the two is zero."
    ),
    (
        "Each target is a clock of its own. Zammad has one deadline for either response_time or "
        "update_time, never both; here next_response and periodic_update may stand together."
    ),
    (
        "next_response starts with a customer's message after the first one. Zammad's response_time "
        "runs for the first message too: that is first_response here."
    ),
    (
        "A ticket an agent opens (a call taken down, say) has no first response to wait for; in "
        "Zammad it has. A reopened ticket gets its resolution clock back (reopen_window); in "
        "Zammad it has none any more."
    ),
    (
        "Time in the states of pause_in does not count, to the second; Zammad cuts pauses to whole "
        "minutes. periodic_update starts anew after a pause, in Zammad it goes on."
    ),
    (
        "at_risk: [15m] is Zammad's fixed warning. Here it is open time and yours to choose; shares "
        "such as 75% work too."
    ),
)
"""What differs between Zammad's clocks and ours, for whoever moves from one to the other."""

WARNING = 15
"""Minutes before a deadline at which Zammad warns; it knows no other."""

LONGEST_NAME = 200
LONGEST_TARGET = 366 * 24 * 60  # minutes

_TARGETS = (
    ("first_response_time", "first_response"),
    ("response_time", "next_response"),
    ("update_time", "periodic_update"),
    ("solution_time", "resolution"),
)


@dataclass(frozen=True, slots=True)
class Setup:
    """What an administrator set up, as Zammad tells it, and what the ids in it mean.

    `feeds` names the countries of the holiday feeds Zammad offers, by address. A user or an
    organization that could not be read is not there.
    """

    calendars: Sequence[Record]
    slas: Sequence[Record]
    states: Sequence[Record] = ()
    priorities: Sequence[Record] = ()
    groups: Mapping[int, str] = field(default_factory=dict)
    users: Mapping[int, Record] = field(default_factory=dict)
    organizations: Mapping[int, str] = field(default_factory=dict)
    feeds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """One entry for our file. One that is not `usable` must not be put there as it is."""

    name: str
    entry: Mapping[str, Any]
    remarks: tuple[str, ...] = ()
    usable: bool = True


def calendars(setup: Setup) -> list[Imported]:
    """Every calendar, by name."""
    names = calendar_names(setup)
    ordered = sorted(by_id(list(setup.calendars)).items(), key=lambda item: names[item[0]])
    found = []
    for number, record in ordered:
        entry, remarks, usable = read_calendar(record, setup.feeds)
        found.append(Imported(names[number], entry, tuple(remarks), usable))
    return found


def policies(setup: Setup, meant: Mapping[int, Priority]) -> list[Imported]:
    """Every SLA, in the order in which Zammad tries them; `meant` says what its priorities mean."""
    known = {one.name: one.usable for one in calendars(setup)}
    naming = _unique(text(sla.get("name")) for sla in in_order(setup.slas))
    ordered = list(zip(in_order(setup.slas), naming, strict=True))
    fallback = next((name for sla, name in reversed(ordered) if is_empty(sla)), None)
    found: list[Imported] = []
    for sla, name in ordered:
        policy = _policy(sla, name, setup, meant, known)
        reason = _never_reached(name, found, fallback if is_empty(sla) else None)
        found.append(_set_aside(policy, reason) if reason else policy)
    return found


def in_order(slas: Iterable[Record]) -> list[Record]:
    """SLAs as Zammad tries them: those with a condition by name, then those without one."""

    def place(sla: Record) -> tuple[bool, str, str]:
        return is_empty(sla), _tidy(text(sla.get("name"))).casefold(), text(sla.get("created_at"))

    return sorted(slas, key=place)


def calendar_names(setup: Setup) -> dict[int, str]:
    """The name of each calendar in our file, by Zammad's id."""
    records = by_id(list(setup.calendars))
    named = _unique(text(record.get("name")) for record in records.values())
    return dict(zip(records, named, strict=True))


def _policy(
    sla: Record,
    name: str,
    setup: Setup,
    meant: Mapping[int, Priority],
    known: Mapping[str, bool],
) -> Imported:
    problems: list[str] = []
    remarks: list[str] = []
    entry: dict[str, Any] = {"name": name}
    if not is_empty(sla):
        try:
            term = _condition(sla, setup, meant)
        except Unsayable as reason:
            problems.append(
                f"cannot be said yet: {reason}. Until it is, its tickets fall to the next policy "
                "that fits them"
            )
        else:
            remarks += term.remarks
            if term.when:
                entry["when"] = term.when
    calendar = _calendar_of(sla, setup)
    if calendar is None:
        problems.append("its calendar is not among those Zammad lists")
    else:
        entry["calendar"] = calendar
        if not known[calendar]:
            problems.append(f"its calendar {calendar!r} cannot be used as it is, see there")
    targets, told = _targets(sla)
    entry["targets"] = targets
    if not targets:
        problems.append("it sets no times")
    if any((_minutes(sla.get(key)) or 0) > LONGEST_TARGET for key, _ in _TARGETS):
        problems.append("cannot be said: a target is at most a year")
    if pauses := pausing_states(setup.states):
        entry["pause_in"] = pauses
    if targets and min(_minutes(sla.get(key)) or WARNING + 1 for key, _ in _TARGETS) > WARNING:
        entry["at_risk"] = [f"{WARNING}m"]
    return Imported(name, entry, (*problems, *remarks, *told), usable=not problems)


def _condition(sla: Record, setup: Setup, meant: Mapping[int, Priority]) -> Term:
    names = Names(
        states={number: words.state(row) for number, row in by_id(list(setup.states)).items()},
        priorities=meant,
        groups=setup.groups,
        users=setup.users,
        organizations=setup.organizations,
    )
    return translate(mapping(sla.get("condition")), names)


def _targets(sla: Record) -> tuple[dict[str, str], list[str]]:
    """The times in our words. Zammad's response time also counts for the first message."""
    found = {}
    for key, metric in _TARGETS:
        if minutes := _minutes(sla.get(key)):
            found[metric] = str(Duration(minutes=minutes))
    answer, first = _minutes(sla.get("response_time")), _minutes(sla.get("first_response_time"))
    if answer is None or (first is not None and first <= answer):
        return found, []
    said = (
        f"in Zammad the response time ({found['next_response']}) counts for the first message too"
    )
    if first is None:
        return {"first_response": found["next_response"], **found}, [
            f"{said}: hence first_response"
        ]
    return found, [f"{said}: it would be late there before first_response is here"]


def pausing_states(states: Iterable[Record]) -> list[str]:
    """The states in which Zammad's clocks stand still, without the closed ones, which need no word."""
    return [
        text(row.get("name"))
        for row in states
        if row.get("ignore_escalation") is True
        and row.get("active") is not False
        and not words.state(row).type.is_closed
    ]


def _calendar_of(sla: Record, setup: Setup) -> str | None:
    return calendar_names(setup).get(integer(sla.get("calendar_id")) or 0)


def _never_reached(name: str, before: Sequence[Imported], fallback: str | None) -> str | None:
    """Why neither Zammad nor we would ever use the policy; None when it may be used.

    `fallback` is the last SLA without a condition, given when this one has none either.
    """
    taker = next((one for one in before if one.usable and "when" not in one.entry), None)
    if taker is not None:
        return f"never used: {taker.name!r} above takes every ticket"
    if fallback not in {None, name}:
        return (
            f"never used: of several SLAs without a condition Zammad takes the last, {fallback!r}"
        )
    return None


def _set_aside(policy: Imported, reason: str) -> Imported:
    return Imported(policy.name, policy.entry, (reason, *policy.remarks), usable=False)


def _minutes(value: object) -> int | None:
    return integer(value)  # null, "" and 0 all switch a time off


def _unique(names: Iterable[str]) -> Iterator[str]:
    """Tidy names, told apart where they are the same."""
    taken: set[str] = set()
    for given in names:
        name = base = _tidy(given) or "unnamed"
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{base[: LONGEST_NAME - 6]} ({number})"
        taken.add(name.casefold())
        yield name


def _tidy(name: str) -> str:
    """On one line, without control characters or what looks like a variable, not too long."""
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\s]+", " ", name)
    return plain.replace("${", "$ {").strip()[:LONGEST_NAME].strip()
