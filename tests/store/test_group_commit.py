"""What only SQLite has: one writer for all threads."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pytest

from plugin.store.store import Store
from plugin.store.transaction import Database, StoreUnavailable, Transaction
from tests.store.making import NINE, delivery

ADD = "INSERT INTO meta (name, value) VALUES (?, 0)"


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    store = Store.open(sqlite_url, now=NINE)
    yield store._database
    store.close()


def names(database: Database) -> set[str]:
    found = database.read(lambda t: t.rows("SELECT name FROM meta"))
    return {name for (name,) in found} - {"installed_at"}


class Busy:
    """Keeps the writing thread busy, so that what is written meanwhile becomes one group."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._free = threading.Event()
        self._reached = threading.Event()
        self.threads: list[threading.Thread] = []
        self.outcomes: dict[str, object] = {}

    def __enter__(self) -> Self:
        self.start("the long one", self._stay)
        assert self._reached.wait(10)
        return self

    def _stay(self) -> None:
        self._database.write(lambda _: (self._reached.set(), self._free.wait(10)))

    def start(self, name: str, work: Callable[[], object]) -> None:
        def run() -> None:
            try:
                self.outcomes[name] = work()
            except Exception as error:  # noqa: BLE001 - kept for the test to look at
                self.outcomes[name] = error

        thread = threading.Thread(target=run)
        thread.start()
        self.threads.append(thread)

    def wait_for_group(self, size: int) -> None:
        writer = self._database._writer
        for _ in range(1_000):
            if len(writer._inbox) + len(writer._others) == size:
                return
            threading.Event().wait(0.005)
        pytest.fail("the writes did not queue up")

    def __exit__(self, *_: object) -> None:
        self._free.set()
        for thread in self.threads:
            thread.join(10)


def counting_commits(database: Database) -> list[str]:
    seen: list[str] = []
    database._writer._connection.set_trace_callback(seen.append)
    return seen


def test_writes_that_wait_are_committed_together(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.store.group_commit._FULL_AFTER_SECONDS", 60)
    with Busy(database) as busy:
        statements = counting_commits(database)
        for number in range(20):
            busy.start(
                f"{number}", lambda n=number: database.write(lambda t: t.change(ADD, (f"{n}",)))
            )
        busy.wait_for_group(20)

    assert names(database) == {str(number) for number in range(20)}
    assert statements.count("COMMIT") == 2  # the long one's, which began alone, and theirs
    assert not [one for one in statements if "SAVEPOINT" in one]


def test_who_writes_alone_needs_no_other_thread(database: Database) -> None:
    wrote_in = database.write(lambda _: threading.current_thread())

    assert wrote_in is threading.current_thread()


def test_a_bad_write_made_alone_leaves_nothing_behind(database: Database) -> None:
    def bad(transaction: Transaction) -> None:
        transaction.change(ADD, ("half done",))
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        database.write(bad)

    database.write(lambda t: t.change(ADD, ("after",)))
    assert names(database) == {"after"}


def test_who_comes_while_another_writes_alone_is_written_right_after(database: Database) -> None:
    with Busy(database) as busy:
        busy.start("other", lambda: database.write(lambda _: threading.current_thread().name))
        busy.wait_for_group(1)

    assert busy.outcomes["other"] == "store-writer"


def test_a_store_closes_after_who_writes_alone(sqlite_url: str) -> None:
    store = Store.open(sqlite_url, now=NINE)
    with Busy(store._database) as busy:
        busy.start("close", store.close)
        while not store._database._writer._closing:
            threading.Event().wait(0.005)
        unfinished = set(busy.outcomes)

    assert unfinished == set()
    assert busy.outcomes == {"the long one": None, "close": None}


def test_a_bad_write_does_not_spoil_the_others(database: Database) -> None:
    def bad(transaction: Transaction) -> None:
        transaction.change(ADD, ("half done",))
        raise ValueError("a bug")

    with Busy(database) as busy:
        busy.start("before", lambda: database.write(lambda t: t.change(ADD, ("before",))))
        busy.wait_for_group(1)
        busy.start("bad", lambda: database.write(bad))
        busy.wait_for_group(2)
        busy.start("after", lambda: database.write(lambda t: t.change(ADD, ("after",))))
        busy.wait_for_group(3)

    assert isinstance(busy.outcomes["bad"], ValueError)
    assert names(database) == {"before", "after"}


def test_a_bad_item_does_not_spoil_those_beside_it(database: Database) -> None:
    def add(transaction: Transaction, items: list[str]) -> list[str]:
        for item in items:
            transaction.change(ADD, (item,))
            if item == "bad":
                raise ValueError("a bug")
        return [f"{item} added" for item in items]

    with Busy(database) as busy:
        for count, name in enumerate(("a", "bad", "b"), start=1):
            busy.start(name, lambda n=name: database.write_with_others(add, n))
            busy.wait_for_group(count)

    assert busy.outcomes["a"] == "a added"
    assert busy.outcomes["b"] == "b added"
    assert isinstance(busy.outcomes["bad"], ValueError)
    assert names(database) == {"a", "b"}


def test_items_that_come_together_are_handed_over_together(database: Database) -> None:
    sizes: list[int] = []

    def add(_: Transaction, items: list[str]) -> list[None]:
        sizes.append(len(items))
        return [None] * len(items)

    with Busy(database) as busy:
        for number in range(7):
            busy.start(f"{number}", lambda n=number: database.write_with_others(add, n))
        busy.wait_for_group(7)

    assert sizes == [7]


def test_a_flooded_inbox_leaves_room_for_the_worker_in_the_next_commit(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.store.group_commit._INBOX_SHARE", 3)
    monkeypatch.setattr("plugin.store.group_commit._FULL_AFTER_SECONDS", 0)
    order: list[str] = []

    def keep(_: Transaction, items: list[str]) -> list[None]:
        order.append(f"{len(items)} deliveries")
        return [None] * len(items)

    with Busy(database) as busy:
        for number in range(8):
            busy.start(f"{number}", lambda n=number: database.write_with_others(keep, n))
        busy.wait_for_group(8)
        busy.start("worker", lambda: database.write(lambda _: order.append("worker")))
        busy.wait_for_group(9)

    assert order == ["3 deliveries", "worker", "3 deliveries", "2 deliveries"]


def test_a_slow_write_ends_its_group(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugin.store.group_commit._FULL_AFTER_SECONDS", 0)
    commits_before: list[int] = []
    with Busy(database) as busy:
        statements = counting_commits(database)
        for number in range(3):
            busy.start(
                f"{number}",
                lambda: database.write(lambda _: commits_before.append(statements.count("COMMIT"))),
            )
        busy.wait_for_group(3)

    assert commits_before == [1, 2, 3]


def test_what_was_handed_in_is_written_before_it_closes(sqlite_url: str) -> None:
    store = Store.open(sqlite_url, now=NINE)
    with Busy(store._database) as busy:
        for number in range(10):
            busy.start(f"{number}", lambda n=number: store.receive(delivery(n)))
        busy.wait_for_group(10)
        busy.start("close", store.close)

    assert all(busy.outcomes[f"{number}"] is True for number in range(10))
    again = Store.open(sqlite_url, now=NINE)
    assert again.status(NINE).deliveries_waiting == 10
    again.close()


def test_a_closed_store_says_so(sqlite_url: str) -> None:
    store = Store.open(sqlite_url, now=NINE)
    store.close()

    with pytest.raises(StoreUnavailable, match="shutting down"):
        store.receive(delivery(1))


def test_nobody_waits_for_ever_when_the_database_is_locked(sqlite_url: str) -> None:
    Store.open(sqlite_url, now=NINE).close()
    store = Store.open(f"{sqlite_url}?timeout=0.05", now=NINE)
    other = sqlite3.connect(Path(sqlite_url.removeprefix("sqlite:///")), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreUnavailable, match=r"locked.*Another program"):
        store.receive(delivery(1))

    other.execute("ROLLBACK")
    other.close()
    assert store.receive(delivery(1))
    store.close()


def test_a_full_disk_refuses_the_group_and_goes_on_when_there_is_room(database: Database) -> None:
    connection = database._writer._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreUnavailable, match=r"full.*make room"):
        database.write(lambda t: t.change(ADD, ("too long" * 10_000,)))

    connection.execute("PRAGMA max_page_count = 1000000")
    database.write(lambda t: t.change(ADD, ("room again",)))
    assert "room again" in names(database)


def test_readers_see_what_was_acknowledged_and_nothing_unfinished(database: Database) -> None:
    database.write(lambda t: t.change(ADD, ("done",)))
    seen: list[set[str]] = []

    def look_aside(transaction: Transaction) -> None:
        transaction.change(ADD, ("unfinished",))
        thread = threading.Thread(target=lambda: seen.append(names(database)))
        thread.start()
        thread.join(10)

    database.write(look_aside)

    assert seen == [{"done"}]
    assert names(database) == {"done", "unfinished"}
