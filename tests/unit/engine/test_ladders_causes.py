"""What opens a ladder, what a further cause does, and when no cause is left."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from plugin.domain.escalation import Ask
from plugin.domain.helpdesk import Need
from plugin.domain.ticket import MessageKind
from plugin.engine.means import needs_of
from tests.fakes import ANA, BEN, FINANCE, GUEST, MARTA
from tests.unit.engine.climb import NO_HINT, POLICY, RULE, Climb

MANAGEMENT = """\
  management:
    type: hierarchical
    levels:
      - {responsible: {lead: finance}, ack_within: 1h}
      - {responsible: {person: ben@example.com}, ack_within: 1h}
"""
MATRIX = """\
matrix:
  - {priority: urgent, policy: management}
  - {priority: urgent, group: Finance, policy: management, start_level: 2}
  - {group: Finance, policy: finance, max_level: 1, targets: {ack_within: 10m}}
  - {policy: finance}
"""
BY_MATRIX = RULE.replace("policy: finance", "policy: matrix")


def climbing(folder: Path, rules: str = RULE, policy: str = NO_HINT, **ticket: object) -> Climb:
    climb = Climb(folder, rules, policy)
    climb.begin(**ticket)
    return climb


class TestOpening:
    def test_a_rule_opens_one_and_the_audit_says_so(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path)

        assert climb.done("escalate")[0].detail == "opened escalation finance at level 1"
        (cause,) = climb.escalation.causes
        assert (cause.rule, cause.reason) == ("billing", "repeated")
        said = [entry.text for entry in climb.store.audit()]
        assert any(text.startswith("escalation.opened: finance, level 1") for text in said)

    def test_in_mode_observe_nothing_but_the_audit_shows_it(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, RULE.replace("    do:", "    mode: observe\n    do:"))

        assert climb.memory.escalations == ()
        (observed,) = climb.memory.actions
        assert observed.state == "observed"
        assert observed.detail == "mode is observe; would escalate to finance, level 1"
        assert climb.helpdesk.calls == []

    def test_there_is_one_per_ticket_and_policy(self, tmp_path: Path) -> None:
        rules = RULE + RULE.partition("rules:\n")[2].replace("billing", "billing too")
        climb = climbing(tmp_path, rules)

        assert len(climb.memory.escalations) == 1
        assert [cause.rule for cause in climb.escalation.causes] == ["billing", "billing too"]
        assert len(climb.note_texts) == 1

    def test_a_second_cause_raises_the_level_when_it_wants_a_higher_one(
        self, tmp_path: Path
    ) -> None:
        rules = RULE + (
            "  - name: angry\n    on: [customer.replied]\n    when: {text: lawyer}\n"
            "    do: [{escalate: {policy: finance, start_level: 3}}]\n"
        )
        climb = climbing(tmp_path, rules)
        climb.says(GUEST, "My lawyer will call.")

        assert climb.stands == ("open", 3)
        assert [cause.rule for cause in climb.escalation.causes] == ["billing", "angry"]
        assert climb.escalation.taken[-1].skipped == ()

    def test_a_second_cause_that_wants_no_more_is_noted_down(self, tmp_path: Path) -> None:
        rules = RULE + (
            "  - name: again\n    on: [customer.replied]\n"
            "    do: [{escalate: {policy: finance, start_level: 1}}]\n"
        )
        climb = climbing(tmp_path, rules)
        climb.passes(minutes=61)
        notes = len(climb.note_texts)
        climb.says(GUEST, "Well?")

        assert climb.stands == ("open", 2)
        assert len(climb.escalation.causes) == 2
        assert len(climb.note_texts) == notes

    def test_two_policies_may_run_side_by_side(self, tmp_path: Path) -> None:
        rules = RULE + (
            "  - name: board\n    on: [ticket.created]\n    do: [{escalate: management}]\n"
        )
        climb = climbing(tmp_path, rules, NO_HINT + MANAGEMENT)

        assert [(one.number, one.policy.name) for one in climb.memory.escalations] == [
            (1, "finance"),
            (2, "management"),
        ]

    def test_one_that_is_over_keeps_the_marks_of_the_other(self, tmp_path: Path) -> None:
        rules = RULE + (
            "  - name: board\n    on: [ticket.created]\n    do: [{escalate: management}]\n"
        )
        climb = climbing(tmp_path, rules, NO_HINT + MANAGEMENT)
        climb.asks(Ask.HAND_BACK, by="Ana Alba", escalation=1, params={"reason": "not ours"})
        after_one = climb.tag_names
        climb.asks(Ask.HAND_BACK, by="Ana Alba", escalation=2, params={"reason": "nor theirs"})

        assert after_one == {"escalated", "esc-l1"}
        assert climb.tag_names == set()

    def test_running_ladders_finish_on_the_policy_they_started_with(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path)
        climb.use_file(policy=NO_HINT.replace("ack_within: 1h", "ack_within: 8h"))
        climb.passes(minutes=61)
        raised = climb.stands
        climb.use("rules: []\n", climb.head)
        climb.passes(minutes=61)

        assert raised == ("open", 2)
        assert climb.stands == ("open", 3)


class TestMatrix:
    @pytest.mark.parametrize(
        ("ticket", "stands", "policy"),
        [
            ({}, ("open", 1), "finance"),
            ({"priority": "urgent"}, ("open", 1), "management"),
            ({"priority": "urgent", "group": FINANCE}, ("open", 2), "management"),
        ],
        ids=["every other ticket", "one condition", "two conditions"],
    )
    def test_the_heaviest_row_that_holds_chooses(
        self, tmp_path: Path, ticket: dict[str, object], stands: tuple[str, int], policy: str
    ) -> None:
        from plugin.domain.ticket import Priority

        if "priority" in ticket:
            ticket = {**ticket, "priority": Priority.URGENT}
        climb = climbing(tmp_path, MATRIX + BY_MATRIX, NO_HINT + MANAGEMENT, **ticket)

        assert (climb.escalation.policy.name, climb.stands) == (policy, stands)

    def test_a_row_sets_targets_and_where_the_ladder_ends(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, MATRIX + BY_MATRIX, NO_HINT + MANAGEMENT, group=FINANCE)
        climb.passes(minutes=11)

        assert climb.stands == ("exhausted", 1)

    def test_what_its_conditions_need_is_read(self, tmp_path: Path) -> None:
        matrix = "matrix:\n  - {customer.tickets: 3, policy: finance}\n  - {policy: finance}\n"
        climb = Climb(tmp_path, matrix + BY_MATRIX, NO_HINT)

        assert needs_of(climb.live.config) >= {Need.CUSTOMER_TICKETS, Need.HISTORY}


class TestAsked:
    def test_by_a_note_with_a_policy_and_a_reason(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, "rules: []\n")
        climb.says(MARTA, "/escalate finance The third wrong invoice")

        assert climb.stands == ("open", 1)
        (cause,) = climb.escalation.causes
        assert (cause.source, cause.by, cause.reason) == (
            "note",
            "Marta Maas",
            "The third wrong invoice",
        )

    def test_by_a_note_while_it_runs_the_next_level_is_asked(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path)
        climb.says(MARTA, "/escalate")

        assert climb.stands == ("open", 2)
        assert climb.owner == "Ben"

    def test_by_a_note_at_the_highest_level_the_agent_is_told(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path)
        for _ in range(3):
            climb.says(MARTA, "/escalate")

        assert climb.stands == ("open", 3)
        assert "It is at level 3 already, the highest of policy finance" in climb.note_texts[-1]

    def test_a_policy_nobody_knows_is_answered_once(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, "rules: []\n")
        climb.says(MARTA, "/escalate finnance")
        climb.settle()

        assert climb.memory.escalations == ()
        assert len(climb.note_texts) == 1
        assert "finance" in climb.note_texts[0]

    @pytest.mark.parametrize(
        "command", ["/ack", "/snooze 2h", "/handback why", "/accept", "/explain"]
    )
    def test_commands_without_an_escalation_are_answered(
        self, tmp_path: Path, command: str
    ) -> None:
        climb = climbing(tmp_path, "rules: []\n")
        climb.says(MARTA, command)

        assert "No escalation is open on this ticket." in climb.note_texts[0]
        assert command.partition(" ")[0] in climb.note_texts[0]
        assert "/acknowledge" not in climb.note_texts[0]

    def test_without_policies_commands_are_just_text(self, tmp_path: Path) -> None:
        climb = Climb(tmp_path, "rules: []\n", "")
        climb.begin()
        climb.says(MARTA, "/ack")
        climb.says(MARTA, "/ackk")

        assert climb.note_texts == []

    def test_explain_says_how_it_stands(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path)
        climb.says(BEN, "/explain")

        assert "Escalation finance, level 1" in climb.note_texts[-1]
        assert climb.stands == ("open", 1)

    def test_by_the_tag_which_comes_off_again(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, "rules: []\n")
        climb.tags("Escalate")

        assert climb.stands == ("open", 1)
        assert climb.tag_names == {"escalated", "esc-l1"}
        assert climb.escalation.causes[0].source == "tag"

    def test_by_the_tag_pressed_again_the_next_level_is_asked(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, "rules: []\n")
        climb.tags("escalate")
        climb.later(seconds=5)
        climb.tags("escalate")

        assert climb.stands == ("open", 2)
        assert "escalate" not in climb.tag_names

    def test_by_the_tag_on_a_new_ticket(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, "rules: []\n", tags=frozenset({"escalate"}))

        assert climb.stands == ("open", 1)

    def test_not_by_a_tag_that_was_there_before_deskladder_was(self, tmp_path: Path) -> None:
        climb = Climb(tmp_path, "rules: []\n", NO_HINT)
        long_ago = climb.now - timedelta(days=30)
        climb.begin(tags=frozenset({"escalate"}), created_at=long_ago)

        assert climb.memory.escalations == ()

    def test_from_outside_with_a_case_that_is_closed_there(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, "rules: []\n")
        params = {"policy": "finance", "reason": "chatbot", "reference": "CRM-1"}
        climb.asks(Ask.ESCALATE, by="chatbot", params=params)
        opened = climb.stands
        climb.asks(Ask.CLOSED_OUTSIDE, by="crm", params={"reference": "CRM-1"})
        settling = climb.stands
        climb.passes(minutes=5)

        assert opened == settling == ("open", 1)
        assert climb.stands == ("resolved", 1)
        assert "the other system has closed its case" in climb.note_texts[-1]

    def test_from_outside_twice_it_is_one(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, "rules: []\n")
        for _ in range(2):
            climb.asks(Ask.ESCALATE, by="monitor", params={"reason": "disk full"})

        assert climb.stands == ("open", 1)
        assert len(climb.escalation.causes) == 1

    def test_from_outside_with_a_policy_nobody_knows_the_audit_says_why_not(
        self, tmp_path: Path
    ) -> None:
        climb = climbing(tmp_path, "rules: []\n")
        climb.asks(Ask.ESCALATE, by="bot@example.com", params={"policy": "board"})

        assert climb.memory.escalations == ()
        said = [entry.text for entry in climb.store.audit()]
        assert any("'board' is not in the file" in text for text in said)
        assert not any("example.com" in text for text in said)


SLA = """\
sla:
  - name: standard
    targets: {first_response: 2h}
    at_risk: [50%]
"""
BY_CLOCK = """\
rules:
  - name: soon late
    on: [sla.at_risk]
    do: [{escalate: {policy: finance, reason: sla}}]
"""


class TestGone:
    def test_the_clock_stopped_and_all_is_put_back_after_a_while(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, SLA + BY_CLOCK)
        climb.passes(minutes=61)
        opened = (climb.stands, climb.owner)
        climb.answers(ANA)
        climb.passes(minutes=4)
        settling = climb.stands
        climb.passes(minutes=1)

        assert opened == (("open", 1), "Ana")
        assert settling == ("acknowledged", 1)
        assert climb.stands == ("resolved", 1)
        assert (climb.group, climb.owner, climb.tag_names) == ("1st Level", "nobody", set())
        assert "the first response clock has stopped" in climb.note_texts[-1]

    def test_nobody_is_asked_while_it_settles(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, SLA + BY_CLOCK)
        climb.passes(minutes=60 + 58)
        climb.answers(MARTA)  # who is not responsible: the ladder is not acknowledged
        climb.passes(minutes=4)

        assert climb.stands == ("open", 1)
        climb.passes(minutes=2)
        assert climb.stands == ("resolved", 1)

    def test_a_breach_after_the_warning_is_a_further_cause_of_the_same_clock(
        self, tmp_path: Path
    ) -> None:
        rules = BY_CLOCK.replace("sla.at_risk]", "sla.at_risk, sla.breached]").replace(
            "    do:", "    once_per: clock\n    do:"
        )
        climb = climbing(tmp_path, SLA + rules)
        climb.passes(minutes=121)

        assert len(climb.memory.escalations) == 1
        assert len(climb.escalation.causes) == 2

    def test_a_rule_about_time_that_no_longer_holds_because_somebody_acted(
        self, tmp_path: Path
    ) -> None:
        rules = RULE.replace("ticket.created", "time").replace(
            "{text: {any_of: {en: [invoice]}}}", "{waiting: 1h}"
        )
        climb = climbing(tmp_path, rules)
        climb.passes(minutes=61)
        opened = climb.stands
        climb.answers(MARTA)
        climb.passes(minutes=6)

        assert opened == ("open", 1)
        assert climb.stands == ("resolved", 1)

    def test_a_rule_our_own_doing_made_untrue_is_still_a_cause(self, tmp_path: Path) -> None:
        rules = RULE.replace("ticket.created", "time").replace(
            "{text: {any_of: {en: [invoice]}}}", "{unassigned: 30m, group: 1st Level}"
        )
        climb = climbing(tmp_path, rules)
        climb.passes(minutes=31)
        opened = (climb.stands, climb.owner, climb.group)
        climb.says(MARTA, "Somebody has it, I see.")
        climb.passes(minutes=20)

        assert opened == (("open", 1), "Ana", "Finance")
        assert climb.stands == ("open", 1)

    def test_the_end_of_office_hours_is_no_remedy(self, tmp_path: Path) -> None:
        rules = RULE.replace("ticket.created", "time").replace(
            "{text: {any_of: {en: [invoice]}}}", "{waiting: {at_least: 1h, at_most: 2h}}"
        )
        climb = climbing(tmp_path, rules)
        climb.passes(minutes=61)
        climb.passes(hours=2)

        assert climb.stands == ("open", 3)

    def test_a_cause_in_words_never_goes_by_itself(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path)
        climb.says(MARTA, "I called them.", MessageKind.AGENT)
        climb.passes(minutes=30)

        assert climb.stands == ("open", 1)

    def test_a_further_cause_keeps_it_going(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, SLA + BY_CLOCK)
        climb.passes(minutes=61)
        climb.says(BEN, "/escalate finance and I mean it")
        climb.answers(ANA)
        climb.passes(hours=1)

        assert climb.stands == ("acknowledged", 2)

    def test_put_back_is_only_what_nobody_changed(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, SLA + BY_CLOCK)
        climb.passes(minutes=61)
        climb.changes(owner=BEN)
        climb.answers(BEN)
        climb.passes(minutes=6)

        assert climb.stands == ("resolved", 1)
        assert climb.owner != "Ana"
        assert climb.tag_names == set()


class TestHint:
    def test_the_time_of_the_hint_counts_in_the_policys_hours(self, tmp_path: Path) -> None:
        policy = POLICY.replace(
            "    type: functional", "    calendar: office\n    type: functional", 1
        )
        office = "calendars: {office: {timezone: UTC, hours: {mon-fri: ['13:00-17:00']}}}\n"
        climb = climbing(tmp_path, office + RULE, policy)
        climb.passes(minutes=89)
        before = climb.stands
        climb.passes(minutes=2)

        assert (before, climb.stands) == (("open", 0), ("open", 1))
