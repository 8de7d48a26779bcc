"""What people are afraid of, and the guard against each: F10 to F16, where it is about time and language."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from plugin.domain.ticket import TicketRef
from plugin.texts.replies import compose_reply
from tests.story.fears import ANA, GUEST, MARTA, OTTO, PAPER, RUUD, Feared, Paper
from tests.story.test_ladder import POLICY, RULE
from tests.story.test_sla import local
from tests.story.world import wait_for

# Apprise reads an old module of the standard library when it is first used.
pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")

ANY_MAIL = RULE.replace("    when: {text: {any_of: {en: [invoice]}}}\n", "")
DUTCH = "Goedemorgen, mijn factuur klopt alweer niet en ik wil graag mijn geld terug."
GERMAN = "Guten Morgen, meine Rechnung stimmt schon wieder nicht und ich möchte mein Geld zurück."


def escalations(desk: Feared, ticket: int) -> tuple[object, ...]:
    return desk.store.memory(TicketRef("support", ticket), "", desk.now()).escalations


class TestF10LanguageAndPromise:
    """F10: the customer is answered in a wrong language, or promised what cannot be kept."""

    @pytest.mark.parametrize(
        ("given", "begins"),
        [
            ({"text": DUTCH}, "Beste"),
            ({"text": GERMAN}, "Guten Tag"),
            ({"text": GERMAN, "language": "nl"}, "Beste"),
            ({"text": GERMAN, "customer": {"language": "nl"}}, "Beste"),
            ({"text": "4711"}, "Dear"),
            ({"text": DUTCH, "language": "fr"}, "Beste"),
        ],
        ids=["as written", "as written, too", "the ticket's", "the customer's", "no idea", "none"],
    )
    def test_f10_the_customer_is_answered_in_their_language(
        self, tmp_path: Path, given: dict[str, object], begins: str
    ) -> None:
        (reply,) = Paper(tmp_path, POLICY + ANY_MAIL, **given).begin().replies

        assert reply.startswith(begins)

    def test_f10_what_is_promised_is_the_levels_own_time(self, tmp_path: Path) -> None:
        (reply,) = Paper(tmp_path, POLICY + RULE).begin().replies

        assert "You hear from us by Tue 24 Nov, 10:00." in reply

    def test_f10_a_promise_that_would_lie_in_the_past_is_not_made(self, tmp_path: Path) -> None:
        paper = Paper(tmp_path).begin()
        config, now = paper.stage.config, paper.stage.now
        assert paper.desk.ticket is not None
        texts = config.replies["we_escalated"]

        late = compose_reply(
            texts, paper.desk.ticket, config, now, deadline=now - timedelta(minutes=1)
        )

        assert "a specialist has your case now." in late.html
        assert "You hear from us" not in late.html
        assert late.promise_at is None

    def test_f10_a_reply_held_up_past_its_level_promises_nothing_that_is_over(
        self, host: str, tmp_path: Path
    ) -> None:
        with Feared(host, tmp_path) as desk:
            desk.start()
            for method in ("POST", "PUT"):
                desk.desk.faults.add("503", method=method, path=r"/api/(?!.*search)", times=None)
            ticket = desk.customer_writes("The invoice is wrong again.")
            wait_for(lambda: bool(escalations(desk, ticket)))
            desk.hands = local("2026-11-24 10:30")
            desk.desk.faults.clear()
            desk.later(1)

            assert all("10:00" not in reply for reply in desk.replies(ticket))


class TestF11ClockChange:
    """F11: an hour too early or too late when clocks change, or in another zone."""

    NIGHTS = POLICY.replace("    type:", "    calendar: nights\n    type:", 1).replace(
        "ack_within: 1h, do", "ack_within: 2h, do"
    )

    @pytest.mark.parametrize(
        ("at", "until"),
        [
            ("2027-03-28 01:30", "04:30"),
            ("2026-10-25 01:30", "02:30"),
            ("2027-06-06 01:30", "03:30"),
        ],
        ids=["an hour is missing", "an hour comes twice", "an ordinary night"],
    )
    def test_f11_two_hours_of_a_ladder_are_two_hours_when_clocks_change(
        self, tmp_path: Path, at: str, until: str
    ) -> None:
        paper = Paper(tmp_path, self.NIGHTS + RULE, at=at).begin()
        paper.later(119)
        before = paper.stands
        paper.later(2)

        assert before == ("open", 1)
        assert paper.stands == ("open", 2)
        assert f"answer by today {until}" in paper.notes[0]

    def test_f11_office_hours_are_those_of_the_office_on_both_sides_of_the_change(
        self, tmp_path: Path
    ) -> None:
        day = self.NIGHTS.replace("calendar: nights", "calendar: day")
        paper = Paper(tmp_path, day + RULE, at="2027-03-26 16:00").begin()  # a Friday
        paper.stage.advance(local("2027-03-29 09:59"))
        before = paper.stands
        paper.stage.advance(local("2027-03-29 10:01"))

        assert before == ("open", 1)
        assert paper.stands == ("open", 2)


TELLING = POLICY.replace(
    "{responsible: {team: finance}, ack_within: 1h, do:",
    "{responsible: {team: finance}, ack_within: 1h, notify: [{to: responsible, urgency: LOUD}], do:",
)
HOURS = "people: {ana@example.com: {calendar: day}, marta@example.com: {calendar: day}}\n"


def with_hours(paper: str) -> str:
    return paper.replace("people:\n  marta@example.com: {}\n", HOURS)


class TestF12MidnightMails:
    """F12: a telephone rings at night for something that can wait."""

    @pytest.mark.parametrize("loud", ["normal", "digest"])
    def test_f12_what_can_wait_waits_until_the_morning(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loud: str
    ) -> None:
        monkeypatch.setattr("tests.story.fears.PAPER", with_hours(PAPER))
        levels = TELLING.replace("LOUD", loud).replace("ack_within: 1h", "ack_within: 30h")
        paper = Paper(tmp_path, levels + RULE, at="2026-11-24 23:30").begin()
        paper.stage.advance(local("2026-11-25 08:59"))
        night = paper.told
        paper.stage.advance(local("2026-11-25 09:01"))

        assert night == []
        assert {who for who, _ in paper.told} == {ANA, MARTA}
        assert [
            at for at in (one.at for one in paper.stage.told) if at < local("2026-11-25 09:00")
        ] == []

    def test_f12_a_page_comes_at_once(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tests.story.fears.PAPER", with_hours(PAPER))
        levels = TELLING.replace("LOUD", "page")
        paper = Paper(tmp_path, levels + RULE, at="2026-11-24 23:30").begin()

        assert paper.told == [(ANA, "page")]


class TestF13MondayMorning:
    """F13: on Monday at nine everything that was held comes at once."""

    def test_f13_one_message_on_monday_with_what_is_still_so(
        self, host: str, tmp_path: Path
    ) -> None:
        weekly = POLICY.replace("1h", "5h").replace(
            "    type:", "    calendar: office\n    type:", 1
        )
        with Feared(host, tmp_path, weekly + RULE, "2026-11-28 10:00") as desk:  # a Saturday
            text = desk.config.read_text(encoding="utf-8")
            held = text.replace(
                "  marta@example.com: {}", "  marta@example.com: {calendar: office}"
            )
            desk.config.write_text(held, encoding="utf-8")
            desk.start()
            tickets = [desk.escalated() for _ in range(3)]
            desk.later(30)
            desk.desk.agent_closes(tickets[1], RUUD)
            desk.passes("2026-11-30 08:59")
            weekend = list(desk.messages)
            desk.passes("2026-11-30 09:01")
            wait_for(lambda: bool(desk.messages))

            assert weekend == []
            ((to, text),) = desk.messages
            assert to == MARTA
            for ticket, is_in in zip(tickets, (True, False, True), strict=True):
                assert (f"#{desk.desk.number(ticket)}," in text) is is_in


BACKLOG = """\
sla:
  - {name: standard, targets: {first_response: 1h}, at_risk: [50%]}
rules:
  - {name: late, on: [sla.at_risk, sla.breached], do: [{escalate: {policy: finance, reason: sla}}]}
  - {name: old, on: [time], when: {waiting: {at_least: 2h}}, do: [{tag: old}]}
"""


class TestF14FirstStart:
    """F14: the first start escalates everything that ever lay about."""

    def test_f14_the_backlog_of_the_first_start_stays_silent(
        self, host: str, tmp_path: Path
    ) -> None:
        with Feared(host, tmp_path, POLICY + BACKLOG.replace("rules:\n", RULE, 1)) as desk:
            old = [desk.customer_writes("The invoice is wrong again.") for _ in range(3)]
            desk.hands = local("2026-11-27 09:00")
            desk.start()
            desk.wait_for_reconcile()
            desk.settle()
            new = desk.escalated()

            for ticket in old:
                assert desk.notes(ticket) == []
                assert desk.replies(ticket) == []
                assert escalations(desk, ticket) == ()
            assert len(desk.messages) == 1
            assert f"#{desk.desk.number(new)}," in desk.messages[0][1]
            assert desk.stands(new) == ("open", 1)

    def test_f14_what_is_older_than_enforce_from_is_left_alone_whatever_happens_to_it(
        self, host: str, tmp_path: Path
    ) -> None:
        with Feared(host, tmp_path) as desk:
            desk.head = desk.head.replace("mode: act,", "mode: act, enforce_from: 2026-11-25,")
            desk.write_config()
            desk.start()
            old = desk.escalated()
            desk.passes("2026-11-25 09:00")
            desk.desk.customer_replies(old, "The invoice is still wrong!")
            desk.desk.agent_notes(old, RUUD, "/escalate finance")
            desk.settle()
            new = desk.escalated()

            assert desk.ours(old) == []
            assert escalations(desk, old) == ()
            assert desk.stands(new) == ("open", 1)

    def test_f14_a_new_file_only_observes(self, host: str, tmp_path: Path) -> None:
        with Feared(host, tmp_path) as desk:
            desk.head = desk.head.replace("mode: act, ", "").replace(", mode: act", "")
            desk.write_config()
            desk.start()
            ticket = desk.escalated()
            desk.later(120)

            assert "mode" not in desk.config.read_text(encoding="utf-8")
            assert desk.notes(ticket) == []
            assert desk.desk.tags(ticket) == set()
            assert desk.messages == []


class TestF15Restart:
    """F15: after hours of downtime timers are lost, or all fire at once."""

    @pytest.mark.parametrize(
        ("back", "stands", "notes", "skipped"),
        [
            ("2026-11-24 10:30", ("open", 2), 2, ()),
            ("2026-11-24 11:30", ("open", 3), 2, (2,)),
            ("2026-11-25 11:30", ("open", 3), 2, (2,)),
        ],
        ids=["one level", "two levels", "a day"],
    )
    def test_f15_the_highest_level_that_is_due_comes_once(
        self, desk: Feared, back: str, stands: tuple[str, int], notes: int, skipped: tuple[int, ...]
    ) -> None:
        ticket = desk.escalated()
        desk.stop()
        desk.hands = local(back)
        desk.start()
        desk.wait_for_reconcile()
        desk.settle()

        assert desk.stands(ticket) == stands
        assert len(desk.ours(ticket)) == notes
        assert desk.ladder(ticket).taken[-1].skipped == skipped
        assert len(desk.replies(ticket)) == 1
        assert len(desk.messages) == (1 if stands[1] == 2 else 2)

    def test_f15_who_answered_meanwhile_is_not_passed_over(self, desk: Feared) -> None:
        ticket = desk.escalated()
        desk.stop()
        desk.hands = local("2026-11-24 09:40")
        desk.desk.agent_replies(ticket, ANA, "It is corrected.")
        desk.hands = local("2026-11-24 13:00")
        desk.start()
        desk.wait_for_reconcile()
        desk.settle()

        assert desk.stands(ticket) == ("acknowledged", 1)
        assert len(desk.ours(ticket)) == 1


class TestF16LostWebhooks:
    """F16: a webhook is lost, and nobody ever looks."""

    def test_f16_what_no_webhook_tells_is_found_all_the_same(
        self, host: str, tmp_path: Path
    ) -> None:
        with Feared(host, tmp_path) as desk:
            service = desk.start()
            desk.desk.sender.enabled = False
            ticket = desk.customer_writes("The invoice is wrong again.", customer=OTTO)
            wait_for(lambda: bool(escalations(desk, ticket)), 20)
            desk.settle()
            opened = desk.stands(ticket)
            desk.later(5)
            desk.desk.agent_notes(ticket, ANA, "/ack")
            wait_for(lambda: desk.stands(ticket)[0] == "acknowledged", 20)

            assert opened == ("open", 1)
            found = service.metrics.found_by_reconcile.labels("support")
            assert found._value.get() >= 1

    def test_f16_what_was_found_anyway_is_not_done_again_when_the_webhook_comes(
        self, desk: Feared
    ) -> None:
        desk.desk.mishaps.add("delayed", times=2)
        ticket = desk.customer_writes("The invoice is wrong again.", customer=GUEST)
        desk.settle()
        desk.wait_for_reconcile()
        desk.settle()

        assert len(desk.ours(ticket)) == 1
        assert len(desk.answered(ticket)) == 1
