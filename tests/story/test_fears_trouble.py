"""What people are afraid of, and the guard against each: F17 to F26, where something or somebody fails."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha1
from hmac import new as hmac
from io import StringIO
from pathlib import Path

import pytest
import requests

from plugin import logs
from plugin.cli.main import run
from plugin.domain.errors import TryAgain
from plugin.domain.memory import ActionState
from plugin.domain.ticket import TicketRef
from plugin.rehearsal.desk import PaperDesk
from tests.story.fears import ANA, BEN, MARTA, RUUD, Feared, Paper
from tests.story.test_control import ControlledWorld
from tests.story.test_ladder import POLICY, RULE
from tests.story.test_sla import local
from tests.story.world import HOSTS, wait_for

# Apprise reads an old module of the standard library when it is first used.
pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")


@pytest.fixture(params=HOSTS)
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(host: str, tmp_path: Path) -> Iterator[Feared]:
    with Feared(host, tmp_path) as desk:
        desk.start()
        yield desk


def quiet(desk: Feared) -> None:
    """Start it, and let it ask what changed this one time: from now on only webhooks tell."""
    service = desk.start(reconcile=3600.0, sweep=3600.0)
    reachable = service.metrics.reachable.labels("support")
    asked: list[int] = []

    def is_quiet() -> bool:
        asked.append(len(desk.desk.requests))
        return reachable._value.get() == 1.0 and asked[-1] > 0 and asked[-5:] == [asked[-1]] * 5

    wait_for(is_quiet, every=0.1)


class TestF17BrokenFile:
    """F17: a slip in the file stops everything."""

    @pytest.mark.parametrize(
        "slip",
        [
            lambda text: text.replace("ack_within: 1h", "ack_within: an hour"),
            lambda text: text.replace("policy: finance", "policy: fynance"),
            lambda text: text[: len(text) // 2],
        ],
        ids=["no duration", "no such policy", "half a file"],
    )
    def test_f17_a_slip_in_the_file_leaves_the_last_good_one_in_use(
        self, desk: Feared, slip
    ) -> None:
        ticket = desk.escalated()
        assert desk.service is not None
        keeper = desk.service.keeper
        desk.config.write_text(slip(desk.config.read_text(encoding="utf-8")), encoding="utf-8")
        wait_for(lambda: keeper.problem is not None)
        desk.later(65)
        new = desk.escalated()
        ready = requests.get(f"http://127.0.0.1:{desk.port}/metrics", timeout=10).text

        assert desk.stands(ticket) == ("open", 2)
        assert desk.stands(new) == ("open", 1)
        assert "deskladder_config_ok 0.0" in ready


class Failing(PaperDesk):
    """A helpdesk that takes nothing while it is down."""

    down = False

    def _post(self, kind, html, mark):
        if Failing.down:
            raise TryAgain("down")
        return PaperDesk._post(self, kind, html, mark)


class TestF18HelpdeskDown:
    """F18: the helpdesk is down, slow or wants fewer calls; things are lost or come much too late."""

    def test_f18_what_could_not_be_done_is_done_once_it_is_back(
        self, host: str, tmp_path: Path
    ) -> None:
        with Feared(host, tmp_path) as desk:
            quiet(desk)
            for trouble in ("503", "429"):
                desk.desk.faults.add(trouble, path=r"/api/", times=2)
            ticket = desk.customer_writes("The invoice is wrong again.")

            def is_done() -> bool:
                desk.hands += timedelta(seconds=10)
                return bool(desk.answered(ticket))

            wait_for(is_done, 60, every=0.1)
            desk.settle()

            assert desk.stands(ticket) == ("open", 1)
            assert len(desk.ours(ticket)) == 1
            assert len(desk.answered(ticket)) == 1

    def test_f18_a_note_that_comes_late_says_so_and_an_old_reply_is_not_sent(
        self, tmp_path: Path
    ) -> None:
        slow = POLICY.replace("ack_within: 1h", "ack_within: 9h")
        paper = Paper(tmp_path, slow + RULE, guards="max_staleness: 4h", make_desk=Failing)
        Failing.down = True
        try:
            paper.begin()
            paper.later(5 * 60)
        finally:
            Failing.down = False
        paper.later(30)

        (note,) = paper.notes
        assert "This note is late: it was due Tue 24 Nov, 09:00" in note
        assert paper.replies == []
        dropped = [one for one in paper.stage.memory.actions if one.name == "reply"]
        assert [one.state for one in dropped] == [ActionState.DROPPED]

    def test_f18_a_level_whose_note_waits_has_not_begun(self, tmp_path: Path) -> None:
        paper = Paper(tmp_path, make_desk=Failing)
        Failing.down = True
        try:
            paper.begin()
            paper.later(90)
            waiting = paper.stands
        finally:
            Failing.down = False
        paper.later(30)

        assert waiting == ("open", 1)
        assert paper.stands == ("open", 1), "the hour begins when people can see it"
        assert len(paper.notes) == 1


class TestF19NobodyThere:
    """F19: nobody is there, and the ticket falls into a hole."""

    def test_f19_when_nobody_of_the_pool_is_there_the_lead_gets_it(self, tmp_path: Path) -> None:
        paper = Paper(tmp_path, absent=(ANA, BEN)).begin()

        assert paper.owner == MARTA
        assert "absent" in paper.notes[0]

    def test_f19_when_the_lead_is_away_too_the_ladder_goes_on_to_exhausted_and_says_so(
        self, tmp_path: Path
    ) -> None:
        paper = Paper(tmp_path, absent=(ANA, BEN, MARTA)).begin()
        first = (paper.owner, paper.notes[0])
        paper.later(5 * 60)

        assert first[0] == ""
        assert "nobody is available" in first[1]
        assert "nobody of team" in first[1]
        assert paper.stands == ("exhausted", 3)
        assert (RUUD, "page") in paper.told

    def test_f19_exhausted_is_told_every_day_until_somebody_acts(self, tmp_path: Path) -> None:
        paper = Paper(tmp_path).begin()
        paper.later(5 * 60)
        at_first = paper.told.count((RUUD, "page"))
        paper.later(2 * 24 * 60)
        told = sum(who == RUUD for who, _ in paper.told)
        paper.desk.agent_sets_state(MARTA, "closed")
        paper.look()
        paper.later(2 * 24 * 60)

        assert at_first == 1
        assert told == 3
        assert sum(who == RUUD for who, _ in paper.told) == 3

    def test_f19_a_pool_must_say_what_happens_when_nobody_is_there(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Paper(tmp_path)
        path = tmp_path / "deskladder.yaml"
        text = path.read_text(encoding="utf-8").replace(", if_none: lead", "")
        path.write_text(text, encoding="utf-8")

        code = run(["check", "--config", str(path)])

        assert code == 1
        assert "if_none" in capsys.readouterr().err


class Gone(PaperDesk):
    """A helpdesk where Ben has left the company."""

    def find_agent(self, who):
        return None if who == BEN else PaperDesk.find_agent(self, who)


PERSONAL = POLICY.replace(
    "{responsible: {team: finance}, ack_within: 1h}",
    "{responsible: {person: ben@example.com}, ack_within: 1h}",
)


class TestF20GoneFromTheCompany:
    """F20: the responsible has left the company."""

    def test_f20_the_ladder_goes_on_without_them_and_a_dead_letter_names_the_policy(
        self, tmp_path: Path
    ) -> None:
        paper = Paper(tmp_path, PERSONAL + RULE, make_desk=Gone).begin()
        paper.later(65)
        stood, note = paper.stands, paper.notes[-1]
        paper.later(60)
        (letter,) = paper.stage.store.status(paper.stage.now).dead_letters

        assert stood == ("open", 2)
        assert "the helpdesk knows no agent for this person" in note
        assert paper.stands == ("open", 3)
        assert letter.rule == "ladder: finance"
        assert "the helpdesk knows no agent" in letter.detail

    def test_f20_somebody_of_a_pool_who_left_is_passed_over(self, tmp_path: Path) -> None:
        paper = Paper(tmp_path, make_desk=Gone).begin()
        paper.later(65)

        assert paper.owner != BEN
        assert "somebody of the pool is no agent of the helpdesk" in paper.notes[1]

    def test_f20_the_doctor_names_them_and_the_place_in_the_file(
        self,
        desk: Feared,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        text = desk.config.read_text(encoding="utf-8")
        desk.config.write_text(text.replace("ben@example.com]", "gone@example.com]"), "utf-8")
        for name, value in desk.environ.items():
            monkeypatch.setenv(name, value)

        run(["doctor", "--config", str(desk.config), "--format", "json"])
        findings = json.loads(capsys.readouterr().out)["findings"]

        (found,) = [one for one in findings if "gone@example.com" in one["text"]]
        assert found["level"] == "error"
        assert "deskladder.yaml:" in found["text"]


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
            quiet(desk)
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
            quiet(desk)
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
