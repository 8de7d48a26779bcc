"""The threads around a helpdesk: what one ticket's trouble does, and what it leaves alone."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest

from plugin import logs
from plugin.domain.errors import Refused, TryAgain
from plugin.domain.ticket import TicketRef
from plugin.engine.crew import Crew
from plugin.engine.worker import Workforce
from tests.fakes import NOON, a_ticket
from tests.story.world import wait_for
from tests.unit.engine.workshop import Workshop

TAG_ONLY = """\
rules:
  - name: billing
    on: [ticket.created]
    when: {text: {any_of: {en: [invoice]}}}
    do: [{tag: billing}]
"""


@pytest.fixture
def shop(tmp_path):
    shop = Workshop(tmp_path, TAG_ONLY)
    yield shop
    shop.store.close()


@pytest.fixture
def force(shop):
    force = Workforce("test", shop.store, lambda: shop.live, shop.means)
    yield force
    force.stop(5)


@pytest.fixture
def told():
    """What is logged."""
    stream = StringIO()
    logs.configure(level="info", stream=stream, as_json=True)
    yield stream
    logs.configure(level="warning")


def numbered(number: int, **changes: object):
    return a_ticket(ref=TicketRef("support", number), **changes)


def nothing_waits(shop: Workshop) -> bool:
    status = shop.store.status(shop.now)
    return not (status.deliveries_waiting or status.leases)


class Taken(deque):
    """A queue whose last job somebody else takes right after it was seen to be there."""

    seemed_full = False

    def __bool__(self) -> bool:
        seemed_full, self.seemed_full = self.seemed_full, False
        return seemed_full or len(self) > 0


def test_a_look_is_stored_though_somebody_else_took_the_job_it_waited_for(shop, monkeypatch):
    crew = Crew("support", 1, lambda: shop.live, shop.means, shop.dispatcher)
    crew._jobs = Taken()
    look = crew._look

    def and_more_waits(looks, job):
        look(looks, job)
        crew._jobs.seemed_full = True

    monkeypatch.setattr(crew, "_look", and_more_waits)
    shop.arrives(numbered(1, messages=()))
    crew.start()
    crew.add(shop.store.claim(shop.now, worker="w", limit=5, lease=timedelta(seconds=90)))

    wait_for(lambda: nothing_waits(shop))
    crew.ask_to_stop()
    assert crew.join(5)


def test_many_tickets_are_worked_off_and_every_lease_is_given_back(shop, force):
    for number in range(1, 59):
        shop.arrives(numbered(number))

    force.start()

    wait_for(lambda: nothing_waits(shop))
    assert all("billing" in ticket.tags for ticket in shop.helpdesk.tickets.values())
    assert len(shop.helpdesk.calls) == 58


def test_several_deliveries_about_one_ticket_cost_one_read(shop, force, monkeypatch):
    reads = counted_reads(shop, monkeypatch)
    for key in "abcde":
        shop.arrives(numbered(1, messages=()), key=key)

    force.start()

    wait_for(lambda: nothing_waits(shop))
    assert reads == [1]


def counted_reads(shop, monkeypatch) -> list[int]:
    reads: list[int] = []
    read = shop.helpdesk.read

    def counting(ticket_id, needs=frozenset()):
        reads.append(ticket_id)
        return read(ticket_id, needs)

    monkeypatch.setattr(shop.helpdesk, "read", counting)
    return reads


def failing_for_one(shop, monkeypatch, problem: Exception) -> None:
    read = shop.helpdesk.read

    def sometimes(ticket_id, needs=frozenset()):
        if ticket_id == 1:
            raise problem
        return read(ticket_id, needs)

    monkeypatch.setattr(shop.helpdesk, "read", sometimes)


@pytest.mark.parametrize(
    "problem",
    [TryAgain("503"), Refused("403"), KeyError("SECRETWORD")],
    ids=["try again", "refused", "a bug"],
)
def test_one_ticket_that_cannot_be_read_comes_again_later_and_the_others_are_done(
    shop, force, monkeypatch, capsys, problem
):
    failing_for_one(shop, monkeypatch, problem)
    for number in (1, 2, 3):
        shop.arrives(numbered(number))

    force.start()

    wait_for(lambda: shop.store.status(shop.now).leases == 0 and len(shop.helpdesk.calls) == 2)
    assert shop.store.status(shop.now).deliveries_waiting == 1
    assert shop.store.next_due() > shop.now
    assert "SECRETWORD" not in "".join(capsys.readouterr())


def test_what_the_host_asks_to_wait_is_waited(shop, force, monkeypatch):
    failing_for_one(shop, monkeypatch, TryAgain("429", after=300))
    shop.arrives(numbered(1))

    force.start()

    wait_for(lambda: shop.store.status(shop.now).leases == 0 and shop.store.next_due() > shop.now)
    assert (shop.store.next_due() - shop.now).total_seconds() >= 300


def test_a_ticket_that_is_gone_asks_for_nothing_more(shop, force, told):
    shop.arrives(numbered(1))
    shop.helpdesk.tickets.clear()

    force.start()

    wait_for(lambda: nothing_waits(shop) and shop.store.audit())
    assert shop.store.next_due() is None
    assert [entry.text for entry in shop.store.audit()] == ["the ticket is gone"]
    assert "ticket.gone" in told.getvalue()
    assert '"why": "' in told.getvalue()


def test_what_arrives_while_the_ticket_is_held_is_looked_at_afterwards(shop, force, monkeypatch):
    entered, go_on = threading.Event(), threading.Event()
    reads: list[int] = []

    def slow(ticket_id, needs=frozenset()):
        reads.append(ticket_id)
        entered.set()
        go_on.wait(5)
        return shop.helpdesk.tickets[ticket_id]

    monkeypatch.setattr(shop.helpdesk, "read", slow)
    shop.arrives(numbered(1, messages=()), key="first")
    force.start()
    assert entered.wait(5)
    shop.arrives(numbered(1, messages=()), key="second")
    go_on.set()

    wait_for(lambda: nothing_waits(shop))
    assert reads == [1, 1]


def test_a_stop_gives_back_what_was_not_begun(shop, monkeypatch):
    entered, go_on = threading.Event(), threading.Event()

    def slow(ticket_id, needs=frozenset()):
        entered.set()
        go_on.wait(5)
        return shop.helpdesk.tickets[ticket_id]

    monkeypatch.setattr(shop.helpdesk, "read", slow)
    for number in range(1, 31):
        shop.arrives(numbered(number))
    force = Workforce("test", shop.store, lambda: shop.live, shop.means)
    force.start()
    assert entered.wait(5)

    threading.Timer(0.2, go_on.set).start()
    ended = force.stop(5)

    assert ended
    status = shop.store.status(shop.now)
    assert status.leases == 0
    assert status.deliveries_waiting >= 20


def test_a_stop_wakes_the_foreman_from_his_rest(shop):
    means = replace(shop.means, pace=replace(shop.means.pace, tick=600.0))
    force = Workforce("test", shop.store, lambda: shop.live, means)
    resting = threading.Event()
    wait = shop.store.wait

    def rest(timeout):
        resting.set()
        return wait(timeout)

    shop.store.wait = rest
    force.start()
    assert resting.wait(5)

    assert force.stop(5)


def test_a_helpdesk_that_hangs_does_not_hold_up_another(shop, monkeypatch):
    from plugin.domain.delivery import Delivery
    from tests.fakes import FakeHelpdesk

    stuck = threading.Event()
    other = FakeHelpdesk(name="second")
    other.hold(replace(a_ticket(), ref=TicketRef("second", 1)))
    monkeypatch.setattr(shop.helpdesk, "read", lambda *_: stuck.wait(5))
    settings = shop.live.config.helpdesks["support"]
    both = {"support": settings, "second": replace(settings, name="second")}
    config = replace(shop.live.config, helpdesks=both)
    shop.live = replace(
        shop.live, config=config, helpdesks={"support": shop.helpdesk, "second": other}
    )
    for number in range(1, 301):
        shop.arrives(numbered(number))
    shop.store.receive(Delivery("second", "x", 1, shop.now))
    force = Workforce("test", shop.store, lambda: shop.live, shop.means)

    force.start()

    wait_for(lambda: "billing" in other.tickets[1].tags)
    assert not stuck.is_set()
    stuck.set()
    force.stop(5)


def test_crews_come_and_go_with_the_helpdesks_of_the_file(shop, force):
    force.start()
    empty = replace(shop.live, helpdesks={})
    shop.live, before = empty, shop.live
    wait_for(lambda: not force._crews)
    shop.arrives(numbered(1))

    shop.live = replace(before)

    wait_for(lambda: nothing_waits(shop))
    assert "billing" in shop.helpdesk.tickets[1].tags


def test_a_look_overtaken_by_changed_policies_is_repeated_by_the_new_ones(shop, force, monkeypatch):
    policies = "sla: [{name: standard, targets: {first_response: 4h}}]\n"
    shop.use(policies)
    store_plans = shop.store.store_plans

    def changing(*arguments):
        monkeypatch.setattr(shop.store, "store_plans", store_plans)
        shop.use(policies.replace("4h", "8h"))
        return store_plans(*arguments)

    monkeypatch.setattr(shop.store, "store_plans", changing)
    shop.arrives()

    force.start()

    due_at = NOON + timedelta(hours=8)
    wait_for(lambda: shop.store.status(shop.now).next_timer_at == due_at)
