"""What came in, what Deskladder did and why, line by line as it happens."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from plugin.demo.outside import Outside
from plugin.domain.storing import AuditEntry
from plugin.simulated.desk import SimulatedDesk
from plugin.simulated.mails import Said

_ACTION = re.compile(r"(?P<name>\w+): (?P<state>\w+)(?: \((?P<detail>.*)\))?$", re.DOTALL)
_BREAKS = re.compile(r"(?i)<br\s*/?>|</p>|</li>|</div>")
_TAGS = re.compile(r"(?s)<!--.*?-->|<[^>]+>")
_ZONE = ZoneInfo("Europe/Amsterdam")  # that of the demo's file: its notes name times in it
_MOST = 200  # lines of audit looked at each time


class Audit(Protocol):
    """The part of the store the timeline reads."""

    def audit(self, ref: None = None, limit: int = 200) -> Sequence[AuditEntry]: ...


class Timeline:
    """`poll` tells everything new since the last time.

    `fired` names the tickets a rule fired on, `moved` those whose escalation went on.
    """

    def __init__(
        self, desk: SimulatedDesk, store: Audit, outside: Outside, tell: Callable[[str], None]
    ) -> None:
        self._desk = desk
        self._store = store
        self._outside = outside
        self._tell = tell
        self._told: set[tuple[object, ...]] = set()
        self._last_message: dict[int, int] = {}
        self.fired: set[int] = set()
        self.moved: set[int] = set()
        self._opened: dict[int, str] = {}
        self._shown: set[int] = set()
        self.refused: list[str] = []
        for ticket in desk.tickets():
            self._last_message[ticket] = max((said.id for said in desk.messages(ticket)), default=0)

    def heading(self, text: str) -> None:
        """Begin a story."""
        self._tell("")
        self._tell(f"── {text} ".ljust(78, "─"))

    def poll(self) -> None:
        """Tell what people wrote, then what Deskladder decided and did."""
        ours = self._desk.name_of(self._desk.service_user)
        for ticket in sorted(self._desk.tickets()):
            for said in self._desk.messages(ticket):
                if said.id > self._last_message.get(ticket, 0) and said.author != ours:
                    self._last_message[ticket] = said.id
                    self._came_in(ticket, said)
        for entry in self._store.audit(None, _MOST):
            key = (entry.at, entry.kind, str(entry.ref), entry.rule, entry.text)
            if key not in self._told:
                self._told.add(key)
                self._did(entry)

    def _came_in(self, ticket: int, said: Said) -> None:
        what = {"customer": "writes", "agent": "answers", "note": "notes"}[said.kind]
        number, group = self._desk.number(ticket), self._desk.group(ticket)
        self._line(said.at, f"{said.author} {what} on ticket {number} ({group}):")
        self._quote(f"{self._desk.subject(ticket)} — {plain(said.body)}")

    def _did(self, entry: AuditEntry) -> None:
        if entry.kind == "verdict" and entry.text.startswith("fired") and entry.ref:
            self.fired.add(entry.ref.id)
            self._line(entry.at, f"Deskladder: {entry.rule}")
            self._quote(f"because {entry.text.partition(': ')[2]}")
        if entry.kind == "event" and entry.text.startswith("escalation.") and entry.ref:
            self._moved_on(entry.at, entry.ref.id, entry.text.removeprefix("escalation."))
        action = _ACTION.match(entry.text) if entry.kind == "action" else None
        if action is None or entry.ref is None:
            return
        detail = action["detail"] or action["name"]
        match action["state"]:
            case "done":
                self._line(entry.at, f"  ✓ {detail}")
                self._show_words(action["name"], entry.ref.id)
            case "failed":
                self.refused.append(f"{entry.rule}: {detail}")
                self._line(entry.at, f"  ✗ {detail}")
            case "skipped" if detail.startswith("already so"):
                pass  # nothing to do is no news
            case state:
                self._line(entry.at, f"  · {state}: {detail}")

    def _moved_on(self, at: datetime, ticket: int, text: str) -> None:
        """An escalation went on; the level it opens at is told with the opening."""
        what, _, rest = text.partition(": ")
        if what == "opened":
            self._opened[ticket] = rest
        if what != "level" or self._opened.get(ticket) != rest:
            self._line(at, f"Deskladder: escalation {what}, {rest}")
        self.moved.add(ticket)

    def _show_words(self, name: str, ticket: int) -> None:
        """What the customer, the team or somebody outside gets, in full."""
        if name in {"notify", "webhook"}:
            for heard in self._outside.take():
                where = "the CRM has" if heard.place == "crm" else "a phone rings:"
                self._quote(f"{where} {heard.text}")
        if name not in {"note", "reply"}:
            return
        said = self._desk.notes(ticket) if name == "note" else self._desk.replies(ticket)
        ours = self._desk.name_of(self._desk.service_user)
        new = [
            one
            for one in said
            if one.author == ours
            and one.id not in self._shown
            and not plain(one.body).startswith("@")  # a mention: how Zammad lets somebody follow
        ]
        if new:
            self._shown.add(new[0].id)
            self._quote(plain(new[0].body))

    def _line(self, at: datetime | None, text: str) -> None:
        clock = at.astimezone(_ZONE).strftime("%H:%M:%S") if at else " " * 8
        self._tell(f"{clock}  {text}")

    def _quote(self, text: str) -> None:
        for paragraph in text.splitlines():
            for line in textwrap.wrap(paragraph, 76) or [""]:
                self._tell(f"{' ' * 14}│ {line}".rstrip())


def plain(body: str) -> str:
    """A message as a terminal can show it: no tags, no control characters, no empty lines."""
    if "<" in body:
        body = body.replace("\n", " ")
    text = html.unescape(_TAGS.sub("", _BREAKS.sub("\n", body)))
    lines = ("".join(c for c in line if c.isprintable()).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
