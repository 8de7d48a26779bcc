"""The store: one door to inbox, work, timers, memory, outbox and audit."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from plugin.domain.cases import Case
from plugin.domain.delivery import Delivery
from plugin.domain.escalation import Ask, Phase
from plugin.domain.memory import ActionState, Memory
from plugin.domain.notices import ClaimedNotice, HeldNotice, NoticeState
from plugin.domain.plan import Plan
from plugin.domain.storing import (
    Arrival,
    AuditEntry,
    Claim,
    Ending,
    OpenAction,
    RunningEscalation,
    StoreStatus,
)
from plugin.domain.ticket import TicketRef
from plugin.store import (
    arrivals,
    cases,
    escalating,
    inbox,
    journal,
    notices,
    outbox,
    plans,
    remembering,
    requests,
    turns,
    upkeep,
    work,
)
from plugin.store.transaction import Database, StoreUnavailable, Transaction

_PRUNE_ROUNDS = 20


class Store:
    """Implements `plugin.domain.storing.Storing`; what its methods promise is said there.

    Every write returns when it is durable. Database errors come out as `StoreUnavailable`, with
    what to do about them.
    """

    def __init__(self, database: Database, *, now: datetime, max_waiting: int) -> None:
        self._database = database
        self._room = inbox.Room(database, max_waiting)
        self._news = threading.Event()
        self._secrets: dict[str, bytes] = {}
        self._installed_at = database.write(lambda t: upkeep.born(t, now))

    @classmethod
    def open(cls, url: str, *, now: datetime, max_waiting: int = 100_000) -> Store:
        """Open the database, creating or migrating its tables first.

        `url` is an SQLAlchemy URL: `sqlite:///FILE` (its folder is created) or
        `postgresql://USER:PASSWORD@HOST/NAME`. Raises DeskladderError when it cannot be used.
        """
        return cls(_database(url), now=now, max_waiting=max_waiting)

    @property
    def installed_at(self) -> datetime:
        """When this store was first opened."""
        return self._installed_at

    # Inbox ----------------------------------------------------------------------------------

    def receive(self, delivery: Delivery) -> bool:
        """Keep a delivery; True when it is new. One that is about no ticket is not kept."""
        if delivery.ticket_id is None:
            return False
        self._room.take()
        new = self._database.write_with_others(inbox.keep, delivery)
        if new:
            self._news.set()
        return new

    def look_at(self, refs: Iterable[TicketRef], now: datetime, why: str) -> int:
        """Ask for a look at tickets nobody is about to look at; how many were added."""
        wanted = list(refs)
        added = self._database.write(lambda t: inbox.ask_for_look(t, wanted, now, why))
        if added:
            self._news.set()
        return added

    def arrivals(self, helpdesk: str, since: datetime, limit: int = 5_000) -> Sequence[Arrival]:
        """The webhook calls of a helpdesk since then, the newest first."""
        return self._database.read(lambda t: arrivals.since(t, helpdesk, since, limit))

    def last_arrival(self, helpdesk: str) -> Arrival | None:
        """The newest webhook call of a helpdesk that is still kept."""
        return self._database.read(lambda t: arrivals.last(t, helpdesk))

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
        """Take up to `limit` due tickets, oldest first. Costs no write when nothing is due."""
        due_at = self.next_due()
        if due_at is None or due_at > now:
            return []
        return self._database.write(
            lambda t: work.claim(
                t, now, worker=worker, limit=limit, lease=lease, helpdesks=helpdesks
            )
        )

    def renew(self, claim: Claim, now: datetime, lease: timedelta) -> Claim:
        """Hold the ticket until `now + lease`."""
        return self._database.write(lambda t: work.renew(t, claim, now, lease))

    def release(self, claim: Claim, now: datetime) -> None:
        """Give the ticket back; nothing happens when it is not held any more."""
        self.release_all((claim,), now)

    def release_all(self, claims: Sequence[Claim], now: datetime) -> None:
        """Give several tickets back in one transaction."""
        del now  # what is due is due whatever the time is
        self._database.write(lambda t: work.give_back(t, claims))
        self._news.set()

    def postpone(self, claim: Claim, until: datetime, why: str) -> None:
        """Give the ticket back, not to be claimed before `until`. Raises LeaseLost."""
        self._database.write(lambda t: work.postpone(t, claim, until, why))
        self._news.set()

    def drop(self, claim: Claim, now: datetime, why: str) -> None:
        """End all that is open on a ticket that is gone, and give it back. Raises LeaseLost."""
        self._database.write(lambda t: work.drop(t, claim, now, why))

    def next_due(self) -> datetime | None:
        """The first instant at which anything is to be claimed, leases that run out included."""
        return self._database.read_at_once(work.next_due)

    def wait(self, timeout: float) -> bool:
        """Sleep until this process made something due that was not before; False after `timeout`.

        One waiter is woken for any amount of news, and news from before the call count: claim until
        nothing comes, then wait. Timers and other replicas wake nobody: wait no longer than until
        `next_due()`, and not for ever.
        """
        came = self._news.wait(timeout)
        self._news.clear()
        return came

    def wake(self) -> None:
        """Let the waiter of this process look again at once: somebody wants it to stop."""
        self._news.set()

    # Memory and plan ------------------------------------------------------------------------

    def memory(self, ref: TicketRef, customer: str, now: datetime) -> Memory:
        """What is known of the ticket, and when its customer got replies in the last 24 hours."""
        asked = (ref, customer, now, self._installed_at)
        memory = self._database.read_at_once(lambda t: remembering.recall_at_once(t, *asked))
        if memory is None:
            memory = self._database.read(lambda t: remembering.recall(t, *asked))
        return memory

    def store_plans(
        self,
        plans_made: Sequence[tuple[Claim, Plan, str]],
        audit: Sequence[AuditEntry] = (),
        release: Sequence[Claim] = (),
    ) -> Sequence[TicketRef]:
        """Store all plans in one transaction, except those of tickets that were lost."""
        rows = [plans.rows_of(claim, plan, customer) for claim, plan, customer in plans_made]
        lines = [(entry.ref, journal.row_of(entry)) for entry in audit]
        lost = self._database.write(lambda t: plans.store(t, rows, lines, release))
        if release:
            self._news.set()
        return lost

    # Outbox ---------------------------------------------------------------------------------

    def open_actions(self, ref: TicketRef, now: datetime) -> Sequence[OpenAction]:
        """The actions of a ticket to be done now: by step, then older plans first, then position."""
        return self._database.read(lambda t: outbox.due_actions(t, ref, now))

    def start_action(
        self, claim: Claim, key: str, now: datetime, endings: Sequence[Ending] = ()
    ) -> None:
        """Mark an action CLAIMED before the call; first record `endings`. Raises LeaseLost."""
        del now
        ended = [outbox.row_of(ending) for ending in endings]
        self._database.write(lambda t: outbox.start(t, claim, key, ended))

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
        """Record the outcome of one action. Raises LeaseLost."""
        ending = Ending(key, state, now, detail, wrote or {}, replaced or {}, not_before)
        self.finish_actions(claim, (ending,), now)

    def finish_actions(
        self,
        claim: Claim,
        endings: Sequence[Ending],
        now: datetime,
        *,
        audit: Sequence[AuditEntry] = (),
        release: bool = False,
    ) -> None:
        """Record outcomes and audit, and with `release` give the ticket back. Raises LeaseLost."""
        del now
        ended = [outbox.row_of(ending) for ending in endings]
        lines = [journal.row_of(entry) for entry in audit]

        def finish(transaction: Transaction) -> None:
            if ended:
                outbox.finish(transaction, claim, ended)
            journal.append(transaction, lines)
            if release:
                work.give_back(transaction, (claim,))

        self._database.write(finish)
        if release:
            self._news.set()

    def actions_since(self, since: datetime) -> int:
        """How many actions were done since then."""
        return self._database.read(lambda t: outbox.done_since(t, since))

    def retry(self, keys: Sequence[str] | None, now: datetime) -> int:
        """Plan dead letters again; returns how many."""
        planned = self._database.write(lambda t: outbox.plan_again(t, keys, now))
        if planned:
            self._news.set()
        return planned

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
        """Keep a request and make its ticket due; False when the key was seen."""
        request = requests.Asked(ref, what, now, key, by, escalation, step, params or {})
        new = self._database.write(lambda t: requests.ask(t, request))
        if new:
            self._news.set()
        return new

    def keep_case(
        self, system: str, reference: str, ref: TicketRef, escalation: int | None, now: datetime
    ) -> None:
        """Keep which ticket a record of another system belongs to."""
        self._database.write(lambda t: cases.keep(t, system, reference, ref, escalation, now))

    def case(self, system: str, reference: str) -> Case | None:
        """The ticket a record of another system belongs to; None when it is not known."""
        return self._database.read(lambda t: cases.find(t, system, reference))

    def secret(self, name: str) -> bytes:
        """A secret of our own, made once."""
        known = self._secrets.get(name)
        if known is None:
            known = self._secrets[name] = self._database.write(lambda t: cases.secret(t, name))
        return known

    # Escalations ----------------------------------------------------------------------------

    def running(
        self, phases: Collection[Phase] | None = None, limit: int = 500
    ) -> Sequence[RunningEscalation]:
        """The escalations that are not over, the longest unchanged first."""
        return self._database.read(lambda t: escalating.running(t, phases, limit))

    # Turns ----------------------------------------------------------------------------------

    def take_turn(self, pool: str, candidates: Sequence[str], key: str, now: datetime) -> str:
        """Whose turn it is, once for a key; without candidates only who got it, or ""."""
        known = self._database.read(lambda t: turns.taken(t, key))
        if not candidates or known in candidates:
            return known
        return self._database.write(lambda t: turns.take(t, pool, candidates, key, now))

    # Messages to people ---------------------------------------------------------------------

    def hold(self, held: Sequence[HeldNotice]) -> Mapping[str, NoticeState]:
        """Keep messages; the state of each by key."""
        return self._database.write(lambda t: notices.hold(t, held))

    def next_notice(self, helpdesks: Collection[str] | None = None) -> datetime | None:
        """When the first message that waits is due."""
        return self._database.read(lambda t: notices.next_due(t, helpdesks))

    def claim_notices(
        self,
        now: datetime,
        *,
        limit: int = 500,
        keys: Collection[str] | None = None,
        helpdesks: Collection[str] | None = None,
    ) -> Sequence[ClaimedNotice]:
        """Take what is due, or these keys. Costs no write when nothing is due."""
        if keys is None:
            due_at = self.next_notice(helpdesks)
            if due_at is None or due_at > now:
                return []
        return self._database.write(lambda t: notices.claim(t, now, limit, keys, helpdesks))

    def settle_notices(
        self,
        claimed: Sequence[ClaimedNotice],
        state: NoticeState,
        now: datetime,
        *,
        again_at: datetime | None = None,
    ) -> None:
        """Record what came of messages that were taken."""
        self._database.write(lambda t: notices.settle(t, claimed, state, now, again_at))

    def notices_open(self) -> Mapping[NoticeState, int]:
        """How many messages are held, and how many failed."""
        return self._database.read(notices.count_open)

    # Keeping house --------------------------------------------------------------------------

    def watermark(self, name: str) -> datetime | None:
        """The instant kept under this name."""
        return self._database.read(lambda t: upkeep.get_meta(t, f"watermark/{name}"))

    def set_watermark(self, name: str, at: datetime) -> None:
        """Keep an instant under this name."""
        self._database.write(lambda t: upkeep.set_meta(t, f"watermark/{name}", at))

    def number(self, name: str) -> int | None:
        """The number kept under this name."""
        return self._database.read(lambda t: arrivals.number(t, f"number/{name}"))

    def numbers(self, prefix: str) -> Mapping[str, int]:
        """The numbers kept under names that begin with `prefix`, by the rest of the name."""
        return self._database.read(lambda t: arrivals.numbers(t, f"number/{prefix}"))

    def keep_number(self, name: str, value: int | None) -> None:
        """Keep a number under this name; None forgets it."""
        self._database.write(lambda t: arrivals.keep_number(t, f"number/{name}", value))

    def glimpsed(
        self, helpdesk: str, ticket_ids: Sequence[int]
    ) -> Mapping[int, tuple[datetime, frozenset[str]]]:
        """When known tickets were last updated, and their tags, as last seen."""
        return self._database.read(lambda t: upkeep.glimpsed(t, helpdesk, ticket_ids))

    def rearm(self, policies: str, now: datetime) -> int:
        """Ask for a look at every open ticket when the SLA policies have changed; how many."""
        asked = self._database.write(lambda t: upkeep.rearm(t, policies, now))
        if asked:
            self._news.set()
        return asked

    def undemote(self, rule: str) -> bool:
        """Let a demoted rule act again; False when it was not demoted."""
        sql = "DELETE FROM demotions WHERE rule = ?"
        return self._database.write(lambda t: t.change(sql, (rule,))) > 0

    def write_audit(self, entries: Sequence[AuditEntry]) -> None:
        """Append lines to the audit."""
        rows = [journal.row_of(entry) for entry in entries]
        self._database.write(lambda t: journal.append(t, rows))

    def audit(self, ref: TicketRef | None = None, limit: int = 200) -> Sequence[AuditEntry]:
        """The last `limit` lines, of a ticket or of all, oldest first."""
        return self._database.read(lambda t: journal.latest(t, ref, limit))

    def status(self, now: datetime) -> StoreStatus:
        """How things stand; shows the 100 oldest dead letters."""
        return self._database.read(lambda t: upkeep.status(t, now))

    def prune(self, now: datetime, keep: timedelta) -> int:
        """Remove what was finished longer than `keep` ago, some ten thousand rows at most."""
        removed = 0
        for _ in range(_PRUNE_ROUNDS):  # small transactions, so that others get their turn
            some = self._database.write(lambda t: upkeep.remove_old(t, now - keep))
            removed += some
            if not some:
                break
        return removed

    def forget(self, customer: str) -> int:
        """Remove everything about the tickets of a customer key; returns tickets removed."""
        return self._database.write(lambda t: upkeep.forget(t, customer))

    def ping(self) -> None:
        """Write and read one row; raises StoreUnavailable."""
        sql = (
            "INSERT INTO meta (name, value) VALUES ('ping', 1)"
            " ON CONFLICT (name) DO UPDATE SET value = meta.value + 1"
        )
        self._database.write(lambda t: t.change(sql))
        self._database.read(lambda t: upkeep.get_meta(t, "ping"))

    def close(self) -> None:
        """Finish what was handed in and close all connections. May be called twice."""
        self._database.close()


def _database(url: str) -> Database:
    if url.startswith("sqlite:///"):
        return _sqlite(url)
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    expected = "Expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # The URL itself is not repeated: it may hold a password.
        message = f"DESKLADDER_DATABASE is not a database URL. {expected}"
        raise StoreUnavailable(message) from error
    kind = parsed.drivername.partition("+")[0]
    if kind == "sqlite":
        return _sqlite(url)
    if kind in {"postgresql", "postgres"}:
        from plugin.store.postgresql import PostgresqlDatabase

        return PostgresqlDatabase(parsed)
    message = f"DESKLADDER_DATABASE names {kind!r}, which Deskladder does not know. {expected}"
    raise StoreUnavailable(message)


def _sqlite(url: str) -> Database:
    from plugin.store.sqlite import SqliteDatabase

    return SqliteDatabase(url)
