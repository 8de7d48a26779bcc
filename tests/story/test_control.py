"""People and other systems steer a ladder: by note, by link, by the API, by closing their case."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from plugin import clock
from plugin.domain.escalation import Escalation, Phase
from plugin.domain.ticket import TicketRef
from plugin.simulated.server import Answer, HttpServer, Request
from tests.story.world import HOSTS, World, wait_for

# Apprise reads an old module of the standard library when it is first used.
pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")

TOKEN = "a-token-for-this-story-0123456789"
LADDER = """\
service: {{url: "{url}", api_token: "${{API_TOKEN}}"}}
notify:
  phone: {{url: "{phone}"}}
people:
  ana@example.com: {{channel: phone}}
  ben@example.com: {{channel: phone}}
teams:
  finance:
    group: Finance
    lead: ben@example.com
    pool: {{members: [ana@example.com], strategy: round_robin, if_none: lead}}
policies:
  finance:
    settle: 1s
    levels:
      - name: experts
        responsible: {{team: finance}}
        ack_within: 1h
        notify: [{{to: responsible, urgency: page}}]
        do:
          - webhook: {{name: crm, url: "{crm}", json: {{subject: "{{{{ ticket.subject }}}}"}}, id: id}}
      - {{responsible: {{lead: finance}}, ack_within: 2h, notify: [{{to: responsible, urgency: page}}]}}
rules:
  - name: billing
    on: [ticket.created]
    when: {{text: {{any_of: {{en: [invoice]}}}}}}
    do: [{{escalate: {{policy: finance, reason: billing}}}}]
"""


@dataclass
class Town:
    """A phone that rings and a CRM that numbers its cases."""

    rung: list[str] = field(default_factory=list)
    cases: int = 0
    is_down: bool = False

    def __post_init__(self) -> None:
        self.server = HttpServer(self._answer, clock.now)
        self.server.start()

    def _answer(self, request: Request) -> Answer:
        body = json.loads(request.body)
        if request.path.startswith("/phone"):
            self.rung.append(f"{body['title']}\n{body['message']}")
            return Answer(200, {})
        if self.is_down:
            return Answer(503, {})
        self.cases += 1
        return Answer(201, {"id": f"C-{self.cases}"})


class ControlledWorld(World):
    """A helpdesk, a Deskladder that can be reached, and the town around them."""

    def __init__(self, host: str, folder: Any) -> None:
        super().__init__(host, folder)
        self.town = Town()
        self.environ["API_TOKEN"] = TOKEN
        self.base = f"http://127.0.0.1:{self.port}"
        town = self.town.server.url
        phone = f"json://{town.removeprefix('http://')}/phone"
        self.write_config(LADDER.format(url=self.base, phone=phone, crm=f"{town}/crm"))

    def close(self) -> None:
        super().close()
        self.town.server.stop()

    def escalated(self) -> int:
        """A ticket whose ladder stands at level 1, with Ana."""
        ticket = self.customer_writes("The invoice is wrong")
        self.until(ticket, Phase.OPEN)
        self.settle()
        return ticket

    def told(self, ticket: int) -> list[str]:
        """Our own notes: those by people are left out."""
        said = self.desk.notes(ticket)
        return [note.body for note in said if note.author == said[0].author]

    def ladder(self, ticket: int) -> Escalation | None:
        memory = self.store.memory(TicketRef("support", ticket), "", self.now())
        return memory.escalations[-1] if memory.escalations else None

    def until(self, ticket: int, phase: Phase) -> Escalation:
        def stands() -> bool:
            found = self.ladder(ticket)
            return found is not None and found.phase is phase

        wait_for(stands, 20, lambda: str(self.ladder(ticket)))
        self.settle()
        found = self.ladder(ticket)
        assert found is not None
        return found

    def link(self) -> str:
        """The acknowledge link in what the responsible was told last."""
        mine = [text for text in self.town.rung if text.startswith("Escalated to you")]
        return re.findall(rf"{re.escape(self.base)}/ack/\S+", "\n".join(mine))[-1]

    def press(self, link: str, what: str, **more: str) -> requests.Response:
        form = {"token": link.rpartition("/")[2], "what": what, **more}
        return requests.post(link, data=form, timeout=10)

    def ask(
        self, body: dict[str, object], *, token: str = TOKEN, key: str | None = None
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
        return requests.post(f"{self.base}/api/escalations", json=body, headers=headers, timeout=10)


@pytest.fixture(params=HOSTS)
def world(request: pytest.FixtureRequest, tmp_path) -> Iterator[ControlledWorld]:
    with ControlledWorld(request.param, tmp_path) as made:
        made.start()
        yield made


class TestByNote:
    def test_an_agent_acknowledges_and_the_ladder_stops(self, world):
        ticket = world.escalated()
        notes = len(world.told(ticket))

        world.desk.agent_notes(ticket, "ana@example.com", "/ack")

        assert world.until(ticket, Phase.ACKNOWLEDGED).acknowledged_by == "Ana Alvarez"
        assert len(world.told(ticket)) == notes, "the note is there to be seen already"

    def test_a_slip_is_answered_once_and_nothing_moves(self, world):
        ticket = world.escalated()
        notes = len(world.told(ticket))

        world.desk.agent_notes(ticket, "ana@example.com", "/ackk")
        wait_for(lambda: len(world.told(ticket)) == notes + 1, 20)
        world.settle()

        assert "did you mean /ack?" in world.told(ticket)[-1]
        assert len(world.told(ticket)) == notes + 1
        assert world.ladder(ticket).phase is Phase.OPEN

    def test_a_customer_who_writes_a_command_is_not_obeyed(self, world):
        ticket = world.escalated()

        world.desk.customer_replies(ticket, "/handback this is mine")
        world.settle()

        assert world.ladder(ticket).phase is Phase.OPEN


class TestByLink:
    def test_the_person_told_acknowledges_by_the_link_of_the_message(self, world):
        ticket = world.escalated()

        page = requests.get(world.link(), timeout=10)
        assert world.ladder(ticket).phase is Phase.OPEN, "looking does nothing"
        done = world.press(world.link(), "acknowledge")

        stands = world.until(ticket, Phase.ACKNOWLEDGED)
        assert (page.status_code, done.status_code) == (200, 200)
        assert f"#{world.desk.number(ticket)}" in page.text
        assert (stands.taken[-1].what, stands.acknowledged_by) == (
            Phase.ACKNOWLEDGED,
            "Ana Alvarez",
        )
        assert "Ana Alvarez" in world.told(ticket)[-1], "who did it, since the ticket shows nobody"

    def test_the_link_works_once(self, world):
        ticket = world.escalated()
        link = world.link()

        answers = [world.press(link, "snooze 1h").status_code for _ in range(2)]
        world.until(ticket, Phase.SNOOZED)

        assert answers == [200, 409]

    def test_handing_back_by_link_puts_things_back_and_says_why(self, world):
        ticket = world.escalated()
        assert world.desk.group(ticket) == "Finance"

        world.press(world.link(), "hand back", reason="belongs to the front desk")

        world.until(ticket, Phase.HANDED_BACK)
        assert world.desk.group(ticket) == "1st Level"
        assert "belongs to the front desk" in world.told(ticket)[-1]

    def test_the_link_of_a_level_the_ladder_has_left_is_too_late(self, world):
        ticket = world.escalated()
        old = world.link()
        world.desk.agent_notes(ticket, "ben@example.com", "/escalate")
        wait_for(lambda: world.ladder(ticket).level == 2, 20)
        world.settle()

        late = world.press(old, "acknowledge")
        world.settle()

        assert late.status_code == 410
        assert world.ladder(ticket).phase is Phase.OPEN
        assert world.link() != old


class TestByApi:
    def test_a_monitor_asks_for_an_escalation(self, world):
        ticket = world.customer_writes("Hello")
        world.settle()

        answer = world.ask({"ticket": ticket, "reason": "payment is down", "source": "pager"})

        stands = world.until(ticket, Phase.OPEN)
        assert (answer.status_code, answer.json()["accepted"]) == (202, True)
        assert (stands.causes[0].reason, stands.causes[0].by) == ("payment is down", "pager")
        assert world.desk.owner(ticket) == "ana@example.com"
        assert "payment is down" in "\n".join(world.told(ticket))

    def test_a_ticket_deskladder_never_saw_is_read_then(self, world):
        world.stop()
        ticket = world.customer_writes("Hello")
        world.start(reconcile=3600.0, sweep=3600.0)

        world.ask({"ticket": ticket, "reason": "payment is down"})

        assert world.until(ticket, Phase.OPEN).level == 1

    def test_asking_twice_escalates_once(self, world):
        ticket = world.customer_writes("Hello")
        body = {"ticket": ticket, "reason": "payment is down"}

        answers = [world.ask(body, key="alert 1").status_code for _ in range(3)]

        assert answers == [202, 200, 200]
        assert world.until(ticket, Phase.OPEN).level == 1

    def test_a_ticket_that_does_not_exist_leaves_no_trace(self, world):
        assert world.ask({"ticket": 987654, "reason": "payment is down"}).status_code == 202

        world.settle()

        assert world.ladder(987654) is None
        assert world.store.memory(TicketRef("support", 987654), "", world.now()).requests == ()

    def test_when_the_monitor_is_green_again_the_ladder_ends(self, world):
        ticket = world.customer_writes("Hello")
        case = {"source": "pager", "reference": "77"}
        world.ask({"ticket": ticket, "reason": "payment is down", **case})
        world.until(ticket, Phase.OPEN)

        closed = world.ask({"close": True, **case})

        world.until(ticket, Phase.RESOLVED)
        assert closed.status_code == 202
        assert world.desk.group(ticket) == "1st Level"

    def test_without_the_token_nothing_happens(self, world):
        ticket = world.customer_writes("Hello")
        world.settle()

        answer = world.ask({"ticket": ticket, "reason": "mischief"}, token="guess")
        world.settle()

        assert answer.status_code == 401
        assert world.ladder(ticket) is None


class TestByAnotherSystem:
    def test_the_note_names_the_case_the_crm_made(self, world):
        ticket = world.escalated()

        assert "C-1" in "\n".join(world.told(ticket))
        assert world.store.case("crm", "C-1").ref == TicketRef("support", ticket)
        assert world.store.case("crm", "C-1").escalation == 1

    def test_a_crm_that_is_down_holds_up_nothing_but_its_case(self, world):
        world.town.is_down = True

        ticket = world.customer_writes("The invoice is wrong")
        wait_for(lambda: world.told(ticket) and world.town.rung, 20)
        world.town.is_down = False
        world.settle()

        assert world.town.cases == 1
        assert world.store.case("crm", "C-1") is not None
        assert "crm C-1" in world.told(ticket)[-1], "in a note of its own, since the first went out"

    def test_the_crm_closes_its_case_by_its_own_id(self, world):
        ticket = world.escalated()

        closed = world.ask({"close": True, "source": "crm", "reference": "C-1"})

        world.until(ticket, Phase.RESOLVED)
        assert closed.json() == {"accepted": True, "ticket": f"support/{ticket}"}


@pytest.mark.parametrize("host", HOSTS)
def test_what_was_accepted_survives_a_kill(host, tmp_path):
    with ControlledWorld(host, tmp_path) as world:
        ticket = world.customer_writes("Hello")
        world.start_process(sweep=3600.0, reconcile=3600.0)
        body = {"ticket": ticket, "reason": "payment is down"}
        assert world.ask(body, key="alert 1").status_code == 202
        world.victim.kill()

        world.start_process(sweep=3600.0, reconcile=3600.0)
        again = world.ask(body, key="alert 1")
        stands = world.until(ticket, Phase.OPEN)

        assert again.status_code == 200, "asked before, and not forgotten"
        assert (stands.number, stands.level, len(world.told(ticket))) == (1, 1, 1)
