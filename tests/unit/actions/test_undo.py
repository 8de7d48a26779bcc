"""Putting back what a ladder changed, at the fresh read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugin.actions import Outcome, undo
from plugin.domain.memory import Memory
from plugin.domain.plan import PlannedAction
from plugin.domain.ticket import Agent, Priority, State, StateType, Ticket
from tests.fakes import ANA, BEN, FINANCE, FRONT, MARTA, NOON, FakeHelpdesk, a_ticket
from tests.unit.actions.doing import Doing, done, seen

OURS = a_ticket(
    owner=BEN, group=FINANCE, priority=Priority.HIGH, tags=frozenset({"esc-l1", "escalated", "vip"})
)


def put_back(ticket: Ticket = OURS, *, world: Doing | None = None, **params: Any) -> Outcome:
    """Perform an undo with these parameters."""
    world = world or Doing()
    held = world.helpdesk.hold(ticket)
    action = PlannedAction(
        key="k", ref=held.ref, rule="ladder: finance", name="undo", params=params,
        step=undo.STEP, position=0, why="", cycle="e1.3",
    )  # fmt: skip
    memory = world.memory or Memory(ref=held.ref, installed_at=NOON, seen=seen(held))
    return undo.perform(params, occasion(world, action, held, memory))


def occasion(world: Doing, action: PlannedAction, ticket: Ticket, memory: Memory) -> Any:
    from plugin.actions import Occasion

    return Occasion(
        action=action,
        ticket=ticket,
        memory=memory,
        config=world.config,
        helpdesk=world.helpdesk,
        now=world.now,
        mark="m",
        post=lambda *_: (200, None),
        announce=lambda *_: None,
        planned_at=world.planned_at,
    )


def test_tags_that_are_still_there_come_off() -> None:
    world = Doing()

    outcome = put_back(world=world, what="tags", tags=["escalated", "esc-l1", "esc-l2"])

    assert world.ticket.tags == {"vip"}
    assert outcome.wrote == {"untagged": ["escalated", "esc-l1"]}


def test_tags_somebody_took_off_already_are_no_news() -> None:
    outcome = put_back(what="tags", tags=["gone"])

    assert (outcome.done, outcome.detail) == (False, "already so: the tags are off")


@pytest.mark.parametrize(
    ("params", "field", "value"),
    [
        ({"what": "priority", "from": "high", "to": "normal"}, "priority", Priority.NORMAL),
        ({"what": "owner", "from": str(BEN.id), "to": str(ANA.id)}, "owner", ANA),
        ({"what": "owner", "from": str(BEN.id), "to": ""}, "owner", None),
    ],
    ids=["priority", "owner", "nobody"],
)
def test_a_field_that_is_as_we_left_it_is_put_back(
    params: dict[str, str], field: str, value: object
) -> None:
    world = Doing()

    outcome = put_back(world=world, **params)

    assert outcome.done
    assert getattr(world.ticket, field) == value
    assert outcome.wrote[params["what"]] == params["to"]
    assert outcome.replaced[params["what"]] == params["from"]


def test_the_group_is_put_back_and_an_owner_with_access_there_stays() -> None:
    world = Doing()

    outcome = put_back(
        replace(OURS, owner=ANA),
        world=world,
        what="group",
        **{"from": str(FINANCE.id), "to": str(FRONT.id)},
    )

    assert (world.ticket.group, world.ticket.owner) == (FRONT, ANA)
    assert outcome.wrote == {"group": str(FRONT.id)}


@pytest.mark.parametrize(
    "params",
    [
        {"what": "priority", "from": "urgent", "to": "normal"},
        {"what": "group", "from": "77", "to": str(FRONT.id)},
        {"what": "owner", "from": str(ANA.id), "to": ""},
    ],
    ids=["priority", "group", "owner"],
)
def test_a_field_somebody_changed_stays(params: dict[str, str]) -> None:
    world = Doing()

    outcome = put_back(world=world, **params)

    assert not outcome.done
    assert "somebody changed" in outcome.detail
    assert world.helpdesk.calls == []


def test_a_field_somebody_changed_and_changed_back_stays() -> None:
    memory = Memory(
        ref=OURS.ref, installed_at=NOON, seen=seen(OURS), noticed={"owner": NOON.replace(hour=13)}
    )

    outcome = put_back(world=Doing(memory=memory), what="owner", **{"from": str(BEN.id), "to": ""})

    assert not outcome.done


def test_what_is_as_it_was_is_no_news() -> None:
    outcome = put_back(what="group", **{"from": "77", "to": str(FINANCE.id)})

    assert outcome.detail == "already so: the group is as it was"


def test_the_owner_our_own_move_dropped_is_put_back_too() -> None:
    moved = done("undo", {"group": str(FRONT.id), "owner": ""})
    ticket = replace(OURS, owner=None, group=FRONT)
    memory = Memory(ref=OURS.ref, installed_at=NOON, seen=seen(OURS), actions=(moved,))
    world = Doing(memory=memory)

    outcome = put_back(
        ticket, world=world, what="owner", **{"from": str(BEN.id), "to": str(MARTA.id)}
    )

    assert outcome.done
    assert world.ticket.owner == MARTA


def test_a_move_back_never_drops_an_owner_somebody_else_chose() -> None:
    world = Doing()

    outcome = put_back(world=world, what="group", **{"from": str(FINANCE.id), "to": str(FRONT.id)})

    assert not outcome.done
    assert "whom somebody else chose, has no access to 1st Level" in outcome.detail
    assert (world.ticket.group, world.ticket.owner) == (FINANCE, BEN)


def test_a_move_back_that_drops_the_owner_we_chose_says_so() -> None:
    given = done("assign", {"owner": str(BEN.id)})
    memory = Memory(ref=OURS.ref, installed_at=NOON, seen=seen(OURS), actions=(given,))
    world = Doing(memory=memory)

    outcome = put_back(world=world, what="group", **{"from": str(FINANCE.id), "to": str(FRONT.id)})

    assert world.ticket.owner is None
    assert outcome.wrote == {"group": str(FRONT.id), "owner": ""}
    assert outcome.replaced == {"group": str(FINANCE.id), "owner": str(BEN.id)}


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"what": "group", "from": str(FINANCE.id), "to": "404"}, "is not there any more"),
        ({"what": "owner", "from": str(BEN.id), "to": "404"}, "is not there any more"),
        ({"what": "priority", "from": "high", "to": ""}, "there was no priority before"),
    ],
    ids=["group", "owner", "priority"],
)
def test_what_cannot_be_put_back_is_left_with_a_reason(params: dict[str, str], why: str) -> None:
    outcome = put_back(**params)

    assert not outcome.done
    assert why in outcome.detail


def test_an_owner_without_access_any_more_does_not_get_it_back() -> None:
    world = Doing(helpdesk=FakeHelpdesk(access={"Finance": [Agent(BEN)], "x": [Agent(ANA)]}))

    outcome = put_back(world=world, what="owner", **{"from": str(BEN.id), "to": str(ANA.id)})

    assert "may not own" in outcome.detail
    assert world.ticket.owner == BEN


def test_nothing_is_put_back_on_a_merged_ticket() -> None:
    merged = replace(OURS, state=State("merged", StateType.MERGED))

    outcome = put_back(merged, what="tags", tags=["escalated"])

    assert outcome.detail == "the ticket was merged into another"
