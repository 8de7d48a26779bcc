"""Whom `notify:` of a ladder names, and whether anybody would hear of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plugin.configuration.document import Block
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Findings, Path
from plugin.configuration.hosts import lacking
from plugin.configuration.ladder_schema import ROLES
from plugin.configuration.surroundings import (
    Surroundings,
    action_lists,
    block_of,
    calls_of,
    items_of,
    text_of,
)
from plugin.domain.dataclass import dataclass
from plugin.domain.helpdesk import Ability
from plugin.domain.ladder import Kind

_HOW = "add service: {channel: …} for everybody, or people: {…: {channel: …}}"


@dataclass(slots=True)
class RecipientCheck:
    """Checks recipients of levels and ends; what is wrong goes to `findings`."""

    around: Surroundings
    findings: Findings

    def check_channels(self) -> None:
        """A channel must not be called like a role."""
        for name in self.around.section("notify"):
            if name.strip().lower() in ROLES:
                complaint = Complaint(
                    "another name", got=f"{name!r}, which means a person", at_key=True
                )
                self.findings.complain(("notify", name), complaint)

    def check_actions(self) -> None:
        """Whom the `notify` of a rule, a level or an end names; unknown names are told by the action."""
        for path, do in action_lists(self.around.root):
            for index, name, value in calls_of(do):
                for place, recipient in (
                    named(value, (*path, index, name)) if name == "notify" else ()
                ):
                    if recipient in ROLES or "@" in recipient:
                        self._check(recipient, place)

    def check_level(self, level: Block, kind: str, place: Path, *, is_hint: bool) -> None:
        """The entries of a level, and who has to be told without one."""
        has_responsible = "responsible" in level
        for path, recipient in named(level.get("notify"), (*place, "notify")):
            if recipient == "responsible" and not has_responsible:
                self._nobody_responsible(
                    path, "a hint has none" if is_hint else "the level has none"
                )
            else:
                self._check(recipient, path)
        who = level.get("responsible")
        if isinstance(who, Block) and kind == Kind.HIERARCHICAL and self.around.complete:
            self._check_told(who, (*place, "responsible"))

    def check_end(self, policy: Block, path: Path) -> None:
        """The entries of `exhausted`."""
        end = block_of(policy, "exhausted")
        somebody = any(
            isinstance(level, Block) and "responsible" in level
            for level in items_of(policy, "levels")
        )
        for place, recipient in named(end.get("notify"), (*path, "exhausted", "notify")):
            if recipient == "responsible" and not somebody:
                self._nobody_responsible(place, "no level has one")
            else:
                self._check(recipient, place)

    def _nobody_responsible(self, path: Path, why: str) -> None:
        self.findings.complain(
            path,
            Complaint(
                "somebody who can be told",
                got=f"responsible, but {why}",
                remedy="name a channel or an address, or give the level a responsible",
            ),
        )

    def _check(self, recipient: str, path: Path) -> None:
        if not self.around.complete:
            return
        if recipient in self.around.section("notify"):
            return
        if recipient in ROLES:
            self._check_role(recipient, path)
        elif "@" not in recipient:
            channels = tuple(self.around.section("notify"))
            self.findings.complain(
                path,
                Complaint(
                    f"one of {', '.join((*ROLES, *channels))}, or an e-mail address",
                    (*ROLES, *channels),
                ),
            )
        elif self.around.channel_of(recipient) is None:
            self.findings.complain(
                path,
                Complaint(
                    "somebody with a channel: an entry under people:, or service.channel for all",
                    remedy=f"add people: {{{recipient}: {{channel: …}}}}",
                ),
            )

    def _check_role(self, role: str, path: Path) -> None:
        if not self.around.tells_anybody:
            complaint = Complaint(
                "a recipient who can be told", got=f"{role}, but nobody has a channel", remedy=_HOW
            )
            self.findings.complain(path, complaint)
        elif role == "lead" and not any(
            text_of(team, "lead") for _, team in self.around.entries("teams")
        ):
            complaint = Complaint(
                "a recipient who can be told",
                got="lead, but no team has one",
                remedy="add lead: … to the team",
            )
            self.findings.complain(path, complaint)

    def _check_told(self, who: Block, place: Path) -> None:
        """Where nobody can be made to follow a ticket, a notification is the only way to tell them."""
        unable = [
            use.name
            for use in self.around.hosts
            if lacking(use.host.type, use.options, Ability.SUBSCRIBE)
        ]
        key = "lead" if "lead" in who else "person"
        person = self.around.lead_of(who.get("lead")) if key == "lead" else text_of(who, "person")
        if not unable or person is None or self.around.channel_of(person) is not None:
            return
        self.findings.complain(
            (*place, key),
            Complaint(
                f"somebody with a channel: on {unable[0]!r} (FreeScout) people cannot be made to follow "
                "a conversation, so a hierarchical level tells them by notification",
                got=f"{person}, who has none",
                remedy=f"add people: {{{person}: {{channel: …}}}}, or service.channel for all",
            ),
        )


def named(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every recipient of a `notify:` with its place."""
    if isinstance(value, str):
        yield path, "".join(value).strip()
    elif isinstance(value, Block):
        yield from named(value.get("to"), (*path, "to"))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from named(item, (*path, index))
