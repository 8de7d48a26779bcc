"""`deskladder install`: the plan, the doing, doing it again, taking it away, and the way tried."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from connectors import connector
from plugin.cli.main import run
from plugin.configuration import load
from plugin.domain.commands import commands_in
from plugin.domain.commands_words import Ask
from plugin.domain.settings import HelpdeskSettings
from plugin.domain.ticket import MessageKind
from plugin.simulated.faults import Mishap, Trouble
from plugin.simulated.zammad.tables_api import insert
from tests.story.world import HOSTS, World

RULES = """\
service: {{url: http://127.0.0.1:{port}}}
teams:
  finance: {{group: Finance, lead: ana@example.com}}
policies:
  finance: {{levels: [{{responsible: {{lead: finance}}, ack_within: 1h}}]}}
rules:
  - name: billing
    on: [ticket.created]
    when: {{text: {{any_of: {{en: [invoice]}}}}}}
    do: [{{tag: [billing, escalated]}}, {{note: why}}]
"""
FOREIGN_HOOK = {"name": "Stock", "endpoint": "https://stock.example.com/in"}


def load_settings(world: World) -> HelpdeskSettings:
    return load(world.config, environ=world.environ, now=world.now()).helpdesks["support"]


class Installation(World):
    """A world in which nobody has installed anything; `service` says whether Deskladder runs."""

    def __init__(self, host: str, folder: Path, monkeypatch, capsys) -> None:
        super().__init__(host, folder, webhooks=False)
        self.write_config(RULES.format(port=self.port))
        self.capsys = capsys
        for name, value in {**self.environ, "ADMIN": "zammad-admin-token"}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("DESKLADDER_CONFIG", str(self.config))
        monkeypatch.delenv("DESKLADDER_DATABASE", raising=False)

    def install(self, *arguments: str, admin: bool = True) -> SimpleNamespace:
        """Run the command as if on no terminal."""
        self.capsys.readouterr()
        token = ["--token-env", "ADMIN"] if admin and self.host == "zammad" else []
        code = run(["install", "support", *token, *arguments])
        shown = self.capsys.readouterr()
        return SimpleNamespace(code=code, out=shown.out, err=shown.err)

    def writes(self) -> list[str]:
        """The calls that changed something."""
        return [
            f"{line.method} {line.path}"
            for line in self.desk.requests
            if line.method != "GET" and not line.path.endswith("/search")
        ]

    def table(self, name: str) -> list[dict[str, Any]]:
        return list(self.desk.data.tables[name].values())

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """What an installation may touch, without its instants."""
        names = ("webhooks", "triggers", "macros")
        hidden = {"updated_at", "created_at", "updated_by_id", "created_by_id"}
        found = {
            name: [
                {key: value for key, value in row.items() if key not in hidden}
                for row in self.table(name)
            ]
            for name in names
        }
        return {**found, "tags": sorted(self.desk.data.tag_items)}

    @property
    def bot(self) -> dict[str, Any]:
        return self.desk.data.find_user(self.desk.service_user)


@pytest.fixture
def at(tmp_path, monkeypatch, capsys):
    """A host's fresh installation; closed at the end."""
    opened: list[Installation] = []

    def open_one(host: str) -> Installation:
        opened.append(Installation(host, tmp_path, monkeypatch, capsys))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.mark.parametrize("host", HOSTS)
def test_an_installation_shows_its_plan_does_it_and_tries_the_whole_way(host, at):
    world = at(host)
    world.start()
    ticket = world.customer_writes("Where is my room?")

    shown = world.install("--yes", "--ticket", str(ticket))

    assert shown.code == 0
    assert f"calls {world.webhook_url}" in shown.out
    assert "The whole way works." in shown.out
    assert world.store.last_arrival("support").ticket_id == ticket


@pytest.mark.parametrize("host", HOSTS)
def test_doing_it_again_changes_nothing(host, at):
    world = at(host)
    world.install("--yes", "--no-test", "--macros")
    before = len(world.writes())

    shown = world.install("--yes", "--no-test", "--macros")

    assert shown.code == 0
    assert "nothing to change" in shown.out
    assert world.writes()[before:] == []


@pytest.mark.parametrize("host", HOSTS)
def test_a_dry_run_changes_nothing_neither_there_nor_here(host, at):
    world = at(host)

    shown = world.install("--dry-run", "--macros")

    assert shown.code == 0
    assert "create" in shown.out
    assert world.writes() == []
    assert not (world.folder / "data").exists()


@pytest.mark.parametrize("host", HOSTS)
def test_nobody_has_agreed_where_nobody_can_be_asked(host, at, monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False))
    world = at(host)

    shown = world.install()

    assert shown.code == 1
    assert "say yes, or give --yes" in shown.out
    assert world.writes() == []


@pytest.mark.parametrize(("answer", "changes"), [("y", True), ("", False), ("no", False)])
def test_on_a_terminal_it_asks(answer, changes, at, monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("builtins.input", lambda _question: answer)
    world = at("zammad")

    shown = world.install("--no-test")

    assert shown.code == (0 if changes else 1)
    assert bool(world.writes()) is changes


def test_zammad_gets_a_signed_webhook_and_a_trigger_for_every_change(at):
    world = at("zammad")

    world.install("--yes", "--no-test")

    (hook,), (trigger,) = world.table("webhooks"), world.table("triggers")
    assert hook["endpoint"] == world.webhook_url
    assert hook["signature_token"] == world.desk.webhook_secret
    assert hook["active"]
    assert trigger["condition"]
    assert trigger["perform"] == {"notification.webhook": {"webhook_id": hook["id"]}}
    assert set(world.desk.data.tag_items) == {"billing", "escalated", "esc-l1"}


def test_the_service_users_notification_mails_are_off_and_its_other_settings_stay(at):
    world = at("zammad")
    config = dict(world.bot["preferences"]["notification_config"], group_ids=["1"])
    world.bot["preferences"] = {"locale": "nl-nl", "notification_config": config}

    world.install("--yes", "--no-test")
    world.start()
    world.customer_writes("Where is my room?")

    preferences = world.bot["preferences"]
    assert preferences["locale"] == "nl-nl"
    assert preferences["notification_config"]["group_ids"] == ["1"]
    assert [mail for mail in world.desk.mails() if mail.to == world.desk.service_user] == []


def test_on_zammad_6_the_trigger_is_told_to_run_always(at):
    world = at("zammad")
    world.desk.settings.version = "6.4.0"

    world.install("--yes", "--no-test")

    (trigger,) = world.table("triggers")
    assert trigger["execution_condition_mode"] == "always"
    assert trigger["activator"] == "action"


def test_an_old_zammad_is_installed_and_its_gap_told(at):
    world = at("zammad")
    world.desk.settings.version = "5.2.1"

    shown = world.install("--yes", "--no-test")

    assert shown.code == 0
    assert "5.2.1 calls us only for new tickets and messages" in shown.out


def test_buttons_write_commands_into_internal_notes(at):
    world = at("zammad")

    world.install("--yes", "--no-test", "--macros")

    notes = [macro["perform"]["article.note"] for macro in world.table("macros")]
    assert [note["body"].split()[0] for note in notes] == ["/ack", "/handback", "/escalate"]
    assert {note["internal"] for note in notes} == {"true"}


def test_without_a_matrix_to_choose_each_policy_has_its_button(at):
    world = at("zammad")
    second = "  safety: {levels: [{responsible: {lead: finance}, ack_within: 1h}]}\nrules:"
    text = world.config.read_text(encoding="utf-8").replace("rules:", second)
    world.config.write_text(text, encoding="utf-8")

    world.install("--yes", "--no-test", "--macros")

    names = [macro["name"] for macro in world.table("macros")]
    assert names[2:] == ["Deskladder: escalate to finance", "Deskladder: escalate to safety"]


def test_what_a_button_writes_is_a_command(at):
    world = at("zammad")
    world.install("--yes", "--no-test", "--macros")
    ticket = world.customer_writes("Where is my room?")

    for macro in world.table("macros"):
        world.desk.agent_notes(ticket, "ruud@example.com", macro["perform"]["article.note"]["body"])
    read = connector("zammad").connect(load_settings(world))
    notes = [one for one in read.read(ticket).messages if one.kind is MessageKind.NOTE]
    read.close()

    understood = [commands_in(note, ["finance"], matrix=False) for note in notes]
    assert [one.what for one in understood] == [Ask.ACKNOWLEDGE, Ask.HAND_BACK, Ask.ESCALATE]


def test_a_file_without_policies_needs_no_buttons(at):
    world = at("zammad")
    text = world.config.read_text(encoding="utf-8")
    head, _, rest = text.partition("policies:")
    world.config.write_text(head + rest[rest.index("rules:") :], encoding="utf-8")

    shown = world.install("--yes", "--no-test", "--macros")

    assert "no buttons: the file has no policies" in shown.out
    assert world.table("macros") == []


@pytest.mark.parametrize(
    ("table", "harm"),
    [
        pytest.param("webhooks", {"active": False}, id="webhook-inactive"),
        pytest.param("webhooks", {"signature_token": "other"}, id="other-secret"),
        pytest.param("webhooks", {"endpoint": "https://old.example.com/x"}, id="moved"),
        pytest.param("triggers", {"active": False}, id="trigger-inactive"),
        pytest.param(
            "triggers",
            {"condition": {"ticket.nope": {"operator": "is", "value": "1"}}},
            id="broken-condition",
        ),
        pytest.param(
            "triggers", {"perform": {"notification.webhook": {"webhook_id": 99}}}, id="lost-webhook"
        ),
    ],
)
def test_what_was_harmed_is_put_right_in_place(table, harm, at):
    world = at("zammad")
    world.install("--yes", "--no-test")
    healthy = world.tables()
    world.table(table)[0].update(harm)

    shown = world.install("--yes", "--no-test")

    assert "was different" in shown.out
    assert world.tables() == healthy


def test_a_webhook_that_was_deleted_is_made_anew_and_the_trigger_follows(at):
    world = at("zammad")
    world.install("--yes", "--no-test")
    world.desk.data.tables["webhooks"].clear()

    world.install("--yes", "--no-test")

    (hook,), (trigger,) = world.table("webhooks"), world.table("triggers")
    assert trigger["perform"]["notification.webhook"]["webhook_id"] == hook["id"]


def test_the_number_as_text_that_zammads_own_pages_write_is_no_difference(at):
    world = at("zammad")
    world.install("--yes", "--no-test")
    (hook,), (trigger,) = world.table("webhooks"), world.table("triggers")
    trigger["perform"] = {"notification.webhook": {"webhook_id": str(hook["id"])}}

    shown = world.install("--yes", "--no-test")

    assert "nothing to change" in shown.out


@pytest.mark.parametrize("broken_at", range(1, 7))
@pytest.mark.parametrize("trouble", [Trouble.RESET_BEFORE, Trouble.RESET_AFTER], ids=str)
def test_an_installation_that_broke_off_is_finished_without_duplicates(trouble, broken_at, at):
    world = at("zammad")
    world.desk.faults.add(
        trouble,
        method="POST|PUT",
        path="(hooks|triggers|tag_list|preferences)",
        times=3,
        skip=broken_at - 1,
    )

    world.install("--yes", "--no-test")
    world.desk.faults.clear()
    shown = world.install("--yes", "--no-test")

    assert shown.code == 0
    assert len(world.table("webhooks")) == len(world.table("triggers")) == 1
    assert set(world.desk.data.tag_items) == {"billing", "escalated", "esc-l1"}
    assert "nothing to change" in world.install("--yes", "--no-test").out


def test_removing_takes_away_what_was_made_and_nothing_else(at):
    world = at("zammad")
    insert(world.desk.data, "webhooks", FOREIGN_HOOK, 1)
    foreign = {"name": "Stock", "condition": {"x": 1}, "perform": {"ticket.state_id": {"value": 2}}}
    insert(world.desk.data, "triggers", foreign, 1)
    before = world.tables()
    world.install("--yes", "--no-test", "--macros")

    shown = world.install("--remove", "--yes")

    after = world.tables()
    assert shown.code == 0
    assert "tags stay" in shown.out
    assert {**after, "tags": []} == before
    assert after["tags"] == ["billing", "esc-l1", "escalated"]


def test_the_services_own_token_may_not_install_and_is_told_how(at):
    world = at("zammad")

    shown = world.install("--yes", admin=False)

    assert shown.code == 1
    assert "admin.webhook" in shown.err
    assert "--token-env" in shown.err
    assert world.writes() == []


def test_what_is_refused_stops_nothing_else(at):
    world = at("zammad")
    world.desk.data.tokens["zammad-admin-token"]["preferences"]["permission"] = [
        "admin.webhook",
        "admin.trigger",
    ]

    shown = world.install("--yes", "--no-test", "--macros")

    assert shown.code == 1
    assert len(world.table("triggers")) == 1
    assert "could not create button 'Deskladder: acknowledge'" in shown.out
    assert "admin.macro" in shown.out
    assert "Manage » Tags: see that these exist: billing, escalated, esc-l1" in shown.out


@pytest.mark.parametrize("host", HOSTS)
def test_the_service_user_must_be_the_one_of_the_file(host, at):
    world = at(host)
    text = world.config.read_text(encoding="utf-8")
    wrong = text.replace(world.desk.service_user, "somebody@example.com")
    world.config.write_text(wrong, encoding="utf-8")

    shown = world.install("--yes")

    assert shown.code == 1
    assert "somebody@example.com" in shown.err
    assert world.writes() == []


def test_what_only_a_person_can_do_is_said_with_its_place(at):
    world = at("zammad")
    world.desk.data.group_named("Finance")["email_address_id"] = None
    world.bot["group_ids"].clear()
    world.write_config(
        RULES.format(port=world.port).replace("{note: why}", "{reply: we_escalated}")
    )

    shown = world.install("--dry-run")

    by_hand = [line for line in shown.out.splitlines() if line.startswith("  by hand")]
    assert any("Manage » Users » deskladder@example.com" in line for line in by_hand)
    assert any("Manage » Groups » Finance" in line for line in by_hand)


@pytest.mark.parametrize("host", HOSTS)
def test_it_must_be_told_our_address(host, at):
    world = at(host)
    text = world.config.read_text(encoding="utf-8")
    world.config.write_text(
        "\n".join(line for line in text.splitlines() if not line.startswith("service:"))
    )

    without = world.install("--yes")
    with_option = world.install("--dry-run", "--url", "https://deskladder.example.com/")

    assert without.code == 1
    assert "service: {url:" in without.err
    assert "https://deskladder.example.com/webhooks/support" in with_option.out


def test_an_address_that_redirects_is_refused(at):
    from tests.story.clinic import Front

    world = at("zammad")
    front = Front()
    front.answer = (301, "", ("Location", "https://desk.example.com/webhooks/support"))
    try:
        shown = world.install("--yes", "--url", front.url)
    finally:
        front.close()

    assert shown.code == 1
    assert "redirects to https://desk.example.com/webhooks/support" in shown.err
    assert world.writes() == []


def test_a_call_that_does_not_come_is_said_with_what_was_waited_for(at):
    world = at("zammad")
    world.start()
    ticket = world.customer_writes("Where is my room?")
    world.desk.mishaps.add(Mishap.LOST, times=5)

    shown = world.install("--yes", "--ticket", str(ticket), "--wait", "1")

    assert shown.code == 1
    assert f"into ticket {ticket}, and waited 1 s for a call about it at" in shown.out
    assert world.webhook_url in shown.out
    assert "Zammad's log has no call to this address since then" in shown.out
    assert "deskladder doctor" in shown.out


def test_zammads_own_log_says_why_a_call_was_refused(at, monkeypatch):
    world = at("zammad")
    world.start()
    world.install("--yes", "--no-test")
    ticket = world.customer_writes("Where is my room?")
    world.settle()
    # The service goes on with its old secret; the installation brings the new one to Zammad.
    monkeypatch.setenv("HELPDESK_SECRET", "another-secret")

    shown = world.install("--yes", "--ticket", str(ticket), "--wait", "2")

    assert shown.code == 1
    assert "was answered with 401" in shown.out


@pytest.mark.parametrize("host", HOSTS)
def test_without_a_running_service_the_way_is_not_tried(host, at):
    world = at(host)

    shown = world.install("--yes", "--ticket", "1")

    assert shown.code == 0
    assert "no service runs with this store" in shown.out


def test_zammad_is_tried_with_the_newest_ticket_and_nobody_sees_it(at):
    world = at("zammad")
    world.start()
    world.customer_writes("Where is my room?")
    ticket = world.customer_writes("And my key?")
    said = len(world.desk.messages(ticket))

    shown = world.install("--yes")

    assert shown.code == 0
    assert f"ticket {ticket}" in shown.out
    assert len(world.desk.messages(ticket)) == said
    assert "deskladder" in world.desk.data.tickets[ticket]["preferences"]


def test_a_zammad_without_tickets_is_asked_for_one(at):
    world = at("zammad")
    world.start()

    shown = world.install("--yes")

    assert shown.code == 1
    assert "write a mail to the helpdesk" in shown.err


def test_freescout_is_tried_only_with_a_conversation_that_is_named(at):
    world = at("freescout")
    world.start()
    ticket = world.customer_writes("Where is my room?")

    shown = world.install("--yes")

    assert shown.code == 0
    assert "--ticket N" in shown.out
    assert world.desk.notes(ticket) == []


def test_freescouts_note_mails_nobody_and_keeps_the_copies(at):
    world = at("freescout")
    world.start()
    ticket = world.customer_writes("Where is my room?")
    world.desk.agent_assigns(ticket, "ruud@example.com", "ruud@example.com")
    world.desk.data.conversation(ticket).cc = ["boss@guest.example"]
    mails = len(world.desk.mails())

    shown = world.install("--yes", "--ticket", str(ticket))

    assert shown.code == 0
    assert len(world.desk.notes(ticket)) == 1
    assert world.desk.data.conversation(ticket).cc == ["boss@guest.example"]
    assert len(world.desk.mails()) == mails


def test_freescout_gets_all_events_of_conversations_and_none_of_customers(at):
    world = at("freescout")

    world.install("--yes", "--no-test")

    (hook,) = world.desk.data.webhooks.values()
    assert hook["url"] == world.webhook_url
    assert len(hook["events"]) == 10
    assert all(event.startswith("convo.") for event in hook["events"])


def test_a_new_address_replaces_freescouts_webhook(at):
    world = at("freescout")
    world.install("--yes", "--no-test")

    world.install("--yes", "--no-test", "--url", "http://127.0.0.1:9")

    (hook,) = world.desk.data.webhooks.values()
    assert hook["url"] == "http://127.0.0.1:9/webhooks/support"


def test_freescouts_webhook_is_removed_even_when_somebody_did_it_already(at):
    world = at("freescout")
    world.install("--yes", "--no-test")
    world.desk.data.webhooks.clear()

    removed = world.install("--remove", "--yes")
    again = world.install("--remove", "--yes")
    world.install("--yes", "--no-test")

    assert removed.code == 0
    assert "its number is not known here" in again.out
    assert len(world.desk.data.webhooks) == 1


def test_scripts_get_one_document(at):
    world = at("zammad")
    world.start()
    ticket = world.customer_writes("Where is my room?")

    shown = world.install("--yes", "--ticket", str(ticket), "--format", "json")

    content = json.loads(shown.out)
    assert content["trial"]["arrived"] is True
    assert content["trial"]["ticket"] == ticket
    assert [step["verb"] for step in content["plan"]].count("create") == 5
    assert len(content["done"]) == 6


@pytest.mark.parametrize("host", HOSTS)
def test_no_secret_is_shown(host, at):
    world = at(host)

    shown = world.install("--yes", "--no-test", "--format", "json")

    hidden = (world.desk.token, world.desk.webhook_secret, "zammad-admin-token")
    assert [secret for secret in hidden if secret in shown.out + shown.err] == []
