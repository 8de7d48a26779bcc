"""What people who know this field are afraid of, and the guard against each: F5 to F9.

The fears are those admins tell of: robots that answer each other, notes without end, loops with the
helpdesk's own triggers, tickets taken out of somebody's hands.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.domain.escalation import Phase
from plugin.domain.ticket import TicketRef
from plugin.rehearsal.desk import PaperDesk
from tests.story.fears import ANA, BEN, GUEST, MARTA, OTTO, RUUD, Feared, Paper
from tests.story.test_ladder import POLICY, RULE

# Apprise reads an old module of the standard library when it is first used.
pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")


class Meddling(PaperDesk):
    """A desk on which somebody takes the ticket while we move it."""

    def set_group(self, ticket, group) -> None:
        PaperDesk.set_group(self, ticket, group)
        self.agent_assigns(RUUD, RUUD)


class TestF05WrongReassign:
    """F5: the ticket is taken from somebody who works on it, or given to somebody who cannot."""

    def test_f05_who_took_the_ticket_between_plan_and_act_keeps_it(self, tmp_path: Path) -> None:
        paper = Paper(tmp_path, make_desk=Meddling).begin()

        assert paper.owner == RUUD
        assert "somebody changed the owner meanwhile" in paper.notes[-1]

    def test_f05_a_ticket_somebody_has_just_touched_is_left_to_them_for_a_while(
        self, tmp_path: Path
    ) -> None:
        late = POLICY.replace("    levels:\n", "    levels:\n" + HINT)
        paper = Paper(tmp_path, late + RULE, guards="human_touch_grace: 5m").begin()
        paper.later(28)
        paper.desk.agent_notes(RUUD, "I am writing to her.")
        paper.look()
        paper.later(4)
        typing = paper.owner, paper.desk.ticket.group.name
        paper.later(2)

        assert paper.ladder.level == 1
        assert typing == ("", "1st Level")
        assert (paper.owner, paper.desk.ticket.group.name) == (ANA, "Finance")

    def test_f05_whoever_is_absent_is_passed_over(self, tmp_path: Path) -> None:
        assert Paper(tmp_path, absent=(ANA,)).begin().owner == BEN

    def test_f05_whoever_may_not_own_tickets_of_the_group_is_passed_over(
        self, tmp_path: Path
    ) -> None:
        paper = Paper(tmp_path)
        paper.desk.access["finance"].remove(ANA)

        assert paper.begin().owner == BEN

    def test_f05_it_never_comes_back_to_somebody_who_had_it(self, tmp_path: Path) -> None:
        again = POLICY.replace("    exhausted:", "    repeat: 2\n    exhausted:")
        paper = Paper(tmp_path, again + RULE, guards="handoffs: 100").begin()
        owners = [paper.owner]
        for _ in range(14):
            paper.later(60)
            if paper.owner != owners[-1]:
                owners.append(paper.owner)

        assert paper.stands[0] == "exhausted"
        assert owners == [ANA, BEN, ""], "nobody is left of the pool, and the lead had her turn"

    def test_f05_a_lead_is_told_and_does_not_get_the_ticket(self, tmp_path: Path) -> None:
        paper = Paper(tmp_path).begin()
        paper.later(125)

        assert paper.stands == ("open", 3)
        assert paper.owner == BEN
        assert (MARTA, "page") in paper.told


HINT = "      - {name: hint, do: [{note: authority_hint}], wait: 30m}\n"


class TestF06PingPong:
    """F6: the ticket goes round between groups, and the customer waits."""

    def test_f06_passed_on_too_often_it_stays_and_the_lead_decides(self, tmp_path: Path) -> None:
        rungs = "".join(
            f"      - {{responsible: {{team: {team}}}, ack_within: 1h}}\n"
            for team in ("finance", "front", "finance", "front")
        )
        ladder = f"policies:\n  finance:\n    type: functional\n    levels:\n{rungs}"
        paper = Paper(tmp_path, ladder + RULE, guards="handoffs: 2").begin()
        paper.later(65)
        groups = [paper.desk.ticket.group.name]
        paper.later(60)
        groups.append(paper.desk.ticket.group.name)

        assert groups == ["1st Level", "1st Level"]
        assert paper.stands == ("open", 3)
        assert "it stays, the lead decides (guards.handoffs)" in paper.notes[-1]
        assert paper.told[-1] == (MARTA, "page")

    def test_f06_people_who_passed_it_on_count_too(self, tmp_path: Path) -> None:
        late = POLICY.replace("    levels:\n", "    levels:\n" + HINT)
        paper = Paper(tmp_path, late + RULE, guards="handoffs: 2, human_touch_grace: 0s").begin()
        for group in ("Finance", "1st Level"):
            paper.desk.agent_moves(RUUD, group)
            paper.sleeps(1)
            paper.look()
        paper.later(40)

        assert paper.ladder.level == 1
        assert paper.desk.ticket.group.name == "1st Level"


class TestF07JustAnswered:
    """F7: it escalates although somebody has just answered."""

    def test_f07_answered_without_a_webhook_right_before_the_deadline(
        self, host: str, tmp_path: Path
    ) -> None:
        with Feared(host, tmp_path, POLICY + BREACH) as desk:
            desk.start(reconcile=3600.0, sweep=3600.0)
            ticket = desk.escalated()
            desk.later(119)
            desk.desk.sender.enabled = False
            desk.desk.agent_replies(ticket, RUUD, "It is corrected.")
            desk.later(5)

            memory = desk.store.memory(TicketRef("support", ticket), "", desk.now())
            assert memory.escalations == ()
            assert desk.notes(ticket) == []

    def test_f07_answered_by_the_responsible_right_before_the_next_level(
        self, host: str, tmp_path: Path
    ) -> None:
        with Feared(host, tmp_path) as desk:
            desk.start(reconcile=3600.0, sweep=3600.0)
            ticket = desk.escalated()
            desk.later(59)
            desk.desk.sender.enabled = False
            desk.desk.agent_replies(ticket, ANA, "It is corrected.")
            desk.later(5)

            assert desk.stands(ticket) == ("acknowledged", 1)
            assert len(desk.ours(ticket)) == 1

    def test_f07_a_cause_that_has_just_gone_climbs_no_further(self, tmp_path: Path) -> None:
        policy = POLICY.replace("    type:", "    settle: 10m\n    type:")
        paper = Paper(tmp_path, policy + BREACH).begin()
        paper.later(178)
        stood = paper.stands
        paper.desk.agent_replies(RUUD, "It is corrected.")
        paper.look()
        paper.later(5)
        settling = paper.stands
        paper.later(10)

        assert stood == settling == ("open", 1)
        assert paper.ladder.phase is Phase.RESOLVED


BREACH = """\
sla:
  - {name: standard, targets: {first_response: 2h}}
rules:
  - {name: too late, on: [sla.breached], do: [{escalate: {policy: finance, reason: sla}}]}
"""


class TestF08OurReplyIsNoAnswer:
    """F8: our canned reply counts as the first answer, and the SLA looks met."""

    def test_f08_the_clock_runs_on_after_our_reply_and_the_helpdesks_own_too(
        self, host: str, tmp_path: Path
    ) -> None:
        file = POLICY + "sla: [{name: standard, targets: {first_response: 2h}}]\n" + RULE
        file += "  - {name: too late, on: [sla.breached], do: [{tag: too-late}]}\n"
        file += "  - {name: in time, on: [sla.met], do: [{tag: in-time}]}\n"
        with Feared(host, tmp_path, file) as desk:
            desk.start()
            ticket = desk.escalated()
            replied = len(desk.answered(ticket))
            desk.later(125)

            assert replied == 1
            assert "too-late" in desk.desk.tags(ticket)
            assert "in-time" not in desk.desk.tags(ticket)
            if host == "zammad":
                row = desk.desk.data.ticket(ticket)
                assert row["first_response_at"] is None
                assert row["last_contact_agent_at"] is None

    def test_f08_our_reply_acknowledges_nothing_either(self, desk: Feared) -> None:
        ticket = desk.escalated()
        desk.later(55)

        assert len(desk.answered(ticket)) == 1
        assert desk.stands(ticket) == ("open", 1)


NASTY = "Invoice <img src=x onerror=alert(1)> <script>alert(2)</script>"


class TestF09CustomerSeesInternals:
    """F9: a customer sees what is internal, or what they wrote does something to those who read it."""

    def test_f09_what_the_customer_wrote_is_escaped_in_every_note(
        self, host: str, tmp_path: Path
    ) -> None:
        noting = RULE.replace(
            "    do: [", '    do: [{note: "About {{ ticket.subject }} of {{ customer.name }}"}, '
        )
        with Feared(host, tmp_path, POLICY + noting) as desk:
            desk.start()
            ticket = desk.desk.customer_writes(GUEST, NASTY, "The invoice", group="1st Level")
            desk.settle()
            notes = desk.ours(ticket)

            assert len(notes) == 2
            assert not any("<img" in note or "<script" in note for note in notes)
            assert "&lt;img src=x onerror=alert(1)&gt;" in notes[0]

    def test_f09_no_note_leaves_the_house_and_no_mail_names_our_people(self, desk: Feared) -> None:
        ticket = desk.escalated()
        desk.later(300)
        desk.desk.agent_notes(ticket, MARTA, "/handback The guest is wrong, says Ana.")
        desk.settle()
        inside = desk.ours(ticket)
        mails = [mail for mail in desk.desk.mails() if mail.to.lower() in f"{GUEST} {OTTO}"]

        assert len(inside) >= 4
        assert [mail.kind for mail in mails] == ["reply"]
        for told in ("The guest is wrong", "level 1", "Ana Alvarez", ANA, BEN, RUUD, MARTA):
            assert not any(told in mail.body + mail.subject for mail in mails)
        public = [one.body for one in desk.desk.messages(ticket) if one.kind != "note"]
        assert not any(note in public for note in inside)
        if desk.host == "zammad":  # where a note that is not internal is shown to the customer
            kept = desk.desk.data.articles
            assert all(kept[one.id]["internal"] for one in desk.desk.notes(ticket))
