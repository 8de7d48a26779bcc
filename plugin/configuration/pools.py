"""A team's `pool:` → who may get its tickets, or every mistake with its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from plugin.configuration.document import Block
from plugin.domain.ladder import Override, Pool, Shift, Strategy
from plugin.domain.settings import Team

Watches = tuple[tuple[datetime, datetime, str], ...]


def build_teams(
    loaded: Mapping[str, Any], zone: str, watches: Mapping[str, Watches]
) -> dict[str, Team]:
    """The teams; `zone` is where a rota without its own is kept, `watches` the iCal files' spans."""
    return {name: _team(name, entry, zone, watches) for name, entry in loaded.items()}


def _team(name: str, entry: Mapping[str, Any], zone: str, watches: Mapping[str, Watches]) -> Team:
    settings = {key: entry[key] for key in ("group", "lead", "authority") if key in entry}
    pool = entry.get("pool")
    return Team(
        name,
        **settings,
        pool=_pool(pool, zone, watches.get(name, ())) if pool else None,
        skills={skill: tuple(people) for skill, people in entry.get("skills", {}).items()},
    )


def _pool(entry: Mapping[str, Any], zone: str, watches: Watches) -> Pool:
    members = entry.get("members")
    rota = entry.get("rota")
    kept_in = rota.get("timezone", zone) if rota else zone
    return Pool(
        strategy=Strategy(entry.get("strategy", Strategy.ROUND_ROBIN)),
        if_none=entry["if_none"],
        members=tuple(members) if members is not None else None,
        rota=Shift(**{**rota, "people": tuple(rota["people"]), "timezone": kept_in})
        if rota
        else None,
        overrides=tuple(
            Override(one["who"], *span_of(one, ZoneInfo(kept_in)))
            for one in entry.get("overrides", ())
        ),
        watches=watches,
    )


def span_of(override: Mapping[str, Any], zone: tzinfo) -> tuple[datetime, datetime]:
    """From the beginning of `from` to the end of `to`: a day without a time counts whole."""
    begin, end = override["from_"], override["to"]
    if not isinstance(end, datetime):
        end += timedelta(days=1)
    return _instant(begin, zone), _instant(end, zone)


def _instant(at: date | datetime, zone: tzinfo) -> datetime:
    whole = at if isinstance(at, datetime) else datetime.combine(at, time())
    return (whole if whole.tzinfo else whole.replace(tzinfo=zone)).astimezone(UTC)


def ical_files(root: Block) -> dict[str, Path]:
    """The iCal file of each team's pool that names one."""
    section = root.get("teams")
    found: dict[str, Path] = {}
    for name, team in section.items() if isinstance(section, Block) else ():
        pool = team.get("pool") if isinstance(team, Block) else None
        file = pool.get("ical") if isinstance(pool, Block) else None
        if isinstance(pool, Block) and isinstance(file, str) and file.strip():
            found[name] = pool.span.source.directory / file.strip()
    return found
