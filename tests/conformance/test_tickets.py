"""The clocks against the ticket cases of Zammad's own tests.

A deadline there is the due time of the running clock here; `update_*` is the clock of the one metric
the SLA has a target for (`response_time` is next_response, `update_time` periodic_update); minutes
used are those of the longest finished cycle.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from plugin.domain.clocks import ClockState, Phase, clocks_of
from plugin.domain.duration import Duration
from plugin.domain.openings import merged
from plugin.domain.sla import Metric, SlaPolicy
from plugin.domain.spans import state_spans
from plugin.domain.ticket import (
    Change,
    Group,
    Message,
    MessageKind,
    Person,
    Priority,
    Role,
    State,
    StateType,
    Ticket,
    TicketRef,
)
from tests.conformance.zammad_cases import calendar, cases, conformance, instant

CUSTOMER, AGENT = Person(1, Role.CUSTOMER), Person(2, Role.AGENT)
EPOCH = datetime(2013, 1, 1, tzinfo=UTC)
BLANK = Ticket(
    ref=TicketRef("zammad", 1),
    number="1",
    url="",
    subject="",
    state=State("new", StateType.NEW),
    priority=Priority.NORMAL,
    group=Group(1, "Users"),
    owner=None,
    customer=CUSTOMER,
    channel="email",
    created_at=EPOCH,
    updated_at=EPOCH,
)
PAUSING = SlaPolicy("case", {}, pause_in=frozenset({"pending reminder", "pending close"}))
ONLY_CONTACTS = ["con-03", "con-04"]
"""Cases that assert nothing but Zammad's own contact columns."""

TARGETS = {
    "first_response_time": Metric.FIRST_RESPONSE,
    "response_time": Metric.NEXT_RESPONSE,
    "update_time": Metric.PERIODIC_UPDATE,
    "solution_time": Metric.RESOLUTION,
}

OPENING = "the message a ticket was opened with waits for first_response, not for next_response too"
COUPLED = "the case writes columns that contradict each other; ours come from one list of messages"
UPDATE = {"update_escalation_at"}
UPDATED = {"update_in_min", "update_diff_in_min"}
FIRST = {"first_response_in_min", "first_response_diff_in_min"}

DIFFERENT: dict[str, tuple[str, set[str]]] = {
    "ee-03": (OPENING, UPDATE | {"escalation_at"}),
    "ee-04": (OPENING, UPDATE | {"escalation_at"}),
    "ee-07": (COUPLED, FIRST | UPDATE | UPDATED),
    "ee-08": (COUPLED, FIRST | UPDATED),
    "ee-09": (COUPLED, FIRST | UPDATED),
    "ee-18": (
        "the same opening message, and pauses are counted to the second, not cut to whole minutes",
        UPDATE | {"escalation_at"},
    ),
    "sla-04": (OPENING, UPDATE),
    "con-06": (OPENING, UPDATE),
    "es-20": ("periodic_update starts anew when a pause ends, it is not resumed", UPDATE),
    "es-26": (OPENING, UPDATED),
    "es-27": (OPENING, UPDATED),
    "rq-02": (OPENING, UPDATE),
    "tk-07": (OPENING, UPDATE),
}
"""Cases with fields that differ by our design, each with the reason; all their other fields agree."""

NOT_CLOCKS = {
    "clamp": "Zammad's own way of cutting a window; our cycles begin and end where they do",
    "next_escalation": "the earliest due of the running clocks, taken by the reader of the clocks",
    "selector_window": "a search in Zammad's database by deadline",
    "sla_selection": "policies match in the order of the file, first match wins, by `when`",
    "sla_validation": "the metrics are independent: next_response and periodic_update may both be set",
    "calendar_validation": "hours to 00:00 are a shift to midnight; no hours at all are refused",
    "business_hours_parse": "Zammad's storage format",
    "pause_merge": "Zammad's storage format; overlapping pauses count once (test_calendar.py)",
}
"""Kinds of cases that ask something else than time."""

ELSEWHERE = {
    "add_business_minutes",
    "business_minutes_between",
    "working_periods",
    "local_to_utc",
    "ical_holidays",
}
"""Kinds run by test_arithmetic.py."""

HERE = {"ticket", "pause_map", "initial_state", "component"}


@dataclass
class Replay:
    """One case, told step by step."""

    case: dict[str, Any]
    messages: list[Message] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    sla: dict[str, Any] = field(default_factory=dict)
    matches: bool = True

    def __post_init__(self) -> None:
        self.created_at = instant(self.case["ticket"]["created_at"])
        self.now = self.created_at
        self.state = self.case["ticket"]["state"]
        self.calendar = calendar(self.case["calendar"])
        self.sla = dict(self.case["sla"])
        self.matches = self.sla["match"] != "never"

    def step(self, step: dict[str, Any]) -> None:
        if step.get("at"):
            self.now = max(self.now, instant(step["at"]))
        match step["op"]:
            case "article":
                self._say(step["sender"], instant(step["at"]), step["type"])
            case "state" | "state_history" if step["at"]:
                self._enter(instant(step["at"]), step["to"], step.get("from"))
            case "attributes":
                self._set(step["fields"])
            case "sla_change":
                self.sla |= step["fields"]
            case "sla_stops_matching":
                self.matches = False
            case "calendar_change":
                self.calendar = calendar(step["calendar"])

    def _say(self, sender: str, at: datetime, kind: str) -> None:
        by_agent = sender == "Agent"
        what = MessageKind.AGENT if by_agent else MessageKind.CUSTOMER
        if kind == "note":
            what = MessageKind.NOTE
        who = AGENT if by_agent else CUSTOMER
        self.messages.append(Message(len(self.messages) + 1, what, who, at, channel=kind))

    def _enter(self, at: datetime, state: str, before: str | None) -> None:
        self.changes.append(Change(at, "state", before or self.state, state))
        self.state = state

    def _set(self, fields: dict[str, str]) -> None:
        for name, value in fields.items():
            at = instant(value)
            self.now = max(self.now, at)
            if name == "close_at" and self.state != "closed":
                self._enter(at, "closed", None)
            elif name in {"first_response_at", "last_contact_agent_at"}:
                self._say("Agent", at, "email")
            elif name == "last_contact_customer_at":
                self._say("Customer", at, "email")

    def clocks(self) -> tuple[ClockState, ...]:
        if not self.matches:
            return ()
        targets = {
            metric: Duration(minutes=self.sla[name])
            for name, metric in TARGETS.items()
            if self.sla[name]
        }
        kind = StateType(self.state)
        closed = [change.at for change in self.changes if change.after == "closed"]
        ticket = replace(
            BLANK,
            state=State(self.state, kind),
            created_at=self.created_at,
            updated_at=self.now,
            messages=tuple(self.messages),
            history=tuple(self.changes),
            closed_at=closed[-1] if closed and kind.is_closed else None,
        )
        policy = replace(PAUSING, targets=targets)
        return clocks_of(ticket, policy, self.calendar, self.now)

    def answers(self) -> dict[str, Any]:
        """What Zammad's columns would hold."""
        clocks = self.clocks()
        update = Metric.PERIODIC_UPDATE if self.sla["update_time"] else Metric.NEXT_RESPONSE
        named = {
            "first_response": Metric.FIRST_RESPONSE,
            "update": update,
            "close": Metric.RESOLUTION,
        }
        found: dict[str, Any] = {}
        for name, metric in named.items():
            own = [one for one in clocks if one.metric is metric]
            running = [one.due_at for one in own if not one.phase.is_final]
            found[f"{name}_escalation_at"] = running[0] if running else None
            done = [one for one in own if one.phase in {Phase.MET, Phase.MET_LATE}]
            slowest = min(done, key=lambda one: one.remaining, default=None)
            left = slowest and _minutes_left(slowest)
            found[f"{name}_diff_in_min"] = left
            found[f"{name}_in_min"] = None if left is None else slowest.target.minutes - left
        dues = [found[f"{name}_escalation_at"] for name in named]
        found["escalation_at"] = min((due for due in dues if due), default=None)
        return found


def _minutes_left(clock: ClockState) -> int:
    used = timedelta(minutes=clock.target.minutes) - clock.remaining
    return clock.target.minutes - int(used.total_seconds() // 60)


def compared(case: dict[str, Any]) -> tuple[set[str], set[str]]:
    """The asserted fields that are as Zammad has them, and those that are not, anywhere."""
    replay = Replay(case)
    same: set[str] = set()
    different: set[str] = set()
    for step in case["steps"]:
        replay.step(step)
        if step["op"] != "expect":
            continue
        ours = replay.answers()
        for name, value in step["fields"].items():
            if name not in ours:
                continue  # a column of Zammad's own, such as last_contact_at
            expected = instant(value) if name.endswith("_at") and value else value
            agrees = ours[name] == expected or _is_same_opening(replay, ours[name], expected)
            (same if agrees else different).add(name)
    return same - different, different


def _is_same_opening(replay: Replay, ours: Any, theirs: Any) -> bool:
    """Convention a once more: theirs is the next opening after our closing instant."""
    if not isinstance(ours, datetime) or not isinstance(theirs, datetime) or ours >= theirs:
        return False
    return not replay.calendar.open_between(ours, theirs)


def named(rows: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in rows]


@pytest.mark.parametrize("case", named(cases("ticket")))
def test_the_clocks_of_a_ticket_are_zammads_but_for_what_is_listed(case: dict[str, Any]) -> None:
    _, expected = DIFFERENT.get(case["id"], ("", set()))

    _, different = compared(case)

    assert different == expected


def test_most_of_what_zammad_asserts_is_compared_and_agrees() -> None:
    outcomes = [compared(case) for case in cases("ticket")]

    assert sum(len(same) for same, _ in outcomes) > 4 * sum(len(other) for _, other in outcomes)
    without = [
        case["id"]
        for case, (same, other) in zip(cases("ticket"), outcomes, strict=True)
        if not same | other
    ]
    assert without == ONLY_CONTACTS


@pytest.mark.parametrize("case", named(cases("pause_map", "initial_state")))
def test_the_states_of_a_ticket_are_those_zammad_derives(case: dict[str, Any]) -> None:
    asked = case["input"]
    now = StateType(asked["state_now"])
    changes = [
        Change(instant(row["at"]), "state", row["from"], row["to"])
        for row in asked["state_history"]
    ]
    created_at = instant(asked["created_at"])
    ticket = replace(BLANK, state=State(now, now), created_at=created_at, history=tuple(changes))

    spans = state_spans(ticket)

    if case["kind"] == "initial_state":
        assert spans[0].start == instant(case["expect"]["at"])
        assert spans[0].name == case["expect"]["state"]
        return
    zone = ZoneInfo(asked["timezone"])
    expected = [
        (datetime.fromisoformat(f"{day}T{start}").replace(tzinfo=zone), _local_end(day, end, zone))
        for day, frames in case["expect"].items()
        for start, end in frames.items()
    ]
    finished = [
        (span.start, span.end)
        for span in spans
        if PAUSING.pauses(span.name, span.type) and span.end
    ]
    assert merged_instants(finished) == merged_instants(expected)


def _local_end(day: str, end: str, zone: ZoneInfo) -> datetime:
    midnight = datetime.fromisoformat(day).replace(tzinfo=zone)
    hour, minute = (int(part) for part in end.split(":"))
    return midnight + timedelta(hours=hour, minutes=minute)


def merged_instants(spans: list[tuple[datetime, datetime]]) -> list[tuple[int, int]]:
    return merged((int(start.timestamp()), int(end.timestamp())) for start, end in spans)


ENDS = {
    "first_response_in_min": ("created_at", "first_response_at", "first_response_time"),
    "update_in_min": ("last_contact_customer_at", "last_contact_agent_at", "response_time"),
    "close_in_min": ("created_at", "close_at", "solution_time"),
}
"""Where Zammad counts from and to, and the target."""


@pytest.mark.parametrize("case", named([c for c in cases("component") if c["metric"] in ENDS]))
def test_minutes_used_are_open_time_without_the_pausing_states(case: dict[str, Any]) -> None:
    asked = case["input"]
    begins, ends, target = ENDS[case["metric"]]
    start, end = instant(asked[begins]), instant(asked[ends])
    changes = tuple(
        Change(instant(row["at"]), "state", row["from"], row["to"])
        for row in asked["state_history"]
    )
    state = State(changes[-1].after, StateType(changes[-1].after))
    ticket = replace(BLANK, state=state, created_at=instant(asked["created_at"]), history=changes)
    held = [
        (span.start, span.end)
        for span in state_spans(ticket)
        if PAUSING.pauses(span.name, span.type) and span.end
    ]

    used = int(calendar(case["calendar"]).open_between(start, end, held).total_seconds() // 60)

    if case["expect"][case["metric"]] is None:
        assert used < 0  # an exchange that has not happened yet; no cycle of ours ends like that
    else:
        assert list(case["expect"].values()) == [used, asked[target] - used]


def test_deadlines_of_component_cases_are_rows_of_the_arithmetic() -> None:
    rows = {row["case"] for row in conformance()["deadline_rows"]}

    assert {case["id"] for case in cases("component") if case["metric"] not in ENDS} <= rows


def test_no_case_is_left_out_without_a_reason() -> None:
    kinds = {case["kind"] for case in conformance()["cases"]}

    assert kinds == HERE | ELSEWHERE | set(NOT_CLOCKS)
    assert set(DIFFERENT) <= {case["id"] for case in cases("ticket")}
