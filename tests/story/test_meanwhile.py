"""What people do between a plan and its effect wins, however often the ticket was looked at since."""

from __future__ import annotations

import pytest

from plugin import clock
from tests.story.world import HOSTS, World, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(params=HOSTS)
def world(request, tmp_path):
    with World(request.param, tmp_path) as world:
        world.start()
        yield world


def planned_but_held_up(world: World, text: str = "My invoice is wrong") -> int:
    """A ticket whose plan is stored while the helpdesk takes no write."""
    for method in ("POST", "PUT"):
        world.desk.faults.add("503", method=method, path=r"/api/(?!.*search)", times=None)
    ticket = world.customer_writes(text)
    wait_for(lambda: actions(world, "planned") > 0)
    return ticket


def actions(world: World, state: str) -> int:
    return world.store.status(clock.now()).actions_by_state.get(state, 0)


def looked_at(world: World) -> None:
    """Until every delivery has led to a look; what was planned may still wait."""
    world.desk.settle()
    wait_for(lambda: world.store.status(clock.now()).deliveries_waiting == 0)


def ours(world: World, ticket: int) -> list[str]:
    return [text for text in world.replies(ticket) if "a specialist has your case" in text]


def goes_on(world: World) -> None:
    world.desk.faults.clear()
    world.settle(60)


def test_an_agent_who_answered_spares_the_customer_the_canned_reply(world):
    ticket = planned_but_held_up(world)

    world.desk.agent_replies(ticket, "ruud@example.com", "I corrected the invoice.")
    looked_at(world)
    goes_on(world)

    assert ours(world, ticket) == []
    assert len(world.notes(ticket)) == 1


def test_a_ticket_an_agent_moved_stays_there(world):
    world.desk.add_group("Legal")
    world.desk.add_agent("Lea Lang", "lea@example.com", {"Legal": "full", "1st Level": "full"})
    ticket = planned_but_held_up(world)

    world.desk.agent_moves(ticket, "lea@example.com", "Legal")
    looked_at(world)
    goes_on(world)

    assert world.desk.group(ticket) == "Legal"


def test_a_ticket_an_agent_took_stays_theirs(world):
    ticket = planned_but_held_up(world)

    world.desk.agent_assigns(ticket, "ben@example.com", "ben@example.com")
    looked_at(world)
    goes_on(world)

    assert world.desk.owner(ticket) == "ben@example.com"


def test_a_ticket_an_agent_closed_gets_no_reply(world):
    ticket = planned_but_held_up(world)

    world.desk.agent_closes(ticket, "ruud@example.com")
    looked_at(world)
    goes_on(world)

    assert ours(world, ticket) == []


def test_a_ticket_merged_away_gets_nothing_more(world):
    other = world.customer_writes("Another matter")
    world.settle()
    ticket = planned_but_held_up(world)

    world.desk.agent_merges(ticket, "ruud@example.com", other)
    looked_at(world)
    goes_on(world)

    assert ours(world, ticket) == []
    assert len(ours(world, other)) <= 1  # the mail itself may be there now, and be answered there


def test_a_ticket_deleted_asks_for_nothing_more(world):
    ticket = planned_but_held_up(world)

    world.desk.delete(ticket)
    goes_on(world)

    assert actions(world, "planned") == 0
    assert actions(world, "failed") == 0


def test_a_customer_who_writes_again_gets_one_note_and_one_reply(world):
    ticket = planned_but_held_up(world)

    world.desk.customer_replies(ticket, "The invoice is still wrong")
    looked_at(world)
    goes_on(world)

    assert len(world.notes(ticket)) == 1
    assert len(world.replies(ticket)) == 1


def test_an_automatic_answer_of_the_customer_gets_no_reply(world):
    ticket = planned_but_held_up(world)

    world.desk.customer_replies(
        ticket,
        "I am out of the office until Monday and will answer when I am back.",
        automatic=True,
    )
    looked_at(world)
    goes_on(world)

    assert ours(world, ticket) == []
