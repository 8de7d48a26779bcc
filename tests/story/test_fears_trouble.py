"""What people are afraid of, and the guard against each: F17 to F20, where something or somebody fails."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from plugin.cli.main import run
from plugin.domain.errors import TryAgain
from plugin.domain.memory import ActionState
from plugin.rehearsal.desk import PaperDesk
from tests.story.fears import ANA, BEN, MARTA, RUUD, Feared, Paper
from tests.story.test_ladder import POLICY, RULE
from tests.story.world import wait_for

# Apprise reads an old module of the standard library when it is first used.
pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")


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
            desk.start_quietly()
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
