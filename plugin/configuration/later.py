"""Words of the file whose engine is not there yet: refused by name, never silently ignored.

This is the only list of them: when the engine of a word lands, its line here goes.
"""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, str] = {}
CONDITIONS: Mapping[str, str] = {}
ACTIONS: Mapping[str, str] = {}
MODES: Mapping[str, str] = {}
EVENTS: Mapping[str, str] = {}


def reason(path: tuple[str | int, ...]) -> str | None:
    """What a key would need that is not there yet; None for a key we simply do not know."""
    match path:
        case (str(section),):
            return SECTIONS.get(section)
        case _:
            return None
