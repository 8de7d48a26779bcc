"""A simulation's counts are those somebody else would come to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plugin.configuration import load
from plugin.domain.helpdesk import Glimpse
from plugin.domain.ticket import customer_key
from plugin.history.archive import Archive
from plugin.history.premise import premise_of
from plugin.history.replay import Replay
from plugin.history.shelf import Shelf
from plugin.history.tally import Tally
from plugin.simulated.year import BEGIN, STAFF, year
from tests.unit.history.counting import expected

FILE = """\
version: 1
helpdesks: {support: {type: zammad, url: https://help.example.com, token: t, webhook_secret: s, service_user: d@example.com}}
guards: {replies_per_customer_per_day: 1}
calendars: {office: {timezone: UTC, hours: {mon-fri: [08:00-18:00]}}}
sla: [{name: standard, calendar: office, targets: {first_response: 4h}}]
rules:
  - {name: welcome, on: [ticket.created], do: [{reply: hello}]}
  - name: billing
    on: [ticket.created, customer.replied]
    when: {text: {any_of: {en: [invoice]}}}
    once_per: message
    do: [{tag: billing}]
  - name: third
    on: [ticket.created]
    when: {customer.tickets: {at_least: 3, within: 30d}}
    do: [{priority: high}]
  - {name: opened again, on: [ticket.reopened], do: [{tag: again}]}
  - {name: nobody answers, on: [time], when: {waiting: 4h}, do: [{note: why}]}
  - {name: late, on: [sla.breached], do: [{assign: cora@example.com}]}
replies: {hello: {en: "Dear {{ customer.name }}, thank you."}}
"""
DAYS = 100
UNTIL = BEGIN + timedelta(days=DAYS)


@pytest.fixture(scope="module")
def pasts():
    return list(year(300, seed=7, begins_at=BEGIN, days=DAYS))


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    file = tmp_path_factory.mktemp("config") / "deskladder.yaml"
    file.write_text(FILE, "utf-8")
    return premise_of(load(file, environ={}, now=UNTIL), BEGIN, as_written=False).config


def simulate(config, source):
    tally = Tally(config, {"support": STAFF}, since=BEGIN, until=UNTIL)
    Replay(config, {"support": source}, since=BEGIN, until=UNTIL, watcher=tally).run()
    return tally.counts


@pytest.fixture(scope="module")
def counts(config, pasts):
    return simulate(config, Shelf(pasts, STAFF))


@pytest.fixture(scope="module")
def by_hand(pasts):
    return expected(pasts, UNTIL)


def test_every_rule_fired_as_often_as_it_should(counts, by_hand):
    assert dict(counts.by_rule) == dict(by_hand.fired)
    assert min(by_hand.fired.values()) > 10


def test_every_firing_fell_into_its_hour(counts, by_hand):
    assert {cell: n for cell, n in counts.grid.items() if n} == dict(by_hand.grid)


def test_those_answered_at_once_were_needless(counts, by_hand):
    assert counts.needless == by_hand.needless > 0


def test_the_guard_held_back_what_one_customer_would_have_got_too_much(counts, by_hand):
    assert counts.mails.total() == by_hand.mails
    assert counts.guards["replies_per_customer_per_day"] == by_hand.mails_held_back > 0


def test_first_responses_were_met_as_often_as_counted_day_by_day(counts, by_hand):
    assert dict(counts.sla["standard", "first_response"]) == dict(by_hand.first_response)
    assert min(by_hand.first_response["met"], by_hand.first_response["met late"]) > 20


def test_a_day_without_open_time_is_told_from_a_night(counts):
    assert counts.tickets == 300
    assert counts.outside["night"] >= len(counts.nights) > 0
    assert counts.outside["weekend or holiday"] >= len(counts.free_days) > 0


def test_a_person_got_what_was_assigned(counts, by_hand):
    given = sum(
        count
        for (name, state), count in counts.actions.items()
        if name == "assign" and state == "done"
    )

    assert counts.by_person == {"Cora Cruz": given}
    assert 0 < given <= by_hand.fired["late"]


@pytest.mark.slow
def test_read_from_a_file_it_is_the_same(config, pasts, counts, tmp_path):
    with Archive(tmp_path / "history.sqlite3", "support") as archive:
        archive.want(Glimpse(p.ticket.ref.id, p.ticket.updated_at) for p in pasts)
        archive.keep_staff(STAFF)
        for past in pasts:
            key = customer_key("support", past.ticket.customer)
            archive.keep(past, key, STAFF)
            archive.keep_customer(key, past.ticket.customer_tickets)

        again = simulate(config, archive)

    assert again == counts


@pytest.mark.slow
def test_the_order_in_which_tickets_are_handed_over_changes_nothing(config, pasts, counts):
    assert simulate(config, Shelf(reversed(pasts), STAFF)) == counts
