"""What makes a ladder climbable: levels that have somebody, end, and lead to the next one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from plugin.configuration.document import Block
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Findings, Path
from plugin.configuration.hosts import lacking, priority_fault
from plugin.configuration.ladder_schema import NO_PRIORITY
from plugin.configuration.ladders import kind_of, levels_of, numbers_of
from plugin.configuration.recipients import RecipientCheck
from plugin.configuration.surroundings import Surroundings, block_of, calls_of, text_of
from plugin.domain.dataclass import dataclass
from plugin.domain.duration import Duration
from plugin.domain.helpdesk import Ability
from plugin.domain.hours import DAY
from plugin.domain.ladder import HINT, MATRIX, USUAL_PRIORITY, Kind

_TIMES = ("ack_within", "resolve_within", "wait")
_NOT_OF_A_HINT = ("responsible", "ack_within", "resolve_within")


@dataclass(slots=True)
class LadderCheck:
    """Checks one file's policies; what is wrong goes to `findings`."""

    around: Surroundings
    findings: Findings
    recipients: RecipientCheck

    def check(self) -> None:
        """Look at every policy."""
        seen: dict[str, str] = {}
        for name, policy in self.around.entries("policies"):
            self._check_name(name, seen)
            path: Path = ("policies", name)
            levels = [(index, level) for index, level in levels_of(policy) if level is not None]
            self._check_times(policy, path, levels)
            self._check_hint(policy, path, levels)
            for index, level in levels:
                self._check_level(policy, level, index, path)
            self._check_end(policy, path, levels)
            self._check_replies(path, levels)
            for at, action, _ in calls_of(block_of(policy, "exhausted").get("do")):
                refuse_escalate(action, (*path, "exhausted", "do", at, action), self.findings)
            self._check_priority(policy, path)
            self.recipients.check_end(policy, path)

    def _check_name(self, name: str, seen: dict[str, str]) -> None:
        key = name.casefold()
        if key == MATRIX:
            complaint = Complaint(
                "another name",
                got=f"{name!r}, which means that the matrix chooses",
                remedy="rename the policy",
                at_key=True,
            )
            self.findings.complain(("policies", name), complaint)
        elif key in seen:
            complaint = Complaint(
                f"a name of its own, but policy {seen[key]!r} has the same",
                got=repr(name),
                remedy="people write it behind /escalate, where capitals do not matter",
                at_key=True,
            )
            self.findings.complain(("policies", name), complaint)
        seen.setdefault(key, name)

    # Time -----------------------------------------------------------------------------------

    def _check_times(self, policy: Block, path: Path, levels: Sequence[tuple[int, Block]]) -> None:
        """Open time needs a calendar; days of real time beside nights are probably not meant."""
        name = policy.get("calendar", self.around.default_calendar)
        known = self.around.section("calendars")
        if isinstance(name, str) and name not in known:
            if self.around.complete and "calendar" in policy:
                listed = ", ".join(known) or "one defined under calendars:"
                complaint = Complaint(f"one of {listed}", tuple(known))
                self.findings.complain((*path, "calendar"), complaint)
            return
        spans = list(_durations(policy, path, levels))
        if name is None and spans and self.around.complete:
            self.findings.warn(
                path,
                "counts around the clock, because there is no calendar; "
                "name one here or under defaults.calendar",
            )
        for place, span in spans:
            if name is None and span.business_days and self.around.complete:
                self.findings.complain(
                    place,
                    Complaint(
                        "a duration without business days, because there is no calendar",
                        remedy="name a calendar in the policy or under defaults.calendar",
                    ),
                )
            elif span.days and self._has_nights(name):
                self.findings.warn(
                    place,
                    f"counts {span.days}d in real time, nights and holidays included; "
                    f"{span.days}bd would be business days",
                )

    def _has_nights(self, name: object) -> bool:
        calendar = self.around.calendars.get(name) if isinstance(name, str) else None
        return calendar is not None and any(hours != ((0, DAY),) for hours in calendar.week)

    # Levels ---------------------------------------------------------------------------------

    def _check_hint(self, policy: Block, path: Path, levels: Sequence[tuple[int, Block]]) -> None:
        numbers = numbers_of(policy.get("levels"))
        for index, level in levels:
            if "wait" in level and index > 0:
                self.findings.complain(
                    (*path, "levels", index, "wait"),
                    Complaint(
                        "wait on the first level only: it makes that one the hint",
                        got=f"one on level {numbers[index]}",
                        remedy="use ack_within for how long this level may take",
                        at_key=True,
                    ),
                )
        if not numbers or numbers[0] != HINT:
            return
        hint = levels[0][1] if levels and levels[0][0] == 0 else None
        for key in _NOT_OF_A_HINT if hint is not None else ():
            if hint is not None and key in hint:
                self.findings.complain(
                    (*path, "levels", 0, key),
                    Complaint(
                        "a hint without it: the front line keeps the ticket while it waits",
                        got=repr(key),
                        remedy=f"take out `{key}`, or take out `wait` to make this level 1",
                        at_key=True,
                    ),
                )
        if len(numbers) == 1:
            self.findings.complain(
                (*path, "levels"),
                Complaint("a level after the hint, which only waits", got="the hint alone"),
            )

    def _check_level(self, policy: Block, level: Block, index: int, path: Path) -> None:
        place: Path = (*path, "levels", index)
        is_hint = index == 0 and "wait" in level
        if not is_hint and not {"responsible", "do", "notify"} & set(level):
            self.findings.complain(
                place,
                Complaint(
                    "somebody responsible: responsible: {team: …}, {lead: …} or {person: …}",
                    got="a level that does nothing",
                    remedy="a level without one needs at least do or notify",
                ),
            )
        kind = kind_of(policy, level)
        if isinstance(level.get("responsible"), Block):
            self._check_responsible(level["responsible"], kind, (*place, "responsible"))
        self._check_order(level, place)
        self._check_do(level, kind, place)
        self.recipients.check_level(level, kind, place, is_hint=is_hint)

    def _check_responsible(self, who: Block, kind: str, place: Path) -> None:
        if not self.around.complete:
            return
        for key in ("team", "lead"):
            if key in who and not self._is_known_team(who[key], (*place, key)):
                return
        if "lead" in who and self.around.lead_of(who["lead"]) is None:
            self.findings.complain(
                (*place, "lead"),
                Complaint(
                    "a team with a lead",
                    got=f"{who['lead']!r}, which has none",
                    remedy=f"add lead: … to teams.{who['lead']}",
                ),
            )
        if "team" not in who:
            return
        name = text_of(who, "team") or ""
        if kind == Kind.HIERARCHICAL:
            self.findings.complain(
                (*place, "team"),
                Complaint(
                    "lead or person: a hierarchical level tells one person, it assigns nothing",
                    got="team",
                    remedy=f"write {{lead: {name}}}, or type: functional to hand the ticket to the team",
                    at_key=True,
                ),
            )
            return
        self._check_pool(who, name, place)

    def _is_known_team(self, name: object, place: Path) -> bool:
        teams = self.around.section("teams")
        if not isinstance(name, str) or name.strip() in teams:
            return isinstance(name, str)
        listed = (
            f"one of the teams {', '.join(teams)}"
            if teams
            else "a team of this file, which has none"
        )
        self.findings.complain(place, Complaint(listed, tuple(teams)))
        return False

    def _check_pool(self, who: Block, name: str, place: Path) -> None:
        team = self.around.team(name)
        if team is None:
            return
        if "pool" not in team and "skill" not in who and text_of(team, "lead") is None:
            self.findings.complain(
                (*place, "team"),
                Complaint(
                    "a team with a pool, which says whose turn it is",
                    got=f"{name!r}, which has neither pool nor lead",
                    remedy=f"add to teams.{name}: pool: {{members: group, if_none: unassigned}}",
                ),
            )
        elif "pool" not in team and "skill" not in who:
            self.findings.warn(
                (*place, "team"),
                f"team {name!r} has no pool: its lead gets every ticket; "
                "pool: {members: group, if_none: lead} would share them out",
            )
        skill = text_of(who, "skill")
        if skill is None:
            return
        known = tuple(block_of(team, "skills"))
        if skill not in known:
            listed = (
                f"one of {', '.join(known)}" if known else "a skill of the team, which has none"
            )
            remedy = (
                None if known else f"add to teams.{name}: skills: {{{skill}: [ana@example.com]}}"
            )
            self.findings.complain((*place, "skill"), Complaint(listed, known, remedy=remedy))
        elif "pool" not in team:
            self.findings.complain(
                (*place, "skill"),
                Complaint(
                    "a team with a pool, which the skill narrows down",
                    got=f"{name!r}, which has none",
                    remedy=f"add to teams.{name}: pool: {{members: group, if_none: lead}}",
                ),
            )

    def _check_order(self, level: Block, place: Path) -> None:
        """To be done before anybody had to say that they have seen it: one of the two is wrong."""
        ack, resolve = _duration(level, "ack_within"), _duration(level, "resolve_within")
        if ack is None or resolve is None or ack.business_days or resolve.business_days:
            return
        if not (ack.days or resolve.days) and resolve.minutes < ack.minutes:
            self.findings.complain(
                (*place, "resolve_within"),
                Complaint(f"at least ack_within, which is {ack}"),
            )

    def _check_do(self, level: Block, kind: str, place: Path) -> None:
        do = level.get("do")
        for index, name, _ in calls_of(do):
            path: Path = (*place, "do", index, name)
            refuse_escalate(name, path, self.findings)
            if name in {"assign", "group"} and kind == Kind.FUNCTIONAL and "responsible" in level:
                self.findings.warn(
                    path,
                    f"comes after the level's own {name}, which gives the ticket to the responsible",
                )

    # The whole ladder -----------------------------------------------------------------------

    def _check_end(self, policy: Block, path: Path, levels: Sequence[tuple[int, Block]]) -> None:
        numbers = numbers_of(policy.get("levels"))
        waiting = [entry for entry in levels if not (entry[0] == 0 and "wait" in entry[1])]
        for index, level in waiting[:-1]:
            if "ack_within" not in level:
                self.findings.warn(
                    (*path, "levels", index),
                    f"level {numbers[index]} has no ack_within: the ladder never goes on from there",
                )
        if not waiting or "ack_within" in waiting[-1][1]:
            return
        for key in ("repeat", "exhausted"):
            if policy.get(key):
                self.findings.warn(
                    (*path, key),
                    f"never happens, because the last level has no ack_within: "
                    f"nothing comes after level {numbers[waiting[-1][0]]}",
                )

    def _check_replies(self, path: Path, levels: Sequence[tuple[int, Block]]) -> None:
        first: Path | None = None
        for index, level in levels:
            do = level.get("do")
            for at, name, _ in calls_of(do):
                place: Path = (*path, "levels", index, "do", at, name)
                if name == "reply" and first is not None:
                    self.findings.warn(
                        place,
                        "is left out when an earlier level has replied: "
                        "the customer gets one reply in an escalation",
                    )
                elif name == "reply":
                    first = place

    def _check_priority(self, policy: Block, path: Path) -> None:
        word = policy.get("priority", USUAL_PRIORITY.word)
        is_named = "priority" in policy
        if word == NO_PRIORITY:
            return
        for use in self.around.hosts:
            if is_named and (fault := lacking(use.host.type, use.options, Ability.PRIORITY)):
                why, remedy = fault
                complaint = Complaint(f"a priority that {use.name!r} has", got=why, remedy=remedy)
                self.findings.complain((*path, "priority"), complaint)
                return
            unmarked = priority_fault(use.name, use.host.type, use.options, str(word))
            if unmarked and is_named:
                self.findings.complain((*path, "priority"), unmarked)
                return
            if unmarked:
                self.findings.warn(
                    path,
                    f"raises the priority to {word}, as every ladder does, but {use.name!r} cannot "
                    f"show it and leaves it as it is; {unmarked.remedy}, or write priority: none here",
                )


def refuse_escalate(name: str, place: Path, findings: Findings) -> None:
    """A ladder climbs by itself; where it leads on, a rule says so."""
    if name != "escalate":
        return
    findings.complain(
        place,
        Complaint(
            "another action: a ladder goes on to its next level by itself",
            got="escalate",
            remedy="to lead on to another policy, write a rule with on: [escalation.exhausted]",
            at_key=True,
        ),
    )


def _durations(
    policy: Block, path: Path, levels: Sequence[tuple[int, Block]]
) -> Iterator[tuple[Path, Duration]]:
    if span := _duration(policy, "ack_timeout"):
        yield (*path, "ack_timeout"), span
    for index, level in levels:
        for key in _TIMES:
            if span := _duration(level, key):
                yield (*path, "levels", index, key), span


def _duration(entry: Block, key: str) -> Duration | None:
    value: Any = entry.get(key)
    try:
        return Duration.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None
