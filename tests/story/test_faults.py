"""Whatever breaks on the way, and however often: the same end, nothing twice, nothing missing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin import clock
from plugin.simulated.faults import Mishap, Trouble
from tests.story.world import ESCALATED, HOSTS, World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@dataclass(frozen=True)
class Mess:
    """What goes wrong with one ticket: calls that break and deliveries that go astray."""

    troubles: tuple[tuple[Trouble, str, int], ...]
    mishaps: tuple[Mishap, ...]
    writes_again: bool


MESSES = st.builds(
    Mess,
    troubles=st.lists(
        st.tuples(
            st.sampled_from(list(Trouble)),
            st.sampled_from(["GET", "POST", "PUT", "POST", "PUT"]),
            st.integers(0, 4),
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
    mishaps=st.lists(st.sampled_from(list(Mishap)), max_size=3).map(tuple),
    writes_again=st.booleans(),
)


def happens(world: World, mess: Mess) -> int:
    """A customer writes while things break; in the end everything works again."""
    for trouble, method, skip in mess.troubles:
        world.desk.faults.add(
            trouble, method=method, path="/api", skip=skip, seconds=1.1, retry_after="1"
        )
    for mishap in mess.mishaps:
        world.desk.mishaps.add(mishap)
    ticket = world.customer_writes("My invoice is wrong")
    if mess.writes_again:
        world.desk.customer_replies(ticket, "The invoice is wrong, I said")
    world.settle(60)
    world.desk.faults.clear()
    world.desk.mishaps.clear()
    # A refusal is the admin's matter: the cause is gone, so `retry --all`.
    world.store.retry(None, clock.now())
    if mess.mishaps:
        world.wait_for_reconcile()
    world.settle(60)
    return ticket


@pytest.mark.parametrize("host", HOSTS)
def test_any_mess_ends_as_if_nothing_had_happened(host, tmp_path):
    with World(host, tmp_path) as world:
        world.start()

        @settings(
            max_examples=12,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(MESSES)
        def everything_is_there_once(mess: Mess) -> None:
            ticket = happens(world, mess)

            assert world.end_state(ticket) == ESCALATED

        everything_is_there_once()


@pytest.mark.parametrize("trouble", list(Trouble), ids=str)
@pytest.mark.parametrize("host", HOSTS)
def test_each_trouble_at_the_note_and_at_the_reply(host, trouble, tmp_path):
    mess = Mess(((trouble, "POST", 0), (trouble, "POST", 1), (trouble, "POST", 2)), (), False)
    with World(host, tmp_path) as world:
        world.start()

        ticket = happens(world, mess)

        assert world.end_state(ticket) == ESCALATED


@pytest.mark.parametrize("mishap", list(Mishap), ids=str)
@pytest.mark.parametrize("host", HOSTS)
def test_each_mishap_of_a_delivery(host, mishap, tmp_path):
    with World(host, tmp_path) as world:
        world.start()

        ticket = happens(world, Mess((), (mishap, mishap), True))

        assert world.end_state(ticket) == ESCALATED
