"""Ladders on both hosts, told as stories: agents do everything inside the helpdesk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen

import pytest

from plugin.domain.escalation import Escalation
from plugin.domain.ticket import TicketRef
from plugin.simulated.server import Answer, HttpServer, Request
from tests.story.test_sla import Desk, local
from tests.story.world import wait_for

# Apprise reads an old module of the standard library when it is first used.
pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")

ANA, BEN, RUUD, MARTA = (f"{name}@example.com" for name in ("ana", "ben", "ruud", "marta"))

TEAMS = """\
calendars:
  office: {timezone: Europe/Amsterdam, hours: {mon-fri: ["09:00-17:00"]}}
notify:
  mail: {url: "json://MAIL/{address}"}
service: {channel: mail}
people:
  marta@example.com: {}
teams:
  front: {group: 1st Level, lead: ruud@example.com, authority: "refund up to EUR 50"}
  finance:
    group: Finance
    lead: marta@example.com
    pool: {members: [ana@example.com, ben@example.com], strategy: round_robin, if_none: lead}
"""
HINT = "      - {name: hint, do: [{note: authority_hint}], wait: 30m}\n"
POLICY = """\
policies:
  finance:
    type: functional
    levels:
      - {responsible: {team: finance}, ack_within: 1h, do: [{reply: we_escalated}]}
      - {responsible: {team: finance}, ack_within: 1h}
      - {responsible: {lead: finance}, type: hierarchical, ack_within: 2h, notify: [{to: responsible, urgency: page}]}
    exhausted: {notify: [{to: ruud@example.com, urgency: page}]}
"""
RULE = """\
rules:
  - name: repeated billing errors
    on: [ticket.created]
    when: {text: {any_of: {en: [invoice]}}}
    do: [{escalate: {policy: finance, reason: repeated problem}}]
"""


class Ladder(Desk):
    """A desk with a ladder; time passes from one due timer to the next."""

    def __init__(self, host: str, folder: Path, file: str = "", at: str = "2026-11-24 09:00"):
        self.told: list[str] = []
        self.post = HttpServer(self._post, lambda: local(at))
        self.post.start()
        address = self.post.url.removeprefix("http://")
        file = TEAMS.replace("MAIL", address) + (file or POLICY + RULE)
        super().__init__(host, folder, at, file)
        self.desk.add_agent("Marta Maas", MARTA, {"Finance": "full", "1st Level": "full"})

    def _post(self, request: Request) -> Answer:
        body = json.loads(request.body)
        self.told.append(f"{request.path.strip('/').replace('%40', '@')}: {body['title']}")
        return Answer(200, {})

    def close(self) -> None:
        super().close()
        self.post.stop()

    def passes(self, until: str) -> None:
        """Let everything happen at its instant, up to this one."""
        end = local(until)
        self.settle()
        while (due_at := self.store.next_due()) is not None and due_at <= end:
            self.hands = max(self.hands, due_at)
            self.settle()
        self.hands = end
        self.settle()

    def escalated(self) -> int:
        """A guest writes, and the ladder begins."""
        ticket = self.customer_writes("The invoice is wrong again.")
        self.settle()
        return ticket

    def ladder(self, ticket: int) -> Escalation:
        memory = self.store.memory(TicketRef("support", ticket), "", self.now())
        return memory.escalations[-1]

    def stands(self, ticket: int) -> tuple[str, int]:
        one = self.ladder(ticket)
        return one.phase.value, one.level

    def marks(self, ticket: int) -> set[str]:
        return {tag for tag in self.desk.tags(ticket) if tag.startswith("esc")}

    def ours(self, ticket: int) -> list[str]:
        """Our notes, in order: those of people are left out, and Zammad's way to let one follow."""
        agents = {self.desk.name_of(who) for who in (ANA, BEN, RUUD, MARTA)}
        notes = [note.body for note in self.desk.notes(ticket) if note.author not in agents]
        return [note for note in notes if not note.startswith(("<p>@", "@"))]


@pytest.fixture
def desk(host: str, tmp_path: Path) -> Iterator[Ladder]:
    with Ladder(host, tmp_path) as desk:
        desk.start()
        yield desk


def test_one_escalation_as_everybody_involved_sees_it(host: str, tmp_path: Path) -> None:
    file = POLICY.replace("    levels:\n", "    levels:\n" + HINT) + RULE
    with Ladder(host, tmp_path, file) as desk:
        desk.start()
        ticket = desk.escalated()
        hint = desk.ours(ticket)
        desk.passes("2026-11-24 09:31")

        assert len(hint) == 1
        assert "refund up to EUR 50" in hint[0]
        assert desk.marks(ticket) == {"escalated", "esc-l1"}
        assert desk.desk.group(ticket) == "Finance"
        assert desk.desk.owner(ticket) == ANA
        assert len(desk.ours(ticket)) == 2
        note = desk.ours(ticket)[1]
        for said in ("level 1", "repeated billing errors", "Ana", "10:30", "level 2", "/ack"):
            assert said in note
        assert len(desk.replies(ticket)) == 1
        assert [line.partition(":")[0] for line in desk.told] == [MARTA]

        desk.desk.agent_replies(ticket, ANA, "Here is the right one.")
        desk.passes("2026-11-24 12:00")

        assert desk.stands(ticket) == ("acknowledged", 1)
        assert len(desk.ours(ticket)) == 2


def test_status_and_metrics_show_it(desk: Ladder) -> None:
    ticket = desk.escalated()
    with urlopen(f"http://127.0.0.1:{desk.port}/metrics") as answer:
        text = answer.read().decode()

    (running,) = desk.store.running()
    assert (running.ref.id, running.policy, running.reason) == (
        ticket,
        "finance",
        "repeated problem",
    )
    assert 'deskladder_escalations{state="open"} 1.0' in text
    assert 'deskladder_ladder_steps_total{policy="finance",step="level"}' in text


def test_three_levels_go_to_three_people_each_told_once(desk: Ladder) -> None:
    ticket = desk.escalated()
    owners = [desk.desk.owner(ticket)]
    desk.passes("2026-11-24 10:05")
    owners.append(desk.desk.owner(ticket))
    desk.passes("2026-11-24 11:05")

    assert owners == [ANA, BEN]
    assert desk.stands(ticket) == ("open", 3)
    assert desk.marks(ticket) == {"escalated", "esc-l3"}
    firsts = [note.partition(".</p>")[0] for note in desk.ours(ticket)]
    assert len(firsts) == 3
    for first, name in zip(firsts, ("Ana Alvarez", "Ben Berg", "Marta Maas"), strict=True):
        assert name in first
    assert len(desk.replies(ticket)) == 1
    assert [line.partition(":")[0] for line in desk.told] == [MARTA, MARTA]


def test_the_ladder_rests_outside_office_hours_when_it_has_some(host: str, tmp_path: Path) -> None:
    file = POLICY.replace("    type:", "    calendar: office\n    type:") + RULE
    with Ladder(host, tmp_path, file, "2026-11-24 16:30") as desk:
        desk.start()
        ticket = desk.escalated()
        desk.passes("2026-11-25 09:29")
        before = desk.stands(ticket)
        desk.passes("2026-11-25 09:31")

        assert before == ("open", 1)
        assert desk.stands(ticket) == ("open", 2)


def test_a_changed_calendar_moves_the_time_of_a_level(host: str, tmp_path: Path) -> None:
    file = POLICY.replace("    type:", "    calendar: office\n    type:") + RULE
    with Ladder(host, tmp_path, file, "2026-11-24 16:30") as desk:
        desk.start()
        ticket = desk.escalated()
        desk.passes("2026-11-24 16:40")
        desk.change_policies(desk.rules.replace("09:00-17:00", "09:00-20:00"))
        desk.passes("2026-11-24 17:31")

        assert desk.stands(ticket) == ("open", 2)


@pytest.mark.parametrize("way", ["note", "taking it", "answer", "given by the lead"])
def test_it_is_acknowledged_in_the_helpdesk(desk: Ladder, way: str) -> None:
    ticket = desk.escalated()
    desk.passes("2026-11-24 09:20")
    match way:
        case "note":
            desk.desk.agent_notes(ticket, ANA, "/ack")
        case "taking it":
            desk.desk.agent_assigns(ticket, BEN, BEN)
        case "answer":
            desk.desk.agent_replies(ticket, ANA, "Here is the right one.")
        case _:
            desk.desk.agent_assigns(ticket, MARTA, BEN)
    desk.passes("2026-11-24 11:30")

    assert desk.stands(ticket) == ("acknowledged", 1)
    assert len(desk.ours(ticket)) == 1
    assert len(desk.replies(ticket)) == (2 if way == "answer" else 1)


def test_handed_back_everything_is_as_it_was(desk: Ladder) -> None:
    ticket = desk.escalated()
    desk.desk.agent_notes(ticket, ANA, "/handback This is about the room, not the invoice.")
    desk.settle()

    assert desk.stands(ticket) == ("handed back", 1)
    assert desk.desk.group(ticket) == "1st Level"
    assert desk.desk.owner(ticket) is None
    assert desk.marks(ticket) == set()
    assert "This is about the room" in desk.ours(ticket)[-1]
    assert len(desk.ours(ticket)) == 2


def test_a_tag_that_stands_for_the_priority_comes_off_again(tmp_path: Path) -> None:
    urgent = POLICY.replace(
        "    type: functional\n", "    type: functional\n    priority: urgent\n"
    )
    with Ladder("freescout", tmp_path, urgent + RULE) as desk:
        desk.start()
        ticket = desk.escalated()
        raised = "prio-urgent" in desk.desk.tags(ticket)
        desk.desk.agent_notes(ticket, ANA, "/handback not ours")
        desk.settle()

        assert raised
        assert "prio-urgent" not in desk.desk.tags(ticket)
        assert "priority normal again" in desk.ours(ticket)[-1]


def test_what_people_changed_meanwhile_stays_changed(desk: Ladder) -> None:
    ticket = desk.escalated()
    desk.desk.agent_assigns(ticket, MARTA, BEN)
    desk.desk.agent_tags(ticket, MARTA, "vip-case")
    desk.settle()
    desk.desk.agent_notes(ticket, BEN, "/handback not ours")
    desk.settle()

    assert desk.stands(ticket) == ("handed back", 1)
    assert desk.desk.owner(ticket) == BEN
    assert "vip-case" in desk.desk.tags(ticket)
    assert desk.marks(ticket) == set()


def test_snoozed_it_asks_again_when_the_time_is_over(desk: Ladder) -> None:
    ticket = desk.escalated()
    desk.desk.agent_notes(ticket, ANA, "/snooze 2h")
    desk.passes("2026-11-24 10:55")
    asleep = desk.stands(ticket)
    desk.passes("2026-11-24 11:05")

    assert asleep == ("snoozed", 1)
    assert desk.stands(ticket) == ("open", 1)
    assert len(desk.ours(ticket)) == 2


def test_exhausted_it_is_told_again_each_day_until_a_person_answers(desk: Ladder) -> None:
    def told() -> int:
        return [line.partition(":")[0] for line in desk.told].count(RUUD)

    ticket = desk.escalated()
    desk.passes("2026-11-24 13:10")
    exhausted = desk.stands(ticket)
    notes = len(desk.ours(ticket))
    wait_for(lambda: told() == 1)
    desk.passes("2026-11-26 09:00")
    wait_for(lambda: told() == 2)
    desk.desk.agent_notes(ticket, MARTA, "/ack")
    desk.settle()

    assert exhausted == ("exhausted", 3)
    assert len(desk.ours(ticket)) == notes == 4
    assert told() == 2
    assert desk.stands(ticket) == ("acknowledged", 3)


def test_closed_and_opened_again_it_goes_on_where_it_stood(desk: Ladder) -> None:
    ticket = desk.escalated()
    desk.passes("2026-11-24 10:05")
    desk.desk.agent_closes(ticket, BEN)
    desk.settle()
    closed = (desk.stands(ticket), desk.marks(ticket), desk.desk.owner(ticket))
    desk.passes("2026-11-24 16:00")
    desk.desk.customer_replies(ticket, "It is still wrong!")
    desk.settle()

    assert closed == (("resolved", 2), set(), BEN)
    assert desk.stands(ticket) == ("open", 2)
    assert desk.marks(ticket) == {"escalated", "esc-l2"}
    assert desk.ladder(ticket).number == 1


def test_after_downtime_the_highest_due_level_comes_and_says_what_was_skipped(
    desk: Ladder,
) -> None:
    ticket = desk.escalated()
    desk.stop()
    desk.hands = local("2026-11-24 11:20")
    desk.start()
    desk.settle()

    assert desk.stands(ticket) == ("open", 3)
    assert desk.ladder(ticket).taken[-1].skipped == (2,)
    assert len(desk.ours(ticket)) == 2
    assert desk.desk.owner(ticket) == ANA


def test_the_cause_gone_everything_is_put_back(host: str, tmp_path: Path) -> None:
    file = (
        POLICY
        + """\
sla:
  - name: standard
    targets: {first_response: 2h}
    at_risk: [50%]
rules:
  - name: soon late
    on: [sla.at_risk]
    do: [{escalate: {policy: finance, reason: sla}}]
"""
    )
    with Ladder(host, tmp_path, file) as desk:
        desk.start()
        ticket = desk.escalated()
        before = desk.marks(ticket)
        desk.passes("2026-11-24 10:05")
        during = (desk.stands(ticket), desk.desk.group(ticket), desk.desk.owner(ticket))
        desk.desk.agent_replies(ticket, ANA, "Here is the right one.")
        desk.passes("2026-11-24 10:20")

        assert before == set()
        assert during == (("open", 1), "Finance", ANA)
        assert desk.stands(ticket) == ("resolved", 1)
        assert (desk.desk.group(ticket), desk.desk.owner(ticket)) == ("1st Level", None)
        assert desk.marks(ticket) == set()
        assert "first response clock has stopped" in desk.ours(ticket)[-1]


def test_the_tag_is_a_button(host: str, tmp_path: Path) -> None:
    with Ladder(host, tmp_path, POLICY + "rules: []\n") as desk:
        desk.start()
        ticket = desk.customer_writes("Hello")
        desk.passes("2026-11-24 09:01")
        desk.desk.agent_tags(ticket, RUUD, "escalate")
        desk.wait_for_reconcile()
        desk.wait_for_reconcile()
        desk.settle()

        assert desk.stands(ticket) == ("open", 1)
        assert desk.desk.tags(ticket) == {"escalated", "esc-l1"}


def test_a_command_gone_wrong_gets_one_short_answer(desk: Ladder) -> None:
    ticket = desk.escalated()
    desk.desk.agent_notes(ticket, ANA, "/snoze 2h")
    desk.settle()

    assert desk.stands(ticket) == ("open", 1)
    assert len(desk.ours(ticket)) == 2
    assert "/snooze" in desk.ours(ticket)[1]


def test_a_suggestion_is_one_note_until_somebody_accepts(host: str, tmp_path: Path) -> None:
    file = POLICY + RULE.replace("    do:", "    mode: suggest\n    do:")
    with Ladder(host, tmp_path, file) as desk:
        desk.start()
        ticket = desk.escalated()
        desk.passes("2026-11-25 09:00")
        suggested = (desk.stands(ticket), len(desk.ours(ticket)), desk.marks(ticket))
        desk.desk.agent_notes(ticket, RUUD, "/accept")
        desk.settle()

        assert suggested == (("suggested", 1), 1, set())
        assert desk.stands(ticket) == ("open", 1)
        assert desk.desk.owner(ticket) == ANA


def test_nothing_of_ours_moves_the_ladder(desk: Ladder) -> None:
    ticket = desk.escalated()
    steps = desk.ladder(ticket).step
    desk.wait_for_reconcile()
    desk.wait_for_reconcile()
    desk.settle()

    assert desk.ladder(ticket).step == steps
    assert desk.stands(ticket) == ("open", 1)
    moments: list[datetime] = [step.at for step in desk.ladder(ticket).taken]
    assert moments == sorted(moments)
