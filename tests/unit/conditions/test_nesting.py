"""all, any and none: the answer, the reason, and the exact instant of the next wake-up."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.conditions import all_of, any_of, none_of
from plugin.domain.helpdesk import Need
from plugin.domain.situation import Condition, Situation
from plugin.domain.verdict import Verdict
from tests.given import MONDAY, hours, situation, when

Turns = tuple[bool, tuple[int, ...]]
"""A condition of the test: its answer at first, and the hours at which it turns."""


def turning(turns: Turns, *, cost: int = 1, asked: list[int] | None = None) -> Condition:
    begins, at_hours = turns
    instants = sorted(MONDAY + hours(one) for one in set(at_hours))

    def holds(at_hand: Situation) -> bool:
        if asked is not None:
            asked.append(cost)
        passed = sum(at_hand.now >= instant for instant in instants)
        return begins is (passed % 2 == 0)

    def judge(at_hand: Situation) -> Verdict:
        coming = [instant for instant in instants if instant > at_hand.now]
        return Verdict(holds(at_hand), f"c{cost}", min(coming, default=None))

    return Condition(holds, judge, cost=cost, by_time=bool(instants))


YES: Turns = (True, ())
NO: Turns = (False, ())


@pytest.mark.parametrize(
    ("nest", "parts", "holds"),
    [
        (all_of, [YES, YES], True),
        (all_of, [YES, NO], False),
        (all_of, [], True),
        (any_of, [NO, YES], True),
        (any_of, [NO, NO], False),
        (any_of, [], False),
        (none_of, [NO, NO], True),
        (none_of, [NO, YES], False),
        (none_of, [], True),
    ],
)
def test_the_answer(nest, parts: list[Turns], holds: bool) -> None:
    whole = nest([turning(part) for part in parts], "when")

    assert whole.holds(situation()) is holds
    assert whole.judge(situation()).holds is holds


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_any_number_of_parts(count: int) -> None:
    for last in (YES, NO):
        same = [turning(YES)] * (count - 1)
        other = [turning(NO)] * (count - 1)

        assert all_of([*same, turning(last)], "").holds(situation()) is last[0]
        assert any_of([*other, turning(last)], "").holds(situation()) is last[0]


Tree = bool | tuple[str, list["Tree"]]
NESTS = {"all": all_of, "any": any_of, "none": none_of}
ANSWERS = st.recursive(
    st.booleans(),
    lambda inner: st.tuples(st.sampled_from(sorted(NESTS)), st.lists(inner, max_size=5)),
    max_leaves=120,
)


def nested(tree: Tree) -> Condition:
    if isinstance(tree, bool):
        return turning((tree, ()))
    word, parts = tree
    return NESTS[word]([nested(part) for part in parts], "")


def truth_of(tree: Tree) -> bool:
    if isinstance(tree, bool):
        return tree
    word, parts = tree
    if word == "all":
        return all(map(truth_of, parts))
    return any(map(truth_of, parts)) is (word == "any")


@given(ANSWERS)
def test_however_they_are_nested_the_answer_is_that_of_the_words(tree: Tree) -> None:
    assert nested(tree).holds(situation()) is truth_of(tree)


def test_more_parts_than_fit_one_function_are_all_asked() -> None:
    many = [all_of([turning(YES), turning(YES)], "") for _ in range(400)]
    last = all_of([turning(YES), turning(NO)], "")

    assert all_of(many, "").holds(situation()) is True
    assert all_of([*many, last], "").holds(situation()) is False
    assert none_of([any_of([last] * 400, ""), last], "").holds(situation()) is True


def test_cheap_parts_are_asked_first_and_the_rest_not_at_all() -> None:
    asked: list[int] = []
    dear, cheap = turning(YES, cost=50, asked=asked), turning(NO, cost=1, asked=asked)

    all_of([dear, cheap], "when").holds(situation())

    assert asked == [1]


def test_the_reason_tells_the_parts_that_decided() -> None:
    parts = [turning(YES, cost=1), turning(NO, cost=2), turning(NO, cost=3)]

    assert all_of(parts, "when").judge(situation()).reason == "c2 and c3"
    assert any_of(parts, "when").judge(situation()).reason == "c1"
    assert none_of(parts, "when").judge(situation()).reason == "c1"


def test_every_verdict_knows_its_place() -> None:
    parts = [
        Condition(lambda _: True, lambda _: Verdict(holds=True, reason=""), path=f"when.all[{i}]")
        for i in range(2)
    ]

    verdict = all_of(parts, "when").judge(situation())

    assert verdict.path == "when"
    assert [part.path for part in verdict.parts] == ["when.all[0]", "when.all[1]"]


def test_what_must_be_read_is_collected() -> None:
    whole = when({"any": [{"customer.tickets": 3}, {"all": [{"reopened": 1}, {"group": "x"}]}]})

    assert whole.needs == {Need.CUSTOMER_TICKETS, Need.HISTORY}


def test_a_part_only_an_event_can_turn_needs_no_wake_up() -> None:
    whole = all_of([turning(NO), turning((False, (3,)))], "when")

    assert whole.judge(situation()).changes_at is None


def test_all_wakes_when_the_last_part_could_come_true() -> None:
    whole = all_of([turning((False, (3,))), turning((False, (5,))), turning((True, (1,)))], "when")

    assert whole.judge(situation()).changes_at == MONDAY + hours(5)


TURNS = st.tuples(st.booleans(), st.lists(st.integers(1, 8), max_size=3).map(tuple))
TREES = st.recursive(
    TURNS.map(turning),
    lambda inner: st.tuples(
        st.sampled_from([all_of, any_of, none_of]), st.lists(inner, max_size=3)
    ).map(lambda pair: pair[0](pair[1], "")),
    max_leaves=8,
)


@given(tree=TREES)
@settings(max_examples=200)
def test_no_wake_up_is_ever_missed(tree: Condition) -> None:
    """Asked again only at the announced instants, the answer is never found to have turned before."""

    def at(hour: float) -> Situation:
        return situation(now=MONDAY + hours(hour))

    announced: datetime | None = MONDAY
    known = tree.holds(at(0))
    for half in range(20):
        now = MONDAY + timedelta(minutes=30 * half)
        here = situation(now=now)
        if announced is not None and now >= announced:
            verdict = tree.judge(here)
            known, announced = verdict.holds, verdict.changes_at
            assert announced is None or announced > now
        assert tree.holds(here) is known
