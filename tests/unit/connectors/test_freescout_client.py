"""The FreeScout client: what it asks, what it sends, and what it checks where FreeScout does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from connectors.answers import Answer, Call
from connectors.freescout.client import FreeScoutHelpdesk
from connectors.freescout.refusals import judge
from plugin.domain.errors import Refused, TicketGone, TryAgain
from plugin.domain.helpdesk import Ability
from plugin.domain.ticket import Agent, Group, Person, Priority, Role, Ticket
from tests.samples_reader import answer, names, sample
from tests.unit.connectors import given as start

API = "https://help.example.com/api"
USERS = answer("freescout/api-users-list-with-robot-and-deleted")
MAILBOXES = answer("freescout/api-mailboxes-list")
TAGGED = answer("freescout/api-conversation-get-embed-threads-tags")
BY_TAG = {"priority": {"tags": {"low": "prio-low", "high": "prio-high"}}}
BY_FIELD = {"priority": {"field": "Priority", "values": {"normal": "1", "high": "2"}}}


@pytest.fixture
def host() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{API}/users", json=USERS)
        mock.get(f"{API}/mailboxes", json=MAILBOXES)
        mock.get(f"{API}/tags", json=answer("freescout/api-tags-list"))
        mock.get(f"{API}/conversations/46", json=TAGGED)
        mock.get(f"{API}/customers/12", json={"id": 12, "company": "Hotel BV"})
        fields = {"_embedded": {"custom_fields": FIELDS}, "page": {"totalPages": 1}}
        mock.get(f"{API}/mailboxes/1/custom_fields", json=fields)
        mock.put(f"{API}/conversations/46", status=204)
        mock.put(f"{API}/conversations/46/tags", status=204)
        mock.put(f"{API}/conversations/46/custom_fields", status=204)
        posted = answer("freescout/api-thread-create-note-imported")
        mock.post(
            f"{API}/conversations/46/threads",
            json=posted,
            status=201,
            headers={"Resource-ID": "10"},
        )
        yield mock


FIELDS = [
    {"id": 1, "name": "AI label", "type": "singleline", "options": ""},
    {"id": 2, "name": "Priority", "type": "dropdown", "options": {"1": "Low", "2": "High"}},
]


def connected(**options: Any) -> FreeScoutHelpdesk:
    client = FreeScoutHelpdesk(start.settings("freescout", options=options))
    client._api.pause = lambda _seconds: None
    return client


@pytest.fixture
def freescout(host: responses.RequestsMock) -> Iterator[FreeScoutHelpdesk]:
    client = connected()
    yield client
    client.close()


@pytest.fixture
def ticket(freescout: FreeScoutHelpdesk) -> Ticket:
    return freescout.read(46)


def sent(host: responses.RequestsMock) -> list[tuple[str, str, Any]]:
    return [
        (
            call.request.method,
            call.request.url.removeprefix(API),
            json.loads(call.request.body or b"null"),
        )
        for call in host.calls
        if call.request.method != "GET"
    ]


def becomes(host: responses.RequestsMock, **changes: Any) -> None:
    """Let the conversation be so from now on."""
    host.upsert("GET", f"{API}/conversations/46", json={**TAGGED, **changes})


def someone(number: int, name: str = "Bea Agent") -> Agent:
    return Agent(Person(number, Role.AGENT, name=name, email="bea@fslab.test"))


class TestReading:
    def test_threads_and_tags_are_asked_for_together(
        self, host: responses.RequestsMock, ticket: Ticket
    ) -> None:
        asked = [call.request.url for call in host.calls if "/conversations/46" in call.request.url]

        assert asked == [f"{API}/conversations/46?embed=threads%2Ctags"]
        assert ticket.tags == {"refund", "vip", "überfällig"}
        assert ticket.customer.organization == "Hotel BV"
        assert ticket.customer.email == "karl@cust.test"

    def test_a_customer_record_that_cannot_be_read_is_done_without(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk
    ) -> None:
        gone = answer("freescout/api-error-customer-unknown")
        host.upsert("GET", f"{API}/customers/12", json=gone, status=404)

        assert freescout.read(46).customer.email == "karl@cust.test"

    def test_the_key_goes_in_its_header_and_nowhere_else(
        self, host: responses.RequestsMock, ticket: Ticket
    ) -> None:
        for call in host.calls:
            assert call.request.headers["X-FreeScout-API-Key"] == "t0ken"
            assert "t0ken" not in call.request.url

    def test_says_what_is_missing_and_what_to_do(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk
    ) -> None:
        no_tags = answer("freescout/api-error-tags-list-no-module")
        host.upsert("GET", f"{API}/tags", json=no_tags, status=400)
        no_fields = answer("freescout/api-error-mailbox-custom-fields-no-module")
        host.upsert("GET", f"{API}/mailboxes/1/custom_fields", json=no_fields, status=400)

        me = freescout.whoami()

        assert me.person.id == 4
        assert me.abilities == {Ability.HISTORY, Ability.ORGANIZATION}
        assert "Tags module" in me.missing[Ability.TAG]
        assert "Custom Fields" in me.missing[Ability.FIELD]
        assert "priority:" in me.missing[Ability.PRIORITY]
        assert "absent:" in me.missing[Ability.ABSENCE]
        assert "notify" in me.missing[Ability.SUBSCRIBE]

    @pytest.mark.parametrize(
        ("options", "able"),
        [
            (BY_TAG, {Ability.PRIORITY}),
            (BY_FIELD, {Ability.PRIORITY}),
            ({"absent": [{"who": "bea@fslab.test"}]}, {Ability.ABSENCE}),
        ],
        ids=["priority by tag", "priority by field", "absences"],
    )
    def test_the_settings_add_abilities(
        self, host: responses.RequestsMock, options: dict[str, Any], able: set[Ability]
    ) -> None:
        abilities = connected(**options).whoami().abilities

        always = {Ability.HISTORY, Ability.ORGANIZATION, Ability.TAG, Ability.FIELD}
        assert abilities == always | able

    @pytest.mark.parametrize(
        ("options", "priorities"),
        [
            ({"priority": {"tags": {"urgent": "hot"}}}, "low normal urgent"),
            (BY_FIELD, "normal high urgent"),
            ({}, ""),
        ],
        ids=["a tag", "values of a field", "nothing"],
    )
    def test_says_which_priorities_something_stands_for(
        self, host: responses.RequestsMock, options: dict[str, Any], priorities: str
    ) -> None:
        able = connected(**options).whoami().priorities

        assert [one.word for one in sorted(able or ())] == priorities.split()

    def test_a_priority_above_normal_is_never_written_as_less(
        self, host: responses.RequestsMock
    ) -> None:
        client = connected(priority={"field": "Priority", "values": {"normal": "1"}})

        with pytest.raises(Refused, match="stands for high"):
            client.set_priority(client.read(46), Priority.HIGH)

    def test_priority_by_tag_needs_tags(self, host: responses.RequestsMock) -> None:
        no_tags = answer("freescout/api-error-tags-list-no-module")
        host.upsert("GET", f"{API}/tags", json=no_tags, status=400)

        me = connected(**BY_TAG).whoami()

        assert "Tags module" in me.missing[Ability.PRIORITY]

    def test_a_module_added_later_is_noticed(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk
    ) -> None:
        no_tags = answer("freescout/api-error-tags-list-no-module")
        host.upsert("GET", f"{API}/tags", json=no_tags, status=400)
        before = freescout.whoami()
        host.upsert("GET", f"{API}/tags", json=answer("freescout/api-tags-list"))
        at_once = freescout.whoami()
        freescout._whoami.forget()

        assert Ability.TAG not in before.abilities
        assert at_once is before
        assert Ability.TAG in freescout.whoami().abilities

    def test_another_api_module_is_told_apart(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk
    ) -> None:
        host.upsert("GET", f"{API}/users", json={"status": "success", "data": []})

        with pytest.raises(TryAgain, match="another API module"):
            freescout.whoami()

    def test_agents_are_people_who_can_work(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk
    ) -> None:
        emails = [agent.person.email for agent in freescout.agents()]

        assert emails == ["admin@fslab.test", "bea@fslab.test", "carl@fslab.test"]

    def test_agents_of_a_mailbox_are_those_who_can_open_it(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk
    ) -> None:
        none = {"_embedded": {"mailboxes": []}, "page": {"totalPages": 0}}
        host.remove("GET", f"{API}/mailboxes")
        for user_id, body in ((1, MAILBOXES), (2, MAILBOXES), (3, none)):
            host.get(
                f"{API}/mailboxes",
                json=body,
                match=[
                    responses.matchers.query_param_matcher(
                        {"userId": str(user_id)}, strict_match=False
                    )
                ],
            )

        emails = [agent.person.email for agent in freescout.agents(Group(1, "Support"))]

        assert emails == ["admin@fslab.test", "bea@fslab.test"]

    def test_pages_of_the_old_module_are_followed(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk
    ) -> None:
        """1.0.67 gives numbers as text and ignores the page size."""
        users = USERS["_embedded"]["users"]
        host.remove("GET", f"{API}/users")
        for page, rows in ((1, users[:3]), (2, users[3:])):
            host.get(
                f"{API}/users",
                json={
                    "_embedded": {"users": rows},
                    "page": {"size": "3", "totalPages": "2", "number": str(page)},
                },
                match=[
                    responses.matchers.query_param_matcher({"page": str(page)}, strict_match=False)
                ],
            )

        assert len(freescout.agents()) == 3

    def test_the_listing_asks_for_published_ones_from_five_minutes_before(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk
    ) -> None:
        listed = answer("freescout/api-conversations-list")
        listed["page"]["totalPages"] = 1
        host.get(f"{API}/conversations", json=listed)

        list(freescout.changed_since(datetime(2026, 12, 1, 9, 0, tzinfo=UTC)))

        params = host.calls[-1].request.params
        assert params["updatedSince"] == "2026-12-01T08:55:00Z"
        assert params["state"] == "published"
        assert (params["sortField"], params["sortOrder"]) == ("updatedAt", "asc")
        assert params["embed"] == "tags"

    def test_a_filter_the_module_ignores_lets_nothing_through(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk
    ) -> None:
        listed = answer("freescout/api-conversations-list")
        listed["page"]["totalPages"] = 1
        for row in listed["_embedded"]["conversations"]:
            row["status"] = "closed"
        host.get(f"{API}/conversations", json=listed)

        assert list(freescout.sweep()) == []
        assert list(freescout.changed_since(datetime(2030, 1, 1, tzinfo=UTC))) == []
        assert freescout.customer_tickets(Person(999, Role.CUSTOMER), start.NINE) == []


class TestTags:
    def test_the_list_is_read_right_before_it_is_written(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket
    ) -> None:
        embedded = {**TAGGED["_embedded"], "tags": [{"id": 9, "name": "added-since"}]}
        becomes(host, _embedded=embedded)

        freescout.add_tags(ticket, ["escalated"])

        assert sent(host) == [
            ("PUT", "/conversations/46/tags", {"tags": ["added-since", "escalated"]})
        ]

    def test_the_last_one_removed_leaves_an_empty_list(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket
    ) -> None:
        freescout.remove_tags(ticket, ["refund", "vip", "überfällig"])

        assert sent(host) == [("PUT", "/conversations/46/tags", {"tags": []})]

    def test_a_tag_freescout_would_take_for_another_is_refused(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket
    ) -> None:
        with pytest.raises(Refused, match="'uberfallig' for 'überfällig'"):
            freescout.add_tags(ticket, ["uberfallig"])

        assert sent(host) == []

    @pytest.mark.parametrize("tag", ["Escalated", "überfällig", " x", "a,b", "", "x" * 101, "a\nb"])
    def test_a_name_freescout_would_change_is_refused(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket, tag: str
    ) -> None:
        with pytest.raises(Refused, match="lower-case ASCII"):
            freescout.add_tags(ticket, [tag])

        assert sent(host) == []

    def test_without_the_module_they_are_refused_with_the_remedy(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket
    ) -> None:
        no_tags = answer("freescout/api-error-tags-list-no-module")
        host.upsert("GET", f"{API}/tags", json=no_tags, status=400)

        with pytest.raises(Refused, match="activate the Tags module"):
            freescout.add_tags(ticket, ["escalated"])

        assert sent(host) == []


class TestOwner:
    def test_is_set_by_us_and_read_again(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket
    ) -> None:
        becomes(host, assignee={"id": 2, "type": "user"})

        freescout.set_owner(ticket, someone(2))

        assert sent(host) == [("PUT", "/conversations/46", {"byUser": 4, "assignTo": 2})]

    def test_a_yes_that_changed_nothing_is_noticed(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket
    ) -> None:
        with pytest.raises(Refused, match="another assignee"):
            freescout.set_owner(ticket, someone(2))

    @pytest.mark.parametrize(("user_id", "who"), [(5, "deleted"), (6, "the robot"), (77, "nobody")])
    def test_nobody_who_is_no_person_is_ever_assigned(
        self,
        host: responses.RequestsMock,
        freescout: FreeScoutHelpdesk,
        ticket: Ticket,
        user_id: int,
        who: str,
    ) -> None:
        with pytest.raises(Refused, match="no user"):
            freescout.set_owner(ticket, someone(user_id, who))

        assert sent(host) == []

    def test_unassigning_sends_null(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket
    ) -> None:
        freescout.set_owner(replace(ticket, owner=someone(2).person), None)

        assert sent(host) == [("PUT", "/conversations/46", {"byUser": 4, "assignTo": None})]


class TestOtherChanges:
    def test_a_move_that_did_not_happen_is_noticed(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket
    ) -> None:
        with pytest.raises(Refused, match="did not move"):
            freescout.set_group(ticket, "Billing")

        assert sent(host) == [("PUT", "/conversations/46", {"byUser": 4, "mailboxId": 2})]

    def test_a_status_nobody_knows_would_reopen_and_is_never_sent(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket
    ) -> None:
        with pytest.raises(Refused, match="Known: active, closed, pending, spam"):
            freescout.set_state(ticket, "waiting")

        assert sent(host) == []

    def test_a_reminder_time_is_refused(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket
    ) -> None:
        with pytest.raises(Refused, match="until a time"):
            freescout.set_state(ticket, "pending", start.NINE)

    @pytest.mark.parametrize(
        ("priority", "tags"),
        [
            (Priority.HIGH, ["prio-high", "refund", "vip", "überfällig"]),
            (Priority.URGENT, ["prio-high", "refund", "vip", "überfällig"]),
            (Priority.NORMAL, ["refund", "vip", "überfällig"]),
        ],
        ids=str,
    )
    def test_priority_by_tag_replaces_the_tag_of_another(
        self, host: responses.RequestsMock, priority: Priority, tags: list[str]
    ) -> None:
        embedded = TAGGED["_embedded"]
        listed = [*embedded["tags"], {"id": 8, "name": "prio-low"}]
        becomes(host, _embedded={**embedded, "tags": listed})
        client = connected(**BY_TAG)

        client.set_priority(client.read(46), priority)

        assert sent(host) == [("PUT", "/conversations/46/tags", {"tags": tags})]

    def test_priority_by_field_writes_the_key_of_the_choice(
        self, host: responses.RequestsMock
    ) -> None:
        client = connected(**BY_FIELD)
        before = client.read(46)
        set_to_high = [{"id": 2, "name": "Priority", "value": "2", "text": "High"}]

        def write(request: Any) -> tuple[int, dict[str, str], str]:
            becomes(host, customFields=set_to_high)
            return 204, {}, ""

        host.remove("PUT", f"{API}/conversations/46/custom_fields")
        host.add_callback("PUT", f"{API}/conversations/46/custom_fields", write)

        client.set_priority(before, Priority.HIGH)

        assert sent(host) == [
            (
                "PUT",
                "/conversations/46/custom_fields",
                {"customFields": [{"id": 2, "value": "2"}]},
            )
        ]

    def test_priority_without_settings_is_refused_with_the_remedy(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket
    ) -> None:
        with pytest.raises(Refused, match="priority:"):
            freescout.set_priority(ticket, Priority.HIGH)

    @pytest.mark.parametrize(
        ("field", "words"),
        [
            (("Prioritty", "High"), "did you mean 'Priority'"),
            (("Priority", "Hihg"), "did you mean 'High'"),
            (("AI label", "x"), "did not take"),
            (("AI label", ""), "cannot empty"),
        ],
        ids=str,
    )
    def test_a_field_that_would_be_skipped_in_silence_is_refused_aloud(
        self,
        freescout: FreeScoutHelpdesk,
        ticket: Ticket,
        field: tuple[str, str],
        words: str,
    ) -> None:
        with pytest.raises(Refused, match=words):
            freescout.set_field(ticket, *field)


class TestSpeaking:
    def test_a_note_is_imported_keeps_the_copies_and_sets_no_status(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket
    ) -> None:
        becomes(host, cc=["boss@cust.test"])

        message_id = freescout.add_note(ticket, "<p>why</p>", "key-1")

        assert message_id == 10
        assert sent(host) == [
            (
                "POST",
                "/conversations/46/threads",
                {
                    "type": "note",
                    "text": "<p>why</p><!-- deskladder:key-1 -->",
                    "user": 4,
                    "imported": True,
                    "cc": ["boss@cust.test"],
                },
            )
        ]

    @pytest.mark.parametrize("status", ["active", "pending", "closed"])
    def test_a_reply_keeps_the_status_and_the_copies(
        self,
        host: responses.RequestsMock,
        freescout: FreeScoutHelpdesk,
        ticket: Ticket,
        status: str,
    ) -> None:
        becomes(host, cc=["boss@cust.test"], status=status)

        freescout.add_reply(ticket, "<p>soon</p>", "key-2")

        ((_, _, payload),) = sent(host)
        assert payload == {
            "type": "message",
            "text": "<p>soon</p><!-- deskladder:key-2 -->",
            "user": 4,
            "status": status,
            "cc": ["boss@cust.test"],
        }

    def test_without_the_header_the_id_is_in_the_body(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket
    ) -> None:
        host.replace("POST", f"{API}/conversations/46/threads", json={"id": 11}, status=201)

        assert freescout.add_note(ticket, "<p>why</p>", "key-1") == 11

    def test_a_conversation_deleted_since_gets_no_note(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket
    ) -> None:
        becomes(host, state="deleted")

        with pytest.raises(TicketGone, match="deleted"):
            freescout.add_note(ticket, "<p>why</p>", "key-1")

        assert sent(host) == []

    def test_a_customer_without_an_address_gets_no_mail(
        self, host: responses.RequestsMock, freescout: FreeScoutHelpdesk, ticket: Ticket
    ) -> None:
        nobody = replace(ticket, customer=replace(ticket.customer, email=""))

        with pytest.raises(Refused, match="no e-mail address"):
            freescout.add_reply(nobody, "<p>soon</p>", "key")

        assert sent(host) == []


def recorded_refusals() -> list[Any]:
    return [
        pytest.param(recorded, id=name.removeprefix("freescout/api-"))
        for name in names("freescout", "api-*")
        if (recorded := sample(name))["response"]["status"] >= 400
        and recorded["response"]["status"] != 503  # never gets that far: any host may say it
    ]


def as_answer(recorded: dict[str, Any]) -> Answer:
    asked, back = recorded["request"], recorded["response"]
    path = asked["url"].partition("?")[0].removeprefix("/api")
    body = back.get("body")
    return Answer(Call(asked["method"], path, False), back["status"], {}, body, body is not None)


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        pytest.param(401, None, Refused, "a login of its own", id="a password in front"),
        pytest.param(404, None, TryAgain, "being restarted", id="a proxy without its backend"),
        pytest.param(404, {"message": ""}, Refused, "Manage » Modules", id="no module"),
        pytest.param(404, {"message": "Not Found"}, TicketGone, "does not exist", id="in short"),
        pytest.param(404, ["?"], Refused, "Manage » Modules", id="odd"),
    ],
)
def test_a_conversation_is_gone_only_when_the_module_says_so(
    status: int, body: Any, kind: type[Exception], words: str
) -> None:
    call = Call("GET", "/conversations/46", True)

    problem = judge(Answer(call, status, {}, body, body is not None))

    assert type(problem) is kind
    assert words in str(problem)


@pytest.mark.parametrize("recorded", recorded_refusals())
def test_every_recorded_refusal_becomes_words(recorded: dict[str, Any]) -> None:
    problem = judge(as_answer(recorded))

    key = recorded["request"]["headers"].get("X-FreeScout-API-Key", "no key")
    assert isinstance(problem, Refused)
    assert key not in str(problem)
    assert len(str(problem)) < 400


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("api-error-get-unknown", TicketGone, "does not exist"),
        ("api-error-thread-unknown-conversation", TicketGone, "does not exist"),
        ("api-auth-bad-key", Refused, "copy it from"),
        ("api-auth-missing-key", Refused, "copy it from"),
        ("api-auth-wrong-host", Refused, "APP_TRUSTED_HOSTS"),
        ("api-error-tags-list-no-module", Refused, "activate the Tags module"),
        ("api-error-mailbox-custom-fields-no-module", Refused, "activate the Custom Fields module"),
        ("api-error-no-such-route-get-me", Refused, "API & Webhooks"),
        ("api-error-list-bad-date", Refused, "parameters"),
        ("api-error-tags-string", Refused, "parameters"),
        ("api-error-update-without-byUser", Refused, "byUser"),
        ("api-error-customer-unknown", Refused, "not found"),
    ],
)
def test_what_a_recorded_refusal_says(name: str, kind: type[Exception], words: str) -> None:
    problem = judge(as_answer(sample(f"freescout/{name}")))

    assert type(problem) is kind
    assert words in str(problem)


@pytest.mark.parametrize(
    ("method", "body", "ambiguous"),
    [("GET", {"message": "Server Error"}, False), ("POST", {"message": "Server Error"}, True)],
)
def test_a_500_about_one_conversation_may_pass(
    method: str, body: dict[str, str], ambiguous: bool
) -> None:
    asked = Answer(Call(method, "/conversations/46/threads", False), 500, {}, body, True)

    problem = judge(asked)

    assert isinstance(problem, TryAgain)
    assert problem.ambiguous is ambiguous
