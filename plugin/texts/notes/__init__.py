"""The notes Deskladder brings along, in English, German and Dutch.

`notes:` in the file replaces any of them by name, or adds languages and names of its own. The first
line is what FreeScout shows in its lists, so it says the most important thing and is short.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from plugin.domain.settings import Config, Texts
from plugin.texts.notes.de import GERMAN
from plugin.texts.notes.en import ENGLISH
from plugin.texts.notes.ladder_de import LADDER_GERMAN
from plugin.texts.notes.ladder_en import LADDER_ENGLISH
from plugin.texts.notes.ladder_nl import LADDER_DUTCH
from plugin.texts.notes.nl import DUTCH

BUILT_IN: Final[Mapping[str, Texts]] = {
    name: {"en": text, "de": german[name], "nl": dutch[name]}
    for english, german, dutch in (
        (ENGLISH, GERMAN, DUTCH),
        (LADDER_ENGLISH, LADDER_GERMAN, LADDER_DUTCH),
    )
    for name, text in english.items()
}
"""Name → language → template."""


def note_texts(name: str, config: Config) -> Texts:
    """The texts of a note by name; what the file says wins, language by language.

    Raises `KeyError` for a name neither the file nor Deskladder knows.
    """
    own = config.notes.get(name)
    if own is None:
        return BUILT_IN[name]
    return {**BUILT_IN.get(name, {}), **own}
