"""What people did since the last look that moves a ladder: commands, requests, owners, answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from plugin.domain.commands import Command, Mistake, commands_in
from plugin.domain.dataclass import dataclass
from plugin.domain.escalation import Ask, Escalation, Phase, Request
from plugin.domain.ladder import HINT
from plugin.domain.memory import Memory
from plugin.domain.plan import Event
from plugin.domain.settings import Config
from plugin.domain.ticket import Message, MessageKind, Person, Role, Ticket
from plugin.domain.transitions import Signal
from plugin.engine.changes import tags_changed, transitions_of
from plugin.engine.events import is_news

BUTTON = "escalate"
"""The tag that asks for an escalation; it comes off again at once."""

_SIGNALS = {
    Ask.ACKNOWLEDGE: Signal.ACKNOWLEDGE,
    Ask.HAND_BACK: Signal.HAND_BACK,
    Ask.SNOOZE: Signal.SNOOZE,
    Ask.ACCEPT: Signal.ACCEPT,
    Ask.REJECT: Signal.REJECT,
}
_AT_WORK = frozenset({Phase.OPEN, Phase.ACKNOWLEDGED, Phase.SNOOZED})
_DEFAULT_SNOOZE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a person did. `by` is a name to show, `agent` the id of an agent, "" when not known.

    `hidden` is true when the ticket does not show it: it came by link or through the API.
    `period` is that of a snooze. `number` and `step` say which escalation it is about, and at which
    step it was asked for; None: whichever runs.
    """

    signal: Signal
    at: datetime
    why: str
    by: str = ""
    agent: str = ""
    hidden: bool = False
    period: timedelta | None = None
    number: int | None = None
    step: int | None = None


def new_notes(ticket: Ticket, events: tuple[Event, ...]) -> list[Message]:
    """The internal notes that are news."""
    wanted = {event.message_id for event in events if event.name == "note.added"}
    return [message for message in ticket.messages if message.id in wanted] if wanted else []


def commands_of(
    config: Config, ticket: Ticket, events: tuple[Event, ...]
) -> list[Command | Mistake]:
    """The commands in notes that are news, oldest first."""
    found = (
        commands_in(note, config.policies, matrix=bool(config.matrix))
        for note in new_notes(ticket, events)
    )
    return [one for one in found if one is not None]


def button_pressed(ticket: Ticket, memory: Memory) -> str | None:
    """The tag that asks for an escalation, as it is written on the ticket; None without.

    Put on again since we took it off, it asks again, though the last look saw it too.
    """
    tag = next((tag for tag in sorted(ticket.tags) if tag.lower() == BUTTON), None)
    if tag is None:
        return None
    if memory.seen is None:
        return tag if is_news(ticket, memory) else None
    if tag in tags_changed(ticket, memory).added:
        return tag
    looked_at = memory.looked_at
    again = any(
        record.done_at is not None and looked_at is not None and record.done_at >= looked_at
        for record in memory.actions
        if tag in _texts(record.wrote.get("untagged"))
    )
    return tag if again else None


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []


def deed_of(command: Command) -> Deed | None:
    """A command as a deed; None for those that are none (`/escalate`, `/explain`)."""
    signal = _SIGNALS.get(command.what)
    if signal is None:
        return None
    return Deed(
        signal,
        command.at,
        command.reason or f"{shown(command.by)} wrote so",
        by=shown(command.by),
        agent=id_of(command.by),
        period=command.period,
    )


def deed_asked(request: Request, ticket: Ticket) -> Deed | None:
    """A request as a deed; None for those that are none (escalate, closed outside)."""
    signal = _SIGNALS.get(request.what)
    if signal is None:
        return None
    params = request.params if isinstance(request.params, dict) else {}
    by = _name_on(ticket, str(params.get("agent") or "")) or named(request.by)
    return Deed(
        signal,
        request.at,
        str(params.get("reason") or f"{by or 'somebody'} asked for it by link"),
        by=by,
        agent=str(params.get("agent") or ""),
        hidden=True,
        period=period_of(params.get("for")),
        number=request.escalation,
        step=request.step,
    )


def takers_of(ticket: Ticket, memory: Memory) -> list[Deed]:
    """People who took the ticket or gave it to somebody since the last look."""
    found = []
    for one in transitions_of("owner", ticket, memory):
        if one.by_human and one.after:
            by = _owner_name(one.after, ticket)
            why = f"{by} took the ticket over"
            found.append(Deed(Signal.ACKNOWLEDGE, one.at, why, by=by, agent=one.after))
    return found


def answers_of(escalation: Escalation, ticket: Ticket, events: tuple[Event, ...]) -> Iterator[Deed]:
    """Public answers by an agent that count for this escalation.

    At the hint any answer does, also when somebody took the ticket to give it; later one by who had
    the ticket in it, or owns it.
    """
    is_hint = escalation.level == HINT and escalation.phase in _AT_WORK
    if not is_hint and escalation.phase not in {Phase.OPEN, Phase.SNOOZED, Phase.EXHAUSTED}:
        return
    answered = {event.message_id for event in events if event.name == "agent.replied"}
    if not answered:
        return
    known = {*escalation.had}
    if ticket.owner is not None and ticket.owner.id is not None:
        known.add(str(ticket.owner.id))
    for message in ticket.messages:
        if message.id not in answered or message.kind is not MessageKind.AGENT:
            continue
        author = message.author
        by = shown(author)
        if is_hint:
            why = f"{by} answered within the grace of the hint"
            yield Deed(Signal.ANSWER, message.created_at, why, by=by, agent=id_of(author))
        elif id_of(author) in known:
            why = f"{by} answered the customer"
            yield Deed(Signal.ACKNOWLEDGE, message.created_at, why, by=by, agent=id_of(author))


def period_of(value: object) -> timedelta:
    """How long a snooze lasts: `2h` as in the file, in real time; an hour when it does not say."""
    from plugin.domain.duration import Duration

    try:
        length = Duration.parse(str(value))
    except ValueError:
        return _DEFAULT_SNOOZE
    seconds = length.real_seconds + length.business_days * 86400
    return timedelta(seconds=seconds) or _DEFAULT_SNOOZE


def shown(person: Person) -> str:
    """What to call a person: never the address."""
    return person.name or f"agent {person.id}"


def id_of(person: Person) -> str:
    """The person's id as text."""
    return "" if person.id is None else str(person.id)


def named(by: str) -> str:
    """A name to show; of an address only what stands before the @."""
    return by.partition("@")[0]


def _name_on(ticket: Ticket, agent: str) -> str:
    """What the ticket calls this agent: a link knows an id alone. Empty when it does not."""
    people = [ticket.owner, *(message.author for message in ticket.messages)]
    known = (one for one in people if one is not None and one.role is Role.AGENT)
    return next((shown(one) for one in known if agent and id_of(one) == agent), "")


def _owner_name(agent: str, ticket: Ticket) -> str:
    owner = ticket.owner
    if owner is not None and id_of(owner) == agent:
        return shown(owner)
    return f"agent {agent}"
