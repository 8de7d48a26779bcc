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


@st.composite
def configs(draw: st.DrawFn) -> Config:
    rules = [
        rule(
            f"rule {index}",
            on=" ".join(draw(st.sets(st.sampled_from(EVENTS), min_size=1, max_size=4))),
            tree=draw(st.sampled_from(TREES)),
            do=draw(st.lists(st.sampled_from(CALLS), min_size=1, max_size=3)),
            mode=draw(st.sampled_from([Mode.ACT, Mode.ACT, Mode.OBSERVE, Mode.OFF])),
            once_per=draw(st.sampled_from(OncePer)),
        )
        for index in range(draw(st.integers(1, 5)))
    ]
    policies = draw(st.sampled_from([(), POLICIES, POLICIES[:1], POLICIES[2:]]))
    return config(*rules, calendar=draw(st.sampled_from([None, OFFICE])), sla=policies)


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


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    at = MONDAY
    spoken = [message(1, draw(st.sampled_from(["my invoice", "hello"])))]
    for number, fields in enumerate(draw(MESSAGES), start=2):
        at += minutes(fields.pop("after"))
        author = US if fields["ours"] else None
        spoken.append(message(number, fields.pop("text"), at=at, author=author, **fields))
    state = draw(st.sampled_from([NEW, OPEN, PENDING, CLOSED]))
    updated_at = at + minutes(draw(st.integers(0, 60)))
    touched_at = draw(st.none() | st.integers(0, 600).map(lambda after: MONDAY + minutes(after)))
    rows = st.builds(
        Change,
        at=st.integers(0, 600).map(lambda after: min(MONDAY + minutes(after), updated_at)),
        what=st.sampled_from(["state", "group", "owner", "priority"]),
        before=st.sampled_from(["", "open", "closed", "21", "1st Level"]),
        after=st.sampled_from(["", "open", "closed", "22", "Finance"]),
        by=st.sampled_from([None, ANA, BEN]),
        ours=st.booleans(),
    )
    history = draw(st.none() | st.lists(rows, max_size=4).map(tuple))
    return ticket(
        *spoken,
        state=state,
        group=draw(st.sampled_from([FRONT, FINANCE])),
        owner=draw(st.sampled_from([None, ANA, BEN])),
        priority=draw(st.none() | st.sampled_from(Priority)),
        tags=draw(st.frozensets(st.sampled_from(["vip", "late", "other"]))),
        updated_at=updated_at,
        touched_at=min(touched_at, updated_at) if touched_at else None,
        closed_at=at if state is CLOSED else None,
        history=history,
        customer_tickets=draw(
            st.none()
            | st.lists(st.integers(0, 90), max_size=4).map(
                lambda ages: tuple(
                    EarlierTicket(
                        100 + i, "n", MONDAY - timedelta(hours=age), "https://example.com"
                    )
                    for i, age in enumerate(ages)
                )
            )
        ),
    )


NOWS = st.integers(0, 4 * 24 * 60).map(lambda after: MONDAY + minutes(after))


def after(before: Ticket, seen: Ticket) -> Ticket:
    """The second ticket as a later state of the first."""
    return replace(seen, updated_at=max(seen.updated_at, before.updated_at + minutes(1)))


def look(rules: Config, seen: Ticket, known: Memory, now: datetime) -> tuple[list[str], Memory]:
    plan = decide(rules, seen, known, now)
    return [action.key for action in plan.actions], stored(plan, known)


@given(rules=configs(), seen=tickets(), now=NOWS)
@settings(max_examples=80, suppress_health_check=UNHURRIED)
def test_the_same_input_gives_the_same_plan(rules: Config, seen: Ticket, now: datetime) -> None:
    assert decide(rules, seen, memory(), now) == decide(rules, seen, memory(), now)


@given(rules=configs(), before=tickets(), seen=tickets(), now=NOWS)
@settings(max_examples=80, suppress_health_check=UNHURRIED)
def test_a_second_look_plans_nothing_new(
    rules: Config, before: Ticket, seen: Ticket, now: datetime
) -> None:
    _, known = look(rules, before, memory(), MONDAY)
    seen = after(before, seen)
    _, known = look(rules, seen, known, now)

    again, _ = look(rules, seen, known, now)

    assert again == []


@given(rules=configs(), seen=tickets(), nows=st.lists(NOWS, min_size=2, max_size=6))
@settings(max_examples=80, suppress_health_check=UNHURRIED)
def test_no_key_is_ever_planned_twice(rules: Config, seen: Ticket, nows: list[datetime]) -> None:
    known, planned = memory(), []
    for count, now in enumerate(sorted(nows), start=1):
        part = replace(seen, messages=seen.messages[:count] or seen.messages)
        keys, known = look(rules, part, known, now)
        planned += keys

    assert len(planned) == len(set(planned))


@given(rules=configs(), before=tickets(), seen=tickets(), now=NOWS)
@settings(max_examples=80, suppress_health_check=UNHURRIED)
def test_timers_lie_ahead_and_there_is_one_per_rule(
    rules: Config, before: Ticket, seen: Ticket, now: datetime
) -> None:
    _, known = look(rules, before, memory(), MONDAY)
    seen = after(before, seen)

    timers = decide(rules, seen, known, now).timers

    assert all(timer.due_at > now for timer in timers)
    assert len({timer.name for timer in timers}) == len(timers)


@given(rules=configs(), seen=tickets(), now=NOWS)
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
    rules=configs(),
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


@given(rules=configs(), before=tickets(), seen=tickets(), now=NOWS)
@settings(max_examples=60, suppress_health_check=UNHURRIED)
def test_anything_can_be_explained(
    rules: Config, before: Ticket, seen: Ticket, now: datetime
) -> None:
    _, known = look(rules, before, memory(), MONDAY)
    seen = after(before, seen)

    explanation = explain(rules, seen, known, now)

    assert explanation.as_text()
    assert explanation.as_json()["ticket"] == "support/12"
