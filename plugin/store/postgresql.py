"""PostgreSQL, for several replicas: any of them may receive, decide and act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from plugin.store.schema import migrate
from plugin.store.transaction import StoreUnavailable, Transaction

if TYPE_CHECKING:
    from psycopg import Cursor
    from sqlalchemy import URL, Connection, Engine

T = TypeVar("T")

_MIGRATION_LOCK = 0x6465736B6C61  # "deskla": one replica at a time brings the tables up to date
_POOL_SIZE = 20
_ATTEMPTS = 5


@cache
def _with_psycopg_parameters(sql: str) -> str:
    return sql.replace("?", "%s")


class _PsycopgTransaction:
    """A `Transaction` on a psycopg cursor."""

    __slots__ = ("_cursor",)

    lock = "FOR UPDATE"
    lock_free = "FOR UPDATE SKIP LOCKED"

    def __init__(self, cursor: Cursor[Any]) -> None:
        self._cursor = cursor

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        """Run one statement and return its rows."""
        return self._run(sql, parameters).fetchall()

    def change(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run one statement and return how many rows it touched."""
        return self._run(sql, parameters).rowcount

    def change_each(self, sql: str, parameters: Sequence[Sequence[object]]) -> None:
        """Run one statement for each of the parameter rows, none when there are none."""
        if parameters:
            self._cursor.executemany(_with_psycopg_parameters(sql), parameters)

    def _run(self, sql: str, parameters: Sequence[object]) -> Cursor[Any]:
        return self._cursor.execute(_with_psycopg_parameters(sql), parameters)


class PostgresqlDatabase:
    """A `Database` on PostgreSQL: one transaction for each write, from a pool of connections."""

    def __init__(self, url: URL) -> None:
        self._engine = _engine(url)
        self._where = url.render_as_string(hide_password=True)
        try:
            self._run(self._migrate)
        except BaseException:
            self._engine.dispose()
            raise

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in a transaction; again when another replica got in the way (deadlock)."""
        return self._run(lambda connection: work(_PsycopgTransaction(_cursor(connection))))

    def write_with_others(
        self, work: Callable[[Transaction, Sequence[Any]], Sequence[T]], item: object
    ) -> T:
        """Like `write`: the server joins commits by itself."""
        return self.write(lambda transaction: work(transaction, (item,))[0])

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in a transaction."""
        return self.write(work)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def read_at_once(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in a transaction."""
        return self.write(work)

    def _run(self, work: Callable[[Connection], T]) -> T:
        import psycopg
        from sqlalchemy.exc import DBAPIError
        from sqlalchemy.exc import TimeoutError as PoolTimeout

        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._engine.begin() as connection:
                    return work(connection)
            except (
                psycopg.OperationalError,
                psycopg.InterfaceError,
                psycopg.InternalError,
                DBAPIError,
            ) as error:
                if not _passes_by_itself(error) or attempt == _ATTEMPTS:
                    raise self._unavailable(error) from error
            except PoolTimeout as error:
                raise self._unavailable(error) from error
        raise AssertionError  # pragma: no cover - the loop returns or raises

    @staticmethod
    def _migrate(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
        migrate(connection)

    def _unavailable(self, error: Exception) -> StoreUnavailable:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        return StoreUnavailable(
            f"The store {self._where} cannot be used: {cause}. Check DESKLADDER_DATABASE, that "
            "PostgreSQL runs and accepts connections from here, and the user's rights."
        )


def _cursor(connection: Connection) -> Cursor[Any]:
    cursor: Cursor[Any] = connection.connection.cursor()  # type: ignore[assignment]
    return cursor


def _passes_by_itself(error: Exception) -> bool:
    from psycopg.errors import DeadlockDetected, SerializationFailure

    return isinstance(getattr(error, "orig", error), DeadlockDetected | SerializationFailure)


def _engine(url: URL) -> Engine:
    from sqlalchemy import create_engine

    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=_POOL_SIZE,
        max_overflow=_POOL_SIZE,
        pool_pre_ping=True,  # a restarted server costs one ping, not one failed write
    )
