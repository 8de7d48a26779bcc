"""Whether a pool can ever name somebody: leads, rotas, overrides, skills and the iCal file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from plugin.configuration.document import Block
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Findings, Path
from plugin.configuration.oncall_files import read_watches
from plugin.configuration.pool_schema import EVERYBODY, Edge
from plugin.configuration.pools import Watches, ical_files, span_of
from plugin.configuration.surroundings import Surroundings, block_of, items_of, text_of
from plugin.domain.dataclass import dataclass
from plugin.domain.ladder import Strategy

LEAD, UNASSIGNED = "lead", "unassigned"
_ROTA = ("rota", "overrides", "ical")
_NEAR = {
    "none": UNASSIGNED,
    "nobody": UNASSIGNED,
    "leader": LEAD,
    "unassign": UNASSIGNED,
    "group": UNASSIGNED,
}


@dataclass(slots=True)
class PoolCheck:
    """Checks the pools of one file; what is wrong goes to `findings`."""

    around: Surroundings
    findings: Findings
    now: datetime

    def check(self) -> dict[str, Watches]:
        """Look at every team; answer what the iCal files say, by team."""
        watches: dict[str, Watches] = {}
        files = ical_files(self.around.root)
        for name, team in self.around.entries("teams"):
            pool = team.get("pool")
            if not isinstance(pool, Block):
                continue
            path: Path = ("teams", name, "pool")
            self._check_if_none(pool, team, path)
            self._check_strategy(pool, team, path)
            self._check_people(pool, team, path)
            self._check_overrides(pool, path)
            if name in files:
                self._read(name, files[name], pool, watches)
        return watches

    def _check_if_none(self, pool: Block, team: Block, path: Path) -> None:
        who = text_of(pool, "if_none")
        if who == LEAD and text_of(team, "lead") is None:
            complaint = Complaint(
                "unassigned or a person, because the team has no lead",
                remedy="add lead: … to the team, or say who else gets it",
            )
            self.findings.complain((*path, "if_none"), complaint)
        elif who is not None and who.lower() in _NEAR:
            complaint = Complaint("lead, unassigned, or a person", guess=_NEAR[who.lower()])
            self.findings.complain((*path, "if_none"), complaint)
        elif who is not None and (meant := _alike(who)):
            text = (
                f"gives the ticket to a person whose login is {who!r}; an e-mail address is clearer"
            )
            self.findings.warn((*path, "if_none"), text, guess=meant)

    def _check_strategy(self, pool: Block, team: Block, path: Path) -> None:
        strategy = text_of(pool, "strategy") or Strategy.ROUND_ROBIN
        if strategy == Strategy.ONCALL:
            if not set(_ROTA) & set(pool):
                complaint = Complaint(
                    "something that says who is on call: rota, overrides or ical",
                    got="oncall without any of them",
                    remedy="add rota: {people: [ana@example.com, ben@example.com], first_day: 2026-12-07}",
                )
                self.findings.complain((*path, "strategy"), complaint)
        else:
            for key in _ROTA:
                if key in pool:
                    complaint = Complaint(
                        f"{key} only with strategy: oncall", got=f"strategy {strategy}", at_key=True
                    )
                    self.findings.complain((*path, key), complaint)
        if strategy == Strategy.SKILL and not block_of(team, "skills"):
            complaint = Complaint(
                "another strategy, because the team has no skills",
                remedy="add skills: {billing: [ana@example.com]} to the team",
            )
            self.findings.complain((*path, "strategy"), complaint)
        if strategy == Strategy.LEAD and text_of(team, "lead") is None:
            complaint = Complaint("another strategy, because the team has no lead")
            self.findings.complain((*path, "strategy"), complaint)

    def _check_people(self, pool: Block, team: Block, path: Path) -> None:
        """A skill of somebody who is not in the pool would never be asked for."""
        listed = items_of(pool, "members")
        members = {one.strip().lower() for one in listed if isinstance(one, str)}
        if not members or EVERYBODY in members:
            if EVERYBODY in members and len(listed) > 1:
                at = [str(one).strip() for one in listed].index(EVERYBODY)
                complaint = Complaint(
                    "people only, or group alone", remedy="members: group means everybody in it"
                )
                self.findings.complain((*path, "members", at), complaint)
            return
        if text_of(pool, "strategy") == Strategy.ONCALL:
            return  # whoever has the rota is in the pool
        for skill, people in block_of(team, "skills").items():
            for index, person in enumerate(people if isinstance(people, list) else ()):
                if isinstance(person, str) and person.strip().lower() not in members:
                    choices = tuple(str(one).strip() for one in listed)
                    complaint = Complaint(
                        f"one of the pool's members {', '.join(choices)}", choices
                    )
                    place = ("teams", path[1], "skills", skill, index)
                    self.findings.complain(place, complaint)

    def _check_overrides(self, pool: Block, path: Path) -> None:
        zone = ZoneInfo("UTC")
        spans: list[tuple[datetime, datetime, int]] = []
        for index, override in enumerate(items_of(pool, "overrides")):
            place = (*path, "overrides", index)
            span = _span(override, zone)
            if span is None:
                continue
            begin, end = span
            if end <= begin:
                complaint = Complaint(f"an end after {override['from']}, when it begins")
                self.findings.complain((*place, "to"), complaint)
                continue
            clash = next((at for one, other, at in spans if one < end and begin < other), None)
            if clash is not None:
                first = self.findings.locate((*path, "overrides", clash)).span.place
                self.findings.warn(
                    place, f"overlaps the override at {first}: where both hold, this one counts"
                )
            spans.append((begin, end, index))

    def _read(self, name: str, file: Any, pool: Block, watches: dict[str, Watches]) -> None:
        people: Sequence[Any] = (
            *items_of(pool, "members"),
            *items_of(block_of(pool, "rota"), "people"),
        )
        known = [one.strip() for one in people if isinstance(one, str)]
        default = self.around.calendars.get(self.around.default_calendar or "")
        try:
            watches[name] = read_watches(
                file, known, default.timezone if default else "UTC", self.now
            )
        except ValidationError as error:
            self.findings.add(("teams", name, "pool", "ical"), error.messages)


def _alike(who: str) -> str | None:
    """The word that may be meant by what must be taken for a login."""
    if "@" in who or who in {LEAD, UNASSIGNED}:
        return None
    similar = get_close_matches(who.lower(), (LEAD, UNASSIGNED), n=1, cutoff=0.75)
    return similar[0] if similar else None


def _span(override: Any, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    if not isinstance(override, Block):
        return None
    try:
        ends = {
            "from_": Edge().deserialize(override.get("from")),
            "to": Edge().deserialize(override.get("to")),
        }
        return span_of(ends, zone)
    except (ValidationError, OverflowError):
        return None
