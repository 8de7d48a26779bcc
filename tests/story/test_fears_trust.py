"""What people are afraid of, and the guard against each: F21 to F26, where somebody may not be trusted."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha1
from hmac import new as hmac
from io import StringIO
from pathlib import Path

import pytest
import requests

from plugin import logs
from plugin.domain.ticket import TicketRef
from plugin.simulated.server import Answer, HttpServer, Request
from tests.story.fears import ANA, BEN, MARTA, RUUD, Feared, Paper
from tests.story.test_control import ControlledWorld
from tests.story.test_ladder import POLICY, RULE
from tests.story.test_sla import local
from tests.story.world import wait_for

# Apprise reads an old module of the standard library when it is first used.
pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")


class TestF21AlertFatigue:
    """F21: people are told so often that they stop reading."""

    def test_f21_each_is_told_once_of_a_level_however_often_it_is_looked_at(
        self, desk: Feared
    ) -> None:
        ticket = desk.escalated()
        for minutes in (30, 35, 60):
            desk.later(minutes)
            desk.store.look_at([TicketRef("support", ticket)], desk.now(), "again")
            desk.settle()
        desk.stop()
        desk.start()
        desk.wait_for_reconcile()
        desk.settle()

        assert desk.stands(ticket) == ("open", 3)
        assert [to for to, _ in desk.messages] == [MARTA, MARTA], "as lead, then as responsible"

    def test_f21_only_who_must_act_is_told(self, tmp_path: Path) -> None:
        paper = Paper(tmp_path).begin()
        paper.later(125)

        assert paper.told == [(MARTA, "normal"), (MARTA, "page")]


class TestF22ChangedPayload:
    """F22: an upgrade of the helpdesk changes what its webhooks say."""

    def test_f22_of_a_webhook_nothing_counts_but_the_ticket(
        self, host: str, tmp_path: Path
    ) -> None:
        with Feared(host, tmp_path) as desk:
            desk.start_quietly()
            desk.desk.sender.enabled = False
            ticket = desk.customer_writes("The invoice is wrong again.")
            lies = {"state": {"name": "closed"}, "title": 7, "group": None, "new-in-8": ["x"]}
            body = {"ticket": {"id": ticket, **lies}, "article": []}
            if host == "freescout":
                body = {"id": ticket, "mailboxId": "x", "status": "closed", "_embedded": 7, **lies}

            answer = called(desk, body)
            wait_for(lambda: bool(desk.notes(ticket)), 20)
            desk.settle()

            assert answer == 202
            assert desk.stands(ticket) == ("open", 1)
            assert desk.desk.group(ticket) == "Finance"

    def test_f22_a_payload_without_a_ticket_is_refused_with_words(
        self, host: str, tmp_path: Path
    ) -> None:
        with Feared(host, tmp_path) as desk:
            desk.start()

            assert called(desk, {"something": "else"}) == 400
            assert desk.store.status(desk.now()).deliveries_waiting == 0


def called(desk: Feared, body: dict[str, object], secret: str | None = None) -> int:
    """A webhook call, signed; with which answer."""
    raw = json.dumps(body).encode()
    digest = hmac((secret or desk.desk.webhook_secret).encode(), raw, sha1)
    name, value = "X-FreeScout-Signature", b64encode(digest.digest()).decode()
    if desk.host == "zammad":
        name, value = "X-Hub-Signature", f"sha1={digest.hexdigest()}"
    headers = {name: value, "Content-Type": "application/json"}
    return requests.post(desk.webhook_url, data=raw, headers=headers, timeout=10).status_code


class TestF23Forged:
    """F23: somebody forges a webhook, or uses a link that is not theirs."""

    def test_f23_a_forged_webhook_leaves_no_trace(self, host: str, tmp_path: Path) -> None:
        with Feared(host, tmp_path) as desk:
            desk.start_quietly()
            desk.desk.sender.enabled = False
            ticket = desk.customer_writes("The invoice is wrong again.")
            body = {"ticket": {"id": ticket}, "id": ticket, "mailboxId": 1}

            forged = called(desk, body, secret="guessed")
            unsigned = requests.post(desk.webhook_url, json=body, timeout=10).status_code
            desk.settle()

            assert (forged, unsigned) == (401, 401)
            assert desk.notes(ticket) == []
            assert desk.store.status(desk.now()).tickets_known == 0

    def test_f23_a_link_is_shown_before_it_does_anything_and_one_made_up_does_nothing(
        self, host: str, tmp_path: Path
    ) -> None:
        with ControlledWorld(host, tmp_path) as world:
            world.start()
            ticket = world.escalated()
            link = world.link()
            step = world.ladder(ticket).step

            previews = [requests.get(link, timeout=10).status_code for _ in range(3)]
            body, _, signature = link.rpartition("/")[2].rpartition(".")
            forged = f"{world.base}/ack/{body}.{signature[::-1]}"
            answers = [requests.get(forged, timeout=10).status_code]
            answers.append(world.press(forged, "acknowledge").status_code)
            world.settle()

            assert previews == [200] * 3
            assert answers == [404, 404]
            assert world.ladder(ticket).step == step

    def test_f23_a_link_works_once_and_never_for_a_level_that_is_past(
        self, host: str, tmp_path: Path
    ) -> None:
        with ControlledWorld(host, tmp_path) as world:
            world.start()
            ticket = world.escalated()
            link = world.link()
            answers = [world.press(link, "acknowledge").status_code for _ in range(2)]
            world.desk.agent_notes(ticket, BEN, "/escalate")
            wait_for(lambda: world.ladder(ticket).level == 2, 20)
            world.settle()
            answers.append(world.press(link, "hand back", reason="mine").status_code)
            world.settle()

            assert answers[0] == 200
            assert all(answer in {409, 410} for answer in answers[1:])
            assert world.ladder(ticket).level == 2


SECRETS = ("Quasimodo", "quasimodo@guest.example", "hunchback-of-room-4711", "Notre-Dame")


class TestF24PersonalData:
    """F24: the store and the log are full of what customers wrote and who they are."""

    def test_f24_neither_store_nor_log_know_the_customer_after_a_whole_story(
        self, host: str, tmp_path: Path
    ) -> None:
        stream = StringIO()
        logs.configure(level="debug", stream=stream, as_json=True)
        file = POLICY + RULE + CHATTING
        try:
            with Feared(host, tmp_path, file) as desk:
                desk.desk.add_customer("Quasimodo Hunchback", "quasimodo@guest.example")
                desk.start()
                ticket = desk.desk.customer_writes(
                    "quasimodo@guest.example",
                    "Notre-Dame",
                    "The invoice of hunchback-of-room-4711 is wrong",
                    group="1st Level",
                )
                desk.later(65)
                desk.desk.customer_replies(ticket, "hunchback-of-room-4711 waits, says Quasimodo")
                desk.later(10)
                desk.desk.agent_replies(ticket, BEN, "Dear Quasimodo, we look into it")
                desk.later(200)
                desk.desk.agent_closes(ticket, BEN)
                desk.settle()
                noted = "\n".join(desk.ours(ticket))
                desk.stop()
                kept = b"".join(
                    path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()
                )
        finally:
            logs.configure(level="warning")
        said = stream.getvalue()

        assert "Notre-Dame" in noted, "it did come our way"
        assert len(said) > 1000
        assert len(kept) > 10_000
        for secret in SECRETS:
            assert secret.encode() not in kept, secret
            assert secret not in said, secret


CHATTING = """\
  - name: chat
    on: [customer.replied]
    when: {text: {matches: "room-[0-9]+"}}
    do: [{note: "{{ customer.name }} about {{ ticket.subject }}"}, {notify: {to: ruud@example.com, title: "Ticket {{ ticket.number }}"}}]
"""


class TestF25Gaming:
    """F25: people make the numbers look good: they acknowledge and do nothing, or park the ticket."""

    def test_f25_acknowledged_and_not_worked_on_it_is_open_again(self, tmp_path: Path) -> None:
        policy = POLICY.replace("    type:", "    ack_timeout: 3h\n    type:", 1)
        paper = Paper(tmp_path, policy + RULE).begin()
        paper.desk.agent_notes(ANA, "/ack")
        paper.look()
        acknowledged = paper.stands
        paper.later(3 * 60 + 1)

        assert acknowledged == ("acknowledged", 1)
        assert paper.stands == ("open", 1)

    def test_f25_acknowledged_and_not_solved_it_climbs(self, tmp_path: Path) -> None:
        policy = POLICY.replace("ack_within: 1h, do", "ack_within: 1h, resolve_within: 4h, do")
        paper = Paper(tmp_path, policy + RULE).begin()
        paper.desk.agent_notes(ANA, "/ack")
        paper.look()
        paper.later(4 * 60 + 1)

        assert paper.stands == ("open", 2)

    def test_f25_parked_in_pending_the_ladder_climbs_all_the_same(self, tmp_path: Path) -> None:
        paper = Paper(tmp_path).begin()
        paper.desk.agent_sets_state(ANA, "pending reminder")
        paper.look()
        paper.later(65)

        assert paper.stands == ("open", 2)

    def test_f25_an_answer_by_somebody_who_has_nothing_to_do_with_it_stops_nothing(
        self, tmp_path: Path
    ) -> None:
        paper = Paper(tmp_path).begin()
        paper.desk.agent_replies(RUUD, "Soon.")
        paper.look()
        paper.later(65)

        assert paper.stands == ("open", 2)


class TestF26SilentDeath:
    """F26: Deskladder dies, and nobody notices."""

    def test_f26_its_heartbeat_can_be_watched_and_who_stands_still_is_not_ready(
        self, desk: Feared
    ) -> None:
        base = f"http://127.0.0.1:{desk.port}"
        first = heartbeat(requests.get(f"{base}/metrics", timeout=10).text)
        desk.hands = local("2026-11-24 09:10")
        wait_for(lambda: heartbeat(requests.get(f"{base}/metrics", timeout=10).text) > first)
        assert desk.service is not None
        desk.service.health._longest_tick = -1.0  # as if the last tick was long ago
        answer = requests.get(f"{base}/ready", timeout=10)

        assert first > 0
        assert answer.status_code == 503
        assert "tick" in answer.text

    def test_f26_a_watchdog_is_told_while_all_is_well_and_no_longer(
        self, desk: Feared, caplog: pytest.LogCaptureFixture
    ) -> None:
        heard: list[str] = []

        def hear(request: Request) -> Answer:
            heard.append(f"{request.method} {request.path}")
            return Answer(200, {})

        watchdog = HttpServer(hear, desk.now)
        watchdog.start()
        desk.stop()
        desk.environ["WATCHDOG"] = f"{watchdog.url}/ping/of-our-own"
        desk.write_config()
        text = desk.config.read_text("utf-8")
        assert "service: {channel: mail}" in text
        known = "service: {channel: mail, heartbeat_url: '${WATCHDOG}'}"
        desk.config.write_text(text.replace("service: {channel: mail}", known), "utf-8")

        service = desk.start(knock=0.1)
        wait_for(lambda: len(heard) > 2)
        service.health._longest_tick = -1.0  # as if the last tick was long ago
        wait_for(lambda: not service.health.ready().ok)
        watchdog.stop()
        told = len(heard)
        desk.stop()

        assert set(heard) == {"GET /ping/of-our-own"}
        assert len(heard) == told
        assert "of-our-own" not in caplog.text

    def test_f26_the_page_on_running_it_says_what_to_watch_and_what_the_helpdesk_does_alone(
        self,
    ) -> None:
        page = Path(__file__).parents[2].joinpath("docs", "operations.md").read_text("utf-8")

        assert "deskladder_tick_timestamp_seconds" in page
        assert "escalation trigger" in page


def heartbeat(metrics: str) -> float:
    line = next(
        line for line in metrics.splitlines() if line.startswith("deskladder_tick_timestamp")
    )
    return float(line.split()[1])
