"""One ticket, before and ahead: what was remembered then, and what comes if nobody does anything."""

from __future__ import annotations

import json

import pytest

from plugin.domain.errors import DeskladderError
from plugin.domain.memory import ActionRecord, ActionState, Memory
from plugin.domain.ticket import Change, MessageKind
from plugin.history.file import HistoryFile, bare, read
from plugin.history.looks import next_looks, rebuild
from tests.given import BEN, FINANCE, MONDAY, REF, US, answer, hours, message, minutes
from tests.unit.history import full
from tests.unit.history.playing import STAFF, config_of, past

RULES = """
defaults: {mode: act}
rules:
  - {name: billing, on: [ticket.created], do: [{group: Finance}]}
  - {name: waits, on: [time], when: {waiting: 4h}, do: [{note: why}, {assign: ana@example.com}]}
"""


@pytest.fixture
def config(tmp_path):
    return config_of(RULES, tmp_path)


def test_before_it_was_created_there_is_nothing(config):
    assert rebuild(config, past(), STAFF, MONDAY - minutes(1)) is None


def test_without_a_store_what_the_file_does_is_done_again(config):
    then = rebuild(config, past(), STAFF, MONDAY + hours(1))

    assert then.ticket.group == FINANCE
    assert [one.name for one in then.memory.actions] == ["group"]
    assert [look.at for look in then.looks] == [MONDAY]


def test_with_a_store_what_was_done_is_taken_as_it_was(config):
    moved = past(
        message(1, at=MONDAY),
        message(
            2, at=MONDAY + hours(2), kind=MessageKind.NOTE, author=US, ours=True, automatic="us"
        ),
        group=FINANCE,
        history=(Change(MONDAY + minutes(10), "group", "1st Level", "Finance", US, ours=True),),
        updated_at=MONDAY + hours(2),
    )
    done = ActionRecord(
        key="support/12/billing/c1/0.group",
        rule="billing",
        name="group",
        state=ActionState.DONE,
        planned_at=MONDAY + minutes(1),
        done_at=MONDAY + minutes(10),
        wrote={"group": "3"},
        cycle="c1",
    )
    installed = MONDAY - hours(1)

    early = rebuild(
        config, moved, STAFF, MONDAY + minutes(5), installed_at=installed, actions=(done,)
    )
    late = rebuild(config, moved, STAFF, MONDAY + hours(3), installed_at=installed, actions=(done,))

    assert [one.state for one in early.memory.actions] == [ActionState.PLANNED]
    assert early.ticket.group.name == "1st Level"
    assert [one.state for one in late.memory.actions] == [ActionState.DONE]
    assert (late.ticket.group.name, len(late.ticket.messages)) == ("Finance", 2)


def test_what_came_later_is_not_known_then(config):
    lived = past(
        message(1, at=MONDAY),
        answer(2, at=MONDAY + hours(2), author=BEN),
        owner=BEN,
        history=(Change(MONDAY + hours(2), "owner", "", "22", BEN),),
        updated_at=MONDAY + hours(2),
    )

    then = rebuild(config, lived, STAFF, MONDAY + hours(1))

    assert (then.ticket.owner, len(then.past.ticket.messages)) == (None, 1)


def test_at_the_very_instant_it_is_news(config):
    then = rebuild(config, past(), STAFF, MONDAY)

    assert (then.looks, then.memory.seen) == ((), None)


def test_ahead_each_instant_at_which_something_happens(config):
    coming = next_looks(config, past(), STAFF, Memory(REF, MONDAY - hours(1)), MONDAY, 5)

    assert [(look.at, [one.rule for one in look.fired]) for look in coming] == [
        (MONDAY, ["billing"]),
        (MONDAY + hours(4), ["waits"]),
    ]
    assert [(one.name, one.state.value) for one in coming[1].actions] == [
        ("assign", "done"),
        ("note", "done"),
    ]


def test_ahead_no_more_than_asked_for(config):
    coming = next_looks(config, past(), STAFF, Memory(REF, MONDAY - hours(1)), MONDAY, 1)

    assert len(coming) == 1


def test_ahead_of_a_ticket_that_is_known_nothing_is_told_twice(config):
    then = rebuild(config, past(), STAFF, MONDAY + hours(1))

    (only,) = next_looks(config, then.past, STAFF, then.memory, MONDAY + hours(1), 5)

    assert only.at == MONDAY + hours(4)


def test_a_file_comes_back_as_it_was(tmp_path):
    action = ActionRecord(
        "k", "r", "tag", ActionState.DONE, MONDAY, MONDAY, {"tags": ["a"]}, cycle="t"
    )
    whole = HistoryFile(full.FULL, full.STAFF, MONDAY, MONDAY - hours(1), (action,))
    file = tmp_path / "ticket.json"
    file.write_text(whole.as_text(), "utf-8")

    again = read(file)

    assert again.actions == (action,)
    assert (again.staff, again.exported_at, again.installed_at) == (
        full.STAFF,
        MONDAY,
        MONDAY - hours(1),
    )
    assert again.past.ticket.history == full.FULL.ticket.history


def test_actions_lose_what_they_say_and_the_values_of_fields():
    action = ActionRecord(
        "k",
        "r",
        "field",
        ActionState.DONE,
        MONDAY,
        wrote={"field.room": "12", "group": "3"},
        detail="to Ana",
    )

    (left,) = bare([action])

    assert (left.detail, left.wrote) == ("", {"field.room": "x", "group": "3"})


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(lambda text: "no json", "is no JSON", id="no JSON"),
        pytest.param(lambda text: "[]", "is another file", id="a list"),
        pytest.param(lambda text: '{"format": "x"}', "is another file", id="something else"),
        pytest.param(
            lambda text: text.replace('"version": 1', '"version": 9'), "has version 9", id="newer"
        ),
        pytest.param(lambda text: _without(text, "past"), "is broken", id="a part is missing"),
        pytest.param(
            lambda text: text.replace("T08:00:00+00:00", ""), "is broken", id="no instants"
        ),
    ],
)
def test_another_file_is_refused_with_what_was_expected(tmp_path, spoil, words):
    file = tmp_path / "ticket.json"
    file.write_text(spoil(HistoryFile(full.FULL, full.STAFF, MONDAY).as_text()), "utf-8")

    with pytest.raises(DeskladderError, match=words):
        read(file)


def _without(text, key):
    content = json.loads(text)
    del content[key]
    return json.dumps(content)


def test_a_ticket_older_than_the_installation_told_nothing_of_before(config):
    lived = past(
        message(1, at=MONDAY), message(2, at=MONDAY + hours(2)), updated_at=MONDAY + hours(2)
    )

    then = rebuild(
        config, lived, STAFF, MONDAY + hours(3), installed_at=MONDAY + hours(1), actions=()
    )

    assert [event.name for look in then.looks for event in look.events if event.message_id] == [
        "customer.replied"
    ]
