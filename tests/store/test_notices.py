"""Messages that wait: each taken by one, told once, dropped when it is no longer true."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from plugin.domain.escalation import Cause, Escalation, Phase, Source
from plugin.domain.ladder import Kind, Level, Policy, Urgency
from plugin.domain.memory import Memory
from plugin.domain.notices import UNSURE, HeldNotice, NoticeKind, NoticeState
from plugin.store import notices
from plugin.store.store import Store
from tests.store.making import CUSTOMER, MINUTE, NINE, delivery, plan, ref, seen, take_ticket

POLICY = Policy("finance", Kind.FUNCTIONAL, (Level(1, "", Kind.FUNCTIONAL),))


def notice(key: str = "a", **changes: object) -> HeldNotice:
    """Due at nine, for one person, about a rule on ticket 1."""
    made = HeldNotice(
        key=key,
        recipient="ana",
        channel="chat",
        ref=ref(1),
        number="10001",
        url="https://help.example.com/1",
        title=f"title of {key}",
        body=f"body of {key}",
        urgency=Urgency.NORMAL,
        at=NINE - 10 * MINUTE,
        due_at=NINE,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def know(
    store: Store, ticket: int = 1, *, at: timedelta = timedelta(0), **escalation: object
) -> None:
    """The ticket is known, with one escalation when anything is said of it."""
    now = NINE + at
    store.receive(delivery(ticket, key=f"{ticket} at {now}", at=now))
    claim = take_ticket(store, ref(ticket), now)
    running: tuple[Escalation, ...] = ()
    if escalation:
        fields: dict[str, object] = {
            "number": 1,
            "policy": POLICY,
            "phase": Phase.OPEN,
            "level": 1,
            "start": 1,
            "top": 1,
            "opened_at": NINE,
            "entered_at": NINE,
            "changed_at": NINE,
            "causes": (Cause(Source.RULE, "r", "", "why", NINE),),
            "entered_step": 1,
        }
        running = (Escalation(**fields | escalation),)  # type: ignore[arg-type]
    memory = Memory(ref=ref(ticket), installed_at=NINE, seen=seen(), escalations=running)
    store.store_plans([(claim, plan(ref(ticket), at=now, memory=memory), CUSTOMER)])
    store.release(claim, now)


def keys_of(store: Store, now=NINE, **more: object) -> list[str]:
    return [one.notice.key for one in store.claim_notices(now, **more)]  # type: ignore[arg-type]


def states_of(store: Store, *keys: str) -> Mapping[str, NoticeState]:
    """How they stand, asked by holding them once more."""
    return store.hold([notice(key) for key in keys])


# Holding and taking -----------------------------------------------------------------------------


def test_what_is_held_comes_back_as_it_was_when_it_is_due(store):
    know(store)
    held = notice(
        escalation=None, step=3, person="21", urgency=Urgency.PAGE, title="Ünïcode", body=""
    )

    store.hold([held])

    assert store.claim_notices(NINE - MINUTE) == []
    (taken,) = store.claim_notices(NINE)
    assert replace(taken.notice, due_at=NINE) == held
    assert (taken.stale, taken.attempts) == ("", 0)


def test_a_key_is_kept_once_whatever_is_said_the_second_time(store):
    know(store)
    first = store.hold([notice()])
    second = store.hold([notice(title="other")])

    (taken,) = store.claim_notices(NINE)

    assert first == second == {"a": NoticeState.HELD}
    assert taken.notice.title == "title of a"


def test_what_is_taken_is_nobody_elses_until_it_is_sure_that_nothing_came_of_it(store):
    know(store)
    store.hold([notice()])
    store.claim_notices(NINE)

    assert keys_of(store) == []
    assert keys_of(store, NINE + UNSURE - timedelta(seconds=1)) == []
    (again,) = store.claim_notices(NINE + UNSURE)
    assert again.attempts == 1


def test_named_ones_are_taken_whether_due_or_not_but_never_from_somebody(store):
    know(store)
    store.hold([notice("a", due_at=NINE + 60 * MINUTE), notice("b")])

    assert keys_of(store, keys=["a"]) == ["a"]
    assert keys_of(store, keys=["a"]) == []
    assert keys_of(store) == ["b"]


def test_they_come_ordered_by_recipient_so_that_each_gets_one_message(store):
    know(store)
    store.hold(
        [
            notice("1", recipient="ben"),
            notice("2", recipient="ana"),
            notice("3", recipient="ben"),
            notice("4", recipient="ana", channel="mail"),
        ]
    )

    assert keys_of(store) == ["2", "4", "1", "3"]


def test_what_waits_for_the_digest_comes_along_with_what_is_due_anyway(store):
    know(store)
    later = NINE + 60 * MINUTE
    store.hold(
        [
            notice("due"),
            notice("digest", urgency=Urgency.DIGEST, due_at=later),
            notice("normal later", due_at=later),
            notice("of another", urgency=Urgency.DIGEST, due_at=later, recipient="ben"),
        ]
    )

    assert keys_of(store) == ["due", "digest"]


def test_a_page_brings_nothing_else_along(store):
    know(store)
    store.hold(
        [
            notice("page", urgency=Urgency.PAGE),
            notice("digest", urgency=Urgency.DIGEST, due_at=NINE + 60 * MINUTE),
        ]
    )

    assert keys_of(store) == ["page"]


def test_several_workers_share_them_without_overlap(store):
    know(store)
    store.hold([notice(f"{number:02}", recipient=f"r{number}") for number in range(40)])

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(lambda _: keys_of(store, limit=10), range(8)))

    taken = [key for share in shares for key in share]
    assert sorted(taken) == [f"{number:02}" for number in range(40)]


# What came of it --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state", [NoticeState.TOLD, NoticeState.DROPPED], ids=lambda state: state.value
)
def test_what_is_settled_never_comes_again_and_keeps_no_text(store, state):
    know(store)
    store.hold([notice()])
    taken = store.claim_notices(NINE)

    store.settle_notices(taken, state, NINE)

    assert states_of(store, "a") == {"a": state}
    assert keys_of(store, NINE + 10 * UNSURE) == []
    texts = store._database.read(lambda t: t.rows("SELECT title, body FROM notices"))
    assert [tuple(row) for row in texts] == [("", "")]


def test_what_failed_is_tried_anew_when_it_is_asked_for_again(store):
    know(store)
    store.hold([notice()])
    store.settle_notices(store.claim_notices(NINE), NoticeState.FAILED, NINE)
    assert keys_of(store, NINE + UNSURE) == []

    assert store.hold([notice(title="anew")]) == {"a": NoticeState.HELD}

    (taken,) = store.claim_notices(NINE)
    assert (taken.notice.title, taken.attempts) == ("anew", 0)


def test_what_could_not_be_sent_comes_again_when_it_was_said_and_counts_its_attempts(store):
    know(store)
    store.hold([notice()])
    store.settle_notices(
        store.claim_notices(NINE), NoticeState.HELD, NINE, again_at=NINE + 5 * MINUTE
    )

    assert keys_of(store, NINE + 4 * MINUTE) == []
    (again,) = store.claim_notices(NINE + 5 * MINUTE)
    assert again.attempts == 1
    assert again.notice.body == "body of a"


def test_what_comes_in_every_digest_starts_over_each_time(store):
    know(store, phase=Phase.EXHAUSTED)
    store.hold([notice(kind=NoticeKind.EXHAUSTED, escalation=1, step=1)])
    tomorrow = NINE + timedelta(days=1)

    store.settle_notices(store.claim_notices(NINE), NoticeState.TOLD, NINE, again_at=tomorrow)

    (again,) = store.claim_notices(tomorrow)
    assert (again.attempts, again.notice.title, again.stale) == (0, "title of a", "")


def test_who_lost_it_to_another_changes_nothing(store):
    know(store)
    store.hold([notice()])
    late = store.claim_notices(NINE)
    second = store.claim_notices(NINE + UNSURE)

    store.settle_notices(late, NoticeState.TOLD, NINE + UNSURE)

    assert states_of(store, "a") == {"a": NoticeState.HELD}
    store.settle_notices(second, NoticeState.TOLD, NINE + UNSURE)
    assert states_of(store, "a") == {"a": NoticeState.TOLD}


# Whether it is still true -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "escalation", "stale"),
    [
        pytest.param(NoticeKind.LEVEL, {"phase": Phase.OPEN}, "", id="open at that step"),
        pytest.param(
            NoticeKind.LEVEL, {"entered_step": 2}, "the ladder has gone on", id="a level further"
        ),
        pytest.param(
            NoticeKind.LEVEL,
            {"phase": Phase.ACKNOWLEDGED},
            "the escalation is acknowledged",
            id="acknowledged",
        ),
        pytest.param(
            NoticeKind.LEVEL, {"phase": Phase.RESOLVED}, "the escalation is resolved", id="over"
        ),
        pytest.param(
            NoticeKind.LEVEL, {"number": 2}, "the escalation is long over", id="forgotten"
        ),
        pytest.param(NoticeKind.EXHAUSTED, {"phase": Phase.EXHAUSTED}, "", id="still exhausted"),
        pytest.param(
            NoticeKind.EXHAUSTED,
            {"phase": Phase.ACKNOWLEDGED},
            "the escalation is acknowledged",
            id="somebody acted",
        ),
        pytest.param(NoticeKind.ESCALATION, {"entered_step": 2}, "", id="as a whole, a level up"),
        pytest.param(
            NoticeKind.ESCALATION,
            {"phase": Phase.HANDED_BACK},
            "the escalation is handed back",
            id="as a whole, handed back",
        ),
        pytest.param(NoticeKind.RULE, {"phase": Phase.RESOLVED}, "", id="a rule's own"),
    ],
)
def test_a_message_knows_whether_it_is_still_true(store, kind, escalation, stale):
    know(store, **{"phase": Phase.OPEN, **escalation})
    store.hold([notice(kind=kind, escalation=1, step=1)])

    (taken,) = store.claim_notices(NINE)

    assert taken.stale == stale


def test_a_message_about_a_ticket_nobody_knows_is_stale(store):
    store.hold([notice()])

    (taken,) = store.claim_notices(NINE)

    assert taken.stale == "the ticket is not known any more"


def test_forgetting_a_customer_forgets_the_messages_about_their_tickets(store):
    know(store)
    store.hold([notice()])

    store.forget(CUSTOMER)

    assert keys_of(store, NINE + UNSURE) == []


def test_the_job_costs_no_write_while_nothing_is_due(store):
    know(store)
    store.hold([notice(due_at=NINE + MINUTE)])

    assert store._database.read(notices.next_due) == NINE + MINUTE
    assert store.claim_notices(NINE) == []


def test_what_waits_and_what_failed_is_counted_and_what_is_over_is_not(store):
    know(store)
    assert store.notices_open() == {}
    store.hold([notice(key) for key in "abcd"])
    told, failed = store.claim_notices(NINE, keys=["a", "b"])
    store.settle_notices([told], NoticeState.TOLD, NINE)
    store.settle_notices([failed], NoticeState.FAILED, NINE)

    assert store.notices_open() == {NoticeState.HELD: 2, NoticeState.FAILED: 1}


def test_what_is_about_another_helpdesk_stays_held(store):
    know(store)
    store.hold([notice("a"), notice("digest", urgency=Urgency.DIGEST, due_at=NINE + 60 * MINUTE)])

    assert keys_of(store, helpdesks=["another"]) == []
    assert store.next_notice(["another"]) is None
    assert keys_of(store, helpdesks=["another", ref(1).helpdesk]) == ["a", "digest"]
