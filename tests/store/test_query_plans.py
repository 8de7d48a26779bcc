"""The hot statements find their rows by an index, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import nullcontext

import pytest

from plugin.store import (
    inbox,
    notices,
    outbox,
    plans,
    remembering,
    requests,
    together,
    turns,
    upkeep,
    work,
)
from plugin.store.store import Store
from tests.store.conftest import DATABASES, fresh_schema
from tests.store.making import NINE

# (statement, parameters, the index each must use)
STATEMENTS = [
    pytest.param(work._DUE, (1, 50), {"work_due"}, id="claim"),
    pytest.param(
        work._DUE_OF_HELPDESK, ("h", 1, 50), {"work_helpdesk_due"}, id="claim by helpdesk"
    ),
    pytest.param(work._NEXT, (), {"work_due"}, id="next due"),
    pytest.param(
        work._WAITING_DELIVERIES, ("t",), {"work_held", "deliveries_waiting"}, id="what waits"
    ),
    pytest.param(work._DUE_TIMERS, ("t", 2_500), {"work_held"}, id="due timers"),
    pytest.param(work._DUE_ACTIONS, ("t", 1), {"actions_open"}, id="due actions"),
    pytest.param(work._HELD, ("h", 1, "t"), {"uq_work"}, id="still held"),
    pytest.param(
        work._GIVE_BACK_ROW,
        (1,),
        {"deliveries_waiting", "actions_open", "pk_timers"},
        id="give back",
    ),
    pytest.param(
        together.with_ids(plans._HELD_UNDER, 2),
        ("h", 1, 2),
        {"uq_work"},
        id="held by a batch",
    ),
    pytest.param(
        together.with_ids(work._GIVE_BACK_HELD, 2),
        ("h", "t", 1, 2),
        {"deliveries_waiting", "actions_open", "pk_timers"},
        id="give a batch back",
    ),
    pytest.param(
        together.with_ids(plans._FORGET_TIMERS, 2), ("h", 1, 2), {"pk_timers"}, id="forget timers"
    ),
    pytest.param(outbox._OPEN, ("h", 1, 1), {"actions_open"}, id="open actions"),
    pytest.param(outbox._SINCE, (2_900,), {"actions_by_state"}, id="actions since"),
    pytest.param(outbox._DEAD, (9,), {"actions_by_state"}, id="dead letters"),
    pytest.param(
        remembering._TICKET,
        ("c", 1, "h", 1, "h", 1),
        {"pk_tickets", "actions_replies", "requests_waiting"},
        id="memory",
    ),
    pytest.param(
        remembering._TICKET_AND_ACTIONS,
        ("c", 1, "h", 1, "h", 1, "h", 1),
        {"pk_tickets", "actions_replies", "requests_waiting", "actions_of_ticket"},
        id="memory at once",
    ),
    pytest.param(remembering._ACTIONS, ("h", 1), {"actions_of_ticket"}, id="actions of a ticket"),
    pytest.param(remembering._REPLIES, ("c", 1, 2), {"actions_replies"}, id="customer replies"),
    pytest.param(requests._WAITING, ("h", 1), {"requests_waiting"}, id="requests"),
    pytest.param(inbox._WAITING, (9,), {"deliveries_waiting"}, id="room in the inbox"),
    pytest.param(inbox._NOBODY_LOOKS_SOON, ("h", 1), {"deliveries_waiting"}, id="look at"),
    pytest.param(upkeep._OLD_DELIVERIES, (1, 9), {"deliveries_done"}, id="old deliveries"),
    pytest.param(upkeep._OLD_AUDIT, (1, 9), {"audit_at"}, id="old audit"),
    pytest.param(upkeep._OLD_TICKETS, (1, 9), {"tickets_closed"}, id="old tickets"),
    pytest.param(upkeep._OF_CUSTOMER, ("c",), {"tickets_customer"}, id="forget"),
    pytest.param(turns._TAKEN, ("k",), {"pk_turns"}, id="a turn taken"),
    pytest.param(turns._SERVED, ("p1",), {"turns_of_person"}, id="turns of a pool"),
    pytest.param(turns._OLD, (9, 9), {"turns_of_person"}, id="old turns"),
    pytest.param(notices._DUE, (9, 9, 50), {"notices_due"}, id="due messages"),
    pytest.param(
        notices._DUE.format(of="AND helpdesk IN (?)", lock_free="{lock_free}"),
        (9, 9, "h", 50),
        {"notices_due"},
        id="due messages about some helpdesks",
    ),
    pytest.param(
        notices._WITH_IT,
        ("p1", "mail", 9, 50),
        {"notices_of_recipient"},
        id="the digest's messages",
    ),
    pytest.param(notices._BY_KEY, ("k", 9), {"uq_notices_key"}, id="a message by its key"),
]
# SQLite numbers the indexes of keys and unique constraints instead of naming them.
OF_SQLITE = {
    "pk_timers": "sqlite_autoindex_timers_1",
    "pk_tickets": "sqlite_autoindex_tickets_1",
    "pk_turns": "sqlite_autoindex_turns_1",
    "uq_notices_key": "sqlite_autoindex_notices_1",
    "uq_work": "sqlite_autoindex_work_1",
}


TICKETS = 3_000
HELD = 20


@pytest.fixture(scope="module", params=DATABASES)
def full_store(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[Store]:
    """Thousands of tickets that are over, a few that wait, and the planner knows it."""
    if request.param == "sqlite":
        url = nullcontext(f"sqlite:///{tmp_path_factory.mktemp('full')}/store.sqlite3")
    else:
        url = fresh_schema()
    with url as opened:
        store = Store.open(opened, now=NINE)
        store._database.write(fill)
        yield store
        store.close()


REST = ("rule", "{}", 1, 0, "", "1", "")


def state_of(action: int) -> str:
    if action < HELD:
        return "planned"
    return "failed" if action < HELD + 10 else "done"


def fill(transaction) -> None:
    def insert(table: str, columns: str, rows: Iterable[tuple]) -> None:
        marks = ", ".join("?" * len(columns.split()))
        names = ", ".join(columns.split())
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names from below
        transaction.change_each(sql, rows)

    every = range(TICKETS)
    insert(
        "tickets",
        "helpdesk ticket_id customer first_seen_at decided_at closed memory",
        (("h", n, f"c{n % 900}", n, n, n % 10 > 0, "{}") for n in every),
    )
    insert(
        "deliveries",
        "helpdesk key ticket_id received_at hint done_at",
        (("h", f"{n}", n, n, "", None if n < HELD else n) for n in every),
    )
    insert(
        "work",
        "helpdesk ticket_id due_at token",
        (("h", n, n if n < 40 else None, "t" if n < HELD else None) for n in every),
    )
    insert(
        "timers",
        "helpdesk ticket_id name due_at why",
        (("h", n, "idle", n, "") for n in every if n % 3),
    )
    insert(
        "actions",
        "key helpdesk ticket_id customer name state planned_at not_before done_at"
        " rule params step position why cycle detail",
        (
            (f"{n}", "h", n, f"c{n % 900}", ("note", "reply")[n % 2], state_of(n), n, n, n, *REST)
            for n in every
        ),
    )
    insert(
        "requests",
        "helpdesk ticket_id key what at by params done_at",
        (("h", n, f"{n}", "snooze", n, "", "{}", None if n < HELD else n) for n in every),
    )
    insert(
        "turns",
        "key pool person number at",
        ((f"{n}", f"p{n % 40}", f"{n % 7}", n, n) for n in every),
    )
    insert(
        "notices",
        "key recipient channel helpdesk ticket_id title body urgency at due_at state",
        (
            (f"{n}", f"p{n % 40}", "mail", "h", n, "", "", ("normal", "digest")[n % 2], n, n, state)
            for n in every
            for state in ("held" if n < 200 else "told",)
        ),
    )
    insert("audit", "at kind text data", ((n, "event", "", "{}") for n in every))
    transaction.change("ANALYZE")


@pytest.mark.parametrize(("sql", "parameters", "indexes"), STATEMENTS)
def test_uses_its_index(full_store: Store, sql: str, parameters: tuple, indexes: set[str]) -> None:
    on_sqlite = type(full_store._database).__name__ == "SqliteDatabase"
    explain = "EXPLAIN QUERY PLAN" if on_sqlite else "EXPLAIN"
    statement = f"{explain} {sql.format(lock='', lock_free='', of='')}"

    plan = str(full_store._database.read(lambda t: t.rows(statement, parameters)))

    names = {OF_SQLITE.get(name, name) for name in indexes} if on_sqlite else indexes
    assert {name for name in names if name not in plan} == set(), plan
    if on_sqlite:
        assert " TEMP B-TREE FOR ORDER BY" not in plan or sql in SORTED_IN_MEMORY, plan


# These sort the few rows of one ticket or one batch.
SORTED_IN_MEMORY = {
    work._WAITING_DELIVERIES,
    work._DUE_TIMERS,
    plans._HELD_UNDER,
    outbox._OPEN,
    outbox._DEAD,
    remembering._ACTIONS,
    requests._WAITING,
    upkeep._OF_CUSTOMER,
}
