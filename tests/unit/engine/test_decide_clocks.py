"""What the SLA clocks tell a look, and what they keep to themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.calendar import Calendar
from plugin.domain.helpdesk import Need
from plugin.domain.memory import Announced, Memory
from plugin.domain.plan import Plan
from plugin.domain.settings import Config, Defaults, OncePer
from plugin.domain.ticket import Change, Priority, State, StateType, Ticket
from plugin.engine.announcing import TIMER
from plugin.engine.decide import decide
from plugin.engine.means import needs_of
from tests.given import (
    ANA,
    CLOSED,
    MONDAY,
    OPEN,
    answer,
    config,
    hours,
    memory,
    message,
    minutes,
    rule,
    sla,
    stored,
    ticket,
)

ALWAYS = Calendar.of("always", "UTC", "24/7")
STANDARD = sla(calendar=ALWAYS, first_response="4h", at_risk="75% 10m")
LATE = rule("late", on="sla.at_risk sla.breached", once_per=OncePer.CLOCK)
CLOCKS = config(LATE, sla=(STANDARD,), calendar=ALWAYS)
NEW = ticket(history=())
WAITING = State("waiting", StateType.PENDING_REMINDER)


def told(plan: Plan) -> list[str]:
    """The clocks' events of a plan, without the cycle's beginning."""
    return [
        f"{event.name} {event.clock.key.partition('Z/')[2]}".strip()
        for event in plan.events
        if event.clock
    ]


def looks(
    settings: Config, seen: Ticket, instants: list[datetime], known: Memory | None = None
) -> tuple[list[Plan], Memory]:
    """Several looks, each storing what it decided."""
    known = known or memory()
    plans = []
    for at in instants:
        plans.append(decide(settings, seen, known, at))
        known = stored(plans[-1], known)
    return plans, known


def test_each_threshold_and_the_breach_are_told_once() -> None:
    instants = [MONDAY + minutes(step) for step in range(0, 400, 5)]

    plans, _ = looks(CLOCKS, NEW, instants)

    assert [(plan.decided_at - MONDAY, told(plan)) for plan in plans if told(plan)] == [
        (hours(3), ["sla.at_risk at_risk/75%"]),
        (minutes(230), ["sla.at_risk at_risk/10m"]),
        (hours(4), ["sla.breached breached"]),
    ]
    assert [len(plan.actions) for plan in plans if plan.actions] == [1, 1, 1]


def test_the_timer_waits_for_the_next_thing_to_tell() -> None:
    (plan,), _ = looks(CLOCKS, NEW, [MONDAY])

    assert [(timer.name, timer.due_at) for timer in plan.timers] == [(TIMER, MONDAY + hours(3))]


def test_following_the_timers_alone_tells_everything_on_the_second() -> None:
    at, known, heard = MONDAY, memory(), []
    while True:
        plan = decide(CLOCKS, NEW, known, at)
        heard += [(event.at, at) for event in plan.events if event.clock]
        known = stored(plan, known)
        if not plan.timers:
            break
        (timer,) = plan.timers
        at = timer.due_at

    assert len(heard) == 3
    assert all(happened == noticed for happened, noticed in heard)


def test_after_downtime_only_the_breach_is_told_and_says_it_is_late() -> None:
    (_, plan), known = looks(CLOCKS, NEW, [MONDAY, MONDAY + hours(6)])

    assert told(plan) == ["sla.breached breached"]
    assert "told late" in plan.actions[0].why
    assert told(decide(CLOCKS, NEW, known, MONDAY + hours(7))) == []


def test_after_downtime_nothing_is_told_of_a_ticket_that_was_answered() -> None:
    answered = replace(NEW, messages=(*NEW.messages, answer(2, at=MONDAY + hours(5))))
    _, known = looks(CLOCKS, NEW, [MONDAY])

    assert told(decide(CLOCKS, answered, known, MONDAY + hours(6))) == []


def test_an_answer_in_time_is_told_as_met() -> None:
    answered = replace(NEW, messages=(*NEW.messages, answer(2, at=MONDAY + hours(1))))
    _, known = looks(CLOCKS, NEW, [MONDAY])

    plan = decide(CLOCKS, answered, known, MONDAY + hours(1))

    assert told(plan) == ["sla.met met"]
    assert plan.timers == ()


def test_a_ticket_older_than_the_installation_gives_no_avalanche() -> None:
    known = memory(installed_at=MONDAY + hours(1))

    plans, _ = looks(CLOCKS, NEW, [MONDAY + hours(3.5), MONDAY + hours(4)], known)

    assert [told(plan) for plan in plans] == [[], ["sla.breached breached"]]


def test_a_ticket_found_late_is_warned_of_what_is_still_so() -> None:
    (plan,), _ = looks(CLOCKS, NEW, [MONDAY + hours(3.9)])

    assert told(plan) == ["sla.at_risk at_risk/10m"]


def test_policies_added_to_the_file_tell_nothing_from_before() -> None:
    before = config(LATE, calendar=ALWAYS)
    after = replace(CLOCKS, loaded_at=MONDAY + hours(3.5))
    _, known = looks(before, NEW, [MONDAY])

    plans, _ = looks(after, NEW, [MONDAY + hours(3.6), MONDAY + hours(4)], known)

    assert [told(plan) for plan in plans] == [[], ["sla.breached breached"]]


def test_a_changed_target_retargets_and_tells_nothing_from_the_past() -> None:
    shorter = replace(CLOCKS, sla=(sla(calendar=ALWAYS, first_response="1h", at_risk="75%"),))
    shorter = replace(shorter, loaded_at=MONDAY + hours(2))
    _, known = looks(CLOCKS, NEW, [MONDAY])

    plans, _ = looks(shorter, NEW, [MONDAY + hours(2), MONDAY + hours(5)], known)

    assert [told(plan) for plan in plans] == [[], []]
    assert plans[0].timers == ()


def test_a_changed_file_keeps_quiet_about_nothing_that_was_to_come_anyway() -> None:
    other = (sla("vip", tree={"customer.vip": True}, calendar=ALWAYS, resolution="1h"), STANDARD)
    changed = replace(CLOCKS, sla=other, loaded_at=MONDAY + hours(5))
    _, known = looks(CLOCKS, NEW, [MONDAY])

    assert told(decide(changed, NEW, known, MONDAY + hours(5))) == ["sla.breached breached"]


def test_a_longer_target_tells_the_breach_when_it_comes() -> None:
    longer = replace(CLOCKS, sla=(sla(calendar=ALWAYS, first_response="6h"),), loaded_at=MONDAY)
    _, known = looks(CLOCKS, NEW, [MONDAY, MONDAY + hours(3)])

    plans, _ = looks(longer, NEW, [MONDAY + hours(4), MONDAY + hours(6)], known)

    assert [told(plan) for plan in plans] == [[], ["sla.breached breached"]]


def test_a_more_urgent_ticket_gets_the_stricter_policy_from_the_same_beginning() -> None:
    urgent = sla(
        "urgent", tree={"priority": {"at_least": "high"}}, calendar=ALWAYS, first_response="1h"
    )
    both = replace(CLOCKS, sla=(urgent, STANDARD))
    _, known = looks(both, NEW, [MONDAY])

    raised = replace(NEW, priority=Priority.URGENT, updated_at=MONDAY + hours(2))
    plan = decide(both, raised, known, MONDAY + hours(2))

    assert told(plan) == ["sla.breached breached"]
    assert plan.events[-1].clock
    assert plan.events[-1].clock.policy == "urgent"


def test_tickets_from_before_enforce_from_have_no_clocks() -> None:
    settings = replace(CLOCKS, defaults=Defaults(enforce_from=MONDAY + hours(1)))

    plans, _ = looks(settings, NEW, [MONDAY, MONDAY + hours(6)])

    assert [(told(plan), plan.timers) for plan in plans] == [([], ()), ([], ())]


def test_what_is_paused_is_told_when_it_goes_on() -> None:
    pausing = replace(
        CLOCKS, sla=(sla(calendar=ALWAYS, first_response="4h", pause_in="pending reminder"),)
    )
    gone = (Change(MONDAY + hours(3), "state", "open", "waiting", ANA),)
    paused = replace(NEW, state=WAITING, history=gone, states={"waiting": WAITING.type})
    back = (*gone, Change(MONDAY + hours(8), "state", "waiting", "open", ANA))
    resumed = replace(NEW, state=OPEN, history=back, states={"waiting": WAITING.type})

    plans, known = looks(pausing, paused, [MONDAY + hours(3), MONDAY + hours(7)])
    (plan,), _ = looks(pausing, resumed, [MONDAY + hours(8)], known)

    assert [(told(one), one.timers) for one in plans] == [([], ()), ([], ())]
    assert [timer.due_at for timer in plan.timers] == [MONDAY + hours(9)]


def test_without_a_history_the_states_we_saw_ourselves_pause_the_clock() -> None:
    pausing = replace(
        CLOCKS, sla=(sla(calendar=ALWAYS, first_response="4h", pause_in="pending reminder"),)
    )
    unknown = replace(NEW, history=None, states={"waiting": WAITING.type})
    paused = replace(unknown, state=WAITING, updated_at=MONDAY + hours(1))
    resumed = replace(unknown, state=OPEN, updated_at=MONDAY + hours(3))

    _, known = looks(pausing, unknown, [MONDAY])
    _, known = looks(pausing, paused, [MONDAY + hours(1)], known)
    (plan,), known = looks(pausing, resumed, [MONDAY + hours(3)], known)

    assert [(change.before, change.after) for change in known.observed] == [
        ("open", "waiting"),
        ("waiting", "open"),
    ]
    assert [timer.due_at for timer in plan.timers] == [MONDAY + hours(6)]


def test_closing_tells_that_the_resolution_was_met_although_the_ticket_is_closed() -> None:
    solved = config(
        rule("solved", on="sla.met", tree={"metric": "resolution"}, once_per=OncePer.CLOCK),
        sla=(sla(calendar=ALWAYS, resolution="8h"),),
    )
    _, known = looks(solved, NEW, [MONDAY])
    at = MONDAY + hours(2)
    closed = replace(
        NEW, state=CLOSED, closed_at=at, history=(Change(at, "state", "open", "closed", ANA),)
    )

    plan = decide(solved, closed, known, at)

    assert [outcome.rule for outcome in plan.outcomes if outcome.fired] == ["solved"]


def test_four_clocks_at_once_are_no_loop() -> None:
    names = ["first_response", "next_response", "periodic_update", "resolution"]
    busy = config(
        rule("late", on="sla.breached", once_per=OncePer.CLOCK),
        sla=(sla(calendar=ALWAYS, **dict.fromkeys(names, "1h")),),
    )
    asked = ticket(message(1), message(2, at=MONDAY + minutes(2)), history=())

    plan = decide(busy, asked, memory(), MONDAY + hours(2))

    assert len(told(plan)) == 3
    assert len(plan.actions) == 3
    assert plan.demote == {}


def test_a_clock_that_is_started_again_and_again_is_a_loop() -> None:
    settings = config(
        rule("late", on="sla.breached", once_per=OncePer.CLOCK),
        sla=(sla(calendar=ALWAYS, periodic_update="5m"),),
    )
    seen, known = NEW, memory()
    plans = []
    for turn in range(5):
        at = MONDAY + minutes(6 * turn + 5.5)
        plans.append(decide(settings, seen, known, at))
        known = stored(plans[-1], known)
        seen = replace(
            seen, messages=(*seen.messages, answer(turn + 2, at=MONDAY + minutes(6 * turn + 6)))
        )

    assert [told(plan) for plan in plans] == [["sla.breached breached"]] * 5
    assert [bool(plan.demote) for plan in plans] == [False, False, False, True, False]


def test_a_rule_that_says_once_per_ticket_fires_once() -> None:
    once = replace(CLOCKS, rules=(replace(LATE, once_per=OncePer.TICKET),))

    plans, _ = looks(once, NEW, [MONDAY, MONDAY + hours(3), MONDAY + hours(4)])

    assert [len(plan.actions) for plan in plans] == [0, 1, 0]


def test_the_condition_metric_is_about_the_clock_that_told() -> None:
    tree = {"metric": "resolution"}
    settings = config(
        rule("late", on="sla.breached", tree=tree, once_per=OncePer.CLOCK),
        sla=(sla(calendar=ALWAYS, first_response="1h", resolution="3h"),),
    )

    plans, _ = looks(settings, NEW, [MONDAY, MONDAY + hours(1), MONDAY + hours(3)])

    assert [len(plan.actions) for plan in plans] == [0, 0, 1]


def test_on_other_events_metric_and_sla_are_about_what_runs() -> None:
    tree = {"metric": "first_response", "sla": "standard"}
    settings = replace(CLOCKS, rules=(rule("new", on="ticket.created", tree=tree),))
    without = replace(settings, sla=(sla("other", calendar=ALWAYS, resolution="1h"),))

    assert len(decide(settings, NEW, memory(), MONDAY).actions) == 1
    assert decide(without, NEW, memory(), MONDAY).actions == ()


def test_what_a_calendar_cannot_answer_stops_no_rule() -> None:
    never = Calendar.of("never", "UTC", {"mon": []})
    settings = config(
        rule("new", on="ticket.created"), sla=(sla(calendar=never, first_response="1h"),)
    )

    assert len(decide(settings, NEW, memory(), MONDAY).actions) == 1


def test_which_clocks_run_is_remembered() -> None:
    running = decide(CLOCKS, NEW, memory(), MONDAY + hours(1)).memory.announced
    answered = replace(NEW, messages=(*NEW.messages, answer(2, at=MONDAY + hours(9))))

    stopped = decide(CLOCKS, answered, memory(), MONDAY + hours(10)).memory.announced

    assert running.running == ("first_response/2026-11-23T08:00:00Z",)
    assert stopped.running == ()


def test_clocks_need_the_history() -> None:
    assert Need.HISTORY in needs_of(CLOCKS)
    assert Need.HISTORY not in needs_of(replace(CLOCKS, sla=()))


def test_what_was_told_stays_told_however_many_clocks_there_were() -> None:
    settings = config(
        LATE, sla=(sla(calendar=ALWAYS, periodic_update="1h", at_risk="50% 75%"),), calendar=ALWAYS
    )
    talk = [answer(number + 2, at=MONDAY + hours(2 * number + 2)) for number in range(60)]
    seen, known, heard = NEW, memory(), []
    for number in range(60):
        for part in (30, 45, 60, 90):
            at = MONDAY + hours(2 * number) + minutes(part)
            plan = decide(settings, seen, known, at)
            heard += [event.clock.key for event in plan.events if event.clock]
            known = stored(plan, known)
        seen = replace(NEW, messages=(*NEW.messages, *talk[: number + 1]))

    assert len(heard) == len(set(heard)) == 180
    assert known.announced
    assert len(known.announced.keys) <= 60


@given(
    st.lists(st.integers(0, 600), min_size=1, max_size=12),
    st.lists(st.integers(1, 500), max_size=3),
)
def test_nothing_is_told_twice_whenever_we_look(looked: list[int], answered: list[int]) -> None:
    settings = replace(
        CLOCKS,
        sla=(
            sla(
                calendar=ALWAYS, first_response="2h", next_response="1h", periodic_update="90m",
                resolution="5h", at_risk="50% 75% 10m",
            ),
        ),
    )  # fmt: skip
    known, heard = memory(), []
    for minute in sorted(looked):
        said = [
            answer(number + 2, at=MONDAY + minutes(at))
            for number, at in enumerate(sorted(set(answered)))
            if at <= minute
        ]
        seen = replace(NEW, messages=(*NEW.messages, *said))
        plan = decide(settings, seen, known, MONDAY + minutes(minute))
        heard += [event.clock.key for event in plan.events if event.clock]
        assert all(event.at <= plan.decided_at for event in plan.events)
        assert all(timer.due_at > plan.decided_at for timer in plan.timers)
        known = stored(plan, known)

    assert len(heard) == len(set(heard))


@pytest.mark.parametrize("silent_for", [timedelta(hours=4), timedelta(days=40)])
def test_nothing_is_told_of_a_time_that_is_to_be_silent(silent_for: timedelta) -> None:
    silent = Announced(CLOCKS.sla_digest, silent_until=MONDAY + silent_for)

    plan = decide(CLOCKS, NEW, memory(announced=silent), MONDAY + silent_for)

    assert told(plan) == []
