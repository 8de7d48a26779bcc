"""SLA clocks on both hosts, told as stories: a clock on the wall that is moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.story.world import HEAD, World, wait_for

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ANA = "ana@example.com"

OFFICE_HEAD = HEAD.replace("mode: act}}", "mode: act, calendar: office}}").replace(
    "{options}", "{options}    priority: {{tags: {{urgent: prio-urgent}}}}"
)
POLICIES = """\
calendars:
  office:
    timezone: Europe/Amsterdam
    hours: {mon-fri: [09:00-17:00]}
    holidays: [{date: 2026-12-25, name: Christmas}]
sla:
  - name: standard
    targets: {first_response: 4h, next_response: 2h, resolution: 5bd}
    at_risk: [75%, 10m]
    pause_in: [pending reminder]
rules:
  - name: soon late
    on: [sla.at_risk]
    when: {metric: [first_response, next_response]}
    do: [{tag: soon-late}, {note: why}]
  - name: too late
    on: [sla.breached]
    when: {sla: standard}
    do: [{tag: too-late}, {note: why}]
  - name: in time
    on: [sla.met]
    when: {metric: first_response}
    do: [{tag: in-time}]
"""


def local(text: str) -> datetime:
    """`2026-11-24 16:00` in Amsterdam."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


class Desk(World):
    """A world whose clock stands still until it is moved."""

    def __init__(self, host: str, folder: Path, at: str, policies: str = POLICIES) -> None:
        self.hands = local(at)
        head = OFFICE_HEAD if host == "freescout" else OFFICE_HEAD.split("    priority:")[0]
        if host == "zammad":
            head += OFFICE_HEAD.partition("prio-urgent}}}}")[2]
        super().__init__(host, folder, rules=policies, head=head, now=lambda: self.hands)

    def _let_the_second_pass(self) -> None:
        """The clock stands still: whoever opens a ticket moves it first."""

    def until(self, at: str) -> None:
        """Let what was done until now arrive, move the clock, and let happen what is due by then."""
        self.settle()
        self.hands = local(at)
        self.settle()

    def at_rest(self) -> bool:
        due_at = self.store.next_due()
        return super().at_rest() and (due_at is None or due_at > self.now())

    def change_policies(self, policies: str) -> None:
        """Write another file, and wait until it is in use."""
        told = len(self._config_changes())
        self.write_config(policies)
        wait_for(lambda: len(self._config_changes()) > told)

    def _config_changes(self) -> list[object]:
        return [entry for entry in self.store.audit() if entry.kind == "config"]

    def tags_seen(self, ticket: int) -> frozenset[str]:
        """The tags at the last look."""
        return self.store.glimpsed("support", [ticket]).get(ticket, (None, frozenset()))[1]


@pytest.fixture
def tuesday(host: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk on an ordinary Tuesday, at opening time."""
    with Desk(host, tmp_path, "2026-11-24 09:00") as desk:
        desk.start()
        yield desk


def test_at_risk_twice_then_breached_each_once_and_on_the_minute(tuesday: Desk) -> None:
    tuesday.until("2026-11-24 10:00")
    ticket = tuesday.customer_writes("Where is my order?")
    tuesday.until("2026-11-24 12:59")
    early = tuesday.notes(ticket)

    tuesday.until("2026-11-24 13:00")
    at_75_percent = tuesday.notes(ticket)
    tuesday.until("2026-11-24 13:50")
    ten_minutes_before = tuesday.notes(ticket)
    tuesday.until("2026-11-24 14:00")
    late = tuesday.notes(ticket)
    tuesday.until("2026-11-24 16:59")

    assert early == []
    assert len(at_75_percent) == 1
    assert "75% of the time has passed" in at_75_percent[0]
    assert "first response is due Tue 24 Nov, 14:00, in 1 h of working time" in at_75_percent[0]
    assert len(ten_minutes_before) == 2
    assert "10m left" in ten_minutes_before[1]
    assert len(late) == 3
    assert "first response took longer than 4h" in late[2]
    assert tuesday.notes(ticket) == late
    assert tuesday.desk.tags(ticket) == {"soon-late", "too-late"}


def test_an_answer_in_time_stops_the_clock(tuesday: Desk) -> None:
    tuesday.until("2026-11-24 10:00")
    ticket = tuesday.customer_writes("Where is my order?")
    tuesday.until("2026-11-24 12:30")

    tuesday.desk.agent_replies(ticket, ANA, "On its way.")
    tuesday.until("2026-11-24 17:00")

    assert tuesday.desk.tags(ticket) == {"in-time"}
    assert tuesday.notes(ticket) == []


def test_a_further_question_starts_the_next_clock(tuesday: Desk) -> None:
    tuesday.until("2026-11-24 10:00")
    ticket = tuesday.customer_writes("Where is my order?")
    tuesday.until("2026-11-24 10:30")
    tuesday.desk.agent_replies(ticket, ANA, "On its way.")
    tuesday.until("2026-11-24 11:00")

    tuesday.desk.customer_replies(ticket, "Since when?")
    tuesday.until("2026-11-24 12:30")

    (note,) = tuesday.notes(ticket)
    assert "next response is due Tue 24 Nov, 13:00" in note


def test_the_acceptance_story_four_hours_written_at_four(tuesday: Desk) -> None:
    """Priority 1, four hours, written at 16:00, office 9-17: due at 12:00 the next working day."""
    urgent = POLICIES.replace(
        "sla:\n",
        "sla:\n  - {name: urgent, when: {priority: {at_least: high}}, targets: {first_response: 4h}, at_risk: [30m]}\n",
    ).replace("{sla: standard}", "{sla: urgent}")
    tuesday.change_policies(urgent.replace("first_response: 4h, n", "first_response: 3bd, n"))
    tuesday.until("2026-11-24 16:00")
    ticket = tuesday.customer_writes("The hall has no heating")
    if tuesday.host == "freescout":
        tuesday.desk.agent_tags(ticket, ANA, "prio-urgent")  # no webhook tells: the sweep finds it
        wait_for(lambda: tuesday.tags_seen(ticket) == {"prio-urgent"})
    else:
        tuesday.desk.agent_sets_priority(ticket, ANA, "3 high")
    tuesday.settle()

    tuesday.until("2026-11-25 11:29")
    quiet = tuesday.notes(ticket)
    tuesday.until("2026-11-25 11:30")
    warned = tuesday.notes(ticket)
    tuesday.until("2026-11-25 12:00")

    assert quiet == []
    assert len(warned) == 1
    assert "SLA urgent: first response is due Wed 25 Nov, 12:00, in 30 min" in warned[0]
    assert "too-late" in tuesday.desk.tags(ticket)
    assert len(tuesday.notes(ticket)) == 2


def test_a_pause_over_the_weekend_holds_the_deadline_back(host: str, tmp_path: Path) -> None:
    with Desk(host, tmp_path, "2026-11-27 09:00") as friday:
        friday.start()
        friday.until("2026-11-27 14:00")
        ticket = friday.customer_writes("Where is my order?")
        friday.until("2026-11-27 15:00")
        pending = "pending" if host == "freescout" else "pending reminder"
        friday.desk.agent_sets_state(ticket, ANA, pending, local("2026-11-30 11:00"))
        friday.until("2026-11-30 11:00")
        paused = friday.notes(ticket)

        opened = "active" if host == "freescout" else "open"
        friday.desk.agent_sets_state(ticket, ANA, opened)
        friday.until("2026-11-30 12:59")
        resumed = friday.notes(ticket)
        friday.until("2026-11-30 13:00")
        (note,) = friday.notes(ticket)
        friday.until("2026-11-30 13:59")
        in_time = friday.desk.tags(ticket)
        friday.until("2026-11-30 14:00")

        assert paused == resumed == []
        assert "is due Mon 30 Nov, 14:00" in note
        assert in_time == {"soon-late"}
        assert friday.desk.tags(ticket) == {"soon-late", "too-late"}


def test_a_holiday_does_not_count(host: str, tmp_path: Path) -> None:
    with Desk(host, tmp_path, "2026-12-24 09:00") as eve:
        eve.start()
        eve.until("2026-12-24 15:00")
        ticket = eve.customer_writes("Where is my order?")

        eve.until("2026-12-28 10:59")  # a Monday: Friday was Christmas
        warned = eve.notes(ticket)
        eve.until("2026-12-28 11:00")

        assert "is due Mon 28 Dec, 11:00" in warned[0]
        assert "too-late" in eve.desk.tags(ticket)


def test_down_over_the_deadline_one_late_note_and_only_what_is_still_so(tuesday: Desk) -> None:
    tuesday.until("2026-11-24 10:00")
    ticket = tuesday.customer_writes("Where is my order?")
    answered = tuesday.customer_writes("And mine?", customer="otto@guest.example")
    tuesday.settle()
    tuesday.stop()
    tuesday.hands = local("2026-11-24 14:30")
    tuesday.desk.agent_replies(answered, ANA, "Here it is.")

    tuesday.hands = local("2026-11-24 15:00")
    tuesday.start()
    tuesday.wait_for_reconcile()
    tuesday.settle()

    (note,) = tuesday.notes(ticket)
    assert "first response took longer than 4h" in note
    assert "told late: it was so on Tue 24 Nov, 14:00" in note
    assert tuesday.desk.tags(ticket) == {"too-late"}
    assert tuesday.notes(answered) == []
    assert tuesday.desk.tags(answered) == set()


def test_reopened_in_time_the_resolution_goes_on_without_the_closed_time(
    host: str, tmp_path: Path
) -> None:
    policies = POLICIES.replace("resolution: 5bd", "resolution: 6h").replace(
        "metric: [first_response, next_response]", "metric: resolution"
    )
    with Desk(host, tmp_path, "2026-11-24 09:00", policies) as desk:
        desk.start()
        desk.until("2026-11-24 10:00")
        ticket = desk.customer_writes("Where is my order?")
        desk.until("2026-11-24 11:00")
        desk.desk.agent_replies(ticket, ANA, "On its way.", close=True)
        desk.until("2026-11-24 13:00")
        desk.desk.agent_sets_state(ticket, ANA, "active" if host == "freescout" else "open")
        desk.until("2026-11-24 13:01")
        desk.desk.agent_replies(ticket, ANA, "We look into it.")
        if host == "freescout":  # a reply makes it pending there
            desk.desk.agent_sets_state(ticket, ANA, "active")

        desk.until("2026-11-24 16:29")  # one hour before the closing, three and a half since
        early = desk.notes(ticket)
        desk.until("2026-11-24 16:30")

        assert early == []
        (note,) = desk.notes(ticket)
        assert "resolution is due Wed 25 Nov, 10:00, in 1 h 30 min" in note


def test_a_shorter_target_fires_nothing_from_the_past_and_counts_from_now_on(
    tuesday: Desk,
) -> None:
    tuesday.until("2026-11-24 10:00")
    old = tuesday.customer_writes("Where is my order?")
    tuesday.until("2026-11-24 11:30")
    young = tuesday.customer_writes("And mine?", customer="otto@guest.example")
    tuesday.until("2026-11-24 12:00")

    tuesday.change_policies(POLICIES.replace("first_response: 4h", "first_response: 1h"))
    tuesday.until("2026-11-24 12:20")
    at_twenty = tuesday.notes(old), tuesday.notes(young)
    tuesday.until("2026-11-24 12:31")

    assert at_twenty[0] == []
    assert len(at_twenty[1]) == 1
    assert tuesday.notes(old) == []
    assert "too-late" in tuesday.desk.tags(young)


BORROWED = """\
calendars:
  office:
    timezone: Europe/Amsterdam
    hours: {mon-fri: [09:00-17:00]}
sla:
  - {name: as zammad says, source: helpdesk, at_risk: [30m]}
rules:
  - name: soon late
    on: [sla.at_risk]
    when: {metric: first_response}
    do: [{tag: soon-late}]
  - name: too late
    on: [sla.breached]
    when: {sla: as zammad says}
    do: [{tag: too-late}]
"""


def test_deadlines_zammad_computes_warn_and_breach_and_follow_when_it_moves_them(
    tmp_path: Path,
) -> None:
    with Desk("zammad", tmp_path, "2026-11-24 09:00", BORROWED) as desk:
        desk.start()
        kept, late = (desk.customer_writes("Where is my order?") for _ in range(2))
        for ticket in (kept, late):
            desk.desk.sla_computes(ticket, first_response=local("2026-11-24 11:00"))
        desk.until("2026-11-24 09:05")
        desk.until("2026-11-24 10:30")
        warned = {ticket: set(desk.desk.tags(ticket)) for ticket in (kept, late)}

        desk.desk.sla_computes(kept, first_response=local("2026-11-24 16:00"))
        desk.until("2026-11-24 11:00")

        assert warned == {kept: {"soon-late"}, late: {"soon-late"}}
        assert desk.desk.tags(kept) == {"soon-late"}
        assert desk.desk.tags(late) == {"soon-late", "too-late"}
