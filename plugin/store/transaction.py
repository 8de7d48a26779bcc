"""One transaction, in the SQL both databases understand; and the port to a database.

Statements are plain SQL with `?` for parameters: the hot path runs thousands of them a second, and
building them anew through an expression language costs more than running them (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from plugin.domain.errors import DeskladderError

T = TypeVar("T")
Row = Sequence[Any]


class StoreUnavailable(DeskladderError):
    """The database cannot be opened, read or written; the message says what to look at."""


class Transaction(Protocol):
    """What a write or a read may do. `lock` ends a SELECT whose rows the transaction will change.

    `lock` and `lock_free` are empty on SQLite, which has one writer at a time anyway; `lock_free`
    skips rows somebody else has locked.
    """

    lock: str
    lock_free: str

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        """Run one statement and return its rows."""
        ...

    def change(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run one statement and return how many rows it touched."""
        ...

    def change_each(self, sql: str, parameters: Sequence[Sequence[object]]) -> None:
        """Run one statement for each of the parameter rows, none when there are none."""
        ...


class Database(Protocol):
    """Runs functions inside transactions, from any thread."""

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` and return its result once that is durable; its exceptions undo it.

        `work` may be run again when the database asks for it, so it must not change anything else.
        """
        ...

    def write_with_others(
        self, work: Callable[[Transaction, Sequence[Any]], Sequence[T]], item: object
    ) -> T:
        """Like `write` for one item, but items that come together are handed to `work` together.

        `work` answers one result for each item, in their order. This is the inbox's lane: it can
        neither starve `write` nor be starved by it.
        """
        ...

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` on a consistent view of what was committed before."""
        ...

    def read_at_once(self, work: Callable[[Transaction], T]) -> T:
        """The same for `work` that runs one statement: that is a consistent view by itself."""
        ...

    def close(self) -> None:
        """Finish what was handed in, then give everything back."""
        ...
