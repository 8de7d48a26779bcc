"""`deskladder check` tells every mistake, or in short what the file says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

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
    webhook_secret: plain-hunter22
    service_user: deskladder@example.com
defaults: {calendar: office, enforce_from: 2026-12-01}
calendars:
  office: {timezone: Europe/Amsterdam, hours: {mon-fri: [09:00-17:00]}}
  national: {timezone: Europe/Amsterdam, hours: {mon-fri: [09:00-17:00]}, holidays: [NL]}
  always: {timezone: UTC, hours: 24/7}
rules:
  - {name: one, on: [ticket.created], do: [{tag: a}], mode: act}
  - {name: two, on: [ticket.created], do: [{tag: b}]}
replies: {hello: {en: Hello}}
"""


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    """Run check on a text; (exit code, stdout, stderr)."""
    monkeypatch.setenv("TOKEN", "correct-horse")
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 20, 15, 0, tzinfo=UTC))
    monkeypatch.chdir(tmp_path)

    def run_check(text, *options):
        (tmp_path / "deskladder.yaml").write_text(text)
        code = run(["check", *options], {})
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run_check


def test_a_right_file_is_told_in_short(check):
    code, out, err = check(FILE)

    assert code == 0
    assert out.splitlines() == [
        "deskladder.yaml: fine",
        "  1 helpdesk: support (zammad)",
        "  2 rules (1 act, 1 observe)",
        "  1 reply",
        "  tickets created before 2026-11-30 23:00 UTC are left alone",
        "  calendar office: open now, next Mon 23 Nov 09:00-17:00, Tue 24 Nov 09:00-17:00 (Europe/Amsterdam)",
        "  calendar national: Europe/Amsterdam (--openings shows when it opens)",
        "  calendar always: always open (UTC)",
        "  1 warning",
    ]
    assert err.startswith("warning: deskladder.yaml:7:21: helpdesks.support.webhook_secret:")
    assert "hunter22" not in out + err


def test_openings_are_worked_out_when_asked_for(check):
    _, out, _ = check(FILE, "--openings")

    (line,) = [line for line in out.splitlines() if "calendar national" in line]
    assert line.startswith("  calendar national: open now, next Mon 23 Nov 09:00-17:00, Tue 24 Nov")
    assert line.count("09:00-17:00") == 10


def test_mistakes_go_to_stderr_and_exit_1(check):
    code, out, err = check(FILE.replace("tag: b", "tagg: b"))

    assert (code, out) == (1, "")
    assert err.startswith("deskladder.yaml:16:45: rules[1].do[0].tagg: expected one of ")
    assert "did you mean 'tag'?" in err


def test_a_script_may_read_the_mistakes(check):
    code, out, err = check(FILE.replace("tag: b", "tagg: b"), "--format", "json")

    told = json.loads(out)
    assert (code, told["ok"], err) == (1, False, "")
    (problem,) = told["problems"]
    assert (problem["line"], problem["path"], problem["guess"]) == (
        16,
        "rules[1].do[0].tagg",
        "tag",
    )


def test_a_script_may_read_what_the_file_says(check):
    code, out, _ = check(FILE, "--format", "json")

    told = json.loads(out)
    assert (code, told["ok"]) == (0, True)
    assert told["rules"] == [{"name": "one", "mode": "act"}, {"name": "two", "mode": "observe"}]
    assert told["calendars"]["office"][0][0].startswith("2026-11-23T")
    assert len(told["warnings"]) == 1


def test_the_schema_is_printed_whatever_the_file_is(capsys):
    assert run(["schema"], {"DESKLADDER_CONFIG": "no/such/file"}) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Deskladder configuration"


def test_policies_are_told_with_their_targets_hours_and_warnings(check):
    policies = (
        "sla:\n"
        "  - {name: vip, when: {customer.vip: true}, calendar: always, targets: {first_response: 30m}}\n"
        "  - {name: all, targets: {next_response: 1bd, resolution: 40h}, at_risk: [75%, 10m]}\n"
    )

    _, text, _ = check(FILE + policies)
    _, for_a_script, _ = check(FILE + policies, "--format", "json")

    assert "  SLA vip: first_response 30m in always" in text.splitlines()
    assert (
        "  SLA all: next_response 1bd, resolution 40h in office, at risk: 75%, 10m"
        in text.splitlines()
    )
    assert json.loads(for_a_script)["sla"][1] == {
        "name": "all",
        "calendar": "office",
        "targets": {"next_response": "1bd", "resolution": "40h"},
        "at_risk": ["75%", "10m"],
    }


GOLDEN = Path(__file__).parents[2] / "golden" / "check"
RULES = "".join(
    f"  - {{name: rule {number}, on: [ticket.created], do: [{{reply: soon}}]}}\n"
    for number in range(20)
)
REPEATING = f"""\
version: 1
helpdesks:
  support:
    type: zammad
    url: https://help.example.com
    token: ${{TOKEN}}
    webhook_secret: ${{TOKEN}}
    service_user: deskladder@example.com
rules:
{RULES}\
replies:
  soon: {{en: "You hear from us by {{{{ promise_at }}}}.", nl: "Uiterlijk {{{{ promise_at }}}}."}}
  thanks: {{en: Thank you.}}
  closed: {{en: We are closed.}}
"""


def test_what_holds_at_many_places_is_told_once_with_the_places(check, golden):
    code, out, err = check(REPEATING)

    assert code == 0
    golden(GOLDEN / "repeated-warnings.txt", f"{out}{err}")


def test_a_script_gets_the_warning_of_every_place(check, golden):
    _, out, _ = check(REPEATING, "--format", "json")

    golden(GOLDEN / "repeated-warnings.json", out)
    assert len(json.loads(out)["warnings"]) == 22
