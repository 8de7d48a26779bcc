"""What people ask of the ladders of a ticket: by note, tag, link or API, in the order they did it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from plugin.domain.commands import Command, Mistake
from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Ask, Cause, Request, Source
from plugin.domain.ladder import LADDER
from plugin.engine.events import News
from plugin.engine.ladders.asking import ask
from plugin.engine.ladders.calls import Call
from plugin.engine.ladders.looping import goes_round
from plugin.engine.ladders.people import (
    Deed,
    answers_of,
    button_pressed,
    commands_of,
    deed_asked,
    deed_of,
    named,
    shown,
    takers_of,
)
from plugin.engine.ladders.running import Ladders

COMMANDS: Final = f"{LADDER}commands"
"""Under which name answers to commands stand in the outbox: they belong to no escalation."""

_WRITTEN: Final = {Ask.ACKNOWLEDGE: "/ack", Ask.HAND_BACK: "/handback"}


def hear(ladders: Ladders, news: News) -> None:
    """Take in what people did since the last look, and every request that waits."""
    hearing = Hearing(ladders)
    deeds: list[tuple[datetime, Callable[[], object]]] = [
        (request.at, partial(hearing.grant, request)) for request in ladders.before.requests
    ]
    is_fresh = news.memory is not ladders.before  # a read older than the last one is no news
    if is_fresh:
        commands = commands_of(ladders.config, ladders.ticket, news.events)
        deeds += [(said.at, partial(hearing.follow, said)) for said in commands]
        takers = takers_of(ladders.ticket, ladders.before) if ladders.before.escalations else []
        deeds += [(deed.at, partial(hearing.took, deed)) for deed in takers]
        deeds += [
            (deed.at, partial(ladders.apply, deed, one.number))
            for one in ladders.running()
            for deed in answers_of(one, ladders.ticket, news.events)
        ]
    for _, happen in sorted(deeds, key=lambda deed: deed[0]):
        happen()
    if is_fresh and ladders.config.policies:
        tag = button_pressed(ladders.ticket, ladders.before)
        if tag is not None:
            hearing.pressed(tag)


@dataclass(frozen=True, slots=True)
class Hearing:
    """Understands what is asked for, and says so when it cannot be done."""

    ladders: Ladders

    def took(self, deed: Deed) -> None:
        """Somebody took the ticket: that is every ladder's business."""
        for one in self.ladders.running():
            self.ladders.apply(deed, one.number)

    # Commands in notes ----------------------------------------------------------------------

    def follow(self, said: Command | Mistake) -> None:
        """Do what a command says, or answer why not."""
        config = self.ladders.config
        if isinstance(said, Mistake):
            if config.policies or self.ladders.running():
                sentence = said.sentence(config.defaults.language)
                self._answer(said.message_id, said.said, sentence)
            return
        if said.what is Ask.EXPLAIN:
            refused = self._explain(said)
        elif said.what is Ask.ESCALATE:
            cause = Cause(Source.NOTE, "", said.reason, "", said.at, by=shown(said.by))
            refused = ask(self.ladders, said.policy, cause, None)
        else:
            refused = self._do(said)
        if refused:
            self._answer(said.message_id, _WRITTEN.get(said.what, f"/{said.what}"), refused)

    def _do(self, said: Command) -> str:
        deed, running = deed_of(said), self.ladders.running()
        if not running or deed is None:
            return "No escalation is open on this ticket."
        done = [self.ladders.apply(deed, one.number) for one in running]
        if any(done):
            return ""
        if said.what in {Ask.ACCEPT, Ask.REJECT}:
            return "Nothing is suggested on this ticket."
        if said.what is Ask.SNOOZE:
            return "Nobody is left to ask: take it with /ack, or hand it back with a reason."
        return "It is only a suggestion: /accept or /reject it."

    def _explain(self, said: Command) -> str:
        running = self.ladders.running()
        for one in running:
            params = {"name": "ladder_explain", "escalation": one.number, "step": one.step}
            why = f"{shown(said.by)} asked how it stands"
            self.ladders.plan(one.rule, f"m{said.message_id}", [Call("note", params)], why)
        return "" if running else "No escalation is open on this ticket."

    def _answer(self, message_id: int, command: str, answer: str) -> None:
        params = {"name": "command_answer", "command": command, "answer": answer}
        self.ladders.plan(COMMANDS, f"m{message_id}", [Call("note", params)], answer)
        self._tell(f"{command}: {answer}")

    # Requests from outside ------------------------------------------------------------------

    def grant(self, asked: Request) -> None:
        """Do what was asked for by link or through the API; what cannot be done is told in the audit."""
        params: Mapping[str, Any] = asked.params if isinstance(asked.params, Mapping) else {}
        by = named(str(asked.by or params.get("source") or ""))
        if asked.what is Ask.CLOSED_OUTSIDE:
            refused = self._closed_outside(asked, str(params.get("reference") or ""))
        elif asked.what is Ask.ESCALATE:
            reason, case = str(params.get("reason") or ""), str(params.get("reference") or "")
            cause = Cause(Source.OUTSIDE, "", reason, "", asked.at, by=by, reference=case)
            policy, start = params.get("policy"), params.get("start_level")
            level = start if isinstance(start, int) else None
            refused = ask(self.ladders, str(policy) if policy else None, cause, level)
        else:
            refused = self._do_asked(asked)
        if refused:
            self._tell(f"{asked.what}, asked for by {by or 'somebody'}: {refused}")

    def _do_asked(self, asked: Request) -> str:
        deed = deed_asked(asked, self.ladders.ticket)
        meant = [one for one in self.ladders.running() if asked.escalation in {None, one.number}]
        if deed is None or not meant:
            return "no such escalation is open"
        done = [self.ladders.apply(deed, one.number) for one in meant]
        return "" if any(done) else "too late: the ladder has gone on"

    def _closed_outside(self, asked: Request, reference: str) -> str:
        meant = [one for one in self.ladders.running() if asked.escalation in {None, one.number}]
        for one in meant:
            cases = {cause.reference for cause in one.causes} & {reference} - {""}
            causes = tuple(
                replace(cause, gone_at=asked.at)
                if not cases or cause.reference == reference
                else cause
                for cause in one.causes
            )
            self.ladders.keep(one.with_changes(causes=causes, changed_at=self.ladders.now))
        self._tell(f"the other system has closed its case {reference}".rstrip())
        return "" if meant else "no such escalation is open"

    # The tag --------------------------------------------------------------------------------

    def pressed(self, tag: str) -> None:
        """The tag asks for an escalation, and comes off again like a button that springs back.

        Something that puts it back each time is a machine: then it stays on and asks for nothing.
        """
        ladders = self.ladders
        unit = f"t{int(ladders.ticket.updated_at.timestamp())}"
        if looped := goes_round(ladders, presses_of(ladders)):
            answer = f"The tag was put on {looped}: it stays on and asks for nothing."
            params = {"name": "command_answer", "command": f"tag {tag}", "answer": answer}
            ladders.plan(COMMANDS, unit, [Call("note", params)], answer)
            self._tell(f"tag {tag}: {answer}")
            return
        refused = ask(ladders, None, Cause(Source.TAG, "", "", "", ladders.now), None)
        calls = [Call("untag", {"tags": [tag]})]
        if refused:
            params = {"name": "command_answer", "command": f"tag {tag}", "answer": refused}
            calls.append(Call("note", params))
            self._tell(f"tag {tag}: {refused}")
        ladders.plan(COMMANDS, unit, calls, refused or f"the tag {tag} asked for an escalation")

    def _tell(self, why: str) -> None:
        self.ladders.tell(COMMANDS, why)


def presses_of(ladders: Ladders) -> list[datetime]:
    """When the tag was taken for a button pressed: each time it came off again."""
    return [
        record.planned_at
        for record in ladders.memory.actions
        if record.rule == COMMANDS and record.name == "untag"
    ]
