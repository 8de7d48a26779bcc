from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import connector, connector_types, shapes
from connectors.naming import find_named, pick
from plugin.domain.errors import Refused, TryAgain

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, 7),
        ("7", 7),
        ("007", 7),
        (2**63 - 1, 2**63 - 1),
        (2**63, None),
        (0, None),
        (-1, None),
        (True, None),
        (7.0, None),
        ("7.0", None),
        ("-7", None),
        ("٧", None),
        ("9" * 5000, None),
        ("", None),
        (None, None),
        ([7], None),
    ],
    ids=lambda value: str(value)[:12],
)
def test_ids(value: Any, number: int | None) -> None:
    assert shapes.integer(value) == number


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2026-11-22T05:54:12.149Z", datetime(2026, 11, 22, 5, 54, 12, 149000, tzinfo=UTC)),
        ("2026-11-22T05:54:12Z", datetime(2026, 11, 22, 5, 54, 12, tzinfo=UTC)),
        ("2026-11-22T06:54:12+01:00", datetime(2026, 11, 22, 5, 54, 12, tzinfo=UTC)),
        ("2026-11-22T05:54:12", datetime(2026, 11, 22, 5, 54, 12, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("soon", None),
        ("", None),
        (1795322569, None),
        (None, None),
    ],
)
def test_instants(value: Any, at: datetime | None) -> None:
    assert shapes.instant(value) == at


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-12-24", date(2026, 12, 24)),
        ("2026-12-24T23:00:00Z", date(2026, 12, 24)),
        (date(2026, 12, 24), date(2026, 12, 24)),
        (datetime(2026, 12, 24, 23, tzinfo=UTC), date(2026, 12, 24)),
        ("24.12.2026", None),
        (20261224, None),
        (None, None),
    ],
)
def test_days(value: Any, day: date | None) -> None:
    assert shapes.day(value) == day


def test_a_list_php_wrote_with_gaps_is_a_list() -> None:
    assert shapes.rows({"1": {"id": 1}, "3": {"id": 3}}) == [{"id": 1}, {"id": 3}]
    assert shapes.texts({"1": "convo.created"}) == ["convo.created"]


def test_what_must_be_there_is_asked_for_by_name() -> None:
    with pytest.raises(TryAgain, match="'created_at'"):
        shapes.needed_instant({}, "created_at")
    with pytest.raises(TryAgain, match="'group_id'"):
        shapes.needed_integer({"group_id": "x"}, "group_id")


@given(anything)
@settings(deadline=None)
def test_no_value_breaks_a_reader(value: Any) -> None:
    found = shapes.integer(value)

    assert found is None or 0 < found < 2**63
    assert isinstance(shapes.text(value), str)
    assert isinstance(shapes.mapping(value), dict)
    assert all(isinstance(row, dict) for row in shapes.rows(value))
    assert all(isinstance(entry, str) for entry in shapes.texts(value))
    assert all(isinstance(entry, int) for entry in shapes.integers(value))
    assert shapes.instant(value) is None or isinstance(value, str)
    assert shapes.day(value) is None or isinstance(value, (str, date))


NAMES = ["Finance", "finance", "Support", "2nd Level"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param("Finance", "Finance", id="exact"),
        pytest.param("finance", "finance", id="the other one, exact"),
        pytest.param("FINANCE", None, id="two alike: neither"),
        pytest.param("support", "Support", id="another case"),
        pytest.param(" 2ND level ", "2nd Level", id="blanks around"),
        pytest.param("2nd", None, id="a part"),
    ],
)
def test_names_are_matched_exactly_first(wanted: str, found: str | None) -> None:
    assert find_named(wanted, NAMES, str) == found


def test_an_unknown_name_is_told_with_the_known_ones_and_a_guess() -> None:
    with pytest.raises(Refused) as refused:
        pick("group", "Suport", NAMES, str)

    assert str(refused.value) == (
        "the helpdesk has no group 'Suport'; did you mean 'Support'? "
        "Known: 2nd Level, Finance, Support, finance"
    )


def test_a_long_list_is_cut_and_an_empty_one_said_to_be_so() -> None:
    with pytest.raises(Refused, match=r"Known: .* and 30 more"):
        pick("group", "x", [f"group {n:02}" for n in range(50)], str)
    with pytest.raises(Refused, match=r"'x'\. Known: none that the service user may see"):
        pick("group", "x", [], str)


def test_the_connectors_are_the_folders() -> None:
    assert connector_types() == ("freescout", "zammad")
    assert [connector(name).TYPE for name in connector_types()] == ["freescout", "zammad"]


@pytest.mark.parametrize("name", ["otrs", "", "http", "../plugin", "zammad.webhook"])
def test_an_unknown_connector_is_named_with_the_known_ones(name: str) -> None:
    with pytest.raises(KeyError, match="freescout, zammad"):
        connector(name)
