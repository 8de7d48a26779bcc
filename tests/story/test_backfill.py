"""Tickets older than the installation are taken in when somebody asks, and never all at once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from plugin import clock
from plugin.cli.main import run
from tests.story.world import HEAD, HOSTS, World, wait_for

RULES = """\
sla: [{name: standard, targets: {first_response: 6h}}]
rules:
  - name: forgotten
    on: [time]
    when: {unassigned: 1s}
    do: [{tag: forgotten}, {note: why}]
"""


@pytest.fixture(params=HOSTS)
def world(request, tmp_path, monkeypatch):
    """Five tickets of yesterday, then Deskladder, which has let them be."""
    with World(request.param, tmp_path, rules=RULES, webhooks=False) as world:
        world.old = []
        for name, value in world.environ.items():
            monkeypatch.setenv(name, value)
        for number in range(5):
            world.desk.clock = lambda hours=24 - number: clock.now() - timedelta(hours=hours)
            world.old.append(world.customer_writes(f"Question {number}"))
        world.desk.clock = clock.now
        world.start()
        world.settle()
        yield world


def backfill(world, capsys, *more):
    options = ["--rate", "0", "--per-minute", "60000", "--format", "json"]
    code = run(["backfill", "--config", str(world.config), *options, *more])
    shown = capsys.readouterr()
    assert code == 0, shown.err
    (answer,) = json.loads(shown.out)
    return answer


def noted(world):
    return [ticket for ticket in world.old if world.notes(ticket)]


def test_the_newest_come_first_and_only_so_many(world, capsys):
    assert noted(world) == []

    answer = backfill(world, capsys, "--limit", "2")
    wait_for(lambda: len(noted(world)) == 2)
    world.settle()

    assert answer["open_unseen"] == 5
    assert noted(world) == world.old[-2:]


def test_the_next_run_takes_the_next_ones(world, capsys):
    backfill(world, capsys, "--limit", "3")
    wait_for(lambda: len(noted(world)) == 3)
    world.settle()

    answer = backfill(world, capsys, "--limit", "3")
    wait_for(lambda: len(noted(world)) == 5)
    world.settle()

    assert (answer["open_seen"], answer["asked_for"]) == (3, 2)
    assert [len(world.notes(ticket)) for ticket in world.old] == [1] * 5


def test_a_dry_run_tells_what_would_come_and_asks_for_nothing(world, capsys):
    answer = backfill(world, capsys, "--limit", "4", "--dry-run")
    world.settle()

    assert answer["fired"] == {"forgotten": 4}
    assert {"action": "note", "outcome": "done", "count": 4} in answer["actions"]
    assert noted(world) == []


def test_asking_twice_before_the_service_looks_adds_nothing(world, capsys):
    world.stop()

    first = backfill(world, capsys, "--limit", "2")
    second = backfill(world, capsys, "--limit", "2")

    assert (first["asked_for"], second["asked_for"]) == (2, 0)


def test_by_deadline_the_oldest_question_is_the_first(world, capsys):
    answer = backfill(world, capsys, "--limit", "1", "--order", "due", "--dry-run")

    assert answer["tickets"] == [f"support/{world.old[0]}"]


def test_what_enforce_from_leaves_alone_is_said(tmp_path, monkeypatch, capsys):
    head = HEAD.replace("mode: act", "mode: act, enforce_from: 2040-01-01")
    with World("zammad", tmp_path, rules=RULES, webhooks=False, head=head) as world:
        for name, value in world.environ.items():
            monkeypatch.setenv(name, value)
        world.desk.clock = lambda: clock.now() - timedelta(hours=1)
        world.customer_writes("Question")
        world.start()
        world.settle()

        answer = backfill(world, capsys, "--dry-run")

    assert (answer["left_alone"], answer["fired"]) == (1, {})


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--limit=0", "at least 1"),
        ("--per-minute=0", "more than 0"),
        ("--helpdesk=x", "no helpdesk"),
    ],
)
def test_nonsense_is_refused(option, words, world, capsys):
    assert run(["backfill", "--config", str(world.config), option]) == 1
    assert words in capsys.readouterr().err
