"""Many rows in one statement.

Python's sqlite3 lets other threads have the interpreter at every step of every statement, and a
busy engine takes it: with a statement a row the writing thread waits far longer than it writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TypeVar

from plugin.store.transaction import Row, Transaction

T = TypeVar("T")

_MOST_VALUES = 900
"""Before 3.32 SQLite takes no more than 999 values in a statement."""


def change(transaction: Transaction, sql: str, rows: Sequence[Row]) -> None:
    """Run a statement for all rows; `{rows}` in it stands behind VALUES. For none it is not run."""
    if not rows:
        return
    columns = len(rows[0])
    for some in _pieces(rows, _MOST_VALUES // columns):
        values = [value for row in some for value in row]
        transaction.change(_with_rows(sql, len(some), columns), values)


def change_tickets(transaction: Transaction, sql: str, tickets: Iterable[Row]) -> None:
    """Run a statement for all tickets that share what stands before their id, `{ids}` for the ids.

    A ticket is what the statement takes before the ids (helpdesk, …), and its id.
    """
    alike: dict[tuple[object, ...], list[object]] = {}
    for *before, ticket_id in tickets:
        alike.setdefault(tuple(before), []).append(ticket_id)
    for shared, ids in alike.items():
        for some in _pieces(ids, _MOST_VALUES):
            transaction.change(with_ids(sql, len(some)), (*shared, *some))


@cache
def with_ids(sql: str, count: int) -> str:
    """The statement with a place for each of so many ids."""
    return sql.replace("{ids}", ", ".join("?" * count))


@cache
def _with_rows(sql: str, count: int, columns: int) -> str:
    row = f"({', '.join('?' * columns)})"
    return sql.replace("{rows}", ", ".join([row] * count))


def _pieces(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
