"""What moves the escalations that are there: people first, then their causes, then time."""

from __future__ import annotations

from plugin.domain.escalation import Escalation, Phase, Taken
from plugin.domain.ladder import HINT
from plugin.domain.level_time import actions_of, calendar_of
from plugin.domain.memory import ActionState
from plugin.domain.transitions import Signal
from plugin.engine.events import News
from plugin.engine.ladders.causes import are_gone
from plugin.engine.ladders.hearing import hear
from plugin.engine.ladders.looping import goes_round, leave_closed
from plugin.engine.ladders.owing import tell_owed
from plugin.engine.ladders.running import Ladders
from plugin.engine.ladders.timing import Due, due_of, idle_at, worked_at


def advance(ladders: Ladders, news: News) -> None:
    """Let what happened and what passed move them; in one look time moves each one step at most."""
    for one in ladders.running():
        _learn_who_had_it(ladders, one)
    hear(ladders, news)
    _reopen(ladders, news)
    for one in ladders.running():
        _look_at_causes(ladders, one)
    for one in ladders.running():
        _let_time_pass(ladders, one)
    tell_owed(ladders)


def _learn_who_had_it(ladders: Ladders, one: Escalation) -> None:
    """Who was chosen is known once a level's actions were done."""
    had = list(one.had)
    done = [
        record
        for record in actions_of(one, ladders.memory.actions)
        if record.state is ActionState.DONE and record.name != "undo"
    ]
    for record in sorted(done, key=lambda record: record.done_at or record.planned_at):
        who = record.wrote.get("responsible") or record.wrote.get("owner")
        if who and str(who) not in had:
            had.append(str(who))
    if tuple(had) != one.had:
        ladders.keep(one.with_changes(had=tuple(had)))


def _reopen(ladders: Ladders, news: News) -> None:
    """A ticket that was closed by mistake, or too early, goes on where it stood."""
    reopened = [event.at for event in news.events if event.name == "ticket.reopened"]
    if not reopened or ladders.ticket.is_closed:
        return
    for one in ladders.over():
        by_closing = one.phase is Phase.RESOLVED and one.gone_since is None
        if not by_closing or ladders.running_on(one.policy.name):
            continue
        in_time = max(reopened) - one.changed_at <= one.policy.reopen_window
        if not in_time or _why_gone(ladders, one):
            continue
        if looped := goes_round(ladders, [step.at for step in one.taken if _is_end(step)]):
            leave_closed(ladders, one, looped)
            continue
        ladders.move(one, Signal.REOPEN, "the ticket was opened again")


def _is_end(step: Taken) -> bool:
    return step.what == Phase.RESOLVED.value


def _look_at_causes(ladders: Ladders, one: Escalation) -> None:
    if ladders.ticket.is_closed:
        ladders.move(one, Signal.CLOSE, "the ticket was closed")
        return
    why = _why_gone(ladders, one)
    since = one.gone_since
    if why and since is not None and ladders.now - since >= one.policy.settle:
        ladders.move(one, Signal.GONE, why)
    elif why and since is None and one.policy.settle:
        ladders.keep(one.with_changes(gone_since=ladders.now))
    elif why and since is None:
        ladders.move(one, Signal.GONE, why, gone_since=ladders.now)
    elif not why and since is not None:
        ladders.keep(one.with_changes(gone_since=None))


def _why_gone(ladders: Ladders, one: Escalation) -> str | None:
    return are_gone(one, ladders.config, ladders.situation(), ladders.watched)


def _let_time_pass(ladders: Ladders, one: Escalation) -> None:
    if one.gone_since is not None:
        return  # nobody is troubled for a cause that seems to be gone
    now, calendar = ladders.now, calendar_of(ladders.config, one.policy)
    if one.phase is Phase.SNOOZED and one.snoozed_until and one.snoozed_until <= now:
        ladders.move(one, Signal.WAKE, "the snooze is over")
        return
    observed = ladders.memory.observed
    if one.phase is Phase.ACKNOWLEDGED:
        one = one.with_changes(worked_at=worked_at(one, ladders.ticket, observed))
        ladders.keep(one)
    due = due_of(one, ladders.memory.actions, calendar, now)
    if due is not None:
        _climb(ladders, one, due)
        return
    idle = idle_at(one, ladders.ticket, calendar, observed)
    if idle is not None and idle <= now:
        why = f"nobody worked on it for {one.policy.ack_timeout}"
        ladders.move(one, Signal.IDLE, why)


def _climb(ladders: Ladders, one: Escalation, due: Due) -> None:
    why = _why_time_is_up(one)
    if due.level is None:
        ladders.move(one, Signal.LAST, why)
        return
    if due.round > one.round:
        why += "; it was the last level, and the ladder is climbed again"
    ladders.move(one, Signal.NEXT, why, level=due.level, round=due.round, skipped=due.skipped)


def _why_time_is_up(one: Escalation) -> str:
    if one.level == HINT:
        return "nobody answered within the grace of the hint"
    if one.phase is Phase.ACKNOWLEDGED:
        return f"level {one.level} was not solved in time"
    return f"nobody acknowledged level {one.level} in time"
