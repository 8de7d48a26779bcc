"""Plain checks stand in the function of the whole `when`: there they answer as they do alone."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.conditions import all_of, none_of
from plugin.domain.folding import fold
from plugin.domain.situation import Situation
from plugin.domain.ticket import Priority
from tests.given import ANA, FINANCE, condition, message, situation, ticket

TICKETS = {
    "one of Finance": ticket(
        message(1, "The invoice of May is wrong"),
        subject="Invoice",
        group=FINANCE,
        tags=frozenset({"VIP", "press"}),
        fields={"Sum": 500},
        priority=Priority.HIGH,
        owner=ANA,
        channel="phone",
    ),
    "an empty one": ticket(subject="", priority=None, fields={"sum": "none"}),
}
PLAIN = [
    ("group", "finance"),
    ("group", {"not": "Finance"}),
    ("channel", ["phone", "chat"]),
    ("channel", {"none_of": ["phone"]}),
    ("priority", {"at_least": "high"}),
    ("priority", {"not": ["high"]}),
    ("unassigned", True),
    ("unassigned", False),
    ("customer.vip", True),
    ("customer.vip", False),
    ("tags", ["vip", "gold"]),
    ("tags", {"all_of": ["vip", "press"]}),
    ("tags", {"all_of": ["vip", "gold"]}),
    ("tags", {"not": ["vip"]}),
    ("tags", {"none_of": ["gold"]}),
    ("subject", ["invoice", "bill"]),
    ("body", {"none_of": ["invoice"]}),
    ("text", {"any_of": ["May", "June"]}),
    ("text", {"contains": "oice"}),
    ("field.sum", {"at_least": 500}),
    ("field.sum", {"at_most": 499}),
    ("field.other", {"at_least": 0}),
]


@pytest.fixture(params=TICKETS.values(), ids=TICKETS)
def at_hand(request: pytest.FixtureRequest) -> Situation:
    """A ticket that meets most of the conditions, and one that meets few."""
    return situation(request.param)


@pytest.mark.parametrize(("key", "value"), PLAIN, ids=[f"{key} {value}" for key, value in PLAIN])
def test_a_plain_check_answers_alike_everywhere(key: str, value: Any, at_hand: Situation) -> None:
    alone = condition(key, value)

    answers = [
        alone.holds(at_hand),
        all_of([alone], "").holds(at_hand),
        none_of([none_of([alone], "")], "").holds(at_hand),
    ]

    assert alone.plain is not None
    assert answers == [alone.judge(at_hand).holds] * 3


def test_nothing_of_the_file_stands_in_the_code() -> None:
    name = "x' or True or 'x"

    assert condition("group", name).plain == ("s.folded_group in {}", frozenset({fold(name)}))
    assert not all_of([condition("group", name)], "").holds(situation())
