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
teams: {finance: {group: Finance, lead: marta@example.com, pool: {if_none: lead}}}
people: {marta@example.com: {channel: mail}, ana@example.com: {channel: mail}}
service: {url: https://desk.example.com, channel: mail, api_token: "${TOKEN}"}
notify: {mail: {url: "mailto://desk@example.com?to={address}"}}
policies:
  money:
    levels: [{responsible: {team: finance}, ack_within: 1h}, {responsible: {lead: finance}}]
matrix:
  - {category: billing, policy: money}
  - {policy: money}
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
    def load_text(text, token="a-t0ken-of-many-characters"):
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
        ("if_none: lead", "if_none: unassigned", "team 'finance' changed"),
        ("ack_within: 1h", "ack_within: 2h", "policy 'money' changed"),
        ("policies:", "policies:\n  more: {levels: [{responsible: {lead: finance}}]}", "policy 'more' added"),
        ("category: billing", "category: invoices", "matrix row (category: billing) removed"),
        ("category: billing", "category: invoices", "matrix row (category: invoices) added: money"),
        ("billing, policy: money", "billing, policy: money, start_level: 2", "matrix row (category: billing): money → money, from level 2"),
        ("- {policy: money}", "- {policy: money, max_level: 1, targets: {ack_within: 30m}}", "matrix row for all other tickets: money → money, up to level 1, ack_within 30m"),
        ("ana@example.com: {channel: mail}", "ana@example.com: {channel: mail, language: nl}", "1 person changed"),
        ("ana@example.com: {", "ben@example.com: {", "1 person removed"),
        ("ana@example.com: {", "ben@example.com: {", "1 person added"),
        ("https://desk.", "https://ladder.", "service url https://desk.example.com → https://ladder.example.com"),
        ("service: {", "service: {digest_at: 08:00, ", "service digest_at 09:00 → 08:00"),
    ],
)  # fmt: skip
def test_a_change_is_told(read, old, new, told):
    assert told in describe_changes(read(BASE), read(BASE.replace(old, new)))


def test_a_new_order_of_rules_is_told(read):
    lines = BASE.splitlines()
    at = next(number for number, line in enumerate(lines) if "name: one" in line)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]

    assert describe_changes(read(BASE), read("\n".join(lines))) == ["order of rules changed"]


def test_a_new_order_of_rows_means_nothing(read):
    first, second = "  - {category: billing, policy: money}", "  - {policy: money}"
    turned = BASE.replace(f"{first}\n{second}", f"{second}\n{first}")

    assert turned != BASE
    assert describe_changes(read(BASE), read(turned)) == []


def test_a_ladder_that_moved_down_in_the_file_is_the_same(read):
    moved = BASE.replace("policies:", "# money first\n\n\npolicies:")

    assert describe_changes(read(BASE), read(moved)) == []


def test_a_changed_secret_is_told_without_it(read):
    changes = describe_changes(read(BASE), read(BASE, token="another-t0ken-of-many-characters"))

    assert changes == ["helpdesk 'support' changed", "service api_token changed"]


def test_another_watchdog_is_told_without_its_address(read):
    new = BASE.replace(
        "channel: mail, api", "heartbeat_url: https://w.example/4711, channel: mail, api"
    )

    assert describe_changes(read(BASE), read(new)) == ["service heartbeat_url changed"]
