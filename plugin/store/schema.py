"""Brings a database's tables to the shape this version of Deskladder needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from plugin.domain.errors import DeskladderError

if TYPE_CHECKING:
    from sqlalchemy import Connection

HEAD = "0002"
"""The newest step under migrations/versions."""

SQLITE_TABLES = Path(__file__).parent / "migrations" / "sqlite.sql"
"""What all the steps make of an empty SQLite file, the mark of the newest step included."""


def statements_for_sqlite() -> list[str]:
    """Those that make the tables of an empty file at once, without SQLAlchemy and Alembic."""
    return [one for one in SQLITE_TABLES.read_text(encoding="utf-8").split(";\n") if one.strip()]


def version_of(connection: Connection) -> str | None:
    """The last step the database has seen; None for an empty database."""
    from sqlalchemy import inspect

    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def migrate(connection: Connection) -> None:
    """Run the steps that are missing. The caller holds a lock, so that only one process does.

    Raises DeskladderError for a database written by a newer version: this one would not
    understand it, and must not touch it.
    """
    found = version_of(connection)
    if found == HEAD:
        return
    # Alembic takes longer to import than SQLAlchemy: only who must migrate pays for it.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        message = (
            f"The database is at version {found}, which this Deskladder ({HEAD}) does not know: "
            "a newer one has used it. Install that version again, or restore a backup of the "
            "database from before the upgrade."
        )
        raise DeskladderError(message)
    command.upgrade(config, "head")
