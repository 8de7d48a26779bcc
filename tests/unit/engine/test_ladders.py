"""Ladders as they climb: levels, people, times, and what stops them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from plugin.domain.escalation import Ask, Phase
from plugin.domain.memory import ActionState
from plugin.domain.ticket import MessageKind, Priority
from tests.fakes import ANA, BEN, FRONT, GUEST, MARTA, OPEN, PENDING
from tests.unit.engine.climb import NO_HINT, POLICY, RULE, Climb

MINUTES_TO = {"level 1": 31, "level 2": 92, "level 3": 153, "exhausted": 280}


@pytest.fixture
def climb(tmp_path: Path) -> Climb:
    climb = Climb(tmp_path)
    climb.begin()
    return climb


@pytest.fixture
def at_level_1(climb: Climb) -> Climb:
    climb.passes(minutes=MINUTES_TO["level 1"])
    assert climb.stands == ("open", 1)
    return climb


def without_hint(folder: Path, policy: str = NO_HINT, rules: str = RULE) -> Climb:
    """A ladder that asks people at once."""
    climb = Climb(folder, rules, policy)
    climb.begin()
    return climb


class TestUp:
    def test_the_hint_is_a_note_and_nothing_else(self, climb: Climb) -> None:
        assert climb.stands == ("open", 0)
        assert [record.name for record in climb.memory.actions] == ["escalate", "note"]
        assert climb.tag_names == set()
        assert climb.announced == []

    def test_a_level_marks_moves_assigns_explains_answers_and_tells_the_lead(
        self, at_level_1: Climb
    ) -> None:
        ticket = at_level_1.helpdesk.tickets[7]

        assert at_level_1.tag_names == {"escalated", "esc-l1"}
        assert ticket.priority is Priority.HIGH
        assert (at_level_1.group, at_level_1.owner) == ("Finance", "Ana")
        assert len(at_level_1.note_texts) == 2
        assert "Escalated to Finance, level 1: Ana Alba" in at_level_1.note_texts[1]
        assert len(at_level_1.helpdesk.replies) == 1
        assert len(at_level_1.announced) == 1
        assert "marta" in at_level_1.announced[0]

    def test_three_levels_go_to_three_people_each_told_once(self, climb: Climb) -> None:
        owners = []
        for name in ("level 1", "level 2", "level 3"):
            climb.passes(minutes=MINUTES_TO[name] - (climb.now - climb.began).total_seconds() / 60)
            owners.append(climb.owner)

        assert owners == ["Ana", "Ben", "Ben"]
        assert climb.helpdesk.subscribers[7] == {MARTA.id}
        assert [record.detail for record in climb.done("subscribe")] == [
            "Marta Maas follows the ticket"
        ]
        assert climb.escalation.had == (str(ANA.id), str(BEN.id))
        assert climb.tag_names == {"escalated", "esc-l3"}
        assert len(climb.helpdesk.replies) == 1

    def test_a_level_is_entered_when_the_time_of_the_one_before_is_up_and_not_before(
        self, climb: Climb
    ) -> None:
        climb.passes(minutes=29, seconds=59)
        before = climb.stands
        climb.passes(seconds=1)

        assert (before, climb.stands) == (("open", 0), ("open", 1))

    def test_only_the_first_level_raises_the_priority(self, at_level_1: Climb) -> None:
        at_level_1.passes(minutes=61)

        assert len(at_level_1.done("priority")) == 1

    def test_a_priority_a_person_set_is_not_lowered(self, tmp_path: Path) -> None:
        climb = Climb(tmp_path, policy=NO_HINT)
        climb.begin(priority=Priority.URGENT)

        assert climb.helpdesk.tickets[7].priority is Priority.URGENT

    def test_the_last_level_leads_to_exhausted_and_there_it_stays(self, climb: Climb) -> None:
        climb.passes(minutes=MINUTES_TO["exhausted"])
        notes = len(climb.note_texts)
        climb.passes(hours=50)

        assert climb.stands == ("exhausted", 3)
        assert "Nobody is left to ask" in climb.note_texts[-1]
        assert len(climb.note_texts) == notes
        assert [one.phase for one in climb.store.running()] == [Phase.EXHAUSTED]

    def test_exhausted_tells_whom_the_policy_names(self, tmp_path: Path) -> None:
        policy = (
            NO_HINT + "    exhausted: {notify: [{to: duty, urgency: page}], do: [{tag: dead}]}\n"
        )
        climb = without_hint(tmp_path, policy)
        climb.passes(hours=6)

        assert climb.stands[0] == "exhausted"
        assert climb.done("notify")[-1].cycle == climb.escalation.unit(climb.escalation.step)
        assert "dead" in climb.tag_names

    def test_repeated_it_is_climbed_again_without_the_hint_and_gives_it_to_nobody_twice(
        self, tmp_path: Path
    ) -> None:
        climb = Climb(tmp_path, policy=POLICY + "    repeat: 1\n")
        climb.begin()
        climb.passes(minutes=MINUTES_TO["exhausted"])

        assert climb.stands == ("open", 1)
        assert climb.escalation.round == 1
        assert "climbed again" in climb.escalation.taken[-1].why
        given = [record.wrote["owner"] for record in climb.done("assign")]
        assert len(given) == len(set(given))

    def test_no_reply_goes_out_twice_in_one_escalation(self, tmp_path: Path) -> None:
        climb = Climb(tmp_path, policy=NO_HINT + "    repeat: 1\n")
        climb.begin()
        climb.passes(hours=5)

        assert climb.escalation.round == 1
        assert len(climb.helpdesk.replies) == 1

    def test_a_level_without_ack_within_waits_for_ever(self, tmp_path: Path) -> None:
        policy = """\
policies:
  finance: {type: functional, levels: [{responsible: {team: finance}}]}
"""
        climb = without_hint(tmp_path, policy)
        climb.passes(days=30)

        assert climb.stands == ("open", 1)
        assert climb.store.next_due() is None


class TestLate:
    def test_after_downtime_only_the_highest_due_level_is_entered_and_says_what_it_skipped(
        self, climb: Climb
    ) -> None:
        climb.is_down_for(minutes=30 + 60 + 30)

        assert climb.stands == ("open", 2)
        assert climb.escalation.taken[-1].skipped == (1,)
        assert climb.owner == "Ana"
        assert len(climb.done("assign")) == 1
        assert "Passed over" in climb.note_texts[-1]

    def test_after_a_week_the_last_level_is_asked_before_anything_is_exhausted(
        self, climb: Climb
    ) -> None:
        climb.is_down_for(days=7)
        after_start = climb.stands
        climb.passes(hours=2)

        assert after_start == ("open", 3)
        assert climb.escalation.taken[-2].skipped == (1, 2)
        assert climb.stands == ("exhausted", 3)

    def test_up_again_in_time_nothing_is_skipped(self, climb: Climb) -> None:
        climb.is_down_for(minutes=45)

        assert climb.stands == ("open", 1)
        assert climb.escalation.taken[-1].skipped == ()

    def test_a_person_who_acted_while_it_was_down_counts_before_the_time_that_passed(
        self, at_level_1: Climb
    ) -> None:
        at_level_1.later(minutes=50)
        held = at_level_1.helpdesk.tickets[7]
        at_level_1.helpdesk.hold(held)
        at_level_1.later(minutes=40)
        at_level_1.says(ANA, "/ack")

        assert at_level_1.stands == ("acknowledged", 1)

    def test_a_levels_time_begins_when_its_actions_succeeded(self, tmp_path: Path) -> None:
        climb = Climb(tmp_path, policy=NO_HINT)
        climb.begin(touched_at=climb.now)  # somebody works on it: hands off for five minutes
        waits = climb.owner
        climb.passes(minutes=61)
        after_an_hour = climb.stands
        climb.passes(minutes=5)

        assert (waits, after_an_hour) == ("nobody", ("open", 1))
        assert climb.stands == ("open", 2)


class TestAcknowledged:
    @pytest.mark.parametrize(
        "command", ["/ack", "/ACK", "/übernehmen", "/overnemen", "/ack I do it"]
    )
    def test_by_a_note_of_any_agent(self, at_level_1: Climb, command: str) -> None:
        at_level_1.says(BEN, command)

        assert at_level_1.stands == ("acknowledged", 1)
        assert at_level_1.escalation.acknowledged_by == "Ben Berg"
        assert len(at_level_1.note_texts) == 2  # the ticket shows it already

    def test_by_taking_the_ticket(self, at_level_1: Climb) -> None:
        at_level_1.takes(BEN)

        assert at_level_1.stands == ("acknowledged", 1)
        assert at_level_1.escalation.had[-1] == str(BEN.id)

    def test_not_by_losing_the_owner(self, at_level_1: Climb) -> None:
        at_level_1.takes(None)

        assert at_level_1.stands == ("open", 1)

    def test_by_an_answer_of_the_responsible(self, at_level_1: Climb) -> None:
        at_level_1.answers(ANA)

        assert at_level_1.stands == ("acknowledged", 1)

    def test_by_an_answer_of_somebody_who_had_it_before(self, at_level_1: Climb) -> None:
        at_level_1.passes(minutes=61)
        at_level_1.answers(ANA)

        assert at_level_1.stands == ("acknowledged", 2)

    def test_not_by_an_answer_of_somebody_else(self, at_level_1: Climb) -> None:
        at_level_1.answers(MARTA)

        assert at_level_1.stands == ("open", 1)

    def test_not_by_the_customer_who_writes_the_command(self, at_level_1: Climb) -> None:
        at_level_1.says(GUEST, "/ack")

        assert at_level_1.stands == ("open", 1)

    def test_by_a_link_which_the_ticket_is_told_of(self, at_level_1: Climb) -> None:
        step = at_level_1.escalation.entered_step
        at_level_1.asks(Ask.ACKNOWLEDGE, by="Ana Alba", escalation=1, step=step)

        assert at_level_1.stands == ("acknowledged", 1)
        assert "Acknowledged by Ana Alba" in at_level_1.note_texts[-1]

    def test_not_by_a_link_of_a_level_that_is_past(self, at_level_1: Climb) -> None:
        step = at_level_1.escalation.entered_step
        at_level_1.passes(minutes=61)
        at_level_1.asks(Ask.ACKNOWLEDGE, by="Ana Alba", escalation=1, step=step)

        assert at_level_1.stands == ("open", 2)
        said = [entry.text for entry in at_level_1.store.audit()]
        assert any("too late: the ladder has gone on" in text for text in said)

    def test_a_request_is_taken_in_once(self, at_level_1: Climb) -> None:
        at_level_1.asks(Ask.ACKNOWLEDGE, by="Ana Alba", escalation=1)

        assert at_level_1.memory.requests == ()

    def test_the_ladder_stops(self, at_level_1: Climb) -> None:
        at_level_1.says(ANA, "/ack")
        at_level_1.passes(hours=3)

        assert at_level_1.stands == ("acknowledged", 1)
        assert at_level_1.owner == "Ana"

    def test_without_work_it_opens_again_at_the_same_level(self, at_level_1: Climb) -> None:
        at_level_1.says(ANA, "/ack")
        at_level_1.passes(hours=4)

        assert at_level_1.stands == ("open", 1)
        assert "nobody worked on it for 4h" in at_level_1.note_texts[-1]
        at_level_1.passes(minutes=61)
        assert at_level_1.stands == ("open", 2)

    def test_work_puts_that_off(self, at_level_1: Climb) -> None:
        at_level_1.says(ANA, "/ack")
        at_level_1.passes(hours=3)
        at_level_1.says(ANA, "I asked the bank.")
        at_level_1.passes(hours=3)

        assert at_level_1.stands == ("acknowledged", 1)

    def test_nobody_is_asked_again_while_the_customer_is_asked(self, at_level_1: Climb) -> None:
        at_level_1.says(ANA, "/ack")
        at_level_1.says(ANA, "Which invoice?", MessageKind.AGENT, state=PENDING)

        at_level_1.passes(days=3)
        assert at_level_1.stands == ("acknowledged", 1)
        at_level_1.says(GUEST, "Number 4711.", state=OPEN)
        at_level_1.passes(hours=3)
        assert at_level_1.stands == ("acknowledged", 1)
        at_level_1.passes(hours=1)

        assert at_level_1.stands == ("open", 1)

    def test_a_reminder_that_came_begins_the_time(self, at_level_1: Climb) -> None:
        reminder = at_level_1.now + timedelta(days=1)
        at_level_1.says(ANA, "/ack")
        at_level_1.changes(state=PENDING, pending_until=reminder)

        at_level_1.passes(hours=27)
        assert at_level_1.stands == ("acknowledged", 1)
        at_level_1.passes(hours=1)

        assert at_level_1.stands == ("open", 1)

    def test_not_solved_in_time_it_goes_on(self, tmp_path: Path) -> None:
        policy = NO_HINT.replace("ack_within: 1h,", "ack_within: 1h, resolve_within: 3h,")
        climb = without_hint(tmp_path, policy)
        climb.says(ANA, "/ack")
        climb.passes(hours=3)

        assert climb.stands == ("open", 2)
        assert "level 1 was not solved in time" in climb.escalation.taken[-1].why

    def test_what_is_not_done_yet_when_somebody_acknowledges_is_left_undone(
        self, tmp_path: Path
    ) -> None:
        climb = Climb(tmp_path, policy=NO_HINT)
        climb.begin(touched_at=climb.now)
        climb.takes(BEN)
        climb.passes(minutes=20)

        assert (climb.owner, climb.group) == ("Ben", "1st Level")
        left = {one.name: one for one in climb.memory.actions if one.state is ActionState.SKIPPED}
        assert "the escalation has gone on" in left["assign"].detail

    def test_the_exhausted_one_too(self, climb: Climb) -> None:
        climb.passes(minutes=MINUTES_TO["exhausted"])
        climb.says(MARTA, "/ack")

        assert climb.stands == ("acknowledged", 3)


class TestAvoided:
    def test_answered_within_the_grace_of_the_hint(self, climb: Climb) -> None:
        climb.passes(minutes=10)
        climb.answers(MARTA)
        climb.passes(hours=5)

        assert climb.stands == ("avoided", 0)
        assert climb.store.running() == ()
        assert len(climb.note_texts) == 1

    def test_not_by_an_internal_note(self, climb: Climb) -> None:
        climb.says(MARTA, "I wonder.")
        climb.passes(minutes=31)

        assert climb.stands == ("open", 1)


class TestSnoozed:
    def test_it_waits_and_then_asks_the_same_level_again(self, at_level_1: Climb) -> None:
        at_level_1.says(ANA, "/snooze 2h")
        asleep = at_level_1.stands
        at_level_1.passes(minutes=119)
        still = at_level_1.stands
        at_level_1.passes(minutes=2)

        assert (asleep, still) == (("snoozed", 1), ("snoozed", 1))
        assert at_level_1.stands == ("open", 1)
        assert "the snooze is over" in at_level_1.note_texts[-1]

    def test_its_level_has_its_whole_time_again(self, at_level_1: Climb) -> None:
        at_level_1.passes(minutes=50)
        at_level_1.says(ANA, "/snooze 1h")
        at_level_1.passes(minutes=119)
        before = at_level_1.stands
        at_level_1.passes(minutes=1)

        assert (before, at_level_1.stands) == (("open", 1), ("open", 2))

    def test_by_link_for_as_long_as_it_says(self, at_level_1: Climb) -> None:
        at_level_1.asks(Ask.SNOOZE, by="Ana Alba", escalation=1, params={"for": "4h"})

        assert at_level_1.stands == ("snoozed", 1)
        assert at_level_1.escalation.snoozed_until == at_level_1.now + timedelta(hours=4)
        assert "Snoozed until" in at_level_1.note_texts[-1]

    def test_the_exhausted_cannot_be_snoozed_and_the_agent_is_told_why(self, climb: Climb) -> None:
        climb.passes(minutes=MINUTES_TO["exhausted"])
        climb.says(MARTA, "/snooze 2h")

        assert climb.stands == ("exhausted", 3)
        assert "Nobody is left to ask: take it with /ack" in climb.note_texts[-1]


class TestHandedBack:
    def test_what_was_changed_is_put_back(self, at_level_1: Climb) -> None:
        at_level_1.says(ANA, "/handback It is about the room, not the invoice.")
        ticket = at_level_1.helpdesk.tickets[7]

        assert at_level_1.stands == ("handed back", 1)
        assert (at_level_1.group, at_level_1.owner) == ("1st Level", "nobody")
        assert ticket.priority is Priority.NORMAL
        assert at_level_1.tag_names == set()
        assert "Handed back by Ana Alba" in at_level_1.note_texts[-1]
        assert "It is about the room" in at_level_1.note_texts[-1]

    def test_the_owner_it_had_gets_it_back(self, tmp_path: Path) -> None:
        climb = Climb(tmp_path, policy=NO_HINT)
        climb.begin(owner=MARTA)
        climb.passes(minutes=61)
        given = climb.owner
        climb.says(BEN, "/handback not ours")

        assert given == "Ben"
        assert (climb.group, climb.owner) == ("1st Level", "Marta")
        assert climb.failed() == []

    def test_what_a_person_changed_since_stays(self, at_level_1: Climb) -> None:
        at_level_1.changes(priority=Priority.URGENT, group=FRONT)
        at_level_1.says(ANA, "/handback not ours")

        assert at_level_1.helpdesk.tickets[7].priority is Priority.URGENT
        assert at_level_1.group == "1st Level"
        assert at_level_1.owner == "nobody"

    def test_a_persons_value_between_two_of_ours_is_what_comes_back(
        self, at_level_1: Climb
    ) -> None:
        at_level_1.takes(MARTA)
        at_level_1.passes(hours=4)  # nobody works on it, it opens again
        at_level_1.passes(minutes=61)
        given = at_level_1.owner
        at_level_1.says(BEN, "/handback not ours")

        assert given == "Ben"
        assert at_level_1.owner == "Marta"

    def test_rules_let_the_ticket_rest(self, tmp_path: Path) -> None:
        rules = RULE.replace("ticket.created", "ticket.created, customer.replied").replace(
            "    do:", "    once_per: message\n    do:"
        )
        climb = without_hint(tmp_path, rules=rules)
        climb.says(ANA, "/handback not ours")
        climb.says(GUEST, "My invoice!")
        rests = climb.stands
        climb.passes(hours=25)
        climb.says(GUEST, "My invoice!!")

        assert rests == ("handed back", 1)
        assert any("rests until" in record.detail for record in climb.done("escalate"))
        assert climb.stands == ("open", 1)
        assert climb.escalation.number == 2

    def test_a_person_may_escalate_it_at_any_time(self, at_level_1: Climb) -> None:
        at_level_1.says(ANA, "/handback not ours")
        at_level_1.says(BEN, "/escalate finance It is ours after all")

        assert at_level_1.escalation.number == 2
        assert at_level_1.stands == ("open", 0)

    def test_without_a_reason_it_is_not_handed_back_and_the_agent_is_told(
        self, at_level_1: Climb
    ) -> None:
        at_level_1.says(ANA, "/handback")

        assert at_level_1.stands == ("open", 1)
        assert "/handback" in at_level_1.note_texts[-1]


class TestClosed:
    def test_the_tags_come_off_and_who_solved_it_keeps_it(self, at_level_1: Climb) -> None:
        at_level_1.closes()

        assert at_level_1.stands == ("resolved", 1)
        assert at_level_1.tag_names == set()
        assert (at_level_1.group, at_level_1.owner) == ("Finance", "Ana")
        assert at_level_1.helpdesk.tickets[7].priority is Priority.HIGH

    def test_opened_again_soon_it_goes_on_at_the_same_level(self, at_level_1: Climb) -> None:
        at_level_1.passes(minutes=61)
        at_level_1.closes()
        at_level_1.passes(hours=20)
        at_level_1.reopens()

        assert at_level_1.stands == ("open", 2)
        assert len(at_level_1.memory.escalations) == 1
        assert at_level_1.tag_names == {"escalated", "esc-l2"}
        assert "Escalated again, level 2" in at_level_1.note_texts[-1]
        at_level_1.passes(minutes=61)
        assert at_level_1.stands == ("open", 3)

    def test_opened_again_much_later_it_does_not(self, at_level_1: Climb) -> None:
        at_level_1.closes()
        at_level_1.passes(hours=25)
        at_level_1.reopens()

        assert at_level_1.stands == ("resolved", 1)

    def test_nothing_is_escalated_on_a_closed_ticket(self, climb: Climb) -> None:
        climb.closes()
        climb.says(ANA, "/escalate finance")

        assert climb.escalation.number == 1
        assert "The ticket is closed" in climb.note_texts[-1]

    def test_a_tag_a_person_put_on_stays(self, tmp_path: Path) -> None:
        climb = Climb(tmp_path, policy=NO_HINT)
        climb.begin(tags=frozenset({"escalated"}))
        climb.closes()

        assert climb.tag_names == {"escalated"}


class TestMessages:
    def test_the_answer_to_a_public_command_is_nothing(self, at_level_1: Climb) -> None:
        at_level_1.says(MARTA, "/ack", MessageKind.AGENT)

        assert at_level_1.stands == ("open", 1)
        assert len(at_level_1.note_texts) == 2
