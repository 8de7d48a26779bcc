"""The file a download goes to, so that a stopped one goes on where it stopped.

It holds what the helpdesk answered, texts and names included, because rules look at them: it is readable
by its owner alone, and removed when the work is done unless somebody asked to keep it. SQLite, so that
a year of tickets never stands in memory: they are read one by one, in the order of time.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from plugin.domain.errors import DeskladderError
from plugin.domain.helpdesk import Glimpse
from plugin.domain.past import Past, Staff
from plugin.domain.ticket import EarlierTicket
from plugin.history.encoding import (
    VERSION,
    earlier_as_json,
    past_as_json,
    past_from_json,
    staff_as_json,
    staff_from_json,
)
from plugin.history.rewinding import Timeline

_TABLES = """
    CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS wanted (id INTEGER PRIMARY KEY, updated_at INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS tickets (
        id INTEGER PRIMARY KEY, updated_at INTEGER NOT NULL, customer TEXT NOT NULL,
        gone INTEGER NOT NULL, past BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS customers (key TEXT PRIMARY KEY, tickets BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS moments (
        at INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (at, id)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS moments_of ON moments (id);
"""
_MICROSECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Archive:
    """One helpdesk's past in a file. To be closed; `discard` removes the file."""

    def __init__(self, file: Path, helpdesk: str) -> None:
        self.file = file
        self.helpdesk = helpdesk
        _make_private(file)
        self._database = _connect(file)
        try:
            self._open()
        except sqlite3.OperationalError as problem:
            self._database.close()
            raise DeskladderError(
                f"the history in {file} cannot be used ({problem}): is another command reading it?"
            ) from problem
        except sqlite3.DatabaseError:
            # Half a file or another version's: what it held can be read again.
            self._database.close()
            _remove(file)
            _make_private(file)
            self._database = _connect(file)
            self._open()

    def _open(self) -> None:
        self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        ((version,),) = self._database.execute("PRAGMA user_version").fetchall()
        if version not in {0, VERSION}:
            raise sqlite3.DatabaseError
        self._database.executescript(_TABLES)
        self._database.execute(f"PRAGMA user_version = {VERSION}")
        known = self.fact("helpdesk")
        if known not in {None, self.helpdesk}:
            raise sqlite3.DatabaseError
        self.remember("helpdesk", self.helpdesk)

    def close(self) -> None:
        """Close the file and leave it there."""
        self._database.close()

    def discard(self) -> None:
        """Close the file and remove it."""
        self._database.close()
        _remove(self.file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # What is to be read -----------------------------------------------------------------------

    def fact(self, name: str) -> Any:
        """A value kept under a name; None when there is none."""
        found = self._database.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if found is None else json.loads(found[0])

    def remember(self, name: str, value: object) -> None:
        """Keep a value under a name."""
        self._database.execute("REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))

    def want(self, glimpses: Iterable[Glimpse]) -> None:
        """Say which tickets are to be read, all of them: others that were wanted once are not."""
        self._database.execute("BEGIN")
        self._database.execute("DELETE FROM wanted")
        self._database.executemany(
            "REPLACE INTO wanted VALUES (?, ?)",
            ((one.ticket_id, micros(one.updated_at)) for one in glimpses),
        )
        self._database.execute("COMMIT")

    def wanted(self) -> int:
        """How many tickets are to be there in the end."""
        return self._count("SELECT count(*) FROM wanted")

    def missing(self) -> list[int]:
        """The tickets that are not there yet or have changed since, by id."""
        sql = """
            SELECT w.id FROM wanted w LEFT JOIN tickets t ON t.id = w.id
             WHERE t.id IS NULL OR t.updated_at < w.updated_at ORDER BY w.id
        """
        return [number for (number,) in self._database.execute(sql)]

    # What was read ----------------------------------------------------------------------------

    def keep(self, past: Past, customer: str, staff: Staff) -> None:
        """Keep a ticket; `customer` is the key its customer's tickets are kept under."""
        ticket = past.ticket
        blob = zlib.compress(json.dumps(past_as_json(past), separators=(",", ":")).encode(), 1)
        instants = Timeline(past, staff).instants
        self._database.execute("BEGIN")
        self._drop_moments(ticket.ref.id)
        self._database.execute(
            "REPLACE INTO tickets VALUES (?, ?, ?, 0, ?)",
            (ticket.ref.id, micros(ticket.updated_at), customer, blob),
        )
        self._database.executemany(
            "REPLACE INTO moments VALUES (?, ?)", ((micros(at), ticket.ref.id) for at in instants)
        )
        self._database.execute("COMMIT")

    def keep_gone(self, ticket_id: int, at: datetime) -> None:
        """Keep that a ticket is not there any more, so that nobody asks again."""
        self._drop_moments(ticket_id)
        self._database.execute(
            "REPLACE INTO tickets VALUES (?, ?, '', 1, x'')", (ticket_id, micros(at))
        )

    def keep_customer(self, key: str, tickets: Sequence[EarlierTicket]) -> None:
        """Keep all tickets of a customer."""
        blob = zlib.compress(json.dumps(earlier_as_json(tuple(tickets))).encode(), 1)
        self._database.execute("REPLACE INTO customers VALUES (?, ?)", (key, blob))

    def without_customer(self) -> list[int]:
        """One ticket of each customer whose other tickets were not read."""
        sql = """
            SELECT min(id) FROM tickets WHERE NOT gone
               AND customer NOT IN (SELECT key FROM customers) GROUP BY customer ORDER BY 1
        """
        return [number for (number,) in self._database.execute(sql)]

    def keep_staff(self, staff: Staff) -> None:
        """Keep groups, agents and states."""
        self.remember("staff", staff_as_json(staff))

    def staff(self) -> Staff:
        """Groups, agents and states; nobody and nothing when they were not read."""
        content = self.fact("staff")
        return Staff() if content is None else staff_from_json(content)

    # Looking back -----------------------------------------------------------------------------

    def moments(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, int]]:
        """Every instant at which something happened on a wanted ticket, oldest first."""
        sql = """
            SELECT m.at, m.id FROM moments m JOIN wanted w ON w.id = m.id
             WHERE m.at >= ? AND m.at <= ? ORDER BY m.at, m.id
        """
        for at, number in self._database.execute(sql, (micros(since), micros(until))):
            yield instant(at), number

    def last_moments(self, until: datetime) -> dict[int, datetime]:
        """For each ticket, when the last thing up to `until` happened."""
        sql = "SELECT id, max(at) FROM moments WHERE at <= ? GROUP BY id"
        rows = self._database.execute(sql, (micros(until),))
        return {number: instant(at) for number, at in rows}

    def ticket_ids(self) -> list[int]:
        """The wanted tickets that are there, by id."""
        sql = """
            SELECT t.id FROM tickets t JOIN wanted w ON w.id = t.id WHERE NOT t.gone ORDER BY t.id
        """
        return [number for (number,) in self._database.execute(sql)]

    def past(self, ticket_id: int) -> Past:
        """One ticket's past, its customer's other tickets included where they were asked for."""
        row = self._database.execute(
            "SELECT t.past, c.tickets FROM tickets t LEFT JOIN customers c ON c.key = t.customer"
            " WHERE t.id = ? AND NOT t.gone",
            (ticket_id,),
        ).fetchone()
        if row is None:
            raise KeyError(ticket_id)
        content = json.loads(zlib.decompress(row[0]))
        if row[1] is not None:
            content["customer_tickets"] = json.loads(zlib.decompress(row[1]))
        return past_from_json(content)

    def _drop_moments(self, ticket_id: int) -> None:
        self._database.execute("DELETE FROM moments WHERE id = ?", (ticket_id,))

    def _count(self, sql: str, values: tuple[object, ...] = ()) -> int:
        ((count,),) = self._database.execute(sql, values).fetchall()
        return int(count)


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    span = at - _EPOCH
    return (span.days * 86400 + span.seconds) * _MICROSECOND + span.microseconds


def instant(at: int) -> datetime:
    """The instant of so many microseconds since 1970, exactly."""
    seconds, rest = divmod(at, _MICROSECOND)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def _make_private(file: Path) -> None:
    """Create the file readable by its owner alone, before anything is in it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        file.chmod(0o600)
    except OSError as problem:
        raise DeskladderError(
            f"the history cannot be kept in {file}: {problem.strerror}. It needs a folder that can be "
            "written to: see DESKLADDER_DATA"
        ) from problem


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None, timeout=1.0)


def _remove(file: Path) -> None:
    for one in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
        with suppress(FileNotFoundError):
            one.unlink()
