"""Webhook in, effects out, on both hosts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from plugin import clock
from tests.story.world import ESCALATED, HEAD, HOSTS, QUICK, World, wait_for


@pytest.fixture(params=HOSTS)
def world(request, tmp_path):
    with World(request.param, tmp_path) as world:
        yield world


def test_a_customer_writes_and_the_ticket_is_escalated_once(world):
    world.start()

    ticket = world.customer_writes("My invoice is wrong")
    world.settle()

    assert world.end_state(ticket) == ESCALATED


@pytest.mark.parametrize("host", HOSTS)
def test_the_first_ticket_is_news_though_the_helpdesks_clock_is_behind(host, tmp_path):
    pace = replace(QUICK, clock_skew=timedelta(minutes=5))
    with World(host, tmp_path, pace=pace) as world:
        world.desk.clock = lambda: clock.now() - timedelta(minutes=4)
        world.start()

        ticket = world.customer_writes("My invoice is wrong")
        world.settle()

        assert world.end_state(ticket) == ESCALATED


@pytest.mark.parametrize("host", HOSTS)
def test_a_ticket_older_than_the_store_and_its_clock_skew_is_left_alone(host, tmp_path):
    pace = replace(QUICK, clock_skew=timedelta(minutes=5))
    with World(host, tmp_path, pace=pace) as world:
        world.desk.clock = lambda: clock.now() - timedelta(minutes=6)
        world.start()

        ticket = world.customer_writes("My invoice is wrong")
        world.settle()

        assert (world.notes(ticket), world.replies(ticket)) == ([], [])


MARKED = "    priority: {{tags: {{high: prio-high}}}}"
URGENT = """\
rules:
  - name: urgent
    on: [ticket.created]
    do: [{priority: high}]
  - name: tagged
    on: [ticket.tagged]
    once_per: ticket
    do: [{tag: seen-by-a-rule}]
"""


def test_the_tag_of_a_priority_of_ours_starts_no_rule_and_that_of_a_person_does(tmp_path):
    with World(
        "freescout", tmp_path, rules=URGENT, head=HEAD.replace("{options}", MARKED)
    ) as world:
        world.start()
        ticket = world.customer_writes("My invoice is wrong")
        world.settle()
        world.wait_for_reconcile()
        world.settle()
        ours = world.desk.tags(ticket)

        world.desk.agent_tags(ticket, "ruud@example.com", "vip")
        wait_for(lambda: "seen-by-a-rule" in world.desk.tags(ticket))

    assert ours == {"prio-high"}


ANSWERED = """\
rules:
  - name: answered
    on: [agent.replied]
    do: [{tag: answered}]
"""


def test_a_reply_that_was_a_draft_while_the_customer_wrote_again_is_heard(tmp_path):
    with World("freescout", tmp_path, rules=ANSWERED) as world:
        world.start()
        ticket = world.customer_writes("My invoice is wrong")
        draft = world.desk.data.next_id("thread")  # kept as soon as somebody begins to write
        world.desk.customer_replies(ticket, "Is anybody there?")
        world.settle()

        with world.desk._locked():
            world.desk.agent_replies(ticket, "ruud@example.com", "I corrected the invoice.")
            world.desk.data.conversation(ticket).threads[-1].id = draft
        wait_for(lambda: "answered" in world.desk.tags(ticket))

        assert world.store.status(clock.now()).actions_by_state == {"done": 1}
