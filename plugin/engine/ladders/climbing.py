"""Ladders within one decision: begun only when there is something to climb."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from datetime import datetime
from itertools import groupby

from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Cause, Source
from plugin.domain.memory import Memory
from plugin.domain.plan import Event
from plugin.domain.settings import ActionCall, Config, Mode, Rule
from plugin.domain.situation import Situation
from plugin.domain.ticket import Ticket
from plugin.domain.watching import Watch, situation_of
from plugin.engine.events import News
from plugin.engine.firing import Occasion
from plugin.engine.ladders.advancing import advance
from plugin.engine.ladders.asking import escalate, suggest, would
from plugin.engine.ladders.calls import Call
from plugin.engine.ladders.running import Ladders, Plan

ROUNDS = 3
"""How often rules may hear in one look of what ladders did, so that none can go round for ever."""

_ASKING = frozenset({"note.added", "ticket.tagged", "ticket.created"})


def may_be_asked(config: Config, news: News) -> bool:
    """True when a new note or tag could ask for an escalation."""
    return bool(config.policies) and any(event.name in _ASKING for event in news.events)


def _plan_nothing(
    rule: str, unit: str, calls: Iterable[Call], why: str, *, asked: bool = False
) -> None:
    """Before the firings are there."""


@dataclass(slots=True)
class Climbing:
    """`ladders` stays None as long as nobody needs them. `heard` are the events rules have heard."""

    config: Config
    ticket: Ticket
    before: Memory
    now: datetime
    news: News
    watched: Watch
    plan: Plan = _plan_nothing
    ladders: Ladders | None = None
    heard: tuple[Event, ...] = ()
    _situation: Situation | None = field(default=None)

    def advance(self) -> News:
        """Move what is there; the news with the memory as it is then, for the conditions of rules."""
        ladders = self._begun()
        advance(ladders, self.news)
        memory = self.news.memory.with_changes(escalations=ladders.escalations)
        return News(self.news.events, memory)

    def escalate(
        self, rule: Rule, call: ActionCall | None, occasion: Occasion, at: datetime, why: str
    ) -> str:
        """What a rule asks for; see `firing.Escalating`."""
        ladders, situation = self._begun(), occasion.situation
        marks = [one.clock for one in situation.events if one.clock and one.name in rule.on]
        params = call.params if call else {}
        cause = Cause(
            Source.RULE,
            rule.name,
            str(params.get("reason") or ""),
            why,
            min(at, self.now),
            clock=marks[-1].key if marks else "",
        )
        is_suggested = rule.mode is Mode.SUGGEST
        if call is None:
            return suggest(ladders, rule, cause)
        others = tuple(one for one in rule.do if one is not call) if is_suggested else ()
        return escalate(ladders, params, cause, situation, only_suggest=is_suggested, others=others)

    def would(self, call: ActionCall, occasion: Occasion) -> str:
        """What a rule that only observes would lead to."""
        return would(self._begun(), call.params, occasion.situation)

    def occasions(self) -> Iterator[Occasion]:
        """What rules have not heard of yet, round by round."""
        for _ in range(ROUNDS):
            events = self._begun().heard()
            if not events:
                return
            self.heard += events
            memory = self.news.memory.with_changes(escalations=self._begun().escalations)
            for _, step in groupby(events, key=lambda event: event.step):
                situation = situation_of(
                    self.config, self.ticket, memory, self.now, tuple(step), watched=self.watched
                )
                yield Occasion(situation, memory.cycle, is_present=False)
        self.heard += self._begun().heard()

    def _begun(self) -> Ladders:
        if self.ladders is None:
            self.ladders = Ladders(
                self.config,
                self.ticket,
                self.news.memory,
                self.before,
                self.now,
                self.watched,
                self.plan,
                self._present,
            )
        return self.ladders

    def _present(self) -> Situation:
        if self._situation is None:
            self._situation = situation_of(
                self.config,
                self.ticket,
                self.news.memory,
                self.now,
                self.news.events,
                watched=self.watched,
            )
        return self._situation
