"""A customer who writes two tickets about one matter, and an agent who merges them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plugin import clock
from plugin.domain.ticket import TicketRef
from tests.story.world import HOSTS, World, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

RULES = """\
rules:
  - name: billing
    on: [ticket.created, customer.replied]
    when: {text: {any_of: {en: [invoice]}}}
    once_per: message
    do:
      - note: why
      - reply: we_escalated
"""

LADDER = """\
teams:
  finance: {group: Finance, lead: ana@example.com}
matrix:
  - {policy: money}
policies:
  money:
    type: functional
    levels:
      - {responsible: {lead: finance}, ack_within: 1h}
"""


class Late:
    """A clock that runs ahead by what it is told: FreeScout's instants are whole seconds."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self):
        return clock.now() + self.ahead


@pytest.fixture
def late():
    return Late()


@pytest.fixture(params=HOSTS)
def world(request, tmp_path, late):
    with World(request.param, tmp_path, rules=RULES, now=late) as world:
        world.start()
        yield world


def merged(world: World, late: Late, source: int, target: int) -> None:
    """An agent merges a minute later; until Deskladder has looked at what came of it."""
    late.ahead += timedelta(minutes=1)
    world.desk.agent_merges(source, "ruud@example.com", target)
    if world.service:
        wait_for(lambda: is_taken_in(world, target))
        world.settle()


def is_taken_in(world: World, ticket: int) -> bool:
    """True once the ticket was looked at with the messages it has now."""
    seen = world.store.memory(TicketRef("support", ticket), "", world.now()).seen
    newest = max(message.id for message in world.desk.messages(ticket))
    return seen is not None and seen.message_id >= newest


def test_a_mail_that_was_dealt_with_is_no_news_in_the_ticket_it_is_merged_into(world, late):
    target = world.customer_writes("Another matter")
    world.settle()
    source = world.customer_writes("The invoice is wrong")
    world.settle()

    merged(world, late, source, target)

    assert len(world.replies(target)) == 1  # sent before the merge
    assert len(world.notes(target)) == 1


def test_a_mail_nobody_had_looked_at_is_news_in_the_ticket_it_is_merged_into(world, late):
    target = world.customer_writes("Another matter")
    world.settle()
    world.stop()
    source = world.customer_writes("The invoice is wrong")
    merged(world, late, source, target)
    world.desk.settle()

    world.start()
    wait_for(lambda: is_taken_in(world, target))
    world.settle()

    assert len(world.replies(target)) == 1
    assert len(world.replies(source)) == 0


def test_what_a_customer_writes_after_the_merge_is_news(world, late):
    target = world.customer_writes("Another matter")
    world.settle()
    source = world.customer_writes("The invoice is wrong")
    world.settle()
    merged(world, late, source, target)

    world.desk.customer_replies(target, "The invoice is still wrong")
    world.settle()

    assert len(world.replies(target)) == 2


def test_a_command_in_a_note_that_moved_is_not_obeyed_again(world, late):
    world.write_config(RULES.replace("rules:", LADDER + "rules:"))
    world.stop()
    world.start()
    target = world.customer_writes("Another matter")
    world.settle()
    source = world.customer_writes("A broken chair")
    world.settle()
    world.desk.agent_notes(source, "ruud@example.com", "/escalate")
    world.settle()
    assert world.desk.group(source) == "Finance"

    merged(world, late, source, target)

    assert world.desk.group(target) == "1st Level"
