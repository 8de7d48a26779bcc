"""What happens when somebody writes: tickets created and changed, states and owners checked.

Every rule here was seen on a real instance (helpdesk notes §0 and §2; tests/samples/zammad-live).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from plugin.simulated.problems import Problem
from plugin.simulated.zammad import rows
from plugin.simulated.zammad.data import Data, as_id, stamp
from plugin.simulated.zammad.rows import NOBODY, Row

_RELATIONS = {
    # name in a request: column, table
    "group": "group_id",
    "owner": "owner_id",
    "state": "state_id",
    "priority": "priority_id",
    "customer": "customer_id",
    "organization": "organization_id",
}
_WRITABLE = {"title", "note", "pending_time", "preferences", *_RELATIONS.values()}
_SELECTABLE_STATES = {rows.OPEN, rows.PENDING_REMINDER, rows.CLOSED, rows.PENDING_CLOSE}


def create_ticket(data: Data, given: Mapping[str, Any], by: int) -> Row:
    """Create a ticket without its first article."""
    values = resolve(data, given)
    agent = data.is_agent(by)
    if not values.get("group_id"):
        raise Problem(422, "The required value 'group_id' is missing.")
    if not agent:
        values["customer_id"] = by
    if not values.get("customer_id"):
        raise Problem(422, "Missing required value for field 'customer_id'!", known=False)
    customer = data.users[values["customer_id"]]
    number = data.next_id("Ticket")
    row: Row = {
        **rows.TICKET_COLUMNS,
        "id": number,
        "number": str(30000 + number),
        "title": str(given.get("title") or "-"),
        "group_id": values["group_id"],
        "priority_id": values.get("priority_id", 2),
        "state_id": values.get("state_id", rows.NEW),
        "owner_id": NOBODY,
        "customer_id": values["customer_id"],
        "organization_id": customer["organization_id"],
        "article_count": 0,
        "preferences": dict(given.get("preferences") or {}),
        **rows.authored(data.now(), by),
    }
    owner = values.get("owner_id", NOBODY)
    if owner != NOBODY and data.may_own(owner, row["group_id"]):
        row["owner_id"] = owner
        row["last_owner_update_at"] = data.now()
    if row["state_id"] in rows.PENDING:
        row["pending_time"] = _pending(given.get("pending_time"))
    for name in _custom(data):
        row[name] = given.get(name)
    data.tickets[number] = row
    data.by_number[row["number"]] = number
    data.by_customer[row["customer_id"]].append(number)
    data.log(number, "created", by)
    return row


def update_ticket(data: Data, row: Row, given: Mapping[str, Any], by: int) -> set[str]:
    """Change a ticket like `PUT /tickets/{id}`; returns the columns that got another value."""
    values = resolve(data, given)
    changed: Row = {name: value for name, value in values.items() if row.get(name) != value}
    if "preferences" in given:
        merged = row["preferences"] | dict(given["preferences"] or {})
        changed.pop("preferences", None)
        if merged != row["preferences"]:
            changed["preferences"] = merged
    _check_workflow(data, row, changed, given, by)
    target = row | changed
    owner = target["owner_id"]
    if not data.may_own(owner, target["group_id"]):
        closed = target["state_id"] == rows.CLOSED
        if closed and "owner_id" in changed:
            raise Problem(422, f"Invalid value '{owner}' for field 'owner_id'!", known=False)
        changed["owner_id"] = NOBODY  # silently, with a 200
    return apply_changes(data, row, changed, by)


def apply_changes(data: Data, row: Row, changed: Mapping[str, Any], by: int) -> set[str]:
    """Write columns without asking, with history and the times that follow from them."""
    real = {name: value for name, value in changed.items() if row.get(name) != value}
    if not real:
        return set()
    now = data.now()
    state = real.get("state_id", row["state_id"])
    if state == rows.CLOSED and row["state_id"] != rows.CLOSED:
        real["last_close_at"] = now
        real.setdefault("close_at", row["close_at"] or now)
        if not row["close_at"]:
            real["close_in_min"], real["close_diff_in_min"] = None, None
    if state not in rows.PENDING and row["pending_time"]:
        real["pending_time"] = None
    if real.get("owner_id", NOBODY) != NOBODY:
        real["last_owner_update_at"] = now
    if "customer_id" in real:
        real["organization_id"] = data.users[real["customer_id"]]["organization_id"]
        data.by_customer[row["customer_id"]].remove(row["id"])
        data.by_customer[real["customer_id"]].append(row["id"])
    for name, value in real.items():
        _log_change(data, row, name, value, by)
    row.update(real)
    data.touch(row, by)
    return set(real)


def resolve(data: Data, given: Mapping[str, Any]) -> Row:
    """Names and ids of a request as columns; unknown attributes are dropped silently."""
    values: Row = {}
    for name, value in given.items():
        if name in _RELATIONS and not isinstance(value, Mapping):
            if value in (None, "") and name == "owner":
                values["owner_id"] = NOBODY
            else:
                values[_RELATIONS[name]] = _lookup(data, name, value)
        elif name in _RELATIONS.values():
            values[name] = _checked_id(data, name, value)
        elif name == "title":
            values[name] = str(value)
        elif name == "pending_time":
            values[name] = _pending(value)
        elif name == "note" or name in _custom(data):
            values[name] = value
    return values


def _custom(data: Data) -> list[str]:
    return [row["name"] for row in data.tables["custom_fields"].values()]


def _lookup(data: Data, name: str, value: Any) -> int:
    missing = Problem(422, f"No lookup value found for '{name}': \"{value}\"")
    if name in {"owner", "customer"}:
        text = str(value)
        if name == "customer" and text.startswith("guess:"):
            text = text.removeprefix("guess:").strip()
            found = data.find_user(text) or data.add_user(text, text, [rows.CUSTOMER_ROLE])
        else:
            maybe = data.find_user(text)
            if maybe is None:
                raise missing
            found = maybe
        return int(found["id"])
    tables: dict[str, dict[int, Row]] = {
        "group": data.groups,
        "state": data.states,
        "priority": data.priorities,
        "organization": data.organizations,
    }
    for row in tables[name].values():
        if row["name"] == value:
            return int(row["id"])
    raise missing


def _checked_id(data: Data, name: str, value: Any) -> int | None:
    if isinstance(value, str) and value.startswith("guess:") and name == "customer_id":
        return _lookup(data, "customer", value)
    if value is None or value == "":
        return NOBODY if name == "owner_id" else None
    tables: dict[str, dict[int, Row]] = {
        "group_id": data.groups,
        "owner_id": data.users,
        "customer_id": data.users,
        "state_id": data.states,
        "priority_id": data.priorities,
        "organization_id": data.organizations,
    }
    number = as_id(value)
    if number is None or number not in tables[name]:
        raise Problem(422, f"Invalid value for param '{name}': {value}")
    return number


def _pending(value: Any) -> str | None:
    """Cut to the minute, as the real one does."""
    if not value:
        return None
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return stamp(at.replace(second=0, microsecond=0))


def _check_workflow(
    data: Data, row: Row, changed: Mapping[str, Any], given: Mapping[str, Any], by: int
) -> None:
    """Core workflow: what the edit form would not offer. Known only to admins."""
    state = changed.get("state_id")
    if state is not None and state not in _SELECTABLE_STATES:
        raise Problem(422, f"Invalid value '{state}' for field 'state_id'!", known=False)
    if state in rows.PENDING and not _pending(given.get("pending_time")):
        raise Problem(422, "Missing required value for field 'pending_time'!", known=False)
    group = changed.get("group_id")
    if group is not None and not data.access(by, group) & {"full", "create", "change"}:
        raise Problem(422, f"Invalid value '{group}' for field 'group_id'!", known=False)
    del row


def _log_change(data: Data, row: Row, name: str, value: Any, by: int) -> None:
    before = row.get(name)
    tables = {
        "state_id": (data.states, "state"),
        "priority_id": (data.priorities, "priority"),
        "group_id": (data.groups, "group"),
    }
    if name in tables:
        table, attribute = tables[name]
        data.log(
            row["id"],
            "updated",
            by,
            attribute=attribute,
            ids=(before or 0, value),
            value_from=table[before]["name"] if before in table else "",
            value_to=table[value]["name"],
        )
    elif name in {"owner_id", "customer_id"}:
        data.log(
            row["id"],
            "updated",
            by,
            attribute=name.removesuffix("_id"),
            ids=(before or 0, value),
            value_from=data.full_name(before) if before in data.users else "",
            value_to=data.full_name(value),
        )
    elif name not in {"preferences", "organization_id"}:
        data.log(
            row["id"],
            "updated",
            by,
            attribute=name,
            value_from=_text(before),
            value_to=_text(value),
        )


def _text(value: Any) -> str:
    """Times in history are written as `2026-11-22 05:54:12 UTC`."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value):
        return f"{value[:10]} {value[11:19]} UTC"
    return "" if value is None else str(value)
