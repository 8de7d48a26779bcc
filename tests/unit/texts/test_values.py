"""What placeholders stand for; what a customer chose is made harmless before it is used."""

import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.ticket import EarlierTicket
from plugin.texts.placeholders import LISTS, PLACEHOLDERS
from plugin.texts.values import one_line, team_of, values_for, zone_for
from tests.fakes import ANA, FINANCE, GUEST, NOON, a_ticket
from tests.unit.actions.doing import OfficeHours, a_config


def values(**changes):
    return values_for(a_ticket(**changes), a_config(), NOON, language="en", zone="UTC")


def test_every_documented_placeholder_has_a_value_and_no_other():
    given_values = values(customer_tickets=(EarlierTicket(5, "5", NOON, "https://h.example/5"),))

    flat = set()
    for name, value in given_values.items():
        flat |= {f"{name}.{part}" for part in value} if isinstance(value, dict) else {name}
    assert flat == PLACEHOLDERS.keys()
    assert tuple(given_values["earlier"][0]) == LISTS["earlier"]


def test_nothing_is_ever_missing():
    bare = values(
        owner=None, priority=None, customer=replace(GUEST, name="", email="", organization=None)
    )

    assert bare["ticket"]["owner"] == bare["ticket"]["priority"] == ""
    assert bare["customer"] == {"name": "", "first_name": "", "email": "", "organization": ""}
    assert bare["promise_at"] == bare["late"] == bare["lead"] == ""
    assert bare["earlier"] == []


def test_the_facts_of_a_ticket():
    known = values(owner=ANA, group=FINANCE, tags=frozenset({"b", "a"}))

    assert known["ticket"]["tags"] == ["a", "b"]
    assert known["ticket"]["owner"] == known["agent"]["name"] == "Ana Alba"
    assert (known["team"], known["lead"]) == ("finance", "marta@example.com")
    assert known["customer"]["first_name"] == "Gerda"


def test_at_most_twenty_earlier_tickets_without_this_one():
    many = tuple(EarlierTicket(n, str(n), NOON + timedelta(minutes=n), "u") for n in range(40))

    numbers = [one["number"] for one in values(customer_tickets=many)["earlier"]]

    assert numbers == [str(n) for n in range(20, 40)]
    assert "7" not in numbers


def test_a_team_is_found_by_its_group_whatever_the_case():
    team = team_of(a_ticket(group=replace(FINANCE, name="FINANCE")), a_config())

    assert team is not None
    assert team.name == "finance"


@pytest.mark.parametrize(
    ("customer_zone", "calendars", "zone"),
    [
        ("Asia/Tokyo", {"office": OfficeHours()}, "Asia/Tokyo"),
        ("UTC", {"office": OfficeHours()}, "UTC"),
        ("nonsense", {"office": OfficeHours()}, "Europe/Amsterdam"),
        (None, {"office": OfficeHours()}, "Europe/Amsterdam"),
        (None, {}, None),
    ],
)
def test_the_zone_is_the_customers_else_the_calendars(customer_zone, calendars, zone):
    ticket = a_ticket(customer=replace(GUEST, timezone=customer_zone))

    assert zone_for(ticket, a_config(calendars=calendars)) == zone


@settings(deadline=None)
@given(st.text(), st.integers(2, 50))
def test_one_line_is_one_short_harmless_line(text, longest):
    line = one_line(text, longest)

    assert len(line) <= longest
    assert len(line.splitlines()) <= 1
    assert not {unicodedata.category(char) for char in line} & {"Cc", "Cf", "Cs", "Co"}


def test_a_long_line_says_that_it_goes_on():
    assert one_line("word " * 100, 12) == "word word w…"
