"""The calls about what hangs on a ticket: articles, tags and subscriptions."""

from __future__ import annotations

import json
from typing import Any

from plugin.simulated.problems import Problem
from plugin.simulated.server import Answer
from plugin.simulated.zammad import rows, views
from plugin.simulated.zammad.articles import add_article, is_mailed_out, send_mail, subscribe
from plugin.simulated.zammad.calls import Call, ZammadRoutes, created
from plugin.simulated.zammad.data import as_id
from plugin.simulated.zammad.rows import Row
from plugin.simulated.zammad.tagging import add_tag, remove_tag
from plugin.simulated.zammad.tickets_api import readable

ROUTES = ZammadRoutes()
on = ROUTES.on


@on("POST", "/ticket_articles")
def create_article(call: Call) -> Answer:
    given = call.json
    ticket = readable(
        call, given.get("ticket_id"), "change" if call.allows("ticket.agent") else "read"
    )
    article = add_article(call.data, ticket, given, call.user)
    answer = created(views.article(call.data, json.loads(json.dumps(article))))
    if is_mailed_out(article):
        send_mail(call.data, ticket, article)
    call.change(ticket["id"], "update", article["id"])
    return answer


@on("GET", "/ticket_articles/by_ticket/{id}")
def articles_of(call: Call, number: str) -> Any:
    ticket = readable(call, number)
    return [
        views.article(call.data, call.data.articles[article])
        for article in call.data.articles_of[ticket["id"]]
    ]


def _article(call: Call, number: str) -> Row:
    article = call.data.articles.get(as_id(number) or 0)
    if article is None:
        raise Problem(404, f"Couldn't find Ticket::Article with 'id'={number}")
    readable(call, article["ticket_id"])
    return article


@on("GET", "/ticket_articles/{id}")
def show_article(call: Call, number: str) -> Any:
    return views.article(call.data, _article(call, number))


@on("PUT", "/ticket_articles/{id}")
def update_article(call: Call, number: str) -> Any:
    article = _article(call, number)
    if "internal" in call.json:  # the only thing that may change; fires nothing
        article["internal"] = bool(call.json["internal"])
        article["updated_at"] = call.data.now()
        article["updated_by_id"] = call.user
    return views.article(call.data, article)


@on("DELETE", "/ticket_articles/{id}")
def delete_article(call: Call, number: str) -> Any:
    article = _article(call, number)
    if article["created_by_id"] != call.user or article["type_id"] != rows.NOTE:
        raise Problem(403, "Not authorized (communication articles cannot be deleted)!")
    call.data.articles_of[article["ticket_id"]].remove(article["id"])
    del call.data.articles[article["id"]]
    return {}


@on("GET", "/ticket_attachment/{ticket}/{article}/{file}")
def download(call: Call, ticket: str, article: str, file: str) -> Answer:
    readable(call, ticket)
    del article
    found = call.data.files.get(as_id(file) or 0)
    if found is None:
        raise Problem(404, f"Couldn't find Store with 'id'={file}")
    name, kind, content = found
    return Answer(
        200,
        content,
        {"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'},
    )


@on("GET", "/tags")
def tags(call: Call) -> Any:
    number = as_id(call.request.argument("o_id")) or 0
    return {"tags": list(call.data.tags[number]) if number in call.data.tickets else []}


@on("POST", "/tags/add")
def tag(call: Call) -> Answer:
    ticket = readable(call, call.value("o_id"), "change")
    add_tag(call.data, ticket, str(call.value("item") or ""), call.user)
    return created(True)


@on("DELETE", "/tags/remove")
def untag(call: Call) -> Any:
    ticket = readable(call, call.value("o_id"), "change")
    remove_tag(call.data, ticket, str(call.value("item") or ""), call.user)
    return True


@on("GET", "/tag_search")
def tag_search(call: Call) -> Any:
    term = call.request.argument("term").lower()
    found = [(name, number) for name, number in call.data.tag_items.items()]
    return [{"id": number, "value": name} for name, number in sorted(found) if term in name.lower()]


@on("GET", "/mentions")
def mentions(call: Call) -> Any:
    ticket = readable(call, call.request.argument("mentionable_id"))
    found = [row for row in call.data.mentions.values() if row["mentionable_id"] == ticket["id"]]
    return {"mentions": found}


@on("POST", "/mentions")
def mention(call: Call) -> Answer:
    ticket = readable(call, call.value("mentionable_id"))
    subscribe(call.data, ticket["id"], call.user, call.user)
    return created(True)


@on("DELETE", "/mentions/{id}")
def unmention(call: Call, number: str) -> Any:
    row = call.data.mentions.get(as_id(number) or 0)
    if row is None:
        raise Problem(404, f"Couldn't find Mention with 'id'={number}")
    if row["user_id"] != call.user:
        raise Problem(403, "Not authorized")
    del call.data.mentions[row["id"]]
    return True
