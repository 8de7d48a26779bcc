"""Ladders and rules: what is only suggested, what rules hear, and what the guards allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.domain.escalation import Ask
from plugin.domain.helpdesk import Ability, Whoami
from plugin.domain.memory import ActionState
from plugin.domain.ticket import Priority, TicketRef
from tests.fakes import ANA, BEN, CLOSED, GUEST, MARTA, ROBOT
from tests.unit.engine.climb import NO_HINT, POLICY, RULE, Climb

SUGGEST = RULE.replace("    do:", "    mode: suggest\n    do:")
SUGGEST_MORE = SUGGEST.replace("do: [", "do: [{tag: billing}, {priority: urgent}, ")
PLAIN = """\
rules:
  - name: late
    on: [ticket.created, customer.replied]
    once_per: message
    mode: suggest
    do: [{tag: late}, {group: Finance}, {reply: sorry}]
"""


def climbing(folder: Path, rules: str = RULE, policy: str = NO_HINT, **ticket: object) -> Climb:
    climb = Climb(folder, rules, policy)
    climb.begin(**ticket)
    return climb


class TestSuggested:
    def test_one_note_says_what_would_be_done_and_nothing_else_happens(
        self, tmp_path: Path
    ) -> None:
        climb = climbing(tmp_path, SUGGEST)
        climb.passes(days=3)

        assert climb.stands == ("suggested", 1)
        assert len(climb.note_texts) == 1
        assert "I would escalate this" in climb.note_texts[0]
        assert climb.helpdesk.calls == ["add_note"]
        assert climb.announced == []

    @pytest.mark.parametrize("command", ["/accept", "/escalate", "/escalate finance at once"])
    def test_accepted_it_is_done(self, tmp_path: Path, command: str) -> None:
        climb = climbing(tmp_path, SUGGEST_MORE)
        climb.says(ANA, command)

        assert climb.stands == ("open", 1)
        assert climb.owner == "Ana"
        assert climb.tag_names == {"escalated", "esc-l1", "billing"}
        assert climb.helpdesk.tickets[7].priority is Priority.URGENT
        assert len(climb.memory.escalations) == 1

    def test_rejected_it_is_not_and_rules_let_it_rest(self, tmp_path: Path) -> None:
        rules = SUGGEST.replace("ticket.created", "ticket.created, customer.replied").replace(
            "    do:", "    once_per: message\n    do:"
        )
        climb = climbing(tmp_path, rules)
        climb.says(ANA, "/reject")
        climb.says(GUEST, "My invoice!")

        assert climb.stands == ("declined", 1)
        assert len(climb.note_texts) == 1
        assert climb.tag_names == set()

    def test_it_cannot_be_acknowledged_and_the_agent_is_told(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, SUGGEST)
        climb.says(ANA, "/ack")

        assert climb.stands == ("suggested", 1)
        assert "It is only a suggestion" in climb.note_texts[-1]

    def test_it_goes_when_the_ticket_is_closed(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, SUGGEST)
        climb.closes()

        assert climb.stands == ("resolved", 1)
        assert len(climb.note_texts) == 1

    def test_a_rule_that_escalates_nothing_suggests_what_it_does(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, PLAIN, "")

        assert climb.tag_names == set()
        assert len(climb.note_texts) == 1
        assert (
            "I would do this (rule: late): tag late; group Finance; reply sorry."
            in climb.note_texts[0]
        )
        assert {one.state for one in climb.memory.actions if one.rule == "late"} == {"observed"}

    def test_accepted_its_actions_are_done_and_there_is_nothing_to_climb(
        self, tmp_path: Path
    ) -> None:
        climb = climbing(tmp_path, PLAIN, "")
        climb.says(ANA, "/accept")
        climb.passes(days=1)

        assert (climb.group, climb.tag_names) == ("Finance", {"late"})
        assert len(climb.helpdesk.replies) == 1
        assert len(climb.note_texts) == 1
        assert climb.store.running() == ()

    def test_what_was_accepted_does_not_come_back_with_the_ticket(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, PLAIN.replace(", customer.replied", ""), "")
        climb.says(ANA, "/accept")
        climb.closes()
        climb.reopens()

        assert climb.stands[0] == "resolved"
        assert len(climb.note_texts) == 1

    def test_a_rule_that_may_act_does_not_wait_for_the_answer(self, tmp_path: Path) -> None:
        rules = SUGGEST + (
            "  - name: angry\n    on: [customer.replied]\n    when: {text: lawyer}\n"
            "    do: [{escalate: {policy: finance, start_level: 2}}]\n"
        )
        climb = climbing(tmp_path, rules)
        climb.says(GUEST, "My lawyer will call.")

        assert climb.stands == ("open", 2)
        assert [cause.rule for cause in climb.escalation.causes] == ["billing", "angry"]

    def test_the_same_suggestion_is_made_once_while_it_waits(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, PLAIN, "")
        climb.says(GUEST, "Well?")

        assert len(climb.note_texts) == 1
        assert len(climb.memory.escalations) == 1

    def test_a_rule_run_wild_is_held_at_observe(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, PLAIN, "")
        for _ in range(4):
            climb.says(GUEST, "Well?")

        assert "late" in climb.memory.demoted


class TestHeard:
    def test_rules_hear_of_a_level_in_the_same_look(self, tmp_path: Path) -> None:
        rules = RULE + (
            "  - name: board\n    on: [escalation.level]\n    when: {level: 2}\n"
            "    do: [{tag: board}]\n"
        )
        climb = climbing(tmp_path, rules)
        before = climb.tag_names
        climb.passes(minutes=61)

        assert "board" not in before
        assert "board" in climb.tag_names

    def test_a_rule_fires_at_each_step_it_listens_to(self, tmp_path: Path) -> None:
        rules = RULE + "  - name: ear\n    on: [escalation.level]\n    do: [{note: why}]\n"
        climb = climbing(tmp_path, rules)
        climb.passes(minutes=130)

        assert [one.cycle for one in climb.memory.actions if one.rule == "ear"] == [
            "e1.1",
            "e1.2",
            "e1.3",
        ]

    @pytest.mark.parametrize(
        ("event", "happens"),
        [
            ("opened", lambda climb: None),
            ("level", lambda climb: climb.passes(minutes=61)),
            ("acknowledged", lambda climb: climb.takes(BEN)),
            ("handed_back", lambda climb: climb.says(ANA, "/handback no")),
            ("exhausted", lambda climb: climb.passes(hours=6)),
            ("resolved", lambda climb: climb.closes()),
        ],
    )
    def test_each_event_can_be_listened_to(
        self, tmp_path: Path, event: str, happens: object
    ) -> None:
        rules = (
            RULE
            + f"  - name: ear\n    on: [escalation.{event}]\n    do: [{{webhook: {{url: 'https://x.example.com', json: {{a: b}}}}}}]\n"
        )
        climb = climbing(tmp_path, rules)
        happens(climb)

        assert {one.rule for one in climb.memory.actions if one.name == "webhook"} == {"ear"}

    @pytest.mark.parametrize("way", ["note", "tag", "outside"])
    def test_rules_hear_that_somebody_asked(self, tmp_path: Path, way: str) -> None:
        rules = "rules:\n  - name: ear\n    on: [manual]\n    do: [{tag: asked-for}]\n"
        climb = climbing(tmp_path, rules)
        match way:
            case "note":
                climb.says(ANA, "/escalate")
            case "tag":
                climb.tags("escalate")
            case _:
                climb.asks(Ask.ESCALATE, by="bot", params={"policy": "finance"})

        assert "asked-for" in climb.tag_names
        assert climb.stands == ("open", 1)

    def test_rules_do_not_hear_of_what_was_refused(self, tmp_path: Path) -> None:
        rules = "rules:\n  - name: ear\n    on: [manual]\n    do: [{tag: asked-for}]\n"
        climb = climbing(tmp_path, rules)
        climb.says(ANA, "/escalate finnance")

        assert "asked-for" not in climb.tag_names

    def test_rules_and_ladders_cannot_go_round_for_ever(self, tmp_path: Path) -> None:
        policy = NO_HINT + "".join(
            f"  p{number}: {{type: functional, levels: [{{responsible: {{team: finance}}}}]}}\n"
            for number in range(1, 8)
        )
        chain = "".join(
            f"  - name: r{number}\n    on: [escalation.opened]\n    when: {{tags: {{none_of: [x{number}]}}}}\n"
            f"    do: [{{escalate: p{number}}}]\n"
            for number in range(1, 8)
        )
        climb = climbing(tmp_path, RULE + chain, policy)

        names = {one.policy.name for one in climb.memory.escalations}
        assert names == {"finance", *(f"p{number}" for number in range(1, 8))}

    def test_the_level_can_be_asked_for(self, tmp_path: Path) -> None:
        rules = RULE + (
            "  - name: none\n    on: [note.added]\n    when: {level: false}\n    do: [{tag: no-level}]\n"
            "  - name: some\n    on: [note.added]\n    when: {level: {at_least: 1}}\n"
            "    do: [{tag: some-level}]\n"
        )
        climb = climbing(tmp_path, rules)
        climb.says(ANA, "Hm.")
        while_open = climb.tag_names
        climb.says(ANA, "/handback no")

        assert "some-level" in while_open
        assert "no-level" not in while_open
        assert "no-level" in climb.tag_names


class TestGuards:
    def test_f3_a_ticket_passed_on_too_often_stays_and_the_lead_decides(
        self, tmp_path: Path
    ) -> None:
        climb = Climb(tmp_path, RULE, NO_HINT)
        climb.use(f"{NO_HINT}{RULE}guards: {{handoffs: 1}}\n", climb.head)
        climb.begin()
        told = len(climb.announced)
        climb.passes(minutes=61)

        assert (climb.stands, climb.owner) == (("open", 2), "Ana")
        held = [one for one in climb.memory.actions if one.state is ActionState.GUARDED]
        assert {one.name for one in held} == {"group", "assign"}
        assert "guards.handoffs" in held[0].detail
        assert len(climb.announced) == told + 1

    def test_notes_of_a_ladder_count_among_all_notes(self, tmp_path: Path) -> None:
        climb = Climb(tmp_path, RULE, NO_HINT)
        climb.use(f"{NO_HINT}{RULE}guards: {{notes_per_ticket_per_day: 2}}\n", climb.head)
        climb.begin()
        climb.passes(hours=6)

        assert climb.stands == ("exhausted", 3)
        assert len(climb.note_texts) == 2

    def test_no_reply_to_a_robot(self, tmp_path: Path) -> None:
        from tests.fakes import a_message

        robot = a_message(automatic="no-reply sender")
        rules = RULE.replace("{text: {any_of: {en: [invoice]}}}", "{age: 1m}").replace(
            "ticket.created", "time"
        )
        climb = climbing(tmp_path, rules, messages=(robot,))
        climb.passes(minutes=2)

        assert climb.stands == ("open", 1)
        assert climb.helpdesk.replies == []

    def test_a_ticket_left_alone_is_left_alone_by_requests_too(self, tmp_path: Path) -> None:
        climb = Climb(tmp_path, RULE, NO_HINT)
        head = climb.head.replace("mode: act}", "mode: act, enforce_from: 2027-01-01}")
        climb.use(NO_HINT + RULE, head)
        climb.begin()
        climb.asks(Ask.ESCALATE, by="bot", params={"policy": "finance"})

        assert climb.memory.escalations == ()
        assert climb.memory.requests == ()


class TestDoing:
    def test_the_lead_is_told_once_per_escalation(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path)
        first = len(climb.announced)
        climb.passes(minutes=61)

        assert (first, len(climb.announced)) == (1, 1)

    def test_a_lead_without_a_channel_follows_the_ticket_instead(self, tmp_path: Path) -> None:
        climb = Climb(tmp_path, RULE, NO_HINT)
        head = climb.head.replace("service: {channel: mail}\n", "")
        climb.use(NO_HINT + RULE, head)
        climb.begin()

        assert climb.announced == []
        assert climb.helpdesk.subscribers[7] == {MARTA.id}
        assert climb.failed() == []

    def test_a_host_without_priorities_goes_without(self, tmp_path: Path) -> None:
        climb = Climb(tmp_path, RULE, NO_HINT)
        poor = frozenset(Ability) - {Ability.PRIORITY}
        climb.helpdesk.whoami = lambda: Whoami(ROBOT, "poor", poor)  # type: ignore[method-assign]
        climb.begin()

        assert climb.stands == ("open", 1)
        assert climb.owner == "Ana"
        assert climb.failed() == []
        assert "priority" not in climb.note_texts[0]

    def test_nobody_in_the_pool_the_lead_gets_it(self, tmp_path: Path) -> None:
        climb = climbing(
            tmp_path,
            policy=NO_HINT.replace("{lead: finance}", "{team: finance}").replace(
                "type: hierarchical, ", ""
            ),
        )
        climb.passes(minutes=122)

        assert climb.owner == "Marta"

    def test_a_merged_ticket_is_over(self, tmp_path: Path) -> None:
        from plugin.domain.ticket import State, StateType

        climb = climbing(tmp_path)
        climb.changes(state=State("merged", StateType.MERGED))

        assert climb.stands == ("resolved", 1)
        assert climb.store.running() == ()

    def test_an_undo_the_helpdesk_could_not_do_yet_is_tried_again(self, tmp_path: Path) -> None:
        from plugin.domain.errors import TryAgain

        climb = climbing(tmp_path)
        climb.helpdesk.fail = TryAgain("not now")
        climb.says(ANA, "/handback not ours")
        climb.passes(minutes=10)

        assert (climb.group, climb.owner, climb.tag_names) == ("1st Level", "nobody", set())
        assert len([text for text in climb.note_texts if "Handed back" in text]) == 1

    def test_a_ladder_that_never_began_leaves_nothing_to_put_back(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path, policy=POLICY)
        climb.changes(state=CLOSED, closed_at=climb.now)

        assert climb.stands == ("resolved", 0)
        assert len(climb.note_texts) == 1
        assert [entry.name for entry in climb.done("undo")] == []

    def test_status_knows_what_runs(self, tmp_path: Path) -> None:
        climb = climbing(tmp_path)
        climb.passes(minutes=61)
        (one,) = climb.store.running()

        assert (one.ref, one.policy, one.level, one.reason) == (
            TicketRef("support", 7),
            "finance",
            2,
            "repeated",
        )
