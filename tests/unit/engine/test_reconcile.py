"""What no webhook told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from plugin.domain.errors import Refused, TryAgain
from plugin.domain.ticket import TicketRef
from plugin.engine.reconcile import attempt, reconcile, sweep
from tests.fakes import NOON, a_ticket
from tests.unit.engine.workshop import Workshop


@pytest.fixture
def shop(tmp_path):
    shop = Workshop(tmp_path, "rules: []\n")
    yield shop
    shop.store.close()


def known(shop: Workshop, number: int = 7):
    """A ticket that was looked at."""
    shop.arrives(numbered(number))
    shop.act(shop.plan())


def numbered(number: int, **changes: object):
    return a_ticket(ref=TicketRef("support", number), **changes)


def asked(shop: Workshop) -> set[int]:
    claims = shop.store.claim(shop.now, worker="t", limit=99, lease=timedelta(seconds=9))
    return {claim.ref.id for claim in claims}


def test_the_first_pass_finds_what_changed_since_the_store_began_and_nothing_older(shop):
    shop.helpdesk.hold(numbered(1, updated_at=NOON - timedelta(days=1)))
    shop.helpdesk.hold(numbered(2, updated_at=NOON))

    assert reconcile(shop.helpdesk, shop.store, shop.now) == 1

    assert asked(shop) == {2}


def test_a_ticket_as_it_was_last_seen_is_not_looked_at_again(shop):
    known(shop)

    assert reconcile(shop.helpdesk, shop.store, shop.now) == 0


@pytest.mark.parametrize(
    "change",
    [{"updated_at": NOON + timedelta(seconds=30)}, {"tags": frozenset({"escalate"})}],
    ids=["updated", "tagged"],
)
def test_a_change_nobody_reported_is_looked_at(shop, change):
    known(shop)
    shop.helpdesk.hold(replace(shop.helpdesk.tickets[7], **change))

    assert reconcile(shop.helpdesk, shop.store, shop.now) == 1

    assert asked(shop) == {7}


def test_the_watermark_follows_the_helpdesks_own_time(shop):
    shop.helpdesk.hold(numbered(2, updated_at=NOON))

    reconcile(shop.helpdesk, shop.store, shop.now)

    assert shop.store.watermark("reconcile/support") == NOON


def test_a_helpdesk_whose_clock_is_ahead_does_not_carry_the_watermark_into_the_future(shop):
    shop.helpdesk.hold(numbered(2, updated_at=NOON + timedelta(days=300)))

    reconcile(shop.helpdesk, shop.store, shop.now)

    assert shop.store.watermark("reconcile/support") == shop.now


@pytest.mark.parametrize("problem", [TryAgain("503"), Refused("401")], ids=["later", "refused"])
def test_a_listing_that_breaks_off_moves_no_watermark_and_is_told(shop, monkeypatch, problem):
    def listing(since):
        yield from shop.helpdesk.sweep()
        raise problem

    shop.helpdesk.hold(numbered(2, updated_at=NOON))
    monkeypatch.setattr(shop.helpdesk, "changed_since", listing)
    told = []

    found = attempt(
        "reconcile",
        shop.helpdesk,
        shop.store,
        shop.now,
        notice=lambda name, why: told.append((name, why)),
    )

    assert found is None
    assert told == [("support", problem)]
    assert shop.store.watermark("reconcile/support") is None


def test_hundreds_of_changed_tickets_are_all_asked_for(shop):
    for number in range(1, 451):
        shop.helpdesk.hold(numbered(number))

    assert reconcile(shop.helpdesk, shop.store, shop.now) == 450


def test_the_sweep_finds_a_changed_tag_and_leaves_the_backlog_alone(shop):
    known(shop)
    shop.helpdesk.hold(replace(shop.helpdesk.tickets[7], tags=frozenset({"escalate"})))
    shop.helpdesk.hold(numbered(1, updated_at=NOON - timedelta(days=400)))

    assert sweep(shop.helpdesk, shop.store, shop.now) == 1

    assert asked(shop) == {7}
