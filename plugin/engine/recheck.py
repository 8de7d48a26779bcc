"""Does a stored action still make sense? Asked at the fresh read, right before the call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from plugin.actions import ability_of, registry
from plugin.domain.helpdesk import Helpdesk
from plugin.domain.ladder import LADDER
from plugin.domain.memory import ActionState, Memory, Seen
from plugin.domain.notices import HeldNotice, NoticeKind
from plugin.domain.plan import PlannedAction
from plugin.domain.settings import Config, Mode, Rule
from plugin.domain.ticket import Priority, Ticket
from plugin.domain.watching import UNIT, situation_of, watch
from plugin.engine.firing import ESCALATE, OBSERVES
from plugin.engine.ladders.owing import AGAIN

TOUCHY = frozenset({"group", "assign", "state", "priority"})
"""What would take the ticket out of the hands of a person who is working on it."""

_UNDONE = {"tags": "untag", "priority": "priority", "group": "group", "owner": "assign"}


def reason_to_skip(
    action: PlannedAction, ticket: Ticket, memory: Memory, config: Config, now: datetime
) -> str | None:
    """Why the action makes no sense any more, in words; None when it still does.

    A rule that was removed, turned to observe or demoted since does nothing more. A rule that
    waits for time alone must still hold, until its first effect: once a firing has begun, its own
    writes may have changed what it looked at. What a rule with an event saw has happened, whatever
    came later. Each action looks at the rest itself.

    A ladder's action belongs to one step of an escalation, and to the policy that one started with,
    whatever the file says now: it is of no use once the escalation has gone on.
    """
    if action.rule.startswith(LADDER):
        return OBSERVES if config.only_observes else _reason_not_to_climb(action, memory)
    rule = next((rule for rule in config.rules if rule.name == action.rule), None)
    if rule is None:
        return "the rule is not in the file any more"
    if rule.mode is not Mode.ACT:
        return f"the rule's mode is {rule.mode} now"
    if action.rule in memory.demoted:
        return f"the rule is held at observe: {memory.demoted[action.rule]}"
    if _has_begun(action, memory):
        return None
    if action.cycle.startswith(UNIT):
        return _reason_not_to_warn(action, ticket, memory, config, now)
    if rule.on == {"time"}:
        return _reason_not_to_hold(rule, ticket, memory, config, now)
    return None


def reason_unable(action: PlannedAction, helpdesk: Helpdesk) -> str | None:
    """Why a ladder's own mark is left out on a host that has none; the file did not ask for it.

    Who is responsible is chosen on every host, whether they can follow tickets there or not.
    """
    if not action.rule.startswith(LADDER) or action.name == "subscribe":
        return None
    ability = ability_of(registry()[action.name])
    if ability is None:
        return None
    who = helpdesk.whoami()
    if ability not in who.abilities:
        return f"already so: this helpdesk has nothing like a {ability}"
    if action.name == "priority" and who.priorities is not None:
        wanted = str(action.params["to"])
        if Priority.from_word(wanted) not in who.priorities:
            return f"already so: nothing on this helpdesk stands for priority {wanted}"
    return None


def _reason_not_to_climb(action: PlannedAction, memory: Memory) -> str | None:
    number, _, step = action.cycle.removeprefix("e").rstrip(AGAIN).partition(".")
    if not action.cycle.startswith("e") or not (number.isdigit() and step.isdigit()):
        return None  # an answer to a command
    known = (one for one in memory.escalations if one.number == int(number))
    escalation = next(known, None)
    if escalation is None:
        return "the escalation is not known any more"
    if escalation.step != int(step):
        return f"the escalation has gone on: it is {escalation.phase}, level {escalation.level}"
    return None


def _reason_not_to_warn(
    action: PlannedAction, ticket: Ticket, memory: Memory, config: Config, now: datetime
) -> str | None:
    """A warning that could not go out in time is of no use once the clock has stopped."""
    clock = watch(config, ticket, memory, now).clock_of(action.cycle)
    if action.cycle.endswith("/met") or clock is None or not clock.phase.is_final:
        return None
    return f"no longer so: the {clock.metric} clock has stopped, {clock.stopped_by}"


def reason_untrue(notice: HeldNotice, memory: Memory) -> str:
    """Why a message that a rule wrote about an SLA clock is not true any more; "" while it is.

    As of the last look: nobody reads a ticket for a message.
    """
    running = memory.announced.running if memory.announced else None
    if notice.kind is not NoticeKind.RULE or running is None:
        return ""
    by = next((one for one in memory.actions if notice.key.startswith(f"{one.key}/")), None)
    if by is None or not by.cycle.startswith(UNIT) or by.cycle.endswith("/met"):
        return ""
    if any(by.cycle.startswith(f"{UNIT}{clock}/") for clock in running):
        return ""
    return "its SLA clock has stopped"


def _has_begun(action: PlannedAction, memory: Memory) -> bool:
    return any(
        record.rule == action.rule
        and record.cycle == action.cycle
        and record.name != ESCALATE  # done when it was decided
        and record.state in {ActionState.DONE, ActionState.UNKNOWN, ActionState.CLAIMED}
        and record.key != action.key
        for record in memory.actions
    )


def _reason_not_to_hold(
    rule: Rule, ticket: Ticket, memory: Memory, config: Config, now: datetime
) -> str | None:
    situation = situation_of(config, ticket, memory, now)
    if rule.when.holds(situation):
        return None
    return f"no longer so: {rule.when.judge(situation).reason}"


def hands_off_until(
    action: PlannedAction, planned_at: datetime, ticket: Ticket, config: Config, now: datetime
) -> datetime | None:
    """Until when to leave the ticket to the person who touched it after the plan; None: go on."""
    touched_at = ticket.touched_at
    if action.name not in TOUCHY or touched_at is None or touched_at <= planned_at:
        return None
    until = touched_at + config.guards.human_touch_grace
    return until if until > now else None


def written_since(
    action: PlannedAction, seen: Seen | None, ticket: Ticket
) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """What a call without an answer seems to have written, and what stood there before.

    Called when the action finds its work done already. The difference to what was last seen, in
    the action's own field, is taken for ours: else our own write would look like a person's.
    """
    if seen is None:
        return {}, {}
    added, removed = ticket.tags - seen.tags, seen.tags - ticket.tags
    now_and_before: dict[str, tuple[str, object, object]] = {
        "group": ("group", str(ticket.group.id), str(seen.group_id)),
        "assign": ("owner", _text(ticket.owner.id if ticket.owner else None), _text(seen.owner_id)),
        "state": ("state", ticket.state.name, seen.state),
        "priority": (
            "priority",
            ticket.priority.word if ticket.priority else "",
            seen.priority.word if seen.priority else "",
        ),
        "tag": ("tags", sorted(added), []),
        "untag": ("untagged", sorted(removed), []),
    }
    name = action.name if action.name != "undo" else _UNDONE.get(str(action.params.get("what")), "")
    if name not in now_and_before:
        return {}, {}
    field, after, before = now_and_before[name]
    return ({field: after}, {field: before}) if after != before else ({}, {})


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
