"""What `explain` says of ladders, and what the log and the metrics show of them."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from plugin.domain.escalation import Ask
from plugin.engine.explain import Explanation, explain
from plugin.engine.ladders.explaining import LadderExplanation
from plugin.engine.look import moves_of
from tests.fakes import ANA, MARTA
from tests.unit.engine.climb import NO_HINT, POLICY, RULE, Climb


def explained(climb: Climb) -> Explanation:
    ticket = climb.helpdesk.tickets[7]
    return explain(climb.live.config, ticket, climb.memory, climb.now)


def ladder_of(climb: Climb) -> LadderExplanation:
    return explained(climb).ladders[0]


def climbing(folder: Path, policy: str = NO_HINT, rules: str = RULE) -> Climb:
    climb = Climb(folder, rules, policy)
    climb.begin()
    return climb


def test_it_says_where_it_stands_who_had_it_and_what_comes_next(tmp_path: Path) -> None:
    climb = climbing(tmp_path)
    climb.passes(minutes=70)

    text = "\n".join(ladder_of(climb).lines(ZoneInfo("UTC")))

    assert "Escalation 1: finance, level 2, open" in text
    assert "because rule 'billing': repeated" in text
    assert "assigned to Ana Alba" in text
    assert "assigned to Ben Berg" in text
    assert "level 2: nobody acknowledged level 1 in time" in text
    assert "next  Thu 2026-12-03 14:00: level 3, the lead of finance" in text
    assert "it stops with: an answer to the customer by the owner" in text


def test_the_whole_explanation_shows_it_as_text_and_as_json(tmp_path: Path) -> None:
    climb = climbing(tmp_path)

    explanation = explained(climb)

    assert "Escalation 1: finance" in explanation.as_text()
    (ladder,) = explanation.as_json()["escalations"]
    assert (ladder["policy"], ladder["level"], ladder["state"]) == ("finance", 1, "open")
    assert ladder["next"] == [
        {"at": "2026-12-03T13:00:01+00:00", "what": "level 2, somebody of Finance"}
    ]


def test_of_the_hint_it_says_what_avoids_the_escalation(tmp_path: Path) -> None:
    ladder = ladder_of(climbing(tmp_path, POLICY))

    assert ladder.level_name == "hint"
    assert ladder.stops[0] == "an answer to the customer within the grace of the hint"
    assert ladder.next[0].what == "level 1, somebody of Finance"


def test_acknowledged_it_is_asked_again_when_nobody_works_on_it(tmp_path: Path) -> None:
    climb = climbing(tmp_path, POLICY.replace("4h", "5h"))
    climb.says(ANA, "/ack")

    ladder = ladder_of(climb)

    assert [one.what for one in ladder.next] == ["level 0 is asked again, if nobody works on it"]


def test_snoozed_exhausted_suggested_and_settling(tmp_path: Path) -> None:
    climb = climbing(tmp_path)
    climb.says(ANA, "/snooze 2h")
    snoozed = ladder_of(climb).next
    climb.passes(hours=9)
    exhausted = ladder_of(climb).next
    climb.asks(Ask.CLOSED_OUTSIDE, by="crm", escalation=1)
    settling = ladder_of(climb).next

    assert [one.what for one in snoozed] == ["level 1 is asked again"]
    assert [one.at for one in exhausted] == [None]
    assert settling[0].what == "it is resolved, if its cause stays gone"


def test_a_suggestion_waits_for_people(tmp_path: Path) -> None:
    rules = RULE.replace("    do:", "    mode: suggest\n    do:")
    ladder = ladder_of(climbing(tmp_path, rules=rules))

    assert ladder.next[0].at is None
    assert ladder.stops == ("/reject, or closing the ticket",)


def test_what_is_over_is_still_told(tmp_path: Path) -> None:
    climb = climbing(tmp_path)
    climb.says(MARTA, "/handback It was a duplicate")

    ladder = ladder_of(climb)

    assert ladder.phase == "handed back"
    assert ladder.next == ladder.stops == ()
    assert "handed back by Marta Maas: It was a duplicate" in ladder.taken[-1][1]


def test_a_ladder_that_is_climbed_again_says_so(tmp_path: Path) -> None:
    climb = climbing(tmp_path, NO_HINT + "    repeat: 1\n")
    climb.passes(hours=3)

    assert ladder_of(climb).next[0].what == "level 1, climbed again, somebody of Finance"


def test_without_policies_there_is_nothing_to_tell(tmp_path: Path) -> None:
    climb = climbing(tmp_path, "", "rules: []\n")

    assert explained(climb).ladders == ()


def test_the_rule_would_fire_and_not_do_nothing(tmp_path: Path) -> None:
    from tests.fakes import a_ticket

    climb = Climb(tmp_path, RULE, NO_HINT)
    climb.helpdesk.hold(a_ticket(created_at=climb.now, updated_at=climb.now))

    (rule,) = explained(climb).rules

    assert rule.why == "would fire now, on ticket.created"


def test_the_steps_of_a_look_are_told_for_log_and_metrics(tmp_path: Path) -> None:
    from plugin.engine.decide import decide

    climb = Climb(tmp_path, RULE, NO_HINT)
    from tests.fakes import a_ticket

    ticket = climb.helpdesk.hold(a_ticket(created_at=climb.now, updated_at=climb.now))
    plan = decide(climb.live.config, ticket, climb.memory, climb.now)

    assert list(moves_of(plan)) == [("finance", "level", 1)]


def test_the_audit_tells_steps_no_rule_can_hear_of(tmp_path: Path) -> None:
    climb = climbing(tmp_path)
    climb.says(ANA, "/snooze 2h")

    said = [entry.text for entry in climb.store.audit()]

    assert any(text.startswith("escalation snoozed by Ana Alba at level 1") for text in said)
