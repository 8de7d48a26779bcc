"""What Alembic runs: the steps, on the connection that `plugin.store.schema` opened and locked."""

from __future__ import annotations

from alembic import context

from plugin.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter much in place: Alembic copies the table instead.
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
