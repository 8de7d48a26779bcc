"""What a simulated FreeScout shows to tests, to the demo and on its page."""

from __future__ import annotations

from datetime import datetime

from plugin.simulated.desk import SimulatedDesk
from plugin.simulated.freescout.data import ROBOT, Data, User
from plugin.simulated.mails import Mail, Said


class Looking(SimulatedDesk):
    """The reading half of `SimulatedFreeScout`."""

    data: Data

    def tickets(self) -> list[int]:
        """The ids, the last changed first."""
        with self._locked():
            return list(reversed(self.data.conversations))

    def messages(self, ticket: int) -> list[Said]:
        """Published threads without line items, by id."""
        with self._locked():
            row = self.data.conversation(ticket)
            return [
                Said(
                    id=thread.id,
                    kind={"message": "agent"}.get(thread.type, thread.type),
                    author=self.data.person_name(thread.created_by),
                    at=datetime.fromisoformat(thread.created_at),
                    body=thread.body or "",
                    mark=_mark(thread.body or ""),
                )
                for thread in sorted(row.threads, key=lambda item: item.id)
                if thread.type != "lineitem" and thread.state == "published"
            ]

    def tags(self, ticket: int) -> set[str]:
        """The tags, lower case."""
        rows = self.data.tag_rows
        return {str(rows[number]["name"]) for number in self.data.conversation(ticket).tags}

    def fields(self, ticket: int) -> dict[str, str]:
        """The custom fields that have a value."""
        row = self.data.conversation(ticket)
        return {self.data.custom_fields[n]["name"]: value for n, value in row.fields.items()}

    def owner(self, ticket: int) -> str | None:
        """None when unassigned, or when the stored id is nobody's."""
        user = self.data.users.get(self.data.conversation(ticket).assignee or 0)
        return user.email if user else None

    def group(self, ticket: int) -> str:
        """The mailbox's name."""
        return str(self.data.mailboxes[self.data.conversation(ticket).mailbox_id]["name"])

    def state(self, ticket: int) -> str:
        """The status."""
        return self.data.conversation(ticket).status

    def priority(self, ticket: int) -> str | None:
        """There is none."""
        del ticket
        return None

    def subject(self, ticket: int) -> str:
        """The subject."""
        return self.data.conversation(ticket).subject

    def customer(self, ticket: int) -> str:
        """The customer's address."""
        return self.data.customers[self.data.conversation(ticket).customer_id].email

    def number(self, ticket: int) -> str:
        """The same as the id here."""
        return str(ticket)

    def updated_at(self, ticket: int) -> str:
        """The last change."""
        return self.data.conversation(ticket).updated_at

    def events(self, ticket: int) -> list[tuple[str, str]]:
        """The line items."""
        with self._locked():
            row = self.data.conversation(ticket)
            lines = [item for item in row.threads if item.type == "lineitem"]
            return [(line.created_at, line.text) for line in sorted(lines, key=lambda x: x.id)]

    def agents(self) -> list[str]:
        """Users who are neither deleted nor the robot."""
        users = self.data.users.values()
        return [user.email for user in users if not user.deleted and user.email != ROBOT]

    def group_names(self) -> list[str]:
        """The mailboxes."""
        return [str(row["name"]) for row in self.data.mailboxes.values()]

    def state_names(self) -> list[str]:
        """The statuses."""
        return ["active", "pending", "closed", "spam"]

    def priority_names(self) -> list[str]:
        """None."""
        return []

    def mails(self) -> list[Mail]:
        """The mail that left."""
        return list(self.data.mails)

    def name_of(self, email: str) -> str:
        """A person's full name."""
        user = self.data.user_by_email(email)
        customer = self.data.customer_by_email(email)
        return user.name if user else customer.name if customer else email

    def _user(self, email: str) -> User:
        user = self.data.user_by_email(email)
        if user is None:
            raise LookupError(f"no user {email} here; add_agent first")
        return user

    def _mailbox(self, name: str) -> int:
        for number, row in self.data.mailboxes.items():
            if row["name"] == name:
                return number
        raise LookupError(f"no mailbox {name} here; add_group first")


def _mark(body: str) -> str | None:
    _, _, rest = body.partition("<!-- deskladder:")
    return rest.partition("-->")[0].strip() or None
