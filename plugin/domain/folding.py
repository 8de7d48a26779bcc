"""Text made comparable: case and accents removed, so that `Gewährleistung` finds `GEWAHRLEISTUNG`."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Lower-case without accents; `ß` becomes `ss`. Never changes the number of lines."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
