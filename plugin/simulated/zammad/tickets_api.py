"""The calls about tickets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from plugin.simulated.problems import Problem
from plugin.simulated.server import Answer
from plugin.simulated.zammad import rows, views
from plugin.simulated.zammad.articles import add_article, is_mailed_out, send_mail, subscribe
from plugin.simulated.zammad.calls import Call, ZammadRoutes, created
from plugin.simulated.zammad.data import as_id
from plugin.simulated.zammad.rows import Row
from plugin.simulated.zammad.searching import candidates, compile_condition, text_matches
from plugin.simulated.zammad.tagging import add_tag
from plugin.simulated.zammad.writing import apply_changes, create_ticket, update_ticket

ROUTES = ZammadRoutes()
on = ROUTES.on


def readable(call: Call, number: object, right: str = "read") -> Row:
    """A ticket this caller may see or change: 404 when unknown, 403 in a foreign group."""
    if number is None:
        raise Problem(404, "Couldn't find Ticket without an ID")
    ticket = call.data.tickets.get(as_id(number) or 0)
    if ticket is None:
        raise Problem(404, f"Couldn't find Ticket with 'id'={number}")
    owns = right == "change" and ticket["owner_id"] == call.user
    if not owns and not call.data.may(call.user, ticket, right):
        if right == "change" and ticket["state_id"] == rows.CLOSED:
            text = "Cannot follow-up on a closed ticket. Please create a new ticket."
            raise Problem(422, text)
        raise Problem(403, "Not authorized")
    return ticket


def shown(call: Call, ticket: Row, *, with_ids: bool = False) -> Row:
    """A ticket in the form the flags of the call ask for."""
    if call.flag("expand"):
        return views.ticket_expanded(call.data, ticket)
    if call.flag("all"):
        return views.all_of_a_ticket(call.data, ticket, call.user)
    if call.flag("full"):
        assets = views.Assets(call.data)
        assets.ticket(ticket)
        return {"id": ticket["id"], "assets": assets.found}
    return views.ticket_with_ids(call.data, ticket) if with_ids else views.ticket_plain(ticket)


@on("GET", "/tickets")
def list_tickets(call: Call) -> Any:
    found = [
        call.data.tickets[number]
        for number in sorted(call.data.tickets)
        if call.data.may(call.user, call.data.tickets[number], "read")
    ]
    start, size = call.page(100, 100)
    return [shown(call, ticket) for ticket in found[start : start + size]]


@on("POST", "/tickets")
def create(call: Call) -> Answer:
    given = call.json
    data = call.data
    group = given.get("group_id") or given.get("group")
    if not group:
        raise Problem(422, "The required value 'group_id' is missing.")
    ticket = create_ticket(data, given, call.user)
    if data.is_agent(call.user) and not data.may(call.user, ticket, "create"):
        _forget(call, ticket)
        raise Problem(403, "Not authorized")
    article = None
    if isinstance(given.get("article"), Mapping):
        article = _add(call, ticket, given["article"])
    for tag in str(given.get("tags") or "").split(","):
        if tag.strip():
            add_tag(data, ticket, tag, call.user)
    for user in given.get("mentions") or ():
        subscribe(data, ticket["id"], int(user), call.user)
    call.change(ticket["id"], "create", article)
    if saved_twice(call, ticket):
        call.change(ticket["id"], "create")
    return created(shown(call, ticket, with_ids=True))


def saved_twice(call: Call, ticket: Row) -> bool:
    """True when deadlines are written by a second save, which is a second delivery."""
    if ticket["state_id"] in rows.PENDING:
        return True
    for sla in call.data.tables["slas"].values():
        if not sla["condition"] or compile_condition(call.data, sla["condition"], None)(ticket):
            return True
    return False


def _forget(call: Call, ticket: Row) -> None:
    data = call.data
    del data.tickets[ticket["id"]]
    data.by_customer[ticket["customer_id"]].remove(ticket["id"])
    data.by_number.pop(ticket["number"], None)


def _add(call: Call, ticket: Row, given: Mapping[str, Any]) -> int:
    article = add_article(call.data, ticket, given, call.user)
    if is_mailed_out(article):
        send_mail(call.data, ticket, article)
    return int(article["id"])


@on("GET", "/tickets/search")
@on("POST", "/tickets/search")
def search(call: Call) -> Any:
    data = call.data
    query, condition = call.value("query"), call.json.get("condition")
    if call.request.method == "GET":
        condition = _nested(call.request.query) or None
    if condition is None and not query:
        return [] if call.flag("expand") else {"tickets": [], "tickets_count": 0, "assets": {}}
    if query:
        found = [row for row in data.tickets.values() if text_matches(data, row, str(query))]
    else:
        test = compile_condition(data, condition, call.user)
        found = [row for row in candidates(data, condition) if test(row)]
    found = [row for row in found if data.may(call.user, row, "read")]
    if call.flag("only_total_count") and _counts(call.settings.version):
        return {"total_count": len(found)}
    column = str(call.value("sort_by") or "updated_at")
    if column not in rows.TICKET_COLUMNS:
        raise Problem(500, f"Found invalid column '{column}' for sorting.", known=False)
    descending = str(call.value("order_by") or "desc").lower() != "asc"
    found.sort(
        key=lambda row: (row[column] is not None, row[column], row["id"]), reverse=descending
    )
    start, size = call.page(50, 200)
    page = found[start : start + size]
    if call.flag("expand"):
        return [views.ticket_expanded(data, row) for row in page]
    assets = views.Assets(data)
    for row in page:
        assets.ticket(row)
    ids = [row["id"] for row in page]
    return {"tickets": ids, "tickets_count": len(ids), "assets": assets.found}


def _counts(version: str) -> bool:
    """6.5 and later answer with a number alone when asked; older ones pass over the wish."""
    major, minor = (int(part) for part in version.split(".")[:2])
    return (major, minor) >= (6, 5)


def _nested(query: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """`condition[ticket.state_id][value][]=1` as a condition."""
    condition: dict[str, Any] = {}
    for key, value in query:
        match = re.fullmatch(r"condition\[([^\]]+)\]\[([^\]]+)\](\[\])?", key)
        if match:
            part = condition.setdefault(match[1], {})
            if match[3]:
                part.setdefault(match[2], []).append(value)
            else:
                part[match[2]] = value
    return condition


@on("POST", "/tickets/mass_update")
def mass_update(call: Call) -> Any:
    call.need("ticket.agent")
    given = call.json
    tickets = [readable(call, number, "change") for number in given.get("ticket_ids") or ()]
    assets = views.Assets(call.data)
    for ticket in tickets:
        columns = update_ticket(call.data, ticket, given.get("attributes") or {}, call.user)
        article = _add(call, ticket, given["article"]) if given.get("article") else None
        if columns or article:
            call.change(ticket["id"], "update", article, columns)
        assets.ticket(ticket)
    return {"ticket_ids": [ticket["id"] for ticket in tickets], "assets": assets.found}


@on("GET", "/tickets/{id}")
def show(call: Call, number: str) -> Any:
    return shown(call, readable(call, number))


@on("PUT", "/tickets/{id}")
def update(call: Call, number: str) -> Any:
    given = call.json
    ticket = readable(call, number, "change")
    columns = update_ticket(call.data, ticket, given, call.user)
    article = None
    if isinstance(given.get("article"), Mapping):
        article = _add(call, ticket, given["article"])
    if columns or article:
        call.change(ticket["id"], "update", article, columns)
    return shown(call, ticket, with_ids=True)


@on("DELETE", "/tickets/{id}")
def delete(call: Call, number: str) -> Answer:
    ticket = readable(call, number)
    call.need("admin")
    _forget(call, ticket)
    for article in call.data.articles_of.pop(ticket["id"], []):
        call.data.articles.pop(article, None)
    call.data.tags.pop(ticket["id"], None)
    return Answer(200, b"", {"Content-Type": "application/json"})


@on("PUT", "/ticket_merge/{source}/{target}")
@on("POST", "/ticket_merge/{source}/{target}")
def merge(call: Call, source_id: str, target_number: str) -> Any:
    data = call.data
    source = data.tickets.get(as_id(source_id) or 0)
    target = data.tickets.get(data.by_number.get(target_number, 0))
    if source is None:
        return {"result": "failed", "message": "The source ticket could not be found."}
    if target is None:
        return {"result": "failed", "message": "The target ticket could not be found."}
    readable(call, source["id"], "change")
    readable(call, target["id"], "change")
    merge_tickets(call, source, target)
    return {
        "result": "success",
        "target_ticket": views.ticket_plain(target),
        "source_ticket": views.ticket_plain(source),
    }


def merge_tickets(call: Call, source: Row, target: Row) -> None:
    """Move the articles over; the target's counter stays; three changes are reported."""
    data = call.data
    moved = data.articles_of[source["id"]]
    data.articles_of[target["id"]] += moved
    for number in moved:
        data.articles[number]["ticket_id"] = target["id"]
        data.articles[number]["updated_at"] = data.now()
    data.articles_of[source["id"]] = []
    source["article_count"] = 0
    note = add_article(data, source, {"body": "merged", "type": "note"}, call.user)
    data.links.append(
        {
            "id": data.next_id("Link"),
            "kind": "parent",
            "opposite": "child",
            "link_object_source_value": source["id"],
            "link_object_target_value": target["id"],
        }
    )
    apply_changes(data, source, {"state_id": rows.MERGED, "owner_id": rows.NOBODY}, call.user)
    data.touch(target, call.user)
    call.change(source["id"], "update", note["id"])
    call.change(target["id"], "update")
    call.change(source["id"], "update")


@on("GET", "/ticket_history/{id}")
def history(call: Call, number: str) -> Any:
    data = call.data
    ticket = readable(call, number)
    assets = views.Assets(data)
    assets.ticket(ticket)
    for article in data.articles_of[ticket["id"]]:
        assets.article(data.articles[article])
    lines = data.history[ticket["id"]]
    for line in lines:
        assets.user(line["created_by_id"])
    return {"history": lines, "assets": assets.found}
