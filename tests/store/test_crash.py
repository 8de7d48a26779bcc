"""A process that is killed while it writes loses nothing it had acknowledged, and leaves no halves."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from plugin.store.store import Store
from tests.store.making import MINUTE, NINE

ROOT = Path(__file__).parents[2]
WRITER = """
import sys, threading
from tests.store.making import CUSTOMER, NINE, action, delivery, plan, take
from plugin.domain.memory import ActionState
from plugin.store.store import Store

url, run = sys.argv[1], sys.argv[2]
store = Store.open(url, now=NINE)
say = threading.Lock()

def tell(what, name):
    with say:
        print(what, name, flush=True)

def receive(thread):
    for number in range(100_000):
        key = f"{run}-{thread}-{number}"
        store.receive(delivery(int(run) * 1_000 + number % 40, key=key))
        tell("received", key)

def work():
    while True:
        for claim in take(store, limit=10):
            planned = action(claim.ref, cycle=claim.token[-12:])
            store.store_plans([(claim, plan(claim.ref, planned), CUSTOMER)])
            tell("planned", planned.key)
            store.start_action(claim, planned.key, NINE)
            store.finish_action(claim, planned.key, ActionState.DONE, NINE)
            tell("done", planned.key)
            store.release(claim, NINE)

for thread in range(4):
    threading.Thread(target=receive, args=(thread,), daemon=True).start()
work()
"""


def killed_while_writing(url: str, run: int) -> dict[str, set[str]]:
    """What the process had acknowledged when it died."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, url, str(run)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(0.02 + 0.05 * run)  # each run dies at another moment
    process.kill()
    rest = process.stdout.read()
    process.wait()
    process.stdout.close()
    acknowledged: dict[str, set[str]] = {"received": set(), "planned": set(), "done": set()}
    for line in (first + rest).splitlines(keepends=True):
        if line.endswith("\n"):
            what, name = line.split()
            acknowledged[what].add(name)
    return acknowledged


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(store_url: str) -> None:
    acknowledged: dict[str, set[str]] = {"received": set(), "planned": set(), "done": set()}

    for run in range(5):
        for what, names in killed_while_writing(store_url, run).items():
            acknowledged[what] |= names

    store = Store.open(store_url, now=NINE)
    rows = store._database.read(lambda t: t.rows("SELECT key, state FROM actions"))
    actions: dict[str, str] = dict(rows)
    keys = {key for (key,) in store._database.read(lambda t: t.rows("SELECT key FROM deliveries"))}
    undecided = store._database.read(
        lambda t: t.rows(
            "SELECT count(*) FROM actions a LEFT JOIN tickets k"
            " ON k.helpdesk = a.helpdesk AND k.ticket_id = a.ticket_id WHERE k.memory IS NULL"
        )
    )
    assert len(acknowledged["received"]) > 100
    assert acknowledged["received"] <= keys
    assert acknowledged["planned"] <= set(actions)
    assert {key for key in acknowledged["done"] if actions[key] != "done"} == set()
    assert undecided == [(0,)]
    # Whatever was held when a process died can be had again, and nothing else is in the way.
    everything_open = store.status(NINE).deliveries_waiting
    claims = store.claim(
        NINE + 60 * MINUTE, worker="next", limit=1_000, lease=MINUTE, helpdesks=None
    )
    assert sum(len(claim.delivery_ids) for claim in claims) == everything_open
    store.close()
