"""What rows of a matrix have in common, held against asking every possible ticket."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from plugin.conditions import Names, all_of, lookup
from plugin.configuration import ConfigProblems, load
from plugin.configuration.demands import Values, uncovered
from plugin.domain.ticket import Priority
from tests.given import GUEST, memory, situation, ticket

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CATEGORIES = ("billing", "safety", "parking")
"""Those that rows name; tickets have one more."""

TICKETS = [
    situation(
        ticket(
            tags=frozenset({f"category:{category}", *tags}),
            priority=priority,
            channel=channel,
            customer=replace(GUEST, vip=vip),
        ),
        memory=memory(handoffs=handoffs),
    )
    for category, priority, channel, vip, handoffs, tags in product(
        (*CATEGORIES, "lost and found"),
        (*Priority, None),
        ("email", "phone", "chat"),
        (True, False),
        (0, 1, 2),
        ((), ("a",), ("a", "b")),
    )
]
PRIORITY_WORDS = tuple(priority.word for priority in Priority)


def chosen(words):
    """One of these, some of them, or all but some."""
    some = st.lists(st.sampled_from(words), min_size=1, max_size=2, unique=True)
    return st.one_of(st.sampled_from(words), some, some.map(lambda listed: {"none_of": listed}))


SORTING = {
    "category": chosen(CATEGORIES),
    "priority": st.one_of(
        chosen(PRIORITY_WORDS),
        st.sampled_from(PRIORITY_WORDS).map(lambda word: {"at_least": word}),
        st.sampled_from(PRIORITY_WORDS).map(lambda word: {"at_most": word}),
    ),
    "channel": chosen(("email", "phone")),
    "customer.vip": st.booleans(),
}
OPEN = {
    "handoffs": st.one_of(
        st.integers(0, 2).map(lambda count: {"at_least": count}),
        st.integers(0, 2).map(lambda count: {"at_most": count}),
    ),
    "tags": st.one_of(
        st.sampled_from(["a", "b", ["a", "b"]]),
        st.sampled_from([{"all_of": ["a", "b"]}, {"none_of": ["a"]}, {"none_of": ["a", "b"]}]),
    ),
}
CONDITIONS = st.fixed_dictionaries({}, optional={**SORTING, **OPEN}).filter(bool)
PLAIN = st.fixed_dictionaries({}, optional=SORTING).filter(bool)


def compiled(row):
    """The row's condition, by the modules the rules use."""
    parts = []
    for key, value in row.items():
        module = lookup(key)
        parts.append(module.compile_condition(key, module.OPERAND.deserialize(value), Names()))
    return all_of(parts, "")


def met_by(row):
    """Every ticket that meets a row."""
    return _met_by(json.dumps(row))


@cache
def _met_by(written):
    holds = compiled(json.loads(written)).holds
    return {number for number, one in enumerate(TICKETS) if holds(one)}


@given(rows=st.lists(CONDITIONS, min_size=2, max_size=2))
@settings(max_examples=60)
def test_no_ticket_meets_two_rows_that_exclude_each_other(rows):
    first, second = (Values(rows).demands(row) for row in rows)
    assume(first.joined(second) is None)

    assert met_by(rows[0]) & met_by(rows[1]) == set()


@given(rows=st.lists(PLAIN, min_size=2, max_size=2))
@settings(max_examples=60)
def test_rows_of_sorting_words_exclude_each_other_exactly_when_no_ticket_meets_both(rows):
    first, second = (Values(rows).demands(row) for row in rows)

    assert (first.joined(second) is None) is (met_by(rows[0]) & met_by(rows[1]) == set())


@st.composite
def a_row_and_parts_of_it(draw):
    """A row, rows that divide it by the values of one word, and one that may have to do with it."""
    row = draw(CONDITIONS)
    divided = draw(st.sampled_from(sorted(SORTING)))
    values = draw(st.lists(SORTING[divided], min_size=1, max_size=4))
    return row, [*({**row, divided: value} for value in values), draw(CONDITIONS)]


@given(row_and_parts=a_row_and_parts_of_it())
@settings(max_examples=100)
def test_what_counts_as_covered_is_covered_for_every_ticket(row_and_parts):
    row, others = row_and_parts
    values = Values([row, *others])

    case = uncovered(values.demands(row), [values.demands(one) for one in others], values)

    event("covered" if case is None else "open")
    assert case is not None or met_by(row) <= set().union(*(met_by(one) for one in others))


def test_a_row_divided_into_all_its_values_is_covered():
    row = {"category": "billing", "tags": "a"}
    others = [{**row, "customer.vip": True}, {**row, "customer.vip": False}]
    values = Values([row, *others])

    assert uncovered(values.demands(row), [values.demands(one) for one in others], values) is None


@given(row=PLAIN, others=st.lists(PLAIN, min_size=1, max_size=4))
@settings(max_examples=60)
def test_a_case_told_as_open_is_met_by_none_of_the_others(row, others):
    values = Values([row, *others])
    case = uncovered(values.demands(row), [values.demands(one) for one in others], values)
    assume(case is not None)

    assert values.demands(row).holds_in(case)
    assert not any(
        values.demands(one).holds_in(case) and set(values.demands(one).values) <= set(case)
        for one in others
    )


OUTCOMES = ("one", "two")
FILE = """\
version: 1
helpdesks: {support: {type: zammad, url: https://help.example.com, token: "${T}", webhook_secret: "${T}", service_user: d@example.com}}
teams: {finance: {group: Finance, lead: marta@example.com}}
policies:
  one: {levels: [{responsible: {lead: finance}}]}
  two: {levels: [{responsible: {lead: finance}}]}
  rest: {levels: [{responsible: {lead: finance}}]}
matrix:
"""


def accepted(rows):
    """The matrix of a file with these rows; None when it is refused."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "deskladder.yaml"
        file.write_text(FILE + "".join(f"  - {json.dumps(row)}\n" for row in rows))
        try:
            return load(file, environ={"T": "correct-horse-battery"}, now=NOW).matrix
        except ConfigProblems:
            return None


@pytest.mark.slow
@given(
    rows=st.lists(
        st.builds(
            lambda row, policy: {**row, "policy": policy}, CONDITIONS, st.sampled_from(OUTCOMES)
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=60)
def test_a_matrix_that_is_accepted_gives_every_ticket_one_answer(rows):
    matrix = accepted([*rows, {"policy": "rest"}])
    assume(matrix is not None)

    for one in TICKETS:
        holding = [row for row in matrix if row.when.holds(one)]
        heaviest = max(row.weight for row in holding)
        assert len({row.policy for row in holding if row.weight == heaviest}) == 1


@pytest.mark.parametrize(
    ("rows", "is_fine"),
    [
        pytest.param([{"category": "a", "policy": "one"}, {"category": "b", "policy": "two"}], True, id="two categories"),
        pytest.param([{"category": "A", "policy": "one"}, {"category": "a", "policy": "two"}], False, id="one category in capitals"),
        pytest.param([{"category": "a", "policy": "one"}, {"category": {"not": "a"}, "policy": "two"}], True, id="one and all others"),
        pytest.param([{"priority": {"at_least": "high"}, "policy": "one"}, {"priority": {"at_most": "normal"}, "policy": "two"}], True, id="ranges that do not touch"),
        pytest.param([{"language": "nl", "policy": "one"}, {"language": "nl-BE", "policy": "two"}], False, id="a language and its region"),
        pytest.param([{"language": "nl", "policy": "one"}, {"language": "de_AT", "policy": "two"}], True, id="two languages"),
        pytest.param([{"customer.tickets": {"at_least": 5}, "policy": "one"}, {"customer.tickets": {"at_most": 4}, "policy": "two"}], True, id="counts that do not touch"),
        pytest.param([{"customer.tickets": {"at_least": 4, "within": "30d"}, "policy": "one"}, {"customer.tickets": {"at_most": 3}, "policy": "two"}], False, id="counts over different times"),
        pytest.param([{"tags": "a", "policy": "one"}, {"tags": "b", "policy": "two"}], False, id="a ticket may have both tags"),
        pytest.param([{"tags": "a", "policy": "one"}, {"tags": "b", "policy": "one"}], True, id="a tie that leads to the same"),
        pytest.param([{"tags": "a", "policy": "one"}, {"tags": "b", "policy": "one", "start_level": 1}], False, id="a tie that starts elsewhere"),
        pytest.param([{"tags": "a", "policy": "one"}, {"tags": "b", "policy": "two"}, {"tags": {"all_of": ["a", "b"]}, "policy": "two"}], False, id="a settling row that is not heavier"),
        pytest.param([{"tags": "a", "policy": "one"}, {"category": "b", "policy": "two"}, {"tags": "a", "category": "b", "policy": "two"}], True, id="settled by the row with both"),
        pytest.param([{"tags": "a", "policy": "one"}, {"category": "b", "policy": "two"}, {"tags": ["a", "c"], "category": ["b", "x"], "policy": "two"}], True, id="settled by a wider row"),
        pytest.param([{"tags": "a", "policy": "one"}, {"category": "b", "policy": "two"}, {"tags": "a", "category": "b", "customer.vip": True, "policy": "two"}, {"tags": "a", "category": "b", "customer.vip": False, "policy": "one"}], True, id="settled by two rows together"),
        pytest.param([{"any": [{"tags": "a"}, {"tags": "b"}], "policy": "one"}, {"none": [{"tags": "a"}], "policy": "two"}], False, id="alternatives are taken as one"),
        pytest.param([{"all": [{"tags": "a"}, {"priority": "high"}], "policy": "one"}, {"priority": "high", "policy": "two"}], True, id="all counts one by one"),
    ],
)  # fmt: skip
def test_a_tie_is_refused_only_where_it_matters(rows, is_fine):
    assert (accepted([*rows, {"policy": "rest"}]) is not None) is is_fine


def test_a_matrix_of_many_values_is_checked_without_trying_them_all():
    words = [f"c{number}" for number in range(60)]
    rows = [{"category": word, "policy": "one"} for word in words]
    rows += [{"group": f"g{number}", "policy": "one"} for number in range(60)]
    rows += [{"team": "finance", "channel": "phone", "policy": "two"}]

    assert accepted([*rows, {"policy": "rest"}]) is not None
