"""Finding who of a pool gets the ticket, at the fresh read: absence, access, load and turn are of now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from plugin.actions import Occasion
from plugin.actions._fresh import name_of, owner_id
from plugin.actions._ladder import escalation_of
from plugin.actions._people import at_work, find_person, reason_unavailable
from plugin.domain.choosing import Candidate, choose
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import Refused
from plugin.domain.escalation import Escalation
from plugin.domain.fields import texts_of
from plugin.domain.folding import fold
from plugin.domain.ladder import Pool, Strategy
from plugin.domain.rota import on_call
from plugin.domain.settings import Config, Team
from plugin.domain.ticket import Agent, EarlierTicket, Group, MessageKind

_CATEGORY = "category"
_LEAD, _UNASSIGNED = "lead", "unassigned"
_REMEMBERED = timedelta(days=365)
"""How long ago a customer's earlier ticket may have been opened to tell who knows them."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whom it is to be; `how` tells how they were chosen, or why there is nobody.

    `stays` is true for the owner who has the ticket already and comes into question.
    """

    agent: Agent | None
    how: str = ""
    stays: bool = False


def find_responsible(params: Mapping[str, Any], occasion: Occasion, *, owning: bool) -> Found:
    """Whom `pool: <team>` (with `skill`), `lead: <team>` or `to: <person>` mean right now.

    `without` lists ids of agents who had the ticket already: it never goes back to them. Of a pool
    rather those get it whom no later level asks: who has it now could not get it then. With `owning` only people who may own tickets of the ticket's group count, and the present owner
    stays when they are one of those in question. Raises `Refused` for what the file has not, and
    what the helpdesk raises.
    """
    if "pool" in params:
        return _Asking(params, occasion, owning).of_pool()
    agent, because = at_work(find_person(params, occasion), occasion, owning=owning)
    if agent is not None and had_it(agent, params):
        return Found(None, f"{name_of(agent)} had it already")
    return Found(agent, because)


def is_turn_of_owner(params: Mapping[str, Any], occasion: Occasion) -> bool:
    """True when the owner has the ticket by this very action, whose answer got lost."""
    given = occasion.take_turn(_pool_name(str(params["pool"]), occasion), ())
    return given != "" and given == owner_id(occasion.ticket)


def had_it(agent: Agent, params: Mapping[str, Any]) -> bool:
    """True for somebody the ticket must not go back to."""
    return str(agent.person.id) in {str(one) for one in params.get("without") or ()}


class _Asking:
    """One question to one pool."""

    def __init__(self, params: Mapping[str, Any], occasion: Occasion, owning: bool) -> None:
        self._params = params
        self._occasion = occasion
        self._owning = owning
        self._team, self._pool = _team_of(str(params["pool"]), occasion)
        self._known: dict[str, Agent] = {}
        escalation = escalation_of(params, occasion)
        self._later = _asked_later(escalation, occasion.config) if escalation else frozenset()
        self._allowed: frozenset[int | None] | None = None

    def of_pool(self) -> Found:
        """Whose turn it is; when nobody can take it, whom `if_none` names."""
        people, left_out = self._members()
        candidates = [self._candidate(agent) for agent in people]
        if all(one.unfit for one in candidates):
            candidates += self._stand_ins(people)
        candidates += [Candidate("", "", unfit=reason) for reason in left_out]
        owner = owner_id(self._occasion.ticket)
        if self._owning and any(one.id == owner and not one.unfit for one in candidates):
            return Found(self._known[owner], f"who is of {self._name} and has it", stays=True)
        fit = [self._known[one.id] for one in candidates if not one.unfit]
        strategy = self._pool.strategy
        loads = self._loads(fit) if strategy is Strategy.LEAST_OPEN and len(fit) > 1 else None
        answered = self._answered() if strategy is Strategy.STICKY and len(fit) > 1 else ()
        choice = choose(strategy, candidates, loads=loads, answered=answered)
        if choice.nobody:
            return self._if_none(choice.nobody)
        among = [one.id for one in choice.among]
        before = self._turn(())
        if before in {str(agent.person.id) for agent in fit}:
            among = [before]
        person = self._turn(among)
        return Found(self._known[person], choice.told(person))

    def _turn(self, among: Sequence[str]) -> str:
        return self._occasion.take_turn(_pool_name(self._team.name, self._occasion), among)

    @property
    def _name(self) -> str:
        return f"team {self._team.name!r}"

    # Who is in it ---------------------------------------------------------------------------

    def _members(self) -> tuple[list[Agent], list[str]]:
        """The people in question, and words about those who are not to be found."""
        match self._pool.strategy:
            case Strategy.LEAD:
                return self._find([self._team.lead] if self._team.lead else [], "the lead")
            case Strategy.ONCALL:
                on_duty = on_call(self._pool, self._occasion.now)
                return self._find([duty.who for duty in on_duty], "somebody on call")
        if self._pool.members is None:
            group = _group_of(self._team, self._occasion)
            people, left_out = list(self._occasion.helpdesk.agents(group)), list[str]()
        else:
            people, left_out = self._find(self._pool.members, "somebody of the pool")
        skill = self._skill()
        if skill is None:
            return people, left_out
        skilled = _named(people, self._team.skills.get(skill, ()))
        return skilled, [] if skilled else [f"nobody of it has the skill {skill!r}"]

    def _find(self, names: Iterable[str], who: str) -> tuple[list[Agent], list[str]]:
        """Addresses stay out of notes: the file shows them."""
        found = [self._occasion.helpdesk.find_agent(name) for name in names]
        lost = [f"{who} is no agent of the helpdesk" for one in found if one is None]
        by_id = {agent.person.id: agent for agent in found if agent is not None}
        return list(by_id.values()), lost[:1]

    def _skill(self) -> str | None:
        """The skill that is asked for; else, for `strategy: skill`, the one the ticket is about."""
        skills = {fold(name): name for name in self._team.skills}
        asked = str(self._params.get("skill") or "")
        if asked:
            return skills.get(fold(asked), asked)
        if self._pool.strategy is not Strategy.SKILL:
            return None
        about = _subjects_of(self._occasion)
        return next((name for folded, name in skills.items() if folded in about), None)

    # Who can take it ------------------------------------------------------------------------

    def _candidate(self, agent: Agent) -> Candidate:
        number = str(agent.person.id)
        self._known[number] = agent
        later = _named([agent], self._later)
        return Candidate(
            number,
            name_of(agent),
            unfit=self._reason_against(agent),
            spared=f"{name_of(agent)} is asked on a later level" if later else "",
        )

    def _reason_against(self, agent: Agent) -> str:
        if had_it(agent, self._params):
            return f"{name_of(agent)} had it already"
        if away := reason_unavailable(agent, self._occasion):
            return away
        if self._owning and agent.person.id not in self._owners():
            group = self._occasion.ticket.group.name
            return f"{name_of(agent)} may not own tickets of group {group!r}"
        return ""

    def _owners(self) -> frozenset[int | None]:
        """Who may own tickets of the ticket's present group."""
        if self._allowed is None:
            allowed = self._occasion.helpdesk.agents(self._occasion.ticket.group)
            self._allowed = frozenset(agent.person.id for agent in allowed)
        return self._allowed

    def _stand_ins(self, people: Iterable[Agent]) -> list[Candidate]:
        """When nobody of the pool is there: those whom absent members named as replacements."""
        found: dict[str, Candidate] = {}
        for agent in people:
            other, because = at_work(agent, self._occasion, owning=self._owning)
            if other is not None and because:
                candidate = self._candidate(other)
                found.setdefault(candidate.id, replace(candidate, because=because))
        return [one for one in found.values() if not one.unfit]

    def _loads(self, fit: Sequence[Agent]) -> dict[str, int] | None:
        """Open tickets by id; None when the helpdesk does not let us count: then turns decide."""
        try:
            counts = self._occasion.helpdesk.open_tickets(fit)
        except Refused:
            return None
        return {str(agent.person.id): counts.get(agent.person.id or 0, 0) for agent in fit}

    def _answered(self) -> list[str]:
        """Ids of those who know the customer, the latest first: who wrote to them on this ticket,

        then who owns their other tickets.
        """
        ticket = self._occasion.ticket
        wrote = [
            str(message.author.id)
            for message in reversed(ticket.messages)
            if message.kind is MessageKind.AGENT and message.by_human
        ]
        others = sorted(self._earlier(), key=lambda one: one.created_at, reverse=True)
        return wrote + [str(one.owner_id) for one in others if one.id != ticket.ref.id]

    def _earlier(self) -> Sequence[EarlierTicket]:
        """The customer's tickets; none when the helpdesk does not show them."""
        ticket = self._occasion.ticket
        if ticket.customer_tickets is not None:
            return ticket.customer_tickets
        since = self._occasion.now - _REMEMBERED
        try:
            return self._occasion.helpdesk.customer_tickets(ticket.customer, since)
        except Refused:
            return ()

    # When nobody can ------------------------------------------------------------------------

    def _if_none(self, why: str) -> Found:
        nobody = f"nobody of {self._name} can take it ({why})"
        who = self._pool.if_none
        if who == _UNASSIGNED:
            return Found(None, nobody)
        if who == _LEAD:
            who, title = self._team.lead or "", "its lead"
        else:
            title = "the person of if_none"
        agent = self._occasion.helpdesk.find_agent(who) if who else None
        if agent is None:
            return Found(None, f"{nobody}, and {title} is no agent of the helpdesk")
        other, because = at_work(agent, self._occasion, owning=self._owning)
        against = because if other is None else self._reason_against(other)
        if other is None or against:
            return Found(None, f"{nobody}, nor {title} ({against})")
        self._turn([str(other.person.id)])  # so that a repetition knows its own work
        return Found(other, ", ".join(filter(None, (because, f"because {nobody}"))))


def _asked_later(escalation: Escalation, config: Config) -> frozenset[str]:
    """The people whom the levels to come name, as a person or as the lead of a team."""
    coming = (
        level.responsible
        for level in escalation.policy.levels
        if level.responsible and escalation.level < level.number <= escalation.top
    )
    leads = {name: team.lead or "" for name, team in config.teams.items()}
    return frozenset(who.person or leads.get(who.lead or "", "") for who in coming)


def _pool_name(team: str, occasion: Occasion) -> str:
    """Of each helpdesk by itself: its people have their own ids."""
    return f"{occasion.helpdesk.name}/{team}"


def _team_of(name: str, occasion: Occasion) -> tuple[Team, Pool]:
    team = occasion.config.teams.get(name)
    if team is None or team.pool is None:
        missing = "is not in the file any more" if team is None else "has no `pool:` in the file"
        raise Refused(
            f"team {name!r} {missing}: say under `teams:` who gets its tickets, then run "
            "`deskladder retry`"
        )
    return team, team.pool


def _group_of(team: Team, occasion: Occasion) -> Group:
    ticket = occasion.ticket
    for group in (ticket.group, *occasion.helpdesk.groups()):
        if group.name.casefold() == team.group.casefold():
            return group
    raise Refused(
        f"the helpdesk has no group {team.group!r}, which team {team.name!r} names: correct the "
        "name, or give the service user access to the group, then run `deskladder retry`"
    )


def _named(people: Iterable[Agent], names: Collection[str]) -> list[Agent]:
    wanted = {name.strip().casefold() for name in names} - {""}
    return [
        agent
        for agent in people
        if {agent.person.email.casefold(), agent.person.login.casefold()} & wanted
    ]


def _subjects_of(occasion: Occasion) -> set[str]:
    """The ticket's tags and categories, folded: `category:billing` counts as `billing`."""
    ticket = occasion.ticket
    tags = [fold(tag) for tag in ticket.tags]
    named = [tag.removeprefix(f"{_CATEGORY}:").strip() for tag in tags]
    fields = {name.lower(): value for name, value in ticket.fields.items()}
    return {*tags, *named, *(fold(text) for text in texts_of(fields.get(_CATEGORY)))}
