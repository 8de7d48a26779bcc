"""An explanation in its two shapes: lines for a person, plain data for a script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from plugin.domain.memory import ActionRecord
from plugin.domain.plan import PlannedAction
from plugin.domain.verdict import Verdict

if TYPE_CHECKING:
    from plugin.engine.explain import Explanation, RuleExplanation

_YES, _NO = "\u2713", "\u2717"
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NESTS = {"all": "all of", "any": "any of", "none": "none of"}


def as_text(explanation: Explanation) -> str:
    """Facts, what happened, each rule as a tree, what was done, and the guards."""
    return "\n".join(_lines(explanation)) + "\n"


def as_json(explanation: Explanation) -> dict[str, object]:
    """The same as plain data."""
    return {
        "ticket": str(explanation.ref),
        "number": explanation.number,
        "url": explanation.url,
        "at": _iso(explanation.at),
        "timezone": explanation.timezone,
        "facts": dict(explanation.facts),
        "instants": {name: _iso(at) for name, at in explanation.instants},
        "events": [
            {"name": event.name, "at": _iso(event.at), "why": event.why}
            for event in explanation.events
        ],
        "rules": [_rule_as_json(rule) for rule in explanation.rules],
        "timers": [
            {"rule": timer.name, "due_at": _iso(timer.due_at), "why": timer.why}
            for timer in explanation.timers
        ],
        "would_do": [_action_as_json(action) for action in explanation.would],
        "actions": [
            _action_as_json(action)
            | {"planned_at": _iso(action.planned_at), "done_at": _iso(action.done_at)}
            for action in explanation.actions
        ],
        "guards": [
            {"name": guard.name, "used": guard.used, "limit": guard.limit}
            for guard in explanation.guards
        ],
        "sla": explanation.sla.as_json() if explanation.sla else None,
        "escalations": [ladder.as_json() for ladder in explanation.ladders],
    }


def _lines(explanation: Explanation) -> Iterator[str]:
    zone = ZoneInfo(explanation.timezone)

    def at(instant: datetime | None) -> str:
        return _local(instant, zone)

    yield f"Ticket {explanation.number} ({explanation.ref}) {explanation.url}"
    yield f"explained at {at(explanation.at)}, times in {explanation.timezone}"
    yield ""
    facts = [*explanation.facts, *((n, at(i)) for n, i in explanation.instants if i is not None)]
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        yield f"  {name:<{width}}  {value}"
    if explanation.events:
        yield ""
        yield "Since the last look"
        for event in explanation.events:
            yield f"  {at(event.at)}  {event.name}: {event.why}"
    if explanation.sla:
        yield ""
        yield from explanation.sla.lines(zone)
    for ladder in explanation.ladders:
        yield ""
        yield from ladder.lines(zone)
    yield ""
    yield "Rules" if explanation.rules else "No rules"
    for rule in explanation.rules:
        yield from _rule_lines(rule, zone)
    if explanation.would:
        yield ""
        yield "A look now would plan"
        for one in explanation.would:
            yield f"  {_planned(one)}"
    if explanation.actions:
        yield ""
        yield "Planned and done so far"
        for record in explanation.actions:
            when = at(record.done_at or record.planned_at)
            yield f"  {when}  {_planned(record)}"
    yield ""
    yield "Guards"
    for guard in explanation.guards:
        yield f"  {guard.name}: {guard.used} of {guard.limit}"


def _rule_lines(rule: RuleExplanation, zone: ZoneInfo) -> Iterator[str]:
    on = ", ".join(rule.on)
    yield f"{_YES if rule.fires else _NO} {rule.name} ({rule.mode}, on {on}) {rule.place}"
    yield f"    {rule.why}"
    if rule.demoted:
        yield f"    held at observe: {rule.demoted}"
    if rule.looks_again_at:
        yield f"    looks again {_local(rule.looks_again_at, zone)}"
    if rule.verdict:
        yield from _tree(rule.verdict, zone, "    ")


def _tree(verdict: Verdict, zone: ZoneInfo, indent: str) -> Iterator[str]:
    mark = _YES if verdict.holds else _NO
    until = f", may change {_local(verdict.changes_at, zone)}" if verdict.changes_at else ""
    if not verdict.parts:
        yield f"{indent}{mark} {verdict.reason or 'always'}{until}"
        return
    yield f"{indent}{mark} {_nest(verdict)}{until}"
    for part in verdict.parts:
        yield from _tree(part, zone, indent + "  ")


def _nest(verdict: Verdict) -> str:
    """`all`, `any` or `none` is the last word of the place; a mapping of several keys means all."""
    return _NESTS.get(verdict.path.rpartition(".")[2], "all of")


def _planned(action: ActionRecord | PlannedAction) -> str:
    detail = f" ({action.detail})" if action.detail else ""
    return f"{action.state.value:<9} {action.name:<9} by rule {action.rule!r}{detail}"


def _local(instant: datetime | None, zone: ZoneInfo) -> str:
    """`Mon 2026-11-23 09:00:00 +01:00`: the offset too, because clocks change."""
    if instant is None:
        return "never"
    local = instant.astimezone(zone)
    offset = local.strftime("%z")
    day = _WEEKDAYS[local.weekday()]
    return f"{day} {local:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:5]}"


def _iso(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat() if instant else None


def _rule_as_json(rule: RuleExplanation) -> dict[str, object]:
    return {
        "name": rule.name,
        "mode": rule.mode.value,
        "on": list(rule.on),
        "once_per": rule.once_per.value,
        "place": rule.place,
        "fires": rule.fires,
        "why": rule.why,
        "demoted": rule.demoted,
        "looks_again_at": _iso(rule.looks_again_at),
        "verdict": _verdict_as_json(rule.verdict) if rule.verdict else None,
    }


def _verdict_as_json(verdict: Verdict) -> dict[str, object]:
    return {
        "holds": verdict.holds,
        "reason": verdict.reason,
        "changes_at": _iso(verdict.changes_at),
        "path": verdict.path,
        "parts": [_verdict_as_json(part) for part in verdict.parts],
    }


def _action_as_json(action: ActionRecord | PlannedAction) -> dict[str, object]:
    return {
        "key": action.key,
        "rule": action.rule,
        "name": action.name,
        "state": action.state.value,
        "detail": action.detail,
    }
