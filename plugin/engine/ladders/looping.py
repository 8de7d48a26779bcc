"""A ladder that goes round with something that answers what it does, such as a trigger of the helpdesk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from plugin.domain.escalation import Escalation
from plugin.engine.ladders.calls import Call
from plugin.engine.ladders.running import Ladders


def goes_round(ladders: Ladders, instants: Iterable[datetime]) -> str:
    """What goes round, in words, when it happened too often within `guards.loop_window`; "" else.

    Rules that go round are held back on all tickets; a ladder only on the ticket where it does: it
    is asked for by many rules and people, who must find it on the next one.
    """
    guards, now = ladders.config.guards, ladders.now
    recent = [at for at in instants if at > now - guards.loop_window]
    if len(recent) < guards.loop_firings:
        return ""
    minutes = int(guards.loop_window.total_seconds() // 60)
    return (
        f"{len(recent)} times within {minutes} minutes, as if a trigger of the helpdesk answered what "
        f"we do (guards.loop_firings is {guards.loop_firings})"
    )


def leave_closed(ladders: Ladders, one: Escalation, looped: str) -> None:
    """Say once why an escalation is not opened again with its ticket, and how a person opens one."""
    why = f"{one.policy.name} is not opened again: it ended {looped}: /escalate opens it."
    params = {"name": "command_answer", "answer": why}
    ladders.plan(one.rule, f"loop{one.number}.{one.step}", [Call("note", params)], why)
    ladders.tell(one.rule, why)
