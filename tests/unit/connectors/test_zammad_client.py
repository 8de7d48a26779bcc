"""The Zammad client on recorded answers: what it asks, what it sends, what it makes of a refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses

from connectors.answers import Answer, Call
from connectors.zammad.client import ZammadHelpdesk
from connectors.zammad.refusals import judge
from plugin.domain.errors import Refused, TicketGone, TryAgain
from plugin.domain.helpdesk import Need
from plugin.domain.ticket import Agent, Person, Priority, Role, Ticket
from tests.samples_reader import answer, names, sample
from tests.unit.connectors import given as start

API = "https://help.example.com/api/v1"
ME = answer("zammad-live/api-users-me-expand")


@pytest.fixture
def host() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{API}/users/me", json=ME)
        mock.get(f"{API}/ticket_states", json=answer("zammad-live/api-ticket-states-expand"))
        mock.get(f"{API}/ticket_priorities", json=answer("zammad-live/api-ticket-priorities"))
        mock.get(f"{API}/ticket_history/14", json={"history": [], "assets": {}})
        mock.get(f"{API}/tickets/14", json=answer("zammad-live/api-ticket-get-merge-target-all"))
        mock.get(f"{API}/groups", json=answer("zammad-live/api-groups-agent-forbidden"), status=403)
        mock.get(f"{API}/tickets", json=answer("zammad-live/api-tickets-list-expand"))
        mock.get(f"{API}/version", json=answer("zammad-live/api-version-agent"), status=403)
        yield mock


@pytest.fixture
def zammad(host: responses.RequestsMock) -> Iterator[ZammadHelpdesk]:
    yield from connected()


def connected(**changes: Any) -> Iterator[ZammadHelpdesk]:
    client = ZammadHelpdesk(start.settings("zammad", **changes))
    client._api.pause = lambda _seconds: None
    yield client
    client.close()


@pytest.fixture
def ticket(zammad: ZammadHelpdesk) -> Ticket:
    return zammad.read(14)


def sent(host: responses.RequestsMock, method: str = "") -> list[tuple[str, str, Any]]:
    """What was sent that may change something, or all calls of a method."""
    return [
        (call.request.method, call.request.url.removeprefix(API), _json(call.request.body))
        for call in host.calls
        if (call.request.method == method if method else call.request.method != "GET")
    ]


def _json(body: bytes | None) -> Any:
    return json.loads(body) if body else None


def put(host: responses.RequestsMock, name: str) -> None:
    """Let an update of ticket 14 be answered as it was recorded for another ticket."""
    recorded = sample(f"zammad-live/{name}")
    host.put(
        f"{API}/tickets/14",
        json=recorded["response"]["body"],
        status=recorded["response"]["status"],
    )


def someone(number: int) -> Agent:
    return Agent(Person(number, Role.AGENT, name="Liam Second", login="liam@lab.example"))


class TestReading:
    def test_one_call_brings_ticket_articles_and_tags(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk
    ) -> None:
        zammad.read(14)
        so_far = len(host.calls)

        zammad.read(14)

        asked = [call.request.url.removeprefix(API) for call in host.calls[so_far:]]
        assert asked == ["/tickets/14?all=true", "/ticket_history/14"]

    def test_an_older_shape_is_read_in_parts(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk
    ) -> None:
        found = answer("zammad-live/api-tickets-search-updated-10min-expand")
        (row,) = [row for row in found if row["id"] == 7]
        articles = answer("zammad-live/api-ticket-articles-by-ticket-expand")
        host.get(f"{API}/tickets/7", json=row)
        host.get(f"{API}/ticket_articles/by_ticket/7", json=articles)
        host.get(f"{API}/tags", json=answer("zammad-live/api-tags-get"))
        host.get(f"{API}/users/10", json=answer("zammad-live/api-users-get-other"))
        host.get(f"{API}/ticket_history/7", json=answer("zammad-live/api-ticket-history"))

        ticket = zammad.read(7, frozenset({Need.HISTORY}))

        assert ticket.group.name == "1st Level"
        assert ticket.customer.email == "david@acme.example"
        assert len(ticket.messages) == len(articles)
        assert ticket.tags == frozenset(answer("zammad-live/api-tags-get")["tags"])
        assert ticket.channel == "email"
        assert ticket.created_by is Role.CUSTOMER
        assert ticket.history
        assert ticket.touched_at is not None

    @pytest.mark.parametrize(
        ("updated_by", "touched"),
        [pytest.param(4, True, id="by a human"), pytest.param(9, False, id="by us")],
    )
    def test_without_the_history_a_humans_name_counts_as_a_touch(
        self,
        host: responses.RequestsMock,
        zammad: ZammadHelpdesk,
        updated_by: int,
        touched: bool,
    ) -> None:
        changed = answer("zammad-live/api-ticket-get-merge-target-all")
        changed["assets"]["Ticket"]["14"]["updated_by_id"] = updated_by
        host.upsert("GET", f"{API}/tickets/14", json=changed)
        forbidden = answer("zammad-live/api-foreign-ticket-history")
        host.upsert("GET", f"{API}/ticket_history/14", json=forbidden, status=403)

        ticket = zammad.read(14)

        assert (ticket.touched_at == ticket.updated_at) is touched
        assert zammad.read(14, frozenset({Need.HISTORY})).history is None

    def test_a_state_added_since_makes_the_list_be_asked_again(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk
    ) -> None:
        zammad.read(14)
        states = zammad._directory._states
        states._loaded_at = (states._loaded_at or 0) - 60
        changed = answer("zammad-live/api-ticket-get-merge-target-all")
        changed["assets"]["Ticket"]["14"]["state_id"] = 77
        host.upsert("GET", f"{API}/tickets/14", json=changed)
        added = {"id": 77, "name": "waiting for parts", "state_type": "pending reminder"}
        listed = [*answer("zammad-live/api-ticket-states-expand"), added]
        host.upsert("GET", f"{API}/ticket_states", json=listed)

        assert zammad.read(14).state.name == "waiting for parts"

    def test_a_token_of_somebody_else_is_refused(self, host: responses.RequestsMock) -> None:
        (client,) = connected(service_user="someone.else@lab.example")

        with pytest.raises(Refused, match=r"sidecar@lab\.example.*service_user"):
            client.read(14)

    @pytest.mark.parametrize("name", ["sidecar@lab.example", " SIDECAR@lab.example ", ""])
    def test_the_service_user_is_known_by_login_or_mail(
        self, host: responses.RequestsMock, name: str
    ) -> None:
        (client,) = connected(service_user=name)

        assert client.whoami().person.id == 9

    def test_the_version_is_told_to_administrators_only(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk
    ) -> None:
        as_agent = zammad.whoami().version
        zammad._whoami.forget()
        host.upsert("GET", f"{API}/version", json=answer("zammad-live/api-version"))

        assert as_agent == ""
        assert zammad.whoami().version == "5.5.x"

    def test_groups_an_agent_may_not_list_are_learned_from_any_ticket(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk
    ) -> None:
        host.get(f"{API}/tickets/1", json=answer("zammad-live/api-ticket-get-merge-target-all"))

        assert [group.name for group in zammad.groups()] == [
            "1st Level",
            "2nd Level",
            "Finance",
            "Management",
            "Secret",
            "Users",
        ]

    def test_groups_are_listed_where_allowed_without_inactive_ones(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk
    ) -> None:
        listed = answer("zammad-live/api-groups")
        listed[0]["active"] = False
        host.upsert("GET", f"{API}/groups", json=listed)

        assert len(zammad.groups()) == len(listed) - 1

    def test_the_owners_of_a_group_are_those_with_full_access(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        host.get(f"{API}/users/search", json=answer("zammad-live/api-users-search-full-Finance"))

        found = zammad.agents(ticket.group)

        query = host.calls[-1].request.url
        assert "group_ids%5B3%5D=full" in query
        assert "permissions=ticket.agent" in query
        assert 9 not in [agent.person.id for agent in found]
        assert found
        assert len({agent.person.id for agent in found}) == len(found)

    def test_a_search_that_drops_its_condition_is_noticed(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk
    ) -> None:
        everything = answer("zammad-live/api-tickets-search-empty-value")
        host.post(f"{API}/tickets/search", json=everything)

        with pytest.raises(Refused, match="ignored the condition"):
            list(zammad.changed_since(datetime(2026, 12, 1, tzinfo=UTC)))

    def test_rows_of_other_customers_are_left_out(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk
    ) -> None:
        everything = answer("zammad-live/api-tickets-search-empty-value")
        host.post(f"{API}/tickets/search", json=everything)
        nicole = Person(2, Role.CUSTOMER)

        found = zammad.customer_tickets(nicole, datetime(2026, 1, 1, tzinfo=UTC))

        assert [earlier.id for earlier in found] == [1]

    def test_merged_tickets_are_no_contacts_of_their_own(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk
    ) -> None:
        merged = answer("zammad-live/api-ticket-get-merged-away")
        host.post(f"{API}/tickets/search", json=[merged])

        found = zammad.customer_tickets(Person(10, Role.CUSTOMER), datetime(2026, 1, 1, tzinfo=UTC))

        assert found == []

    def test_the_listing_asks_from_two_minutes_before(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk
    ) -> None:
        host.post(f"{API}/tickets/search", json=[])

        list(zammad.changed_since(datetime(2026, 12, 1, 9, 0, tzinfo=UTC)))

        ((_, _, asked),) = sent(host)
        assert asked["condition"] == {
            "ticket.updated_at": {
                "operator": "after (absolute)",
                "value": "2026-12-01T08:57:59.999Z",
            }
        }
        assert (asked["sort_by"], asked["order_by"], asked["expand"]) == ("updated_at", "asc", True)

    def test_a_server_that_repeats_its_page_is_left(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk
    ) -> None:
        at = "2026-12-01T09:00:00.000Z"
        page = [{"id": n, "updated_at": at, "state_id": 2} for n in range(1, 101)]
        host.post(f"{API}/tickets/search", json=page)

        found = list(zammad.changed_since(datetime(2026, 12, 1, 9, 0, tzinfo=UTC)))

        assert len(found) == 100
        assert len(sent(host)) < 6


class TestChanging:
    @pytest.mark.parametrize(
        "name",
        [
            "api-ticket-update-owner-no-access",
            "api-ticket-update-owner-not-full",
            "api-ticket-update-owner-customer",
        ],
    )
    def test_an_owner_dropped_in_silence_is_refused_aloud(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket, name: str
    ) -> None:
        put(host, name)

        with pytest.raises(Refused, match="full access to the group '2nd Level'"):
            zammad.set_owner(ticket, someone(5))

        assert sent(host) == [("PUT", "/tickets/14", {"owner_id": 5})]

    @pytest.mark.parametrize(
        ("name", "owner_id"),
        [
            ("api-ticket-update-owner-full", 6),
            ("api-ticket-update-owner-roleonly", 8),
        ],
    )
    def test_an_owner_with_access_is_set(
        self,
        host: responses.RequestsMock,
        zammad: ZammadHelpdesk,
        ticket: Ticket,
        name: str,
        owner_id: int,
    ) -> None:
        put(host, name)

        zammad.set_owner(ticket, someone(owner_id))

        assert sent(host) == [("PUT", "/tickets/14", {"owner_id": owner_id})]

    def test_unassigning_sets_the_user_who_is_nobody(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        put(host, "api-ticket-update-unassign")
        owned = replace(ticket, owner=someone(4).person)

        zammad.set_owner(owned, None)

        assert sent(host) == [("PUT", "/tickets/14", {"owner_id": 1})]

    def test_a_move_that_drops_the_owner_is_still_a_move(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        put(host, "api-ticket-update-group-owner-reset")

        zammad.set_group(ticket, "Finance")

        assert sent(host) == [("PUT", "/tickets/14", {"group_id": 4})]

    def test_a_masked_refusal_names_the_usual_causes_and_where_to_look(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        put(host, "api-ticket-update-closed-owner-no-access")

        with pytest.raises(Refused, match=r"Error ID A12oErti.*core workflow.*full access"):
            zammad.set_owner(ticket, someone(5))

    def test_a_pending_state_is_set_with_its_time_cut_to_the_minute(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        until = datetime(2026, 11, 24, 10, 0, 42, tzinfo=UTC)
        answered = {"state_id": 3, "pending_time": "2026-11-24T10:00:00.000Z"}
        host.put(f"{API}/tickets/14", json=answered)

        zammad.set_state(ticket, "Pending Reminder", until)

        assert sent(host) == [("PUT", "/tickets/14", answered)]

    def test_a_pending_state_in_place_until_then_makes_no_call(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        until = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
        state = next(s for s in zammad.states() if s.name == "pending reminder")
        pending = replace(ticket, state=state, pending_until=until)

        zammad.set_state(pending, "pending reminder", until + timedelta(seconds=5))

        assert sent(host) == []

    @pytest.mark.parametrize(
        ("state", "words"),
        [
            ("pending reminder", "needs a time"),
            ("pending close", "needs a time"),
            ("merged", "nobody choose"),
            ("removed", "Known"),
            ("opne", "did you mean 'open'"),
        ],
    )
    def test_a_state_zammad_would_refuse_is_refused_before(
        self,
        host: responses.RequestsMock,
        zammad: ZammadHelpdesk,
        ticket: Ticket,
        state: str,
        words: str,
    ) -> None:
        with pytest.raises(Refused, match=words):
            zammad.set_state(ticket, state)

        assert sent(host) == []

    def test_urgent_is_high_where_there_is_no_urgent(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        host.put(f"{API}/tickets/14", json={"priority_id": 3})

        zammad.set_priority(ticket, Priority.URGENT)
        zammad.set_priority(replace(ticket, priority=Priority.HIGH), Priority.URGENT)

        assert sent(host) == [("PUT", "/tickets/14", {"priority_id": 3})]

    def test_a_value_a_workflow_sets_back_is_refused_aloud(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        host.put(f"{API}/tickets/14", json={"priority_id": 2})

        with pytest.raises(Refused, match="kept another value of priority_id"):
            zammad.set_priority(ticket, Priority.HIGH)

    def test_a_custom_attribute_is_set_once(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        with_room = replace(ticket, fields={"room": "12", "stars": 4, "pool": True})
        host.put(f"{API}/tickets/14", json={"room": "14"})

        zammad.set_field(with_room, "room", "14")
        zammad.set_field(with_room, "stars", "4")
        zammad.set_field(with_room, "pool", "true")

        assert sent(host) == [("PUT", "/tickets/14", {"room": "14"})]

    def test_a_custom_attribute_may_come_back_in_zammads_own_writing(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        fields = {"visit_at": None, "rooms": ["12"], "both": ["b", "a"]}
        host.put(f"{API}/tickets/14", json={"visit_at": "2026-12-01T10:00:00.000Z"})
        host.put(f"{API}/tickets/14", json={"rooms": ["14", "12"]})

        zammad.set_field(replace(ticket, fields=fields), "visit_at", "2026-12-01T11:00:00+01:00")
        zammad.set_field(replace(ticket, fields=fields), "rooms", "12, 14")
        zammad.set_field(replace(ticket, fields=fields), "both", "a,b")

        assert sent(host) == [
            ("PUT", "/tickets/14", {"visit_at": "2026-12-01T11:00:00+01:00"}),
            ("PUT", "/tickets/14", {"rooms": ["12", "14"]}),
        ]

    def test_tags_are_named_one_by_one(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        host.post(f"{API}/tags/add", json=True, status=201)
        host.delete(f"{API}/tags/remove", json=True)
        tagged = replace(ticket, tags=frozenset({"Escalated", "old"}))

        zammad.add_tags(tagged, ["escalated", "escalated", "Escalated"])
        zammad.remove_tags(tagged, ["old", "Old"])

        assert sent(host) == [
            ("POST", "/tags/add", {"object": "Ticket", "o_id": 14, "item": "escalated"}),
            ("DELETE", "/tags/remove", {"object": "Ticket", "o_id": 14, "item": "old"}),
        ]


class TestSpeaking:
    def test_a_note_is_sent_as_internal_with_our_mark(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        host.post(f"{API}/ticket_articles", json={"id": 123, "internal": True}, status=201)

        message_id = zammad.add_note(ticket, "<p>why</p>", "key-1")

        assert message_id == 123
        assert sent(host) == [
            (
                "POST",
                "/ticket_articles",
                {
                    "ticket_id": 14,
                    "type": "note",
                    "sender": "Agent",
                    "internal": True,
                    "content_type": "text/html",
                    "subject": "",
                    "body": "<p>why</p>",
                    "preferences": {"deskladder": {"mark": "key-1"}},
                },
            )
        ]

    def test_a_note_that_became_public_raises_the_alarm(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        host.post(f"{API}/ticket_articles", json={"id": 123, "internal": False}, status=201)

        with pytest.raises(Refused, match="public"):
            zammad.add_note(ticket, "<p>why</p>", "key-1")

    @pytest.mark.parametrize(
        ("options", "sender"),
        [({}, "System"), ({"replies_as": "system"}, "System"), ({"replies_as": "agent"}, "Agent")],
    )
    def test_a_reply_is_a_mail_to_the_customer_in_their_thread(
        self, host: responses.RequestsMock, options: dict[str, str], sender: str
    ) -> None:
        host.post(f"{API}/ticket_articles", json={"id": 124}, status=201)
        changed = answer("zammad-live/api-ticket-get-merge-target-all")
        article = changed["assets"]["TicketArticle"]["35"]
        article |= {"sender_id": 2, "created_by_id": 10, "message_id": "<m-1@acme.example>"}
        host.upsert("GET", f"{API}/tickets/14", json=changed)
        (client,) = connected(options=options)

        message_id = client.add_reply(client.read(14), "<p>soon</p>", "key-2")

        ((_, _, payload),) = sent(host)
        assert message_id == 124
        assert payload == {
            "ticket_id": 14,
            "type": "email",
            "sender": sender,
            "internal": False,
            "to": "david@acme.example",
            "cc": "",
            "subject": "Merge target",
            "in_reply_to": "<m-1@acme.example>",
            "content_type": "text/html",
            "subtype": "reply",
            "body": "<p>soon</p>",
            "preferences": {"deskladder": {"mark": "key-2"}},
        }

    def test_a_reply_goes_where_the_customer_asks_for_it(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        host.post(f"{API}/ticket_articles", json={"id": 124}, status=201)

        zammad.add_reply(
            replace(ticket, extra={"answer_to": "p@guest.example"}), "<p>soon</p>", "k"
        )

        ((_, _, article),) = sent(host)
        assert article["to"] == "p@guest.example"

    def test_a_group_without_an_address_is_told_before_zammad_stumbles(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk
    ) -> None:
        changed = answer("zammad-live/api-ticket-get-merge-target-all")
        changed["assets"]["Ticket"]["14"]["group_id"] = 5
        host.upsert("GET", f"{API}/tickets/14", json=changed)

        with pytest.raises(Refused, match="'Management' has no e-mail address"):
            zammad.add_reply(zammad.read(14), "<p>soon</p>", "key")

        assert sent(host) == []

    def test_a_customer_without_an_address_gets_no_mail(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        nobody = replace(ticket, customer=replace(ticket.customer, email=""))

        with pytest.raises(Refused, match="no e-mail address"):
            zammad.add_reply(nobody, "<p>soon</p>", "key")

        assert sent(host) == []

    def test_a_mark_is_found_among_our_articles_only(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk
    ) -> None:
        articles = answer("zammad-live/api-ticket-articles-by-ticket-expand")
        marked = {"preferences": {"deskladder": {"mark": "key-1"}}}
        articles[1] |= {**marked, "created_by_id": 9}
        articles[2] |= marked
        host.get(f"{API}/ticket_articles/by_ticket/7", json=articles)

        assert zammad.find_mark(7, "key-1") == articles[1]["id"]
        assert zammad.find_mark(7, "key-2") is None


NOBODY_YET: dict[str, Any] = {"mentions": []}
SUBSCRIBED: dict[str, Any] = {"mentions": [{"id": 1, "user_id": 5}]}


class TestSubscribing:
    def test_in_the_name_of_the_agent_where_allowed(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        host.get(f"{API}/mentions", json=NOBODY_YET)
        host.get(f"{API}/mentions", json=SUBSCRIBED)
        host.post(f"{API}/mentions", json=True, status=201)

        zammad.subscribe(ticket, someone(5))

        (call,) = [call for call in host.calls if call.request.method == "POST"]
        assert call.request.headers["From"] == "liam@lab.example"

    def test_by_number_where_a_header_cannot_hold_the_login(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        host.get(f"{API}/mentions", json=NOBODY_YET)
        host.get(f"{API}/mentions", json=SUBSCRIBED)
        host.post(f"{API}/mentions", json=True, status=201)
        agent = someone(5)
        named = replace(agent, person=replace(agent.person, login="łukasz"))

        zammad.subscribe(ticket, named)

        (call,) = [call for call in host.calls if call.request.method == "POST"]
        assert call.request.headers["From"] == "5"

    def test_by_a_mention_in_a_note_where_not(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        host.get(f"{API}/mentions", json=NOBODY_YET)
        host.get(f"{API}/mentions", json=SUBSCRIBED)
        host.post(f"{API}/mentions", json={"error": "no permission to use 'From'"}, status=403)
        host.post(f"{API}/ticket_articles", json={"id": 9, "internal": True}, status=201)

        zammad.subscribe(ticket, someone(5))

        note = sent(host)[-1][2]
        assert note["internal"] is True
        assert 'data-mention-user-id="5"' in note["body"]

    def test_a_subscription_dropped_in_silence_is_refused_aloud(
        self, host: responses.RequestsMock, zammad: ZammadHelpdesk, ticket: Ticket
    ) -> None:
        host.get(f"{API}/mentions", json=NOBODY_YET)
        host.post(f"{API}/mentions", json=True, status=201)

        with pytest.raises(Refused, match="may not read the group"):
            zammad.subscribe(ticket, someone(5))


def recorded_refusals() -> list[Any]:
    return [
        pytest.param(recorded, id=name.removeprefix("zammad-live/api-"))
        for name in names("zammad-live", "api-*")
        if (recorded := sample(name)).get("response", {}).get("status", 0) >= 400
    ]


def as_answer(recorded: dict[str, Any]) -> Answer:
    asked, back = recorded["request"], recorded["response"]
    path = asked["url"].partition("?")[0].removeprefix("/api/v1")
    headers = {name.lower(): value for name, value in (back.get("headers") or {}).items()}
    body = back.get("body")
    return Answer(
        Call(asked["method"], path, False), back["status"], headers, body, body is not None
    )


@pytest.mark.parametrize("recorded", recorded_refusals())
def test_every_recorded_refusal_becomes_words(recorded: dict[str, Any]) -> None:
    problem = judge(as_answer(recorded))

    status, said = recorded["response"]["status"], str(problem)
    assert isinstance(problem, (Refused, TryAgain))
    stumbled = status == 500 and not recorded["request"]["url"].partition("?")[0].endswith(
        "/search"
    )
    no_json = status == 404 and recorded["response"]["body"] is None
    assert isinstance(problem, TryAgain) is (stumbled or no_json)
    assert recorded["request"]["headers"].get("Authorization", "Token x")[-20:] not in said
    assert len(said) < 500


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("api-ticket-get-deleted", TicketGone, "does not exist"),
        ("api-ticket-unknown", TicketGone, "does not exist"),
        ("api-foreign-ticket-get", TicketGone, "full access"),
        ("api-foreign-ticket-tag-add", Refused, "Manage » Tags"),
        ("api-foreign-ticket-note", Refused, "full access"),
        ("api-foreign-ticket-update", Refused, "full access"),
        ("api-foreign-ticket-articles", TicketGone, "full access"),
        ("api-foreign-ticket-history", TicketGone, "full access"),
        ("api-auth-expired-token", Refused, "create a token"),
        ("api-auth-inactive-user", Refused, "create a token"),
        ("api-auth-token-access-disabled", Refused, "switch on token access"),
        ("api-groups-agent-forbidden", Refused, "admin.group"),
        ("api-route-unknown", Refused, "check that url"),
        ("api-ticket-get-html-accept", TryAgain, "in front of the helpdesk"),
        ("api-ticket-update-pending-without-time", Refused, "core workflow"),
        ("api-ticket-update-pending-without-time-admin", Refused, "pending_time"),
        ("api-ticket-update-owner-0", Refused, "owner_id"),
        ("api-article-email-group-without-address", TryAgain, "production.log"),
        ("api-tickets-search-empty-condition", Refused, "too old"),
    ],
)
def test_what_a_recorded_refusal_says(name: str, kind: type[Exception], words: str) -> None:
    problem = judge(as_answer(sample(f"zammad-live/{name}")))

    assert type(problem) is kind
    assert words in str(problem)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, Refused, "asks for a login of its own"),
        (403, Refused, "in front of Zammad"),
        (404, TryAgain, "being restarted"),
    ],
)
@pytest.mark.parametrize("path", ["/tickets/7", "/users/me"])
def test_what_something_in_front_says_is_not_taken_for_zammads_word(
    path: str, status: int, kind: type[Exception], words: str
) -> None:
    problem = judge(Answer(Call("GET", path, True), status, {"content-type": "text/html"}))

    assert type(problem) is kind
    assert words in str(problem)


@pytest.mark.parametrize(
    ("reason", "kind", "words"),
    [
        ("Authentication required", Refused, "got no token"),
        ("Not authorized (user)!", Refused, "role Agent"),
        ("Maintenance mode enabled!", TryAgain, "maintenance"),
    ],
)
def test_the_other_ways_to_be_forbidden(reason: str, kind: type[Exception], words: str) -> None:
    asked = Answer(Call("GET", "/tickets/1", True), 403, {}, {"error": reason}, True)

    problem = judge(asked)

    assert type(problem) is kind
    assert words in str(problem)
