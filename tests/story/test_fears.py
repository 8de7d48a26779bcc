"""What people who know this field are afraid of, and the guard against each: F1 to F4.

The fears are those admins tell of: robots that answer each other, notes without end, loops with the
helpdesk's own triggers, tickets taken out of somebody's hands.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from plugin.domain.errors import DeskladderError
from plugin.domain.ticket import TicketRef
from plugin.service import Service
from plugin.simulated.sending import Mishap
from tests.story.fears import ANA, GUEST, MARTA, OTTO, OUT_OF_OFFICE, RUUD, Feared, Paper
from tests.story.test_ladder import POLICY, RULE

# Apprise reads an old module of the standard library when it is first used.
pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")

LEASE = timedelta(minutes=2)
CHATTY = """\
rules:
  - name: every mail
    on: [ticket.created, customer.replied]
    when: {text: {any_of: {en: [invoice]}}}
    once_per: message
    do: [{reply: we_escalated}]
"""
CLOSING = """\
rules:
  - name: close what is opened
    on: [ticket.reopened]
    when: {text: {any_of: {en: [invoice]}}}
    do: [{state: closed}]
"""
TALL = """\
policies:
  finance:
    type: hierarchical
    levels:
LEVELS
"""
TALL = TALL.replace(
    "LEVELS\n",
    "".join(
        f"      - {{responsible: {{person: a{n}@example.com}}, ack_within: 10m}}\n"
        for n in range(1, 9)
    ),
)


class TestF01ReplyStorm:
    """F1: a reply storm to a customer, or two robots that answer each other for ever."""

    def test_f01_an_out_of_office_that_answers_our_reply_gets_no_answer(
        self, host: str, tmp_path: Path
    ) -> None:
        with Feared(host, tmp_path, CHATTY) as desk:
            desk.start()
            ticket = desk.escalated()
            for _ in range(3):
                desk.desk.customer_replies(ticket, OUT_OF_OFFICE, automatic=True)
                desk.settle()

            assert len(desk.answered(ticket)) == 1

    def test_f01_a_robot_nobody_can_tell_from_a_person_is_answered_a_few_times_a_day(
        self, host: str, tmp_path: Path
    ) -> None:
        limit = "replies_per_customer_per_day: 2, loop_firings: 100, human_touch_grace: 0s"
        with Feared(host, tmp_path, CHATTY, guards=limit) as desk:
            desk.start()
            tickets = []
            for number in range(4):  # it opens a ticket for each of our mails, and goes on with it
                tickets.append(desk.customer_writes(f"Your invoice {number}?", customer=OTTO))
                desk.settle()
                desk.desk.customer_replies(tickets[-1], f"Thank you for invoice {number}.")
                desk.settle()
            other = desk.customer_writes("My invoice?", customer=GUEST)
            desk.settle()

            assert sum(len(desk.answered(ticket)) for ticket in tickets) == 2
            assert len(desk.answered(other)) == 1, "the limit is each customer's own"

            desk.later(24 * 60 + 1)
            desk.desk.customer_replies(tickets[-1], "And the invoice of today?")
            desk.settle()

            assert sum(len(desk.answered(ticket)) for ticket in tickets) == 3

    def test_f01_a_rule_that_answers_every_mail_is_held_back_after_three_in_an_hour(
        self, host: str, tmp_path: Path
    ) -> None:
        with Feared(host, tmp_path, CHATTY) as desk:  # a hundred replies a day would be allowed
            desk.start()
            ticket = desk.escalated()
            for number in range(5):
                desk.desk.customer_replies(ticket, f"Your invoice is number {number}.")
                desk.settle()

            assert len(desk.answered(ticket)) == 3
            (held,) = desk.store.status(desk.now()).demoted.values()
            assert "fired 4 times within 60 minutes" in held

    def test_f01_an_automatic_mail_starts_nothing_and_moves_no_ladder(self, desk: Feared) -> None:
        robot = desk.desk.customer_writes(
            OTTO, "Automatic reply", OUT_OF_OFFICE, group="1st Level", automatic=True
        )
        ticket = desk.escalated()
        before = desk.ladder(ticket)
        desk.desk.customer_replies(ticket, OUT_OF_OFFICE, automatic=True)
        desk.later(5)

        assert desk.store.memory(TicketRef("support", robot), "", desk.now()).escalations == ()
        assert desk.desk.tags(robot) == set()
        assert desk.notes(robot) == []
        assert desk.ladder(ticket).step == before.step
        assert desk.stands(ticket) == ("open", 1)

    def test_f01_a_customer_hears_of_an_escalation_once_however_high_it_goes(
        self, tmp_path: Path
    ) -> None:
        every = POLICY.replace("ack_within: 1h}", "ack_within: 1h, do: [{reply: we_escalated}]}")
        paper = Paper(tmp_path, every + RULE, guards="replies_per_customer_per_day: 100").begin()
        paper.later(600)

        assert paper.stands == ("exhausted", 3)
        assert len(paper.replies) == 1


class TestF02NoteSpam:
    """F2: notes without end, so that nobody reads them any more."""

    def test_f02_a_step_is_one_note_however_often_it_is_looked_at(self, desk: Feared) -> None:
        ticket = desk.escalated()
        for _ in range(2):
            desk.wait_for_reconcile()
            desk.store.look_at([TicketRef("support", ticket)], desk.now(), "again")
            desk.settle()
        desk.stop()
        desk.start()
        desk.wait_for_reconcile()
        desk.settle()

        assert len(desk.ours(ticket)) == 1
        assert len(desk.answered(ticket)) == 1

    def test_f02_more_notes_than_a_day_may_have_are_told_in_one_when_it_may(
        self, tmp_path: Path
    ) -> None:
        paper = Paper(tmp_path, TALL + RULE, guards="notes_per_ticket_per_day: 3").begin()
        paper.later(75)
        climbed = (paper.stands, len(paper.notes), len(paper.told))
        paper.later(22 * 60)
        night = len(paper.notes)
        paper.later(3 * 60)

        assert climbed == (("open", 8), 3, 9), "people are told all the same"
        assert night == 3
        assert len(paper.notes) == 4
        assert "level 8" in paper.notes[-1] or "No level is left" in paper.notes[-1]

    def test_f02_without_any_notes_a_ladder_climbs_all_the_same(self, tmp_path: Path) -> None:
        paper = Paper(tmp_path, TALL + RULE, guards="notes_per_ticket_per_day: 0").begin()
        paper.later(3 * 24 * 60)

        assert paper.stands == ("exhausted", 8)
        assert paper.notes == []

    def test_f02_rules_and_answers_to_commands_count_as_well(self, tmp_path: Path) -> None:
        paper = Paper(tmp_path, guards="notes_per_ticket_per_day: 2").begin()
        for _ in range(4):
            paper.desk.agent_notes(RUUD, "/snoze 2h")
            paper.look()

        assert len(paper.notes) == 2


class TestF03TagLoop:
    """F3: we change something, a trigger of the helpdesk answers, and that wakes us again."""

    def test_f03_a_rule_that_goes_round_with_a_trigger_is_held_back_and_named(
        self, host: str, tmp_path: Path
    ) -> None:
        with Feared(host, tmp_path, CLOSING) as desk:
            desk.start()
            ticket = desk.escalated()
            for _ in range(7):  # the trigger: what is closed is opened again
                desk.desk.agent_closes(ticket, RUUD)
                desk.settle()
                desk.desk.agent_sets_state(ticket, RUUD, OPENED[host])
                desk.settle()

            assert desk.desk.state(ticket) == OPENED[host]
            ((name, why),) = desk.store.status(desk.now()).demoted.items()
            assert name == "close what is opened"
            assert "fired 4 times within 60 minutes" in why

    def test_f03_a_ladder_that_goes_round_with_a_trigger_is_left_alone_and_says_so_once(
        self, host: str, tmp_path: Path
    ) -> None:
        with Feared(host, tmp_path, guards="notes_per_ticket_per_day: 100") as desk:
            desk.start()
            ticket = desk.escalated()
            notes = []
            for _ in range(7):  # the trigger: what is escalated is closed, what is not is opened
                desk.desk.agent_closes(ticket, RUUD)
                desk.later(1)
                desk.desk.agent_sets_state(ticket, RUUD, OPENED[host])
                desk.later(1)
                notes.append(len(desk.ours(ticket)))

            assert desk.stands(ticket) == ("resolved", 1)
            assert desk.marks(ticket) == set()
            assert notes[2:] == [notes[2]] * 5, "no note for what is not done"
            assert "finance is not opened again: it ended 3 times" in desk.ours(ticket)[-1]

            other = desk.customer_writes("The invoice is wrong", customer=OTTO)
            desk.settle()
            desk.desk.agent_notes(ticket, RUUD, "/escalate finance a person wants it")
            desk.settle()

            assert desk.stands(other) == ("open", 1), "only this ticket is left alone"
            assert desk.stands(ticket) == ("open", 1), "a person is obeyed"

    def test_f03_a_button_that_presses_itself_is_let_be(self, tmp_path: Path) -> None:
        paper = Paper(tmp_path, TALL, guards="notes_per_ticket_per_day: 100").begin()
        for _ in range(7):  # the trigger: what loses the tag gets it back
            paper.desk.agent_tags("escalate")
            paper.sleeps(0.1)
            paper.look()

        assert paper.stands == ("open", 3), "three times a person may press it"
        assert sum("stays on and asks for nothing" in note for note in paper.notes) == 1
        ticket = paper.desk.ticket
        assert ticket is not None
        assert "escalate" in ticket.tags

    def test_f03_our_own_changes_wake_no_rule(self, host: str, tmp_path: Path) -> None:
        echo = """\
rules:
  - {name: billing, on: [ticket.created], when: {text: {any_of: {en: [invoice]}}}, do: [{tag: billing}, {group: Finance}, {assign: ana@example.com}]}
  - {name: echo, on: [ticket.tagged, ticket.moved, ticket.assigned, note.added, agent.replied], when: {none: [{tags: no-such}]}, once_per: message, do: [{tag: echo}]}
"""
        with Feared(host, tmp_path, echo) as desk:
            desk.start()
            ticket = desk.escalated()
            desk.wait_for_reconcile()
            desk.wait_for_reconcile()
            desk.settle()

            assert desk.desk.tags(ticket) == {"billing"}
            assert desk.desk.owner(ticket) == ANA


OPENED = {"zammad": "open", "freescout": "active"}


class TestF04TwoCopies:
    """F4: two copies of Deskladder, or every webhook twice: everything twice."""

    def test_f04_a_second_copy_on_the_same_file_is_refused(self, desk: Feared) -> None:
        with pytest.raises(DeskladderError, match="another Deskladder"):
            Service(desk.config, environ=desk.environ, bind="127.0.0.1:0")

    def test_f04_webhooks_that_come_twice_and_out_of_order_do_everything_once(
        self, desk: Feared
    ) -> None:
        for mishap in (Mishap.DUPLICATED, Mishap.REORDERED) * 3:
            desk.desk.mishaps.add(mishap)
        ticket = desk.escalated()
        desk.later(65)

        assert desk.stands(ticket) == ("open", 2)
        assert len(desk.ours(ticket)) == 2
        assert len(desk.answered(ticket)) == 1
        assert [to for to, _ in desk.messages] == [MARTA]

    def test_f04_two_workers_on_one_store_never_hold_the_same_ticket(self, tmp_path: Path) -> None:
        paper = Paper(tmp_path).begin()
        stage = paper.stage
        paper.sleeps(1)
        paper.stage.wake("both hear of it")
        mine = stage.store.claim(stage.now, worker="one", limit=5, lease=LEASE)
        theirs = stage.store.claim(stage.now, worker="two", limit=5, lease=LEASE)

        assert len(mine) == 1
        assert list(theirs) == []
        assert len(paper.notes) == 1
