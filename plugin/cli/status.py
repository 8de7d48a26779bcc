"""`deskladder status`: what waits, what comes, what was refused."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from plugin import clock
from plugin.domain.dataclass import dataclass
from plugin.domain.notices import NoticeState
from plugin.domain.storing import (
    CONFIG_READ,
    CONFIG_REFUSED,
    HEARTBEAT,
    LEFT_ALONE,
    SERVED,
    RunningEscalation,
    StoreStatus,
    Storing,
)

_ALIVE = timedelta(minutes=3)
"""How old the last sign of life of a service may be; it gives one a minute."""

HELP = "show the queue, timers, open actions and dead letters"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing beyond the common options."""
    parser.description = (
        "Show what waits in the store, when the next timer is due, what the helpdesks refused "
        "and which rules the loop detector holds at observe."
    )


def run(arguments: argparse.Namespace) -> int:
    """0, also when there are dead letters: they are in the answer."""
    from plugin.whereabouts import open_store

    now = clock.now()
    store = open_store(os.environ, now)
    try:
        status = store.status(now)
        running = [_Listed(one, _name_of(one, store, now)) for one in store.running()]
        refused_at = _refused_at(store)
        messages = store.notices_open()
        breakers = _breakers(store, now)
    finally:
        store.close()
    if arguments.format == "json":
        refused = refused_at.isoformat() if refused_at else None
        open_ones = [_escalation_as_json(one) for one in running]
        content = {
            **as_json(status),
            "escalations": open_ones,
            "messages": {state.value: count for state, count in messages.items()},
            "config_refused_at": refused,
            "breakers": None
            if breakers is None
            else {one: _breaker_as_json(at) for one, at in breakers.items()},
            "breakers_open": {name: at.isoformat() for name, at in (breakers or {}).items() if at},
        }
        print(json.dumps(content, indent=2, ensure_ascii=False))
    else:
        lines = [
            *_about_file(refused_at, now),
            *_about_breakers(breakers or {}, now),
            *_about_helpdesks(breakers or {}, now),
            *as_text(status, now),
            *_about_messages(messages),
        ]
        print("\n".join([*lines, *_about_escalations(running, now)]))
    return 0


def _refused_at(store: Storing) -> datetime | None:
    """When the running service refused the file as it is now; None when it is in use."""
    read_at, refused_at = store.watermark(CONFIG_READ), store.watermark(CONFIG_REFUSED)
    return refused_at if refused_at and (read_at is None or refused_at > read_at) else None


def _about_file(refused_at: datetime | None, now: datetime) -> Iterator[str]:
    if refused_at is not None:
        ago = _span((now - refused_at).total_seconds())
        yield f"the file was changed {ago} ago and has mistakes: the one before stays in use"
        yield "(`deskladder check` shows them)"
        yield ""


def _breakers(store: Storing, now: datetime) -> dict[str, datetime | None] | None:
    """Since when the circuit breaker of each helpdesk is open, None for one that is closed.

    None altogether when no service runs: nobody knows then.
    """
    beat_at = store.watermark(HEARTBEAT)
    if beat_at is None or now - beat_at > _ALIVE:
        return None
    opened = store.numbers(LEFT_ALONE)
    return {
        name: datetime.fromtimestamp(opened[name], UTC) if name in opened else None
        for name in sorted({*store.numbers(SERVED), *opened})
    }


def _breaker_as_json(since: datetime | None) -> dict[str, str | None]:
    return {"state": "open" if since else "closed", "since": since.isoformat() if since else None}


def _about_helpdesks(breakers: Mapping[str, datetime | None], now: datetime) -> Iterator[str]:
    if not breakers:
        return
    said = (
        f"open for {_span((now - since).total_seconds())}" if since else "closed"
        for since in breakers.values()
    )
    named = (f"{name} (breaker {state})" for name, state in zip(breakers, said, strict=True))
    yield f"helpdesks            {', '.join(named)}"


def _about_breakers(breakers: Mapping[str, datetime | None], now: datetime) -> Iterator[str]:
    for name, since in breakers.items():
        if since is None:
            continue
        ago = _span((now - since).total_seconds())
        yield f"{name} is left alone since {ago}, after failures in a row or at its own wish"
        yield "(its circuit breaker is open; the service tries again by itself, the log says why)"
        yield ""


def _about_messages(messages: Mapping[NoticeState, int]) -> Iterator[str]:
    if messages:
        counts = ", ".join(f"{count} {state.value}" for state, count in messages.items())
        yield f"messages to people   {counts}"


def as_json(status: StoreStatus) -> dict[str, Any]:
    """The status for scripts; ages in seconds."""
    return {
        "deliveries_waiting": status.deliveries_waiting,
        "oldest_waiting_age": status.oldest_waiting_age,
        "tickets_known": status.tickets_known,
        "tickets_in_work": status.leases,
        "timers": status.timers,
        "next_timer_at": status.next_timer_at.isoformat() if status.next_timer_at else None,
        "actions": dict(status.actions_by_state),
        "dead_letters": [
            {
                "key": letter.key,
                "ticket": str(letter.ref),
                "rule": letter.rule,
                "action": letter.name,
                "detail": letter.detail,
                "failed_at": letter.failed_at.isoformat(),
            }
            for letter in status.dead_letters
        ],
        "demoted": dict(status.demoted),
    }


def as_text(status: StoreStatus, now: datetime) -> Iterator[str]:
    """The status for people."""
    age = status.oldest_waiting_age
    waits = f", the oldest for {_span(age)}" if age is not None else ""
    yield f"deliveries waiting   {status.deliveries_waiting}{waits}"
    yield f"tickets              {status.tickets_known} known, {status.leases} in work"
    next_at = status.next_timer_at
    due = f", the next {_when((next_at - now).total_seconds())}" if next_at else ""
    yield f"timers               {status.timers}{due}"
    counts = ", ".join(f"{count} {state}" for state, count in status.actions_by_state.items())
    yield f"actions              {counts or 'none yet'}"
    if status.demoted:
        yield ""
        yield "rules held at observe by the loop detector (`deskladder retry --rule NAME` frees one):"
        yield from (f"  {rule}: {reason}" for rule, reason in status.demoted.items())
    if status.dead_letters:
        yield ""
        yield "refused by the helpdesk (`deskladder retry KEY` or `--all` tries again):"
        for letter in status.dead_letters:
            failed = _span((now - letter.failed_at).total_seconds())
            yield f"  {letter.key}"
            yield f"    {letter.ref}, rule {letter.rule}, {letter.name}, {failed} ago"
            yield f"    {letter.detail}"


@dataclass(frozen=True, slots=True)
class _Listed:
    """An escalation, and the name of who is responsible where it is known."""

    escalation: RunningEscalation
    name: str


def _name_of(one: RunningEscalation, store: Storing, now: datetime) -> str:
    from plugin.texts.told_names import told_name

    if not one.responsible:
        return ""
    return told_name(one.responsible, store.memory(one.ref, "", now).actions)


def _escalation_as_json(listed: _Listed) -> dict[str, Any]:
    one = listed.escalation
    return {
        "ticket": str(one.ref),
        "number": one.number,
        "policy": one.policy,
        "state": one.phase.value,
        "level": one.level,
        "reason": one.reason,
        "responsible": one.responsible,
        "responsible_name": listed.name,
        "helpdesk_in_file": one.is_in_file,
        "opened_at": one.opened_at.isoformat(),
        "changed_at": one.changed_at.isoformat(),
    }


def _about_escalations(running: Sequence[_Listed], now: datetime) -> Iterator[str]:
    known = [one for one in running if one.escalation.is_in_file]
    left = [one for one in running if not one.escalation.is_in_file]
    if known:
        yield ""
        yield "open escalations, the longest unchanged first (`deskladder explain TICKET` tells more):"
        yield from _lines(known, now)
    if left:
        yield ""
        yield "escalations whose helpdesk is no longer in the file; they go on when it is back:"
        yield from _lines(left, now)


def _lines(listed: Sequence[_Listed], now: datetime) -> Iterator[str]:
    for each in listed:
        one = each.escalation
        since = _span((now - one.opened_at).total_seconds())
        rests = _span((now - one.changed_at).total_seconds())
        who = each.name or (f"agent {one.responsible}" if one.responsible else "")
        yield f"  {one.ref}: {one.policy}, level {one.level}, {one.phase}{f', {who}' if who else ''}"
        yield f"    for {since}, as it is for {rests}: {one.reason}"


def _when(seconds: float) -> str:
    return f"in {_span(seconds)}" if seconds > 0 else "due now"


def _span(seconds: float) -> str:
    """Two units are enough for anybody: `2d 3h`, `5m 10s`."""
    left = max(0, round(seconds))
    parts = []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")):
        amount, left = divmod(left, size)
        if amount:
            parts.append(f"{amount}{unit}")
    return " ".join(parts[:2]) or "0s"
