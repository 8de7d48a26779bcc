"""Many at once: threads on one store, processes on one PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from plugin.domain.memory import ActionState
from plugin.store.store import Store
from tests.store.conftest import without_postgresql
from tests.store.making import (
    CUSTOMER,
    NINE,
    action,
    delivery,
    plan,
    ref,
    take,
)

ROOT = Path(__file__).parents[2]
CLAIMER = """
import sys
from plugin.domain.memory import ActionState
from tests.store.making import CUSTOMER, NINE, action, plan, take
from plugin.store.store import Store

def looked(claim):
    seen = action(claim.ref, cycle=claim.token, state=ActionState.OBSERVED)
    return claim, plan(claim.ref, seen), CUSTOMER

store = Store.open(sys.argv[1], now=NINE)
print("ready", flush=True)
sys.stdin.readline()
while claims := take(store, limit=20):
    assert store.store_plans([looked(claim) for claim in claims]) == []
    for claim in claims:
        print(claim.ref.id)
    store.release_all(claims, NINE)
"""


def run_together(*works) -> None:
    errors: list[BaseException] = []

    def guarded(work) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again below, in the test's thread
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for error in errors:
        raise error


def test_threads_receive_claim_plan_and_act_at_once(store: Store) -> None:
    tickets, each = 20, 10
    done = threading.Event()
    planned: list[str] = []
    holders: Counter[int] = Counter()
    overlaps: list[int] = []
    guard = threading.Lock()

    def receive(thread: int) -> None:
        for number in range(tickets * each):
            ticket_id = (number * 7 + thread) % tickets
            store.receive(delivery(ticket_id, key=f"{thread}-{number}"))

    def act(claim) -> None:
        planned_now = action(claim.ref, cycle=claim.token[-12:])
        assert store.store_plans([(claim, plan(claim.ref, planned_now), CUSTOMER)]) == []
        for found in store.open_actions(claim.ref, NINE):
            store.start_action(claim, found.action.key, NINE)
            store.finish_action(claim, found.action.key, ActionState.DONE, NINE)
            planned.append(found.action.key)

    def work() -> None:
        while True:
            last_round = done.is_set()
            claims = take(store, limit=5)
            for claim in claims:
                with guard:
                    holders[claim.ref.id] += 1
                    if holders[claim.ref.id] > 1:
                        overlaps.append(claim.ref.id)
                act(claim)
                with guard:
                    holders[claim.ref.id] -= 1
                store.release(claim, NINE)
            if last_round and not claims:
                return

    def receive_all() -> None:
        run_together(*(lambda n=thread: receive(n) for thread in range(3)))
        done.set()

    run_together(receive_all, work, work, work)

    status = store.status(NINE)
    assert overlaps == []
    assert status.deliveries_waiting == 0
    assert status.leases == 0
    assert status.actions_by_state == {"done": len(planned)}
    assert len(planned) == len(set(planned))
    assert status.tickets_known == tickets


def test_a_ticket_is_never_given_to_two_claimers(store: Store) -> None:
    for ticket_id in range(60):
        store.receive(delivery(ticket_id))
    taken: list[int] = []
    start = threading.Barrier(4)

    def claim() -> None:
        start.wait(10)
        while claims := take(store, limit=3):
            taken.extend(claim.ref.id for claim in claims)

    run_together(claim, claim, claim, claim)

    assert sorted(taken) == list(range(60))


def test_deliveries_that_come_while_tickets_are_given_back_are_never_forgotten(
    store: Store,
) -> None:
    """The wake-up that gets lost when a delivery is stored between "what is due?" and "free"."""
    rounds = 60
    over = threading.Event()

    def receive() -> None:
        for number in range(rounds):
            store.receive(delivery(1, key=f"{number}"))
        over.set()

    def work() -> None:
        while True:
            last_round = over.is_set()
            claims = take(store)
            for claim in claims:
                store.store_plans([(claim, plan(ref(1)), CUSTOMER)])
                store.release(claim, NINE)
            if last_round and not claims:
                return

    run_together(receive, work)

    assert store.status(NINE).deliveries_waiting == 0


@pytest.mark.slow
@pytest.mark.postgresql
@without_postgresql
def test_two_processes_share_two_thousand_tickets(postgresql_url: str) -> None:
    store = Store.open(postgresql_url, now=NINE)
    tickets = [ref(ticket_id) for ticket_id in range(2_000)]
    store.look_at(tickets, NINE, "everything")

    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIMER, postgresql_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=100)[0] for process in processes]

    taken = [[int(line) for line in output.split()] for output in outputs]
    looks = Counter(taken[0] + taken[1])
    assert all(process.returncode == 0 for process in processes)
    assert looks == Counter(range(2_000))
    assert min(len(part) for part in taken) > 100, "one of them did nearly everything alone"
    assert store.status(NINE).actions_by_state == {"observed": 2_000}
    store.close()
