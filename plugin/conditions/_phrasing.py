"""How a reason quotes a word of the file."""

from __future__ import annotations


def quoted(word: str) -> str:
    """The word in single quotation marks."""
    return f"\u2018{word}\u2019"
