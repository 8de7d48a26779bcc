"""What would have been, read from a helpdesk that must not notice more than being read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from plugin import clock
from plugin.cli.main import run
from tests.story.world import HOSTS, simulated

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
FILE = """\
version: 1
helpdesks:
  support:
    type: {type}
    url: {url}
    token: ${{HELPDESK_TOKEN}}
    webhook_secret: ${{HELPDESK_SECRET}}
    service_user: {user}
defaults: {{calendar: office, language: en}}
calendars: {{office: {{timezone: UTC, hours: {{mon-fri: [08:00-18:00]}}}}}}
sla: [{{name: standard, targets: {{first_response: 1h}}}}]
rules:
  - name: billing
    on: [ticket.created, customer.replied]
    when: {{text: {{any_of: {{en: [invoice]}}}}}}
    once_per: message
    do: [{{tag: billing}}, {{group: Finance}}, {{assign: ana@example.com}}, {{note: why}}, {{reply: we_look}}]
  - name: nobody answers
    on: [time]
    when: {{waiting: 4h, state: [new, open, active]}}
    do: [{{note: why}}]
replies: {{we_look: {{en: "Dear {{{{ customer.name }}}}, we look at it."}}}}
"""


class Desk:
    """A simulated helpdesk with a short past, and the file beside it."""

    def __init__(self, host, folder):
        self.desk = simulated(host)
        self.at = MONDAY
        self.desk.clock = lambda: self.at
        self.desk.start()
        self.file = folder / "deskladder.yaml"
        self.file.write_text(
            FILE.format(type=host, url=self.desk.url, user=self.desk.service_user), "utf-8"
        )

    def later(self, **span):
        self.at += timedelta(**span)

    def asked(self):
        """Every call that could have changed something."""
        return [
            line
            for line in self.desk.requests
            if line.method != "GET" and not line.path.endswith("/tickets/search")
        ]


@pytest.fixture(params=HOSTS)
def helpdesk(request, tmp_path, monkeypatch):
    world = Desk(request.param, tmp_path)
    monkeypatch.setenv("HELPDESK_TOKEN", world.desk.token)
    monkeypatch.setenv("HELPDESK_SECRET", world.desk.webhook_secret)
    monkeypatch.setenv("DESKLADDER_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(clock, "now", lambda: NOW)
    yield world
    world.desk.stop()


@pytest.fixture
def past(helpdesk):
    """Monday: an invoice, answered two minutes later. Saturday night: a question nobody answers."""
    desk = helpdesk.desk
    first = desk.customer_writes(
        "paula@guest.example", "Invoice", "The invoice is wrong.", group="1st Level"
    )
    helpdesk.later(minutes=2)
    desk.agent_replies(first, "ben@example.com", "We correct it.", close=True)
    helpdesk.at = datetime(2026, 11, 7, 22, 0, tzinfo=UTC)
    second = desk.customer_writes(
        "gerda@guest.example", "Breakfast", "When is it?", group="1st Level"
    )
    return first, second


def simulate(helpdesk, capsys, *more):
    code = run(["simulate", "--config", str(helpdesk.file), "--since", "30d", "--rate", "0", *more])
    shown = capsys.readouterr()
    assert code == 0, shown.err
    return shown.out


def as_json(helpdesk, capsys, *more):
    return json.loads(simulate(helpdesk, capsys, "--format", "json", *more))


def test_tells_what_would_have_happened(helpdesk, past, capsys):
    told = as_json(helpdesk, capsys)

    assert told["tickets"] == 2
    assert told["by_rule"] == {"billing": 1, "nobody answers": 1}
    assert told["customer_mails"] == {"total": 1, "by_reply": {"we_look": 1}}
    assert told["by_person"] == {"Ana Alvarez": 1}
    # Written on Saturday night, four office hours later it is Monday noon.
    assert told["by_weekday"]["Mon"] == 2
    assert told["by_weekday_and_hour"][0][12] == 1
    assert told["needless"]["by_rule"] == {"billing": 1}
    assert [(one["metric"], one["met"], one["breached"]) for one in told["sla"]] == [
        ("first_response", 1, 1)
    ]


def test_writes_nothing_to_the_helpdesk(helpdesk, past, capsys):
    simulate(helpdesk, capsys)

    assert helpdesk.desk.requests
    assert helpdesk.asked() == []
    assert helpdesk.desk.notes(past[0]) == []


def test_leaves_no_texts_behind(helpdesk, past, capsys, tmp_path):
    simulate(helpdesk, capsys)

    assert [file.name for file in (tmp_path / "data").iterdir()] == []


def test_a_kept_history_is_not_read_again(helpdesk, past, capsys, tmp_path):
    simulate(helpdesk, capsys, "--keep-history")
    so_far = len(helpdesk.desk.requests)
    kept = tmp_path / "data" / "history-support.sqlite3"
    mode = kept.stat().st_mode & 0o777

    told = as_json(helpdesk, capsys)

    again = [line.path for line in helpdesk.desk.requests[so_far:]]
    assert told["by_rule"] == {"billing": 1, "nobody answers": 1}
    assert mode == 0o600
    assert not [path for path in again if "/ticket_history/" in path or "/conversations/" in path]


def test_the_same_file_changes_nothing_for_anybody(helpdesk, past, capsys):
    told = as_json(helpdesk, capsys, "--compare", str(helpdesk.file))

    assert told["compare"]["tickets"] == []


def test_tells_which_tickets_another_file_treats_differently(helpdesk, past, capsys, tmp_path):
    old = tmp_path / "old.yaml"
    old.write_text(helpdesk.file.read_text("utf-8").replace("[invoice]", "[refund]"), "utf-8")

    told = as_json(helpdesk, capsys, "--compare", str(old))

    (changed,) = told["compare"]["tickets"]
    assert changed["ticket"] == f"support/{past[0]}"
    assert changed["only_new"][:2] == [
        "2026-11-02 09:00 rule 'billing' fired",
        "2026-11-02 09:00 reply 'we_look' sent",
    ]


def test_writes_a_page_that_needs_nothing_from_elsewhere(helpdesk, past, capsys, tmp_path):
    page = tmp_path / "simulation.html"

    simulate(helpdesk, capsys, "--html", str(page))

    html = page.read_text("utf-8")
    assert "<svg" in html
    assert "billing" in html
    assert not [word for word in ("<script", "<link", "@import", "url(", "src=") if word in html]
