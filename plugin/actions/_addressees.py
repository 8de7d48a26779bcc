"""Whom a notification means: roles become people at the fresh read, people become channels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from plugin.actions import Occasion
from plugin.actions._fresh import name_of
from plugin.actions._ladder import escalation_of
from plugin.actions._pools import find_responsible
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import Refused
from plugin.domain.escalation import Escalation, Phase
from plugin.domain.ladder import Responsible
from plugin.domain.recipients import (
    Recipient,
    channel_recipient,
    person_recipient,
)
from plugin.domain.ticket import Agent, Person
from plugin.texts.ladder import responsible_id
from plugin.texts.values import team_of

RESPONSIBLE, OWNER, LEAD = "responsible", "owner", "lead"
ROLES: Final = (RESPONSIBLE, OWNER, LEAD)
TOLD: Final = "told"
"""Key of `wrote`: whom an action told, as `role:who`, so that nobody hears a thing twice."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """One recipient with the role they are told in. `person` is whom a link is made for."""

    recipient: Recipient
    role: str
    name: str
    person: str = ""

    @property
    def token(self) -> str:
        """What is kept of whom was told: no address."""
        return self.person or self.recipient.key or self.recipient.channel


class Nobody(Exception):
    """A role nobody has on this ticket now, or somebody who cannot be told; says why."""


@dataclass(slots=True)
class Addressees:
    """Finds them. `made_responsible` is the id of an agent who became responsible by being told."""

    params: Mapping[str, Any]
    occasion: Occasion
    made_responsible: str = ""

    def find(self) -> tuple[list[Addressee], list[str]]:
        """Everybody to tell, each once, and why somebody meant is not among them.

        Raises `Refused` for a channel that is not in the file, and what the helpdesk raises.
        """
        found: dict[tuple[str, str], Addressee] = {}
        missing: list[str] = []
        for who in map(str, self.params["to"]):
            try:
                one = self._one(who)
            except Nobody as why:
                missing.append(str(why))
                continue
            found.setdefault((one.recipient.address, one.recipient.channel), one)
        return list(found.values()), missing

    def _one(self, who: str) -> Addressee:
        config = self.occasion.config
        if who in ROLES and who not in config.notify:
            return self._in_role(who)
        if "@" in who and who not in config.notify:
            return self._person(who, role="person")
        return self._unless_told(Addressee(channel_recipient(config, who), "channel", who))

    def _in_role(self, role: str) -> Addressee:
        if role == RESPONSIBLE:
            agent = self._responsible()
            return self._agent(agent.person, role)
        if role == OWNER:
            owner = self.occasion.ticket.owner
            if owner is None:
                raise Nobody("nobody owns the ticket")
            return self._agent(owner, role)
        if not self._is_news_for_lead():
            raise Nobody("the lead was told before")
        return self._person(self._lead(), role)

    def _is_news_for_lead(self) -> bool:
        """Once per escalation; but a page goes through, and so does that nobody is left."""
        escalation = escalation_of(self.params, self.occasion)
        if self.params.get("urgency") == "page":
            return True
        if escalation is not None and escalation.phase is Phase.EXHAUSTED:
            return True
        return not any(told.startswith(f"{LEAD}:") for told in self._told_in(whole=True))

    def _agent(self, person: Person, role: str) -> Addressee:
        address = (person.email or person.login).strip().lower()
        name = person.name or f"agent {person.id}"
        if not address:
            raise Nobody(f"{name} has no address")
        return self._reach(address, role, name, str(person.id))

    def _person(self, address: str, role: str) -> Addressee:
        agent = self.occasion.helpdesk.find_agent(address)
        name = name_of(agent) if agent else address.partition("@")[0]
        number = str(agent.person.id) if agent else name
        return self._reach(address, role, name, number)

    def _reach(self, address: str, role: str, name: str, person: str) -> Addressee:
        try:
            recipient = person_recipient(self.occasion.config, address)
        except Refused as problem:
            raise Nobody(f"{name}: {problem}") from problem
        return self._unless_told(Addressee(recipient, role, name, person))

    def _unless_told(self, one: Addressee) -> Addressee:
        """Nobody hears of one step twice, except that a page overtakes."""
        if self.params.get("urgency") == "page":
            return one
        if any(told.partition(":")[2] == one.token for told in self._told_in(whole=False)):
            raise Nobody(f"{one.name} was told of this step before")
        return one

    # Roles of a ladder --------------------------------------------------------------------

    def _escalation(self) -> Escalation | None:
        found = escalation_of(self.params, self.occasion)
        if found is not None:
            return found
        running = [one for one in self.occasion.memory.escalations if not one.phase.is_over]
        return max(running, key=lambda one: one.level, default=None)

    def _responsible(self) -> Agent:
        """Who was chosen for the level, else whom the policy names; outside a ladder the owner."""
        escalation = self._escalation()
        if escalation is None:
            owner = self.occasion.ticket.owner
            if owner is None:
                raise Nobody("nobody owns the ticket, and no ladder says who is responsible")
            return Agent(owner)
        chosen = responsible_id(escalation, self.occasion.memory.actions)
        if chosen:
            known = {str(one.person.id): one for one in self.occasion.helpdesk.agents()}
            if chosen in known:
                return known[chosen]
        level = escalation.at
        if level is None or level.responsible is None:
            raise Nobody("the level has nobody responsible")
        if level.responsible.team is not None:
            raise Nobody("nobody has it yet")
        asked = {
            **_as_params(level.responsible),
            "without": [],
            "number": escalation.number,
        }
        found = find_responsible(asked, self.occasion, owning=False)
        if found.agent is None:
            raise Nobody(f"nobody responsible can be told: {found.how}")
        self.made_responsible = str(found.agent.person.id)
        return found.agent

    def _lead(self) -> str:
        config = self.occasion.config
        team = config.teams.get(str(self.params.get("team", "")))
        escalation = self._escalation()
        if team is None and escalation is not None and escalation.at is not None:
            who = escalation.at.responsible
            team = config.teams.get((who.team or who.lead or "") if who else "")
        team = team or team_of(self.occasion.ticket, config)
        if team is None or not team.lead:
            raise Nobody("the team has no lead")
        return team.lead

    def _told_in(self, *, whole: bool) -> Iterator[str]:
        """Whom the other notifications of this step (or of the whole escalation) told."""
        action = self.occasion.action
        prefix = f"{action.cycle.partition('.')[0]}." if whole else action.cycle
        for record in self.occasion.memory.actions:
            if record.rule != action.rule or record.key == action.key:
                continue
            same = record.cycle.startswith(prefix) if whole else record.cycle == prefix
            told = record.wrote.get(TOLD) if same and record.name == "notify" else None
            if isinstance(told, list):
                yield from map(str, told)


def _as_params(responsible: Responsible) -> dict[str, str]:
    if responsible.lead is not None:
        return {"lead": responsible.lead}
    return {"to": responsible.person or ""}
