"""Two replicas on one PostgreSQL, killed at random: the end is that of one that was left alone."""

from __future__ import annotations

import os
import random
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.store.conftest import fresh_schema, without_postgresql
from tests.story.world import QUICK, World, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgresql,
    without_postgresql,
    pytest.mark.timeout(600),
]

TICKETS = int(os.environ.get("DESKLADDER_TEST_TICKETS", "300"))
RULES = """\
rules:
  - name: billing
    on: [ticket.created]
    when: {text: {any_of: {en: [invoice]}}}
    do: [{tag: billing}, {note: "Please look at {{ ticket.number }}."}, {reply: we_escalated}]
  - name: the rest
    on: [ticket.created]
    when: {none: [{text: {any_of: {en: [invoice]}}}]}
    do: [{tag: other}]
"""
PACE = replace(QUICK, lease=timedelta(seconds=4), reconcile=15.0, sweep=600.0, tick=1.0, watch=5.0)


class Killer:
    """Kills one of the replicas every few seconds and starts another in its place."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._random = random.Random(seed)
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.replicas = [world.start_replica(), world.start_replica()]
        self.kills = 0
        for replica in self.replicas:
            replica.wait_until_ready()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Kill no more; two replicas are left."""
        self._enough.set()
        self._thread.join(60)

    def _run(self) -> None:
        while not self._enough.wait(self._random.uniform(1.0, 4.0)):
            number = self._random.randrange(2)
            self.replicas[number].kill()
            self.kills += 1
            self.replicas[number] = self._world.start_replica()
            self.replicas[number].wait_until_ready()


def test_the_end_state_is_that_of_one_replica_without_kills(tmp_path):
    with (
        fresh_schema() as url,
        World("zammad", tmp_path, rules=RULES, pace=PACE, database=url) as world,
    ):
        # No webhooks: who is killed most would hear least; both ask what changed.
        world.desk.sender.enabled = False
        killer = Killer(world, seed=4)
        killer.start()

        tickets = [
            world.customer_writes(text, customer=f"guest{number}@guest.example")
            for number in range(TICKETS)
            for text in ["My invoice is wrong" if number % 2 else "When do you open?"]
        ]
        wait_for(lambda: known(world) >= TICKETS, 400, lambda: f"{known(world)} known", every=0.5)
        killer.stop()
        world.settle(120)
        for replica in killer.replicas:
            replica.stop()

        assert killer.kills >= TICKETS // 400
        desk = world.desk
        ends = {
            (number % 2, len(desk.notes(t)), len(desk.replies(t)), frozenset(desk.tags(t)))
            for number, t in enumerate(tickets)
        }
        # what one replica does with them, which the rules say in so many words
        assert ends == {(0, 0, 0, frozenset({"other"})), (1, 1, 1, frozenset({"billing"}))}


def known(world: World) -> int:
    """How many tickets were looked at."""
    return world.store.status(world.store.installed_at).tickets_known
