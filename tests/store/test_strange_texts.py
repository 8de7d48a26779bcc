"""Texts no helpdesk should send, and some do: they must not keep a ticket from being decided."""

from __future__ import annotations

import pytest

from plugin.domain.memory import ActionState, Memory
from plugin.domain.plan import Timer
from plugin.domain.storing import AuditEntry
from plugin.store.store import Store
from tests.store.making import (
    CUSTOMER,
    NINE,
    action,
    decided,
    delivery,
    ref,
    seen,
    take_one,
)

LONE = "half a \ud83d pair"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        pytest.param("naïve 🙂 Überweisung\n", "naïve 🙂 Überweisung\n", id="any script"),
        pytest.param(LONE, "half a ? pair", id="lone surrogate"),
        pytest.param("a\0b", "ab", id="NUL"),
    ],
)
def test_sentences_are_stored_as_far_as_they_can_be(store: Store, text: str, stored: str) -> None:
    note = action(ref(1), why=text, detail=text)
    claim = decided(store, note, timers=(Timer("idle", NINE, text),), demote={"rule": text})
    store.write_audit([AuditEntry(NINE, "event", text, ref(1))])
    (found,) = store.open_actions(ref(1), NINE)
    store.finish_action(claim, note.key, ActionState.FAILED, NINE, detail=text)
    store.postpone(claim, NINE, text)
    store.receive(delivery(2, hint=text))
    store.look_at([ref(3)], NINE, text)

    assert (found.action.why, found.action.detail) == (stored, stored)
    assert [entry.text for entry in store.audit()] == [stored]
    assert store.status(NINE).demoted == {"rule": stored}
    assert store.status(NINE).dead_letters[0].detail == stored


def test_data_comes_back_exactly(store: Store) -> None:
    tags = frozenset({LONE, "a\0b", "🙂"})
    memory = Memory(ref=ref(1), installed_at=NINE, first_seen_at=NINE, seen=seen(tags=tags))
    tag = action(ref(1), "tag", params={"tags": [LONE, "a\0b"]})
    claim = decided(store, tag, memory=memory)
    (found,) = store.open_actions(ref(1), NINE)
    store.finish_action(claim, tag.key, ActionState.DONE, NINE, wrote={"tags": [LONE]})

    recalled = store.memory(ref(1), CUSTOMER, NINE)

    assert recalled.seen == memory.seen
    assert found.action.params == tag.params
    assert recalled.actions[0].wrote == {"tags": [LONE]}


def test_a_ticket_with_a_strange_reason_can_be_dropped(store: Store) -> None:
    store.receive(delivery(1))

    store.drop(take_one(store), NINE, LONE)

    assert store.next_due() is None
