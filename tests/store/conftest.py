"""Every test of the store runs on SQLite and, when there is one, on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from plugin.store.store import Store
from tests.store.making import NINE

POSTGRESQL = "DESKLADDER_TEST_POSTGRESQL"
without_postgresql = pytest.mark.skipif(
    POSTGRESQL not in os.environ, reason=f"{POSTGRESQL} is not set (see .ci/postgresql.sh)"
)
DATABASES = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=[pytest.mark.postgresql, without_postgresql]),
]


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/data/store.sqlite3"


@contextmanager
def fresh_schema() -> Iterator[str]:
    """A PostgreSQL URL whose tables nobody else sees."""
    import psycopg

    server = os.environ[POSTGRESQL].replace("+psycopg", "")
    schema = f"test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        joint = "&" if "?" in server else "?"
        yield f"{server}{joint}options=-csearch_path%3D{schema}"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    with fresh_schema() as url:
        yield url


@pytest.fixture(params=DATABASES)
def store_url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = Store.open(store_url, now=NINE)
    yield opened
    opened.close()
