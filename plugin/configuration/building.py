"""Checked values → the `Config` the program uses. Nothing can be wrong here any more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from plugin.configuration.calendars import calendar_files
from plugin.configuration.certificates import certificate_file
from plugin.configuration.document import Block
from plugin.configuration.escalations import Ladders
from plugin.configuration.ladders import build_policies
from plugin.configuration.matrix import build_rows
from plugin.configuration.pools import build_teams
from plugin.configuration.rules import CompiledRule
from plugin.configuration.scalars import plain
from plugin.configuration.schema import CLOCK_EVENTS
from plugin.configuration.scripts import build_scripts
from plugin.configuration.sla import build_sla
from plugin.domain.calendar import Calendar
from plugin.domain.duration import Duration
from plugin.domain.ladder import Reachable
from plugin.domain.service import Service
from plugin.domain.settings import (
    Config,
    Defaults,
    Guards,
    HelpdeskSettings,
    Mode,
    OncePer,
    Rule,
    Secret,
    Sla,
)
from plugin.domain.situation import Condition

_COMMON = ("type", "url", "token", "webhook_secret", "service_user", "concurrency", "verify_tls")


def build_config(
    *,
    path: Path,
    now: datetime,
    digest: str,
    root: Block,
    loaded: Mapping[str, Any],
    calendars: Mapping[str, Calendar],
    rules: Sequence[CompiledRule],
    sla: Sequence[Condition],
    ladders: Ladders,
    secrets: Mapping[str, str],
    warnings: tuple[str, ...],
) -> Config:
    """Put the checked parts together."""
    defaults = _defaults(loaded.get("defaults", {}), calendars)
    usual = calendars.get(defaults.calendar or "")
    return Config(
        path=path,
        digest=digest,
        loaded_at=now,
        helpdesks={
            name: _helpdesk(name, entry, root["helpdesks"][name])
            for name, entry in loaded["helpdesks"].items()
        },
        defaults=defaults,
        guards=_guards(loaded.get("guards", {})),
        calendars=dict(calendars),
        teams=build_teams(
            loaded.get("teams", {}), usual.timezone if usual else "UTC", ladders.watches
        ),
        rules=_rules(root, loaded.get("rules", []), rules, defaults),
        replies=loaded.get("replies", {}),
        notes=loaded.get("notes", {}),
        notify={name: entry["url"] for name, entry in loaded.get("notify", {}).items()},
        warnings=warnings,
        promise=loaded.get("defaults", {}).get("promise"),
        secrets={reference: Secret(value) for reference, value in secrets.items()},
        sla=_sla(root, loaded.get("sla", []), sla, calendars, defaults.calendar),
        tests=build_scripts(
            loaded.get("tests", []), root.get("tests", ()), calendars.get(defaults.calendar or "")
        ),
        policies=build_policies(
            root, loaded.get("policies", {}), ladders.policies, loaded.get("teams", {})
        ),
        matrix=build_rows(
            root, loaded.get("matrix", []), [when for when in ladders.matrix if when is not None]
        ),
        people=_people(loaded.get("people", {})),
        service=_service(loaded.get("service", {})),
    )


def _people(entries: Mapping[str, Any]) -> dict[str, Reachable]:
    found = {}
    for written, entry in entries.items():
        address = written.strip().lower()
        found[address] = Reachable(address, **entry)
    return found


def _service(entry: Mapping[str, Any]) -> Service:
    settings = dict(entry)
    if "ack_link_valid" in settings:
        settings["ack_link_valid"] = timedelta(seconds=entry["ack_link_valid"].real_seconds)
    return Service(**settings)


def _sla(
    root: Block,
    entries: Sequence[Mapping[str, Any]],
    conditions: Sequence[Condition],
    calendars: Mapping[str, Calendar],
    default: str | None,
) -> tuple[Sla, ...]:
    """The policies; a digest covers the calendar with the content of its iCal files."""
    found = []
    for entry, block, when in zip(entries, root.get("sla", ()), conditions, strict=True):
        name = entry.get("calendar", default)
        calendar = calendars.get(name) if name else None
        described = root["calendars"][name] if calendar else None
        digest = _digest([block, described, _contents(described)])
        found.append(build_sla(entry, block, when, calendar, digest))
    return tuple(found)


def _contents(calendar: Block | None) -> list[str]:
    if calendar is None:
        return []
    contents = []
    for file in calendar_files(plain(calendar), calendar.span.source.directory):
        with suppress(OSError):
            contents.append(hashlib.sha256(file.read_bytes()).hexdigest())
    return contents


def _helpdesk(name: str, entry: Mapping[str, Any], written: Block) -> HelpdeskSettings:
    common = {key: entry[key] for key in _COMMON if key in entry}
    for key in ("connect_timeout", "read_timeout"):
        if key in entry:
            common[key] = float(entry[key].real_seconds)
    options = {
        key: value
        for key, value in entry.items()
        if key not in {*_COMMON, "connect_timeout", "read_timeout"}
    }
    if "absent" in options:
        options["absent"] = [
            {"who": absence["who"], "from": absence["from_"], "to": absence["to"]}
            for absence in options["absent"]
        ]
    if "ca_file" in options:
        options["ca_file"] = str(certificate_file(written, options["ca_file"]))
    return HelpdeskSettings(name=name, options=options, **common)


def _defaults(entry: Mapping[str, Any], calendars: Mapping[str, Calendar]) -> Defaults:
    calendar = entry.get("calendar")
    start: datetime | None = entry.get("enforce_from")
    if start is not None and start.tzinfo is None:
        start = start.replace(tzinfo=_zone(calendars.get(calendar) if calendar else None))
    return Defaults(
        language=entry.get("language", "en"),
        calendar=calendar,
        mode=Mode(entry.get("mode", Mode.OBSERVE)),
        enforce_from=start.astimezone(UTC) if start else None,
    )


def _zone(calendar: Calendar | None) -> tzinfo:
    return ZoneInfo(calendar.timezone) if calendar else UTC


def _guards(entry: Mapping[str, Any]) -> Guards:
    settings: dict[str, Any] = {
        key: timedelta(seconds=value.real_seconds) if isinstance(value, Duration) else value
        for key, value in entry.items()
    }
    return Guards(**settings)


def _rules(
    root: Block,
    entries: Sequence[Mapping[str, Any]],
    compiled: Sequence[CompiledRule],
    defaults: Defaults,
) -> tuple[Rule, ...]:
    raw = root.get("rules", ())
    return tuple(
        Rule(
            name=entry["name"],
            on=frozenset(entry["on"]),
            when=halves.when,
            do=halves.do,
            mode=Mode(entry.get("mode", defaults.mode)),
            once_per=OncePer(entry.get("once_per", _usual_turn(entry["on"]))),
            place=block.span.place,
            digest=_digest(block),
        )
        for entry, block, halves in zip(entries, raw, compiled, strict=True)
    )


def _usual_turn(on: Sequence[str]) -> OncePer:
    """Once per cycle of the ticket; on a clock's or a ladder's events, once for each thing they tell."""
    if not set(CLOCK_EVENTS).isdisjoint(on):
        return OncePer.CLOCK
    if any(event == "manual" or event.startswith("escalation.") for event in on):
        return OncePer.STEP
    return OncePer.CYCLE


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
