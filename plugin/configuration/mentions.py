"""Which names of the helpdesk's things a file mentions: read from the file itself, for their places.

Nothing is checked here: what has no known shape is passed over, `check` tells about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from plugin.configuration.document import Block, Items, Span
from plugin.configuration.inclusion import read_all
from plugin.configuration.scalars import Concealed
from plugin.configuration.variables import Variables
from plugin.domain.mentions import Mention, Thing

_NESTING = frozenset({"all", "any", "none", "not"})
_NOBODY = frozenset({"nobody", "unassigned", "lead", "group", "responsible", "owner"})
HIERARCHICAL = "hierarchical"
_ROW_KEYS = frozenset({"policy", "start_level", "max_level", "targets", "name"})
_ASKED = {"group": Thing.GROUP, "owner": Thing.PERSON, "state": Thing.STATE, "tags": Thing.TAG}


def read_mentions(path: Path, environ: Mapping[str, str]) -> tuple[Mention, ...]:
    """Every name in the file and those it includes, in their order."""
    reading = read_all(path, Variables(environ))
    return tuple(mentions_of(reading.root))


def mentions_of(root: Block) -> Iterator[Mention]:
    """The same for a tree that was read."""
    asked = _leads_asked(root)
    for name, team in _items(root.get("teams")):
        yield from _team(team, lead_is_asked=name in asked)
    for policy in _listed(root.get("sla")):
        yield from _asked(policy.get("when"))
        yield from _names(policy, "pause_in", Thing.STATE, is_done=False)
    for row in _listed(root.get("matrix")):
        yield from _asked_keys(row, skipped=_ROW_KEYS)
    for ladder in _blocks(root.get("policies")):
        yield from _ladder(ladder)
    for rule in _listed(root.get("rules")):
        yield from _asked(rule.get("when"))
        yield from _done(rule.get("do"))


def _leads_asked(root: Block) -> set[str]:
    """The teams whose leads get tickets; the other leads are only told."""
    found = {
        name
        for name, team in _items(root.get("teams"))
        if isinstance(pool := team.get("pool"), Block)
        and "lead" in {_text(pool.get("if_none")), _text(pool.get("strategy"))}
    }
    actions = [rule.get("do") for rule in _listed(root.get("rules"))]
    for ladder in _blocks(root.get("policies")):
        for level in _listed(ladder.get("levels")):
            responsible = level.get("responsible")
            if isinstance(responsible, Block) and not _is_hierarchical(level, ladder):
                found.add(_text(responsible.get("lead")))
            actions.append(level.get("do"))
    for action in (one for listed in actions for one in _listed(listed)):
        target = action.get("assign")
        if isinstance(target, Block):
            found.add(_text(target.get("lead")))
    return found - {""}


def _is_hierarchical(level: Block, ladder: Block) -> bool:
    return _text(level.get("type") or ladder.get("type")) == HIERARCHICAL


def _items(section: Any) -> list[tuple[str, Block]]:
    pairs = section.items() if isinstance(section, Block) else ()
    return [(name, entry) for name, entry in pairs if isinstance(entry, Block)]


def _team(team: Block, *, lead_is_asked: bool) -> Iterator[Mention]:
    group = _text(team.get("group"))
    yield from _names(team, "group", Thing.GROUP)
    for mention in _names(team, "lead", Thing.PERSON):
        yield replace(mention, group=group if lead_is_asked else "", is_told=not lead_is_asked)
    pool = team.get("pool")
    if isinstance(pool, Block):
        for mention in _pool(pool):
            yield replace(mention, group=group)
    skills = team.get("skills")
    if isinstance(skills, Block):
        for skill in skills:
            for mention in _names(skills, skill, Thing.PERSON):
                yield replace(mention, group=group)


def _pool(pool: Block) -> Iterator[Mention]:
    yield from _names(pool, "members", Thing.PERSON)
    yield from _names(pool, "if_none", Thing.PERSON)
    rota = pool.get("rota")
    if isinstance(rota, Block):
        yield from _names(rota, "people", Thing.PERSON)
    for override in _listed(pool.get("overrides")):
        yield from _names(override, "who", Thing.PERSON)


def _ladder(ladder: Block) -> Iterator[Mention]:
    for level in _listed(ladder.get("levels")):
        responsible = level.get("responsible")
        if isinstance(responsible, Block):
            is_told = _is_hierarchical(level, ladder)
            for mention in _names(responsible, "person", Thing.PERSON):
                yield replace(mention, is_told=is_told)
        yield from _done(level.get("do"))
    exhausted = ladder.get("exhausted")
    if isinstance(exhausted, Block):
        yield from _done(exhausted.get("do"))


def _done(actions: Any) -> Iterator[Mention]:
    for action in _listed(actions):
        for word, value in action.items():
            yield from _action(action, word, value)


def _action(action: Block, word: str, value: Any) -> Iterator[Mention]:
    place = action.value_spans[word]
    match word:
        case "group":
            yield from _or_key(action, word, "to", Thing.GROUP)
        case "assign":
            yield from _or_key(action, word, "to", Thing.PERSON)
        case "subscribe":
            yield _mention(Thing.SUBSCRIPTION, "subscribe", place)
            yield from _or_key(action, word, "to", Thing.PERSON)
        case "tag":
            yield from _or_key(action, word, "tags", Thing.TAG)
        case "untag":
            for mention in _or_key(action, word, "tags", Thing.TAG):
                yield replace(mention, is_done=False)
        case "state":
            yield from _or_key(action, word, "to", Thing.STATE)
        case "priority":
            yield _mention(Thing.PRIORITY, "priority", place)
        case "reply":
            yield _mention(Thing.REPLY, "reply", place)
        case "field" if isinstance(value, Block):
            yield from _names(value, "name", Thing.FIELD)


def _or_key(action: Block, word: str, key: str, thing: Thing) -> Iterator[Mention]:
    """The value itself, or what stands under `key` of it."""
    value = action[word]
    if isinstance(value, Block):
        yield from _names(value, key, thing)
    else:
        yield from _names(action, word, thing)


def _asked(condition: Any) -> Iterator[Mention]:
    if isinstance(condition, Block):
        yield from _asked_keys(condition)
    for part in _listed(condition):
        yield from _asked_keys(part)


def _asked_keys(block: Block, skipped: frozenset[str] = frozenset()) -> Iterator[Mention]:
    for key, value in block.items():
        if key in _NESTING:
            yield from _asked(value)
        elif key.startswith("field.") and key not in skipped:
            name = key.partition(".")[2]
            yield _mention(Thing.FIELD, name, block.key_spans[key], is_done=False)
        elif key in _ASKED and key not in skipped:
            yield from _operands(block, key, _ASKED[key])


def _operands(block: Block, key: str, thing: Thing) -> Iterator[Mention]:
    """`group: Finance`, `group: [Finance]` or `group: {not: Finance}`."""
    value = block[key]
    if isinstance(value, Block):
        for operator in value:
            yield from _names(value, operator, thing, is_done=False)
    else:
        yield from _names(block, key, thing, is_done=False)


def _names(block: Block, key: str, thing: Thing, *, is_done: bool = True) -> Iterator[Mention]:
    """The name or the list of names under a key."""
    value = block.get(key)
    if isinstance(value, Items):
        for item, span in zip(value, value.spans, strict=True):
            yield from _one(thing, item, span, is_done=is_done)
    elif key in block:
        yield from _one(thing, value, block.value_spans[key], is_done=is_done)


def _one(thing: Thing, value: Any, span: Span, *, is_done: bool) -> Iterator[Mention]:
    name = _text(value)
    if not name or (thing is Thing.PERSON and name.casefold() in _NOBODY):
        return
    mention = _mention(thing, name, span, is_done=is_done)
    yield replace(mention, shown=value.source) if isinstance(value, Concealed) else mention


def _mention(thing: Thing, name: str, span: Span, *, is_done: bool = True) -> Mention:
    return Mention(thing, name, span.place, is_done=is_done)


def _text(value: Any) -> str:
    return "".join(value).strip() if isinstance(value, str) else ""


def _blocks(section: Any) -> list[Block]:
    """The entries of a mapping from names."""
    return [entry for _, entry in _items(section)]


def _listed(section: Any) -> list[Block]:
    values = section if isinstance(section, Items) else ()
    return [value for value in values if isinstance(value, Block)]
