"""Text made comparable: case and accents removed, so that `Gewährleistung` finds `GEWAHRLEISTUNG`."""

from __future__ import annotations

import re
import unicodedata

# Runs of other than ASCII are all that has to be taken apart: a few per sentence.
_FOREIGN = re.compile(r"[^\x00-\x7f]+")


def fold(text: str) -> str:
    """Lower-case without accents; `ß` becomes `ss`. Never changes the number of lines."""
    if text.isascii():
        return text.lower()
    return _FOREIGN.sub(_plain, text.casefold())


def _plain(run: re.Match[str]) -> str:
    decomposed = unicodedata.normalize("NFKD", run.group())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
