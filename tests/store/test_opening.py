from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from plugin.domain.errors import DeskladderError
from plugin.store import schema
from plugin.store.sqlite import _engine
from plugin.store.store import Store
from plugin.store.transaction import StoreUnavailable
from tests.store.making import MINUTE, NINE, delivery, take_one

ROOT = Path(__file__).parents[2]


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


class TestOpening:
    def test_remembers_when_it_was_first_opened(self, store_url: str) -> None:
        Store.open(store_url, now=NINE).close()

        again = Store.open(store_url, now=NINE + MINUTE)

        assert again.installed_at == NINE
        again.close()

    def test_finds_everything_again(self, store_url: str) -> None:
        first = Store.open(store_url, now=NINE)
        first.receive(delivery(1))
        first.close()

        second = Store.open(store_url, now=NINE)

        assert take_one(second).look
        second.close()

    def test_creates_the_folder(self, tmp_path: Path) -> None:
        file = tmp_path / "not" / "yet" / "there.sqlite3"

        Store.open(f"sqlite:///{file}", now=NINE).close()

        assert file.exists()

    def test_works_from_any_folder(
        self, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)

        Store.open(store_url, now=NINE).close()

    def test_several_at_once_create_the_tables_once(self, store_url: str) -> None:
        opened: list[Store] = []
        threads = [
            threading.Thread(target=lambda: opened.append(Store.open(store_url, now=NINE)))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(opened) == 4
        for store in opened:
            store.ping()
            store.close()

    def test_closing_twice_is_fine_and_writing_afterwards_says_why_not(self, store: Store) -> None:
        store.close()
        store.close()

    def test_leaves_no_log_behind_when_closed(self, sqlite_url: str) -> None:
        store = Store.open(sqlite_url, now=NINE)
        store.receive(delivery(1))
        store.close()

        assert [file.name for file in file_of(sqlite_url).parent.iterdir()] == ["store.sqlite3"]

    def test_importing_the_store_imports_no_database_library(self) -> None:
        check = (
            "import sys, plugin.store.store;"
            "print([m for m in ('sqlalchemy', 'alembic', 'psycopg') if m in sys.modules])"
        )

        done = subprocess.run(
            [sys.executable, "-c", check], capture_output=True, text=True, check=True, cwd=ROOT
        )

        assert done.stdout.strip() == "[]"


class TestWhatCannotBeOpened:
    @pytest.mark.parametrize(
        ("url", "says"),
        [
            pytest.param("nonsense", "not a database URL", id="no URL"),
            pytest.param("mysql://u:geheim@h/n", "names 'mysql'", id="another database"),
            pytest.param("sqlite://", "needs a file", id="memory"),
            pytest.param("sqlite:////proc/nowhere/x.sqlite3", "cannot be created", id="no folder"),
            pytest.param(
                "postgresql://u:geheim@127.0.0.1:1/n", "cannot be used: conn", id="nobody listens"
            ),
        ],
    )
    def test_is_told_with_what_to_do_and_without_the_password(self, url: str, says: str) -> None:
        with pytest.raises(DeskladderError, match=says) as told:
            Store.open(url, now=NINE)

        assert "geheim" not in str(told.value)
        assert re.search(r"[.:] [A-Z].*\.$", str(told.value)), "no advice at the end"

    def test_a_file_that_is_something_else(self, sqlite_url: str) -> None:
        file_of(sqlite_url).parent.mkdir()
        file_of(sqlite_url).write_bytes(b"Dear diary, " * 1000)

        with pytest.raises(StoreUnavailable, match=r"not a database.*restore a backup"):
            Store.open(sqlite_url, now=NINE)

    def test_a_damaged_file(self, sqlite_url: str) -> None:
        Store.open(sqlite_url, now=NINE).close()
        content = bytearray(file_of(sqlite_url).read_bytes())
        content[100:8192] = os.urandom(8092)
        file_of(sqlite_url).write_bytes(content)

        with pytest.raises(StoreUnavailable, match=r"malformed|not a database"):
            Store.open(sqlite_url, now=NINE)

    def test_a_file_that_may_not_be_written(self, sqlite_url: str) -> None:
        Store.open(sqlite_url, now=NINE).close()
        read_only = f"sqlite:///file:{file_of(sqlite_url)}?mode=ro&uri=true"

        with pytest.raises(StoreUnavailable, match=r"readonly.*right to write"):
            Store.open(read_only, now=NINE)

    def test_a_file_somebody_else_holds(self, sqlite_url: str) -> None:
        Store.open(sqlite_url, now=NINE).close()
        other = sqlite3.connect(file_of(sqlite_url), isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")

        with pytest.raises(StoreUnavailable, match=r"locked.*Another program"):
            Store.open(f"{sqlite_url}?timeout=0.05", now=NINE)

        other.close()

    def test_a_database_a_newer_version_has_used(self, store_url: str) -> None:
        store = Store.open(store_url, now=NINE)
        store._database.write(lambda t: t.change("UPDATE alembic_version SET version_num = '9999'"))
        store.close()

        with pytest.raises(DeskladderError, match=r"version 9999.*a newer one has used it"):
            Store.open(store_url, now=NINE)


class TestSchema:
    def test_an_empty_file_is_given_the_tables_the_steps_make(
        self, sqlite_url: str, golden: Callable[[Path, str], None]
    ) -> None:
        file_of(sqlite_url).parent.mkdir(parents=True, exist_ok=True)
        made_by_steps = _engine(sqlite_url)
        with made_by_steps.connect() as connection:
            schema.migrate(connection)
            made = connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
            ).scalars()
            statements = [*made, f"INSERT INTO alembic_version VALUES ('{schema.HEAD}')"]  # noqa: S608
            is_table = "SELECT name FROM sqlite_master WHERE type = 'table'"
            filled = [
                name
                for name in connection.exec_driver_sql(is_table).scalars().all()
                if connection.exec_driver_sql(f'SELECT 1 FROM "{name}" LIMIT 1').first()  # noqa: S608
            ]
        made_by_steps.dispose()

        golden(schema.SQLITE_TABLES, "".join(f"{one};\n" for one in statements))
        assert schema.statements_for_sqlite() == statements
        assert filled == ["alembic_version"]

    def test_an_older_store_takes_the_steps_it_lacks(self, sqlite_url: str) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        config.set_main_option("path_separator", "os")
        file_of(sqlite_url).parent.mkdir(parents=True, exist_ok=True)
        older = _engine(sqlite_url)
        with older.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
        older.dispose()

        Store.open(sqlite_url, now=NINE).close()

        with closing(sqlite3.connect(file_of(sqlite_url))) as connection:
            assert connection.execute("SELECT * FROM alembic_version").fetchall() == [("0002",)]
            tables = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
            found = {sql for (sql,) in connection.execute(tables)}
        assert found == set(schema.statements_for_sqlite()[:-1])

    def test_the_steps_lead_to_the_tables_the_code_uses(self, store_url: str) -> None:
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext
        from sqlalchemy import create_engine

        from plugin.store.tables import metadata

        Store.open(store_url, now=NINE).close()
        engine = create_engine(store_url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            differences = compare_metadata(context, metadata)
        engine.dispose()

        assert differences == []

    @pytest.mark.parametrize("is_first", [True, False], ids=["first start", "restart"])
    def test_starting_on_sqlite_imports_no_sqlalchemy(
        self, sqlite_url: str, is_first: bool
    ) -> None:
        if not is_first:
            Store.open(sqlite_url, now=NINE).close()
        script = (
            "import sys; from datetime import datetime, UTC; from plugin.store.store import Store; "
            f"Store.open({sqlite_url!r}, now=datetime(2026, 1, 1, tzinfo=UTC)).close(); "
            "print([name for name in ('sqlalchemy', 'alembic') if name in sys.modules])"
        )

        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )

        assert done.stdout.strip() == "[]"

    def test_the_newest_step_is_the_one_the_code_expects(self) -> None:
        from alembic.script import ScriptDirectory

        steps = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))

        assert steps.get_current_head() == schema.HEAD

    def test_acknowledged_means_on_the_disk(self, sqlite_url: str) -> None:
        store = Store.open(sqlite_url, now=NINE)

        ((level,),) = store._database.write(lambda t: t.rows("PRAGMA synchronous"))
        ((keys,),) = store._database.write(lambda t: t.rows("PRAGMA foreign_keys"))
        ((journal,),) = store._database.write(lambda t: t.rows("PRAGMA journal_mode"))

        assert (level, keys, journal) == (2, 1, "wal")  # 2 is FULL
        store.close()
