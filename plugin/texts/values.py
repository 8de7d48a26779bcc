"""What the placeholders stand for on one ticket at one moment.

Everything a customer chose (subject, name) is put on one line, shortened and freed of control and
direction characters here; escaping happens where a text becomes HTML.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from plugin.domain.cases import Known
from plugin.domain.clocks import ClockState
from plugin.domain.settings import Config, Team
from plugin.domain.ticket import Person, Ticket
from plugin.texts.clocks import metric_in_words, time_left
from plugin.texts.ladder import NO_LADDER, LadderWords
from plugin.texts.templates import Link
from plugin.texts.times import is_zone, say_instant, say_soon

_LONGEST_LINE = 200
_LONGEST_NAME = 80
_EARLIER = 20
_ADVERT = re.compile(r"://|www\.|[\w-]+\.(?:[a-z]{2,})(?:/|\b)|@", re.IGNORECASE)


def values_for(
    ticket: Ticket,
    config: Config,
    now: datetime,
    *,
    language: str,
    zone: str | None,
    rule: str = "",
    reason: str = "",
    promise_at: datetime | None = None,
    done: Sequence[str] = (),
    skipped: Sequence[str] = (),
    late: datetime | None = None,
    clock: ClockState | None = None,
    ladder: LadderWords = NO_LADDER,
    cases: Sequence[Known] = (),
) -> dict[str, Any]:
    """Every placeholder of `templates.PLACEHOLDERS`; instants in words of `language` and `zone`."""

    def say(at: datetime | None) -> str:
        return say_instant(at, language, zone, now) if at else ""

    team = team_of(ticket, config)
    owner = one_line(ticket.owner.name or ticket.owner.login) if ticket.owner else ""
    remaining, breached_by = time_left(clock, language) if clock else ("", "")
    return {
        "ticket": {
            "number": ticket.number,
            "subject": one_line(ticket.subject),
            "url": Link(ticket.url),
            "group": ticket.group.name,
            "owner": owner,
            "priority": ticket.priority.word if ticket.priority else "",
            "state": ticket.state.name,
            "tags": sorted(ticket.tags),
            "created_at": say(ticket.created_at),
            "channel": ticket.channel,
        },
        "customer": _customer(ticket.customer),
        "agent": {"name": owner},
        "promise_at": say(promise_at),
        "now": say(now),
        "sla": clock.policy if clock else "",
        "metric": metric_in_words(clock.metric, language) if clock else "",
        "due_at": say(clock.due_at if clock else None),
        "remaining": remaining,
        "breached_by": breached_by,
        "rule": rule,
        "reason": reason,
        "earlier": [
            {"number": one.number, "url": Link(one.url), "created_at": say(one.created_at)}
            for one in earlier_tickets(ticket)
        ],
        "done": list(done),
        "skipped": list(skipped),
        "late": say(late),
        "cases": [{"system": one.system, "reference": one.reference} for one in cases],
        "team": team.name if team else "",
        "lead": (team.lead or "") if team else "",
        "authority": ladder.authority or (team.authority if team else ""),
        "helpdesk": ticket.ref.helpdesk,
        **_ladder(ladder, language, zone, now),
    }


def _ladder(ladder: LadderWords, language: str, zone: str | None, now: datetime) -> dict[str, Any]:
    def say(at: datetime | None) -> str:
        return say_instant(at, language, zone, now) if at else ""

    return {
        "policy": ladder.policy,
        "level": ladder.level,
        "level_name": ladder.level_name,
        "kind": ladder.kind,
        "phase": ladder.phase,
        "responsible": one_line(ladder.responsible),
        "ack_by": say_soon(ladder.ack_by, language, zone, now) if ladder.ack_by else "",
        "ack_within": ladder.ack_within,
        "resolve_by": say_soon(ladder.resolve_by, language, zone, now) if ladder.resolve_by else "",
        "next_level": ladder.next_level,
        "next_responsible": one_line(ladder.next_responsible),
        "next_at": say(ladder.next_at),
        "until": say(ladder.until),
        "by": one_line(ladder.by),
        "because": ladder.because,
        "causes": [
            {
                "rule": one.rule,
                "reason": one.reason,
                "why": one.why,
                "by": one_line(one.by),
                "at": say(one.at),
            }
            for one in ladder.causes
        ],
        "had": [one_line(name) for name in ladder.had],
        "skipped_levels": list(ladder.skipped_levels),
        "undone": list(ladder.undone),
        "script": ladder.script,
        "link": Link(ladder.link),
        "command": one_line(ladder.command),
        "answer": ladder.answer,
        "ack_url": Link(ladder.ack_url),
    }


def earlier_tickets(ticket: Ticket) -> tuple[Any, ...]:
    """The customer's other tickets, newest last; at most 20."""
    others = [one for one in ticket.customer_tickets or () if one.id != ticket.ref.id]
    return tuple(others[-_EARLIER:])


def team_of(ticket: Ticket, config: Config) -> Team | None:
    """The team whose group the ticket is in."""
    wanted = ticket.group.name.lower()
    return next((team for team in config.teams.values() if team.group.lower() == wanted), None)


def zone_for(ticket: Ticket, config: Config) -> str | None:
    """The customer's zone, else the default calendar's; None when neither is known."""
    calendar = config.calendars.get(config.defaults.calendar or "")
    for zone in (ticket.customer.timezone, calendar.timezone if calendar else None):
        if zone and is_zone(zone):
            return zone
    return None


def one_line(text: str, longest: int = _LONGEST_LINE) -> str:
    """The text on one line, shortened, without control and direction characters."""
    plain = "".join(
        " " if char.isspace() else char
        for char in text[: longest * 4]
        if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    plain = " ".join(plain.split())
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"


def _customer(customer: Person) -> Mapping[str, str]:
    name = personal_name(customer)
    return {
        "name": name,
        "first_name": name.split(" ", 1)[0],
        "email": one_line(customer.email),
        "organization": one_line(customer.organization or ""),
    }


def personal_name(customer: Person) -> str:
    """The customer's name; empty when it is an address or carries a link.

    Anybody can write in under any name and address; a name with a link in it would make our
    canned reply an advertisement sent to a stranger.
    """
    name = one_line(customer.name, _LONGEST_NAME)
    return "" if _ADVERT.search(name) else name


__all__: Sequence[str] = (
    "earlier_tickets",
    "one_line",
    "personal_name",
    "team_of",
    "values_for",
    "zone_for",
)
