"""A ticket wound back is what a read had answered then: compared on both hosts, action by action."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest

from connectors import connector
from plugin.domain.errors import TicketGone
from plugin.domain.helpdesk import Need
from plugin.domain.past import PastReader
from plugin.domain.ticket import Ticket
from plugin.history.rewinding import Timeline
from tests.contract.world import EMMA, ERIN, NOAH, OLGA, World, settings_for

ADMINS = {"admin@example.com"}
"""FreeScout's may own tickets of every mailbox."""

MORNING = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def reader(world: World) -> Iterator[PastReader]:
    reader = connector(world.desk.type).read_only(settings_for(world.desk))
    yield reader
    reader.close()


class Morning:
    """A morning on a desk, with what a read answered after each thing that happened."""

    def __init__(self, world: World) -> None:
        self.world, self.desk = world, world.desk
        self.at = MORNING
        self.desk.clock = lambda: self.at
        self.seen: list[tuple[datetime, Ticket]] = []
        self.ticket = self.desk.customer_writes(ERIN, "Noise", "It was loud.", group="Support")
        self.look()

    def look(self) -> None:
        needs = frozenset({Need.HISTORY})
        self.seen.append((self.at, self.world.helpdesk.read(self.ticket, needs)))
        self.at += timedelta(minutes=10)

    def live(self) -> None:
        desk, ticket = self.desk, self.ticket
        self.live_through(
            lambda: desk.agent_assigns(ticket, EMMA, EMMA),
            lambda: desk.agent_notes(ticket, EMMA, "I ask the night porter."),
            lambda: desk.agent_replies(ticket, EMMA, "We are sorry."),
            lambda: desk.customer_replies(ticket, "And my money?"),
            lambda: desk.agent_assigns(ticket, EMMA, None),
            lambda: desk.agent_assigns(ticket, NOAH, NOAH),
            lambda: desk.agent_replies(ticket, NOAH, "Here it is.", close=True),
            lambda: desk.customer_replies(ticket, "Thank you!"),
            lambda: desk.agent_sets_state(ticket, NOAH, "closed"),
        )

    def live_through(self, *happenings: Callable[[], object]) -> None:
        for happens in happenings:
            happens()
            self.look()


def differences(then: Ticket, was: Ticket) -> list[str]:
    return [
        f"{one.name}: {getattr(then, one.name)!r} was {getattr(was, one.name)!r}"
        for one in fields(Ticket)
        if getattr(then, one.name) != getattr(was, one.name)
    ]


def test_every_moment_is_wound_back_to(world: World, reader: PastReader) -> None:
    morning = Morning(world)
    morning.live()

    timeline = Timeline(reader.read_past(morning.ticket), reader.staff(), ours=True)

    wrong = {
        at.isoformat(): differences(then, was)
        for at, was in morning.seen
        if (then := timeline.at(at)) is None or then != was
    }
    assert wrong == {}


# FreeScout keeps no history of tags, priorities and earlier mailboxes.
@pytest.mark.parametrize("world", ["zammad"], indirect=True)
def test_on_zammad_groups_tags_and_priorities_are_wound_back_to(
    world: World, reader: PastReader
) -> None:
    morning = Morning(world)
    desk, ticket = morning.desk, morning.ticket
    morning.live_through(
        lambda: desk.agent_sets_priority(ticket, NOAH, "3 high"),
        lambda: desk.agent_tags(ticket, NOAH, "vip"),
        lambda: desk.agent_assigns(ticket, NOAH, EMMA),
        lambda: desk.agent_moves(ticket, NOAH, "Finance"),
        lambda: desk.agent_untags(ticket, NOAH, "vip"),
        lambda: desk.agent_tags(ticket, NOAH, "billing"),
        lambda: desk.agent_sets_priority(ticket, NOAH, "1 low"),
        lambda: desk.agent_moves(ticket, NOAH, "Support"),
        lambda: desk.agent_closes(ticket, NOAH),
    )

    timeline = Timeline(reader.read_past(ticket), reader.staff(), ours=True)

    wrong = {
        at.isoformat(): differences(then, was)
        for at, was in morning.seen
        if (then := timeline.at(at)) is None or then != was
    }
    assert wrong == {}
    assert {was.group.name for _, was in morning.seen} == {"Support", "Finance"}


def test_what_is_open_is_listed(world: World, reader: PastReader) -> None:
    other = world.desk.customer_writes(ERIN, "Done", "Thanks.", group="Support")
    world.desk.agent_closes(other, NOAH)

    assert [one.ticket_id for one in reader.open_now()] == [world.ticket_id]


def test_what_has_changed_since_is_listed(world: World, reader: PastReader) -> None:
    morning = Morning(world)
    morning.live()

    early = {one.ticket_id for one in reader.changed_since(MORNING)}
    late = {one.ticket_id for one in reader.changed_since(morning.at + timedelta(hours=1))}

    assert morning.ticket in early
    assert morning.ticket not in late


def test_a_customers_tickets_are_listed_with_this_one(world: World, reader: PastReader) -> None:
    customer = reader.read_past(world.ticket_id).ticket.customer
    other = world.desk.customer_writes(ERIN, "Again", "Hello?", group="Support")

    assert [one.id for one in reader.customer_tickets(customer)] == [world.ticket_id, other]


def test_a_deleted_ticket_is_gone(world: World, reader: PastReader) -> None:
    world.desk.delete(world.ticket_id)

    with pytest.raises(TicketGone):
        reader.read_past(world.ticket_id)


def test_the_staff_are_those_who_may_own_tickets(world: World, reader: PastReader) -> None:
    staff = reader.staff()

    by_name = {
        group.name: {agent.person.email for agent in staff.agents[group.id]} - ADMINS
        for group in staff.groups
    }
    assert by_name["Support"] == {EMMA, NOAH}
    assert by_name["Finance"] == {OLGA, NOAH}
    assert staff.me is not None
    assert staff.me.email == world.desk.service_user


def test_nothing_was_written(world: World, reader: PastReader) -> None:
    so_far = len(world.desk.requests)

    reader.read_past(world.ticket_id)
    reader.staff()
    list(reader.open_now())
    list(reader.changed_since(MORNING))

    assert world.writes(so_far) == []
    assert not [name for name in dir(reader) if name.startswith(("set_", "add_", "remove_"))]
