"""What must hold of decide for any ticket, any history of looks and any rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.domain.memory import ActionRecord, ActionState, Memory
from plugin.domain.settings import Config, Mode, OncePer
from plugin.domain.ticket import (
    Change,
    EarlierTicket,
    MessageKind,
    Priority,
    State,
    StateType,
    Ticket,
)
from plugin.engine.decide import decide
from plugin.engine.explain import explain
from tests.given import (
    ANA,
    BEN,
    CLOSED,
    FINANCE,
    FRONT,
    MONDAY,
    NEW,
    OFFICE,
    OPEN,
    US,
    config,
    memory,
    message,
    minutes,
    rule,
    sla,
    stored,
    ticket,
)

# Drawing whole tickets takes its time on a busy machine.
UNHURRIED = [HealthCheck.too_slow]

TREES: list[dict[str, Any]] = [
    {},
    {"text": ["invoice", "refund*"]},
    {"waiting": "2h"},
    {"idle": {"at_least": "30m", "at_most": "5h"}},
    {"all": [{"age": "1h"}, {"business_hours": True}]},
    {"any": [{"tags": "vip"}, {"unassigned": "1h"}]},
    {"none": [{"group": "Finance"}, {"waiting": "4h"}]},
    {"customer.tickets": {"at_least": 2, "within": "2d"}, "priority": {"at_least": "normal"}},
    {"unanswered": 2},
    {"reopened": True},
    {"handoffs": {"at_most": 1}},
    {"state": {"not": "closed"}, "owner": "nobody"},
    {"metric": ["first_response", "resolution"], "sla": {"not": "vip"}},
]
POLICIES = (
    sla("vip", tree={"tags": "vip"}, first_response="2h", resolution="1d", at_risk="75%"),
    sla("weekend", tree={"business_hours": False}, next_response="1h"),
    sla(
        "standard",
        first_response="30m",
        next_response="1h",
        periodic_update="2h",
        resolution="1bd",
        at_risk="50% 10m",
        pause_in="waiting for parts",
    ),
)
EVENTS = [
    "ticket.created", "ticket.updated", "ticket.closed", "ticket.reopened", "ticket.moved",
    "ticket.assigned", "ticket.tagged", "customer.replied", "agent.replied", "note.added", "time",
    "sla.at_risk", "sla.breached", "sla.met",
]  # fmt: skip
CALLS: list[dict[str, Any]] = [
    {"tag": {"tags": ["late"]}},
    {"untag": {"tags": ["vip"]}},
    {"group": {"to": "Finance"}},
    {"priority": {"to": "high"}},
    {"note": {"text": "see"}},
    {"reply": {"name": "we_escalated"}},
]
PENDING = State("waiting for parts", StateType.PENDING_REMINDER)


RULES = st.lists(
    st.fixed_dictionaries(
        {
            "on": st.sets(st.sampled_from(EVENTS), min_size=1, max_size=4).map(" ".join),
            "tree": st.sampled_from(TREES),
            "do": st.lists(st.sampled_from(CALLS), min_size=1, max_size=3),
            "mode": st.sampled_from([Mode.ACT, Mode.ACT, Mode.OBSERVE, Mode.OFF]),
            "once_per": st.sampled_from(OncePer),
        }
    ),
    min_size=1,
    max_size=5,
)
CONFIGS = st.builds(
    lambda rules, calendar, policies: config(
        *(rule(f"rule {index}", **fields) for index, fields in enumerate(rules)),
        calendar=calendar,
        sla=policies,
    ),
    RULES,
    st.sampled_from([None, OFFICE]),
    st.sampled_from([(), POLICIES, POLICIES[:1], POLICIES[2:]]),
)
MESSAGES = st.lists(
    st.builds(
        dict,
        kind=st.sampled_from(MessageKind),
        text=st.one_of(
            st.sampled_from(["my invoice", "refunded?", "thanks"]), st.text(max_size=20)
        ),
        automatic=st.sampled_from([None, None, None, "out of office"]),
        ours=st.sampled_from([False, False, False, True]),
        after=st.integers(1, 300),
    ),
    max_size=5,
)


# Each strategy is made once: made anew for each ticket, they took longer than all that is tested.
OPENINGS = st.sampled_from(["my invoice", "hello"])
SINCE_MONDAY = st.integers(0, 600)
FIELDS = st.fixed_dictionaries(
    {
        "state": st.sampled_from([NEW, OPEN, PENDING, CLOSED]),
        "group": st.sampled_from([FRONT, FINANCE]),
        "owner": st.sampled_from([None, ANA, BEN]),
        "priority": st.none() | st.sampled_from(Priority),
        "tags": st.frozensets(st.sampled_from(["vip", "late", "other"])),
    }
)
TOUCHES = st.none() | SINCE_MONDAY
LAST_LEGS = st.integers(0, 60)
CHANGES = st.none() | st.lists(
    st.builds(
        dict,
        at=SINCE_MONDAY,
        what=st.sampled_from(["state", "group", "owner", "priority"]),
        before=st.sampled_from(["", "open", "closed", "21", "1st Level"]),
        after=st.sampled_from(["", "open", "closed", "22", "Finance"]),
        by=st.sampled_from([None, ANA, BEN]),
        ours=st.booleans(),
    ),
    max_size=4,
)
EARLIER = st.none() | st.lists(st.integers(0, 90), max_size=4).map(
    lambda ages: tuple(
        EarlierTicket(100 + i, "n", MONDAY - timedelta(hours=age), "https://example.com")
        for i, age in enumerate(ages)
    )
)


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    at = MONDAY
    spoken = [message(1, draw(OPENINGS))]
    for number, fields in enumerate(draw(MESSAGES), start=2):
        at += minutes(fields.pop("after"))
        author = US if fields["ours"] else None
        spoken.append(message(number, fields.pop("text"), at=at, author=author, **fields))
    fields = draw(FIELDS)
    updated_at = at + minutes(draw(LAST_LEGS))
    touched = draw(TOUCHES)
    changes = draw(CHANGES)
    return ticket(
        *spoken,
        **fields,
        updated_at=updated_at,
        touched_at=None if touched is None else min(MONDAY + minutes(touched), updated_at),
        closed_at=at if fields["state"] is CLOSED else None,
        history=None
        if changes is None
        else tuple(
            Change(**change | {"at": min(MONDAY + minutes(change["at"]), updated_at)})
            for change in changes
        ),
        customer_tickets=draw(EARLIER),
    )


NOWS = st.integers(0, 4 * 24 * 60).map(lambda after: MONDAY + minutes(after))


def after(before: Ticket, seen: Ticket) -> Ticket:
    """The second ticket as a later state of the first."""
    return replace(seen, updated_at=max(seen.updated_at, before.updated_at + minutes(1)))


def look(rules: Config, seen: Ticket, known: Memory, now: datetime) -> tuple[list[str], Memory]:
    plan = decide(rules, seen, known, now)
    return [action.key for action in plan.actions], stored(plan, known)


@given(rules=CONFIGS, seen=tickets(), now=NOWS)
@settings(max_examples=80, suppress_health_check=UNHURRIED)
def test_the_same_input_gives_the_same_plan(rules: Config, seen: Ticket, now: datetime) -> None:
    assert decide(rules, seen, memory(), now) == decide(rules, seen, memory(), now)


@given(rules=CONFIGS, before=tickets(), seen=tickets(), now=NOWS)
@settings(max_examples=80, suppress_health_check=UNHURRIED)
def test_a_second_look_plans_nothing_new(
    rules: Config, before: Ticket, seen: Ticket, now: datetime
) -> None:
    _, known = look(rules, before, memory(), MONDAY)
    seen = after(before, seen)
    _, known = look(rules, seen, known, now)

    again, _ = look(rules, seen, known, now)

    assert again == []


@given(rules=CONFIGS, seen=tickets(), nows=st.lists(NOWS, min_size=2, max_size=6))
@settings(max_examples=80, suppress_health_check=UNHURRIED)
def test_no_key_is_ever_planned_twice(rules: Config, seen: Ticket, nows: list[datetime]) -> None:
    known, planned = memory(), []
    for count, now in enumerate(sorted(nows), start=1):
        part = replace(seen, messages=seen.messages[:count] or seen.messages)
        keys, known = look(rules, part, known, now)
        planned += keys

    assert len(planned) == len(set(planned))


@given(rules=CONFIGS, before=tickets(), seen=tickets(), now=NOWS)
@settings(max_examples=80, suppress_health_check=UNHURRIED)
def test_timers_lie_ahead_and_there_is_one_per_rule(
    rules: Config, before: Ticket, seen: Ticket, now: datetime
) -> None:
    _, known = look(rules, before, memory(), MONDAY)
    seen = after(before, seen)

    timers = decide(rules, seen, known, now).timers

    assert all(timer.due_at > now for timer in timers)
    assert len({timer.name for timer in timers}) == len(timers)


@given(rules=CONFIGS, seen=tickets(), now=NOWS)
@settings(max_examples=40, suppress_health_check=UNHURRIED)
def test_waking_only_at_timers_fires_what_looking_all_the_time_fires(
    rules: Config, seen: Ticket, now: datetime
) -> None:
    """The end state is the same whether somebody looks every 45 minutes or only when told to."""
    now = max(now, seen.updated_at)  # what the ticket says has happened
    horizon = now + timedelta(days=1)

    def firings(*, only_timers: bool) -> set[str]:
        known, planned, at = memory(), set[str](), now
        while at <= horizon:
            plan = decide(rules, seen, known, at)
            planned |= {action.key for action in plan.actions}
            known = stored(plan, known)
            due = min((timer.due_at for timer in plan.timers), default=None)
            regular = at + minutes(45)
            if only_timers and due is None:
                break
            at = due if due and (only_timers or due < regular) else regular
        return planned

    assert firings(only_timers=True) == firings(only_timers=False)


@given(
    rules=CONFIGS,
    texts=st.lists(st.sampled_from(["invoice", "refund", "thanks"]), min_size=1, max_size=4),
    once_per=st.sampled_from([OncePer.TICKET, OncePer.CYCLE, OncePer.MESSAGE]),
)
@settings(max_examples=80, suppress_health_check=UNHURRIED)
def test_one_late_look_fires_what_prompt_looks_fire(
    rules: Config, texts: list[str], once_per: OncePer
) -> None:
    """Lost, delayed and collapsed deliveries change nothing, for rules on what the customer wrote."""
    rules = config(
        rule(
            "words", on="customer.replied", tree={"body": ["invoice", "refund"]}, once_per=once_per
        ),
        rule("many", on="customer.replied", tree={"unanswered": 2}, once_per=once_per),
        rule("new", on="ticket.created", tree={"body": "hello"}, once_per=once_per),
    )
    first = message(1, "hello")
    spoken = [
        first,
        *(message(n, text, at=MONDAY + minutes(30 * n)) for n, text in enumerate(texts, 2)),
    ]

    prompt: list[str] = []
    known = memory()
    for count in range(1, len(spoken) + 1):
        keys, known = look(rules, ticket(*spoken[:count]), known, spoken[count - 1].created_at)
        prompt += keys
    late, _ = look(rules, ticket(*spoken), memory(), MONDAY + timedelta(hours=9))

    assert late == prompt


WRITES: list[tuple[str, dict[str, object], dict[str, Any]]] = [
    ("group", {"group": "3"}, {"group": FINANCE}),
    ("assign", {"owner": "22"}, {"owner": BEN}),
    ("state", {"state": "closed"}, {"state": CLOSED}),
    ("priority", {"priority": "urgent"}, {"priority": Priority.URGENT}),
    ("tag", {"tags": ["escalated"]}, {}),
    ("note", {}, {}),
]


@given(
    seen=tickets(), writes=st.lists(st.sampled_from(WRITES), min_size=1, unique_by=lambda w: w[0])
)
@settings(max_examples=80, suppress_health_check=UNHURRIED)
def test_our_own_writes_never_fire_anything(
    seen: Ticket, writes: list[tuple[str, dict[str, object], dict[str, Any]]]
) -> None:
    rules = config(rule(on=" ".join(set(EVENTS) - {"time"})))
    seen = replace(seen, history=None)
    _, known = look(rules, seen, memory(), MONDAY + timedelta(days=2))
    at = MONDAY + timedelta(days=2, seconds=1)
    later = replace(seen, updated_at=at)
    for name, _, fields in writes:
        later = replace(later, **fields)
        if name == "tag":
            later = replace(later, tags=later.tags | {"escalated"})
        if name == "note":
            ours = message(99, kind=MessageKind.NOTE, author=US, ours=True, at=at)
            later = replace(later, messages=(*later.messages, ours))
    records = tuple(
        ActionRecord(f"k/{name}", "other", name, ActionState.DONE, at, at, wrote=wrote)
        for name, wrote, _ in writes
    )
    known = known.with_changes(actions=(*known.actions, *records))

    plan = decide(rules, later, known, at)

    assert plan.events == ()
    assert plan.actions == ()


@given(rules=CONFIGS, before=tickets(), seen=tickets(), now=NOWS)
@settings(max_examples=60, suppress_health_check=UNHURRIED)
def test_anything_can_be_explained(
    rules: Config, before: Ticket, seen: Ticket, now: datetime
) -> None:
    _, known = look(rules, before, memory(), MONDAY)
    seen = after(before, seen)

    explanation = explain(rules, seen, known, now)

    assert explanation.as_text()
    assert explanation.as_json()["ticket"] == "support/12"
