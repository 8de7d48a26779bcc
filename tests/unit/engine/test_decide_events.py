"""What happened since the last look, told from the difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from plugin.domain.memory import ActionRecord, ActionState, Memory
from plugin.domain.ticket import Change, Person, Priority, Role, State, StateType, Ticket
from plugin.engine.events import events_of, news_of
from tests.given import (
    ANA,
    BEN,
    CLOSED,
    FINANCE,
    FRONT,
    MONDAY,
    OPEN,
    US,
    answer,
    hours,
    memory,
    message,
    minutes,
    note,
    ticket,
)

ROBOT = Person(1, Role.SYSTEM)
MERGED = State("merged", StateType.MERGED)
LATER = MONDAY + hours(1)


def looked_at(before: Ticket, **fields: Any) -> Memory:
    """The memory after a first look."""
    return news_of(before, memory(**fields), MONDAY).memory


def names(now: Ticket, before: Memory) -> list[str]:
    return [event.name for event in events_of(now, before, LATER)]


def changed(**fields: Any) -> Ticket:
    return ticket(**{"updated_at": LATER} | fields)


def test_a_ticket_younger_than_the_installation_was_created() -> None:
    assert names(ticket(), memory()) == ["ticket.created"]


def test_what_was_taken_in_before_it_moved_here_is_no_news() -> None:
    before = replace(looked_at(ticket()), elsewhere=frozenset({5, 6}))
    now = changed(messages=(message(1), message(5), note(6, at=MONDAY), message(7, at=LATER)))

    events = events_of(now, before, LATER)

    assert [event.message_id for event in events if event.message_id] == [7]


def test_what_a_merge_leaves_is_nobodys_word_and_raises_no_watermark() -> None:
    before = looked_at(ticket(message(1), message(4)))
    left = changed(messages=(answer(9, at=LATER),), state=MERGED)

    news = news_of(left, before, LATER)

    assert [event.name for event in news.events] == ["ticket.closed", "ticket.updated"]
    assert news.memory.seen is not None
    assert news.memory.seen.message_id == 4


def test_a_ticket_first_seen_after_it_was_merged_away_was_never_taken_in() -> None:
    left = changed(messages=(answer(9, at=LATER),), state=MERGED)

    news = news_of(left, memory(), LATER)

    assert "ticket.created" not in [event.name for event in news.events]
    assert news.memory.seen is not None
    assert news.memory.seen.message_id == 0


def test_what_was_written_before_the_first_look_is_news_too() -> None:
    spoken = ticket(message(1), answer(2, at=LATER), note(3, at=LATER + minutes(1)))

    assert names(spoken, memory()) == [
        "ticket.created",
        "agent.replied",
        "note.added",
        "ticket.updated",
    ]


def test_an_older_ticket_is_taken_as_it_is() -> None:
    assert names(ticket(), memory(installed_at=LATER)) == []


def test_of_an_older_ticket_only_newer_messages_are_news() -> None:
    spoken = ticket(message(1), message(2, at=LATER))

    assert names(spoken, memory(installed_at=LATER)) == ["customer.replied", "ticket.updated"]


def test_a_ticket_begun_by_a_machine_begins_nothing() -> None:
    begun = ticket(message(1, automatic="bounce"), message(2, at=LATER))

    assert names(begun, memory()) == ["customer.replied", "ticket.updated"]


def test_a_second_look_at_the_same_ticket_finds_nothing() -> None:
    before = looked_at(ticket(message(1), tags=frozenset({"a"}), owner=ANA))

    assert names(ticket(message(1), tags=frozenset({"a"}), owner=ANA), before) == []


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(changed(group=FINANCE), ["ticket.moved"], id="another group"),
        pytest.param(changed(owner=ANA), ["ticket.assigned"], id="an owner"),
        pytest.param(changed(state=CLOSED), ["ticket.closed"], id="closed"),
        pytest.param(changed(priority=Priority.HIGH), [], id="priority"),
        pytest.param(changed(state=State("waiting", StateType.OTHER)), [], id="another open state"),
        pytest.param(changed(tags=frozenset({"vip"})), ["ticket.tagged"], id="a tag"),
        pytest.param(changed(touched_at=LATER), [], id="a custom field"),
        pytest.param(
            ticket(message(1), message(2, at=LATER)), ["customer.replied"], id="a message"
        ),
    ],
)
def test_a_difference_is_an_event(now: Ticket, expected: list[str]) -> None:
    assert names(now, looked_at(ticket())) == [*expected, "ticket.updated"]


def test_an_owner_or_a_tag_removed_is_an_update_only() -> None:
    before = looked_at(ticket(owner=ANA, tags=frozenset({"vip"})))

    assert names(changed(tags=frozenset({"vip"})), before) == ["ticket.updated"]
    assert names(changed(owner=ANA), before) == ["ticket.updated"]


@pytest.mark.parametrize(
    "silent",
    [
        pytest.param(message(2, at=LATER, automatic="out of office"), id="out of office"),
        pytest.param(answer(2, at=LATER, ours=True, author=US), id="our reply"),
        pytest.param(note(2, at=LATER, ours=True, author=US), id="our note"),
        pytest.param(answer(2, at=LATER, automatic="trigger"), id="a trigger's mail"),
    ],
)
def test_automatic_messages_and_our_own_are_no_events(silent) -> None:
    assert names(ticket(message(1), silent), looked_at(ticket())) == []


def test_messages_are_events_in_the_order_they_were_written() -> None:
    spoken = ticket(
        message(1),
        message(2, at=LATER),
        answer(3, at=LATER + minutes(1)),
        message(4, at=LATER + minutes(2)),
    )

    events = events_of(spoken, looked_at(ticket()), LATER + hours(1))

    assert [(event.name, event.message_id) for event in events if event.message_id] == [
        ("customer.replied", 2),
        ("agent.replied", 3),
        ("customer.replied", 4),
    ]


OWN = {
    "group": (changed(group=FINANCE), {"group": "3"}),
    "assign": (changed(owner=ANA), {"owner": "21"}),
    "state": (changed(state=CLOSED), {"state": "closed"}),
    "priority": (changed(priority=Priority.HIGH), {"priority": "high"}),
    "tag": (changed(tags=frozenset({"Escalated"})), {"tags": ["escalated"]}),
}


def wrote(name: str, written: dict[str, object], *, before: bool = False) -> ActionRecord:
    return ActionRecord(
        key=f"k/{name}", rule="a rule", name=name, state=ActionState.DONE,
        planned_at=MONDAY, done_at=MONDAY + minutes(-1 if before else 1), wrote=written,
    )  # fmt: skip


@pytest.mark.parametrize("name", OWN)
def test_what_we_wrote_is_no_event(name: str) -> None:
    now, written = OWN[name]
    before = looked_at(ticket()).with_changes(actions=(wrote(name, written),))

    assert names(now, before) == []


@pytest.mark.parametrize("name", OWN)
def test_the_same_written_by_somebody_else_is_one(name: str) -> None:
    now, _ = OWN[name]

    assert names(now, looked_at(ticket())) != []


def test_a_tag_we_removed_is_no_event() -> None:
    before = looked_at(ticket(tags=frozenset({"vip"}))).with_changes(
        actions=(wrote("untag", {"untagged": ["vip"]}),)
    )

    assert names(changed(), before) == []


MARKS = frozenset({"prio-high", "prio-urgent"})


def test_a_tag_that_stands_for_the_priority_we_set_is_no_event() -> None:
    before = looked_at(ticket(tags=frozenset({"prio-urgent"}), priority_tags=MARKS)).with_changes(
        actions=(wrote("priority", {"priority": "high"}),)
    )

    now = changed(tags=frozenset({"prio-high"}), priority=Priority.HIGH, priority_tags=MARKS)

    assert names(now, before) == []


def test_another_tag_set_in_that_moment_is_one() -> None:
    before = looked_at(ticket(priority_tags=MARKS)).with_changes(
        actions=(wrote("priority", {"priority": "high"}),)
    )

    now = changed(tags=frozenset({"prio-high", "vip"}), priority=Priority.HIGH, priority_tags=MARKS)

    assert names(now, before) == ["ticket.tagged", "ticket.updated"]


def test_a_priority_somebody_else_sets_by_its_tag_is_one() -> None:
    before = looked_at(ticket(priority_tags=MARKS))

    now = changed(tags=frozenset({"prio-high"}), priority=Priority.HIGH, priority_tags=MARKS)

    assert names(now, before) == ["ticket.tagged", "ticket.updated"]


def test_somebody_who_undoes_what_we_did_is_heard() -> None:
    ours = wrote("group", {"group": "3"}, before=True)
    before = looked_at(ticket(group=FINANCE), actions=(ours,))

    assert "ticket.moved" in names(changed(group=FRONT), before)


def test_somebody_who_repeats_what_we_did_before_the_last_look_is_heard() -> None:
    ours = wrote("group", {"group": "3"}, before=True)
    before = looked_at(ticket(group=FRONT), actions=(ours,))

    assert "ticket.moved" in names(changed(group=FINANCE), before)


def history(*rows: Change, **fields: Any) -> Ticket:
    return changed(history=rows, **fields)


def test_the_history_tells_what_the_difference_hides() -> None:
    back_and_forth = history(
        Change(MONDAY + minutes(1), "state", "open", "closed", by=ANA),
        Change(MONDAY + minutes(2), "state", "closed", "open", by=ANA),
        Change(MONDAY + minutes(3), "owner", "", "21", by=ANA),
        Change(MONDAY + minutes(4), "owner", "21", "", by=ANA),
    )

    assert names(back_and_forth, looked_at(ticket())) == [
        "ticket.closed",
        "ticket.reopened",
        "ticket.assigned",
        "ticket.updated",
    ]


def test_our_own_rows_of_the_history_are_no_events() -> None:
    moved = history(
        Change(MONDAY + minutes(1), "group", "1st Level", "Finance", ours=True), group=FINANCE
    )

    assert names(moved, looked_at(ticket())) == []


def test_rows_seen_before_are_old_though_dated_later_than_the_ticket() -> None:
    slow = MONDAY + timedelta(milliseconds=40)
    rows = (
        Change(slow, "owner", "", "21", by=ANA),
        Change(slow, "group", "1st Level", "Finance", by=ANA),
        Change(slow, "state", "new", "open", by=ANA),
    )
    as_seen = ticket(owner=ANA, group=FINANCE, history=rows)

    assert names(as_seen, looked_at(as_seen)) == []


def test_closed_and_opened_between_two_looks_counts_where_the_host_keeps_the_instant() -> None:
    now = changed(closed_at=MONDAY + minutes(30))

    news = news_of(now, looked_at(ticket()), LATER)

    assert [event.name for event in news.events][:2] == ["ticket.closed", "ticket.reopened"]
    assert (news.memory.cycle, news.memory.reopened) == (2, 1)


def test_opening_again_begins_a_cycle() -> None:
    before = looked_at(ticket(state=CLOSED, closed_at=MONDAY))

    news = news_of(changed(state=OPEN), before, LATER)

    assert "ticket.reopened" in [event.name for event in news.events]
    assert (news.memory.cycle, news.memory.reopened) == (2, 1)
    assert news.memory.closed_at == MONDAY


def test_a_ticket_closed_before_the_first_look_was_created_and_closed() -> None:
    now = changed(state=CLOSED, closed_at=MONDAY + minutes(5))

    assert names(now, memory()) == ["ticket.created", "ticket.closed", "ticket.updated"]


@pytest.mark.parametrize(
    ("rows", "passed"),
    [
        pytest.param([("group", "1st Level", "Finance", 1, ANA)], 1, id="moved"),
        pytest.param([("owner", "21", "22", 1, ANA)], 1, id="from one to another"),
        pytest.param([("owner", "", "22", 1, BEN)], 0, id="taken"),
        pytest.param(
            [("group", "1st Level", "Finance", 1, ANA), ("owner", "21", "22", 1, ANA)],
            1,
            id="new group, new owner",
        ),
        pytest.param([("group", "1st Level", "Finance", 1, ROBOT)], 0, id="sorted by a machine"),
    ],
)
def test_handoffs_are_counted(rows: list[tuple[Any, ...]], passed: int) -> None:
    changes = [Change(MONDAY + minutes(at), what, b, a, by=by) for what, b, a, at, by in rows]
    changed_fields = {what for what, *_ in rows}
    begin = ticket(owner=None if rows[0][1] == "" else ANA)
    end = history(
        *changes,
        group=FINANCE if "group" in changed_fields else FRONT,
        owner=BEN if "owner" in changed_fields else ANA,
    )

    assert news_of(end, looked_at(begin), LATER).memory.handoffs == passed


def test_a_priority_set_by_a_human_is_remembered_and_ours_is_not() -> None:
    before = looked_at(ticket())
    urgent = changed(priority=Priority.URGENT)
    ours = before.with_changes(actions=(wrote("priority", {"priority": "urgent"}),))

    assert news_of(urgent, before, LATER).memory.human_priority is Priority.URGENT
    assert news_of(urgent, ours, LATER).memory.human_priority is None


def test_a_deleted_message_brings_no_old_ones_back() -> None:
    before = looked_at(ticket(message(1), message(2), message(3)))
    gone = news_of(ticket(message(1), message(2)), before, LATER).memory

    assert names(ticket(message(1), message(2), message(3)), gone) == []


def test_a_reply_begun_before_our_note_and_sent_after_it_is_heard() -> None:
    """FreeScout numbers a reply when its draft is kept; it is shown from the instant it is sent."""
    note_of_ours = note(4, at=LATER - minutes(5), ours=True, author=US)
    before = news_of(changed(messages=(message(1), note_of_ours)), memory(), LATER).memory
    sent = answer(3, at=LATER + minutes(1))

    now = changed(messages=(message(1), note_of_ours, sent), updated_at=LATER + minutes(1))

    heard = events_of(now, before, LATER + minutes(1))
    assert [event.message_id for event in heard if event.name == "agent.replied"] == [3]
    again = news_of(now, before, LATER + minutes(1)).memory
    assert names(now, again) == []


def test_what_a_merge_brings_from_long_ago_is_not_heard_for_its_number() -> None:
    before = looked_at(changed(messages=(message(1), message(9))))
    old = message(5, at=MONDAY - hours(900))

    now = changed(messages=(old, message(1), message(9)), updated_at=LATER + minutes(1))

    assert "customer.replied" not in names(now, before)


def test_of_many_messages_those_long_known_stay_known() -> None:
    many = tuple(message(number) for number in range(1, 60))
    before = looked_at(ticket(*many))

    assert names(changed(messages=many), before) == []


def test_a_watermark_of_an_earlier_version_knows_all_below_it() -> None:
    before = looked_at(ticket(message(1), message(4)))
    assert before.seen is not None
    old = replace(before, seen=replace(before.seen, recent=()))

    now = changed(messages=(message(1), message(3, at=LATER), message(4)))

    assert names(now, old) == []


def test_the_first_look_is_dated_once() -> None:
    first = looked_at(ticket())

    second = news_of(ticket(), first, LATER).memory

    assert (second.first_seen_at, second.looked_at) == (MONDAY, LATER)


def test_nothing_of_the_text_is_remembered() -> None:
    secret = replace(message(1, "my card is 4111"), subject="4111")

    assert "4111" not in repr(looked_at(ticket(secret, subject="4111")))


def test_a_copy_that_lags_behind_is_no_news() -> None:
    before = looked_at(changed(group=FINANCE))

    news = news_of(ticket(), before, LATER)

    assert news.events == ()
    assert news.memory == before
