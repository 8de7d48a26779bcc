"""A service user whom the administrator gave too little."""

from __future__ import annotations

import pytest

from plugin import clock
from tests.story.world import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture
def world(tmp_path):
    with World("zammad", tmp_path) as world:
        bot = next(
            row for row in world.desk.data.users.values() if row["login"] == world.desk.service_user
        )
        bot["group_ids"] = {group: ["read"] for group in bot["group_ids"]}
        world.start()
        yield world


def test_who_may_only_read_is_told_so_and_the_ticket_is_not_taken_for_gone(world):
    world.customer_writes("My invoice is wrong")
    world.settle()

    status = world.store.status(clock.now())
    told = {letter.name: letter.detail for letter in status.dead_letters}
    assert all("full access" in told[name] for name in ("tag", "group", "note", "reply"))
    assert status.actions_by_state.get("skipped", 0) == 0
