from __future__ import annotations

import pytest

from plugin.domain.errors import Refused, TicketGone
from plugin.domain.helpdesk import Ability
from plugin.domain.ticket import Priority, StateType
from tests.contract.world import EMMA, MARK, OLGA, World


def test_adds_tags_and_keeps_those_of_others(world: World) -> None:
    before = world.read()
    world.desk.agent_tags(world.ticket_id, EMMA, "vip")

    world.helpdesk.add_tags(before, ["escalated", "esc-l1"])

    assert world.desk.tags(world.ticket_id) == {"vip", "escalated", "esc-l1"}
    assert world.read().tags == {"vip", "escalated", "esc-l1"}


def test_removes_tags_and_keeps_those_of_others(world: World) -> None:
    world.helpdesk.add_tags(world.read(), ["escalated", "esc-l1"])
    world.desk.agent_tags(world.ticket_id, EMMA, "vip")

    world.helpdesk.remove_tags(world.read(), ["escalated", "never-there"])

    assert world.desk.tags(world.ticket_id) == {"vip", "esc-l1"}


def test_moves_to_a_group_whatever_the_case(world: World) -> None:
    world.helpdesk.set_group(world.read(), "finance")

    assert world.desk.group(world.ticket_id) == "Finance"


def test_assigns_and_unassigns(world: World) -> None:
    world.helpdesk.set_owner(world.read(), world.agent(EMMA))
    owned_by = world.desk.owner(world.ticket_id)

    world.helpdesk.set_owner(world.read(), None)

    assert owned_by == EMMA
    assert world.desk.owner(world.ticket_id) is None


def test_sets_a_priority(world: World) -> None:
    world.helpdesk.set_priority(world.read(), Priority.HIGH)
    high = world.read().priority

    world.helpdesk.set_priority(world.read(), Priority.NORMAL)

    assert high is Priority.HIGH
    assert world.read().priority is Priority.NORMAL


def test_closes_and_opens(world: World) -> None:
    (opened, *_) = [s.name for s in world.helpdesk.states() if s.type is StateType.OPEN]

    world.helpdesk.set_state(world.read(), "closed")
    closed = world.read()
    world.helpdesk.set_state(closed, opened)

    assert closed.is_closed
    assert closed.closed_at is not None
    assert world.read().state.type is StateType.OPEN
    assert world.read().closed_at is None


def test_a_value_already_in_place_makes_no_call(world: World) -> None:
    world.helpdesk.add_tags(world.read(), ["escalated"])
    world.helpdesk.set_owner(world.read(), world.agent(EMMA))
    world.helpdesk.set_priority(world.read(), Priority.HIGH)
    ticket = world.read()
    so_far = len(world.desk.requests)

    world.helpdesk.add_tags(ticket, ["escalated"])
    world.helpdesk.remove_tags(ticket, ["never-there"])
    world.helpdesk.set_owner(ticket, world.agent(EMMA))
    world.helpdesk.set_group(ticket, "Support")
    world.helpdesk.set_priority(ticket, Priority.HIGH)
    world.helpdesk.set_state(ticket, ticket.state.name)

    assert world.writes(so_far) == []


def test_an_owner_without_access_is_refused_and_nobody_is_set(world: World) -> None:
    with pytest.raises(Refused, match="access"):
        world.helpdesk.set_owner(world.read(), world.agent(OLGA))

    assert world.desk.owner(world.ticket_id) is None


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        pytest.param("Finnance", "did you mean 'Finance'", id="a typing mistake"),
        pytest.param("Kitchen", "Known: .*Finance", id="something else"),
    ],
)
def test_an_unknown_group_is_refused_with_the_known_ones(
    world: World, wanted: str, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        world.helpdesk.set_group(world.read(), wanted)

    assert world.desk.group(world.ticket_id) == "Support"


def test_an_unknown_state_is_refused_with_the_known_ones(world: World) -> None:
    before = world.desk.state(world.ticket_id)

    with pytest.raises(Refused, match="did you mean 'closed'"):
        world.helpdesk.set_state(world.read(), "cloesd")

    assert world.desk.state(world.ticket_id) == before


def test_an_unknown_field_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="room"):
        world.helpdesk.set_field(world.read(), "room", "12")


@pytest.mark.parametrize("tag", ["", " ", "a,b", "x" * 300])
def test_a_tag_the_host_would_change_is_refused(world: World, tag: str) -> None:
    with pytest.raises(Refused, match="tag name"):
        world.helpdesk.add_tags(world.read(), [tag])

    assert world.desk.tags(world.ticket_id) == set()


def test_changing_a_deleted_ticket_says_so(world: World) -> None:
    ticket = world.read()
    world.desk.delete(world.ticket_id)

    with pytest.raises(TicketGone):
        world.helpdesk.add_tags(ticket, ["late"])
    with pytest.raises(TicketGone):
        world.helpdesk.add_note(ticket, "<p>late</p>", MARK)
    with pytest.raises(TicketGone):
        world.helpdesk.set_group(ticket, "Finance")


def test_subscribes_once_or_says_why_not(world: World) -> None:
    able = Ability.SUBSCRIBE in world.helpdesk.whoami().abilities
    ticket, emma = world.read(), world.agent(EMMA)
    refused = ""

    try:
        world.helpdesk.subscribe(ticket, emma)
        so_far = len(world.desk.requests)
        world.helpdesk.subscribe(ticket, emma)
    except Refused as problem:
        refused = str(problem)

    assert bool(refused) is not able
    assert not able or world.writes(so_far) == []
