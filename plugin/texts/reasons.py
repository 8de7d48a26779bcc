"""Why something happened, said in the language of the note it stands in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from plugin.texts.language import base_language

METRIC: Final = re.compile(r"\b(?:(?:first|next)_response|periodic_update)\b")


@lru_cache(maxsize=512)
def say_reason(english: str, language: str) -> str:
    """The sentence in this language; as it is in English, or where we have no words for it."""
    base = base_language(language)
    if base == "en":
        return METRIC.sub(lambda found: found[0].replace("_", " "), english)
    # The words of the others take as long to import as all other texts together.
    from plugin.texts.reasons_said import say_in

    return say_in(base, english)
