"""What a reload changed, in words for the log and the audit; secrets only as "changed"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime, time, timedelta
from typing import Any

from plugin.domain.duration import Duration
from plugin.domain.ladder import MatrixRow
from plugin.domain.settings import Config, Rule


def describe_changes(old: Config, new: Config) -> list[str]:
    """One sentence part for each difference; empty when the two mean the same."""
    changes: list[str] = []
    changes += _entries("helpdesk", old.helpdesks, new.helpdesks)
    changes += _settings("defaults", old.defaults, new.defaults)
    if old.promise != new.promise:
        changes.append(f"defaults.promise {_shown(old.promise)} → {_shown(new.promise)}")
    changes += _settings("guard", old.guards, new.guards)
    changes += _entries("calendar", old.calendars, new.calendars)
    changes += _entries("team", old.teams, new.teams)
    changes += _rules(old, new)
    changes += _sla(old, new)
    changes += _entries(
        "policy", old.policies, new.policies, lambda one, other: bool(one.digest == other.digest)
    )
    changes += _matrix(old, new)
    changes += _people(old, new)
    changes += _service(old, new)
    changes += _entries("reply", old.replies, new.replies)
    changes += _entries("note", old.notes, new.notes)
    changes += _entries("notify channel", old.notify, new.notify)
    return changes


def _entries(
    noun: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    same: Callable[[Any, Any], bool] = lambda one, other: bool(one == other),
) -> list[str]:
    changes = [f"{noun} {name!r} removed" for name in old if name not in new]
    changes += [f"{noun} {name!r} added" for name in new if name not in old]
    changes += [
        f"{noun} {name!r} changed" for name in new if name in old and not same(old[name], new[name])
    ]
    return changes


def _settings(noun: str, old: Any, new: Any) -> list[str]:
    return [
        f"{noun} {item.name} {_shown(getattr(old, item.name))} → {_shown(getattr(new, item.name))}"
        for item in fields(new)
        if getattr(old, item.name) != getattr(new, item.name)
    ]


def _rules(old: Config, new: Config) -> list[str]:
    before = {rule.name: rule for rule in old.rules}
    after = {rule.name: rule for rule in new.rules}
    changes = _entries("rule", before, after, _is_same)
    for name, rule in after.items():
        if name in before and before[name].mode is not rule.mode:
            changes.append(f"rule {name!r} mode {before[name].mode} → {rule.mode}")
    kept = [name for name in before if name in after]
    if kept != [name for name in after if name in before]:
        changes.append("order of rules changed")
    return changes


def _sla(old: Config, new: Config) -> list[str]:
    before = {sla.name: sla for sla in old.sla}
    after = {sla.name: sla for sla in new.sla}
    changes = _entries(
        "SLA policy", before, after, lambda one, other: bool(one.digest == other.digest)
    )
    kept = [name for name in before if name in after]
    if kept != [name for name in after if name in before]:
        changes.append("order of SLA policies changed")
    return changes


def _matrix(old: Config, new: Config) -> list[str]:
    """Rows are told apart by their conditions; their order means nothing."""
    before = {row.text: row for row in old.matrix}
    after = {row.text: row for row in new.matrix}
    named = {text: f"({text})" if text else "for all other tickets" for text in before | after}
    changes = [f"matrix row {named[text]} removed" for text in before if text not in after]
    changes += [
        f"matrix row {named[text]} added: {_led_to(after[text])}"
        for text in after
        if text not in before
    ]
    changes += [
        f"matrix row {named[text]}: {_led_to(before[text])} → {_led_to(after[text])}"
        for text in after
        if text in before and _led_to(before[text]) != _led_to(after[text])
    ]
    return changes


def _led_to(row: MatrixRow) -> str:
    said = [row.policy]
    if row.start_level is not None:
        said.append(f"from level {row.start_level}")
    if row.max_level is not None:
        said.append(f"up to level {row.max_level}")
    if row.ack_within is not None:
        said.append(f"ack_within {row.ack_within}")
    if row.resolve_within is not None:
        said.append(f"resolve_within {row.resolve_within}")
    return ", ".join(said)


def _people(old: Config, new: Config) -> list[str]:
    """How many, not who: what changed is written to the log, and addresses never are."""
    before, after = old.people, new.people
    counts = (
        ("removed", sum(address not in after for address in before)),
        ("added", sum(address not in before for address in after)),
        ("changed", sum(one != after.get(address, one) for address, one in before.items())),
    )
    return [
        f"{count} {'person' if count == 1 else 'people'} {word}" for word, count in counts if count
    ]


def _service(old: Config, new: Config) -> list[str]:
    hidden = [f"service {key}" for key in ("api_token", "heartbeat_url")]
    return [
        next((f"{one} changed" for one in hidden if told.startswith(f"{one} ")), told)
        for told in _settings("service", old.service, new.service)
    ]


def _is_same(old: Rule, new: Rule) -> bool:
    return (old.digest, old.once_per) == (new.digest, new.once_per)


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return str(Duration(minutes=seconds // 60, seconds=seconds % 60))
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
