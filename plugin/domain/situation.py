"""What a condition looks at, and what a compiled condition is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING

from plugin.domain.dataclass import dataclass
from plugin.domain.fields import numbers_of, texts_of
from plugin.domain.folding import fold
from plugin.domain.helpdesk import Need
from plugin.domain.once import once
from plugin.domain.plan import Event
from plugin.domain.quoting import fresh_of
from plugin.domain.ticket import MessageKind
from plugin.domain.verdict import Verdict
from plugin.domain.words import Words

if TYPE_CHECKING:
    from plugin.domain.calendar import Calendar
    from plugin.domain.memory import Memory
    from plugin.domain.settings import Team
    from plugin.domain.ticket import Message, Ticket
    from plugin.domain.watching import Watch

TEXT_LIMIT = 50_000
"""How many characters of a message the conditions read: nobody's complaint starts later."""


@dataclass(frozen=True)
class Situation:
    """One ticket at one instant. Built once per decision and shared by all rules.

    `calendar` is the default calendar, or None: then elapsed time is real time. `latest` is the
    newest message of the customer written by a human, which `subject`, `body` and `text` look at.
    `watch` is the SLA policy that counts and its clocks; None while that is being found out.
    Folded texts (case and accents removed) and their words are computed once, on first use.
    """

    ticket: Ticket
    memory: Memory
    now: datetime
    calendar: Calendar | None = None
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    language: str = "en"
    watch: Watch | None = None

    @once
    def latest(self) -> Message | None:
        """The newest human message of the customer."""
        for message in reversed(self.ticket.messages):
            if message.kind is MessageKind.CUSTOMER and message.by_human:
                return message
        return None

    @once
    def folded_group(self) -> str:
        """The group's name, folded."""
        return fold(self.ticket.group.name)

    @once
    def folded_tags(self) -> frozenset[str]:
        """The ticket's tags, folded."""
        return frozenset(map(fold, self.ticket.tags))

    @once
    def body(self) -> str:
        """What the customer wrote last, without quotes and signature, cut at `TEXT_LIMIT`."""
        return fresh_of(self.latest, TEXT_LIMIT) if self.latest else ""

    @once
    def text(self) -> str:
        """Subject and newest message as written, a line break between them."""
        return f"{self.ticket.subject}\n{self.body}"

    @once
    def folded_subject(self) -> str:
        """The subject, folded."""
        return fold(self.ticket.subject)

    @once
    def folded_body(self) -> str:
        """The customer's newest message, folded."""
        return fold(self.body)

    @once
    def folded_text(self) -> str:
        """Subject and newest message, folded, a line break between them."""
        return f"{self.folded_subject}\n{self.folded_body}"

    @once
    def subject_words(self) -> Words:
        """The words of the subject."""
        return Words(self.folded_subject)

    @once
    def body_words(self) -> Words:
        """The words of the customer's newest message."""
        return Words(self.folded_body)

    @once
    def text_words(self) -> Words:
        """The words of subject and newest message."""
        return Words(self.folded_text)

    @once
    def field_texts(self) -> dict[str, tuple[str, ...]]:
        """Custom fields that are not empty, by lower-case name, as the texts people compare."""
        fields = self.ticket.fields.items()
        return {name.lower(): texts for name, value in fields if (texts := texts_of(value))}

    @once
    def field_numbers(self) -> dict[str, tuple[float, ...]]:
        """Custom fields that hold numbers, by lower-case name."""
        fields = self.field_texts.items()
        return {name: numbers for name, texts in fields if (numbers := numbers_of(texts))}

    @once
    def field_largest(self) -> dict[str, float]:
        """The largest number of each of these."""
        return {name: max(numbers) for name, numbers in self.field_numbers.items()}

    @once
    def field_smallest(self) -> dict[str, float]:
        """The smallest number of each of these."""
        return {name: min(numbers) for name, numbers in self.field_numbers.items()}

    @once
    def detected(self) -> dict[tuple[str, ...], str | None]:
        """Languages detected so far, by the languages that were allowed: detection is dear."""
        return {}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition after compilation.

    `holds` is the fast answer; `judge` gives the same answer with its reason and is called only
    when somebody asks why, or when `by_time` says that time alone can change it. `cost` orders
    conditions inside all / any / none: cheap ones first. `needs` is what must be read for it.
    `joint` is `all`, `any` or `none` for a condition made of `parts`, which then stand in the order
    in which they are asked. `plain` is the expression and operand of a check that is no more than that.
    """

    holds: Callable[[Situation], bool]
    judge: Callable[[Situation], Verdict]
    cost: int = 1
    by_time: bool = False
    needs: frozenset[Need] = frozenset()
    path: str = ""
    joint: str = ""
    parts: tuple[Condition, ...] = ()
    plain: tuple[str, object] | None = None

    def at(self, path: str) -> Condition:
        """The same at its place in the file; a third of the price of `dataclasses.replace`."""
        return Condition(
            *(self.holds, self.judge, self.cost, self.by_time, self.needs, path),
            *(self.joint, self.parts, self.plain),
        )
