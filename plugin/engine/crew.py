"""The threads of one helpdesk: they read, decide and act; others' troubles never reach them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from plugin import logs
from plugin.clock import monotonic
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import Refused, TicketGone, TryAgain
from plugin.domain.storing import AuditEntry, Claim, LeaseLost
from plugin.engine.dispatcher import Dispatcher
from plugin.engine.look import Look, audit_of, look, moves_of
from plugin.engine.means import Live, Means

_BATCH = 25
_QUICK = 0.02
"""How long the first look of a batch waits for others: slow reads are stored one by one."""


@dataclass(frozen=True, slots=True)
class Job:
    """One held ticket: to be looked at, or when `seen` is there (or nothing is new) to be acted on."""

    claim: Claim
    seen: Look | None = None


class Crew:
    """`size` threads around one queue. `held` counts the tickets they hold the leases of."""

    def __init__(
        self,
        name: str,
        size: int,
        live: Callable[[], Live],
        means: Means,
        dispatcher: Dispatcher,
        on_room: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self._live = live
        self._means = means
        self._dispatcher = dispatcher
        self._jobs: deque[Job] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._held = 0
        self._on_room = on_room
        self._decided = means.metrics.looks.labels(name, "decided")
        self._threads = [
            threading.Thread(target=self._run, name=f"{name}-{number}", daemon=True)
            for number in range(size)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def ask_to_stop(self) -> None:
        """Let each thread finish the ticket in its hands; give the waiting ones back."""
        with self._wake:
            self._stopping = True
            waiting = [job.claim for job in self._jobs]
            self._jobs.clear()
            self._wake.notify_all()
        self._give_back(waiting)

    def join(self, timeout: float) -> bool:
        """Wait for the threads; False when one is still busy after `timeout` seconds."""
        end = monotonic() + timeout
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, end - monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    @property
    def room(self) -> int:
        """How many more tickets it takes: none, or a batch at least, so that claims are few."""
        room = 2 * self._means.pace.batch - self._held
        return room if room >= self._means.pace.batch else 0

    def add(self, claims: Sequence[Claim]) -> None:
        """Take tickets over; their leases are given back when done."""
        with self._wake:
            self._held += len(claims)
            if not self._stopping:
                self._jobs.extend(Job(claim) for claim in claims)
                self._wake.notify(len(claims))
                return
        self._give_back(claims)

    # The threads ----------------------------------------------------------------------------

    def _run(self) -> None:
        looks: list[Look] = []
        began = 0.0
        while (job := self._take(wait=not looks)) is not None or looks:
            if job is None:  # the others took the rest: nobody else knows of these
                self._store(looks)
                looks = []
                continue
            if job.seen is not None or not job.claim.look:
                self._guarded(job, self._act)
                continue
            began = began if looks else monotonic()
            self._guarded(job, partial(self._look, looks))
            slow = monotonic() - began > _QUICK
            if looks and (slow or len(looks) >= _BATCH or not self._jobs):
                self._store(looks)
                looks = []

    def _take(self, *, wait: bool) -> Job | None:
        """The next job; None when there is none, which with `wait` means that it is time to stop."""
        with self._wake:
            while wait and not self._jobs and not self._stopping:
                self._wake.wait()
            return self._jobs.popleft() if self._jobs else None

    def _look(self, looks: list[Look], job: Job) -> None:
        claim = self._held_long_enough(job.claim)
        looks.append(look(claim, self._live(), self._means, self._dispatcher))

    def _held_long_enough(self, claim: Claim) -> Claim:
        now, lease = self._means.clock(), self._means.pace.lease
        if claim.lease_until - now >= lease / 2:
            return claim
        return self._means.store.renew(claim, now, lease)

    def _store(self, looks: Sequence[Look]) -> None:
        """Store the plans of several tickets in one go, then act on those that ask for it."""
        means, now = self._means, self._means.clock()
        audit = [entry for one in looks for entry in audit_of(one.plan)]
        plans = [(one.claim, one.plan, one.customer) for one in looks]
        done = [one.claim for one in looks if not one.leads_to_calls]
        try:
            lost = set(means.store.store_plans(plans, audit, done))
        except Exception as problem:  # noqa: BLE001  - the deliveries stay; the lease runs out
            logs.error("store.failed", trace=logs.trace_of(problem), tickets=len(looks))
            self._give_back([one.claim for one in looks])
            return
        self._catch_up(looks)
        kept = [one for one in looks if one.claim.ref not in lost]
        to_act = [Job(one.claim, one) for one in kept if one.leads_to_calls]
        self._let_go(len(looks) - len(to_act))
        for one in kept:
            self._tell(one, now.timestamp())
        if to_act:
            self._first(to_act)

    def _catch_up(self, looks: Sequence[Look]) -> None:
        """Look again at tickets that were looked at by policies which changed in that moment.

        Their plans replaced the timers by which the changed policies would have come to them.
        """
        policies = self._live().config.sla_digest
        behind = [
            one.claim.ref
            for one in looks
            if policies and (told := one.plan.memory.announced) and told.digest != policies
        ]
        if behind:
            self._means.store.look_at(behind, self._means.clock(), "policies changed")

    def _first(self, jobs: Sequence[Job]) -> None:
        with self._wake:
            if not self._stopping:
                self._jobs.extendleft(reversed(jobs))
                self._wake.notify(len(jobs))
                return
        self._give_back([job.claim for job in jobs])

    def _act(self, job: Job) -> None:
        claim = self._held_long_enough(job.claim)
        if job.seen is None:
            self._dispatcher.dispatch(claim, self._live(), release=True)
        else:
            self._dispatcher.dispatch(
                claim,
                self._live(),
                ticket=job.seen.ticket,
                read_at=job.seen.read_at,
                release=True,
            )
        self._let_go(1)

    # Troubles -------------------------------------------------------------------------------

    def _guarded(self, job: Job, work: Callable[[Job], None]) -> None:
        claim, means = job.claim, self._means
        try:
            work(job)
            means.notice(self.name, None)
        except LeaseLost:
            logs.warning("lease.lost", ticket=str(claim.ref))
            self._let_go(1)
        except TicketGone as problem:
            self._settle(claim, "gone", partial(self._drop, claim, str(problem)))
        except TryAgain as problem:
            means.notice(self.name, problem)
            wait = means.pace.backoff(claim.attempts, means.random, problem.after)
            self._settle(claim, "try_again", partial(self._postpone, claim, wait, str(problem)))
        except Refused as problem:
            means.notice(self.name, problem)
            wait = self._refused_wait(claim)
            logs.error("helpdesk.refused", helpdesk=self.name, detail=str(problem))
            self._settle(claim, "refused", partial(self._postpone, claim, wait, str(problem)))
        except Exception as problem:  # noqa: BLE001  - one ticket must not stop the others
            logs.error("ticket.bug", ticket=str(claim.ref), trace=logs.trace_of(problem))
            wait = self._refused_wait(claim)
            why = f"a bug in Deskladder ({type(problem).__name__}): please report it"
            self._settle(claim, "bug", partial(self._postpone, claim, wait, why))

    def _refused_wait(self, claim: Claim) -> timedelta:
        pace = self._means.pace
        longest = timedelta(seconds=pace.refused_longest)
        return min(longest, pace.backoff(claim.attempts, self._means.random, pace.refused_wait))

    def _settle(self, claim: Claim, outcome: str, how: Callable[[], None]) -> None:
        self._means.metrics.looks.labels(self.name, outcome).inc()
        try:
            how()
        except LeaseLost:
            pass
        except Exception as problem:  # noqa: BLE001  - the lease runs out, then it comes again
            logs.error("store.failed", ticket=str(claim.ref), trace=logs.trace_of(problem))
        finally:
            self._let_go(1)

    def _postpone(self, claim: Claim, wait: timedelta, why: str) -> None:
        why = logs.scrub_text(why)
        now = self._means.clock()
        self._means.store.postpone(claim, now + wait, why)
        seconds = round(wait.total_seconds(), 1)
        logs.warning(
            "ticket.postponed",
            ticket=str(claim.ref),
            attempts=claim.attempts + 1,
            seconds=seconds,
            why=why,
        )

    def _drop(self, claim: Claim, why: str) -> None:
        """Let go of a ticket; the log alone tells whether it was deleted or may not be seen."""
        now = self._means.clock()
        self._means.store.drop(claim, now, "the ticket is gone")
        logs.info("ticket.gone", ticket=str(claim.ref), why=logs.scrub_text(why))
        entry = AuditEntry(now, "event", "the ticket is gone", claim.ref)
        self._means.store.write_audit([entry])

    def _give_back(self, claims: Sequence[Claim]) -> None:
        if not claims:
            return
        try:
            self._means.store.release_all(claims, self._means.clock())
        except Exception as problem:  # noqa: BLE001  - the leases run out
            logs.error("store.failed", trace=logs.trace_of(problem), tickets=len(claims))
        self._let_go(len(claims))

    def _let_go(self, count: int) -> None:
        with self._wake:
            had_room = self.room > 0
            self._held -= count
        if not had_room and self.room > 0:
            self._on_room()

    def _tell(self, one: Look, stored_at: float) -> None:
        metrics, plan, since = self._means.metrics, one.plan, one.claim.waiting_since
        self._decided.inc()
        if since is not None:
            metrics.lag.observe(max(0.0, stored_at - since.timestamp()))
        fired = [outcome.rule for outcome in plan.outcomes if outcome.fired]
        for rule in fired:
            metrics.firings.labels(rule).inc()
        for rule, reason in plan.demote.items():
            logs.error("rule.demoted", rule=rule, reason=reason, ticket=str(plan.ref))
        moves = list(moves_of(plan)) if plan.memory.escalations else []
        for policy, what, _level in moves:
            metrics.ladder_steps.labels(policy, what).inc()
        if fired or plan.events or moves:
            events = [event.name for event in plan.events]
            actions = [f"{action.name}:{action.state}" for action in plan.actions]
            ladders = [f"{policy}:{what}@{level}" for policy, what, level in moves]
            logs.info(
                "ticket.decided", ticket=str(plan.ref), deliveries=list(one.claim.delivery_ids), events=events,
                rules=fired, actions=actions, **({"ladders": ladders} if ladders else {}),
            )  # fmt: skip
