"""The default database: one SQLite file, one process that writes to it."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from plugin.store.group_commit import GroupCommit, SqliteTransaction
from plugin.store.schema import migrate
from plugin.store.transaction import StoreUnavailable, Transaction

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

T = TypeVar("T")

_BUSY_SECONDS = "10"
_CHECKPOINT_EVERY_SECONDS = 0.5
_CHECKPOINT_BYTES = 4 << 20
_WAL_LIMIT_BYTES = 64 << 20


class SqliteDatabase:
    """A `Database` on one file: writes by group commit, reads on their own connections.

    WAL with `synchronous=FULL`: an acknowledged write survives a power cut. Checkpoints, which copy
    the log into the file, run on a thread of their own, since they would hold up a whole group.
    """

    def __init__(self, url: URL) -> None:
        self._file = _file_of(url)
        self._engine = _engine(url)
        self._readers: deque[sqlite3.Connection] = deque()
        self._stopping = threading.Event()
        try:
            self._migrate()
            self._writer = GroupCommit(self._connect())
        except _sqlite_errors() as error:
            raise _unavailable(error, self._file) from error
        self._checkpointer = threading.Thread(
            target=self._checkpoint, name="store-checkpoint", daemon=True
        )
        self._checkpointer.start()

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in the writing thread; returns once it is on the disk."""
        try:
            result: T = self._writer.write(work)
        except sqlite3.Error as error:
            raise _unavailable(error, self._file) from error
        return result

    def write_with_others(
        self, work: Callable[[Transaction, Sequence[Any]], Sequence[T]], item: object
    ) -> T:
        """Run `work` for this item together with others that wait; returns once on the disk."""
        try:
            result: T = self._writer.write_with_others(work, item)
        except sqlite3.Error as error:
            raise _unavailable(error, self._file) from error
        return result

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` on a consistent view, beside the writer."""
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._connect()
        try:
            connection.execute("BEGIN")
            result = work(SqliteTransaction(connection))
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            connection.close()
            raise _unavailable(error, self._file) from error
        except BaseException:
            connection.close()
            raise
        if self._stopping.is_set():
            connection.close()
        else:
            self._readers.append(connection)
        return result

    def close(self) -> None:
        """Flush, fold the log into the file, close all connections."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._writer.close()
        self._checkpointer.join()
        while self._readers:
            self._readers.pop().close()
        last = self._connect()
        last.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        last.close()
        self._engine.dispose()

    def _connect(self) -> sqlite3.Connection:
        fairy = self._engine.raw_connection()
        connection = fairy.driver_connection
        fairy.detach()
        if not isinstance(connection, sqlite3.Connection):
            message = f"expected the sqlite3 driver, got {type(connection)}"
            raise TypeError(message)
        return connection

    def _migrate(self) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            migrate(connection)
            connection.exec_driver_sql("COMMIT")

    def _checkpoint(self) -> None:
        log = Path(f"{self._file}-wal")
        connection = self._connect()
        while not self._stopping.wait(_CHECKPOINT_EVERY_SECONDS):
            size = log.stat().st_size if log.exists() else 0
            if size < _CHECKPOINT_BYTES:
                continue
            try:
                # Under unbroken writing the polite kind never reaches the end and the log grows:
                # then the writer must wait for once.
                kind = "RESTART" if size > _WAL_LIMIT_BYTES else "PASSIVE"
                connection.execute(f"PRAGMA wal_checkpoint({kind})").fetchall()
            except sqlite3.Error:
                continue  # The writer meets the same trouble and tells somebody who waits.
        connection.close()


def _file_of(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        message = (
            "The store needs a file that survives a restart, and DESKLADDER_DATABASE names none. "
            "Give a URL such as sqlite:///data/deskladder.sqlite3."
        )
        raise StoreUnavailable(message)
    file = Path(url.database.removeprefix("file:")).absolute()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = (
            f"The folder of the store, {file.parent}, cannot be created: {error.strerror}. Create "
            "it for the user that runs Deskladder, or set DESKLADDER_DATA to another folder."
        )
        raise StoreUnavailable(message) from error
    return file


def _engine(url: URL) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    patient = url if "timeout" in url.query else url.update_query_dict({"timeout": _BUSY_SECONDS})
    engine = create_engine(
        patient,
        isolation_level="AUTOCOMMIT",  # transactions are begun by hand, IMMEDIATE where they write
        poolclass=NullPool,
        connect_args={"check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        message = (
            f"SQLite cannot keep a write-ahead log here (it says {mode!r}): network file systems "
            "cannot. Put the store on a local disk, or use PostgreSQL."
        )
        raise StoreUnavailable(message)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("PRAGMA temp_store=MEMORY")


def _sqlite_errors() -> tuple[type[Exception], ...]:
    from sqlalchemy.exc import DBAPIError

    return sqlite3.Error, DBAPIError


_REMEDIES = {
    "readonly": "Give the user that runs Deskladder the right to write the file and its folder.",
    "unable to open": "Check that the folder exists and that the user that runs Deskladder may "
    "write there.",
    "locked": "Another program holds the file: a second Deskladder, a backup or an open sqlite3 "
    "shell. Stop it and start again.",
    "not a database": "The file is something else, or damaged. Move it away (a new one is created) "
    "or restore a backup.",
    "malformed": "The file is damaged. Stop Deskladder, restore a backup, or rescue what is left "
    "with `sqlite3 FILE .recover`.",
    "full": "The disk is full: make room; nothing that was acknowledged is lost.",
    "disk I/O": "The disk fails: look at the system's log; nothing that was acknowledged is lost.",
}


def _unavailable(error: Exception, file: Path) -> StoreUnavailable:
    cause = str(getattr(error, "orig", None) or error)
    remedy = next((text for word, text in _REMEDIES.items() if word in cause), "")
    return StoreUnavailable(f"The store {file} cannot be used: {cause}. {remedy}".rstrip())
