"""What Deskladder leaves behind on a ticket, told from the file: where a host keeps no history of tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plugin.domain.settings import ActionCall, Config
from plugin.engine.ladders.calls import ESCALATED, level_tag


def own_tags(config: Config) -> frozenset[str]:
    """The tags the file's rules and ladders set, folded."""
    return frozenset(tag.casefold() for tag in _tags(config))


def _tags(config: Config) -> Iterator[str]:
    for rule in config.rules:
        yield from _set_by(rule.do)
    for policy in config.policies.values():
        yield from _set_by(policy.exhausted_do)
        for level in policy.levels:
            yield from _set_by(level.do)
            if policy.tags:
                yield level_tag(level.number)
        if policy.tags:
            yield ESCALATED


def _set_by(calls: Iterable[ActionCall]) -> Iterator[str]:
    for call in calls:
        if call.name == "tag":
            yield from map(str, call.params.get("tags") or ())
