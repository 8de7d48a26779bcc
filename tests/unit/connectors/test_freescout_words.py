from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.freescout import history, words
from connectors.freescout.directory import absence_of, priority_words
from connectors.freescout.people import is_deleted, is_robot, person
from plugin.domain.errors import DeskladderError, TicketGone
from plugin.domain.ticket import MessageKind, Priority, Role, StateType, Ticket
from tests.samples_reader import answer, freescout_calls, names, sample

BOT = 4
BOOK = words.Book(
    me=BOT,
    mailboxes={1: "Support", 2: "Billing"},
    own_addresses=frozenset({"support@fslab.test"}),
)
BUSY = answer("freescout/api-conversation-get")


def conversation_samples() -> list[Any]:
    """Every conversation that was recorded, in answers and in webhook calls."""
    found: dict[str, Any] = {}
    for name in names("freescout", "api-*"):
        body = sample(name)["response"]["body"]
        if not isinstance(body, dict):
            continue
        listed = (body.get("_embedded") or {}).get("conversations", [body])
        for row in listed:
            if "mailboxId" in row:
                found[f"{name[14:]}-{row['id']}"] = row
    for call in freescout_calls():
        if "mailboxId" in call.parsed:
            found[call.case] = call.parsed
    return [pytest.param(row, id=name) for name, row in found.items()]


def read(conversation: dict[str, Any], **changes: Any) -> Ticket:
    book = changes.pop("book", BOOK)
    return words.ticket({**conversation, **changes}, book, "support", "https://f", history=True)


def with_thread(**changes: Any) -> dict[str, Any]:
    """A conversation whose only thread is a customer's, changed."""
    conversation = copy.deepcopy(answer("freescout/api-conversation-get-embed-threads-tags"))
    conversation["_embedded"]["threads"][0].update(changes)
    return conversation


@pytest.mark.parametrize("row", conversation_samples())
def test_every_recorded_conversation_is_read_or_gone(row: dict[str, Any]) -> None:
    if row["state"] != "published":
        with pytest.raises(TicketGone, match=r"merged|deleted|draft"):
            read(row)
        return

    ticket = read(row)

    assert ticket.ref.id == row["id"]
    assert ticket.number == str(row["number"])
    assert ticket.url == f"https://f/conversation/{row['id']}"
    assert ticket.group.id == row["mailboxId"]
    assert (ticket.owner is None) is (row["assignee"] is None)
    assert ticket.customer.id == (row["customer"] or {}).get("id")
    assert ticket.customer.role is Role.CUSTOMER
    assert [message.id for message in ticket.messages] == sorted(
        thread["id"] for thread in row["_embedded"]["threads"] if thread["type"] != "lineitem"
    )
    for message in ticket.messages:
        assert "<script" not in message.text
        assert "alert(" not in message.text
        assert message.author.id is not None


def test_the_recorded_busy_conversation() -> None:
    ticket = read(BUSY)

    assert ticket.state.type is StateType.OPEN
    assert ticket.group.name == "Support"
    assert ticket.created_by is Role.CUSTOMER
    assert ticket.channel == "email"
    kinds = {message.kind for message in ticket.messages}
    assert kinds == {MessageKind.CUSTOMER, MessageKind.AGENT, MessageKind.NOTE}
    ours = [message for message in ticket.messages if message.ours]
    assert ours
    assert all(message.automatic and message.author.id == BOT for message in ours)


def test_the_recorded_history() -> None:
    changes = read(BUSY).history

    assert changes is not None
    assert [(c.before, c.after) for c in changes if c.what == "state"] == [
        ("active", "pending"),
        ("pending", "active"),
        ("active", "closed"),
        ("closed", "spam"),
        ("spam", "active"),
    ]
    assert [(c.before, c.after) for c in changes if c.what == "owner"][:2] == [("", "3"), ("3", "")]
    assert [c.after for c in changes if c.what == "group"][-1] == "Support"
    assert all(c.ours for c in changes)


def test_a_reply_that_closes_is_a_change_of_state_by_its_author() -> None:
    threads = [
        {"id": 1, "type": "customer", "status": "active", "createdAt": "2026-11-22T05:00:00Z"},
        {
            "id": 2,
            "type": "message",
            "status": "closed",
            "createdAt": "2026-11-22T06:00:00Z",
            "createdBy": {"id": 2, "type": "user", "firstName": "Bea", "lastName": "Agent"},
        },
        {
            "id": 3,
            "type": "customer",
            "status": "active",
            "createdAt": "2026-11-22T07:00:00Z",
            "createdBy": {"id": 9, "type": "customer"},
        },
    ]

    closed, reopened = history.changes(threads, BOT, "Support")

    assert (closed.before, closed.after, closed.ours) == ("active", "closed", False)
    assert closed.by is not None
    assert closed.by.name == "Bea Agent"
    assert reopened.by is not None
    assert reopened.by.role is Role.CUSTOMER
    assert reopened.at == datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


def test_a_human_touch_is_neither_ours_nor_a_customers_nor_the_robots() -> None:
    def thread(by: dict[str, Any], hour: int) -> dict[str, Any]:
        return {"id": hour, "createdBy": by, "createdAt": f"2026-11-22T{hour:02}:00:00Z"}

    threads = [
        thread({"id": 2, "type": "user"}, 5),
        thread({"id": BOT, "type": "user"}, 6),
        thread({"id": BOT, "type": "customer"}, 7),
        thread({"id": 6, "type": "user", "email": "fsworkflow@example.org"}, 8),
        thread({}, 9),
    ]

    assert history.last_touch(threads, BOT) == datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def test_what_a_workflow_did_is_automatic() -> None:
    robot = {"id": 6, "type": "user", "firstName": "Workflow", "email": "fsworkflow@example.org"}

    message = read(with_thread(type="note", createdBy=robot)).messages[0]

    assert message.automatic
    assert message.author.role is Role.SYSTEM


def test_a_customer_with_our_users_number_is_not_us() -> None:
    customer = {"id": BOT, "type": "customer", "email": "x@cust.test"}

    message = read(with_thread(createdBy=customer)).messages[0]

    assert not message.ours
    assert message.by_human


def test_an_out_of_office_mail_is_told_by_the_subject_of_the_first_message() -> None:
    ticket = read(with_thread(), subject="Automatic reply: Tags test")

    assert ticket.messages[0].automatic


def test_a_later_message_is_not_judged_by_the_subject() -> None:
    conversation = with_thread()
    first = conversation["_embedded"]["threads"][0]
    conversation["_embedded"]["threads"].append({**first, "id": first["id"] + 1})

    messages = read(conversation, subject="Automatic reply: Tags test").messages

    assert messages[0].automatic
    assert messages[1].by_human
    assert messages[1].subject == ""


def test_what_a_customer_quotes_is_neither_fresh_nor_automatic() -> None:
    body = (
        '<div>Not yet.</div><div class="moz-cite-prefix">Am 03.03.25 um 10:12 schrieb Lab:</div>'
        '<blockquote type="cite">This is an automatic reply to a complaint.</blockquote>'
    )

    message = read(with_thread(body=body)).messages[0]

    assert message.by_human
    assert message.fresh == "Not yet."
    assert "automatic reply" in message.text


def test_nobody_looks_for_quotes_in_what_agents_write() -> None:
    messages = read(with_thread(type="note", body="<p>x</p>")).messages

    assert messages[0].fresh is None


def test_mail_from_the_mailboxes_own_address_is_a_loop() -> None:
    loop = {"id": 20, "type": "customer", "email": "support@fslab.test"}

    assert read(with_thread(createdBy=loop)).messages[0].automatic


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("active", StateType.OPEN),
        ("pending", StateType.PENDING_REMINDER),
        ("closed", StateType.CLOSED),
        ("spam", StateType.SPAM),
        ("snoozed", StateType.OTHER),
        ("", StateType.OTHER),
    ],
)
def test_states(status: str, meaning: StateType) -> None:
    assert read(BUSY, status=status).state.type is meaning


@pytest.mark.parametrize(
    ("type_", "channel"),
    [("email", "email"), ("phone", "phone"), ("chat", "chat"), ("custom", "other"), ("?", "other")],
)
def test_channels(type_: str, channel: str) -> None:
    ticket = read(with_thread(), type=type_)

    assert ticket.channel == channel
    assert ticket.messages[0].channel == channel


def test_a_merged_conversation_says_where_it_went() -> None:
    merged = answer("freescout/api-conversation-get-merged-away")

    with pytest.raises(TicketGone, match="merged into number 29"):
        read(merged)


def test_a_draft_is_no_ticket() -> None:
    with pytest.raises(TicketGone, match="draft"):
        read(BUSY, state="draft")


def test_threads_stand_in_the_order_of_their_ids_each_once() -> None:
    shuffled = copy.deepcopy(BUSY)
    shuffled["_embedded"]["threads"] += shuffled["_embedded"]["threads"][:3]

    numbers = [thread["id"] for thread in words.threads(shuffled)]

    assert numbers == sorted(set(numbers))


def test_a_reply_that_was_a_draft_for_a_while_stands_where_it_was_sent() -> None:
    conversation = copy.deepcopy(BUSY)
    listed = conversation["_embedded"]["threads"]
    customers = [row for row in listed if row["type"] == "customer"]
    newest = max(customers, key=lambda row: row["id"])
    reply = next(row for row in listed if row["type"] == "message")
    reply.update(id=newest["id"] - 1, createdAt="2026-12-24T09:00:00Z")
    listed[:] = [row for row in listed if row is reply or row["id"] != reply["id"]]

    messages = words.ticket(conversation, BOOK, "shop", "https://f").messages

    assert messages[-1].id == reply["id"] < newest["id"]
    assert messages[-2].id > reply["id"]


def test_tags_not_shown_are_not_no_tags() -> None:
    assert words.tags(BUSY) is None
    assert words.tags(answer("freescout/api-conversation-after-workflow")) == frozenset()
    assert words.tags(answer("freescout/api-conversation-get-embed-threads-tags")) == {
        "refund",
        "vip",
        "überfällig",
    }


def test_custom_fields_are_fields_by_name() -> None:
    fields = read(
        BUSY,
        customFields=[
            {"id": 1, "name": "Room", "value": "12", "text": ""},
            {"id": 2, "name": "Urgency", "value": "2", "text": "High"},
            {"id": 3, "value": "nameless"},
        ],
    ).fields

    assert fields == {"Room": "12", "Urgency": "High"}


TAGS = {"prio-low": Priority.LOW, "prio-high": Priority.HIGH, "hot": Priority.URGENT}


class TestPriority:
    @pytest.mark.parametrize(
        ("tags", "priority"),
        [
            ([], Priority.NORMAL),
            (["vip"], Priority.NORMAL),
            (["prio-low"], Priority.LOW),
            (["prio-low", "hot", "prio-high"], Priority.URGENT),
        ],
    )
    def test_by_tag_the_most_urgent_one_counts(self, tags: list[str], priority: Priority) -> None:
        conversation = with_thread()
        conversation["_embedded"]["tags"] = [{"id": 1, "name": tag} for tag in tags]

        ticket = read(conversation, book=words.Book(priority_tags=TAGS))

        assert ticket.priority is priority

    @pytest.mark.parametrize(
        ("row", "priority"),
        [
            ({"name": "Urgency", "value": "2", "text": "High"}, Priority.HIGH),
            ({"name": "urgency", "value": "9", "text": "Hot"}, Priority.URGENT),
            ({"name": "Urgency", "value": "", "text": ""}, None),
            ({"name": "Other", "value": "2", "text": "High"}, None),
        ],
    )
    def test_by_field(self, row: dict[str, str], priority: Priority | None) -> None:
        book = words.Book(
            priority_field="Urgency",
            priority_values={"2": Priority.HIGH, "Hot": Priority.URGENT},
        )

        assert read(BUSY, customFields=[row], book=book).priority is priority

    def test_without_settings_or_tags_there_is_none(self) -> None:
        assert read(with_thread()).priority is None
        assert read(BUSY, book=words.Book(priority_tags=TAGS)).priority is None

    def test_the_settings(self) -> None:
        by_tag = priority_words({"priority": {"tags": {"high": "Prio-High "}}})
        by_field = priority_words({"priority": {"field": "Urgency", "values": {"low": 1}}})

        assert by_tag == ({Priority.HIGH: "prio-high"}, "", {})
        assert by_field == ({}, "Urgency", {Priority.LOW: "1"})
        assert priority_words({}) == ({}, "", {})


class TestMark:
    def mine(self, html: str, **by: Any) -> str | None:
        thread = {"body": html, "createdBy": {"id": BOT, "type": "user", **by}}
        return words.mark_of(thread, BOT)

    @pytest.mark.parametrize(
        "mark",
        ["abc123", "support/7:rule--1", "a --> b", "<script>", "Küche 🍳", "x" * 120, "50%-off"],
    )
    def test_comes_back_as_it_went(self, mark: str) -> None:
        html = words.with_mark("<p>why</p>", mark)

        assert self.mine(html) == mark
        assert html.count("-->") == 1
        assert "--" not in html.removesuffix("-->").partition("<!--")[2]

    @given(st.text(min_size=1, max_size=60))
    @settings(deadline=None)
    def test_comes_back_whatever_it_is(self, mark: str) -> None:
        try:
            mark.encode()
        except UnicodeEncodeError:
            return

        assert self.mine(words.with_mark("<p>x</p>", mark)) == mark

    def test_of_somebody_else_does_not_count(self) -> None:
        html = words.with_mark("<p>why</p>", "abc")

        assert self.mine(html, id=5) is None
        assert self.mine(html, type="customer") is None

    @pytest.mark.parametrize(
        "html", ["", "deskladder:abc", "<!-- other:abc -->", "<!-- deskladder: -->", "<!--" * 5000]
    )
    def test_is_none_where_there_is_none(self, html: str) -> None:
        assert self.mine(html) is None

    def test_is_invisible(self) -> None:
        shown = with_thread(body=words.with_mark("<p>why</p>", "abc"))

        assert read(shown).messages[0].text.strip() == "why"


ABSENT = [
    {"who": "bea@fslab.test", "from": "2026-12-24", "to": "2026-12-31"},
    {"who": "BEA@fslab.test", "from": date(2026, 11, 1), "to": date(2026, 11, 8)},
    {"who": "carl@fslab.test", "from": "someday", "to": "2026-12-31"},
]


class TestPeople:
    def test_deleted_users_and_the_robot_are_told_by_their_address(self) -> None:
        users = answer("freescout/api-users-list-with-robot-and-deleted")["_embedded"]["users"]

        assert [user["id"] for user in users if is_robot(user)] == [6]
        assert [user["id"] for user in users if is_deleted(user)] == [5]

    @pytest.mark.parametrize(
        "email", ["", "deleted@x.test", "a_deleted@x.test", "x@fsworkflow.example"]
    )
    def test_an_address_with_such_a_word_in_it_is_neither(self, email: str) -> None:
        assert not is_deleted({"email": email})
        assert not is_robot({"email": email})

    def test_a_customers_full_record(self) -> None:
        erin = person(answer("freescout/api-get-customers-3"), Role.CUSTOMER)

        assert (erin.name, erin.email, erin.login) == (
            "Erin Example",
            "erin@cust.test",
            "erin@cust.test",
        )

    @pytest.mark.parametrize(
        ("today", "first_day"),
        [
            (date(2026, 10, 1), date(2026, 11, 1)),
            (date(2026, 11, 8), date(2026, 11, 1)),
            (date(2026, 11, 9), date(2026, 12, 24)),
            (date(2026, 12, 31), date(2026, 12, 24)),
            (date(2027, 1, 1), None),
        ],
    )
    def test_of_several_absences_the_present_or_next_one(
        self, today: date, first_day: date | None
    ) -> None:
        absence = absence_of("bea@fslab.test", {"absent": ABSENT}, today)

        assert (absence.first_day if absence else None) == first_day

    def test_an_absence_without_days_is_none(self) -> None:
        assert absence_of("carl@fslab.test", {"absent": ABSENT}, date(2026, 1, 1)) is None
        assert absence_of("ada@fslab.test", {}, date(2026, 1, 1)) is None


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@pytest.mark.slow
@given(st.data())
@settings(deadline=None)
def test_any_member_may_be_anything(data: st.DataObject) -> None:
    conversation = copy.deepcopy(BUSY)
    target = data.draw(
        st.sampled_from([conversation, *conversation["_embedded"]["threads"][:3]]), label="where"
    )
    target[data.draw(st.sampled_from(sorted(target)))] = data.draw(junk)

    try:
        outcome = str(read(conversation).ref)
    except DeskladderError as told:
        outcome = str(told)

    assert outcome
