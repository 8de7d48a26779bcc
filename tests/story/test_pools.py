"""Tickets given out by turns, through webhook, worker and dispatcher, on both hosts."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from plugin import clock
from tests.store.conftest import fresh_schema, without_postgresql
from tests.story.killing import StoreKill
from tests.story.world import HEAD, HOSTS, World, wait_for

TEAM = {f"{name}@example.com": f"{name.title()} Vos" for name in ("dora", "emil", "fien", "gijs")}
AWAY = ("ben@example.com", "emil@example.com")
FINANCE = ["ana@example.com", "ben@example.com", *TEAM, "hugo@example.com"]
RULES = """\
teams:
  finance:
    group: Finance
    pool: {{members: {members}, strategy: {strategy}, if_none: unassigned}}
rules:
  - name: give out
    on: [ticket.created]
    do: [{{group: Finance}}, {{assign: {{pool: finance}}}}, {{note: why}}]
"""


def a_world(host, folder, *, strategy="round_robin", **changes) -> World:
    """Seven people in Finance, two of them absent as their host tells it."""
    today = clock.now().date()
    first, last = today - timedelta(days=2), today + timedelta(days=9)
    spans = [{"who": who, "from": f"{first}", "to": f"{last}"} for who in AWAY]
    absent = f"    absent: {spans}".replace("'", '"') if host == "freescout" else ""
    head = HEAD.replace("{options}", absent.replace("{", "{{").replace("}", "}}"))
    # FreeScout's administrators may open every mailbox, and so would be in a pool of the group.
    members = "group" if host == "zammad" else f"[{', '.join(FINANCE)}]"
    rules = RULES.format(strategy=strategy, members=members)
    world = World(host, folder, rules=rules, head=head, **changes)
    for address, name in {**TEAM, "hugo@example.com": "Hugo Vos"}.items():
        world.desk.add_agent(name, address, {"Finance": "full"})
    for who in AWAY:
        world.desk.set_absent(who, first, last)
    return world


def write(world: World, count: int) -> list[int]:
    return [
        world.customer_writes("Hello", customer=f"guest{n}@guest.example") for n in range(count)
    ]


def counts(world: World, tickets: list[int]) -> Counter[str | None]:
    return Counter(world.desk.owner(ticket) for ticket in tickets)


@pytest.mark.parametrize("host", HOSTS)
def test_a_hundred_tickets_over_seven_people_two_absent_and_restarts_between(host, tmp_path):
    with a_world(host, tmp_path) as world:
        tickets: list[int] = []
        for _ in range(4):
            world.start()
            tickets += write(world, 15)
            world.stop()  # in the middle of it
            tickets += write(world, 10)  # nobody listens: they are found by asking what changed
        world.start()
        wait_for(lambda: None not in counts(world, tickets), 60)
        world.settle(60)

        given = counts(world, tickets)
        assert len(tickets) == sum(given.values()) == 100
        assert set(given) == set(FINANCE) - set(AWAY)
        assert max(given.values()) - min(given.values()) <= 1
        (note,) = world.notes(tickets[0])
        assert "whose turn it is (round robin; Ben Berg is absent until" in note
        assert [len(world.notes(ticket)) for ticket in tickets] == [1] * 100


@pytest.mark.parametrize("host", HOSTS)
def test_least_open_fills_up_who_has_least(host, tmp_path):
    with a_world(host, tmp_path, strategy="least_open") as world:
        for _ in range(4):
            busy = world.desk.customer_writes("x@guest.example", "Busy", "Busy", group="Finance")
            world.desk.agent_assigns(busy, "ana@example.com", "ana@example.com")
        world.start()

        tickets = []
        for _ in range(16):  # one after the other: each count sees what was given before
            tickets += write(world, 1)
            world.settle()

        given = counts(world, tickets)
        assert set(given.values()) == {4}
        assert set(given) == set(FINANCE) - {*AWAY, "ana@example.com"}


@pytest.mark.parametrize("host", HOSTS)
def test_sticky_gives_a_customer_back_to_who_helped_them(host, tmp_path):
    with a_world(host, tmp_path, strategy="sticky") as world:
        old = world.customer_writes("Hello", customer="paula@guest.example")
        world.desk.agent_moves(old, "ben@example.com", "Finance")
        world.desk.agent_assigns(old, "gijs@example.com", "gijs@example.com")
        world.desk.agent_replies(old, "gijs@example.com", "Done.", close=True)
        world.start()

        new = world.customer_writes("It is me again", customer="paula@guest.example")
        world.settle()

        assert world.desk.owner(new) == "gijs@example.com"
        assert "who helped this customer last" in world.notes(new)[0]


@pytest.mark.parametrize("host", HOSTS)
def test_when_nobody_is_there_the_ticket_stays_with_nobody_and_the_note_says_so(host, tmp_path):
    with a_world(host, tmp_path) as world:
        rules = RULES.format(strategy="round_robin", members=f"[{', '.join(AWAY)}]")
        world.write_config(rules)
        world.start()

        ticket = world.customer_writes("Hello")
        world.settle()

        (note,) = world.notes(ticket)
        assert world.desk.owner(ticket) is None
        assert "nobody of team" in note
        assert "Ben Berg is absent until" in note
        assert "Emil Vos is absent until" in note


SLOW_JOBS = {"reconcile": 60.0, "sweep": 60.0}
AROUND_THE_TURN = [
    StoreKill("take_turn", 1, "after"),
    StoreKill("take_turn", 3, "before"),
    StoreKill("take_turn", 3, "after"),  # chosen, not yet assigned
    StoreKill("start_action", 3, "before"),  # assigned, not yet written down
    StoreKill("start_action", 3, "after"),
]


@pytest.mark.parametrize("host", HOSTS)
def test_killed_around_the_choice_everybody_still_gets_one(host, tmp_path):
    with a_world(host, tmp_path) as world:
        tickets = []
        for kill in AROUND_THE_TURN:
            victim = world.start_process(kill, **SLOW_JOBS)
            tickets += write(world, 1)
            wait_for(lambda: victim.is_dead, 10, lambda: f"never came to {kill}")  # noqa: B023
            world.start_process(**SLOW_JOBS)
            world.settle()
            world.stop()

        assert counts(world, tickets) == Counter(set(FINANCE) - set(AWAY))
        for ticket in tickets:
            (note,) = world.notes(ticket)
            name = world.desk.name_of(world.desk.owner(ticket) or "")
            assert f"assigned to {name}, whose turn it" in note


@pytest.mark.slow
@pytest.mark.postgresql
@without_postgresql
def test_two_replicas_give_out_evenly(tmp_path):
    with fresh_schema() as url, a_world("zammad", tmp_path, database=url) as world:
        world.desk.sender.enabled = False  # both ask what changed
        replicas = [world.start_replica(), world.start_replica()]
        for replica in replicas:
            replica.wait_until_ready()

        tickets = write(world, 60)
        wait_for(lambda: None not in counts(world, tickets), 60)
        world.settle(60)
        for replica in replicas:
            replica.stop()

        given = counts(world, tickets)
        assert set(given) == set(FINANCE) - set(AWAY)
        assert max(given.values()) - min(given.values()) <= 1
