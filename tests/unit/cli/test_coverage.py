"""`deskladder check` shows who answers at each level, and which row of the matrix is for whom."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from plugin import clock
from plugin.cli.main import run

FILE = """\
version: 1
helpdesks:
  support:
    type: zammad
    url: https://help.example.com
    token: ${TOKEN}
    webhook_secret: ${TOKEN}
    service_user: deskladder@example.com
defaults: {calendar: office}
calendars:
  office: {timezone: Europe/Amsterdam, hours: {mon-fri: [09:00-17:00]}}
teams:
  front: {group: 1st Level, lead: ruud@example.com}
  finance:
    group: Finance
    lead: marta@example.com
    pool: {if_none: lead}
    skills: {billing: [ana@example.com]}
notify: {duty: {url: "mailto://duty@example.com"}}
policies:
  finance:
    levels:
      - {wait: 30m, script: "Say sorry."}
      - {responsible: {team: finance, skill: billing}, ack_within: 1h}
      - {responsible: {lead: finance}, ack_within: 2h}
    repeat: 1
    exhausted: {notify: [{to: duty, urgency: page}, duty]}
  board:
    type: hierarchical
    levels:
      - {responsible: {lead: front}, ack_within: 1h}
      - {responsible: {person: mia@example.com}}
MATRIX
"""
MATRIX = """\
matrix:
  - {policy: finance}
  - {category: safety, policy: board, start_level: 2}
  - {category: billing, policy: finance}
  - {category: billing, priority: {at_least: high}, policy: finance, start_level: 1, targets: {ack_within: 30m}}
  - {category: billing, channel: phone, customer.vip: true, policy: board, max_level: 1}
"""


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    """The lines that check prints for the file with this matrix."""
    monkeypatch.setenv("TOKEN", "correct-horse")
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 20, 15, 0, tzinfo=UTC))
    monkeypatch.chdir(tmp_path)

    def run_check(matrix, *options):
        (tmp_path / "deskladder.yaml").write_text(FILE.replace("MATRIX", matrix))
        assert run(["check", *options], {}) == 0
        return capsys.readouterr().out.splitlines()

    return run_check


def test_each_ladder_says_who_answers_and_for_how_long(check):
    lines = check(MATRIX)

    assert "  policy finance (functional, office): hint, 30m → 1 finance (billing, round robin), 1h → 2 the lead of finance, 2h → once more, then exhausted: tells duty" in lines  # fmt: skip
    assert "  policy board (hierarchical, office): 1 tells the lead of front, 1h → 2 tells mia@example.com" in lines  # fmt: skip


def test_rows_stand_in_the_order_in_which_they_count(check):
    lines = check(MATRIX)

    start = lines.index("  matrix, the row with most conditions counts:")
    assert lines[start + 1 : start + 6] == [
        "    category: billing, channel: phone, customer.vip: true → board, up to level 1",
        "    category: billing, priority: {at_least: high} → finance, from level 1, ack_within 30m",
        "    category: safety → board, from level 2",
        "    category: billing → finance",
        "    every other ticket → finance",
    ]


def test_each_combination_of_category_and_priority_has_its_answer(check):
    lines = check(MATRIX)

    start = lines.index("  by category and priority:")
    on_the_phone = "; if channel: phone, customer.vip: true: board, up to level 1"
    assert lines[start + 1 : start + 5] == [
        f"    billing, priority low or normal or not set → finance{on_the_phone}",
        f"    billing, priority high or urgent → finance, from level 1, ack_within 30m{on_the_phone}",
        "    safety → board, from level 2",
        "    any other category → finance",
    ]


def test_a_matrix_by_priority_alone_shows_priorities(check):
    lines = check("matrix:\n  - {priority: urgent, policy: board}\n  - {policy: finance}\n")

    start = lines.index("  by priority:")
    assert lines[start + 1 : start + 3] == [
        "    priority low or normal or high or not set → finance",
        "    priority urgent → board",
    ]


def test_a_matrix_about_something_else_shows_its_rows_only(check):
    lines = check("matrix:\n  - {customer.vip: true, policy: board}\n  - {policy: finance}\n")

    assert "    customer.vip: true → board" in lines
    assert not [line for line in lines if line.startswith("  by ")]


def test_scripts_get_the_same(check):
    told = json.loads("\n".join(check(MATRIX, "--format", "json")))

    assert told["policies"][0]["levels"][1] == {
        "level": 1,
        "answers": "finance (billing, round robin)",
        "ack_within": "1h",
    }
    assert told["matrix"][0] == {
        "when": "category: billing, channel: phone, customer.vip: true",
        "policy": "board",
        "max_level": 1,
    }
    urgent = {"category": "billing", "priority": "urgent"}
    (case,) = [one for one in told["coverage"] if urgent.items() <= one.items()]
    assert case["start_level"] == 1
    assert case["unless"] == [
        {"when": "channel: phone, customer.vip: true", "policy": "board", "max_level": 1}
    ]
