"""`deskladder test`: what the tests of a file can say, and what a failure looks like."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from plugin.cli.main import run

GOLDEN = Path(__file__).parents[2] / "golden" / "rehearsal"
HEAD = """\
version: 1
helpdesks:
  support: {{type: {host}, url: https://help.example.com, token: "${{NO_TOKEN}}", webhook_secret: "${{NO_SECRET}}", service_user: deskladder@example.com}}
defaults: {{calendar: office, language: en, mode: observe, promise: 4h}}
calendars:
  office: {{timezone: Europe/Amsterdam, hours: {{mon-fri: [09:00-17:00]}}}}
notify:
  duty: {{url: "${{NO_DUTY_URL}}"}}
teams:
  front: {{group: 1st Level, lead: ruud@example.com}}
  finance: {{group: Finance, lead: marta@example.com}}
sla:
  - {{name: standard, targets: {{first_response: 4h}}, at_risk: [75%]}}
rules:
  - name: billing
    on: [ticket.created, customer.replied]
    when: {{all: [{{text: {{any_of: {{nl: [factuur], en: [invoice]}}}}}}, {{customer.tickets: {{at_least: 3, within: 30d}}}}]}}
    do: [{{tag: escalated}}, {{group: Finance}}, {{assign: {{lead: finance}}}}, {{note: why}}, {{reply: we}}, {{notify: duty}}]
  - name: late
    on: [sla.at_risk]
    when: {{metric: first_response}}
    do: [{{tag: soon-late}}]
replies:
  we: {{en: "Dear {{{{ customer.name }}}}.", nl: "Beste {{{{ customer.name }}}}."}}
tests:
"""
BILL = "given: {at: 2026-12-03T10:00, customer_tickets: 3, message: {text: Mijn factuur klopt niet, language: nl}}"
ONCE = "given: {at: 2026-12-03T10:00, message: {text: Hello}}"


@pytest.fixture
def tested(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Runs `deskladder test` over a file with one test made of these lines."""

    def run_it(*lines: str, host: str = "zammad", options: tuple[str, ...] = ()) -> tuple[int, str]:
        file = tmp_path / "deskladder.yaml"
        test = "\n    ".join(("  - name: the test", *lines))
        file.write_text(HEAD.format(host=host) + test + "\n")
        code = run(["test", str(file), *options], {})
        out, err = capsys.readouterr()
        return code, out + err

    return run_it


@pytest.mark.parametrize("host", ["zammad", "freescout"])
def test_everything_a_rule_does_can_be_expected(tested, host):
    code, told = tested(
        BILL,
        "expect:",
        "  - {after: 0m, rules: [billing], tags: escalated, group: Finance, reply: we, replies: 1, notes: 1}",
        "  - {after: 0m, owner: marta@example.com, notified: duty, priority: normal, state: new, note: factuur}",
        host=host,
    )

    assert (code, told.splitlines()[0]) == (0, "✓ the test")


def test_rules_act_in_a_test_though_the_file_only_observes(tested):
    code, _ = tested(BILL, "expect: [{after: 0m, tags: escalated}]")

    assert code == 0


def test_time_passes_and_deadlines_come(tested):
    code, told = tested(
        ONCE,
        "expect:",
        "  - {after: 2h59m, without_tags: soon-late}",
        "  - {after: 3h, tags: soon-late}",
    )

    assert code == 0, told


def test_what_people_do_meanwhile_counts(tested):
    code, told = tested(
        ONCE,
        "happens:",
        "  - {after: 1h, reply: Here you are, by: ruud@example.com}",
        "  - {after: 2h, customer: Thank you}",
        "  - {after: 2h30m, state: closed, by: ruud@example.com}",
        "  - {after: 2h40m, priority: urgent}",
        "  - {after: 2h41m, move: Finance}",
        "  - {after: 2h42m, assign: ben@example.com}",
        "  - {after: 2h43m, tag: red}",
        "  - {after: 2h44m, note: seen}",
        "expect:",
        "  - {after: 1h, state: open}",
        "  - {after: 2h30m, state: closed}",
        "  - {after: 4h, without_tags: soon-late, priority: urgent, group: Finance}",
        "  - {after: 4h, owner: ben@example.com, tags: red, notes: 0, nothing: true}",
    )

    assert code == 0, told


def test_a_robot_starts_nothing(tested):
    code, told = tested(
        ONCE,
        "happens: [{after: 1m, robot: Your invoice has arrived}]",
        "expect: [{after: 5m, nothing: true, rules: []}]",
    )

    assert code == 0, told


def test_a_failure_shows_both_timelines_and_what_happened(tested, golden):
    code, told = tested(
        BILL,
        "expect:",
        "  - {after: 0m, group: Finance, reply: we}",
        "  - {after: 30m, group: 1st Level, owner: nobody, notes: 2}",
        "  - {after: 3h, without_tags: soon-late}",
    )

    assert code == 1
    golden(GOLDEN / "failure.txt", re.sub(r"[^\s(]*/deskladder.yaml", "deskladder.yaml", told))


def test_a_rule_that_did_not_fire_fails_the_test_that_expects_it(tested):
    code, _ = tested(ONCE, "expect: [{after: 10m, rules: billing}]")

    assert code == 1


def test_only_the_tests_asked_for_are_played(tested):
    code, told = tested(ONCE, "expect: [{after: 1m, nothing: true}]", options=("-k", "other"))

    assert code == 1
    assert "there is no test whose name has 'other' in it" in told


def test_results_for_scripts(tested):
    code, told = tested(ONCE, "expect: [{after: 1m, level: none}]", options=("--format", "json"))

    found = json.loads(told)
    assert code == 0
    assert found["ok"] is True
    assert found["tests"][0]["expect"][0] == {
        "after_seconds": 60.0,
        "expected": "level none",
        "actual": "level none",
        "holds": True,
    }


def test_a_pack_without_a_helpdesk_gets_a_stand_in(tmp_path, capsys):
    pack = tmp_path / "pack.yaml"
    pack.write_text(
        "rules:\n"
        "  - {name: r, on: [ticket.created], when: {text: {any_of: {en: [broken]}}}, do: [{tag: broken}]}\n"
        "tests:\n"
        "  - name: broken things\n"
        "    given: {at: 2026-12-03T10:00, message: {text: It is broken.}}\n"
        "    expect: [{after: 0m, tags: broken}]\n"
    )

    assert run(["test", str(pack)], {}) == 0
    assert "1 test, all passed" in capsys.readouterr().out


def test_a_mistake_in_the_file_is_told_as_check_tells_it(tested):
    code, told = tested(ONCE, "expect: [{after: 1m, rules: bilings}]")

    assert code == 1
    assert "expected one of billing, late" in told
    assert "did you mean 'billing'?" in told
