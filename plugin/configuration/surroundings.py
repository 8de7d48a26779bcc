"""What the sections of a file say about each other, as far as it could be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plugin.configuration.document import Block, Items, Source, Span
from plugin.configuration.findings import Path
from plugin.configuration.rules import HostInUse
from plugin.domain.calendar import Calendar
from plugin.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The raw tree with the few questions that checks of ladders ask.

    `complete` is false when an included file could not be read: then any name may be right.
    """

    root: Block
    calendars: Mapping[str, Calendar]
    hosts: Sequence[HostInUse]
    complete: bool

    def section(self, name: str) -> Block:
        """A section that is a mapping; an empty one when it is not there or something else."""
        return block_of(self.root, name)

    def entries(self, name: str) -> Iterator[tuple[str, Block]]:
        """The entries of a section by name, those that are mappings."""
        for key, entry in self.section(name).items():
            if isinstance(entry, Block):
                yield key, entry

    def team(self, name: object) -> Block | None:
        """A team of the file."""
        team = self.section("teams").get(name) if isinstance(name, str) else None
        return team if isinstance(team, Block) else None

    def lead_of(self, team: object) -> str | None:
        """Who leads a team, when the file says so."""
        found = self.team(team)
        return text_of(found, "lead") if found is not None else None

    def channel_of(self, person: str) -> str | None:
        """Over which channel a person is told; None when over none."""
        address = person.strip().lower()
        for written, entry in self.entries("people"):
            if written.strip().lower() == address and "channel" in entry:
                return text_of(entry, "channel")
        return self.usual_channel

    @property
    def usual_channel(self) -> str | None:
        """How people without an entry of their own are told."""
        return text_of(self.section("service"), "channel")

    @property
    def tells_anybody(self) -> bool:
        """True when at least somebody can be told by name."""
        return bool(self.usual_channel) or any(
            "channel" in entry for _, entry in self.entries("people")
        )

    @property
    def default_calendar(self) -> str | None:
        """The calendar that counts where an entry names none."""
        return text_of(self.section("defaults"), "calendar")


def block_of(entry: object, key: str) -> Block:
    """The mapping under a key; an empty one when there is none."""
    value = entry.get(key) if isinstance(entry, Block) else None
    return value if isinstance(value, Block) else Block(_NOWHERE)


_NOWHERE = Span(Source("", ""), 0, 0, 0, 1)


def text_of(entry: Mapping[str, Any], key: str) -> str | None:
    """The text under a key, without the blanks around it."""
    value = entry.get(key)
    return "".join(value).strip() if isinstance(value, str) and value.strip() else None


def items_of(entry: object, key: str) -> Sequence[Any]:
    """The list under a key; an empty one when there is none."""
    value = entry.get(key) if isinstance(entry, Block) else None
    return value if isinstance(value, Items) else ()


def action_lists(root: Block) -> Iterator[tuple[Path, Items]]:
    """Every `do` of the file that is a list: those of rules, of levels and of ladders' ends."""
    for index, rule in enumerate(items_of(root, "rules")):
        yield from _do(rule, ("rules", index))
    for name, policy in block_of(root, "policies").items():
        for index, level in enumerate(items_of(policy, "levels")):
            yield from _do(level, ("policies", name, "levels", index))
        yield from _do(block_of(policy, "exhausted"), ("policies", name, "exhausted"))


def _do(entry: object, path: Path) -> Iterator[tuple[Path, Items]]:
    value = entry.get("do") if isinstance(entry, Block) else None
    if isinstance(value, Items):
        yield (*path, "do"), value


def calls_of(do: object) -> Iterator[tuple[int, str, Any]]:
    """Place, name and value of each action in a `do`; nothing when it is no list."""
    for index, call in enumerate(do if isinstance(do, Items) else ()):
        if isinstance(call, Block) and len(call) == 1:
            ((name, value),) = call.items()
            yield index, name, value
