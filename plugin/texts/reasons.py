"""Sentences of the engine in the language of the note: made in English, where decisions are made.

A sentence nobody has put into another language stays English.
"""

from __future__ import annotations

from plugin.texts.language import base_language


def say_reason(english: str, language: str) -> str:
    """The sentence in this language; as it is where we have no words for it."""
    if base_language(language) == "en":
        return english
    return english
