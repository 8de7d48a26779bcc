"""One look at a ticket: read it, remember it, decide."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.clock import monotonic
from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Escalation, Phase, Taken
from plugin.domain.ladder import LADDER
from plugin.domain.memory import ActionState, Memory
from plugin.domain.plan import Plan
from plugin.domain.storing import AuditEntry, Claim
from plugin.domain.ticket import Ticket, TicketRef, customer_key
from plugin.engine.dispatcher import Dispatcher
from plugin.engine.means import Live, Means

_IN_DOUBT = frozenset({ActionState.UNKNOWN, ActionState.CLAIMED})


@dataclass(frozen=True, slots=True)
class Look:
    """What a look gave; `read_at` is on the monotonic scale."""

    claim: Claim
    ticket: Ticket
    plan: Plan
    customer: str
    read_at: float

    @property
    def leads_to_calls(self) -> bool:
        """True when something is to be done at the helpdesk."""
        return self.claim.act or any(one.state is ActionState.PLANNED for one in self.plan.actions)


def look(claim: Claim, live: Live, means: Means, dispatcher: Dispatcher) -> Look:
    """Read the ticket and decide. Raises what the helpdesk raises.

    A call that got no answer is settled first: otherwise what it wrote would look like a person's
    doing, and fire rules.
    """
    ticket, customer, read_at, memory = _read(claim, live, means)
    if any(action.state in _IN_DOUBT for action in memory.actions):
        dispatcher.dispatch(claim, live, ticket=ticket, read_at=read_at, only_unknown=True)
        ticket, customer, read_at, memory = _read(claim, live, means)
    plan = means.decide(live.config, ticket, memory, means.clock())
    return Look(claim, ticket, plan, customer, read_at)


def _read(claim: Claim, live: Live, means: Means) -> tuple[Ticket, str, float, Memory]:
    ref = claim.ref
    ticket = live.helpdesks[ref.helpdesk].read(ref.id, live.needs)
    customer = customer_key(ref.helpdesk, ticket.customer)
    read_at, memory = monotonic(), means.store.memory(ref, customer, means.clock())
    memory = _with_merged(ticket, memory, means) if ticket.absorbed else memory
    return ticket, customer, read_at, memory


def _with_merged(ticket: Ticket, memory: Memory, means: Means) -> Memory:
    """The memory with `elsewhere`: what was taken in before it moved here is no news here."""
    newest = memory.seen.message_id if memory.seen else 0
    taken_in: set[int] = set()
    for number, messages in ticket.absorbed.items():
        if max(messages, default=0) <= newest:
            continue
        source = TicketRef(ticket.ref.helpdesk, number)
        seen = means.store.memory(source, "", means.clock()).seen
        if seen is not None:
            taken_in.update(one for one in messages if one <= seen.message_id)
    return memory.with_changes(elsewhere=frozenset(taken_in))


def moves_of(plan: Plan) -> Iterator[tuple[str, str, int]]:
    """The steps ladders took at this look: policy, what it was, and at which level."""
    for one, step in _steps(plan):
        yield one.policy.name, step.what, step.level


def _steps(plan: Plan) -> Iterator[tuple[Escalation, Taken]]:
    for one in plan.memory.escalations:
        for step in one.taken:
            if step.at == plan.decided_at:
                yield one, step


_SILENT = frozenset({Phase.SUGGESTED, Phase.DECLINED, Phase.SNOOZED, Phase.AVOIDED})
"""Steps of a ladder that rules cannot listen to: the audit tells them all the same."""


def audit_of(plan: Plan) -> Iterator[AuditEntry]:
    """What the audit keeps of a decision: events, rules that fired, what a guard held back."""
    at, ref = plan.decided_at, plan.ref
    for event in plan.events:
        yield AuditEntry(
            at, "event", f"{event.name}: {event.why}" if event.why else event.name, ref
        )
    for one, step in _steps(plan):
        if step.what in _SILENT:
            by = f" by {step.by}" if step.by else ""
            text = f"escalation {step.what}{by} at level {step.level}: {step.why}"
            yield AuditEntry(at, "event", text, ref, one.rule)
    for outcome in plan.outcomes:
        if outcome.fired:
            yield AuditEntry(at, "verdict", f"fired: {outcome.why}", ref, outcome.rule)
        elif outcome.rule.startswith(LADDER):  # what people asked for, and what came of it
            yield AuditEntry(at, "verdict", outcome.why, ref, outcome.rule)
    for action in plan.actions:
        if action.state is not ActionState.PLANNED:
            text = f"{action.name}: {action.state}" + (
                f" ({action.detail})" if action.detail else ""
            )
            kind = "guard" if action.state is ActionState.GUARDED else "action"
            yield AuditEntry(at, kind, text, ref, action.rule)
    for rule, reason in plan.demote.items():
        yield AuditEntry(at, "guard", f"rule held at observe: {reason}", ref, rule)
