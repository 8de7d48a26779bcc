"""Rows as the API shows them: plain, expanded with names, as assets, and whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from plugin.simulated.zammad import rows
from plugin.simulated.zammad.data import Data
from plugin.simulated.zammad.rows import Row


def ticket_plain(row: Row) -> Row:
    """Columns only."""
    return dict(row)


def ticket_with_ids(data: Data, row: Row) -> Row:
    """Columns and the ids of what belongs to it."""
    return {
        **row,
        "article_ids": list(data.articles_of[row["id"]]),
        "ticket_time_accounting_ids": [],
    }


def ticket_expanded(data: Data, row: Row) -> Row:
    """Ids with names beside them; all names are text here, unlike in webhook payloads."""
    organization = data.organizations.get(row["organization_id"] or 0)
    expanded = {**ticket_with_ids(data, row), "group": data.groups[row["group_id"]]["name"]}
    if organization:
        expanded["organization"] = organization["name"]
    expanded |= {
        "ticket_time_accounting": [],
        "state": data.states[row["state_id"]]["name"],
        "priority": data.priorities[row["priority_id"]]["name"],
        "owner": data.login(row["owner_id"]),
        "customer": data.login(row["customer_id"]),
        "created_by": data.login(row["created_by_id"]),
        "updated_by": data.login(row["updated_by_id"]),
    }
    if row["create_article_type_id"]:
        expanded["create_article_type"] = rows.ARTICLE_TYPES[row["create_article_type_id"]]
        expanded["create_article_sender"] = rows.SENDERS[row["create_article_sender_id"]]
    return expanded


def article(data: Data, row: Row) -> Row:
    """An article with the names of type, sender and authors."""
    return {
        **row,
        "created_by": data.login(row["created_by_id"]),
        "updated_by": data.login(row["updated_by_id"]),
        "type": rows.ARTICLE_TYPES[row["type_id"]],
        "sender": rows.SENDERS[row["sender_id"]],
    }


def user_expanded(data: Data, row: Row) -> Row:
    """A person with names of roles, groups and organisation."""
    expanded = {
        **row,
        "roles": [data.roles[role]["name"] for role in row["role_ids"]],
        "organizations": [],
        "authorizations": [],
        "overview_sortings": [],
    }
    if row["organization_id"]:
        expanded["organization"] = data.organizations[row["organization_id"]]["name"]
    return expanded | {
        "groups": {
            data.groups[int(number)]["name"]: rights for number, rights in row["group_ids"].items()
        },
        "created_by": data.login(row["created_by_id"]),
        "updated_by": data.login(row["updated_by_id"]),
    }


def group(data: Data, row: Row) -> Row:
    """A group with its direct members."""
    return {**row, "user_ids": data.members(row["id"])}


def group_expanded(data: Data, row: Row) -> Row:
    """A group with names."""
    shown = group(data, row)
    return shown | {
        "created_by": data.login(row["created_by_id"]),
        "updated_by": data.login(row["updated_by_id"]),
        "signature": "default",
        "users": [data.login(number) for number in shown["user_ids"]],
    }


def authored(data: Data, row: Row) -> Row:
    """Any other row with the logins of its authors."""
    return {
        **row,
        "created_by": data.login(row["created_by_id"]),
        "updated_by": data.login(row["updated_by_id"]),
    }


class Assets:
    """The `assets` of an answer: each object once, with everything it points to."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self.found: dict[str, dict[str, Row]] = {}

    def _put(self, kind: str, number: int, row: Row) -> None:
        self.found.setdefault(kind, {})[str(number)] = row

    def _has(self, kind: str, number: int) -> bool:
        return str(number) in self.found.get(kind, {})

    def ticket(self, row: Row) -> None:
        """A ticket, its group, people and organisation."""
        self._put("Ticket", row["id"], ticket_with_ids(self._data, row))
        self.group(row["group_id"])
        for column in ("owner_id", "customer_id", "created_by_id", "updated_by_id"):
            self.user(row[column])
        if row["organization_id"]:
            self.organization(row["organization_id"])

    def article(self, row: Row) -> None:
        """An article and its authors."""
        self._put("TicketArticle", row["id"], row)
        self.user(row["created_by_id"])
        if row["origin_by_id"]:
            self.user(row["origin_by_id"])

    def user(self, number: int) -> None:
        """A person, their roles, groups and organisation."""
        if self._has("User", number):
            return
        row = self._data.users[number]
        self._put("User", number, row)
        for role in row["role_ids"]:
            self._put("Role", role, self._data.roles[role])
        for key in row["group_ids"]:
            self.group(int(key))
        if row["organization_id"]:
            self.organization(row["organization_id"])

    def group(self, number: int) -> None:
        """A group."""
        if not self._has("Group", number):
            self._put("Group", number, group(self._data, self._data.groups[number]))

    def organization(self, number: int) -> None:
        """A company and its members."""
        if self._has("Organization", number):
            return
        row = self._data.organizations[number]
        self._put("Organization", number, row)
        for member in row["member_ids"]:
            self.user(member)

    def row(self, kind: str, row: Row) -> None:
        """Any other object."""
        self._put(kind, row["id"], row)


def all_of_a_ticket(data: Data, row: Row, caller: int) -> Row:
    """The answer to `?all=true`: ticket, articles, tags, subscribers in one call.

    `form_meta` is what the edit form may offer this caller.
    """
    number = row["id"]
    assets = Assets(data)
    assets.ticket(row)
    for article_id in data.articles_of[number]:
        assets.article(data.articles[article_id])
    owners = [user for user in data.users if user != 1 and data.may_own(user, row["group_id"])]
    for user in owners:
        assets.user(user)
    for priority in data.priorities.values():
        assets.row("TicketPriority", priority)
    mentions = [line for line in data.mentions.values() if line["mentionable_id"] == number]
    links = [_link(line, number) for line in data.links if number in _ends(line)]
    for link in links:
        if link["link_object_value"] in data.tickets:
            assets.ticket(data.tickets[link["link_object_value"]])
    for line in mentions:
        assets.row("Mention", line)
        assets.user(line["user_id"])
    return {
        "ticket_id": number,
        "ticket_article_ids": list(data.articles_of[number]),
        "assets": assets.found,
        "links": links,
        "tags": list(data.tags[number]),
        "mentions": [line["id"] for line in mentions],
        "form_meta": _form(data, row, caller, owners),
    }


def _ends(line: Row) -> tuple[int, int]:
    return line["link_object_source_value"], line["link_object_target_value"]


def _link(line: Row, number: int) -> Row:
    source, target = _ends(line)
    other, kind = (target, line["kind"]) if source == number else (source, line["opposite"])
    return {"link_type": kind, "link_object": "Ticket", "link_object_value": other}


_ATTRIBUTES: tuple[Row, ...] = (
    {
        "name": "title",
        "display": "Title",
        "tag": "input",
        "screen": {"create_top": {"null": False}, "edit": {}},
        "type": "text",
        "maxlength": 200,
        "null": False,
        "translate": False,
    },
    {
        "name": "tags",
        "display": "Tags",
        "tag": "tag",
        "screen": {"create_bottom": {"null": True}, "edit": {}},
        "type": "text",
        "null": True,
        "translate": False,
    },
)


def _form(data: Data, row: Row, caller: int, owners: Iterable[int]) -> Row:
    groups = [
        str(number)
        for number in data.groups
        if data.access(caller, number) & {"full", "create", "change"}
    ]
    fields = [
        "number",
        "title",
        "customer_id",
        "organization_id",
        "group_id",
        "owner_id",
        "state_id",
        "pending_time",
        "priority_id",
        "tags",
    ]
    pending = row["state_id"] in rows.PENDING
    visible: dict[str, Any] = dict.fromkeys(fields, "show")
    visible |= {"organization_id": "hide", "pending_time": "show" if pending else "remove"}
    mandatory = dict.fromkeys(fields, False)
    mandatory |= dict.fromkeys(
        ("title", "customer_id", "group_id", "state_id", "priority_id"), True
    )
    return {
        "filter": {"type_id": [rows.NOTE, rows.PHONE, rows.EMAIL]},
        "dependencies": None,
        "configure_attributes": list(_ATTRIBUTES),
        "core_workflow": {
            "restrict_values": {
                "group_id": ["", *groups],
                "owner_id": ["", *map(str, owners)],
                "state_id": ["2", "3", "4", "7", str(row["state_id"])],
                "priority_id": [str(number) for number in data.priorities],
            },
            "request_id": "default",
            "visibility": visible,
            "mandatory": mandatory,
            "readonly": dict.fromkeys(fields, False),
            "select": {},
            "fill_in": {},
            "eval": [],
            "matched_workflows": [1, 2],
            "rerun_count": 0,
        },
    }
