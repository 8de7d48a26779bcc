"""What all units share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from plugin.store import sqlite


@pytest.fixture(autouse=True, scope="module")
def never_waiting_for_the_disk() -> Iterator[None]:
    """No unit cuts the power: their stores need not be on the disk; that they are is tests/store's."""
    prepare = sqlite._prepare

    def prepare_for_units(connection: sqlite3.Connection, record: object = None) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "_prepare", prepare_for_units)
        yield
