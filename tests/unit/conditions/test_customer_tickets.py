"""How many tickets a customer has opened, and when one of them grows too old to count."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from plugin.domain.helpdesk import Need
from plugin.domain.situation import Situation
from plugin.domain.ticket import EarlierTicket
from tests.given import MONDAY, condition, situation, ticket

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
THIRD_IN_A_MONTH = {"at_least": 3, "within": "30d"}


def with_earlier(*days_before: float, now: datetime = MONDAY) -> Situation:
    earlier = tuple(
        EarlierTicket(100 + index, f"{index}", MONDAY - days * DAY, "https://example.com")
        for index, days in enumerate(days_before)
    )
    return situation(ticket(customer_tickets=earlier), now=now)


def test_this_ticket_counts() -> None:
    verdict = condition("customer.tickets", THIRD_IN_A_MONTH).judge(with_earlier(20, 3))

    assert verdict.holds
    assert verdict.reason == "3 tickets of this customer within 30d (limit 3)"


def test_this_ticket_counts_once_when_the_host_lists_it() -> None:
    at_hand = situation(
        ticket(customer_tickets=(EarlierTicket(12, "10012", MONDAY, "https://example.com"),))
    )

    assert condition("customer.tickets", {"is": 1}).holds(at_hand)


def test_a_ticket_of_exactly_thirty_days_counts() -> None:
    asked = condition("customer.tickets", THIRD_IN_A_MONTH)

    assert asked.holds(with_earlier(30, 3))
    assert not asked.holds(with_earlier(30, 3, now=MONDAY + TICK))


def test_without_a_window_all_count_and_time_changes_nothing() -> None:
    asked = condition("customer.tickets", 3)

    assert asked.holds(with_earlier(900, 400))
    assert not asked.by_time


def test_it_asks_for_the_customers_tickets() -> None:
    assert condition("customer.tickets", 3).needs == {Need.CUSTOMER_TICKETS}


@given(
    days=st.lists(st.integers(1, 60), max_size=6, unique=True),
    operand=st.sampled_from(
        [
            THIRD_IN_A_MONTH,
            {"at_most": 2, "within": "30d"},
            {"is": 2, "within": "30d"},
            {"at_least": 1, "within": "1d"},
        ]
    ),
)
def test_the_answer_turns_at_the_announced_instant_and_never_before(
    days: list[int], operand: dict[str, object]
) -> None:
    asked = condition("customer.tickets", operand)
    verdict = asked.judge(with_earlier(*days))

    def holds(at: datetime) -> bool:
        return asked.holds(with_earlier(*days, now=at))

    assert verdict.holds is holds(MONDAY)
    if verdict.changes_at is None:
        assert all(holds(MONDAY + day * DAY) is verdict.holds for day in range(100))
    else:
        assert holds(verdict.changes_at) is not verdict.holds
        assert holds(verdict.changes_at - TICK) is verdict.holds


def test_business_days_are_refused() -> None:
    with pytest.raises(ValidationError, match="real time"):
        condition("customer.tickets", {"at_least": 3, "within": "30bd"})
