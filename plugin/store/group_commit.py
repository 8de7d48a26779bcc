"""One thread writes for all who would have to wait, and one fsync makes many writes durable.

SQLite lets one connection write at a time. Threads that each open a transaction fight for that lock
and pay one fsync each; a busy inbox then starves the worker. Here one transaction is under way at a
time. Who finds nobody writing and nobody waiting writes alone, without a hand-over between threads.
All others leave it to one thread, which takes what waits (the inbox's share and everybody else's, so
neither starves the other), runs it in one transaction, commits, and only then lets the callers go. When
one piece fails, all are undone and run again, each under its own savepoint.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import Any

from plugin.clock import monotonic
from plugin.domain.dataclass import dataclass
from plugin.store.transaction import StoreUnavailable

_INBOX_SHARE = 256
_FULL_AFTER_SECONDS = 0.010
"""A group takes no further write after this long, so that a slow one delays few others."""


class SqliteTransaction:
    """A `Transaction` on a plain sqlite3 connection in autocommit mode."""

    __slots__ = ("connection",)

    lock = ""
    lock_free = ""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        """Run one statement and return its rows."""
        return self.connection.execute(sql, parameters).fetchall()

    def change(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run one statement and return how many rows it touched."""
        return self.connection.execute(sql, parameters).rowcount

    def change_each(self, sql: str, parameters: Sequence[Sequence[object]]) -> None:
        """Run one statement for each of the parameter rows, none when there are none."""
        if parameters:  # most plans have nothing for most tables
            self.connection.executemany(sql, parameters)


def _locked() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(slots=True)
class _Request:
    """One caller's wish. `answered` is released once the outcome is durable."""

    work: Callable[..., Any]
    items: tuple[object, ...] | None = None
    answered: threading.Lock = field(default_factory=_locked)
    result: Any = None
    error: Exception | None = None

    def run(self, transaction: SqliteTransaction) -> None:
        """Do the work for this request alone."""
        if self.items is None:
            self.result = self.work(transaction)
        else:
            (self.result,) = self.work(transaction, self.items)


class GroupCommit:
    """The writing thread of one SQLite database. Owns the connection it was given."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._transaction = SqliteTransaction(connection)
        self._inbox: deque[_Request] = deque()
        self._others: deque[_Request] = deque()
        self._news = threading.Condition(threading.Lock())
        self._writing = threading.Lock()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def write(self, work: Callable[[Any], Any]) -> Any:
        """Have `work(transaction)` done; returns when it is durable."""
        return self._hand_in(self._others, _Request(work))

    def write_with_others(self, work: Callable[..., Any], item: object) -> Any:
        """Have `work(transaction, items)` done for this item and those that wait beside it."""
        return self._hand_in(self._inbox, _Request(work, (item,)))

    def close(self) -> None:
        """Do what was handed in, then stop. Later writes raise StoreUnavailable."""
        with self._news:
            self._closing = True
            self._news.notify()
        self._thread.join()
        with self._writing:
            self._connection.close()

    def _hand_in(self, lane: deque[_Request], request: _Request) -> Any:
        if not self._did_at_once(request):
            with self._news:
                self._refuse_when_closing()
                lane.append(request)
                self._news.notify()
            request.answered.acquire()
        if request.error is not None:
            raise request.error
        return request.result

    def _did_at_once(self, request: _Request) -> bool:
        """Where nobody writes and nobody waits, the caller needs no other thread."""
        if self._inbox or self._others or not self._writing.acquire(blocking=False):
            return False
        try:
            self._refuse_when_closing()
            self._commit_alone(request)
        finally:
            self._writing.release()
        return True

    def _commit_alone(self, request: _Request) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            request.run(self._transaction)
            self._connection.execute("COMMIT")
        except BaseException:
            self._undo()
            raise

    def _refuse_when_closing(self) -> None:
        if self._closing:
            message = "The store is closed: Deskladder is shutting down."
            raise StoreUnavailable(message)

    def _run(self) -> None:
        while True:
            with self._news:
                while not self._inbox and not self._others:
                    if self._closing:
                        return
                    self._news.wait()
            with self._writing:
                self._commit_a_group()

    def _commit_a_group(self) -> None:
        group: list[_Request] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._write(group)
            self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody may wait for ever
            self._undo()
            # Nothing was taken when already the first statement failed: then all who wait fail.
            if not group:
                group = self._take_all()
            for request in group:
                request.error = error
        finally:
            for request in group:
                request.answered.release()

    def _write(self, group: list[_Request]) -> None:
        """Do what waits. Nearly always all goes well: only after a failure each gets a savepoint."""
        try:
            self._write_inbox(group)
            self._write_others(group)
        except Exception:  # noqa: BLE001 - each request's own error is found out below
            self._undo()
            self._connection.execute("BEGIN IMMEDIATE")
            for request in group:
                self._write_one(request)

    def _take_all(self) -> list[_Request]:
        taken: list[_Request] = []
        for lane in (self._inbox, self._others):
            while lane:
                taken.append(lane.popleft())
        return taken

    def _undo(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _write_inbox(self, group: list[_Request]) -> None:
        taken = [self._inbox.popleft() for _ in range(min(len(self._inbox), _INBOX_SHARE))]
        group.extend(taken)
        while taken:
            work = taken[0].work
            alike = [request for request in taken if request.work == work]
            taken = [request for request in taken if request.work != work]
            items = [item for request in alike for item in request.items or ()]
            for request, result in zip(alike, work(self._transaction, items), strict=True):
                request.result = result

    def _write_others(self, group: list[_Request]) -> None:
        started = monotonic()
        while self._others:
            request = self._others.popleft()
            group.append(request)
            request.run(self._transaction)
            if monotonic() - started >= _FULL_AFTER_SECONDS:
                break

    def _write_one(self, request: _Request) -> None:
        self._connection.execute("SAVEPOINT piece")
        try:
            request.run(self._transaction)
        except Exception as error:
            # A full disk or an I/O error makes SQLite give up the whole transaction.
            if not self._connection.in_transaction:
                raise
            self._connection.execute("ROLLBACK TO piece")
            request.error = error
        self._connection.execute("RELEASE piece")
