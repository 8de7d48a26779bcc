"""The outbox at work: planned actions become calls to the helpdesk, each exactly once as seen by people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256

from plugin import logs
from plugin.actions import Occasion, Outcome, registry
from plugin.clock import monotonic
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import DeskladderError, Refused, TicketGone, TryAgain
from plugin.domain.memory import ActionState, Memory
from plugin.domain.plan import PlannedAction, Step
from plugin.domain.storing import AuditEntry, Claim, Ending, LeaseLost, OpenAction
from plugin.domain.ticket import Ticket, customer_key
from plugin.engine.budget import Budget
from plugin.engine.means import Live, Means
from plugin.engine.outside import Links, in_turn, keep_cases
from plugin.engine.recheck import (
    hands_off_until,
    reason_to_skip,
    reason_unable,
    written_since,
)
from plugin.store.transaction import StoreUnavailable

_FAR = datetime(9999, 1, 1, tzinfo=UTC)
_POSTS = frozenset({"note", "reply"})
"""What people see twice when it is done twice."""


def mark_of(key: str) -> str:
    """The machine mark of a note or reply: tells ours apart without telling anybody anything."""
    return sha256(key.encode()).hexdigest()[:16]


@dataclass(slots=True)
class Turn:
    """One ticket's turn at the dispatcher: what was read, and what waits for what.

    `ticket` is None until read. `read_at` is on the monotonic scale. `waits` maps a firing (rule,
    unit) to the instant its next action may happen; later actions of it wait too, so that a note
    never comes before the move it tells of, nor a reply before the note. `down` is why the ticket
    cannot be read: then nothing of it is tried. `endings` are outcomes not in the store yet: they go
    there with the next write, before anything else is asked or done. A crash until then finds the
    action begun and not ended, as one during its call does.
    """

    claim: Claim
    live: Live
    ticket: Ticket | None = None
    memory: Memory | None = None
    read_at: float = 0.0
    written: bool = False
    down: TryAgain | None = None
    waits: dict[tuple[str, str], datetime] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)


class Dispatcher:
    """Does the open actions of a ticket that the caller holds."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._budget = Budget(means.store.actions_since)
        self._missing_since: dict[str, float] = {}

    def dispatch(
        self,
        claim: Claim,
        live: Live,
        *,
        ticket: Ticket | None = None,
        read_at: float = 0.0,
        only_unknown: bool = False,
        release: bool = False,
    ) -> None:
        """Do what is due, in order, and record every outcome; with `release` give the ticket back.

        With `only_unknown` only those whose call got no answer are settled, whatever their turn:
        before the next decision it must be known which changes are our own.

        Raises `TicketGone` or `LeaseLost`; the ticket is not given back then.
        """
        turn = Turn(claim, live, ticket=ticket, read_at=read_at)
        items = in_turn(self._means.store.open_actions(claim.ref, _FAR))
        if only_unknown:
            items = [one for one in items if one.state is not ActionState.PLANNED]
        is_over = False
        try:
            for item in items:
                self._one(turn, item, early=only_unknown)
            is_over = True
        finally:
            self._close(turn, release=release and is_over)

    # One action -----------------------------------------------------------------------------

    def _one(self, turn: Turn, item: OpenAction, *, early: bool) -> None:
        action, now = item.action, self._means.clock()
        firing = (action.rule, action.cycle)
        not_before = action.not_before
        if not_before is not None and not_before > now and not early:
            if action.step is not Step.OUTSIDE:
                turn.waits[firing] = max(not_before, turn.waits.get(firing, not_before))
            return
        if firing in turn.waits:
            self._hold(turn, item, turn.waits[firing], "waits for an earlier step")
            return
        try:
            self._attempt(turn, item, now)
        except TryAgain as problem:
            self._try_later(turn, item, problem)
        except (TicketGone, LeaseLost, StoreUnavailable):
            raise
        except Refused as problem:
            self._finish(turn, item, ActionState.FAILED, str(problem))
        except DeskladderError as problem:
            self._finish(turn, item, ActionState.FAILED, str(problem))
        except Exception as problem:  # noqa: BLE001  - one bad action must not stop the others
            logs.error("action.bug", **_names(item), trace=logs.trace_of(problem))
            text = f"a bug in Deskladder ({type(problem).__name__}): please report it"
            self._finish(turn, item, ActionState.FAILED, text)

    def _attempt(self, turn: Turn, item: OpenAction, now: datetime) -> None:
        action, live = item.action, turn.live
        is_late = action.drop_after is not None and now > action.drop_after
        if is_late and item.state is ActionState.PLANNED:
            self._finish(turn, item, ActionState.DROPPED, "too late to be of use")
            return
        ticket, memory = self._read(turn, action)
        # Tried before, be it long ago and refused: what was posted all the same would be twice there.
        tried = item.attempts > 0 or item.state is not ActionState.PLANNED
        if tried and action.name in _POSTS:
            if self._settled_by_mark(turn, item):
                return
            if is_late:
                self._finish(turn, item, ActionState.DROPPED, "too late to be of use")
                return
        began = item.state is not ActionState.PLANNED
        if not began and (why := reason_to_skip(action, ticket, memory, live.config, now)):
            self._finish(turn, item, ActionState.SKIPPED, why)
            return
        if not began and (why := reason_unable(action, live.helpdesks[action.ref.helpdesk])):
            self._finish(turn, item, ActionState.SKIPPED, why)
            return
        if not began and self._customer_had_enough(turn, item, memory):
            return
        until = hands_off_until(action, item.planned_at, ticket, live.config, now)
        if until is not None and not began:
            self._wait(turn, item, until, "a person is working on the ticket")
            return
        if not self._budget.take(live.config.guards.actions_per_5m, now):
            self._over_budget(turn, item, now)
            return
        self._call(turn, item, ticket, memory)

    def _customer_had_enough(self, turn: Turn, item: OpenAction, memory: Memory) -> bool:
        """Two tickets of one customer may have been decided side by side: count once more."""
        limit = turn.live.config.guards.replies_per_customer_per_day
        if item.action.name != "reply" or len(memory.customer_replies) < limit:
            return False
        why = f"guard replies_per_customer_per_day: {limit} already sent"
        self._finish(turn, item, ActionState.GUARDED, why)
        return True

    def _call(self, turn: Turn, item: OpenAction, ticket: Ticket, memory: Memory) -> None:
        means, action = self._means, item.action
        now = means.clock()
        if turn.claim.lease_until - now < means.pace.lease / 2:
            turn.claim = means.store.renew(turn.claim, now, means.pace.lease)
        means.store.start_action(turn.claim, action.key, now, turn.endings)
        turn.endings = []
        occasion = Occasion(
            action=replace(action, not_before=None),  # it may only say when it was tried last
            ticket=ticket,
            memory=memory,
            config=turn.live.config,
            helpdesk=turn.live.helpdesks[action.ref.helpdesk],
            now=now,
            mark=mark_of(action.key),
            post=means.post,
            announce=means.announce,
            planned_at=item.planned_at,
            take_turn=partial(self._take_turn, action.key, now),
            ack_link=Links(means.store, turn.live.config, ticket, now),
            notices=means.store,
        )
        outcome = registry()[action.name].perform(action.params, occasion)
        keep_cases(means.store, action, outcome.wrote, now)
        self._record(turn, item, outcome, ticket, memory)

    def _take_turn(self, key: str, now: datetime, pool: str, candidates: Sequence[str]) -> str:
        """Kept under the action's key: repeated after a crash, it goes to the same person."""
        return self._means.store.take_turn(pool, candidates, key, now)

    def _record(
        self, turn: Turn, item: OpenAction, outcome: Outcome, ticket: Ticket, memory: Memory
    ) -> None:
        wrote, replaced = outcome.wrote, outcome.replaced
        if not wrote and item.state is not ActionState.PLANNED:
            wrote, replaced = written_since(item.action, memory.seen, ticket)
        done = outcome.done or bool(wrote)
        state = ActionState.DONE if done else ActionState.SKIPPED
        turn.written = turn.written or done
        self._finish(turn, item, state, outcome.detail, wrote=wrote, replaced=replaced)

    # What is known --------------------------------------------------------------------------

    def _read(self, turn: Turn, action: PlannedAction) -> tuple[Ticket, Memory]:
        """The ticket as it is now: read again when old, and after our own writes where it matters.

        After a move the host may have dropped the owner; a note tells what was done.
        """
        old = monotonic() - turn.read_at > self._means.pace.fresh
        changed = turn.written and (
            action.step is not Step.WRITE or action.name in {"assign", "undo"}
        )
        if turn.down is not None:
            raise turn.down
        if turn.endings and action.step is not Step.WRITE:
            turn.memory = None  # a note tells what was left undone, too
        if turn.ticket is None or old or changed or turn.memory is None:
            self._keep_endings(turn)
        if turn.ticket is None or old or changed:
            helpdesk = turn.live.helpdesks[action.ref.helpdesk]
            try:
                turn.ticket = helpdesk.read(action.ref.id, turn.live.needs)
            except TicketGone:
                raise
            except TryAgain as problem:
                turn.down = problem
                raise
            except Refused as problem:
                # Not the action was refused: once we may read again, it is done.
                logs.error("helpdesk.refused", helpdesk=helpdesk.name, detail=str(problem))
                turn.down = TryAgain(str(problem), after=self._means.pace.refused_wait)
                raise turn.down from problem
            turn.read_at, turn.written, turn.memory = monotonic(), False, None
        if turn.memory is None:
            customer = customer_key(action.ref.helpdesk, turn.ticket.customer)
            turn.memory = self._means.store.memory(action.ref, customer, self._means.clock())
        return turn.ticket, turn.memory

    def _settled_by_mark(self, turn: Turn, item: OpenAction) -> bool:
        """Look for what an unanswered call may have posted; True when there is nothing to do now.

        Not there yet is no proof: the host may still be busy with it. Repeated only after `settle`.
        """
        action = item.action
        helpdesk = turn.live.helpdesks[action.ref.helpdesk]
        self._keep_endings(turn)
        found = helpdesk.find_mark(action.ref.id, mark_of(action.key))
        if found is not None:
            self._missing_since.pop(action.key, None)
            self._finish(
                turn,
                item,
                ActionState.DONE,
                "done, though its answer was lost",
                wrote={"message": found},
            )
            return True
        if item.state is ActionState.PLANNED:
            return False
        since = self._missing_since.setdefault(action.key, monotonic())
        left = self._settle(turn, action) - (monotonic() - since)
        if left > 0:
            until = self._means.clock() + timedelta(seconds=left)
            self._wait(turn, item, until, "no answer came; looking again before repeating")
            return True
        return False

    def _settle(self, turn: Turn, action: PlannedAction) -> float:
        settings = turn.live.config.helpdesks.get(action.ref.helpdesk)
        return self._means.pace.settle + (settings.read_timeout if settings else 0.0)

    # Outcomes -------------------------------------------------------------------------------

    def _try_later(self, turn: Turn, item: OpenAction, problem: TryAgain) -> None:
        means, action = self._means, item.action
        now = means.clock()
        if now - item.planned_at > means.pace.give_up_after:
            self._finish(turn, item, ActionState.FAILED, f"given up: {problem}")
            return
        until = now + means.pace.backoff(item.attempts, means.random, problem.after)
        unknown = problem.ambiguous or item.state is not ActionState.PLANNED
        if problem.ambiguous and action.name in _POSTS:
            self._missing_since[action.key] = monotonic()
            until = max(until, now + timedelta(seconds=self._settle(turn, action)))
        state = ActionState.UNKNOWN if unknown else ActionState.PLANNED
        self._finish(turn, item, state, str(problem), not_before=until)
        if action.step is not Step.OUTSIDE:
            turn.waits[action.rule, action.cycle] = until

    def _wait(self, turn: Turn, item: OpenAction, until: datetime, why: str) -> None:
        self._hold(turn, item, until, why)
        if item.action.step is not Step.OUTSIDE:
            turn.waits[item.action.rule, item.action.cycle] = until

    def _hold(self, turn: Turn, item: OpenAction, until: datetime, why: str) -> None:
        state = ActionState.PLANNED if item.state is ActionState.PLANNED else ActionState.UNKNOWN
        now = self._means.clock()
        turn.endings.append(Ending(item.action.key, state, now, why, not_before=until))
        logs.debug("action.waits", **_names(item), why=why, until=until.isoformat())

    def _over_budget(self, turn: Turn, item: OpenAction, now: datetime) -> None:
        limit = turn.live.config.guards.actions_per_5m
        why = f"guard actions_per_5m: {limit} actions in 5 minutes"
        if self._budget.newly_spent():
            logs.warning("guard.actions_per_5m", limit=limit, hint="held back, nothing is lost")
            entry = AuditEntry(now, "guard", why, item.action.ref, item.action.rule)
            turn.audit.append(entry)
        hold = timedelta(seconds=self._means.pace.guard_hold * (1 + self._means.random.random()))
        self._wait(turn, item, now + hold, why)

    def _finish(
        self,
        turn: Turn,
        item: OpenAction,
        state: ActionState,
        detail: str,
        *,
        wrote: Mapping[str, object] | None = None,
        replaced: Mapping[str, object] | None = None,
        not_before: datetime | None = None,
    ) -> None:
        means, action = self._means, item.action
        now = means.clock()
        detail = logs.scrub_text(detail)
        turn.endings.append(
            Ending(action.key, state, now, detail, wrote or {}, replaced or {}, not_before)
        )
        if not state.is_open:
            self._missing_since.pop(action.key, None)
        means.metrics.actions.labels(action.ref.helpdesk, action.name, str(state)).inc()
        tell = {ActionState.FAILED: logs.error, ActionState.PLANNED: logs.warning}
        tell[ActionState.UNKNOWN] = logs.warning
        tell.get(state, logs.info)(f"action.{state}", **_names(item), detail=detail)
        text = f"{action.name}: {state}" + (f" ({detail})" if detail else "")
        turn.audit.append(AuditEntry(now, "action", text, action.ref, action.rule))

    def _keep_endings(self, turn: Turn) -> None:
        if turn.endings:
            self._means.store.finish_actions(turn.claim, turn.endings, self._means.clock())
            turn.endings = []

    def _close(self, turn: Turn, *, release: bool) -> None:
        """Write down all that is not in the store yet. The audit is kept whoever holds the ticket."""
        store, now = self._means.store, self._means.clock()
        try:
            if turn.endings or release:
                store.finish_actions(
                    turn.claim, turn.endings, now, audit=turn.audit, release=release
                )
                turn.audit = []
        finally:
            if turn.audit:
                store.write_audit(turn.audit)


def _names(item: OpenAction) -> dict[str, object]:
    action = item.action
    return {"ticket": str(action.ref), "rule": action.rule, "action": action.name}
