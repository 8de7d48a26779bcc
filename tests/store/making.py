"""Small values for the store's tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from plugin.domain.delivery import Delivery
from plugin.domain.memory import ActionState, Memory, Seen
from plugin.domain.plan import Plan, PlannedAction, Step, Timer
from plugin.domain.storing import Claim
from plugin.domain.ticket import Priority, StateType, TicketRef
from plugin.store.store import Store

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = 5 * MINUTE
CUSTOMER = "c" * 32


def ref(ticket_id: int = 1, helpdesk: str = "support") -> TicketRef:
    return TicketRef(helpdesk, ticket_id)


def delivery(
    ticket_id: int | None = 1,
    key: str | None = None,
    at: datetime = NINE,
    helpdesk: str = "support",
    hint: str = "",
) -> Delivery:
    return Delivery(helpdesk, key or f"delivery-of-{ticket_id}", ticket_id, at, hint)


def seen(at: datetime = NINE, **changes) -> Seen:
    fields = {
        "message_id": 7,
        "state": "open",
        "state_type": StateType.OPEN,
        "group_id": 2,
        "owner_id": 3,
        "priority": Priority.HIGH,
        "tags": frozenset({"billing", "vip"}),
        "updated_at": at,
        "recent": (2, 3, 7),
    }
    return Seen(**{**fields, **changes})


def action(
    ticket: TicketRef, name: str = "note", position: int = 0, cycle: str = "1", **changes
) -> PlannedAction:
    steps = {"note": Step.NOTE, "reply": Step.REPLY, "notify": Step.OUTSIDE}
    fields = {
        "key": f"{ticket}/rule/{cycle}/{position}.{name}",
        "ref": ticket,
        "rule": "rule",
        "name": name,
        "params": {"text": "as the rule says", "tags": ["a", "b"]},
        "step": steps.get(name, Step.WRITE),
        "position": position,
        "why": "because it is the third time",
        "cycle": cycle,
    }
    return PlannedAction(**{**fields, **changes})


def plan(
    ticket: TicketRef,
    *actions: PlannedAction,
    timers: tuple[Timer, ...] = (),
    at: datetime = NINE,
    memory: Memory | None = None,
    demote: dict[str, str] | None = None,
) -> Plan:
    kept = memory or Memory(ref=ticket, installed_at=NINE, seen=seen(at))
    return Plan(ticket, at, kept, actions=actions, timers=timers, demote=demote or {})


def take(store: Store, now: datetime = NINE, limit: int = 50, **more) -> list[Claim]:
    return list(store.claim(now, worker="tester", limit=limit, lease=LEASE, **more))


def take_one(store: Store, now: datetime = NINE) -> Claim:
    (claim,) = take(store, now)
    return claim


def take_ticket(store: Store, ticket: TicketRef, now: datetime = NINE) -> Claim:
    """The claim of this ticket, whatever else is due."""
    claims = {claim.ref: claim for claim in take(store, now)}
    wanted = claims.pop(ticket)
    store.release_all(list(claims.values()), now)
    return wanted


def decided(store: Store, *actions: PlannedAction, now: datetime = NINE, **more) -> Claim:
    """Ticket 1 was looked at, these actions were planned, and the claim is still held."""
    store.receive(delivery(1, key=f"at {now}", at=now))
    claim = take_one(store, now)
    assert store.store_plans([(claim, plan(ref(1), *actions, at=now, **more), CUSTOMER)]) == []
    return claim


def states(store: Store, now: datetime = NINE) -> dict[str, ActionState]:
    return {a.key: a.state for a in store.memory(ref(1), CUSTOMER, now).actions}
