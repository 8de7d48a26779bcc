"""One ticket, seen from another instant: as it was, as it will be, and without its names."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from plugin import clock
from plugin.cli.main import run
from plugin.domain.ticket import TicketRef
from tests.story.world import HOSTS, World, simulated

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
defaults: {{calendar: office, language: en, mode: act}}
calendars: {{office: {{timezone: Europe/Amsterdam, hours: {{mon-fri: [09:00-17:00]}}}}}}
sla: [{{name: standard, targets: {{first_response: 6h}}, at_risk: [50%]}}]
rules:
  - name: billing
    on: [ticket.created, customer.replied]
    when: {{text: {{any_of: {{en: [invoice]}}}}, customer.domain: guest.example}}
    do: [{{group: Finance}}, {{assign: ana@example.com}}]
  - name: nobody answers
    on: [time]
    when: {{waiting: 4h, state: [new, open, active]}}
    do: [{{note: why}}]
"""
SECRETS = ("paula", "guest", "ben", "berg", "charged twice", "we correct", "wrong")


class Past:
    """A ticket of Monday morning: written at nine, moved at ten, answered at eleven."""

    def __init__(self, host, folder):
        self.desk = simulated(host)
        self.at = MONDAY
        self.desk.clock = lambda: self.at
        self.desk.start()
        self.file = folder / "deskladder.yaml"
        self.file.write_text(
            FILE.format(type=host, url=self.desk.url, user=self.desk.service_user), "utf-8"
        )
        self.ticket = self.desk.customer_writes(
            "paula@guest.example", "Wrong invoice", "I was charged twice.", group="1st Level"
        )
        self.at = MONDAY + timedelta(hours=1)
        self.desk.agent_assigns(self.ticket, "ben@example.com", "ben@example.com")
        self.at = MONDAY + timedelta(hours=2)
        self.desk.agent_replies(self.ticket, "ben@example.com", "We correct it.")
        self.at = MONDAY + timedelta(days=1)


@pytest.fixture(params=HOSTS)
def past(request, tmp_path, monkeypatch):
    world = Past(request.param, tmp_path)
    monkeypatch.setenv("HELPDESK_TOKEN", world.desk.token)
    monkeypatch.setenv("HELPDESK_SECRET", world.desk.webhook_secret)
    monkeypatch.setenv("DESKLADDER_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(clock, "now", lambda: world.at)
    yield world
    world.desk.stop()


def told(past, capsys, *arguments):
    code = run(["--config", str(past.file), *arguments])
    shown = capsys.readouterr()
    assert code == 0, shown.err
    return shown.out


def explained(past, capsys, *arguments):
    return json.loads(told(past, capsys, "explain", "--format", "json", *arguments))


def test_shows_a_ticket_as_it_was_before_it_was_answered(past, capsys):
    before = explained(past, capsys, str(past.ticket), "--at", "2026-11-02T11:30")
    after = explained(past, capsys, str(past.ticket), "--at", "2026-11-02T12:30")

    assert before["at"] == "2026-11-02T10:30:00+00:00"
    assert (before["sla"]["clocks"][0]["state"], after["sla"]["clocks"][0]["state"]) == (
        "running",
        "met",
    )
    assert "0 by agents" in before["facts"]["messages"]
    assert "1 by agents" in after["facts"]["messages"]


def test_tells_what_was_decided_until_then(past, capsys):
    then = explained(past, capsys, str(past.ticket), "--at", "2026-11-02T11:30")

    (first, *_) = then["decided"]
    assert [one["rule"] for one in first["fired"]] == ["billing"]
    # Without a store nothing is known of what was done, so it is done again, in memory.
    assert [(one["action"], one["outcome"]) for one in first["actions"]] == [
        ("group", "done"),
        ("assign", "done"),
    ]


def test_tells_what_happens_next_if_nobody_does_anything(past, capsys):
    then = explained(past, capsys, str(past.ticket), "--at", "2026-11-02T10:30", "--next", "5")

    coming = [
        (
            one["at"][:16],
            [event["name"] for event in one["events"]],
            [f["rule"] for f in one["fired"]],
        )
        for one in then["next"]
    ]
    assert coming == [
        ("2026-11-02T12:00", ["sla.at_risk"], []),
        ("2026-11-02T13:00", [], ["nobody answers"]),
        ("2026-11-02T15:00", ["sla.breached"], []),
    ]


def test_a_ticket_that_did_not_exist_yet_is_no_answer(past, capsys):
    code = run(["--config", str(past.file), "explain", str(past.ticket), "--at", "2026-11-01"])

    assert code == 1
    assert "later than --at" in capsys.readouterr().err


def test_an_export_names_nobody_and_says_nothing(past, capsys):
    text = told(past, capsys, "export", str(past.ticket))

    assert [word for word in (*SECRETS, "invoice") if word in text.lower()] == []
    assert "customer-1@" in text


def test_an_export_may_keep_the_words_rules_look_for(past, capsys):
    text = told(past, capsys, "export", str(past.ticket), "--keep-words")

    assert "invoice" in text
    assert "@guest.example" in text
    assert [word for word in ("paula", "ben@", "berg", "charged") if word in text.lower()] == []


def test_an_exported_history_is_explained_without_a_helpdesk(past, capsys, tmp_path):
    file = tmp_path / "ticket.json"
    told(past, capsys, "export", str(past.ticket), "--keep-words", "--output", str(file))
    past.desk.stop()

    then = explained(past, capsys, "--history", str(file), "--at", "2026-11-02T11:30")

    assert [one["rule"] for one in then["decided"][0]["fired"]] == ["billing"]
    assert then["sla"]["clocks"][0]["state"] == "running"


def test_the_terminal_shows_it_in_the_zone_of_the_calendar(past, capsys):
    text = told(
        past, capsys, "explain", str(past.ticket), "--at", "2026-11-02T10:30", "--next", "1"
    )

    assert "explained at Mon 2026-11-02 10:30:00 +01:00" in text
    assert (
        "Next, if nobody does anything\n  Mon 2026-11-02 13:00:00 +0100\n    sla.at_risk:" in text
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param([], "say which ticket", id="no ticket"),
        pytest.param(["1", "--history", "x.json"], "not both", id="two tickets"),
        pytest.param(["1", "--at", "noon"], "expected an instant such as", id="no instant"),
        pytest.param(["1", "--at", "2027-01-01"], "--next N", id="the future"),
        pytest.param(["--history", "missing.json"], "missing.json", id="no file"),
    ],
)
def test_says_what_to_write_instead(past, capsys, arguments, words):
    assert run(["--config", str(past.file), "explain", *arguments]) == 1
    assert words in capsys.readouterr().err


def test_beside_the_service_what_it_did_is_taken_as_it_happened(tmp_path, monkeypatch, capsys):
    with World("zammad", tmp_path) as world:
        for name, value in world.environ.items():
            monkeypatch.setenv(name, value)
        world.start()
        ticket = world.customer_writes("The invoice is wrong.")
        world.settle()
        created_at = max(
            entry.at for entry in world.store.audit(TicketRef("support", ticket))
        ) - timedelta(minutes=1)
        world.stop()

        now = explain_json(world, capsys, ticket, clock.now())
        code = run(
            ["--config", str(world.config), "explain", str(ticket), "--at", created_at.isoformat()]
        )

    assert {one["state"] for one in now["actions"]} == {"done"}
    assert [one["rule"] for look in now["decided"] for one in look["fired"]] == ["billing"]
    assert now["facts"]["group"] == "Finance"
    assert (code, "later than --at" in capsys.readouterr().err) == (1, True)


def explain_json(world, capsys, ticket, at):
    options = ["--format", "json", "--at", at.isoformat()]
    assert run(["--config", str(world.config), "explain", str(ticket), *options]) == 0
    return json.loads(capsys.readouterr().out)


def test_stopped_it_says_how_to_go_on(past, capsys, monkeypatch, tmp_path):
    def interrupt(*_arguments, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr("connectors.zammad.past.ZammadPast.read_past", interrupt)
    monkeypatch.setattr("connectors.freescout.past.FreeScoutPast.read_past", interrupt)

    code = run(["--config", str(past.file), "simulate", "--since", "30d", "--rate", "0"])

    assert code == 130
    assert "the same command goes on from there" in capsys.readouterr().err
    assert [file.name for file in (tmp_path / "data").iterdir()] != []
