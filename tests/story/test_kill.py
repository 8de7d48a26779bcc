"""SIGKILL at every boundary; after a restart everything is there once."""

from __future__ import annotations

import pytest

from plugin import clock
from tests.story.killing import CallKill, StoreKill, is_write
from tests.story.world import ESCALATED, HOSTS, World, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SLOW_JOBS = {"reconcile": 60.0, "sweep": 60.0}
"""So that the calls counted are those about the ticket; each start asks once all the same."""

BOUNDARIES = [
    *[StoreKill("receive", 1, phase) for phase in ("before", "after")],
    StoreKill("claim", 1, "after"),
    StoreKill("memory", 1, "after"),
    # The second gives the ticket back, too: it leads to nothing.
    *[StoreKill("store_plans", nth, phase) for nth in (1, 2) for phase in ("before", "after")],
    # With each but the first start the outcome of the action before is kept.
    *[
        StoreKill("start_action", nth, phase)
        for nth in range(1, 7)
        for phase in ("before", "after")
    ],
    *[
        StoreKill("finish_actions", nth, phase)
        for nth in range(1, 5)
        for phase in ("before", "after")
    ],
]


@pytest.fixture(params=HOSTS)
def world(request, tmp_path):
    with World(request.param, tmp_path) as world:
        yield world


LADDER = """\
teams:
  finance:
    group: Finance
    pool: {members: [ana@example.com], strategy: round_robin, if_none: unassigned}
policies:
  finance:
    priority: none
    levels:
      - {responsible: {team: finance}, ack_within: 1h, do: [{tag: billing}, {reply: we_escalated}]}
rules:
  - name: billing
    on: [ticket.created, customer.replied]
    when: {text: {any_of: {en: [invoice]}}}
    once_per: ticket
    do: [{escalate: finance}]
"""


@pytest.fixture(params=HOSTS)
def ladder(request, tmp_path):
    """The same end, reached by a ladder's first level."""
    with World(request.param, tmp_path, rules=LADDER) as world:
        yield world


@pytest.mark.parametrize("half", [0, 1])
def test_killed_around_every_write_to_the_store_on_a_ladder(ladder, half):
    for kill in BOUNDARIES[half::2]:
        ticket = _escalated_in_spite_of(ladder, kill)

        assert ladder.end_state(ticket) == ESCALATED, kill


@pytest.mark.parametrize("phase", ["before", "after"])
def test_killed_at_every_write_to_the_helpdesk_on_a_ladder(ladder, phase):
    killer = CallKill(ladder.desk)
    hits = []
    for nth in range(1, 20):
        ticket = _escalated_though_killed_at(nth, phase, killer, ladder, writes=True)

        assert ladder.end_state(ticket) == ESCALATED, killer.hit
        if killer.hit is None:
            break
        hits.append(killer.hit)

    assert len(hits) >= 5


@pytest.mark.parametrize("half", [0, 1])
def test_killed_around_every_write_to_the_store(world, half):
    for kill in BOUNDARIES[half::2]:
        ticket = _escalated_in_spite_of(world, kill)

        assert world.end_state(ticket) == ESCALATED, kill


def _escalated_in_spite_of(world: World, kill: StoreKill) -> int:
    victim = world.start_process(kill, **SLOW_JOBS)
    ticket = world.customer_writes("My invoice is wrong", customer="paula@guest.example")
    wait_for(lambda: victim.is_dead, 10, lambda: f"never came to {kill}")
    world.start_process(**SLOW_JOBS)
    world.settle()
    world.stop()
    return ticket


@pytest.mark.parametrize("phase", ["before", "after"])
def test_killed_at_every_write_to_the_helpdesk(world, phase):
    left_alone = _escalated(world)
    killer = CallKill(world.desk)
    hits = []
    while len(hits) <= len(left_alone):
        ticket = _escalated_though_killed_at(len(hits) + 1, phase, killer, world, writes=True)

        assert world.end_state(ticket) == ESCALATED, killer.hit
        if killer.hit is None:
            break
        hits.append(killer.hit)

    assert len(left_alone) >= 5
    assert len(hits) == len(left_alone), hits


@pytest.mark.parametrize("phase", ["before", "after"])
def test_killed_at_every_question_to_the_helpdesk(world, phase):
    killer = CallKill(world.desk)
    hits = []
    for nth in range(1, 80):
        ticket = _escalated_though_killed_at(nth, phase, killer, world, writes=False)

        assert world.end_state(ticket) == ESCALATED, killer.hit
        if killer.hit is None:
            break
        hits.append(killer.hit)

    assert len(hits) >= 3


def _escalated(world: World) -> list[str]:
    """The calls that change something when nobody is killed."""
    world.start_process(**SLOW_JOBS)
    before = len(world.desk.requests)
    world.customer_writes("My invoice is wrong", customer="paula@guest.example")
    world.settle()
    world.stop()
    made = world.desk.requests[before:]
    return [call.path for call in made if is_write(call.method, call.path)]


def _escalated_though_killed_at(
    nth: int, phase: str, killer: CallKill, world: World, *, writes: bool
) -> int:
    victim = world.start_process(**SLOW_JOBS)
    killer.arm(victim, nth, phase, writes=writes)
    ticket = world.customer_writes("My invoice is wrong", customer="paula@guest.example")
    wait_for(lambda: victim.is_dead or (world.desk.settle(0.1) and world.at_rest()), 30)
    killer.disarm()
    if killer.hit is not None:
        world.start_process(**SLOW_JOBS)
    world.settle()
    world.stop()
    return ticket


TWO_RULES = """\
rules:
  - name: billing
    on: [ticket.created]
    when: {text: {any_of: {en: [invoice]}}}
    do: [{tag: billing}, {note: why}]
  - name: angry
    on: [ticket.created]
    when: {text: {any_of: {en: [wrong]}}}
    do: [{tag: angry}, {note: why}]
"""


@pytest.mark.parametrize("phase", ["before", "after"])
def test_killed_between_the_notes_of_two_rules(world, phase):
    world.write_config(TWO_RULES)
    kills = [("start_action", nth) for nth in range(1, 5)]
    kills += [("finish_actions", nth) for nth in range(1, 4)]
    for method, nth in kills:
        ticket = _escalated_in_spite_of(world, StoreKill(method, nth, phase))

        said = sorted(note.partition(":")[0] for note in world.notes(ticket))
        assert [words.rpartition(">")[2] for words in said] == ["angry", "billing"], (method, nth)
        assert world.desk.tags(ticket) == {"angry", "billing"}


POSTS = {"zammad": "/ticket_articles", "freescout": "/threads"}


@pytest.mark.parametrize("nth", [0, 1], ids=["note", "reply"])
@pytest.mark.parametrize("trouble", ["timeout after", "timeout before"])
def test_killed_while_it_waits_to_see_what_became_of_an_unanswered_post(world, trouble, nth):
    world.desk.faults.add(trouble, method="POST", path=POSTS[world.host], skip=nth, seconds=3.0)
    victim = world.start_process(**SLOW_JOBS)
    ticket = world.customer_writes("My invoice is wrong")
    wait_for(lambda: _in_doubt(world), 10)
    victim.kill()

    world.start_process(**SLOW_JOBS)
    world.settle()

    assert world.end_state(ticket) == ESCALATED


def _in_doubt(world: World) -> bool:
    return world.store.status(clock.now()).actions_by_state.get("unknown", 0) > 0
