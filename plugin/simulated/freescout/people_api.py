"""The endpoints about customers, users, mailboxes and webhooks."""

from __future__ import annotations

from typing import Any

from plugin.simulated.freescout import threads, views
from plugin.simulated.freescout.calls import NOTHING, Call, Function, created, required
from plugin.simulated.freescout.data import Data, Row, number_in
from plugin.simulated.freescout.hooks import EVENTS
from plugin.simulated.problems import Problem
from plugin.simulated.routes import Routes
from plugin.simulated.server import Answer

ROUTES: Routes[Function] = Routes()
on = ROUTES.on


@on("GET", "/customers")
def customers(call: Call) -> Any:
    found = sorted(call.data.customers.values(), key=lambda row: -row.id)
    email = call.request.argument("email")
    if email:
        known = call.data.customer_by_email(email)
        found = [known] if known else []
    return call.list("customers", [views.customer(row) for row in found])


@on("POST", "/customers")
def create_customer(call: Call) -> Answer:
    given = call.body
    if not (given.get("email") or given.get("firstName") or given.get("emails")):
        text = "Customer first name or email is required."
        raise Problem(400, text, code="customer.first_name")
    if given.get("email") and call.data.customer_by_email(str(given["email"])):
        raise Problem(400, "Customers with such email(s) already exist", code="emails")
    row = threads.find_customer(call.data, {**given, "id": None})
    call.hooks.fire_customer("customer.created", row)
    return created(views.customer(row))


@on("GET", "/customers/{id}")
def show_customer(call: Call, number: str) -> Any:
    row = call.data.customers.get(number_in(number) or 0)
    if row is None:
        raise Problem(404, "Not Found")
    return views.customer(row)


@on("PUT", "/customers/{id}")
def update_customer(call: Call, number: str) -> Answer:
    row = call.data.customers.get(number_in(number) or 0)
    if row is None:
        raise Problem(404, "Not Found")
    names = {
        "firstName": "first",
        "lastName": "last",
        "company": "company",
        "jobTitle": "job_title",
        "notes": "notes",
    }
    for name, column in names.items():
        if name in call.body:
            setattr(row, column, call.body[name])
    row.updated_at = call.data.now()
    return NOTHING


@on("PUT", "/customers/{id}/customer_fields")
def customer_fields(call: Call, number: str) -> Answer:
    del number
    call.need("customer_fields")
    return NOTHING


@on("GET", "/users")
def users(call: Call) -> Any:
    found = sorted(call.data.users.values(), key=lambda row: -row.id)
    email = call.request.argument("email")
    if email:
        found = [row for row in found if row.email.lower() == email.lower()]
    return call.list("users", [views.user(row) for row in found])


@on("POST", "/users")
def create_user(call: Call) -> Answer:
    required(call.body, "email", "firstName", "lastName")
    name = f"{call.body['firstName']} {call.body['lastName']}"
    row = call.data.add_user(name, str(call.body["email"]), "user", set())
    row.created_by_api = True
    return created({**views.user(row), "role": 1})


@on("GET", "/users/{id}")
def show_user(call: Call, number: str) -> Any:
    row = call.data.users.get(number_in(number) or 0)
    if row is None:
        raise Problem(404, "Not Found")
    return views.user(row)


@on("DELETE", "/users/{id}")
def delete_user(call: Call, number: str) -> Answer:
    row = call.data.users.get(number_in(number) or 0)
    if row is None:
        raise Problem(404, "Not Found")
    row.deleted = True
    row.email = f"{row.email}_deleted{call.data.clock():%Y%m%d%H%M%S}"
    row.mailboxes = set()
    return NOTHING


@on("GET", "/mailboxes")
def mailboxes(call: Call) -> Any:
    found = list(call.data.mailboxes.values())
    if call.request.argument("userId"):
        user = call.data.users.get(number_in(call.request.argument("userId")) or 0)
        found = [row for row in found if user and user.may_see(row["id"])]
    return call.list("mailboxes", found)


@on("GET", "/mailboxes/{id}/folders")
def folders(call: Call, number: str) -> Any:
    mailbox = number_in(number)
    if mailbox not in call.data.mailboxes:
        raise Problem(404, "Not Found")
    ask = call.request.argument
    found = [row for row in call.data.folders.values() if row["mailbox_id"] == mailbox]
    if ask("userId"):
        found = [row for row in found if row["userId"] in (None, number_in(ask("userId")))]
    if ask("folderId"):
        found = [row for row in found if row["id"] == number_in(ask("folderId"))]
    found.sort(key=lambda row: (row["type"], row["id"]))
    return call.list("folders", [views.folder(call.data, row) for row in found])


@on("GET", "/mailboxes/{id}/custom_fields")
def custom_fields(call: Call, number: str) -> Any:
    call.need("custom_fields")
    hidden = {"mailbox_id"}
    found = [
        {key: value for key, value in row.items() if key not in hidden}
        for row in call.data.fields_of(number_in(number) or 0)
    ]
    return call.list("custom_fields", found)


@on("POST", "/webhooks")
def create_webhook(call: Call) -> Answer:
    required(call.body, "url", "events")
    row = add_webhook(call.data, str(call.body["url"]), call.body["events"])
    return created(row)


def add_webhook(data: Data, url: str, wanted: Any) -> Row:
    """Register a webhook; unknown events are dropped, and leave gaps that make an object."""
    names = wanted.split(",") if isinstance(wanted, str) else list(wanted)
    kept = {str(index): name for index, name in enumerate(names) if name in EVENTS}
    if not kept:
        raise Problem(400, "Error occurred", code="*")
    gaps = list(kept) != [str(index) for index in range(len(kept))]
    number = data.next_id("webhook")
    data.webhooks[number] = {
        "id": number,
        "url": url,
        "events": kept if gaps else list(kept.values()),
        "lastRunTime": None,
        "lastRunError": "",
    }
    return data.webhooks[number]


@on("DELETE", "/webhooks/{id}")
def delete_webhook(call: Call, number: str) -> Answer:
    if call.data.webhooks.pop(number_in(number) or 0, None) is None:
        raise Problem(404, "Not Found")
    return NOTHING
