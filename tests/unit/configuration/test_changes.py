"""A reload says in words what it changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from plugin.configuration import describe_changes, load

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
BASE = """\
version: 1
helpdesks:
  support:
    type: zammad
    url: https://help.example.com
    token: ${TOKEN}
    webhook_secret: ${TOKEN}
    service_user: deskladder@example.com
defaults: {language: en}
calendars:
  office: {timezone: Europe/Amsterdam, hours: {mon-fri: [09:00-17:00]}}
teams: {finance: {group: Finance}}
guards: {notes_per_ticket_per_day: 6, max_staleness: 4h}
sla:
  - {name: vip, when: {customer.vip: true}, targets: {first_response: 1h}}
  - {name: loud, when: {priority: high}, targets: {first_response: 2h}}
rules:
  - {name: one, on: [ticket.created], when: {priority: high}, do: [{tag: a}]}
  - {name: two, on: [ticket.created], do: [{tag: b}]}
replies: {hello: {en: Hello}}
"""


@pytest.fixture
def read(tmp_path):
    def load_text(text, token="t0ken-one"):
        file = tmp_path / "a.yaml"
        file.write_text(text)
        return load(file, environ={"TOKEN": token}, now=NOW)

    return load_text


def test_nothing_changed_says_nothing(read):
    assert describe_changes(read(BASE), read("# moved down\n\n" + BASE)) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("notes_per_ticket_per_day: 6", "notes_per_ticket_per_day: 4", "guard notes_per_ticket_per_day 6 → 4"),
        ("max_staleness: 4h", "max_staleness: 1d", "guard max_staleness 4h → 24h"),
        ("language: en}", "language: en, promise: 4h}", "defaults.promise none → 4h"),
        ("name: two", "name: three", "rule 'two' removed"),
        ("name: two", "name: three", "rule 'three' added"),
        ("tag: a", "tag: c", "rule 'one' changed"),
        ("priority: high", "priority: urgent", "rule 'one' changed"),
        ("09:00-17:00", "09:00-18:00", "calendar 'office' changed"),
        ("first_response: 1h", "first_response: 3h", "SLA policy 'vip' changed"),
        ("name: vip", "name: gold", "SLA policy 'gold' added"),
        ("group: Finance", "group: Money", "team 'finance' changed"),
        ("en: Hello", "en: Hi", "reply 'hello' changed"),
        ("https://help.", "https://desk.", "helpdesk 'support' changed"),
        ("language: en}", "language: en, mode: act}", "defaults mode observe → act"),
        ("language: en}", "language: en, mode: act}", "rule 'one' mode observe → act"),
    ],
)  # fmt: skip
def test_a_change_is_told(read, old, new, told):
    assert told in describe_changes(read(BASE), read(BASE.replace(old, new)))


def test_a_new_order_of_rules_is_told(read):
    lines = BASE.splitlines()
    at = next(number for number, line in enumerate(lines) if "name: one" in line)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]

    assert describe_changes(read(BASE), read("\n".join(lines))) == ["order of rules changed"]


def test_a_changed_secret_is_told_without_it(read):
    changes = describe_changes(read(BASE), read(BASE, token="t0ken-two"))

    assert changes == ["helpdesk 'support' changed"]
