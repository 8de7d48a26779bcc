"""Webhook in, effects out, on both hosts."""

from __future__ import annotations

import pytest

from tests.story.world import ESCALATED, HOSTS, World


@pytest.fixture(params=HOSTS)
def world(request, tmp_path):
    with World(request.param, tmp_path) as world:
        yield world


def test_a_customer_writes_and_the_ticket_is_escalated_once(world):
    world.start()

    ticket = world.customer_writes("My invoice is wrong")
    world.settle()

    assert world.end_state(ticket) == ESCALATED
