"""Whom a pool comes to: reasons for and against, and fairness over any window."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.choosing import Candidate, choose, served_longest_ago
from plugin.domain.ladder import Strategy

ANA, CLEO, DORA = Candidate("1", "Ana"), Candidate("3", "Cleo"), Candidate("4", "Dora")
BEN_AWAY = Candidate("2", "Ben", unfit="Ben is absent until 2026-12-03")


def test_round_robin_asks_all_who_can_take_it_and_says_why_not_the_others():
    choice = choose(Strategy.ROUND_ROBIN, [ANA, BEN_AWAY, CLEO])

    assert choice.among == (ANA, CLEO)
    assert choice.told("1") == "whose turn it is (round robin; Ben is absent until 2026-12-03)"


def test_the_only_one_left_has_no_turn():
    choice = choose(Strategy.ROUND_ROBIN, [ANA, BEN_AWAY])

    assert choice.told("1") == "the only one who can take it (Ben is absent until 2026-12-03)"


MIA_LATER = Candidate("6", "Mia", spared="Mia is asked on a later level")


@pytest.mark.parametrize("strategy", list(Strategy), ids=str)
def test_who_is_asked_later_gets_it_only_where_there_is_nobody_else(strategy):
    facts = {"loads": {"1": 9, "3": 9}, "answered": ["6"]}

    with_others = choose(strategy, [MIA_LATER, ANA, CLEO], **facts)
    alone = choose(strategy, [BEN_AWAY, MIA_LATER], **facts)

    assert with_others.among == (ANA, CLEO)
    assert "Mia is asked on a later level" in with_others.told("1")
    assert alone.among == (MIA_LATER,)
    assert "later" not in alone.told("6")


@pytest.mark.parametrize("strategy", list(Strategy), ids=str)
def test_nobody_left_is_told_with_every_reason(strategy):
    cleo_had_it = Candidate("3", "Cleo", unfit="Cleo had it already")

    choice = choose(strategy, [BEN_AWAY, cleo_had_it], loads={}, answered=["2"])

    assert choice.among == ()
    assert choice.nobody == "Ben is absent until 2026-12-03; Cleo had it already"


def test_an_empty_pool_says_so():
    assert choose(Strategy.ROUND_ROBIN, []).nobody == "nobody is in it"


def test_the_least_loaded_gets_it():
    choice = choose(Strategy.LEAST_OPEN, [ANA, BEN_AWAY, CLEO], loads={"1": 4, "2": 0, "3": 2})

    assert choice.among == (CLEO,)
    assert choice.told("3") == (
        "who has the fewest open tickets, 2 (Ana has 4; Ben is absent until 2026-12-03)"
    )


def test_among_equally_loaded_the_turn_decides():
    choice = choose(Strategy.LEAST_OPEN, [ANA, CLEO, DORA], loads={"1": 2, "3": 5, "4": 2})

    assert choice.among == (ANA, DORA)
    assert (
        choice.told("4") == "whose turn it is among 2 with the fewest open tickets, 2 (Cleo has 5)"
    )


def test_where_tickets_cannot_be_counted_the_turn_decides():
    assert choose(Strategy.LEAST_OPEN, [ANA, CLEO], loads=None).among == (ANA, CLEO)


def test_who_helped_the_customer_last_gets_it():
    choice = choose(Strategy.STICKY, [ANA, CLEO], answered=["9", "3", "1"])

    assert choice.among == (CLEO,)
    assert choice.told("3") == "who helped this customer last"


@pytest.mark.parametrize("answered", [[], ["9"], ["2"]], ids=["nobody", "a stranger", "away"])
def test_sticky_falls_back_to_turns(answered):
    choice = choose(Strategy.STICKY, [ANA, BEN_AWAY, CLEO], answered=answered)

    assert choice.among == (ANA, CLEO)
    assert "round robin" in choice.told("1")


def test_a_stand_in_is_told_as_one():
    stand_in = Candidate("5", "Emil", because="because Ben is absent until 2026-12-03")

    assert (
        choose(Strategy.ONCALL, [BEN_AWAY, stand_in])
        .told("5")
        .startswith("who is on call, because Ben is absent until 2026-12-03")
    )


def test_of_a_large_pool_only_some_reasons_are_told():
    away = [Candidate(str(n), f"P{n}", unfit=f"P{n} is away") for n in range(20)]

    told = choose(Strategy.ROUND_ROBIN, [*away, Candidate("99", "Ana")]).told("99")

    assert "P5 is away" in told
    assert "P6 is away" not in told
    assert told.endswith("and 14 more)")


PEOPLE = [str(n) for n in range(6)]
PRESENT = st.lists(
    st.sets(st.sampled_from(PEOPLE), min_size=1).map(sorted), min_size=1, max_size=60
)


def _served(rounds: list[list[str]]) -> list[str]:
    last: dict[str, int] = {}
    served = []
    for number, present in enumerate(rounds):
        person = served_longest_ago(present, last)
        last[person] = number
        served.append(person)
    return served


@given(rounds=PRESENT, window=st.tuples(st.integers(0, 60), st.integers(0, 60)))
def test_over_any_window_those_who_are_always_there_differ_by_one_at_most(rounds, window):
    begin, end = sorted(window)
    always = set(PEOPLE).intersection(*map(set, rounds[begin:end]))

    counts = Counter(dict.fromkeys(always, 0))
    counts.update(one for one in _served(rounds)[begin:end] if one in always)

    assert not counts or max(counts.values()) - min(counts.values()) <= 1


@given(rounds=PRESENT)
def test_nobody_who_is_there_waits_longer_than_everybody_takes_a_turn(rounds):
    served = _served(rounds)

    for number, person in enumerate(served):
        waiting = [one for one in PEOPLE if one != person]
        for other in waiting:
            since = max((n for n in range(number) if served[n] == other), default=-1)
            between = rounds[since + 1 : number + 1]
            if all(other in present for present in between):
                assert served[since + 1 : number + 1].count(person) <= 1


def test_whoever_was_never_served_comes_first_in_the_pools_order():
    assert served_longest_ago(["c", "b", "a"], {"b": 1}) == "c"
