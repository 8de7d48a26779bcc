"""The calls about people, groups and the lists anybody may read."""

from __future__ import annotations

import re
from typing import Any

from plugin.simulated.problems import Problem
from plugin.simulated.server import Answer
from plugin.simulated.zammad import rows, views
from plugin.simulated.zammad.calls import Call, ZammadRoutes, created
from plugin.simulated.zammad.data import as_id
from plugin.simulated.zammad.rows import Row

ROUTES = ZammadRoutes()
on = ROUTES.on


def _paged(call: Call, found: list[Row], default: int = 500, maximum: int = 1000) -> list[Row]:
    start, size = call.page(default, maximum)
    return found[start : start + size]


def _person(call: Call, row: Row) -> Row:
    return views.user_expanded(call.data, row) if call.flag("expand") else row


@on("GET", "/users/me")
def me(call: Call) -> Any:
    return _person(call, call.data.users[call.user])


@on("PUT", "/users/preferences")
def preferences(call: Call) -> Any:
    row = call.data.users[call.user]
    row["preferences"] = row["preferences"] | dict(call.json)
    return {"message": "ok"}


@on("GET", "/users/search")
def search_users(call: Call) -> Any:
    call.need("ticket.agent", "admin.user")
    query = call.value("query")
    if not query:
        raise Problem(500, "undefined method `strip' for nil:NilClass", known=False)
    wanted: list[tuple[int, str]] = []
    for key, value in call.request.query:
        match = re.fullmatch(r"group_ids\[(\d+)\](\[\])?", key)
        if match:
            wanted.append((int(match[1]), value))
    permission = call.value("permissions") or call.value("permissions[]")
    text = str(query).strip().lower().strip("*")
    found = []
    for number, row in sorted(call.data.users.items(), key=lambda item: item[1]["login"]):
        if number == rows.NOBODY or not row["active"]:
            continue
        fields = (row["login"], row["email"], row["firstname"], row["lastname"])
        if text and not any(text in str(field).lower() for field in fields):
            continue
        if permission and not call.data.has_permission(number, str(permission)):
            continue
        rights = (call.data.access(number, group) & {right, "full"} for group, right in wanted)
        if wanted and not any(rights):
            continue
        found.append(_person(call, row))
    return _paged(call, found, 100, 200)


@on("GET", "/users")
def users(call: Call) -> Any:
    call.need("ticket.agent", "admin.user")
    found = [_person(call, row) for _, row in sorted(call.data.users.items())]
    return _paged(call, found, 100)


@on("GET", "/users/{id}")
def show_user(call: Call, number: str) -> Any:
    row = call.data.users.get(as_id(number) or 0)
    if row is None:
        raise Problem(404, f"Couldn't find User with 'id'={number}")
    return _person(call, row)


@on("GET", "/groups")
def groups(call: Call) -> Any:
    """From 6.0 on agents see those they have access to."""
    found = list(call.data.groups.values())
    if call.settings.is_six and not call.allows("admin.group"):
        call.need("ticket.agent")
        found = [row for row in found if call.data.access(call.user, row["id"])]
    else:
        call.need("admin.group")
    view = views.group_expanded if call.flag("expand") else views.group
    return _paged(call, [view(call.data, row) for row in found])


@on("GET", "/groups/{id}")
def show_group(call: Call, number: str) -> Any:
    call.need("admin.group")
    row = call.data.groups.get(as_id(number) or 0)
    if row is None:
        raise Problem(404, f"Couldn't find Group with 'id'={number}")
    return views.group(call.data, row)


@on("GET", "/roles")
def roles(call: Call) -> Any:
    call.need("admin.role")
    return list(call.data.roles.values())


@on("GET", "/ticket_states")
def ticket_states(call: Call) -> Any:
    call.need("ticket.agent", "admin.object")
    found = list(call.data.states.values())
    if not call.flag("expand"):
        return found
    return [
        views.authored(call.data, row) | {"state_type": rows.STATE_TYPES[row["state_type_id"]]}
        for row in found
    ]


@on("GET", "/ticket_priorities")
def ticket_priorities(call: Call) -> Any:
    call.need("ticket.agent", "admin.object")
    found = list(call.data.priorities.values())
    return [views.authored(call.data, row) for row in found] if call.flag("expand") else found


@on("GET", "/organizations")
def organizations(call: Call) -> Any:
    return _paged(call, list(call.data.organizations.values()))


@on("GET", "/organizations/{id}")
def organization(call: Call, number: str) -> Any:
    row = call.data.organizations.get(as_id(number) or 0)
    if row is None:
        raise Problem(404, f"Couldn't find Organization with 'id'={number}")
    return row


@on("GET", "/version")
def version(call: Call) -> Any:
    call.need("admin")
    return {"version": call.settings.version}


@on("GET", "/tag_list")
def tag_list(call: Call) -> Any:
    call.need("admin.tag")
    counts = dict.fromkeys(call.data.tag_items, 0)
    for names in call.data.tags.values():
        for name in names:
            counts[name] += 1
    items = call.data.tag_items.items()
    return [{"id": number, "name": name, "count": counts[name]} for name, number in items]


@on("POST", "/tag_list")
def create_tag(call: Call) -> Any:
    call.need("admin.tag")
    name = str(call.json.get("name") or "").strip()
    if name and name not in call.data.tag_items:
        call.data.tag_items[name] = len(call.data.tag_items) + 1
    return {}


@on("DELETE", "/tag_list/{id}")
def delete_tag(call: Call, number: str) -> Any:
    """The tag goes, from every ticket too."""
    call.need("admin.tag")
    for name, found in list(call.data.tag_items.items()):
        if found == as_id(number):
            del call.data.tag_items[name]
            for names in call.data.tags.values():
                if name in names:
                    names.remove(name)
    return {}


@on("GET", "/sessions")
def sessions(call: Call) -> Any:
    call.need("admin.session")
    return {"sessions": [], "assets": {}}


@on("GET", "/online_notifications")
def online_notifications(call: Call) -> Any:
    return list(call.data.tables["online_notifications"].values())


@on("GET", "/http_logs/webhook")
def http_logs(call: Call) -> Any:
    """Any permission of an administrator will do."""
    call.need("admin", *(name for name in call.permissions or () if name.startswith("admin.")))
    newest = sorted(call.data.tables["http_logs"].values(), key=lambda row: -int(row["id"]))
    return newest[:50]


@on("GET", "/links")
def links(call: Call) -> Any:
    number = as_id(call.request.argument("link_object_value")) or 0
    ends = ("link_object_source_value", "link_object_target_value")
    found = [row for row in call.data.links if number in (row[ends[0]], row[ends[1]])]
    shown = [
        {
            "link_type": row["kind"],
            "link_object": "Ticket",
            "link_object_value": row[ends[1]] if row[ends[0]] == number else row[ends[0]],
        }
        for row in found
    ]
    return {"links": shown, "assets": {}}


@on("POST", "/links/add")
def add_link(call: Call) -> Answer:
    given = call.json
    source = call.data.by_number.get(str(given.get("link_object_source_number")))
    if source is None:
        raise Problem(422, "The ticket number could not be found.")
    row = {
        "id": call.data.next_id("Link"),
        "link_type_id": 1,
        "link_object_source_id": 1,
        "link_object_source_value": source,
        "link_object_target_id": 1,
        "link_object_target_value": given.get("link_object_target_value"),
        "created_at": call.data.now(),
        "updated_at": call.data.now(),
    }
    kind = given.get("link_type")
    call.data.links.append({**row, "kind": kind, "opposite": kind})
    return created(row)


@on("POST", "/user_access_token")
def create_token(call: Call) -> Any:
    call.need("user_preferences.access_token")
    given = call.json
    if not given.get("label"):
        raise Problem(422, "Need label!")
    name = f"token-{call.user}-{call.data.next_id('Token')}"
    add_token(call.data, name, call.user, given.get("permission") or [], given.get("label"))
    return {"name": name}


@on("GET", "/user_access_token")
def list_tokens(call: Call) -> Any:
    call.need("user_preferences.access_token")
    own = [row for row in call.data.tokens.values() if row["user_id"] == call.user]
    at = call.data.now()
    permissions = [
        {
            "id": index,
            "name": name,
            "note": "Access to %s",
            "preferences": {"translations": [name]},
            "active": True,
            "allow_signup": False,
            "created_at": at,
            "updated_at": at,
        }
        for index, name in enumerate(rows.PERMISSIONS_OF_ROLE[rows.AGENT_ROLE], 43)
    ]
    return {"tokens": list(reversed(own)), "permissions": permissions}


def add_token(
    data: Any, value: str, user: int, permissions: list[str], label: object = "deskladder"
) -> Row:
    """Store an API token; without permissions it opens nothing."""
    row: Row = {
        "id": data.next_id("TokenRow"),
        "user_id": user,
        "action": "api",
        "label": label,
        "preferences": {"permission": permissions},
        "last_used_at": None,
        "expires_at": None,
        "created_at": data.now(),
        "updated_at": data.now(),
    }
    data.tokens[value] = row
    return row
