from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from plugin.domain.memory import ActionState
from plugin.domain.plan import Step
from plugin.domain.storing import AuditEntry, Ending, LeaseLost
from plugin.store.store import Store
from tests.store.making import LEASE, MINUTE, NINE, action, decided, ref, states, take, take_one

NOTE = action(ref(1))
OPEN = {ActionState.PLANNED, ActionState.CLAIMED, ActionState.UNKNOWN}


class TestOpenActions:
    def test_come_back_as_they_were_planned(self, store: Store) -> None:
        planned = action(
            ref(1),
            "reply",
            params={"reply": "we_escalated", "ä": [1, None, {"b": 2.5}]},
            not_before=NINE,
            drop_after=NINE + 30 * MINUTE,
            detail="a detail",
        )

        decided(store, planned)

        (found,) = store.open_actions(ref(1), NINE)
        assert found.action == planned
        assert found.state is ActionState.PLANNED
        assert found.attempts == 0
        assert found.planned_at == NINE

    def test_the_customer_comes_last(self, store: Store) -> None:
        decided(
            store,
            action(ref(1), "reply", 0),
            action(ref(1), "notify", 1),
            action(ref(1), "note", 2),
            action(ref(1), "group", 3),
            action(ref(1), "tag", 4),
        )

        names = [found.action.name for found in store.open_actions(ref(1), NINE)]

        assert names == ["group", "tag", "note", "notify", "reply"]

    def test_an_older_plan_comes_first_within_a_step(self, store: Store) -> None:
        store.release(decided(store, action(ref(1), "group", 5, cycle="1")), NINE)
        later = NINE + MINUTE
        decided(store, action(ref(1), "group", 0, cycle="2"), now=later)

        cycles = [found.action.cycle for found in store.open_actions(ref(1), later)]

        assert cycles == ["1", "2"]

    def test_the_customer_comes_last_over_several_plans_too(self, store: Store) -> None:
        store.release(decided(store, action(ref(1), "reply", cycle="1")), NINE)
        later = NINE + MINUTE
        decided(store, action(ref(1), "note", cycle="2"), now=later)

        names = [found.action.name for found in store.open_actions(ref(1), later)]

        assert names == ["note", "reply"]

    @pytest.mark.parametrize(
        ("at", "due"),
        [
            pytest.param(NINE + MINUTE - timedelta(microseconds=1), False, id="just before"),
            pytest.param(NINE + MINUTE, True, id="on the dot"),
        ],
    )
    def test_one_held_back_is_not_due_before(self, store: Store, at: datetime, due: bool) -> None:
        decided(store, action(ref(1), not_before=NINE + MINUTE))

        assert bool(store.open_actions(ref(1), at)) is due

    def test_of_another_ticket_are_not_shown(self, store: Store) -> None:
        decided(store, NOTE)

        assert store.open_actions(ref(2), NINE) == []
        assert store.open_actions(ref(1, "hotel"), NINE) == []


class TestTheWayOfAnAction:
    def test_is_claimed_before_the_call_and_done_after(self, store: Store) -> None:
        claim = decided(store, NOTE)

        store.start_action(claim, NOTE.key, NINE)
        during = states(store)
        store.finish_action(claim, NOTE.key, ActionState.DONE, NINE)

        assert during == {NOTE.key: ActionState.CLAIMED}
        assert states(store) == {NOTE.key: ActionState.DONE}
        assert store.open_actions(ref(1), NINE) == []

    def test_a_dead_workers_action_is_unknown_to_the_next(self, store: Store) -> None:
        dead = decided(store, NOTE)
        store.start_action(dead, NOTE.key, NINE)

        claim = take_one(store, NINE + LEASE)
        (found,) = store.open_actions(ref(1), NINE + LEASE)

        assert claim.act
        assert found.state is ActionState.UNKNOWN
        assert found.action.state is ActionState.UNKNOWN
        assert found.attempts == 1

    @pytest.mark.parametrize("state", [ActionState.PLANNED, ActionState.UNKNOWN])
    def test_may_be_tried_again_later(self, store: Store, state: ActionState) -> None:
        claim = decided(store, NOTE)
        store.start_action(claim, NOTE.key, NINE)

        store.finish_action(
            claim, NOTE.key, state, NINE, detail="503", not_before=NINE + 2 * MINUTE
        )
        store.release(claim, NINE)

        assert store.next_due() == NINE + 2 * MINUTE
        assert take(store, NINE + MINUTE) == []
        assert take_one(store, NINE + 2 * MINUTE).act
        (found,) = store.open_actions(ref(1), NINE + 2 * MINUTE)
        assert (found.state, found.attempts) == (state, 1)
        assert found.action.detail == "503"

    def test_counts_the_calls(self, store: Store) -> None:
        claim = decided(store, NOTE)
        for _ in range(3):
            store.start_action(claim, NOTE.key, NINE)
            store.finish_action(claim, NOTE.key, ActionState.UNKNOWN, NINE)

        (found,) = store.open_actions(ref(1), NINE)

        assert found.attempts == 3

    @pytest.mark.parametrize("state", [state for state in ActionState if state not in OPEN])
    def test_a_final_state_is_final(self, store: Store, state: ActionState) -> None:
        claim = decided(store, NOTE)
        store.finish_action(claim, NOTE.key, state, NINE)

        with pytest.raises(LeaseLost, match="not open any more"):
            store.start_action(claim, NOTE.key, NINE)
        with pytest.raises(LeaseLost, match="not open any more"):
            store.finish_action(claim, NOTE.key, ActionState.PLANNED, NINE)

        assert states(store) == {NOTE.key: state}
        store.release(claim, NINE)
        assert take(store) == []

    def test_every_step_of_a_plan_survives_the_store(self, store: Store) -> None:
        planned = [action(ref(1), position=step, step=step) for step in Step]

        decided(store, *planned)

        assert [found.action.step for found in store.open_actions(ref(1), NINE)] == list(Step)


class TestSeveralAtOnce:
    TAG = action(ref(1), "tag")

    def test_the_last_outcome_is_recorded_when_the_next_call_is_about_to_be_made(
        self, store: Store
    ) -> None:
        claim = decided(store, self.TAG, NOTE)
        store.start_action(claim, self.TAG.key, NINE)

        done = Ending(self.TAG.key, ActionState.DONE, NINE, "tagged", {"tags": ["x"]}, {"tags": []})
        store.start_action(claim, NOTE.key, NINE, [done])

        assert states(store) == {self.TAG.key: ActionState.DONE, NOTE.key: ActionState.CLAIMED}
        known = {one.key: one for one in store.memory(ref(1), "", NINE).actions}
        assert known[self.TAG.key].wrote == {"tags": ["x"]}
        assert known[self.TAG.key].detail == "tagged"

    def test_nothing_is_recorded_when_the_next_is_not_open_any_more(self, store: Store) -> None:
        claim = decided(store, self.TAG, NOTE)
        store.start_action(claim, self.TAG.key, NINE)
        store.finish_action(claim, NOTE.key, ActionState.SKIPPED, NINE)

        with pytest.raises(LeaseLost, match="not open any more"):
            store.start_action(
                claim, NOTE.key, NINE, [Ending(self.TAG.key, ActionState.DONE, NINE)]
            )

        assert states(store)[self.TAG.key] is ActionState.CLAIMED

    def test_outcome_audit_and_release_are_one_write(self, store: Store) -> None:
        claim = decided(store, self.TAG, NOTE)
        for each in (self.TAG, NOTE):
            store.start_action(claim, each.key, NINE)
        later = NINE + MINUTE
        endings = [
            Ending(self.TAG.key, ActionState.DONE, NINE),
            Ending(NOTE.key, ActionState.PLANNED, NINE, "503", not_before=later),
        ]

        store.finish_actions(
            claim, endings, NINE, audit=[AuditEntry(NINE, "action", "tagged", ref(1))], release=True
        )

        assert states(store) == {self.TAG.key: ActionState.DONE, NOTE.key: ActionState.PLANNED}
        assert [entry.text for entry in store.audit(ref(1))][-1:] == ["tagged"]
        assert store.status(NINE).leases == 0
        assert store.next_due() == later
        with pytest.raises(LeaseLost):
            store.start_action(claim, NOTE.key, NINE)

    def test_who_lost_the_ticket_records_and_frees_nothing(self, store: Store) -> None:
        lost = decided(store, NOTE)
        store.start_action(lost, NOTE.key, NINE)
        mine = take_one(store, NINE + LEASE)

        with pytest.raises(LeaseLost, match="took the ticket over"):
            store.finish_actions(
                lost,
                [Ending(NOTE.key, ActionState.DONE, NINE)],
                NINE,
                audit=[AuditEntry(NINE, "action", "noted", ref(1))],
                release=True,
            )

        assert states(store) == {NOTE.key: ActionState.CLAIMED}
        assert [entry for entry in store.audit(ref(1)) if entry.text == "noted"] == []
        store.renew(mine, NINE + LEASE, LEASE)

    def test_a_ticket_can_be_given_back_with_no_outcome(self, store: Store) -> None:
        claim = decided(store, NOTE)

        store.finish_actions(claim, (), NINE, release=True)

        assert take_one(store).act


class TestActionsSince:
    def test_counts_what_was_done(self, store: Store) -> None:
        actions = [action(ref(1), position=number) for number in range(4)]
        claim = decided(store, *actions)
        for number, state in enumerate(
            [ActionState.DONE, ActionState.DONE, ActionState.FAILED, ActionState.SKIPPED]
        ):
            at = NINE + number * MINUTE
            store.finish_action(claim, actions[number].key, state, at)

        assert store.actions_since(NINE) == 2
        assert store.actions_since(NINE + MINUTE) == 1
        assert store.actions_since(NINE + 2 * MINUTE) == 0


class TestDeadLetters:
    def dead(self, store: Store, *actions) -> None:
        claim = decided(store, *actions)
        for each in actions:
            store.start_action(claim, each.key, NINE)
            store.finish_action(claim, each.key, ActionState.FAILED, NINE, detail="403: no right")
        store.release(claim, NINE)

    def test_are_shown(self, store: Store) -> None:
        self.dead(store, NOTE)

        (letter,) = store.status(NINE).dead_letters

        assert (letter.key, letter.ref, letter.rule, letter.name) == (
            NOTE.key,
            ref(1),
            "rule",
            "note",
        )
        assert (letter.detail, letter.failed_at) == ("403: no right", NINE)
        assert take(store) == []

    def test_are_planned_again_all_of_them(self, store: Store) -> None:
        self.dead(store, NOTE, action(ref(1), "tag", 1))
        later = NINE + 60 * MINUTE

        assert store.retry(None, later) == 2

        claim = take_one(store, later)
        assert claim.act
        assert {found.state for found in store.open_actions(ref(1), later)} == {ActionState.PLANNED}
        assert store.status(later).dead_letters == []
        assert store.retry(None, later) == 0

    def test_are_planned_again_by_key(self, store: Store) -> None:
        self.dead(store, NOTE, action(ref(1), "tag", 1))

        assert store.retry([NOTE.key, NOTE.key, "no such key"], NINE) == 1

        (found,) = store.open_actions(ref(1), NINE)
        assert found.action.key == NOTE.key

    def test_of_a_held_ticket_wait_for_its_release(self, store: Store) -> None:
        claim = decided(store, NOTE)
        store.finish_action(claim, NOTE.key, ActionState.FAILED, NINE)

        store.retry(None, NINE)
        during = take(store)
        store.release(claim, NINE)

        assert during == []
        assert take_one(store).act

    def test_only_dead_letters_are_planned_again(self, store: Store) -> None:
        claim = decided(store, NOTE)
        store.finish_action(claim, NOTE.key, ActionState.DONE, NINE)

        assert store.retry([NOTE.key], NINE) == 0
        assert states(store) == {NOTE.key: ActionState.DONE}
