"""How rules, ladders, people and the service lean on each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plugin.configuration.document import Block
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Findings, Path
from plugin.configuration.ladders import numbers_of
from plugin.configuration.matrix import rows_of
from plugin.configuration.scalars import Concealed
from plugin.configuration.schema import LADDER_EVENTS
from plugin.configuration.surroundings import Surroundings, calls_of, items_of, text_of
from plugin.domain.dataclass import dataclass
from plugin.domain.ladder import LADDER, MATRIX

_EVENT = "escalation."
_OF_LADDERS = frozenset({*LADDER_EVENTS, "manual"})
_PLACE_OF_ADDRESS = "{address}"
_SHORTEST_TOKEN = 16


@dataclass(slots=True)
class UseCheck:
    """Checks what spans several sections; what is wrong goes to `findings`."""

    around: Surroundings
    findings: Findings

    def check(self) -> None:
        """Look at rules, policies, people and the service."""
        for index, rule in enumerate(items_of(self.around.root, "rules")):
            if isinstance(rule, Block):
                self._check_rule(rule, ("rules", index))
        self._check_unused()
        self._check_people()
        self._check_service()
        self._check_links()

    # Rules ----------------------------------------------------------------------------------

    def _check_rule(self, rule: Block, path: Path) -> None:
        name = text_of(rule, "name") or ""
        if name.casefold().startswith(LADDER.strip()):
            complaint = Complaint(
                f"a name that does not begin with {LADDER.strip()!r}, as the actions of ladders do"
            )
            self.findings.complain((*path, "name"), complaint)
        heard = [
            at for at, event in enumerate(items_of(rule, "on")) if str(event).startswith(_EVENT)
        ]
        policies = self.around.section("policies")
        climbed = [at for at, event in enumerate(items_of(rule, "on")) if str(event) in _OF_LADDERS]
        if climbed and not policies and self.around.complete:
            self.findings.complain(
                (*path, "on", climbed[0]),
                Complaint(
                    "an event that can happen, but there are no ladders under policies:",
                    remedy="add one: policies: {default: {levels: [{responsible: {team: …}}]}}",
                ),
            )
        for place, policy, value in self._escalations(rule, path):
            self._check_target(policy, value, place)
            if heard:
                self._check_loop(policy, place)

    @staticmethod
    def _escalations(rule: Block, path: Path) -> Iterator[tuple[Path, str, Any]]:
        """Place, policy and parameters of each `escalate` of a rule."""
        do = rule.get("do")
        for index, name, value in calls_of(do):
            if name == "escalate":
                policy = value.get("policy", MATRIX) if isinstance(value, Block) else value
                yield (*path, "do", index, name), str(policy), value

    def _check_target(self, policy: str, value: Any, place: Path) -> None:
        """`matrix` needs a matrix, and a start level must be one of the policy's."""
        if policy == MATRIX and not rows_of(self.around.root) and self.around.complete:
            known = tuple(self.around.section("policies"))
            self.findings.complain(
                place,
                Complaint(
                    "a policy, because this file has no matrix that could choose one",
                    remedy=f"write escalate: {known[0]}, or add matrix: [{{policy: {known[0]}}}]"
                    if known
                    else "add matrix: and policies:",
                    at_key=True,
                    got=MATRIX,
                ),
            )
        target = self.around.section("policies").get(policy)
        start = value.get("start_level") if isinstance(value, Block) else None
        numbers = numbers_of(target.get("levels")) if isinstance(target, Block) else []
        if numbers and isinstance(start, int) and start not in numbers:
            complaint = Complaint(f"a level of {policy}: one of {', '.join(map(str, numbers))}")
            self.findings.complain((*place, "start_level"), complaint)

    def _check_loop(self, policy: str, place: Path) -> None:
        """An escalation that opens itself again would never end."""
        policies = tuple(self.around.section("policies"))
        if policy != MATRIX and set(policies) != {policy}:
            return
        self.findings.complain(
            place,
            Complaint(
                "another policy by its name: on what a ladder did, the rule would open the same ladder",
                got=policy,
                at_key=True,
                remedy="a ladder goes on by itself; `repeat` climbs it again",
            ),
        )

    def _check_unused(self) -> None:
        if not self.around.complete:
            return
        used = {
            text_of(row, "policy") for row in rows_of(self.around.root) if isinstance(row, Block)
        }
        for index, rule in enumerate(items_of(self.around.root, "rules")):
            if isinstance(rule, Block):
                used |= {policy for _, policy, _ in self._escalations(rule, ("rules", index))}
        for name, _ in self.around.entries("policies"):
            if name not in used:
                self.findings.warn(
                    ("policies", name),
                    "is never used: no rule and no row of the matrix leads to it, "
                    f"only /escalate {name} in a note",
                )

    # People and the service -----------------------------------------------------------------

    def _check_people(self) -> None:
        seen: dict[str, str] = {}
        for written, person in self.around.entries("people"):
            path: Path = ("people", written)
            address = written.strip().lower()
            if address in seen:
                complaint = Complaint(
                    f"each person once, but {seen[address]} is the same",
                    got=written,
                    at_key=True,
                    remedy="capitals do not matter in addresses",
                )
                self.findings.complain(path, complaint)
            seen.setdefault(address, written)
            self._check_name(person, "channel", "notify", path)
            self._check_name(person, "calendar", "calendars", path)
            if "channel" not in person and self.around.usual_channel is None:
                self.findings.warn(
                    path, "is never told: neither this entry nor service: names a channel"
                )

    def _check_service(self) -> None:
        service = self.around.section("service")
        self._check_name(service, "channel", "notify", ("service",))
        channel = self.around.section("notify").get(text_of(service, "channel") or "")
        url = channel.get("url") if isinstance(channel, Block) else None
        if isinstance(url, str) and _PLACE_OF_ADDRESS not in url:
            self.findings.warn(
                ("service", "channel"),
                f"has no {_PLACE_OF_ADDRESS} in its URL: whoever reads there gets everybody's notifications",
            )
        token = service.get("api_token")
        if not isinstance(token, str):
            return
        if len(token.strip()) < _SHORTEST_TOKEN:
            complaint = Complaint(
                f"a token of at least {_SHORTEST_TOKEN} characters",
                got="a shorter one",
                remedy="openssl rand -hex 32 makes one",
            )
            self.findings.complain(("service", "api_token"), complaint)
        elif not isinstance(token, Concealed):
            self.findings.warn(
                ("service", "api_token"),
                "stands in the file as it is: anybody who can read the file can use it; "
                "write ${API_TOKEN} or ${file:/run/secrets/api_token}",
            )

    def _check_links(self) -> None:
        """Without an address of its own the service cannot be linked to."""
        if "url" in self.around.section("service") or not self.around.complete:
            return
        for name, texts in self.around.entries("notes"):
            for code, text in texts.items():
                if isinstance(text, str) and "ack_url" in text:
                    self.findings.warn(
                        ("notes", name, code),
                        "says ack_url, which stays empty: service.url is not set",
                    )

    def _check_name(self, entry: Block, key: str, section: str, path: Path) -> None:
        name = text_of(entry, key)
        known = tuple(self.around.section(section))
        if name is None or name in known or not self.around.complete:
            return
        listed = f"one of {', '.join(known)}" if known else f"one defined under {section}:"
        self.findings.complain((*path, key), Complaint(listed, known))
