"""decide: which rules fire, once per what, what is held back, and when to look again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plugin.domain.helpdesk import Need
from plugin.domain.memory import ActionRecord, ActionState, Memory
from plugin.domain.plan import Plan, Step
from plugin.domain.settings import Config, Defaults, Guards, Mode, OncePer
from plugin.domain.ticket import State, StateType, Ticket
from plugin.engine.decide import decide
from plugin.engine.means import needs_of
from tests.given import (
    CLOSED,
    FINANCE,
    MONDAY,
    OFFICE,
    OPEN,
    answer,
    config,
    hours,
    memory,
    message,
    minutes,
    rule,
    stored,
    ticket,
)

TAG = {"tag": {"tags": ["seen"]}}
NOTE = {"note": {"text": "please look"}}
REPLY = {"reply": {"name": "we_escalated"}}
SPAM = State("spam", StateType.SPAM)
WAIT = {"waiting": "4h"}


def keys(plan: Plan, state: ActionState = ActionState.PLANNED) -> list[str]:
    return [action.key for action in plan.actions if action.state is state]


def run(
    settings: Config, *looks: tuple[Ticket, datetime], before: Memory | None = None
) -> tuple[list[Plan], Memory]:
    """Look several times, with a store and a dispatcher in between."""
    known = before or memory()
    plans = []
    for seen, at in looks:
        plan = decide(settings, seen, known, at)
        known = stored(plan, known)
        plans.append(plan)
    return plans, known


def later(*more: Any, **fields: Any) -> Ticket:
    return ticket(message(1), *more, **fields)


# Triggers ---------------------------------------------------------------------------------------


def test_a_rule_fires_on_its_event() -> None:
    plan = decide(config(rule(on="ticket.created")), ticket(), memory(), MONDAY)

    assert keys(plan) == ["support/12/a rule/c1/0.tag"]
    assert [outcome.fired for outcome in plan.outcomes] == [True]


def test_a_rule_sleeps_through_other_events() -> None:
    plan = decide(config(rule(on="ticket.closed agent.replied")), ticket(), memory(), MONDAY)

    assert plan.actions == ()
    assert plan.outcomes == ()


def test_a_rule_does_not_fire_when_its_conditions_do_not_hold() -> None:
    asked = rule(on="ticket.created", tree={"group": "Finance"})

    assert decide(config(asked), ticket(), memory(), MONDAY).actions == ()
    assert decide(config(asked), ticket(group=FINANCE), memory(), MONDAY).actions != ()


def test_the_reason_goes_with_the_action() -> None:
    asked = rule(on="ticket.created", tree={"text": {"any_of": {"nl": ["factuur"]}}})

    plan = decide(config(asked), ticket(message(text="Mijn factuur")), memory(), MONDAY)

    assert plan.actions[0].why == "text has \u2018factuur\u2019 (nl)"


def test_a_word_in_the_first_of_two_quick_messages_is_not_missed() -> None:
    asked = rule(on="customer.replied", tree={"body": "lawyer"})
    spoken = later(
        message(2, "I call my lawyer", at=MONDAY + minutes(1)),
        message(3, "see attachment", at=MONDAY + minutes(2)),
    )

    plans, _ = run(config(asked), (ticket(), MONDAY), (spoken, MONDAY + minutes(3)))

    assert keys(plans[1]) == ["support/12/a rule/c1/0.tag"]


# Modes ------------------------------------------------------------------------------------------


def test_observe_plans_nothing_to_be_done_and_keeps_what_would_have_been() -> None:
    plan = decide(config(rule(on="ticket.created", mode=Mode.OBSERVE)), ticket(), memory(), MONDAY)

    assert keys(plan) == []
    assert keys(plan, ActionState.OBSERVED) == ["support/12/a rule/c1/0.tag"]


def test_off_is_not_looked_at() -> None:
    asked = rule(on="ticket.created time", tree=WAIT, mode=Mode.OFF)

    plan = decide(config(asked), ticket(), memory(), MONDAY)

    assert (plan.actions, plan.outcomes, plan.timers) == ((), (), ())


def test_a_demoted_rule_observes() -> None:
    before = memory(demoted={"a rule": "fired too often"})

    plan = decide(config(rule(on="ticket.created")), ticket(), before, MONDAY)

    assert keys(plan) == []
    assert "fired too often" in plan.actions[0].detail


def test_tickets_older_than_enforce_from_are_left_alone_and_remembered() -> None:
    defaults = Defaults(enforce_from=MONDAY + minutes(1))
    asked = config(rule(on="ticket.created time", tree=WAIT), defaults=defaults)

    plan = decide(asked, ticket(), memory(), MONDAY + hours(9))

    assert (plan.actions, plan.timers) == ((), ())
    assert plan.memory.seen is not None


# Once per ---------------------------------------------------------------------------------------


def conversation(once_per: OncePer) -> list[list[str]]:
    asked = rule(on="customer.replied", once_per=once_per)
    second, third = message(2, at=MONDAY + minutes(1)), message(3, at=MONDAY + hours(25))
    plans, _ = run(
        config(asked),
        (ticket(), MONDAY),
        (later(second), MONDAY + minutes(2)),
        (later(second, state=CLOSED, updated_at=MONDAY + hours(1)), MONDAY + hours(1)),
        (later(second, third), MONDAY + hours(25)),
    )
    return [keys(plan) for plan in plans]


@pytest.mark.parametrize(
    ("once_per", "expected"),
    [
        (OncePer.TICKET, [[], ["t"], [], []]),
        (OncePer.CYCLE, [[], ["c1"], [], ["c2"]]),
        (OncePer.MESSAGE, [[], ["m2"], [], ["m3"]]),
        (OncePer.DAY, [[], ["d2026-11-23"], [], ["d2026-11-24"]]),
    ],
)
def test_once_per(once_per: OncePer, expected: list[list[str]]) -> None:
    wanted = [[f"support/12/a rule/{unit}/0.tag" for unit in units] for units in expected]

    assert conversation(once_per) == wanted


def test_each_message_of_one_look_has_its_turn() -> None:
    asked = rule(on="customer.replied", once_per=OncePer.MESSAGE)
    spoken = later(message(2, at=MONDAY + minutes(1)), message(3, at=MONDAY + minutes(2)))

    plans, _ = run(config(asked), (ticket(), MONDAY), (spoken, MONDAY + minutes(3)))

    assert keys(plans[1]) == ["support/12/a rule/m2/0.tag", "support/12/a rule/m3/0.tag"]


def test_the_day_is_the_day_where_the_desk_is() -> None:
    half_past_eleven = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    asked = rule(on="ticket.created", once_per=OncePer.DAY)

    plan = decide(
        config(asked, calendar=OFFICE),
        ticket(message(at=half_past_eleven)),
        memory(),
        half_past_eleven,
    )

    assert keys(plan) == ["support/12/a rule/d2026-11-24/0.tag"]


# Time -------------------------------------------------------------------------------------------


def test_a_time_rule_arms_a_timer_and_fires_when_it_is_due() -> None:
    asked = config(rule(on="time", tree=WAIT))

    plans, _ = run(asked, (ticket(), MONDAY), (ticket(), MONDAY + hours(4)))

    assert [(timer.name, timer.due_at) for timer in plans[0].timers] == [
        ("a rule", MONDAY + hours(4))
    ]
    assert plans[0].actions == ()
    assert keys(plans[1]) == ["support/12/a rule/c1/0.tag"]
    assert plans[1].timers == ()


def test_a_time_rule_that_fired_arms_no_timer_again() -> None:
    asked = config(rule(on="time", tree={"all": [WAIT, {"business_hours": True}]}), calendar=OFFICE)

    plans, _ = run(asked, *((ticket(), MONDAY + hours(hour)) for hour in (4, 5, 30)))

    assert [len(plan.actions) for plan in plans] == [1, 0, 0]
    assert [plan.timers for plan in plans] == [(), (), ()]


def test_a_timer_that_comes_after_the_answer_does_nothing() -> None:
    asked = config(rule(on="time", tree=WAIT))
    answered = later(answer(2, at=MONDAY + hours(3)))

    plans, _ = run(asked, (ticket(), MONDAY), (answered, MONDAY + hours(4)))

    assert plans[1].actions == ()
    assert plans[1].timers == ()


def test_a_daily_rule_wakes_at_midnight() -> None:
    asked = config(rule(on="time", tree=WAIT, once_per=OncePer.DAY), calendar=OFFICE)
    midnight = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)

    plans, _ = run(asked, (ticket(), MONDAY + hours(5)), (ticket(), midnight))

    assert [timer.due_at for timer in plans[0].timers] == [midnight]
    assert keys(plans[1]) == ["support/12/a rule/d2026-11-24/0.tag"]


def test_time_rules_rest_while_the_ticket_is_closed() -> None:
    asked = config(rule(on="time", tree={"age": "1h"}))
    closed = ticket(state=CLOSED, updated_at=MONDAY + minutes(30))
    reopened = ticket(state=OPEN, updated_at=MONDAY + hours(9))

    plans, _ = run(
        asked, (ticket(), MONDAY), (closed, MONDAY + hours(2)), (reopened, MONDAY + hours(9))
    )

    assert (plans[1].actions, plans[1].timers) == ((), ())
    assert keys(plans[2]) == ["support/12/a rule/c2/0.tag"]


def test_a_rule_with_an_event_fires_on_a_closed_ticket() -> None:
    plan = decide(
        config(rule(on="ticket.closed", tree={"unanswered": True})),
        ticket(state=CLOSED, closed_at=MONDAY + minutes(1), updated_at=MONDAY + minutes(1)),
        memory(),
        MONDAY + minutes(2),
    )

    assert keys(plan) == ["support/12/a rule/c1/0.tag"]


# Several actions, several rules -----------------------------------------------------------------


def test_actions_carry_their_step_their_place_and_parameters() -> None:
    asked = rule("r", on="ticket.created", do=[REPLY, NOTE, TAG])

    plan = decide(config(asked), ticket(), memory(), MONDAY)

    assert [(one.key, one.step, one.position) for one in plan.actions] == [
        ("support/12/r/c1/0.reply", Step.REPLY, 0),
        ("support/12/r/c1/1.note", Step.NOTE, 1),
        ("support/12/r/c1/2.tag", Step.WRITE, 2),
    ]
    assert plan.actions[1].params == {"text": "please look"}
    assert {one.cycle for one in plan.actions} == {"c1"}


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        pytest.param(TAG, TAG, ActionState.SKIPPED, id="same tag"),
        pytest.param(TAG, {"tag": {"tags": ["x"]}}, ActionState.PLANNED, id="another tag"),
        pytest.param(
            {"group": {"to": "A"}}, {"group": {"to": "B"}}, ActionState.SKIPPED, id="two groups"
        ),
        pytest.param(
            {"priority": {"to": "high"}},
            {"priority": {"to": "urgent"}},
            ActionState.PLANNED,
            id="raise",
        ),
        pytest.param(
            {"priority": {"to": "high"}},
            {"priority": {"to": "low"}},
            ActionState.SKIPPED,
            id="lower",
        ),
        pytest.param(
            {"field": {"name": "a", "value": "1"}},
            {"field": {"name": "b", "value": "2"}},
            ActionState.PLANNED,
            id="two fields",
        ),
        pytest.param(
            {"field": {"name": "a", "value": "1"}},
            {"field": {"name": "a", "value": "2"}},
            ActionState.SKIPPED,
            id="one field, two values",
        ),
        pytest.param(NOTE, NOTE, ActionState.PLANNED, id="two notes"),
    ],
)
def test_the_first_rule_wins(first: Any, second: Any, outcome: ActionState) -> None:
    asked = config(
        rule("one", on="ticket.created", do=[first]), rule("two", on="ticket.created", do=[second])
    )

    plan = decide(asked, ticket(), memory(), MONDAY)

    assert [one.state for one in plan.actions] == [ActionState.PLANNED, outcome]
    assert outcome is ActionState.PLANNED or "'one'" in plan.actions[1].detail


def test_an_observing_rule_takes_nothing_from_an_acting_one() -> None:
    asked = config(
        rule("one", on="ticket.created", do=[TAG], mode=Mode.OBSERVE),
        rule("two", on="ticket.created", do=[TAG]),
    )

    plan = decide(asked, ticket(), memory(), MONDAY)

    assert keys(plan) == ["support/12/two/c1/0.tag"]


# Guards -----------------------------------------------------------------------------------------


def done(name: str, number: int, at: datetime = MONDAY) -> ActionRecord:
    return ActionRecord(f"k{number}", "other", name, ActionState.DONE, at, at, cycle=f"c{number}")


def test_enough_notes_are_enough() -> None:
    before = memory(actions=tuple(done("note", number) for number in range(5)))
    asked = config(rule(on="ticket.created", do=[NOTE, NOTE]))

    plan = decide(asked, ticket(), before, MONDAY)

    assert [one.state for one in plan.actions] == [ActionState.PLANNED, ActionState.GUARDED]
    assert "guards.notes_per_ticket_per_day" in plan.actions[1].detail


def test_yesterdays_notes_do_not_count() -> None:
    before = memory(actions=tuple(done("note", n, MONDAY - hours(25)) for n in range(9)))

    plan = decide(config(rule(on="ticket.created", do=[NOTE])), ticket(), before, MONDAY)

    assert [one.state for one in plan.actions] == [ActionState.PLANNED]


def test_one_reply_at_a_time() -> None:
    plan = decide(config(rule(on="ticket.created", do=[REPLY, REPLY])), ticket(), memory(), MONDAY)

    assert [one.state for one in plan.actions] == [ActionState.PLANNED, ActionState.GUARDED]


@pytest.mark.parametrize(
    ("before", "outcome"),
    [
        pytest.param({"customer_replies": (MONDAY, MONDAY)}, ActionState.GUARDED, id="two today"),
        pytest.param({"customer_replies": (MONDAY,)}, ActionState.PLANNED, id="one today"),
        pytest.param(
            {"customer_replies": (MONDAY - hours(24), MONDAY)}, ActionState.PLANNED, id="a day ago"
        ),
        pytest.param(
            {
                "customer_replies": (MONDAY,),
                "actions": (replace(done("reply", 1), state=ActionState.UNKNOWN, done_at=None),),
            },
            ActionState.GUARDED,
            id="one today and one on its way",
        ),
    ],
)
def test_enough_replies_are_enough(before: dict[str, Any], outcome: ActionState) -> None:
    plan = decide(config(rule(on="ticket.created", do=[REPLY])), ticket(), memory(**before), MONDAY)

    assert [one.state for one in plan.actions] == [outcome]


@pytest.mark.parametrize(
    "silent",
    [
        pytest.param(ticket(state=SPAM), id="spam"),
        pytest.param(
            ticket(message(1), message(2, automatic="out of office")), id="newest is automatic"
        ),
    ],
)
def test_no_reply_to_what_nobody_wrote(silent: Ticket) -> None:
    plan = decide(config(rule(on="ticket.created", do=[REPLY, NOTE])), silent, memory(), MONDAY)

    assert [one.state for one in plan.actions] == [ActionState.GUARDED, ActionState.PLANNED]


def test_a_reply_is_of_no_use_for_ever() -> None:
    asked = config(rule(on="ticket.created", do=[REPLY, NOTE]))

    plan = decide(asked, ticket(), memory(), MONDAY + hours(1))

    assert [one.drop_after for one in plan.actions] == [MONDAY + hours(4), None]


def test_what_a_human_works_on_is_left_to_them_for_a_while() -> None:
    calls = [{"group": {"to": "Finance"}}, TAG, {"priority": {"to": "high"}}, NOTE]
    touched = ticket(touched_at=MONDAY)

    plan = decide(
        config(rule(on="ticket.created", do=calls)), touched, memory(), MONDAY + minutes(1)
    )
    late = decide(
        config(rule(on="ticket.created", do=calls)), touched, memory(), MONDAY + minutes(5)
    )

    until = MONDAY + minutes(5)
    assert [one.not_before for one in plan.actions] == [until, None, until, None]
    assert [one.not_before for one in late.actions] == [None] * 4


def test_a_rule_that_runs_wild_is_held_at_observe() -> None:
    asked = config(rule(on="customer.replied", once_per=OncePer.MESSAGE))
    messages = [message(number, at=MONDAY + minutes(number)) for number in range(2, 8)]
    looks = [(later(*messages[: n + 1]), MONDAY + minutes(n + 2)) for n in range(6)]

    plans, known = run(asked, (ticket(), MONDAY), *looks)

    assert [len(keys(plan)) for plan in plans] == [0, 1, 1, 1, 0, 0, 0]
    assert [list(plan.demote) for plan in plans] == [[], [], [], [], ["a rule"], [], []]
    assert "fired 4 times within 60 minutes" in known.demoted["a rule"]


def test_the_same_firings_over_a_day_are_no_loop() -> None:
    asked = config(rule(on="customer.replied", once_per=OncePer.MESSAGE))
    messages = [message(number, at=MONDAY + hours(number)) for number in range(2, 8)]
    looks = [(later(*messages[: n + 1]), MONDAY + hours(n + 2)) for n in range(6)]

    plans, _ = run(asked, (ticket(), MONDAY), *looks)

    assert [len(keys(plan)) for plan in plans[1:]] == [1] * 6


def test_an_observing_rule_is_never_demoted() -> None:
    asked = config(
        rule(on="customer.replied", once_per=OncePer.MESSAGE, mode=Mode.OBSERVE),
        guards=Guards(loop_firings=0),
    )

    plans, _ = run(asked, (ticket(), MONDAY), (later(message(2)), MONDAY + minutes(1)))

    assert plans[1].demote == {}


# What must be read ------------------------------------------------------------------------------


def test_only_rules_that_are_on_say_what_must_be_read() -> None:
    counting = rule("a", tree={"customer.tickets": 3})
    off = rule("b", tree={"reopened": 1}, mode=Mode.OFF)

    assert needs_of(config(counting, off)) == {Need.CUSTOMER_TICKETS}
    assert needs_of(config()) == frozenset()


def test_a_ticket_fires_the_same_whether_looked_at_early_or_late() -> None:
    """After hours of downtime the same rules have fired as if every delivery had come at once."""
    asked = config(
        rule("greet", on="ticket.created", do=[TAG]),
        rule("hurry", on="customer.replied", tree={"unanswered": 2}, do=[{"tag": {"tags": ["x"]}}]),
        rule("late", on="time", tree=WAIT, do=[{"tag": {"tags": ["late"]}}]),
    )
    spoken = later(message(2, at=MONDAY + hours(1)))

    prompt, _ = run(
        asked, (ticket(), MONDAY), (spoken, MONDAY + hours(1)), (spoken, MONDAY + hours(4))
    )
    after_downtime, _ = run(asked, (spoken, MONDAY + hours(30)))

    assert keys(after_downtime[0]) == [key for plan in prompt for key in keys(plan)]
    assert timedelta(0) < prompt[0].timers[0].due_at - MONDAY
