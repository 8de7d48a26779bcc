"""A ladder under anything in any order: customers, agents, robots, time, crashes, duplicates, reloads.

Hypothesis chooses what happens; after each thing the promises of a ladder must hold. The service's own
look, store and dispatcher work on a helpdesk in memory, in one thread, with a clock moved by hand.
"""

from __future__ import annotations

import atexit
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import Phase as Phases
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from plugin.configuration import load
from plugin.domain.errors import TryAgain
from plugin.domain.escalation import Ask, Escalation, Phase
from plugin.domain.memory import ActionState
from plugin.domain.scripted import Given, Script
from plugin.domain.settings import Config
from plugin.domain.ticket import MessageKind, Priority
from plugin.engine import dispatcher, look
from plugin.rehearsal.desk import PaperDesk
from plugin.rehearsal.stage import Stage, acting, empty_store
from plugin.store.store import Store

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AGENTS = ("ana@example.com", "ben@example.com", "marta@example.com", "ruud@example.com")
FILE = """\
version: 1
helpdesks:
  support: {type: zammad, url: https://help.example.com, token: t, webhook_secret: s, service_user: bot@example.com}
defaults: {language: en, mode: act, calendar: office}
calendars:
  office: {timezone: UTC, hours: {mon-fri: [08:00-18:00]}}
guards: {notes_per_ticket_per_day: 1000, replies_per_customer_per_day: 1000, loop_firings: 1000, handoffs: 50, human_touch_grace: 0s}
notify: {mail: {url: "json://mail.example/{address}"}}
service: {channel: mail}
teams:
  front: {group: Front, lead: ruud@example.com, authority: "a refund"}
  finance:
    group: Finance
    lead: marta@example.com
    pool: {members: [ana@example.com, ben@example.com, cleo@example.com], strategy: round_robin, if_none: lead}
  management: {group: Management, lead: mia@example.com}
policies:
  finance:
    type: functional
    levels:
      - {name: hint, wait: 30m, do: [{note: authority_hint}]}
      - {name: finance, responsible: {team: finance}, ack_within: ACK, resolve_within: 6h, do: [{reply: sorry}]}
      - {name: second, responsible: {team: finance}, ack_within: 1h}
      - {name: head, responsible: {lead: management}, type: hierarchical, ack_within: 2h}
    repeat: 1
    ack_timeout: 3h
    cool_down: 2h
  outrage:
    type: hierarchical
    priority: urgent
    calendar: office
    levels:
      - {name: lead, responsible: {lead: front}, ack_within: 20m, do: [{reply: sorry}]}
      - {name: management, responsible: {lead: management}, ack_within: 20m}
matrix: [{policy: finance}]
sla:
  - {name: standard, targets: {first_response: 4h, next_response: 2h}, at_risk: [50%]}
rules:
  - {name: bill, on: [ticket.created, customer.replied], when: {text: {any_of: {en: [invoice]}}}, once_per: message, do: [{escalate: {policy: finance, reason: bill}}]}
  - {name: outrage, on: [ticket.created, customer.replied], when: {text: {any_of: {en: [outrage]}}}, once_per: message, do: [{escalate: {policy: outrage, reason: outrage, start_level: 2}}]}
  - {name: late, on: [sla.at_risk, sla.breached], when: {metric: [first_response, next_response]}, do: [{escalate: {policy: finance, reason: sla}}]}
replies:
  sorry: {en: "Dear {{ customer.name }}, we see to it."}
"""


class Killed(BaseException):
    """The process died."""


class Hands(Stage):
    """A stage whose hour everybody knows."""

    def move_to(self, at: datetime) -> None:
        super().move_to(at)
        NOW[0] = self.now


class FragileDesk(PaperDesk):
    """A desk on which the next calls may fail, or kill who called, before or after their effect."""

    def trip(self, when: str) -> None:
        """Let the planned mishap happen when it is its turn."""
        if not FAULTS or not FAULTS[0].endswith(when):
            return
        fault = FAULTS.pop(0)
        if fault.startswith("kill"):
            raise Killed
        raise TryAgain("no answer", ambiguous=when == "after")

    def _post(self, kind: MessageKind, html: str, mark: str) -> int:
        self.trip("before")
        number = PaperDesk._post(self, kind, html, mark)
        MARKS[mark] += 1
        self.trip("after")
        return number

    def add_tags(self, ticket, tags) -> None:
        self.trip("before")
        PaperDesk.add_tags(self, ticket, tags)
        self.trip("after")

    def set_group(self, ticket, group) -> None:
        self.trip("before")
        PaperDesk.set_group(self, ticket, group)
        self.trip("after")

    def set_owner(self, ticket, agent) -> None:
        self.trip("before")
        PaperDesk.set_owner(self, ticket, agent)
        self.trip("after")

    def set_priority(self, ticket, priority) -> None:
        before = self.ticket.priority
        PaperDesk.set_priority(self, ticket, priority)
        LOWERED.append((before, priority))


NOW = [MONDAY]
FAULTS: list[str] = []
MARKS: Counter[str] = Counter()
LOWERED: list[tuple[Priority | None, Priority]] = []


EMPTY = Path(mkdtemp(prefix="ladder-machine-"))
atexit.register(shutil.rmtree, EMPTY, ignore_errors=True)


@cache
def file_with(ack: str) -> Config:
    """The file with this time to acknowledge."""
    file = EMPTY / f"{ack}.yaml"
    file.write_text(FILE.replace("ACK", ack))
    return acting(load(file, environ={}, now=MONDAY))


def seconds_now() -> float:
    """The hour of the clock that is moved."""
    return NOW[0].timestamp()


@pytest.fixture(autouse=True, scope="module")
def _one_clock() -> Iterator[None]:
    """How long an unanswered call is waited for is counted by the clock that is moved, too."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (dispatcher, look):
            patch.setattr(module, "monotonic", seconds_now)
        yield


class LadderMachine(RuleBasedStateMachine):
    """One ticket and everything that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        FAULTS.clear()
        MARKS.clear()
        LOWERED.clear()
        NOW[0] = MONDAY
        self.folder = Path(mkdtemp(prefix="ladder-machine-"))
        self.human_priority: Priority | None = None
        self.seen: dict[int, Escalation] = {}
        self.human_acted = False
        self.requests = 0

    def teardown(self) -> None:
        if hasattr(self, "stage"):
            self.stage.store.close()
        shutil.rmtree(self.folder)

    @initialize(
        text=st.sampled_from(["My invoice is wrong", "Hello", "What an outrage, this invoice"])
    )
    def a_customer_writes_for_the_first_time(self, text: str) -> None:
        script = Script("machine", Given(MONDAY, text=text, group="Front"), (), ())
        shutil.copyfile(empty_store(EMPTY, MONDAY), self.folder / "store.sqlite3")
        self.database = f"sqlite:///{self.folder}/store.sqlite3"
        store = Store.open(self.database, now=MONDAY)
        self.stage = Hands(file_with("1h"), script, store, make_desk=FragileDesk)
        self.live(self.stage.begin)

    def live(self, what) -> None:
        """Do it; whoever is killed comes back when the leases have run out."""
        for _ in range(8):
            try:
                what()
            except Killed:
                self.stage.move_to(self.stage.now + timedelta(minutes=3))
                what = self.stage.work
            else:
                return
        raise AssertionError("it never came to rest")

    def look(self, why: str) -> None:
        self.stage.wake(why)
        self.live(self.stage.work)

    # What can happen ------------------------------------------------------------------------

    @rule(text=st.sampled_from(["Any news?", "The invoice again", "Outrage!", "Thank you"]))
    def the_customer_writes(self, text: str) -> None:
        self.stage.move_to(self.stage.now + timedelta(seconds=1))
        self.stage.desk.customer_writes(text)
        self.look("writes")

    @rule()
    def a_robot_writes(self) -> None:
        self.stage.move_to(self.stage.now + timedelta(seconds=1))
        self.stage.desk.customer_writes("invoice outrage", automatic="an out-of-office reply")
        self.look("robot")

    @rule(who=st.sampled_from(AGENTS))
    def an_agent_answers(self, who: str) -> None:
        self.acts()
        self.stage.desk.agent_replies(who, "We look into it.")
        self.look("answers")

    @rule(
        who=st.sampled_from(AGENTS),
        text=st.sampled_from(
            [
                "/ack",
                "/handback not ours",
                "/snooze 1h",
                "/escalate",
                "/escalate outrage now",
                "/explain",
                "/nonsense",
                "seen",
                "/handback",
            ]
        ),
    )
    def an_agent_notes(self, who: str, text: str) -> None:
        self.acts()
        self.stage.desk.agent_notes(who, text)
        self.look("notes")

    @rule(who=st.sampled_from(AGENTS))
    def an_agent_takes_the_ticket(self, who: str) -> None:
        self.acts()
        self.stage.desk.agent_assigns(who, who)
        self.look("assigns")

    @rule(group=st.sampled_from(["Front", "Finance", "Management"]))
    def an_agent_moves_the_ticket(self, group: str) -> None:
        self.acts()
        self.stage.desk.agent_moves(None, group)
        self.look("moves")

    @rule(word=st.sampled_from(["low", "normal", "high", "urgent"]))
    def an_agent_sets_the_priority(self, word: str) -> None:
        self.acts()
        if self.stage.desk.ticket.priority is not Priority.from_word(word):
            self.human_priority = Priority.from_word(word)
        self.stage.desk.agent_prioritises(None, word)
        self.look("prioritises")

    @rule()
    def an_agent_presses_the_button(self) -> None:
        self.acts()
        self.stage.desk.agent_tags("escalate")
        self.look("tags")

    @rule(state=st.sampled_from(["closed", "open", "pending reminder"]))
    def an_agent_sets_the_state(self, state: str) -> None:
        self.acts()
        self.stage.desk.agent_sets_state(None, state)
        self.look("state")

    @rule(what=st.sampled_from([Ask.ACKNOWLEDGE, Ask.HAND_BACK, Ask.SNOOZE, Ask.ESCALATE]))
    def somebody_asks_by_link_or_api(self, what: Ask) -> None:
        self.acts()
        self.requests += 1
        params = {"for": "1h", "reason": "by link", "policy": "finance"}
        ref = self.stage.memory.ref
        self.stage.store.ask(
            ref, what, self.stage.now, key=f"k{self.requests}", by="ana@example.com", params=params
        )
        self.live(self.stage.work)

    @rule(minutes=st.sampled_from([1, 5, 20, 31, 61, 125, 600, 1500, 4500]))
    def time_passes(self, minutes: int) -> None:
        until = self.stage.now + timedelta(minutes=minutes)
        self.live(lambda: self.stage.advance(max(until, self.stage.now)))

    @rule(hours=st.sampled_from([3, 30]))
    def the_service_is_down_for_a_while(self, hours: int) -> None:
        self.stage.move_to(self.stage.now + timedelta(hours=hours))
        self.live(self.stage.work)

    @rule()
    def a_webhook_comes_twice(self) -> None:
        self.look("again")
        self.look("and again")

    @rule(ack=st.sampled_from(["1h", "10m", "4h"]))
    def the_file_changes(self, ack: str) -> None:
        self.stage.reload(file_with(ack))
        self.look("reload")

    @precondition(lambda self: not FAULTS)
    @rule(
        faults=st.lists(
            st.sampled_from(["kill before", "kill after", "lost before", "lost after"]), max_size=2
        )
    )
    def the_next_calls_go_wrong(self, faults: list[str]) -> None:
        FAULTS.extend(faults)

    @rule()
    def the_process_is_started_anew(self) -> None:
        self.stage.store.close()
        self.stage.store = Store.open(self.database, now=self.stage.now)
        fresh = Hands(self.stage.config, self.stage.script, self.stage.store, make_desk=FragileDesk)
        fresh.desk, fresh.now, fresh.told = self.stage.desk, self.stage.now, self.stage.told
        fresh.adopt(self.stage)
        self.stage = fresh
        self.live(self.stage.work)

    def acts(self) -> None:
        """Nobody does two things in one instant."""
        self.human_acted = True
        self.stage.move_to(self.stage.now + timedelta(seconds=1))

    # What must always be so -----------------------------------------------------------------

    @invariant()
    def promises_hold(self) -> None:
        if not hasattr(self, "stage"):
            return
        memory = self.stage.memory
        self.at_most_one_is_open_for_a_policy(memory.escalations)
        self.nothing_was_posted_twice()
        self.one_note_and_one_reply_at_most(memory)
        self.nobody_gets_it_twice(memory)
        self.priorities_people_set_are_not_lowered()
        self.levels_follow_each_other(memory.escalations)
        self.exhausted_is_not_forgotten(memory.escalations)
        self.seen = {one.number: one for one in memory.escalations}
        self.human_acted = False

    def at_most_one_is_open_for_a_policy(self, escalations) -> None:
        running = Counter(one.policy.name for one in escalations if not one.phase.is_over)
        assert all(count == 1 for count in running.values()), running

    def nothing_was_posted_twice(self) -> None:
        assert all(count == 1 for count in MARKS.values()), MARKS

    def one_note_and_one_reply_at_most(self, memory) -> None:
        done = [one for one in memory.actions if one.state is ActionState.DONE]
        ladder = [one for one in done if one.rule.startswith("ladder: ")]
        notes = Counter(
            (one.rule, one.cycle)
            for one in ladder
            if one.name == "note" and "ladder_level" in one.detail
        )
        assert all(count == 1 for count in notes.values()), notes
        replies = Counter(
            (one.rule, one.cycle.partition(".")[0]) for one in ladder if one.name == "reply"
        )
        assert all(count == 1 for count in replies.values()), replies

    def nobody_gets_it_twice(self, memory) -> None:
        given = Counter(
            (one.rule, one.cycle.partition(".")[0], one.wrote["owner"])
            for one in memory.actions
            if one.name == "assign"
            and one.state is ActionState.DONE
            and one.wrote.get("owner")
            and one.rule.startswith("ladder: ")
        )
        assert all(count == 1 for count in given.values()), given

    def priorities_people_set_are_not_lowered(self) -> None:
        for before, after in LOWERED:
            if self.human_priority is not None and before is not None:
                assert after >= min(before, self.human_priority), (before, after)
        LOWERED.clear()

    def levels_follow_each_other(self, escalations) -> None:
        for one in escalations:
            before = self.seen.get(one.number)
            if before is None or one.round != before.round or one.phase.is_over:
                continue
            if one.level <= before.level + 1:
                continue
            latest = [step for step in one.taken if step.what == "level"][-1]
            wanted_higher = any(cause not in before.causes for cause in one.causes)
            assert latest.skipped or wanted_higher or len(one.taken) > len(before.taken) + 1, (
                one.taken
            )

    def exhausted_is_not_forgotten(self, escalations) -> None:
        now = {one.number: one for one in escalations}
        for number, before in self.seen.items():
            if before.phase is not Phase.EXHAUSTED:
                continue
            after = now.get(number)
            assert after is not None
            if after.phase is not Phase.EXHAUSTED:
                assert self.human_acted or after.gone_since or after.causes != before.causes, after


TestLadder = LadderMachine.TestCase
TestLadder.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    phases=(Phases.explicit, Phases.reuse, Phases.generate, Phases.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
