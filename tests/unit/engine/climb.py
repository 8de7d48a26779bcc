"""A ladder at work: the workshop with a file that escalates, a clock that is moved, and people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from plugin.domain.escalation import Ask, Escalation
from plugin.domain.memory import ActionRecord, Memory
from plugin.domain.storing import Claim
from plugin.domain.ticket import Message, MessageKind, Person, TicketRef, customer_key
from plugin.engine.look import audit_of, look
from tests.fakes import ANA, BEN, CLOSED, GUEST, MARTA, OPEN, a_message, a_ticket
from tests.unit.engine.workshop import HEAD, Workshop

LADDER_HEAD = HEAD.replace(
    "replies:",
    """\
teams:
  finance:
    group: Finance
    lead: marta@example.com
    pool: {members: [ana@example.com, ben@example.com], strategy: round_robin, if_none: lead}
notify:
  mail: {url: "json://mail.example.com/{address}"}
  duty: {url: "json://duty.example.com/"}
service: {channel: mail}
replies:""",
)
POLICY = """\
policies:
  finance:
    type: functional
    levels:
      - {name: hint, do: [{note: authority_hint}], wait: 30m}
      - {responsible: {team: finance}, ack_within: 1h, do: [{reply: sorry}]}
      - {responsible: {team: finance}, ack_within: 1h}
      - {responsible: {lead: finance}, type: hierarchical, ack_within: 2h}
    ack_timeout: 4h
"""
RULE = """\
rules:
  - name: billing
    on: [ticket.created]
    when: {text: {any_of: {en: [invoice]}}}
    do: [{escalate: {policy: finance, reason: repeated}}]
"""
NO_HINT = POLICY.replace("      - {name: hint, do: [{note: authority_hint}], wait: 30m}\n", "")


class Climb(Workshop):
    """Ticket 7 climbs; time passes from one due timer to the next."""

    def __init__(self, folder: Path, rules: str = RULE, policy: str = POLICY) -> None:
        self.head = LADDER_HEAD
        super().__init__(folder, policy + rules, LADDER_HEAD)
        self.began = self.now
        self._next = 100
        self._asked = 0

    def use_file(self, rules: str = RULE, policy: str = POLICY) -> None:
        """Read another file."""
        self.use(policy + rules, LADDER_HEAD)

    # Time -----------------------------------------------------------------------------------

    def begin(self, **changes: Any) -> None:
        """The customer's ticket comes in and is looked at."""
        changes.setdefault("created_at", self.now)
        changes.setdefault("updated_at", self.now)
        self.arrives(a_ticket(**changes))
        self.settle()

    def settle(self) -> None:
        """Do everything that is due now."""
        for _ in range(20):
            due_at = self.store.next_due()
            if due_at is None or due_at > self.now:
                return
            for claim in self.store.claim(
                self.now, worker="w", limit=5, lease=timedelta(seconds=90)
            ):
                self._round(claim)
        message = "there is always something due"
        raise AssertionError(message)

    def _round(self, claim: Claim) -> None:
        if claim.look:
            seen = look(claim, self.live, self.means, self.dispatcher)
            plans, audit = [(claim, seen.plan, seen.customer)], list(audit_of(seen.plan))
            assert self.store.store_plans(plans, audit) == []
        self.dispatcher.dispatch(claim, self.live)
        self.store.release(claim, self.now)

    def passes(self, **span: float) -> None:
        """Let time pass while Deskladder is up."""
        until = self.now + timedelta(**span)
        while (due_at := self.store.next_due()) is not None and due_at <= until:
            self.now = max(self.now, due_at)
            self.settle()
        self.now = until

    def is_down_for(self, **span: float) -> None:
        """Let time pass while Deskladder is down; then it starts again."""
        self.later(**span)
        self.settle()

    # People ---------------------------------------------------------------------------------

    def says(
        self, who: Person, text: str, kind: MessageKind = MessageKind.NOTE, **changes: Any
    ) -> None:
        """Somebody writes; by default an internal note."""
        self._next += 1
        role_kind = MessageKind.CUSTOMER if who is GUEST else kind
        channel = "note" if role_kind is MessageKind.NOTE else "email"
        written: Message = a_message(
            self._next,
            kind=role_kind,
            author=who,
            created_at=self.now,
            text=text,
            channel=channel,
        )
        held = self.helpdesk.tickets[7]
        self._human(messages=(*held.messages, written), **changes)

    def answers(self, who: Person = ANA) -> None:
        """An agent writes to the customer."""
        self.says(who, "Here is the right one.", MessageKind.AGENT)

    def takes(self, who: Person | None) -> None:
        """A person makes somebody the owner."""
        self._human(owner=who)

    def tags(self, tag: str) -> None:
        """An agent puts a tag on."""
        self._human(tags=self.helpdesk.tickets[7].tags | {tag})

    def closes(self) -> None:
        self._human(state=CLOSED, closed_at=self.now)

    def reopens(self) -> None:
        self.says(GUEST, "Still not right!", state=OPEN, closed_at=None)

    def changes(self, **fields: Any) -> None:
        """A person changes anything."""
        self._human(**fields)

    def _human(self, **fields: Any) -> None:
        self.human(lambda held: replace(held, **fields))
        self.arrives(self.helpdesk.tickets[7], key=f"h{self._next} {self.now}")
        self._next += 1
        self.settle()

    def asks(self, what: Ask, **more: Any) -> None:
        """Somebody asks by link or through the API."""
        self._asked += 1
        ref = TicketRef("support", 7)
        assert self.store.ask(ref, what, self.now, key=f"asked {self._asked}", **more)
        self.settle()

    # What came of it ------------------------------------------------------------------------

    @property
    def memory(self) -> Memory:
        ref, ticket = TicketRef("support", 7), self.helpdesk.tickets[7]
        return self.store.memory(ref, customer_key("support", ticket.customer), self.now)

    @property
    def escalation(self) -> Escalation:
        """The newest one."""
        return self.memory.escalations[-1]

    @property
    def stands(self) -> tuple[str, int]:
        """Where the newest one stands."""
        return self.escalation.phase.value, self.escalation.level

    @property
    def owner(self) -> str:
        owner = self.helpdesk.tickets[7].owner
        return owner.name.partition(" ")[0] if owner else "nobody"

    @property
    def group(self) -> str:
        return self.helpdesk.tickets[7].group.name

    @property
    def tag_names(self) -> set[str]:
        return set(self.helpdesk.tickets[7].tags)

    def done(self, name: str) -> list[ActionRecord]:
        """The finished actions of this name, in order."""
        return [
            one for one in self.memory.actions if one.name == name and one.state.value == "done"
        ]

    def failed(self) -> list[tuple[str, str]]:
        """What the helpdesk refused."""
        return [(one.name, one.detail) for one in self.memory.actions if one.state == "failed"]

    @property
    def note_texts(self) -> list[str]:
        return [html for _, html, _ in self.helpdesk.notes]


__all__ = ["ANA", "BEN", "MARTA", "NO_HINT", "POLICY", "RULE", "Climb"]
