"""The lab the FreeScout recordings come from, built again: same users, mailboxes, ids."""

from __future__ import annotations

from typing import Any

from plugin.simulated.freescout import SimulatedFreeScout
from plugin.simulated.freescout.data import Customer

ADA, BEA, CARL, BOT = (f"{name}@fslab.test" for name in ("admin", "bea", "carl", "sidecar"))
KEY = "fb066fd9c478d4b57239cb0f7e8bef0f"
SECRET = "ee4d47f85d3cee4c512ea7793eb98755"
ERIN = "erin@cust.test"
ALL_MODULES = ("tags", "custom_fields", "timelogs")


def freescout_lab(modules: tuple[str, ...] = (), **options: Any) -> SimulatedFreeScout:
    """Users 1 to 4, three mailboxes, a few customers; no conversation yet."""
    lab = SimulatedFreeScout(
        service_user=None, token=KEY, webhook_secret=SECRET, modules=modules, **options
    )
    lab.data.users[1].email = ADA
    for name in ("Support", "Billing", "Returns"):
        lab.add_group(name, email=f"{name.lower()}@fslab.test")
    everywhere = dict.fromkeys(("Support", "Billing", "Returns"), "full")
    lab.add_agent("Bea Agent", BEA, everywhere)
    lab.add_agent("Carl Agent", CARL, {"Support": "full"})
    lab.add_agent("Side Car", BOT, everywhere)
    for name, email in (
        ("Dana Customer", "dana@cust.test"),
        ("Nadia Name", "nadia@cust.test"),
        ("Erin Example", ERIN),
    ):
        lab.add_customer(name, email)
    while len(lab.data.customers) < 7:
        number = len(lab.data.customers) + 1
        email = "other@cust.test" if number == 7 else f"person{number}@cust.test"
        lab.add_customer("Other" if number == 7 else "Person", email)
    if "custom_fields" in modules:
        lab.add_custom_field("AI label", "Support")
        lab.add_custom_field(
            "Priority", "Support", kind="dropdown", options={"1": "Low", "2": "High"}
        )
        lab.add_custom_field("AI confidence", "Support", kind="number")
        lab.add_custom_field("Due", "Support", kind="date")
    return lab


def with_conversations(lab: SimulatedFreeScout, last: int = 56) -> SimulatedFreeScout:
    """Conversations by Erin in Support, made through the API as in the recording."""
    for number in range(1, last + 1):
        made = lab.customer_writes(ERIN, f"Conversation {number}", "question", group="Support")
        assert made == number
        lab.data.conversations[number].source = ("api", "customer")
        lab.data.conversations[number].threads[0].source = ("api", "customer")
    return lab


def customer(lab: SimulatedFreeScout, email: str) -> Customer:
    found = lab.data.customer_by_email(email)
    assert found is not None
    return found
