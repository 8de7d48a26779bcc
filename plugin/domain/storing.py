"""The one port to the store: inbox, work, timers, outbox, memory, audit.

All methods are safe to call from several threads; on PostgreSQL also from several processes.
Every method that writes returns only after the write is durable. Instants are aware UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import Protocol

from plugin.domain.cases import Case
from plugin.domain.dataclass import dataclass
from plugin.domain.delivery import Delivery
from plugin.domain.errors import DeskladderError
from plugin.domain.escalation import Ask, Phase
from plugin.domain.memory import ActionState, Memory
from plugin.domain.notices import Noticing
from plugin.domain.plan import Plan, PlannedAction
from plugin.domain.ticket import TicketRef

CONFIG_READ, CONFIG_REFUSED = "config/read", "config/refused"
"""Watermarks: when the file was last read without a mistake, and with one. `status` compares them."""

STARTED, HEARTBEAT = "service/started", "service/heartbeat"
"""Watermarks: when a service last started, and when its tick was last alive (about every minute)."""


LEFT_ALONE = "breaker/"
"""Numbers, with the helpdesk's name behind: since when (seconds since 1970) its circuit breaker is open."""

SERVED = "served/"
"""Numbers, with the helpdesk's name behind: since when (seconds since 1970) it is in the file in use."""


def refused_call(helpdesk: str) -> str:
    """The watermark of the last webhook call that was refused for its signature."""
    return f"refused/{helpdesk}"


class QueueFull(DeskladderError):
    """More deliveries are waiting than allowed: answer 503 with Retry-After."""


class LeaseLost(DeskladderError):
    """Another worker took the ticket over; drop what you were doing and write nothing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One ticket, held by one worker until `lease_until`.

    `look` is true when deliveries or due timers wait: read the ticket and decide. `act` is true
    when planned actions are due. `delivery_ids` are the waiting deliveries this claim saw; those that arrive
    later stay waiting. `waiting_since` is the oldest of them, for the lag metric. `attempts` counts
    the failed looks in a row.
    """

    ref: TicketRef
    token: str
    lease_until: datetime
    look: bool
    act: bool
    delivery_ids: tuple[int, ...] = ()
    due_timers: tuple[str, ...] = ()
    waiting_since: datetime | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class OpenAction:
    """An action the dispatcher may do now. `attempts` counts calls already made.

    `state` is PLANNED (never called), or UNKNOWN (called without an answer, or claimed by a
    process that died): a note or reply must be looked for on the ticket before it is repeated.
    """

    action: PlannedAction
    state: ActionState
    attempts: int
    planned_at: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of an action. An open `state` means "again at `not_before`"."""

    key: str
    state: ActionState
    at: datetime
    detail: str = ""
    wrote: Mapping[str, object] = field(default_factory=dict)
    replaced: Mapping[str, object] = field(default_factory=dict)
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of what happened and why. `kind` is `delivery event verdict action guard config`."""

    at: datetime
    kind: str
    text: str
    ref: TicketRef | None = None
    rule: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An action the helpdesk refused; `retry` plans it again."""

    key: str
    ref: TicketRef
    rule: str
    name: str
    detail: str
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class RunningEscalation:
    """An escalation that is not over. `responsible` is the id of who had it last, "" for nobody yet.

    One whose helpdesk is not in the file any more (`is_in_file` false) rests until that is back.
    """

    ref: TicketRef
    number: int
    policy: str
    phase: Phase
    level: int
    reason: str
    responsible: str
    opened_at: datetime
    changed_at: datetime
    is_in_file: bool = True


@dataclass(frozen=True, slots=True)
class Arrival:
    """One webhook call that came in and was kept. `hint` is the host's name of the event."""

    ticket_id: int
    at: datetime
    hint: str = ""


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """What `deskladder status`, `/ready` and the metrics show. Ages in seconds."""

    deliveries_waiting: int
    oldest_waiting_age: float | None
    tickets_known: int
    timers: int
    next_timer_at: datetime | None
    actions_by_state: Mapping[str, int]
    dead_letters: Sequence[DeadLetter]
    demoted: Mapping[str, str]
    leases: int
    escalations_by_phase: Mapping[str, int] = field(default_factory=dict)


class Storing(Noticing, Protocol):
    """The store as the engine and the edges see it."""

    @property
    def installed_at(self) -> datetime:
        """When this store was first opened."""
        ...

    # Inbox ----------------------------------------------------------------------------------

    def receive(self, delivery: Delivery) -> bool:
        """Keep a delivery; True when new, False when the same key was seen. May raise QueueFull."""
        ...

    def look_at(self, refs: Iterable[TicketRef], now: datetime, why: str) -> int:
        """Ask for a look at tickets without a delivery (reconcile); those already waiting are skipped."""
        ...

    # Work -----------------------------------------------------------------------------------

    def claim(
        self,
        now: datetime,
        *,
        worker: str,
        limit: int,
        lease: timedelta,
        helpdesks: Collection[str] | None = None,
    ) -> Sequence[Claim]:
        """Take up to `limit` tickets with something due, oldest first; never one already held.

        `helpdesks` restricts it to tickets of these, so that one that hangs cannot starve another.
        """
        ...

    def renew(self, claim: Claim, now: datetime, lease: timedelta) -> Claim:
        """Hold the ticket longer. Raises LeaseLost."""
        ...

    def release(self, claim: Claim, now: datetime) -> None:
        """Give the ticket back; what is still due can be claimed at once. Never raises LeaseLost."""
        ...

    def release_all(self, claims: Sequence[Claim], now: datetime) -> None:
        """Give several tickets back in one transaction; like `release` for each."""
        ...

    def postpone(self, claim: Claim, until: datetime, why: str) -> None:
        """Give the ticket back, not to be looked at before `until`; counts as a failed attempt."""
        ...

    def drop(self, claim: Claim, now: datetime, why: str) -> None:
        """The ticket is gone: deliveries done, timers removed, open actions skipped with `why`."""
        ...

    def next_due(self) -> datetime | None:
        """The first instant at which anything is to be claimed; None when nothing waits."""
        ...

    # Memory and plan ------------------------------------------------------------------------

    def memory(self, ref: TicketRef, customer: str, now: datetime) -> Memory:
        """What is known of the ticket. `customer` is the key of its customer (see customer_key)."""
        ...

    def store_plans(
        self,
        plans: Sequence[tuple[Claim, Plan, str]],
        audit: Sequence[AuditEntry] = (),
        release: Sequence[Claim] = (),
    ) -> Sequence[TicketRef]:
        """Store plans (claim, plan, customer key), each atomically, in one transaction if possible.

        For each: memory written, timers replaced, actions inserted (an action whose key exists is
        left as it is), the claim's deliveries marked done, demotions kept, the audit appended. Those
        of the claims that are in `release` are given back, the others stay held. Returns the tickets
        whose lease was lost: nothing was written for those.
        """
        ...

    # Outbox ---------------------------------------------------------------------------------

    def open_actions(self, ref: TicketRef, now: datetime) -> Sequence[OpenAction]:
        """The actions of a ticket to be done now, in order (step, then position)."""
        ...

    def start_action(
        self, claim: Claim, key: str, now: datetime, endings: Sequence[Ending] = ()
    ) -> None:
        """Mark an action CLAIMED before the call. Raises LeaseLost.

        What became of earlier actions is recorded in the same transaction, or not at all.
        """
        ...

    def finish_actions(
        self,
        claim: Claim,
        endings: Sequence[Ending],
        now: datetime,
        *,
        audit: Sequence[AuditEntry] = (),
        release: bool = False,
    ) -> None:
        """Record outcomes and lines of the audit in one transaction. Raises LeaseLost.

        With `release` the ticket is given back, too: it need not be held when there are no endings.
        """
        ...

    def finish_action(
        self,
        claim: Claim,
        key: str,
        state: ActionState,
        now: datetime,
        *,
        detail: str = "",
        wrote: Mapping[str, object] | None = None,
        replaced: Mapping[str, object] | None = None,
        not_before: datetime | None = None,
    ) -> None:
        """Record the outcome. PLANNED or UNKNOWN with `not_before` means: try again then."""
        ...

    def actions_since(self, since: datetime) -> int:
        """How many actions reached a helpdesk since then: the global guard."""
        ...

    def retry(self, keys: Sequence[str] | None, now: datetime) -> int:
        """Plan dead letters again (all of them with None); returns how many."""
        ...

    # Asked from outside the helpdesk ---------------------------------------------------------

    def ask(
        self,
        ref: TicketRef,
        what: Ask,
        now: datetime,
        *,
        key: str,
        by: str = "",
        escalation: int | None = None,
        step: int | None = None,
        params: Mapping[str, object] | None = None,
    ) -> bool:
        """Keep a request for the next look at the ticket, which is due at once.

        False when the key was seen before: nothing was kept. The request stands in
        `Memory.requests` until a plan names it in `Plan.requests`.
        """
        ...

    def keep_case(
        self, system: str, reference: str, ref: TicketRef, escalation: int | None, now: datetime
    ) -> None:
        """Keep which ticket a record of another system belongs to; the last one kept counts."""
        ...

    def case(self, system: str, reference: str) -> Case | None:
        """The ticket a record of another system belongs to; None when it is not known."""
        ...

    def secret(self, name: str) -> bytes:
        """A secret of our own: random, made once, the same for all replicas."""
        ...

    # Escalations ----------------------------------------------------------------------------

    def running(
        self, phases: Collection[Phase] | None = None, limit: int = 500
    ) -> Sequence[RunningEscalation]:
        """The escalations that are not over (in these phases), the longest unchanged first; after
        them those of helpdesks that are not in the file any more.
        """
        ...

    # Turns ----------------------------------------------------------------------------------

    def take_turn(self, pool: str, candidates: Sequence[str], key: str, now: datetime) -> str:
        """Whose turn it is: of the candidates the one served longest ago; never served comes first,
        in the given order. Fair over all replicas.

        `key` names what the turn is taken for: asked again it gives the same person while that one
        is among the candidates; else the turn passes on. Without candidates nothing is taken: the
        person the key got, or "".
        """
        ...

    # Keeping house --------------------------------------------------------------------------

    def watermark(self, name: str) -> datetime | None: ...
    def set_watermark(self, name: str, at: datetime) -> None: ...

    def numbers(self, prefix: str) -> Mapping[str, int]:
        """The numbers kept under names that begin with `prefix`, by the rest of the name."""
        ...

    def keep_number(self, name: str, value: int | None) -> None:
        """Keep a number under this name; None forgets it."""
        ...

    def glimpsed(
        self, helpdesk: str, ticket_ids: Sequence[int]
    ) -> Mapping[int, tuple[datetime, frozenset[str]]]:
        """For tickets we know: `updated_at` and tags as last seen, to tell what a listing adds."""
        ...

    def rearm(self, policies: str, now: datetime) -> int:
        """Ask for a look at every open ticket when the deadlines are not those of the last time.

        `policies` is the digest of what sets them, empty when nothing does. The looks are spread out, the tickets
        that are due first come first. Returns how many.
        """
        ...

    def undemote(self, rule: str) -> bool: ...

    def write_audit(self, entries: Sequence[AuditEntry]) -> None: ...

    def audit(self, ref: TicketRef | None = None, limit: int = 200) -> Sequence[AuditEntry]: ...

    def status(self, now: datetime) -> StoreStatus: ...

    def prune(self, now: datetime, keep: timedelta) -> int:
        """Remove done deliveries, audit and closed tickets older than `keep`; returns rows."""
        ...

    def forget(self, customer: str) -> int:
        """Remove everything about the tickets of a customer key; returns tickets removed."""
        ...

    def ping(self) -> None:
        """Write and read one row; raises when the store cannot be written."""
        ...

    def close(self) -> None: ...
