"""People at work in a simulated FreeScout: customers who write, agents who answer."""

from __future__ import annotations

from datetime import datetime

from plugin.simulated.freescout import threads, writing
from plugin.simulated.freescout.api import forget, open_conversation
from plugin.simulated.freescout.calls import Call
from plugin.simulated.freescout.data import Conversation, PersonType
from plugin.simulated.freescout.hooks import Hooks
from plugin.simulated.freescout.looking import Looking
from plugin.simulated.server import Request


class Acting(Looking):
    """The acting half of `SimulatedFreeScout`."""

    hooks: Hooks
    modules: frozenset[str]

    def customer_writes(
        self,
        customer: str,
        subject: str,
        text: str,
        *,
        group: str,
        channel: str = "email",
        automatic: bool = False,
    ) -> int:
        """Opens a conversation by mail; FreeScout drops the headers that tell an automatic one."""
        del automatic
        kind = channel if channel in {"email", "phone", "chat"} else "custom"
        with self._locked():
            person = self.data.customer_by_email(customer)
            if person is None:
                person = self.data.add_customer(customer)
                self.hooks.fire_customer("customer.created", person)
            given = {"subject": subject, "type": kind}
            row = open_conversation(self._call(), given, self._mailbox(group), person.id)
            row.source = ("email" if channel == "email" else "web", "customer")
            self._thread(row, "customer", ("customer", person.id), text)
            row.last_reply_from, row.last_reply_at = "customer", self.data.now()
            self.hooks.fire("convo.created", row)
        return row.id

    def customer_replies(self, ticket: int, text: str, *, automatic: bool = False) -> int:
        """Writes by mail again; a closed conversation becomes active without convo.status."""
        del automatic
        with self._locked():
            row = self.data.conversation(ticket)
            thread = self._thread(row, "customer", ("customer", row.customer_id), text)
            threads.customer_replied(self.data, row)
            self.hooks.fire("convo.customer.reply.created", row)
        return thread

    def agent_writes(
        self, agent: str, customer: str, subject: str, text: str, *, group: str
    ) -> int:
        """Opens a conversation with a message; the event comes after the undo time."""
        with self._locked():
            person = self.data.customer_by_email(customer) or self.data.add_customer(customer)
            given = {"subject": subject, "type": "email", "status": "pending"}
            row = open_conversation(self._call(), given, self._mailbox(group), person.id)
            by = self._user(agent)
            row.created_by, row.source = ("user", by.id), ("web", "user")
            self._thread(row, "message", ("user", by.id), text)
            row.last_reply_from, row.last_reply_at = "user", self.data.now()
            writing.mail_customer(self.data, row, row.threads[-1])
            self.hooks.fire("convo.created", row, wait=threads.UNDO_TIME)
        return row.id

    def agent_replies(self, ticket: int, agent: str, text: str, *, close: bool = False) -> int:
        """Answers: the conversation goes to pending and to the one who answers, if to nobody."""
        with self._locked():
            row, by = self.data.conversation(ticket), self._user(agent)
            before, status = row.status, "closed" if close else "pending"
            writing.change_status(self.data, row, status, by.id)
            if row.assignee is None:
                row.assignee = by.id
                self.hooks.fire("convo.assigned", row)
            thread = self._thread(row, "message", ("user", by.id), text, status)
            row.last_reply_from, row.last_reply_at = "user", self.data.now()
            if before != status:
                self.hooks.fire("convo.status", row)
            writing.mail_customer(self.data, row, row.threads[-1])
            self.hooks.fire("convo.agent.reply.created", row, wait=threads.UNDO_TIME)
        return thread

    def agent_notes(self, ticket: int, agent: str, text: str) -> int:
        """Writes a note."""
        with self._locked():
            row = self.data.conversation(ticket)
            thread = self._thread(row, "note", ("user", self._user(agent).id), text)
            self.hooks.fire("convo.note.created", row)
        return thread

    def agent_assigns(self, ticket: int, agent: str, to: str | None) -> None:
        """Assigns or unassigns; the latter makes no event."""
        with self._locked():
            wanted = self._user(to).id if to else None
            row = self.data.conversation(ticket)
            writing.assign(self.data, row, self._user(agent).id, wanted, self.hooks.fire)

    def agent_moves(self, ticket: int, agent: str, group: str) -> None:
        """Moves to another mailbox."""
        with self._locked():
            row = self.data.conversation(ticket)
            target = self._mailbox(group)
            writing.move(self.data, row, self._user(agent).id, target, self.hooks.fire)

    def agent_sets_state(
        self, ticket: int, agent: str, state: str, pending_until: datetime | None = None
    ) -> None:
        """Sets the status; there are no dates."""
        del pending_until
        with self._locked():
            row = self.data.conversation(ticket)
            writing.set_status(self.data, row, self._user(agent).id, state, self.hooks.fire)

    def agent_sets_priority(self, ticket: int, agent: str, priority: str) -> None:
        """FreeScout has no priority; a tag stands for it."""
        self.agent_tags(ticket, agent, priority)

    def agent_tags(self, ticket: int, agent: str, tag: str) -> None:
        """Adds a tag: no event, no history, no date moves."""
        del agent
        with self._locked():
            row = self.data.conversation(ticket)
            writing.put_tags(self.data, row, sorted(self.tags(ticket) | {tag}))

    def agent_untags(self, ticket: int, agent: str, tag: str) -> None:
        """Takes a tag away."""
        del agent
        with self._locked():
            row = self.data.conversation(ticket)
            writing.put_tags(self.data, row, sorted(self.tags(ticket) - {tag}))

    def agent_merges(self, source: int, agent: str, target: int) -> None:
        """Merges: the source is deleted, the target says that there was a merge, not with which."""
        with self._locked():
            old, new = self.data.conversation(source), self.data.conversation(target)
            by = self._user(agent).id
            old.merged_replies = old.replies
            new.threads += old.threads
            old.threads = []
            text = "merged with another conversation"
            writing.line_item(self.data, new, by, "merged", text, body="")
            text = f"merged into conversation #{new.id}"
            writing.line_item(self.data, old, by, "merged", text, body="")
            self.data.touch(new)
            self.soft_delete(source, agent)

    def soft_delete(self, ticket: int, agent: str) -> None:
        """Into the folder Deleted."""
        self._set_deleted(ticket, agent, deleted=True)

    def restore(self, ticket: int, agent: str) -> None:
        """Out of it again."""
        self._set_deleted(ticket, agent, deleted=False)

    def delete(self, ticket: int) -> None:
        """For ever."""
        with self._locked():
            forget(self._call(), self.data.conversation(ticket))

    def _call(self) -> Call:
        return Call(self.data, self.hooks, Request("", "", (), {}), self.modules)

    def _thread(
        self,
        row: Conversation,
        kind: str,
        by: tuple[PersonType, int],
        text: str,
        status: str = "active",
    ) -> int:
        source = (row.source[0] if by[0] == "customer" else "web", by[0])
        to = {
            "customer": str(self.data.mailboxes[row.mailbox_id]["email"]),
            "message": self.data.customers[row.customer_id].email,
        }.get(kind)
        rest = {"source": source, "status": status, "to": [to] if to else []}
        return writing.add_thread(self.data, row, kind, by, text, **rest).id

    def _set_deleted(self, ticket: int, agent: str, *, deleted: bool) -> None:
        with self._locked():
            row, by = self.data.conversation(ticket), self._user(agent).id
            row.state = "deleted" if deleted else "published"
            action, text = (
                ("deleted-ticket", "deleted") if deleted else ("restore-ticket", "restored")
            )
            writing.line_item(self.data, row, by, action, text, status="nochange")
            self.hooks.fire(f"convo.{text}", row)
