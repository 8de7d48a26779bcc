from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from plugin.domain.errors import TicketGone
from plugin.domain.helpdesk import Ability, Need
from plugin.domain.ticket import MessageKind, Person, Priority, Role
from tests.contract.world import DAVE, EMMA, ERIN, MARK, World


def test_says_who_we_are_and_what_the_host_can_do(world: World) -> None:
    me = world.helpdesk.whoami()

    assert me.person.email == world.desk.service_user
    assert {Ability.TAG, Ability.PRIORITY, Ability.HISTORY} <= me.abilities
    assert me.abilities | set(me.missing) == frozenset(Ability)
    assert not me.abilities & set(me.missing)


def test_reads_a_ticket_in_our_words(world: World) -> None:
    ticket = world.read()

    assert ticket.ref.helpdesk == "support"
    assert ticket.ref.id == world.ticket_id
    assert ticket.number == world.desk.number(world.ticket_id)
    assert ticket.url.startswith(world.desk.url)
    assert ticket.subject == "Wrong invoice"
    assert ticket.group.name == "Support"
    assert ticket.owner is None
    assert ticket.priority is Priority.NORMAL
    assert ticket.channel == "email"
    assert ticket.created_by is Role.CUSTOMER
    assert ticket.touched_at is None
    assert not ticket.is_closed


def test_reads_the_customer(world: World) -> None:
    customer = world.read().customer

    assert customer.email == ERIN
    assert customer.name == "Erin Guest"
    assert customer.role is Role.CUSTOMER
    assert customer.organization == "Hotel BV"


def test_reads_messages_oldest_first_with_who_wrote_them(world: World) -> None:
    world.desk.agent_notes(world.ticket_id, EMMA, "looks right to me")
    world.desk.agent_replies(world.ticket_id, EMMA, "We look into it.")
    world.desk.customer_replies(world.ticket_id, "Any news?")

    messages = world.read().messages

    assert [message.kind for message in messages] == [
        MessageKind.CUSTOMER,
        MessageKind.NOTE,
        MessageKind.AGENT,
        MessageKind.CUSTOMER,
    ]
    assert [message.id for message in messages] == sorted(message.id for message in messages)
    assert [message.text.strip() for message in messages] == [
        "I was charged twice.",
        "looks right to me",
        "We look into it.",
        "Any news?",
    ]
    assert all(message.by_human for message in messages)
    assert messages[2].author.email == EMMA


def test_an_automatic_mail_is_told_from_a_human_one(world: World) -> None:
    ticket_id = world.desk.customer_writes(
        DAVE, "Automatic reply: Out of office", "I am away.", group="Support", automatic=True
    )

    message = world.helpdesk.read(ticket_id).messages[0]

    assert message.automatic
    assert not message.by_human


def test_our_own_messages_are_ours_and_carry_their_mark(world: World) -> None:
    note = world.helpdesk.add_note(world.read(), "<p>why</p>", MARK)

    message = world.read().messages[-1]

    assert message.id == note
    assert message.ours
    assert message.automatic
    assert message.mark == MARK


def test_tells_when_a_human_touched_it_and_not_when_we_did(world: World) -> None:
    before = world.read()
    world.helpdesk.add_tags(before, ["one"])
    world.helpdesk.add_note(before, "<p>why</p>", MARK)
    ours = world.read().touched_at

    world.desk.agent_assigns(world.ticket_id, EMMA, EMMA)
    by_emma = world.read()
    world.helpdesk.add_tags(by_emma, ["two"])

    assert ours is None
    assert by_emma.touched_at is not None
    assert world.read().touched_at == by_emma.touched_at


def test_reads_the_history_when_asked(world: World) -> None:
    world.desk.agent_assigns(world.ticket_id, EMMA, EMMA)
    world.desk.agent_sets_state(world.ticket_id, EMMA, "closed")

    ticket = world.read(Need.HISTORY)

    assert world.read().history is None
    assert ticket.history is not None
    last_state = [change for change in ticket.history if change.what == "state"][-1]
    last_owner = [change for change in ticket.history if change.what == "owner"][-1]
    assert last_state.after == "closed"
    assert last_state.by is not None
    assert last_state.by.email == EMMA
    assert not last_state.ours
    assert (last_owner.before, last_owner.after) == ("", str(world.agent(EMMA).person.id))


def test_our_own_changes_in_the_history_are_ours(world: World) -> None:
    world.helpdesk.set_state(world.read(), "closed")

    history = world.read(Need.HISTORY).history

    assert [change.ours for change in history if change.after == "closed"] == [True]


def test_lists_the_customers_tickets_and_no_other(world: World) -> None:
    second = world.desk.customer_writes(ERIN, "Again", "Again.", group="Finance")
    world.desk.customer_writes(DAVE, "Other", "Other.", group="Support")
    customer = world.read().customer
    start = datetime.now(UTC) - timedelta(days=1)  # noqa: TID251

    found = world.helpdesk.customer_tickets(customer, start)

    assert [earlier.id for earlier in found] == [world.ticket_id, second]
    assert all(earlier.url.startswith(world.desk.url) for earlier in found)
    assert [earlier.number for earlier in found] == [
        world.desk.number(world.ticket_id),
        world.desk.number(second),
    ]


def test_lists_the_customers_tickets_only_from_the_instant_on(world: World) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)  # noqa: TID251

    assert world.helpdesk.customer_tickets(world.read().customer, tomorrow) == []


def test_a_customer_nobody_numbered_has_no_tickets(world: World) -> None:
    nobody = Person(None, Role.CUSTOMER, email="x@y.example")

    found = world.helpdesk.customer_tickets(nobody, datetime(2020, 1, 1, tzinfo=UTC))

    assert found == []


def test_brings_the_customers_tickets_when_asked(world: World) -> None:
    ticket = world.read(Need.CUSTOMER_TICKETS)

    assert [earlier.id for earlier in ticket.customer_tickets] == [world.ticket_id]
    assert world.read().customer_tickets is None


def test_a_deleted_ticket_is_gone(world: World) -> None:
    world.desk.delete(world.ticket_id)

    with pytest.raises(TicketGone):
        world.read()


def test_a_ticket_that_never_was_is_gone(world: World) -> None:
    with pytest.raises(TicketGone):
        world.helpdesk.read(999_999)


def test_the_ticket_that_lives_on_says_what_came_from_which(world: World) -> None:
    source = world.desk.customer_writes(DAVE, "Again", "Again.", group="Support")
    came_along = {message.id for message in world.helpdesk.read(source).messages}
    before = world.read()
    world.desk.agent_merges(source, EMMA, world.ticket_id)

    ticket = world.read()

    assert before.absorbed == {}
    assert set(ticket.absorbed) == {source}
    assert came_along <= ticket.absorbed[source]
    assert came_along <= {message.id for message in ticket.messages}


def test_what_a_merge_was_about_is_asked_for_once(world: World) -> None:
    source = world.desk.customer_writes(ERIN, "Again", "Again.", group="Support")
    world.read()
    ordinary = calls_of_a_read(world)
    world.desk.agent_merges(source, EMMA, world.ticket_id)

    first, second = calls_of_a_read(world), calls_of_a_read(world)

    assert len(first) <= len(second) + 1
    assert set(second) <= {*ordinary, f"/api/v1/ticket_history/{world.ticket_id}"}


def calls_of_a_read(world: World) -> list[str]:
    began = len(world.desk.requests)
    world.read()
    return [call.path for call in world.desk.requests[began:]]


def test_a_merged_ticket_is_gone_or_says_where_it_went(world: World) -> None:
    target = world.desk.customer_writes(ERIN, "Again", "Again.", group="Support")
    world.desk.agent_merges(world.ticket_id, EMMA, target)

    try:
        ticket = world.read()
    except TicketGone as gone:
        outcome = str(gone)
    else:
        outcome = f"{ticket.state.type} into {ticket.merged_into}"

    assert outcome.endswith((f"merged into {target}", f"number {world.desk.number(target)}"))
