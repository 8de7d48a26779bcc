"""People at work in a simulated Zammad: customers who write, agents who answer."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from plugin.simulated.server import Request
from plugin.simulated.zammad import rows
from plugin.simulated.zammad.articles import add_article, is_mailed_out, send_mail
from plugin.simulated.zammad.calls import Call, Settings
from plugin.simulated.zammad.data import stamp
from plugin.simulated.zammad.hooks import Hooks
from plugin.simulated.zammad.looking import Looking
from plugin.simulated.zammad.tagging import add_tag, remove_tag
from plugin.simulated.zammad.tickets_api import delete, merge_tickets, saved_twice
from plugin.simulated.zammad.writing import create_ticket, update_ticket

_MEASURED = ("first_response", "update", "close")
_CHANNELS = {
    "email": "email",
    "phone": "phone",
    "web": "web",
    "chat": "chat",
    "sms": "sms",
    "social": "facebook feed post",
}


class Acting(Looking):
    """The acting half of `SimulatedZammad`."""

    hooks: Hooks
    settings: Settings

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
        """Opens a ticket by e-mail unless `channel` says phone, web, chat, sms or social."""
        with self._acting(self._customer(customer)) as call:
            given = {"title": subject, "group": group, "preferences": _channel(channel)}
            ticket = create_ticket(self.data, given, call.user)
            article = self._from_customer(call, ticket, text, channel, automatic=automatic)
            call.change(ticket["id"], "create", article)
            if channel != "email" and saved_twice(call, ticket):
                call.change(ticket["id"], "create")
        return int(ticket["id"])

    def customer_replies(self, ticket: int, text: str, *, automatic: bool = False) -> int:
        """Writes by mail again, whatever the channel of the ticket was."""
        row = self.data.ticket(ticket)
        with self._acting(row["customer_id"]) as call:
            article = self._from_customer(call, row, text, "email", automatic=automatic)
            call.change(ticket, "update", article)
        return article

    def agent_writes(
        self, agent: str, customer: str, subject: str, text: str, *, group: str
    ) -> int:
        """Opens a ticket and mails the customer."""
        self._customer(customer)
        with self._acting(self._user(agent)) as call:
            given = {"title": subject, "group": group, "customer": customer}
            ticket = create_ticket(self.data, given, call.user)
            article = self._to_customer(call, ticket, text)
            call.change(ticket["id"], "create", article)
            if saved_twice(call, ticket):
                call.change(ticket["id"], "create")
        return int(ticket["id"])

    def agent_replies(self, ticket: int, agent: str, text: str, *, close: bool = False) -> int:
        """Answers by mail, in one request with closing when asked."""
        row = self.data.ticket(ticket)
        with self._acting(self._user(agent)) as call:
            columns = (
                update_ticket(self.data, row, {"state": "closed"}, call.user) if close else set()
            )
            article = self._to_customer(call, row, text)
            call.change(ticket, "update", article, columns)
        return article

    def agent_notes(self, ticket: int, agent: str, text: str) -> int:
        """Writes an internal note."""
        row = self.data.ticket(ticket)
        with self._acting(self._user(agent)) as call:
            given = {"type": "note", "internal": True, "body": text}
            article = add_article(self.data, row, given, call.user)
            call.change(ticket, "update", article["id"])
        return int(article["id"])

    def agent_assigns(self, ticket: int, agent: str, to: str | None) -> None:
        """Sets the owner; somebody without full access becomes nobody, silently."""
        self._agent_updates(ticket, agent, {"owner_id": self._user(to) if to else rows.NOBODY})

    def agent_moves(self, ticket: int, agent: str, group: str) -> None:
        """Moves; the owner is dropped when they have no full access there."""
        self._agent_updates(ticket, agent, {"group": group})

    def agent_sets_state(
        self, ticket: int, agent: str, state: str, pending_until: datetime | None = None
    ) -> None:
        """Sets the state; pending ones need `pending_until`."""
        pending = {"pending_time": stamp(pending_until)} if pending_until else {}
        self._agent_updates(ticket, agent, {"state": state, **pending})

    def agent_sets_priority(self, ticket: int, agent: str, priority: str) -> None:
        """Sets the priority, such as `3 high`."""
        self._agent_updates(ticket, agent, {"priority": priority})

    def agent_tags(self, ticket: int, agent: str, tag: str) -> None:
        """Adds a tag: no webhook."""
        with self._acting(self._user(agent)) as call:
            add_tag(self.data, self.data.ticket(ticket), tag, call.user)

    def agent_untags(self, ticket: int, agent: str, tag: str) -> None:
        """Takes a tag away: no webhook."""
        with self._acting(self._user(agent)) as call:
            remove_tag(self.data, self.data.ticket(ticket), tag, call.user)

    def agent_merges(self, source: int, agent: str, target: int) -> None:
        """Merges: three deliveries."""
        with self._acting(self._user(agent)) as call:
            merge_tickets(call, self.data.ticket(source), self.data.ticket(target))

    def delete(self, ticket: int) -> None:
        """Deletes: no webhook."""
        admin = next(n for n in self.data.users if self.data.has_permission(n, "admin"))
        self.data.users[admin]["group_ids"].setdefault(
            str(self.data.ticket(ticket)["group_id"]), ["full"]
        )
        with self._acting(admin) as call:
            delete(call, str(ticket))

    def sla_computes(self, ticket: int, **deadlines: datetime | None) -> None:
        """Zammad's own SLA sets `first_response`, `update` or `close`: a rebuild sends no webhook."""
        with self._locked():
            row = self.data.ticket(ticket)
            for name, at in deadlines.items():
                row[f"{name}_escalation_at"] = None if at is None else stamp(at)
            open_ones = [row[f"{name}_escalation_at"] for name in _MEASURED]
            row["escalation_at"] = min((at for at in open_ones if at), default=None)

    def _customer(self, email: str) -> int:
        known = self.data.find_user(email)
        return int(known["id"]) if known else self.add_customer(email.partition("@")[0], email)

    @contextmanager
    def _acting(self, user: int) -> Iterator[Call]:
        with self._locked():
            call = Call(self.data, Request("", "", (), {}), user, None, self.settings)
            yield call
            for change in call.changes:
                self.hooks.fire(change)

    def _agent_updates(self, ticket: int, agent: str, given: Mapping[str, object]) -> None:
        with self._acting(self._user(agent)) as call:
            columns = update_ticket(self.data, self.data.ticket(ticket), given, call.user)
            if columns:
                call.change(ticket, "update", None, columns)

    def _from_customer(
        self, call: Call, ticket: rows.Row, text: str, channel: str, *, automatic: bool
    ) -> int:
        person = self.data.users[call.user]
        sender = f"{self.data.full_name(call.user)} <{person['email']}>"
        mail = channel == "email"
        seed = zlib.crc32(f"{ticket['id']}/{self.data.now()}".encode())
        given = {
            "type": _CHANNELS[channel],
            "sender": "Customer",
            "from": sender,
            "to": self._address(ticket) if mail else None,
            "subject": ticket["title"],
            "body": text,
            "message_id": f"<{seed:08x}.{len(self.data.articles)}@mail.example>" if mail else None,
            "preferences": _automatic(automatic=automatic) if mail else {},
        }
        article = add_article(self.data, ticket, given, call.user)
        if channel not in {"email", "web"}:
            article["type_id"] = next(
                n for n, name in rows.ARTICLE_TYPES.items() if name == _CHANNELS[channel]
            )
            if ticket["article_count"] == 1:
                ticket["create_article_type_id"] = article["type_id"]
        return int(article["id"])

    def _address(self, ticket: rows.Row) -> str | None:
        number = self.data.groups[ticket["group_id"]]["email_address_id"]
        found = self.data.addresses.get(number or 0)
        return f"{found[0]} <{found[1]}>" if found else None

    def _to_customer(self, call: Call, ticket: rows.Row, text: str) -> int:
        customer = self.data.users[ticket["customer_id"]]
        given = {
            "type": "email",
            "to": f"{self.data.full_name(customer['id'])} <{customer['email']}>",
            "subject": ticket["title"],
            "body": text,
            "subtype": "reply",
        }
        article = add_article(self.data, ticket, given, call.user)
        if is_mailed_out(article):
            send_mail(self.data, ticket, article)
        return int(article["id"])


def _channel(channel: str) -> dict[str, object]:
    return {"channel_id": 3} if channel == "email" else {}


def _automatic(*, automatic: bool) -> dict[str, object]:
    return {"send-auto-response": not automatic, "is-auto-response": automatic}
