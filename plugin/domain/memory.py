"""What Deskladder remembers of a ticket between two looks: ids, times and outcomes, no texts."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import field, fields
from datetime import datetime, timedelta
from operator import attrgetter

from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Escalation, Request
from plugin.domain.ticket import Change, Message, Priority, StateType, Ticket, TicketRef


class ActionState(enum.StrEnum):
    """Where a planned action stands; the last six are final."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"  # sent, no answer: look for our mark before repeating
    DONE = "done"
    FAILED = "failed"  # refused by the helpdesk: a dead letter until `retry`
    SKIPPED = "skipped"  # no longer made sense at the fresh read; `detail` says why
    OBSERVED = "observed"  # mode observe: would have been done
    GUARDED = "guarded"  # a guard held it back
    DROPPED = "dropped"  # too late to be of use (max_staleness)

    @property
    def is_open(self) -> bool:
        """True while the dispatcher still has something to do."""
        return self in {ActionState.PLANNED, ActionState.CLAIMED, ActionState.UNKNOWN}


@dataclass(frozen=True, slots=True)
class ActionRecord:
    """One action of this ticket as the outbox holds it.

    `wrote` is what a finished write left on the ticket (`{"group": "3"}`, `{"tags": ["x"]}`), and
    `replaced` what stood there before: the basis of echo detection and of undo. Keys of both are
    `state group owner priority tags untagged field.<name>`; ids as text.
    """

    key: str
    rule: str
    name: str
    state: ActionState
    planned_at: datetime
    done_at: datetime | None = None
    wrote: Mapping[str, object] = field(default_factory=dict)
    replaced: Mapping[str, object] = field(default_factory=dict)
    detail: str = ""
    cycle: str = ""


_NEWEST = 20
_LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Seen:
    """The ticket as it was when a plan was last stored; the difference to now gives the events.

    `message_id` is the highest id of a message, `recent` the ids of the newest ones, rising.
    """

    message_id: int
    state: str
    state_type: StateType
    group_id: int
    owner_id: int | None
    priority: Priority | None
    tags: frozenset[str]
    updated_at: datetime
    recent: tuple[int, ...] = ()

    def has(self, message: Message) -> bool:
        """Whether the message was there.

        Ids rise, but a message may come later than its id: FreeScout numbers a reply when the agent
        begins to write it, a database when a mail is taken in, and either shows it when it is done.
        """
        if message.id > self.message_id:
            return False
        if not self.recent or message.id <= self.recent[0] or message.id in self.recent:
            return True
        return message.created_at <= self.updated_at - _LATE

    def and_before(self, recent: Sequence[int]) -> tuple[int, ...]:
        """`recent`, together with what was there before."""
        return tuple(sorted({*self.recent, *recent})[-_NEWEST:])

    @classmethod
    def of(cls, ticket: Ticket) -> Seen:
        """The part of a ticket that is remembered."""
        return cls(
            message_id=ticket.last_message_id,
            state=ticket.state.name,
            state_type=ticket.state.type,
            group_id=ticket.group.id,
            owner_id=ticket.owner.id if ticket.owner else None,
            priority=ticket.priority,
            tags=ticket.tags,
            updated_at=ticket.updated_at,
            recent=tuple(sorted(one.id for one in ticket.messages)[-_NEWEST:]),
        )


@dataclass(frozen=True, slots=True)
class Announced:
    """What the SLA clocks of a ticket have told already.

    `digest` is that of the policies they were computed by. What happened at or before
    `silent_until` is never told (None: nothing is kept quiet). `keys` are the newest of what was
    told or passed over, oldest first; `ahead` maps the keys still to come to their instants.
    `running` are the keys of the clocks that had not stopped; None where that is not known.
    """

    digest: str
    silent_until: datetime | None = None
    keys: tuple[str, ...] = ()
    ahead: Mapping[str, datetime] = field(default_factory=dict)
    running: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything `decide` may know beside the ticket itself.

    Written back by the plan: `seen`, `looked_at` (when, by our clock, `seen` was taken), `closed_at`
    (when the ticket was last closed, kept when it is opened again), `cycle`, `reopened`, `handoffs`,
    `human_priority`, `fired`, `announced` (None until SLA clocks ran), `observed` (changes of state
    that were seen, oldest first, at most the last 50: the history of a host that tells none).
    `noticed` says when, by our clock, a look last found that a person had changed `state`, `group`,
    `owner` or `priority`, or had answered the customer (`answer`): plans older than that give way.
    `escalations` are those of this ticket, oldest first: all that are not over and the last ten that are.
    `cycle` starts at 1 and rises each time a closed ticket is reopened. `fired` maps a rule's name
    to the instants it fired on this ticket, oldest first, at most the last 20.
    Filled in by the store at load time: `actions` (of this ticket), `customer_replies` (when this
    customer got one of our replies, over all tickets, last 24 h), `demoted` (rules held at observe,
    with the reason), `installed_at` (when this store was born: older messages are no news), `requests`
    (what people asked for outside the helpdesk and no look has taken in yet, oldest first), and at each
    look `elsewhere`: messages that were taken in when they stood in a ticket merged into this one since.
    """

    ref: TicketRef
    installed_at: datetime
    first_seen_at: datetime | None = None
    seen: Seen | None = None
    cycle: int = 1
    reopened: int = 0
    handoffs: int = 0
    human_priority: Priority | None = None
    fired: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    actions: tuple[ActionRecord, ...] = ()
    customer_replies: tuple[datetime, ...] = ()
    demoted: Mapping[str, str] = field(default_factory=dict)
    looked_at: datetime | None = None
    closed_at: datetime | None = None
    announced: Announced | None = None
    observed: tuple[Change, ...] = ()
    noticed: Mapping[str, datetime] = field(default_factory=dict)
    escalations: tuple[Escalation, ...] = ()
    requests: tuple[Request, ...] = ()
    elsewhere: frozenset[int] = frozenset()

    def with_changes(self, **changes: object) -> Memory:
        """A copy with some fields replaced; four times as fast as `dataclasses.replace`."""
        values = list(_values(self))
        for name, value in changes.items():
            values[_PLACES[name]] = value
        return Memory(*values)


_NAMES = tuple(one.name for one in fields(Memory))
_PLACES = {name: place for place, name in enumerate(_NAMES)}
_values = attrgetter(*_NAMES)
