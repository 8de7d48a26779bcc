"""Warnings for people: what holds at many places of a file is told once, with the places."""

from __future__ import annotations

import re
from collections.abc import Iterable

from plugin.domain.dataclass import dataclass

_WARNING = re.compile(
    r"""(?P<file>.+?):(?P<at>\d+:\d+):\ (?:\[(?:'.*?'|".*?")\]|\S)*?:\ (?P<message>.*)""",
    re.DOTALL | re.VERBOSE,
)
"""How `loading` writes a warning down: place, path (names with spaces in quotes), message."""

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Repeated:
    """A warning at its first place, and the other places (`71:16`, `packs/a.yaml:3:4`) of the same."""

    text: str
    elsewhere: tuple[str, ...] = ()

    @property
    def also(self) -> str:
        """`and at lines 71:16, 89:16 … (19 more)`; empty when there is no other place."""
        if not self.elsewhere:
            return ""
        noun = "line" if len(self.elsewhere) == 1 else "lines"
        rest = len(self.elsewhere) - _SHOWN
        more = f" … ({rest} more)" if rest > 0 else ""
        return f"and at {noun} {', '.join(self.elsewhere[:_SHOWN])}{more}"

    def __str__(self) -> str:
        return f"{self.text} ({self.also})" if self.elsewhere else self.text


def told_once(warnings: Iterable[str]) -> list[Repeated]:
    """`Config.warnings` without repetitions, each where it came first.

    The file is left out of a place when it is that of the first one.
    """
    places: dict[str, list[tuple[str, str]]] = {}
    firsts: dict[str, str] = {}
    for warning in warnings:
        parts = _WARNING.fullmatch(warning)
        message = parts["message"] if parts else warning
        firsts.setdefault(message, warning)
        places.setdefault(message, []).append((parts["file"], parts["at"]) if parts else ("", ""))
    return [Repeated(firsts[message], tuple(_others(found))) for message, found in places.items()]


def _others(found: list[tuple[str, str]]) -> Iterable[str]:
    home = found[0][0]
    for file, at in found[1:]:
        yield at if file == home else f"{file}:{at}"
