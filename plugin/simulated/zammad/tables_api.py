"""Plain tables with create, read, update and delete: what an installer works with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from plugin.simulated.problems import Problem
from plugin.simulated.server import Answer
from plugin.simulated.zammad import rows, views
from plugin.simulated.zammad.calls import Call, ZammadRoutes, created
from plugin.simulated.zammad.data import Data, as_id
from plugin.simulated.zammad.payloads import payload
from plugin.simulated.zammad.rows import Row

ROUTES = ZammadRoutes()
on = ROUTES.on

_TABLES: Mapping[str, tuple[str, dict[str, Any]]] = {
    # path: permission, columns with defaults
    "webhooks": (
        "admin.webhook",
        {
            "name": None,
            "endpoint": None,
            "signature_token": None,
            "ssl_verify": True,
            "basic_auth_username": None,
            "basic_auth_password": None,
            "note": None,
            "active": True,
        },
    ),
    "triggers": (
        "admin.trigger",
        {
            "name": None,
            "condition": {},
            "perform": {},
            "disable_notification": True,
            "note": None,
            "active": True,
        },
    ),
    "calendars": (
        "admin.calendar",
        {
            "name": None,
            "timezone": "UTC",
            "business_hours": {},
            "default": False,
            "ical_url": "",
            "public_holidays": {},
            "last_log": None,
            "last_sync": None,
        },
    ),
    "slas": (
        "admin.sla",
        {
            "calendar_id": None,
            "name": None,
            "first_response_time": None,
            "response_time": None,
            "update_time": None,
            "solution_time": None,
            "condition": {},
        },
    ),
    "text_modules": (
        "ticket.agent",
        {"name": None, "keywords": "", "content": "", "note": None, "active": True},
    ),
    "macros": (
        "ticket.agent",
        {
            "name": None,
            "perform": {},
            "active": True,
            "ux_flow_next_up": "none",
            "note": None,
        },
    ),
    "overviews": (
        "admin.overview",
        {
            "name": None,
            "link": None,
            "prio": 1000,
            "condition": {},
            "order": {"by": "created_at", "direction": "ASC"},
            "group_by": None,
            "group_direction": None,
            "organization_shared": False,
            "out_of_office": False,
            "view": {"d": ["title"], "s": ["title"], "m": ["title"], "view_mode_default": "s"},
            "active": True,
            "role_ids": [rows.AGENT_ROLE],
            "user_ids": [],
        },
    ),
    "object_manager_attributes": (
        "admin.object",
        {
            "name": None,
            "display": "",
            "data_type": "input",
            "data_option": {"type": "text", "maxlength": 255, "null": True},
            "data_option_new": {},
            "editable": True,
            "active": True,
            "screens": {},
            "to_create": False,
            "to_migrate": False,
            "to_delete": False,
            "to_config": False,
            "position": 1800,
            "object": "Ticket",
            "deletable": True,
        },
    ),
}


_FROM_SIX: Mapping[str, Mapping[str, Any]] = {
    "triggers": {"activator": "action", "execution_condition_mode": "selective"},
    "webhooks": {
        "pre_defined_webhook_type": None,
        "customized_payload": False,
        "custom_payload": None,
        "preferences": {},
    },
}


def insert(data: Data, table: str, given: Mapping[str, Any], by: int) -> Row:
    """Add a row with the columns of its table; unknown ones are dropped."""
    _, columns = _TABLES[table]
    row: Row = {
        "id": data.next_id(table),
        **{name: given.get(name, default) for name, default in columns.items()},
        **rows.authored(data.now(), by),
    }
    if table in {"text_modules", "macros"}:
        row["group_ids"] = []
    if table == "slas":
        row["data"] = {}
    if table == "calendars":
        row["last_sync"] = data.now()
    data.tables[table][row["id"]] = row
    return row


def _table(call: Call, name: str) -> dict[int, Row]:
    permission, _ = _TABLES[name]
    reading = call.request.method == "GET" or permission != "ticket.agent"
    of_admins = f"admin.{name.removesuffix('s')}"
    call.need(*([permission, of_admins] if reading else [of_admins]))
    return call.data.tables[name]


def _register(name: str) -> None:
    on("GET", f"/{name}")(lambda call: _list(call, name))
    on("POST", f"/{name}")(lambda call: _create(call, name))
    on("GET", f"/{name}/{{id}}")(lambda call, number: _row(call, name, number))
    on("PUT", f"/{name}/{{id}}")(lambda call, number: _update(call, name, number))
    on("DELETE", f"/{name}/{{id}}")(lambda call, number: _delete(call, name, number))


@on("GET", "/webhooks/preview")
def preview(call: Call) -> Any:
    call.need("admin.webhook")
    number = min(call.data.tickets, default=None)
    if number is None:
        return {"ticket": {}, "article": {}}
    articles = call.data.articles_of[number]
    return _in_words(payload(call.data, number, articles[-1] if articles else None))


def _in_words(value: Any) -> Any:
    """The preview writes instants as `2026-11-22 05:44:25 UTC`."""
    match value:
        case dict():
            return {key: _in_words(item) for key, item in value.items()}
        case list():
            return [_in_words(item) for item in value]
        case str() if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value):
            return f"{value[:10]} {value[11:19]} UTC"
    return value


@on("GET", "/calendars_init")
def calendars_init(call: Call) -> Any:
    table = _table(call, "calendars")
    assets = views.Assets(call.data)
    for row in table.values():
        assets.row("Calendar", row)
        assets.user(row["created_by_id"])
    ids = sorted(table, reverse=True)
    return {"record_ids": ids, "ical_feeds": {}, "timezones": {}, "assets": assets.found}


def _list(call: Call, name: str) -> Any:
    found = list(_table(call, name).values())
    if call.flag("full"):
        assets = views.Assets(call.data)
        kind = {"slas": "Sla", "calendars": "Calendar"}.get(name, name.removesuffix("s").title())
        for row in found:
            assets.row(kind, row)
            if name == "slas":
                assets.row("Calendar", call.data.tables["calendars"][row["calendar_id"]])
            assets.user(row["created_by_id"])
        return {"record_ids": [row["id"] for row in found], "assets": assets.found}
    if call.flag("expand"):
        found = [views.authored(call.data, row) for row in found]
    start, size = call.page(500, 1000)
    return found[start : start + size]


def _row(call: Call, name: str, number: str) -> Row:
    row = _table(call, name).get(as_id(number) or 0)
    if row is None:
        kind = name.removesuffix("s").title()
        raise Problem(404, f"Couldn't find {kind} with 'id'={number}")
    return row


def _create(call: Call, name: str) -> Answer:
    _table(call, name)
    _check(call, name, call.json, None)
    row = insert(call.data, name, call.json, call.user)
    for column, default in _later(call, name).items():
        row[column] = call.json.get(column, default)
    return created(row)


def _later(call: Call, name: str) -> Mapping[str, Any]:
    """The columns a table has from 6.0 on."""
    return _FROM_SIX.get(name, {}) if call.settings.is_six else {}


def _update(call: Call, name: str, number: str) -> Row:
    row = _row(call, name, number)
    _check(call, name, call.json, row)
    _, columns = _TABLES[name]
    known = {*columns, *_later(call, name)}
    row.update({key: value for key, value in call.json.items() if key in known})
    row["updated_by_id"], row["updated_at"] = call.user, call.data.now()
    return row


def _delete(call: Call, name: str, number: str) -> Row:
    row = _row(call, name, number)
    if name == "webhooks":
        for trigger in call.data.tables["triggers"].values():
            hook = trigger["perform"].get("notification.webhook", {})
            if as_id(hook.get("webhook_id")) == row["id"]:
                text = "Cannot delete! This webhook is referenced by Trigger: "
                raise Problem(422, f"{text}{trigger['name']} (#{trigger['id']})")
    if name == "calendars":
        used = {sla["calendar_id"] for sla in call.data.tables["slas"].values()}
        if row["id"] in used:
            raise Problem(422, "Can't delete, object has references.")
    del call.data.tables[name][row["id"]]
    return {}


def _check(call: Call, name: str, given: Mapping[str, Any], row: Row | None) -> None:
    match name:
        case "webhooks":
            _check_webhook(given, row)
        case "triggers":
            if given.get("condition", None if row is None else True) in ({}, None):
                text = "Attribute 'condition\" of relation \"triggers' required!"
                raise Problem(422, text)
            for other in call.data.tables["triggers"].values():
                same = str(other["name"]).lower() == str(given.get("name", "")).lower()
                if same and other is not row:
                    raise Problem(422, "This object already exists.")
        case "slas":
            if given.get("response_time") and given.get("update_time"):
                raise Problem(422, "Cannot have both response time and update time.")
        case "calendars":
            if "business_hours" in given:
                _check_hours(given["business_hours"])


def _check_webhook(given: Mapping[str, Any], row: Row | None) -> None:
    if not given.get("name", row["name"] if row else None):
        raise Problem(422, "Name can't be blank")
    endpoint = str(given.get("endpoint", row["endpoint"] if row else ""))
    split = urlsplit(endpoint)
    text = "Endpoint The provided endpoint is invalid, no "
    if split.scheme not in {"http", "https"}:
        raise Problem(422, f"{text}http or https protocol was specified.")
    if not split.hostname:
        raise Problem(422, f"{text}hostname was specified.")


def _check_hours(hours: Mapping[str, Any]) -> None:
    active = [day for day in hours.values() if isinstance(day, Mapping) and day.get("active")]
    if not active:
        raise Problem(422, "There are no business hours configured.")
    for day in active:
        for begin, end in day.get("timeframes", ()):
            if str(begin) >= str(end):
                raise Problem(422, "nonsensical hours provided")


for _name in _TABLES:
    _register(_name)
