"""What pools ask of a helpdesk: how much everybody has to do, who is there, who knows a customer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from plugin.domain.ticket import Absence, Agent
from tests.contract.world import DAVE, EMMA, ERIN, NOAH, OLGA, World


def owned(world: World, agent: str, *, customer: str = DAVE) -> int:
    """A ticket in Support that belongs to somebody."""
    ticket = world.desk.customer_writes(customer, "Question", "Why?", group="Support")
    world.desk.agent_assigns(ticket, agent, agent)
    return ticket


def open_tickets(world: World, *who: str) -> list[int]:
    """How many each has, in this order."""
    agents: list[Agent] = [world.agent(one) for one in who]
    counts = world.helpdesk.open_tickets(agents)
    assert list(counts) == [agent.person.id for agent in agents]
    return list(counts.values())


class TestOpenTickets:
    def test_are_counted_by_owner(self, world: World) -> None:
        owned(world, EMMA)
        owned(world, EMMA)
        owned(world, NOAH)

        assert open_tickets(world, NOAH, EMMA, OLGA) == [1, 2, 0]

    def test_do_not_count_when_closed_or_waiting_for_somebody_else(self, world: World) -> None:
        owned(world, EMMA)
        world.desk.agent_closes(owned(world, EMMA), EMMA)
        waiting = owned(world, EMMA)
        if world.desk.type == "zammad":
            tomorrow = datetime.now(UTC) + timedelta(days=1)  # noqa: TID251
            world.desk.agent_sets_state(waiting, EMMA, "pending reminder", tomorrow)
        else:
            world.desk.agent_sets_state(waiting, EMMA, "pending")

        assert open_tickets(world, EMMA) == [1]

    def test_of_hundreds_none_is_missed(self, world: World) -> None:
        for _ in range(230):
            owned(world, EMMA)
        owned(world, NOAH)

        assert open_tickets(world, EMMA, NOAH) == [230, 1]

    def test_of_nobody_cost_no_call(self, world: World) -> None:
        calls = len(world.desk.requests)

        assert world.helpdesk.open_tickets([]) == {}
        assert [c for c in world.desk.requests[calls:] if "search" in c.path] == []

    def test_are_asked_without_changing_anything(self, world: World) -> None:
        owned(world, EMMA)
        calls = len(world.desk.requests)

        open_tickets(world, EMMA, NOAH)

        assert world.writes(calls) == []


def test_counting_costs_one_small_call_for_each_agent_where_the_helpdesk_counts(
    world: World,
) -> None:
    if world.desk.type == "zammad":
        world.desk.settings.version = "6.5.1"  # type: ignore[attr-defined]
    for _ in range(60):
        owned(world, EMMA)
    agents = [world.agent(EMMA), world.agent(NOAH)]
    world.helpdesk.open_tickets(agents)
    calls = len(world.desk.requests)

    counted = world.helpdesk.open_tickets(agents)

    assert list(counted.values()) == [60, 0]
    assert len(world.desk.requests) - calls == 2


def test_a_customers_earlier_tickets_say_who_has_them(world: World) -> None:
    nobodys = world.desk.customer_writes(ERIN, "Again", "Again.", group="Support")
    emmas = owned(world, EMMA, customer=ERIN)
    start = datetime.now(UTC) - timedelta(days=1)  # noqa: TID251

    found = world.helpdesk.customer_tickets(world.read().customer, start)

    owners = {one.id: one.owner_id for one in found}
    assert owners == {
        world.ticket_id: None,
        nobodys: None,
        emmas: world.agent(EMMA).person.id,
    }


def test_who_is_absent_is_known_with_the_days(world: World) -> None:
    absence = world.agent(NOAH).absence

    assert absence == Absence(date(2026, 12, 1), date(2027, 12, 31))
    assert world.agent(EMMA).absence is None
