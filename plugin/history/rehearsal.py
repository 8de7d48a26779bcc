"""The helpdesk of a replay: actions work on it as on a real one, and it goes no further than memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from plugin.domain.errors import Refused, TicketGone
from plugin.domain.helpdesk import Ability, Glimpse, Need, Whoami
from plugin.domain.past import Staff, TagChange
from plugin.domain.ticket import (
    Agent,
    Change,
    EarlierTicket,
    Group,
    Person,
    Priority,
    Role,
    State,
    Ticket,
)
from plugin.history.rewinding import Effects, Timeline

_US = Person(None, Role.AGENT, name="Deskladder")


@dataclass
class Rehearsal:
    """One helpdesk. `stage` says which ticket is worked on, and when it is.

    Refuses what the host would refuse: groups and people it does not have, owners without access.
    """

    name: str
    type: str
    staff: Staff
    owned: dict[int, int] = field(default_factory=dict)
    """Who owns which ticket that waits for somebody on our side, kept up to date by the replay."""
    _timeline: Timeline | None = field(default=None, init=False)
    _effects: Effects = field(default_factory=Effects, init=False)
    _now: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        everybody = [agent for agents in self.staff.agents.values() for agent in agents]
        self._everybody = tuple({agent.person.id: agent for agent in everybody}.values())
        self._groups = {group.name.casefold(): group for group in self.staff.groups}
        self._by_name: dict[str, Agent] = {}
        for agent in self._everybody:
            for known in (agent.person.email, agent.person.login):
                if known:
                    self._by_name.setdefault(known.casefold(), agent)

    def stage(self, timeline: Timeline, effects: Effects, now: datetime) -> None:
        """Work on this ticket from now on, and write what changes into `effects`."""
        self._timeline, self._effects, self._now = timeline, effects, now

    # Reading --------------------------------------------------------------------------------

    def whoami(self) -> Whoami:
        """Ourselves."""
        able = frozenset(Ability) - frozenset(self.staff.missing)
        return Whoami(self.staff.me or _US, "", able, dict(self.staff.missing))

    def read(self, ticket_id: int, needs: frozenset[Need] = frozenset()) -> Ticket:
        """The ticket as it is at this point of the replay."""
        del needs
        timeline = self._timeline
        found = timeline.at(self._at, self._effects) if timeline else None
        if found is None or found.ref.id != ticket_id:
            raise TicketGone(f"ticket {ticket_id} is not the one that is replayed")
        return found

    def changed_since(self, since: datetime) -> Iterable[Glimpse]:
        """Nothing: the replay knows what comes."""
        del since
        return ()

    def sweep(self) -> Iterable[Glimpse]:
        """Nothing."""
        return ()

    def customer_tickets(self, customer: Person, since: datetime) -> Sequence[EarlierTicket]:
        """What was read of the customer's other tickets, up to now."""
        ticket = self._timeline.past.ticket if self._timeline else None
        if ticket is None or ticket.customer.id != customer.id:
            return ()
        listed = ticket.customer_tickets or ()
        return [one for one in listed if since <= one.created_at <= self._at]

    def groups(self) -> Sequence[Group]:
        """The groups of today."""
        return self.staff.groups

    def agents(self, group: Group | None = None) -> Sequence[Agent]:
        """The people of today."""
        return self._everybody if group is None else self.staff.agents.get(group.id, ())

    def states(self) -> Sequence[State]:
        """The states of today."""
        return self.staff.states

    def find_agent(self, who: str) -> Agent | None:
        """By address or login."""
        return self._by_name.get(who.strip().casefold())

    def open_tickets(self, agents: Sequence[Agent]) -> Mapping[int, int]:
        """How many of the tickets replayed so far each of them owns."""
        counted = Counter(self.owned.values())
        return {
            agent.person.id: counted[agent.person.id]
            for agent in agents
            if agent.person.id is not None
        }

    # Writing, which stays here --------------------------------------------------------------

    def add_tags(self, ticket: Ticket, tags: Sequence[str]) -> None:
        """Tag it."""
        self._tag(ticket, tags, added=True)

    def remove_tags(self, ticket: Ticket, tags: Sequence[str]) -> None:
        """Untag it."""
        self._tag(ticket, tags, added=False)

    def set_priority(self, ticket: Ticket, priority: Priority) -> None:
        """Set it."""
        self._need(Ability.PRIORITY)
        before = ticket.priority.word if ticket.priority else ""
        self._change("priority", before, priority.word)

    def set_group(self, ticket: Ticket, group: str) -> None:
        """Move it; an owner without access is dropped, as both hosts do."""
        found = self._groups.get(group.strip().casefold())
        if found is None:
            raise Refused(f"the helpdesk has no group {group!r}")
        self._change("group", ticket.group.name, found.name)
        owner = ticket.owner
        if owner is not None and not self._may_own(owner.id, found):
            self._change("owner", str(owner.id), "")

    def set_owner(self, ticket: Ticket, agent: Agent | None) -> None:
        """Assign it to somebody with access."""
        number = agent.person.id if agent else None
        if number is not None and not self._may_own(number, ticket.group):
            raise Refused(f"somebody without access to group {ticket.group.name!r} cannot own it")
        before = ticket.owner.id if ticket.owner else None
        self._change("owner", str(before or ""), str(number or ""))

    def set_state(self, ticket: Ticket, state: str, pending_until: datetime | None = None) -> None:
        """Set it. Nobody wakes it up again: when it would is in no history."""
        del pending_until
        if all(one.name.casefold() != state.casefold() for one in self.staff.states):
            raise Refused(f"the helpdesk has no state {state!r}")
        self._change("state", ticket.state.name, state)

    def set_field(self, ticket: Ticket, name: str, value: str) -> None:
        """Set it."""
        del ticket
        self._need(Ability.FIELD)
        self._effects.fields[name] = value
        self._effects.wrote_at = self._at

    def add_note(self, ticket: Ticket, html: str, mark: str) -> int:
        """Only the instant is kept."""
        del html, mark
        self._effects.wrote_at = self._at
        return ticket.last_message_id

    def add_reply(self, ticket: Ticket, html: str, mark: str) -> int:
        """Only the instant is kept."""
        return self.add_note(ticket, html, mark)

    def find_mark(self, ticket_id: int, mark: str) -> int | None:
        """Every call is answered here, so nothing is in doubt."""
        del ticket_id, mark
        return None

    def subscribe(self, ticket: Ticket, agent: Agent) -> None:
        """Followers change nothing that is looked at."""
        del ticket, agent
        self._need(Ability.SUBSCRIBE)

    def close(self) -> None:
        """Nothing is open."""

    @property
    def _at(self) -> datetime:
        if self._now is None:
            raise TicketGone("no ticket is replayed")
        return self._now

    def _need(self, ability: Ability) -> None:
        """Refuse what the host cannot do, with its remedy."""
        if ability in self.staff.missing:
            raise Refused(self.staff.missing[ability])

    def _may_own(self, number: int | None, group: Group) -> bool:
        return any(agent.person.id == number for agent in self.staff.agents.get(group.id, ()))

    def _tag(self, ticket: Ticket, tags: Sequence[str], *, added: bool) -> None:
        del ticket
        self._need(Ability.TAG)
        self._effects.tagging += [
            TagChange(self._at, tag, added, self.staff.me or _US, ours=True) for tag in tags
        ]
        self._effects.wrote_at = self._at

    def _change(self, what: str, before: str, after: str) -> None:
        change = Change(self._at, what, before, after, self.staff.me or _US, ours=True)
        self._effects.changes.append(change)
        self._effects.wrote_at = self._at
