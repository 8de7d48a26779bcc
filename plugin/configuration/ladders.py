"""`policies:` → ladders with their checked actions, or every mistake with its place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field
from datetime import timedelta
from typing import Any

from plugin.configuration.document import Block, Items
from plugin.configuration.findings import Path
from plugin.configuration.ladder_schema import NO_PRIORITY
from plugin.configuration.rules import RuleCompiler
from plugin.domain.dataclass import dataclass
from plugin.domain.ladder import HINT, Kind, Level, Notice, Policy, Responsible, Urgency
from plugin.domain.settings import ActionCall
from plugin.domain.ticket import Priority

_SPANS = ("settle", "reopen_window", "cool_down")


@dataclass(slots=True)
class CompiledPolicy:
    """The actions of a policy: those of each level in order, and those of its end."""

    levels: list[tuple[ActionCall, ...]] = field(default_factory=list)
    exhausted: tuple[ActionCall, ...] = ()


def compile_policies(root: Block, rules: RuleCompiler) -> dict[str, CompiledPolicy]:
    """The actions of every policy; a `do` with a mistake counts as empty, and is told."""
    compiled: dict[str, CompiledPolicy] = {}
    for name, policy in policies_of(root):
        one = compiled[name] = CompiledPolicy()
        for index, level in levels_of(policy):
            one.levels.append(_do(level, ("policies", name, "levels", index), rules))
        exhausted = policy.get("exhausted")
        if isinstance(exhausted, Block):
            one.exhausted = _do(exhausted, ("policies", name, "exhausted"), rules)
    return compiled


def _do(entry: Block | None, path: Path, rules: RuleCompiler) -> tuple[ActionCall, ...]:
    if entry is None or "do" not in entry:
        return ()
    return rules.do(entry["do"], (*path, "do")) or ()


def policies_of(root: Block) -> Iterator[tuple[str, Block]]:
    """The policies that are mappings, by name."""
    section = root.get("policies")
    for name, policy in section.items() if isinstance(section, Block) else ():
        if isinstance(policy, Block):
            yield name, policy


def levels_of(policy: Block) -> Iterator[tuple[int, Block | None]]:
    """Index and level, None for one that is no mapping."""
    levels = policy.get("levels")
    for index, level in enumerate(levels if isinstance(levels, Items) else ()):
        yield index, level if isinstance(level, Block) else None


def numbers_of(levels: Any) -> list[int]:
    """The number of each level: from 0 when the first one waits, which makes it the hint."""
    entries = levels if isinstance(levels, list) else []
    begins = HINT if entries and isinstance(entries[0], dict) and "wait" in entries[0] else HINT + 1
    return [begins + index for index in range(len(entries))]


def kind_of(policy: Mapping[str, Any], level: Mapping[str, Any]) -> str:
    """Functional or hierarchical; a level may differ from its policy."""
    return str(level.get("type", policy.get("type", Kind.FUNCTIONAL.value)))


def build_policies(
    root: Block,
    loaded: Mapping[str, Any],
    compiled: Mapping[str, CompiledPolicy],
    teams: Mapping[str, Any],
) -> dict[str, Policy]:
    """Put the checked policies together; of a team without a pool the lead is responsible."""
    pooled = {name for name, team in teams.items() if "pool" in team}
    return {
        name: _policy(name, entry, compiled[name], root["policies"][name], pooled)
        for name, entry in loaded.items()
    }


def _policy(
    name: str,
    entry: Mapping[str, Any],
    compiled: CompiledPolicy,
    block: Block,
    pooled: Collection[str],
) -> Policy:
    settings: dict[str, Any] = {
        key: entry[key] for key in ("calendar", "repeat", "ack_timeout", "tags") if key in entry
    }
    settings |= {key: timedelta(seconds=entry[key].real_seconds) for key in _SPANS if key in entry}
    if "priority" in entry:
        word = entry["priority"]
        settings["priority"] = None if word == NO_PRIORITY else Priority.from_word(word)
    numbers = numbers_of(entry["levels"])
    return Policy(
        name=name,
        kind=Kind(entry.get("type", Kind.FUNCTIONAL)),
        levels=tuple(
            _level(number, entry, level, do, pooled)
            for number, level, do in zip(numbers, entry["levels"], compiled.levels, strict=True)
        ),
        exhausted=notices(entry.get("exhausted", {}).get("notify", ())),
        exhausted_do=compiled.exhausted,
        digest=hashlib.sha256(json.dumps(block, sort_keys=True).encode()).hexdigest()[:16],
        **settings,
    )


def _level(
    number: int,
    policy: Mapping[str, Any],
    entry: Mapping[str, Any],
    do: tuple[ActionCall, ...],
    pooled: Collection[str],
) -> Level:
    who = entry.get("responsible")
    if who and "team" in who and who["team"] not in pooled:
        who = {"lead": who["team"]}
    return Level(
        number=number,
        name=entry.get("name", ""),
        kind=Kind(kind_of(policy, entry)),
        responsible=Responsible(**who) if who else None,
        do=do,
        notify=notices(entry.get("notify", ())),
        **{
            key: entry[key]
            for key in ("ack_within", "resolve_within", "wait", "script", "link", "authority")
            if key in entry
        },
    )


def notices(entries: Any) -> tuple[Notice, ...]:
    """The entries of a `notify:`."""
    return tuple(Notice(to, Urgency(urgency)) for to, urgency in entries)
