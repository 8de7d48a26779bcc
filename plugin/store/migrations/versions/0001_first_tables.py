"""The first tables: inbox, work, timers, memory, outbox, audit."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# A step never imports plugin.store.tables: it must do the same for ever, the tables move on.
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("helpdesk", sa.Text(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("audit_at", "audit", ["at"])
    op.create_index(
        "audit_of_ticket",
        "audit",
        ["helpdesk", "ticket_id", "id"],
        **_where("ticket_id IS NOT NULL"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("helpdesk", "key", name=op.f("uq_deliveries")),
    )
    op.create_index("deliveries_done", "deliveries", ["done_at"], **_where("done_at IS NOT NULL"))
    op.create_index(
        "deliveries_waiting",
        "deliveries",
        ["helpdesk", "ticket_id", "received_at"],
        **_where("done_at IS NULL"),
    )
    op.create_table(
        "demotions",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_demotions")),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )
    op.create_table(
        "tickets",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("memory", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("helpdesk", "ticket_id", name=op.f("pk_tickets")),
    )
    op.create_index("tickets_closed", "tickets", ["decided_at"], **_where("closed"))
    op.create_index("tickets_customer", "tickets", ["customer"])
    op.create_table(
        "work",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("not_before", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
        sa.UniqueConstraint("helpdesk", "ticket_id", name=op.f("uq_work")),
    )
    op.create_index("work_due", "work", ["due_at"], **_where("due_at IS NOT NULL"))
    op.create_index("work_held", "work", ["token"], **_where("token IS NOT NULL"))
    op.create_index(
        "work_helpdesk_due", "work", ["helpdesk", "due_at"], **_where("due_at IS NOT NULL")
    )
    op.create_table(
        "actions",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("drop_after", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("wrote", sa.Text(), server_default="{}", nullable=False),
        sa.Column("replaced", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["helpdesk", "ticket_id"],
            ["tickets.helpdesk", "tickets.ticket_id"],
            name=op.f("fk_actions_tickets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_actions")),
    )
    op.create_index("actions_by_state", "actions", ["state", "done_at"])
    op.create_index("actions_of_ticket", "actions", ["helpdesk", "ticket_id"])
    op.create_index(
        "actions_open",
        "actions",
        ["helpdesk", "ticket_id", "not_before"],
        **_where("state IN ('planned', 'claimed', 'unknown')"),
    )
    op.create_index(
        "actions_replies",
        "actions",
        ["customer", "done_at"],
        **_where("name = 'reply' AND state = 'done'"),
    )
    op.create_table(
        "timers",
        sa.Column("helpdesk", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["helpdesk", "ticket_id"],
            ["tickets.helpdesk", "tickets.ticket_id"],
            name=op.f("fk_timers_tickets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("helpdesk", "ticket_id", "name", name=op.f("pk_timers")),
    )
    op.create_index("timers_due", "timers", ["due_at"])
