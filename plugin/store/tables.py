"""The tables. Nothing here holds a message body, a customer's address or a secret of anybody else's.

`secrets` are those Deskladder makes itself, such as the key that signs links.

Instants are epoch microseconds (see instants.py). `work` has one row per ticket and is the thing
that is claimed: `due_at` is the first instant at which the ticket may be claimed, NULL when nothing
waits; while somebody holds the ticket it is the end of the lease, so that a dead worker's tickets
become due by themselves. Everything else (deliveries, timers, actions) says *why* a ticket is due.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
    }
)

# SQLite numbers rows by itself only in a column declared exactly INTEGER (64 bits there).
_ROW_ID = BigInteger().with_variant(Integer(), "sqlite")
_OPEN = "state IN ('planned', 'claimed', 'unknown')"


def _index(name: str, *columns: str, where: str | None = None) -> Index:
    condition = None if where is None else text(where)
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


def _of_ticket() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["helpdesk", "ticket_id"], ["tickets.helpdesk", "tickets.ticket_id"], ondelete="CASCADE"
    )


meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", _ROW_ID, primary_key=True, autoincrement=True),
    Column("helpdesk", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("ticket_id", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("hint", Text, nullable=False),
    Column("done_at", BigInteger),
    UniqueConstraint("helpdesk", "key"),
    _index("deliveries_waiting", "helpdesk", "ticket_id", "received_at", where="done_at IS NULL"),
    _index("deliveries_done", "done_at", where="done_at IS NOT NULL"),
)

work = Table(
    "work",
    metadata,
    Column("id", _ROW_ID, primary_key=True, autoincrement=True),
    Column("helpdesk", Text, nullable=False),
    Column("ticket_id", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("not_before", BigInteger, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("token", Text),
    Column("held_until", BigInteger),
    Column("why", Text, nullable=False, server_default=""),
    UniqueConstraint("helpdesk", "ticket_id"),
    _index("work_due", "due_at", where="due_at IS NOT NULL"),
    _index("work_helpdesk_due", "helpdesk", "due_at", where="due_at IS NOT NULL"),
    _index("work_held", "token", where="token IS NOT NULL"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("helpdesk", Text, primary_key=True),
    Column("ticket_id", BigInteger, primary_key=True, autoincrement=False),
    Column("customer", Text, nullable=False),
    Column("first_seen_at", BigInteger, nullable=False),
    Column("decided_at", BigInteger, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("memory", Text, nullable=False),
    _index("tickets_customer", "customer"),
    _index("tickets_closed", "decided_at", where="closed"),
)

timers = Table(
    "timers",
    metadata,
    Column("helpdesk", Text, primary_key=True),
    Column("ticket_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("due_at", BigInteger, nullable=False),
    Column("why", Text, nullable=False),
    _of_ticket(),
    _index("timers_due", "due_at"),
)

actions = Table(
    "actions",
    metadata,
    Column("key", Text, primary_key=True),
    Column("helpdesk", Text, nullable=False),
    Column("ticket_id", BigInteger, nullable=False),
    Column("customer", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("params", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("cycle", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("planned_at", BigInteger, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("drop_after", BigInteger),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("done_at", BigInteger),
    Column("wrote", Text, nullable=False, server_default="{}"),
    Column("replaced", Text, nullable=False, server_default="{}"),
    _of_ticket(),
    _index("actions_of_ticket", "helpdesk", "ticket_id"),
    _index("actions_open", "helpdesk", "ticket_id", "not_before", where=_OPEN),
    _index("actions_by_state", "state", "done_at"),
    _index("actions_replies", "customer", "done_at", where="name = 'reply' AND state = 'done'"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", _ROW_ID, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("helpdesk", Text),
    Column("ticket_id", BigInteger),
    Column("rule", Text),
    Column("data", Text, nullable=False),
    _index("audit_of_ticket", "helpdesk", "ticket_id", "id", where="ticket_id IS NOT NULL"),
    _index("audit_at", "at"),
)

demotions = Table(
    "demotions",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("id", _ROW_ID, primary_key=True, autoincrement=True),
    Column("helpdesk", Text, nullable=False),
    Column("ticket_id", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("escalation", Integer),
    Column("step", Integer),
    Column("params", Text, nullable=False),
    Column("done_at", BigInteger),
    UniqueConstraint("key", name="uq_requests_key"),
    _index("requests_waiting", "helpdesk", "ticket_id", where="done_at IS NULL"),
    _index("requests_done", "done_at", where="done_at IS NOT NULL"),
)

turns = Table(
    "turns",
    metadata,
    Column("key", Text, primary_key=True),
    Column("pool", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("pool", "number", name="uq_turns_pool"),
    _index("turns_of_person", "pool", "person", "number"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", _ROW_ID, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("helpdesk", Text, nullable=False),
    Column("ticket_id", BigInteger, nullable=False),
    Column("number", Text, nullable=False, server_default=""),
    Column("url", Text, nullable=False, server_default=""),
    Column("kind", Text, nullable=False, server_default="rule"),
    Column("escalation", Integer),
    Column("step", Integer),
    Column("person", Text, nullable=False, server_default=""),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("token", Text),
    Column("held_until", BigInteger),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("state", Text, nullable=False, server_default="held"),
    Column("told_at", BigInteger),
    UniqueConstraint("key", name="uq_notices_key"),
    _index("notices_due", "due_at", where="state = 'held'"),
    _index("notices_of_recipient", "recipient", "channel", where="state = 'held'"),
)

escalations = Table(
    "escalations",
    metadata,
    Column("helpdesk", Text, primary_key=True),
    Column("ticket_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("policy", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("responsible", Text, nullable=False),
    Column("over", Boolean, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    _of_ticket(),
    _index("escalations_running", "changed_at", where="NOT over"),
    _index("escalations_opened", "opened_at"),
)

cases = Table(
    "cases",
    metadata,
    Column("system", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("helpdesk", Text, nullable=False),
    Column("ticket_id", BigInteger, nullable=False),
    Column("escalation", Integer),
    Column("at", BigInteger, nullable=False),
    _index("cases_of_ticket", "helpdesk", "ticket_id"),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
