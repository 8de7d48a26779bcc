from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.zammad import history, priorities, words
from connectors.zammad.dossier import from_all, from_parts
from connectors.zammad.people import agent, is_agent, person
from plugin.domain.errors import DeskladderError, Refused
from plugin.domain.ticket import MessageKind, Priority, Role, StateType
from tests.samples_reader import answer, names, sample

BOT = 9
STATES = {row["id"]: words.state(row) for row in answer("zammad-live/api-ticket-states-expand")}
BOOK = words.Book(
    states=STATES,
    priorities=priorities.meanings(answer("zammad-live/api-ticket-priorities"), {}),
    me=BOT,
)
ALL = answer("zammad-live/api-ticket-get-merge-target-all")


def article_samples() -> list[Any]:
    """Every article that was recorded, whatever it was recorded in."""
    found: dict[tuple[int, str], Any] = {}

    def look(value: Any, where: str) -> None:
        if isinstance(value, dict):
            if {"sender_id", "type_id", "body", "created_at"} <= value.keys():
                found[value["id"], where] = value
            for inner in value.values():
                look(inner, where)
        elif isinstance(value, list):
            for inner in value:
                look(inner, where)

    for name in names("zammad-live", "*"):
        if not name.endswith("webhooks-preview"):  # an example Zammad makes up, its times no API's
            look(sample(name), name)
    return [pytest.param(article, id=f"{where[12:]}-{n}") for (n, where), article in found.items()]


def ticket_samples() -> list[Any]:
    """Every ticket that was recorded with its columns."""
    found = {}
    for name in names("zammad-live", "api-*"):
        body = sample(name).get("response", {}).get("body")
        rows = body if isinstance(body, list) else [body]
        for row in rows:
            if isinstance(row, dict) and {"state_id", "customer_id", "title"} <= row.keys():
                found[f"{name[16:]}-{row['id']}"] = row
    return [pytest.param(row, id=name) for name, row in found.items()]


def told(article: dict[str, Any], **changes: Any) -> Any:
    """The message an article becomes on a plain ticket."""
    ticket = answer("zammad-live/api-ticket-get")
    dossier = from_parts(ticket, [{**article, **changes}], {"tags": []}, {})
    return words.ticket(dossier, BOOK, "support", "https://z").messages[0]


def recorded_article(number: int) -> dict[str, Any]:
    rows = answer("zammad-live/api-ticket-articles-by-ticket-expand")
    return next(row for row in rows if row["id"] == number)


def test_the_recorded_ticket_with_all_its_assets() -> None:
    dossier = from_all(ALL)
    assert dossier is not None

    ticket = words.ticket(dossier, BOOK, "support", "https://help.example.com")

    assert ticket.ref.id == 14
    assert ticket.number == "30014"
    assert ticket.url == "https://help.example.com/#ticket/zoom/14"
    assert ticket.subject == "Merge target"
    assert ticket.state.type is StateType.NEW
    assert ticket.priority is Priority.NORMAL
    assert (ticket.group.id, ticket.group.name) == (3, "2nd Level")
    assert ticket.owner is None
    assert ticket.customer.email == "david@acme.example"
    assert ticket.customer.organization == "Acme BV"
    assert ticket.customer.role is Role.CUSTOMER
    assert ticket.created_by is Role.AGENT
    assert ticket.created_at == datetime(2026, 11, 22, 6, 0, 22, 411000, tzinfo=UTC)
    assert [message.id for message in ticket.messages] == [34, 35]
    assert ticket.fields == {}
    assert ticket.extra == {"can_mail": True}


def test_a_linked_tickets_articles_are_not_the_tickets_own() -> None:
    answer_ = copy.deepcopy(ALL)
    answer_["assets"]["TicketArticle"]["39"] = {
        **answer_["assets"]["TicketArticle"]["34"],
        "id": 39,
    }

    dossier = from_all(answer_)

    assert dossier is not None
    assert [article["id"] for article in dossier.articles] == [34, 35]


def test_a_merged_ticket_says_which_one_lives_on() -> None:
    answer_ = copy.deepcopy(ALL)
    answer_["ticket_id"] = 13
    answer_["ticket_article_ids"] = []
    answer_["links"] = [
        {"link_type": "normal", "link_object": "Ticket", "link_object_value": 3},
        {"link_type": "parent", "link_object": "Ticket", "link_object_value": 14},
    ]
    dossier = from_all(answer_)
    assert dossier is not None

    ticket = words.ticket(dossier, BOOK, "support", "https://z")

    assert ticket.state.type is StateType.MERGED
    assert ticket.is_closed
    assert ticket.merged_into == 14


def merge_target(spoil: Any = lambda answer_: None) -> Any:
    """The recorded target of a merge: article 34 came from ticket 13, 35 is its own."""
    answer_ = copy.deepcopy(ALL)
    spoil(answer_)
    dossier = from_all(answer_)
    assert dossier is not None
    return words.ticket(dossier, BOOK, "support", "https://z")


def test_the_recorded_merge_tells_which_article_moved_and_from_where() -> None:
    assert merge_target().absorbed == {13: frozenset({34})}


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda a: a["assets"]["Ticket"]["13"].update(state_id=2), id="only linked"),
        pytest.param(lambda a: a["assets"]["Ticket"].pop("13"), id="not to be seen"),
        pytest.param(lambda a: a.update(links=[]), id="no link"),
        pytest.param(lambda a: a.update(links=[{"link_type": "child"}]), id="odd link"),
        pytest.param(
            lambda a: a["assets"]["TicketArticle"]["34"].update(
                updated_at=a["assets"]["TicketArticle"]["34"]["created_at"]
            ),
            id="nothing was moved",
        ),
    ],
)
def test_without_a_merge_nothing_came_from_elsewhere(spoil: Any) -> None:
    assert merge_target(spoil).absorbed == {}


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda a: a.pop("assets"), id="no assets"),
        pytest.param(lambda a: a.pop("ticket_id"), id="no ticket id"),
        pytest.param(lambda a: a["assets"].pop("Ticket"), id="no ticket"),
        pytest.param(lambda a: a["assets"].pop("TicketArticle"), id="no articles"),
        pytest.param(lambda a: a.update(ticket_article_ids=None), id="no article ids"),
        pytest.param(lambda a: a.update(assets=[]), id="assets are a list"),
    ],
)
def test_another_shape_is_noticed(spoil: Any) -> None:
    answer_ = copy.deepcopy(ALL)
    spoil(answer_)

    assert from_all(answer_) is None


@pytest.mark.parametrize("row", ticket_samples())
def test_every_recorded_ticket_can_be_read(row: dict[str, Any]) -> None:
    ticket = words.ticket(from_parts(row, [], {"tags": ["a"]}, {}), BOOK, "support", "https://z")

    assert ticket.ref.id == row["id"]
    assert ticket.number == row["number"]
    assert ticket.state.name == STATES[row["state_id"]].name
    assert (ticket.owner is None) is (row["owner_id"] == 1)
    assert ticket.group.id == row["group_id"]
    assert ticket.tags == {"a"}
    assert ticket.fields == {}
    assert ticket.updated_at >= ticket.created_at
    if ticket.is_closed and row["last_close_at"]:
        assert ticket.closed_at is not None
    if row.get("create_article_type"):
        assert ticket.channel in {"email", "phone", "note", "web"}


@pytest.mark.parametrize("article", article_samples())
def test_every_recorded_article_can_be_read(article: dict[str, Any]) -> None:
    message = told(article)

    assert message.id == article["id"]
    assert message.ours is (article["created_by_id"] == BOT)
    assert (message.kind is MessageKind.CUSTOMER) is (article["sender_id"] == 2)
    if article["internal"] and article["sender_id"] != 2:
        assert message.kind is MessageKind.NOTE
    assert "<p>" not in message.text


def test_the_confirmation_mail_of_a_trigger_is_automatic() -> None:
    message = told(recorded_article(9))

    assert message.kind is MessageKind.AGENT
    assert message.author.role is Role.SYSTEM
    assert message.automatic == "sent by a Zammad trigger"


def test_a_customers_mail_is_human() -> None:
    message = told(recorded_article(8))

    assert message.by_human
    assert message.channel == "email"
    assert message.remote_id == "<cust-mail-1@acme.example>"
    assert message.author.email == "david@acme.example"
    assert message.author.name == "David Customer"


@pytest.mark.parametrize(
    ("reply_to", "automatic"),
    [
        pytest.param("Paula <paula@guest.example>", None, id="a form that names the customer"),
        pytest.param("no-reply@shop.example", "sent by a no-reply address", id="itself"),
        pytest.param("bounces@shop.example", "sent by a no-reply address", id="a robot"),
        pytest.param(None, "sent by a no-reply address", id="nobody"),
    ],
)
def test_a_web_form_that_sends_as_no_reply_is_the_person_it_names(
    reply_to: str | None, automatic: str | None
) -> None:
    article = next(row for row in answer("zammad-live/api-ticket-articles-by-ticket-expand"))
    form = {"sender": "Customer", "type": "email", "preferences": {}, "reply_to": reply_to}

    message = told({**article, "from": "Shop <no-reply@shop.example>", "created_by_id": 8, **form})

    assert message.automatic == automatic


@pytest.mark.parametrize(
    ("articles", "extra"),
    [
        pytest.param([{"reply_to": "Paula <p@guest.example>"}], "p@guest.example", id="a form"),
        pytest.param(
            [{"reply_to": "p@guest.example"}, {"reply_to": None}], None, id="a later mail"
        ),
        pytest.param([{"reply_to": "No-Reply@shop.example"}], None, id="the sender itself"),
        pytest.param([{"reply_to": "nowhere"}], None, id="no address"),
        pytest.param(
            [{"reply_to": "p@guest.example", "from": "colleague@guest.example"}],
            None,
            id="a mail of somebody else",
        ),
        pytest.param([{"reply_to": "p@guest.example", "type": "phone"}], None, id="no mail"),
        pytest.param(
            [
                {"reply_to": "p@guest.example"},
                {"sender": "Agent", "reply_to": "agent@lab.example"},
            ],
            "p@guest.example",
            id="an agent's mail after it",
        ),
        pytest.param(
            [
                {
                    "sender": "System",
                    "from": "desk@lab.example",
                    "preferences": {"email_address_id": 1},
                },
                {"reply_to": "desk@lab.example"},
            ],
            None,
            id="our own address",
        ),
    ],
)
def test_where_the_customer_wants_the_answer(
    articles: list[dict[str, Any]], extra: str | None
) -> None:
    mail = recorded_article(8)
    form = {"sender": "Customer", "type": "email", "from": "Shop <no-reply@shop.example>"}
    rows = [{**mail, **form, **one, "id": 50 + n} for n, one in enumerate(articles)]
    record = answer("zammad-live/api-ticket-get")
    shop = {"id": record["customer_id"], "email": "no-reply@shop.example"}
    dossier = from_parts(record, rows, {"tags": []}, {record["customer_id"]: shop})

    ticket = words.ticket(dossier, BOOK, "support", "https://z")

    assert ticket.extra.get("answer_to") == extra


def test_an_out_of_office_mail_is_automatic_by_its_headers() -> None:
    recorded = sample("zammad-live/webhook-ticket-created-by-email-auto-submitted")
    article = recorded["deliveries"][0]["parsed_body"]["article"]

    message = told({**article, "subject": "Hello"})

    assert message.automatic == "its mail headers say that it is automatic"


def test_an_out_of_office_mail_is_automatic_by_its_subject() -> None:
    message = told(recorded_article(8), subject="Automatic reply: Cannot log in")

    assert message.automatic


@pytest.mark.parametrize(
    ("changes", "automatic"),
    [
        pytest.param({"sender": "System", "sender_id": 3}, True, id="by System"),
        pytest.param({"created_by_id": 1}, True, id="by nobody"),
        pytest.param({"created_by_id": BOT}, True, id="by us"),
        pytest.param({}, False, id="by an agent"),
        pytest.param({"preferences": None}, False, id="without preferences"),
    ],
)
def test_an_agents_mail_is_human_unless_something_else_wrote_it(
    changes: dict[str, Any], automatic: bool
) -> None:
    message = told(recorded_article(11), **changes)

    assert (message.automatic is not None) is automatic
    assert message.kind is MessageKind.AGENT


QUOTED = (
    "<div>Not yet.</div><div><div>On Mon, Mar 3, 2025 at 10:12 AM Lab &lt;lab@lab.example&gt; wrote:</div>"
    "<blockquote><div>This is an automatic reply to a complaint.</div></blockquote></div>"
)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(QUOTED, "text/html", id="html"),
        pytest.param("Not yet.\n> This is an automatic reply", "text/plain", id="plain text"),
    ],
)
def test_what_a_customer_quotes_is_neither_fresh_nor_automatic(
    body: str, content_type: str
) -> None:
    message = told(recorded_article(8), body=body, content_type=content_type)

    assert message.by_human
    assert message.fresh == "Not yet."
    assert "automatic reply" in message.text


def test_nobody_looks_for_quotes_in_what_agents_write() -> None:
    assert told(recorded_article(11), body=QUOTED).fresh is None


def test_a_message_that_is_no_mail_quotes_nothing() -> None:
    message = told(
        recorded_article(8),
        type="sms",
        type_id=2,
        body="> 5 days without water",
        content_type="text/plain",
    )

    assert message.fresh == "> 5 days without water"


def test_a_mail_passed_on_is_told_by_its_subject() -> None:
    body = "Look<br><b>From:</b> A<br><b>Sent:</b> 3 March 2025 10:12<br><b>Subject:</b> Bed<br><br>Broken!"

    answered = told(recorded_article(8), body=body, content_type="text/html", subject="Re: Bed")
    passed_on = told(recorded_article(8), body=body, content_type="text/html", subject="FW: Bed")

    assert answered.fresh == "Look"
    assert passed_on.fresh == passed_on.text


def test_a_mail_from_the_helpdesks_own_address_is_a_loop() -> None:
    ticket = answer("zammad-live/api-ticket-get")
    sent = recorded_article(11)
    looped = {**recorded_article(8), "id": 99, "from": "Lab Support <support@lab.example>"}
    dossier = from_parts(ticket, [sent, looped], {"tags": []}, {})

    messages = words.ticket(dossier, BOOK, "support", "https://z").messages

    assert messages[1].automatic


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        pytest.param({"internal": True}, MessageKind.NOTE, id="internal"),
        pytest.param({"internal": False}, MessageKind.AGENT, id="public"),
        pytest.param(
            {"internal": True, "sender": "Customer"}, MessageKind.CUSTOMER, id="hidden customer's"
        ),
        pytest.param(
            {"type": "phone", "sender": "Customer", "created_by_id": 4, "origin_by_id": 10},
            MessageKind.CUSTOMER,
            id="a call noted for the customer",
        ),
    ],
)
def test_who_a_message_is_for(changes: dict[str, Any], kind: MessageKind) -> None:
    assert told(recorded_article(12), **changes).kind is kind


def test_a_call_noted_by_an_agent_is_the_customers() -> None:
    changes = {"type": "phone", "sender": "Customer", "created_by_id": 4, "origin_by_id": 10}

    message = told(recorded_article(12), **changes)

    assert message.author.id == 10
    assert message.author.role is Role.CUSTOMER
    assert message.channel == "phone"


@pytest.mark.parametrize(
    ("type_name", "channel"),
    [
        ("email", "email"),
        ("phone", "phone"),
        ("chat", "chat"),
        ("web", "web"),
        ("sms", "sms"),
        ("note", "note"),
        ("twitter status", "social"),
        ("twitter direct-message", "social"),
        ("facebook feed post", "social"),
        ("facebook feed comment", "social"),
        ("telegram personal-message", "social"),
        ("whatsapp message", "social"),
        ("facebook direct-message", "social"),
        ("fax", "other"),
        ("", "other"),
        ("something new", "other"),
    ],
)
def test_channels(type_name: str, channel: str) -> None:
    assert words.channel(type_name) == channel


def test_without_names_the_seeded_ids_tell_type_and_sender() -> None:
    article = {k: v for k, v in recorded_article(9).items() if k not in {"type", "sender"}}

    assert words.article_type(article) == "email"
    assert words.sender(article) == "System"


def test_our_mark_counts_only_in_what_we_wrote() -> None:
    marked = {"preferences": {"deskladder": {"mark": "key-1"}}}

    ours = told(recorded_article(12), **marked, created_by_id=BOT)
    theirs = told(recorded_article(12), **marked, created_by_id=10)

    assert (ours.mark, theirs.mark) == ("key-1", None)


@pytest.mark.parametrize("preferences", [None, [], {"deskladder": None}, {"deskladder": "x"}])
def test_odd_preferences_are_no_mark(preferences: Any) -> None:
    assert words.mark_of({"preferences": preferences}) is None


@pytest.mark.parametrize(
    ("record", "meaning"),
    [
        pytest.param(
            {"name": "wait", "state_type": "pending reminder"}, "pending reminder", id="by type"
        ),
        pytest.param({"name": "open", "state_type_id": 4}, "pending close", id="by seeded type id"),
        pytest.param({"name": "closed", "state_type": "invented"}, "other", id="unknown type"),
        pytest.param({"name": "closed"}, "other", id="no type"),
    ],
)
def test_a_state_means_what_its_type_says(record: dict[str, Any], meaning: str) -> None:
    assert words.state(record).type == meaning


def test_the_recorded_states() -> None:
    assert [state.type.value for state in STATES.values()] == [
        "new",
        "open",
        "pending reminder",
        "closed",
        "merged",
        "removed",
        "pending close",
    ]


def test_custom_attributes_are_fields() -> None:
    row = {**answer("zammad-live/api-ticket-get"), "room": "12", "stars": None}

    ticket = words.ticket(from_parts(row, [], {}, {}), BOOK, "support", "https://z")

    assert ticket.fields == {"room": "12", "stars": None}


@pytest.mark.parametrize("name", names("zammad", "ticket_show*"))
def test_tickets_of_the_documentation_bring_no_invented_fields(name: str) -> None:
    found = sample(name)
    row = found.get("response", found).get("body", found)

    ticket = words.ticket(from_parts(row, [], {}, {}), BOOK, "support", "https://z")

    assert ticket.fields == {}


def test_a_vip_customer() -> None:
    vera = person(answer("zammad-live/api-user-get-customer-vip"), Role.CUSTOMER)

    assert vera.vip
    assert vera.organization == "Acme BV"
    assert vera.domain == "acme.example"


def test_a_customer_of_a_vip_organisation_is_one_too() -> None:
    organizations = {2: {"name": "Acme BV", "vip": True}}

    someone = person({"id": 10, "organization_id": 2, "vip": False}, Role.CUSTOMER, organizations)

    assert someone.vip


def test_an_agent_who_is_away() -> None:
    record = {
        "id": 5,
        "firstname": "Liam",
        "lastname": "Second",
        "email": "liam@lab.example",
        "active": True,
        "out_of_office": True,
        "out_of_office_start_at": "2026-12-24",
        "out_of_office_end_at": "2026-12-31",
        "out_of_office_replacement_id": 6,
    }

    away = agent(record).absence

    assert away is not None
    assert (away.first_day, away.last_day) == (date(2026, 12, 24), date(2026, 12, 31))
    assert away.replacement_id == 6


@pytest.mark.parametrize(
    "changes",
    [
        {"out_of_office": False},
        {"out_of_office_start_at": None},
        {"out_of_office_end_at": "soon"},
    ],
)
def test_an_absence_needs_the_flag_and_both_days(changes: dict[str, Any]) -> None:
    record = {
        "out_of_office": True,
        "out_of_office_start_at": "2026-12-24",
        "out_of_office_end_at": "2026-12-31",
        **changes,
    }

    assert agent(record).absence is None


def test_who_is_an_agent_is_told_by_the_roles() -> None:
    users, roles = ALL["assets"]["User"], {3: {"name": "Customer"}, 2: {"name": "Agent"}}

    assert is_agent(users["4"], roles)
    assert not is_agent(users["10"], roles)
    assert not is_agent(users["1"], roles)
    assert is_agent({"role_ids": [7]}, {})
    assert not is_agent({"role_ids": None}, {})


def test_the_recorded_history() -> None:
    changes = history.changes(answer("zammad-live/api-ticket-history"), BOOK)

    assert [(c.what, c.before, c.after) for c in changes[:3]] == [
        ("state", "new", "open"),
        ("priority", "2 normal", "3 high"),
        ("owner", "", "4"),
    ]
    assert [c.at for c in changes] == sorted(c.at for c in changes)
    assert changes[0].by is not None
    assert changes[0].by.id == 4
    assert any(c.ours and c.after == "pending reminder" for c in changes)
    assert all(c.what in {"state", "group", "owner", "priority"} for c in changes)


def test_the_last_human_touch_is_neither_ours_nor_the_customers() -> None:
    recorded = answer("zammad-live/api-ticket-history")
    by_agent = [row for row in recorded["history"] if row["created_by_id"] == 4]
    last = max(row["created_at"] for row in by_agent)

    touched = history.touched_at(recorded, BOOK)

    assert touched is not None
    assert touched <= datetime.fromisoformat(last)
    assert history.touched_at(recorded, words.Book(me=4)) != touched


def test_derived_columns_are_no_touch() -> None:
    recorded = copy.deepcopy(answer("zammad-live/api-ticket-history"))
    recorded["history"] = [
        row for row in recorded["history"] if row.get("attribute") == "escalation_at"
    ]
    for row in recorded["history"]:
        row["created_by_id"] = 4

    assert recorded["history"]
    assert history.touched_at(recorded, BOOK) is None


@pytest.mark.parametrize(
    "odd", [{}, {"history": None}, {"history": [None, 7, {}]}, {"history": [{"type": "updated"}]}]
)
def test_an_odd_history_is_an_empty_one(odd: dict[str, Any]) -> None:
    assert history.changes(odd, BOOK) == ()
    assert history.touched_at(odd, BOOK) is None


class TestPriorities:
    def test_the_seeded_ones(self) -> None:
        recorded = answer("zammad-live/api-ticket-priorities")

        meant = priorities.meanings(recorded, {})

        assert meant == {1: Priority.LOW, 2: Priority.NORMAL, 3: Priority.HIGH}
        assert priorities.host_id(Priority.URGENT, meant, recorded) == 3
        assert priorities.host_id(Priority.LOW, meant, recorded) == 1

    def test_the_settings_win(self) -> None:
        rows = [{"id": 1, "name": "P1"}, {"id": 2, "name": "P2"}, {"id": 3, "name": "3 high"}]

        meant = priorities.meanings(rows, {"priorities": {"urgent": "P1", "low": "p2"}})

        assert meant == {1: Priority.URGENT, 2: Priority.LOW, 3: Priority.HIGH}

    def test_a_name_in_the_settings_nobody_knows_is_refused(self) -> None:
        with pytest.raises(Refused, match="did you mean '3 high'"):
            priorities.meanings([{"id": 3, "name": "3 high"}], {"priorities": {"high": "3 hihg"}})

    def test_names_that_say_nothing_are_read_by_order(self) -> None:
        rows = [{"id": 9, "name": "P1"}, {"id": 4, "name": "P2"}, {"id": 5, "name": "P3"}]

        assert priorities.meanings(rows, {}) == {
            9: Priority.LOW,
            4: Priority.NORMAL,
            5: Priority.HIGH,
        }

    def test_a_word_inside_another_word_is_none(self) -> None:
        rows = [{"id": 1, "name": "1 low"}, {"id": 2, "name": "2 slowly"}]

        assert priorities.meanings(rows, {})[2] is Priority.LOW

    def test_inactive_ones_are_never_chosen(self) -> None:
        rows = [{"id": 3, "name": "3 high", "active": False}, {"id": 2, "name": "2 normal"}]
        meant = priorities.meanings(rows, {})

        assert priorities.host_id(Priority.HIGH, meant, rows) == 2
        assert priorities.host_id(Priority.LOW, meant, rows) == 2
        assert priorities.host_id(Priority.LOW, meant, []) is None


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@pytest.mark.slow
@given(st.data())
@settings(deadline=None)
def test_any_column_may_be_anything(data: st.DataObject) -> None:
    answer_ = copy.deepcopy(ALL)
    kind = data.draw(st.sampled_from(["Ticket", "TicketArticle", "User", "Group"]))
    for record in answer_["assets"][kind].values():
        key = data.draw(st.sampled_from(sorted(record)))
        record[key] = data.draw(junk)

    try:
        dossier = from_all(answer_)
        outcome = dossier is None or words.ticket(dossier, BOOK, "s", "https://z")
    except DeskladderError as told_:
        outcome = str(told_)

    assert outcome


def borrowed(name: str) -> Any:
    """What a recorded ticket with an SLA of Zammad's own says of deadlines."""
    row = answer(f"zammad-live/{name}")
    ticket = words.ticket(from_parts(row, [], {"tags": []}, {}), BOOK, "support", "https://z")
    return ticket.deadlines, ticket.kept


def test_the_deadlines_zammad_computes_are_read_by_what_they_measure():
    deadlines, kept = borrowed("api-sla-close-cycle-open")

    assert deadlines == {
        "first_response": datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
        "update": datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
    }
    assert kept == {"resolution": True}


def test_a_closed_ticket_has_no_deadlines_whatever_its_single_fields_still_say():
    deadlines, kept = borrowed("api-sla-nl-closed")

    assert deadlines == {}
    assert kept["resolution"] is True
