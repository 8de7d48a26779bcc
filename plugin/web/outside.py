"""What the doors for people and systems outside the helpdesk need of the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from typing import Protocol

from plugin.domain.cases import Case
from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Ask
from plugin.domain.memory import Memory
from plugin.domain.settings import Config
from plugin.domain.ticket import TicketRef
from plugin.web.lockout import Lockout


class Keeping(Protocol):
    """The part of `plugin.domain.storing.Storing` they use."""

    def ask(
        self,
        ref: TicketRef,
        what: Ask,
        now: datetime,
        *,
        key: str,
        by: str = "",
        escalation: int | None = None,
        step: int | None = None,
        params: Mapping[str, object] | None = None,
    ) -> bool: ...

    def memory(self, ref: TicketRef, customer: str, now: datetime) -> Memory: ...

    def keep_case(
        self, system: str, reference: str, ref: TicketRef, escalation: int | None, now: datetime
    ) -> None: ...

    def case(self, system: str, reference: str) -> Case | None: ...

    def secret(self, name: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Outside:
    """The file in use, asked at each call since a reload may change it; the store; the clock."""

    config: Callable[[], Config]
    store: Keeping
    clock: Callable[[], datetime]
    links: Lockout = field(default_factory=lambda: Lockout(limit=30))
    tokens: Lockout = field(default_factory=Lockout)
    busy: Lockout = field(default_factory=lambda: Lockout(limit=300))
