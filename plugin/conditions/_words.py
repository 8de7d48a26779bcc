"""Word lists, compiled so that five thousand words cost what five do.

A text is cut into words once (`plugin.domain.words`); single words are then looked up in the set
of them, phrases are searched only when their first word is there, and open-ended words are
compared with the beginnings of the text's words. No automaton is as cheap.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from plugin.conditions._phrasing import quoted
from plugin.domain.dataclass import dataclass
from plugin.domain.folding import fold
from plugin.domain.words import Words, split

_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue"}
_FEW = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One word of a list as its author wrote it, with its language ("" for none)."""

    word: str
    language: str

    def __str__(self) -> str:
        return f"{quoted(self.word)} ({self.language})" if self.language else quoted(self.word)


def spellings(word: str, language: str) -> frozenset[str]:
    """The ways a word may be written, folded.

    `Rückgabe` is also found as `Rueckgabe`; a German word written `Rueckgabe` is also found as
    `Rückgabe`. The latter only in German: `poet` is no `pöt`.
    """
    if word.isascii():  # no umlaut to spell out
        plain = word.lower()
        found = {plain}
    else:
        plain = unicodedata.normalize("NFC", word.casefold())
        spelt_out = plain
        for umlaut, pair in _UMLAUTS.items():
            spelt_out = spelt_out.replace(umlaut, pair)
        found = {fold(plain), fold(spelt_out)}
    if language.partition("-")[0] == "de":
        contracted = plain
        for umlaut, pair in _UMLAUTS.items():
            contracted = contracted.replace(pair, umlaut)
        found.add(fold(contracted))
    return frozenset(found)


class WordList:
    """Words and phrases of which one is looked for."""

    __slots__ = ("_beginnings", "_entries", "_few", "_lengths", "_needles", "_phrases", "_singles")

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self._entries = tuple(Entry(word, language) for word, language in entries)
        self._needles = tuple((entry, tuple(_needles(entry))) for entry in self._entries)
        singles: set[str] = set()
        beginnings: set[str] = set()
        phrases: dict[str, list[str]] = {}
        for _, needles in self._needles:
            for needle in needles:
                tokens = needle.split()
                if len(tokens) > 1:
                    phrases.setdefault(tokens[0], []).append(needle)
                elif needle.endswith(" "):
                    singles.add(tokens[0])
                else:
                    beginnings.add(tokens[0])
        self._singles = frozenset(singles)
        self._beginnings = frozenset(beginnings)
        self._lengths = tuple(sorted({len(beginning) for beginning in beginnings}))
        self._few = (
            tuple(f" {one}" for one in sorted(beginnings)) if len(beginnings) <= _FEW else ()
        )
        self._phrases = {first: tuple(needles) for first, needles in phrases.items()}

    @property
    def singles(self) -> frozenset[str] | None:
        """The words when they are all single and whole, so that a set answers; else None."""
        return None if self._phrases or self._lengths else self._singles

    def found_in(self, words: Words) -> bool:
        """True when at least one of the words is there."""
        if not self._singles.isdisjoint(words.tokens):
            return True
        if self._phrases:
            padded = words.padded
            for first in self._phrases.keys() & words.tokens:
                if any(needle in padded for needle in self._phrases[first]):
                    return True
        if self._few:
            padded = words.padded
            return any(beginning in padded for beginning in self._few)
        return any(
            not self._beginnings.isdisjoint(words.starts(length)) for length in self._lengths
        )

    def first_in(self, words: Words) -> Entry | None:
        """The first word of the list that is there, in the order of the file."""
        if not self.found_in(words):
            return None
        for entry, needles in self._needles:
            if any(needle in words.padded for needle in needles):
                return entry
        return None

    def __str__(self) -> str:
        shown = ", ".join(str(entry) for entry in self._entries[:3])
        more = len(self._entries) - 3
        return f"{shown} and {more} more" if more > 0 else shown


def _needles(entry: Entry) -> list[str]:
    """What to look for in a padded text: ` word `, or ` word` when it may go on."""
    is_open = entry.word.endswith("*")
    found = []
    for spelling in sorted(spellings(entry.word.removesuffix("*"), entry.language)):
        phrase = " ".join(split(spelling))
        if phrase:
            found.append(f" {phrase}" if is_open else f" {phrase} ")
    return found
