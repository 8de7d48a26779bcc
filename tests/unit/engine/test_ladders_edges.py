"""Ladders where two things meet: two ladders, a hint and its owner, a file that says observe."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.domain.escalation import Ask
from plugin.domain.ticket import Priority
from tests.fakes import ANA, GUEST, MARTA
from tests.unit.engine.climb import POLICY, RULE, Climb

TWO = """\
policies:
  finance:
    levels:
      - {responsible: {team: finance}, ack_within: 1h}
      - {responsible: {lead: finance}, ack_within: 90h}
  legal:
    priority: urgent
    levels:
      - {responsible: {person: ben@example.com}, ack_within: 90h}
"""
ASKED = """\
rules:
  - name: nothing
    on: [ticket.created]
    when: {text: {any_of: {en: [nothing at all]}}}
    do: [{tag: nothing}]
"""


def two_ladders(folder: Path) -> Climb:
    """Ana has the ticket by the first ladder, then Ben gets it by the second."""
    climb = Climb(folder, ASKED, TWO)
    climb.begin()
    climb.says(MARTA, "/escalate finance")
    climb.passes(minutes=10)
    climb.says(MARTA, "/escalate legal")
    climb.passes(minutes=10)
    return climb


def hand_back(climb: Climb, number: int) -> None:
    climb.asks(Ask.HAND_BACK, escalation=number, params={"reason": "not ours"})
    climb.passes(minutes=10)


class TestTwoLadders:
    def test_the_second_over_the_first_has_the_ticket_again(self, tmp_path: Path) -> None:
        climb = two_ladders(tmp_path)
        assert climb.owner == "Ben"

        hand_back(climb, 2)

        assert climb.owner == "Ana"
        assert climb.group == "Finance"
        assert climb.helpdesk.tickets[7].priority is Priority.HIGH

    def test_both_over_the_second_first_all_is_as_it_was_found(self, tmp_path: Path) -> None:
        climb = two_ladders(tmp_path)

        hand_back(climb, 2)
        hand_back(climb, 1)

        assert (climb.owner, climb.group) == ("nobody", "1st Level")
        assert climb.helpdesk.tickets[7].priority is Priority.NORMAL
        assert climb.tag_names == set()

    def test_the_first_over_first_nobody_is_moved_away_from_the_second(
        self, tmp_path: Path
    ) -> None:
        climb = two_ladders(tmp_path)

        hand_back(climb, 1)

        assert (climb.owner, climb.group) == ("Ben", "Finance")

    def test_both_over_the_first_first_nobody_gets_it_whose_ladder_is_over(
        self, tmp_path: Path
    ) -> None:
        climb = two_ladders(tmp_path)

        hand_back(climb, 1)
        hand_back(climb, 2)

        assert climb.owner == "nobody"
        assert climb.helpdesk.tickets[7].priority is Priority.NORMAL
        assert climb.tag_names == set()

    def test_the_mark_of_a_level_goes_with_the_ladder_that_stood_there(
        self, tmp_path: Path
    ) -> None:
        climb = two_ladders(tmp_path)
        climb.passes(hours=1)
        assert climb.tag_names == {"escalated", "esc-l1", "esc-l2"}

        hand_back(climb, 1)

        assert climb.tag_names == {"escalated", "esc-l1"}


class TestTheHint:
    def test_who_takes_the_ticket_and_then_answers_has_avoided_the_ladder(
        self, tmp_path: Path
    ) -> None:
        climb = Climb(tmp_path, RULE, POLICY)
        climb.begin()
        climb.passes(minutes=5)

        climb.takes(ANA)
        climb.passes(minutes=5)
        climb.answers(ANA)
        climb.passes(days=3)

        assert climb.stands == ("avoided", 0)
        assert climb.tag_names == set()

    def test_who_snoozes_it_and_then_answers_has_avoided_the_ladder(self, tmp_path: Path) -> None:
        climb = Climb(tmp_path, RULE, POLICY)
        climb.begin()

        climb.says(ANA, "/snooze 2h")
        climb.passes(minutes=5)
        climb.answers(ANA)

        assert climb.stands == ("avoided", 0)


class TestObserving:
    @pytest.fixture
    def observing(self, tmp_path: Path) -> Climb:
        """A new installation: nothing has said that it may act."""
        climb = Climb(tmp_path, RULE, POLICY)
        climb.use(POLICY + RULE, climb.head.replace("mode: act", "mode: observe"))
        return climb

    @pytest.mark.parametrize("text", ["/escalate finance", "/escalade"])
    def test_a_new_installation_touches_nothing_though_somebody_asks(
        self, observing: Climb, text: str
    ) -> None:
        observing.begin()
        observing.says(MARTA, text)
        observing.tags("escalate")
        observing.passes(days=2)

        assert observing.helpdesk.calls == []

    def test_a_ladder_that_runs_goes_silent_with_the_file(self, tmp_path: Path) -> None:
        climb = Climb(tmp_path, RULE, POLICY)
        climb.begin()
        climb.passes(hours=1)
        did = list(climb.helpdesk.calls)

        climb.use(POLICY + RULE, climb.head.replace("mode: act", "mode: observe"))
        climb.passes(days=2)
        climb.says(GUEST, "Hello?")

        assert climb.helpdesk.calls == did

    def test_one_rule_that_acts_is_enough_for_its_ladder(self, tmp_path: Path) -> None:
        acting = RULE.replace("    do:", "    mode: act\n    do:")
        climb = Climb(tmp_path, RULE, POLICY)
        climb.use(POLICY + acting, climb.head.replace("mode: act", "mode: observe"))
        climb.begin()
        climb.passes(hours=1)

        assert climb.stands == ("open", 1)
        assert climb.owner == "Ana"
