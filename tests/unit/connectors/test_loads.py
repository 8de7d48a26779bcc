"""How many tickets agents have: what the hosts answer, and what is made of odd answers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import responses

from connectors.freescout.client import FreeScoutHelpdesk
from connectors.zammad.client import ZammadHelpdesk
from plugin.domain.errors import TryAgain
from plugin.domain.ticket import Agent, Person, Role
from tests.samples_reader import answer
from tests.unit.connectors import given as start

ZAMMAD, FREESCOUT = "https://help.example.com/api/v1", "https://help.example.com/api"
AGENTS = [Agent(Person(number, Role.AGENT)) for number in (3, 2)]


@pytest.fixture
def host() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def zammad(host: responses.RequestsMock) -> Iterator[ZammadHelpdesk]:
    host.get(f"{ZAMMAD}/ticket_states", json=answer("zammad-live/api-ticket-states-expand"))
    client = ZammadHelpdesk(start.settings("zammad"))
    client._api.pause = lambda _seconds: None
    yield client
    client.close()


@pytest.fixture
def freescout() -> Iterator[FreeScoutHelpdesk]:
    client = FreeScoutHelpdesk(start.settings("freescout"))
    client._api.pause = lambda _seconds: None
    yield client
    client.close()


def a_ticket(number: int, owner: int, state: int) -> dict[str, object]:
    at = f"2026-11-23T09:{number:02}:00.000Z"
    return {"id": number, "owner_id": owner, "state_id": state, "created_at": at}


class TestZammad:
    def test_gives_a_number_alone_from_6_5_on(self, host, zammad) -> None:
        total = answer("zammad/ticket_search_6.5_only_total_count")
        host.post(f"{ZAMMAD}/tickets/search", json=total)

        counts = zammad.open_tickets(AGENTS)

        assert counts == {3: total["total_count"], 2: total["total_count"]}
        asked = [json.loads(call.request.body) for call in host.calls if call.request.body]
        assert [one["condition"]["ticket.owner_id"]["value"] for one in asked] == [["3"], ["2"]]
        assert all(one["only_total_count"] is True for one in asked)
        assert all(set(one["condition"]["ticket.state_id"]["value"]) == {"1", "2"} for one in asked)

    def test_lists_tickets_before_and_only_those_that_fit_count(self, host, zammad) -> None:
        new, opened, closed = 1, 2, 4
        listed = [
            a_ticket(1, 3, new),
            a_ticket(2, 2, opened),
            a_ticket(3, 3, closed),  # as if the condition had been dropped
            a_ticket(4, 9, opened),
            a_ticket(5, 3, opened),
        ]
        host.post(f"{ZAMMAD}/tickets/search", json=listed)

        assert zammad.open_tickets(AGENTS) == {3: 2, 2: 1}


def a_page(*rows: dict[str, object], total: object, pages: int = 1) -> dict[str, object]:
    page = {"size": 1, "totalElements": total, "totalPages": pages, "number": 1}
    return {"_embedded": {"conversations": list(rows)}, "page": page}


def a_conversation(number: int, assignee: int, **changes: object) -> dict[str, object]:
    person = {"id": assignee, "type": "user"}
    row = {"id": number, "assignee": person, "status": "active", "state": "published"}
    return row | changes


class TestFreeScout:
    def test_tells_the_total_with_one_row(self, host, freescout) -> None:
        conversations = f"{FREESCOUT}/conversations"
        host.get(conversations, json=a_page(a_conversation(1, 3), total=7))
        host.get(conversations, json=a_page(total=0))

        assert freescout.open_tickets(AGENTS) == {3: 7, 2: 0}
        assert [call.request.params["assignedTo"] for call in host.calls] == ["3", "2"]
        assert {call.request.params["pageSize"] for call in host.calls} == {"1"}

    def test_an_old_module_tells_numbers_as_text(self, host, freescout) -> None:
        host.get(f"{FREESCOUT}/conversations", json=a_page(a_conversation(1, 3), total="7"))

        assert freescout.open_tickets(AGENTS[:1]) == {3: 7}

    def test_a_module_that_passes_over_the_filter_is_not_believed(self, host, freescout) -> None:
        everybodys = a_page(
            a_conversation(1, 2),
            a_conversation(2, 3),
            a_conversation(3, 3, status="closed"),
            a_conversation(4, 3, state="deleted"),
            a_conversation(5, 3),
            total=5,
        )
        host.get(f"{FREESCOUT}/conversations", json=everybodys)

        assert freescout.open_tickets(AGENTS) == {3: 2, 2: 1}

    def test_a_page_without_a_total_is_no_count(self, host, freescout) -> None:
        host.get(f"{FREESCOUT}/conversations", json=a_page(a_conversation(1, 3), total=None))

        with pytest.raises(TryAgain, match="totalElements"):
            freescout.open_tickets(AGENTS)
