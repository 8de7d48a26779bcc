"""What a simulated Zammad shows to tests, to the demo and on its page."""

from __future__ import annotations

from datetime import datetime

from plugin.simulated.desk import SimulatedDesk
from plugin.simulated.mails import Mail, Said
from plugin.simulated.zammad import rows
from plugin.simulated.zammad.data import Data


class Looking(SimulatedDesk):
    """The reading half of `SimulatedZammad`."""

    data: Data

    def tickets(self) -> list[int]:
        """The ids, the last changed first."""
        with self._locked():
            return list(reversed(self.data.tickets))

    def messages(self, ticket: int) -> list[Said]:
        """The articles."""
        with self._locked():
            return [self._said(number) for number in self.data.articles_of[ticket]]

    def _said(self, number: int) -> Said:
        row = self.data.articles[number]
        kind = "customer" if row["sender_id"] == rows.CUSTOMER else "agent"
        if row["type_id"] == rows.NOTE and kind == "agent":
            kind = "note"
        own = row["preferences"].get("deskladder")
        return Said(
            id=number,
            kind="note" if row["internal"] else kind,
            author=self.data.full_name(row["created_by_id"]),
            at=datetime.fromisoformat(row["created_at"]),
            body=row["body"],
            subject=row["subject"] or "",
            mark=own.get("mark") if isinstance(own, dict) else None,
            automatic=row["sender_id"] == rows.SYSTEM,
        )

    def tags(self, ticket: int) -> set[str]:
        """The tags, exactly as written."""
        return set(self.data.tags[ticket])

    def owner(self, ticket: int) -> str | None:
        """None when nobody owns it."""
        number = self.data.ticket(ticket)["owner_id"]
        return None if number == rows.NOBODY else str(self.data.users[number]["email"])

    def group(self, ticket: int) -> str:
        """The group's name."""
        return str(self.data.groups[self.data.ticket(ticket)["group_id"]]["name"])

    def state(self, ticket: int) -> str:
        """Such as `pending reminder`."""
        return str(self.data.states[self.data.ticket(ticket)["state_id"]]["name"])

    def priority(self, ticket: int) -> str | None:
        """Such as `2 normal`."""
        return str(self.data.priorities[self.data.ticket(ticket)["priority_id"]]["name"])

    def subject(self, ticket: int) -> str:
        """The title."""
        return str(self.data.ticket(ticket)["title"])

    def customer(self, ticket: int) -> str:
        """The customer's address."""
        return str(self.data.users[self.data.ticket(ticket)["customer_id"]]["email"])

    def number(self, ticket: int) -> str:
        """The number people see."""
        return str(self.data.ticket(ticket)["number"])

    def updated_at(self, ticket: int) -> str:
        """The last change."""
        return str(self.data.ticket(ticket)["updated_at"])

    def subscribers(self, ticket: int) -> set[str]:
        """Who follows the ticket."""
        return {str(self.data.users[n]["email"]) for n in self.data.subscribers(ticket)}

    def events(self, ticket: int) -> list[tuple[str, str]]:
        """State, priority, group, owner and tags; other history is left out."""
        shown = {"state", "priority", "group", "owner", "tag", "title"}
        with self._locked():
            return [
                (line["created_at"], _sentence(line, self.data.full_name(line["created_by_id"])))
                for line in self.data.history[ticket]
                if line.get("attribute") in shown
            ]

    def agents(self) -> list[str]:
        """Agents who are active."""
        users = self.data.users.values()
        return [u["email"] for u in users if u["active"] and self.data.is_agent(u["id"])]

    def group_names(self) -> list[str]:
        """The groups."""
        return [str(row["name"]) for row in self.data.groups.values()]

    def state_names(self) -> list[str]:
        """Those without a date."""
        return ["open", "closed"]

    def priority_names(self) -> list[str]:
        """Low, normal, high."""
        return [str(row["name"]) for row in self.data.priorities.values()]

    def mails(self) -> list[Mail]:
        """The mail that left."""
        return list(self.data.mails)

    def name_of(self, email: str) -> str:
        """A person's full name."""
        user = self.data.find_user(email)
        return self.data.full_name(user["id"]) if user else email

    def _user(self, email: str) -> int:
        user = self.data.find_user(email)
        if user is None:
            raise LookupError(f"nobody is called {email} here; add_agent or add_customer first")
        return int(user["id"])

    def _group(self, name: str) -> int:
        row = self.data.group_named(name)
        if row is None:
            raise LookupError(f"there is no group {name} here; add_group first")
        return int(row["id"])


def _sentence(line: rows.Row, who: str) -> str:
    match line["type"]:
        case "added":
            return f"{who} added the tag {line['value_to']}"
        case "removed":
            return f"{who} removed the tag {line['value_to']}"
    before, after = line["value_from"] or "-", line["value_to"] or "-"
    return f"{who} changed {line['attribute']} from {before} to {after}"
