"""The default database: one SQLite file, one process that writes to it."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from plugin.store.group_commit import GroupCommit, SqliteTransaction
from plugin.store.schema import HEAD, migrate, statements_for_sqlite
from plugin.store.transaction import StoreUnavailable, Transaction

if TYPE_CHECKING:
    from sqlalchemy import Engine

T = TypeVar("T")

_BUSY_SECONDS = 10.0
_PLAIN = re.compile(r"sqlite:///([^?%#:]+)")
_ANYTHING = "SELECT 1 FROM sqlite_master LIMIT 1"
_IS_VERSIONED = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
_VERSION = "SELECT version_num FROM alembic_version"
_CHECKPOINT_EVERY_SECONDS = 0.5
_CHECKPOINT_BYTES = 4 << 20
_WAL_LIMIT_BYTES = 64 << 20


class SqliteDatabase:
    """A `Database` on one file: writes by group commit, reads on their own connections.

    WAL with `synchronous=FULL`: an acknowledged write survives a power cut. Checkpoints, which copy
    the log into the file, run on a thread of their own, since they would hold up a whole group.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._file, self._arguments = _place_of(url)
        self._readers: deque[sqlite3.Connection] = deque()
        self._stopping = threading.Event()
        try:
            if not self._is_current_or_made():
                self._migrate()
            self._writer = GroupCommit(self._connect())
        except _sqlite_errors() as error:
            raise _unavailable(error, self._file) from error
        self._checkpointer = threading.Thread(
            target=self._checkpoint, name="store-checkpoint", daemon=True
        )
        self._checkpointer.start()

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` alone or with others that wait; returns once it is on the disk."""
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
        return self._read(work, in_transaction=True)

    def read_at_once(self, work: Callable[[Transaction], T]) -> T:
        """The same for one statement, which needs no transaction around it."""
        return self._read(work, in_transaction=False)

    def _read(self, work: Callable[[Transaction], T], *, in_transaction: bool) -> T:
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._connect()
        try:
            if in_transaction:
                connection.execute("BEGIN")
            result = work(SqliteTransaction(connection))
            if in_transaction:
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

    def _connect(self) -> sqlite3.Connection:
        # Transactions are begun by hand, IMMEDIATE where they write.
        by_hand = {"isolation_level": None, "check_same_thread": False}
        connection: sqlite3.Connection = sqlite3.connect(**(self._arguments | by_hand))
        try:
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _is_current_or_made(self) -> bool:
        """True for a store of this version, and for a file that was empty and has its tables now.

        Only a store of an older version takes the steps: a service that starts on any other never
        imports SQLAlchemy, a quarter of its memory.
        """
        connection = self._connect()
        try:
            connection.execute("BEGIN IMMEDIATE")  # who may not write is told now, not at work
            if not connection.execute(_ANYTHING).fetchall():
                for statement in statements_for_sqlite():
                    connection.execute(statement)
                connection.execute("COMMIT")
                return True
            if not connection.execute(_IS_VERSIONED).fetchall():
                return False
            return connection.execute(_VERSION).fetchall() == [(HEAD,)]
        finally:
            connection.close()

    def _migrate(self) -> None:
        engine = _engine(self._url)
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                migrate(connection)
                connection.exec_driver_sql("COMMIT")
        finally:
            engine.dispose()

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


def _place_of(url: str) -> tuple[Path, dict[str, Any]]:
    """The file, and what `sqlite3.connect` must be told."""
    plain = _PLAIN.fullmatch(url)
    if plain is None:
        return _place_of_special(url)
    file = _with_folder(Path(plain[1]))
    return file, {"database": str(file), "timeout": _BUSY_SECONDS}


def _place_of_special(url: str) -> tuple[Path, dict[str, Any]]:
    """The same for a URL with options or escapes, which SQLAlchemy reads."""
    from sqlalchemy.engine import make_url

    parsed = make_url(url)
    if not parsed.database or parsed.database == ":memory:":
        message = (
            "The store needs a file that survives a restart, and DESKLADDER_DATABASE names none. "
            "Give a URL such as sqlite:///data/deskladder.sqlite3."
        )
        raise StoreUnavailable(message)
    file = _with_folder(Path(parsed.database.removeprefix("file:")))
    (database,), options = parsed.get_dialect()().create_connect_args(parsed)
    return file, {"timeout": _BUSY_SECONDS, **options, "database": database}


def _with_folder(file: Path) -> Path:
    file = file.absolute()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = (
            f"The folder of the store, {file.parent}, cannot be created: {error.strerror}. Create "
            "it for the user that runs Deskladder, or set DESKLADDER_DATA to another folder."
        )
        raise StoreUnavailable(message) from error
    return file


def _engine(url: str) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.engine import make_url
    from sqlalchemy.pool import NullPool

    parsed = make_url(url)
    if "timeout" not in parsed.query:
        parsed = parsed.update_query_dict({"timeout": str(_BUSY_SECONDS)})
    engine = create_engine(parsed, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: sqlite3.Connection, _: object = None) -> None:
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
