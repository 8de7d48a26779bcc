"""A folded text as words, so that looking for one word or five thousand costs the same."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[\W_]+")
# Complete, because every character left out of such a table costs an exception in each text.
_ASCII_SEPARATORS = {code: code if chr(code).isalnum() else 32 for code in range(128)}


def split(folded: str) -> list[str]:
    """Cut a folded text into runs of letters and digits; everything else only separates.

    A script that writes without blanks gives whole phrases as one word.
    """
    if folded.isascii():
        return folded.translate(_ASCII_SEPARATORS).split()
    return _SEPARATORS.sub(" ", folded).split()


class Words:
    """The words of one text. `padded` has one blank before and after each word."""

    __slots__ = ("_padded", "_starts", "_words", "tokens")

    def __init__(self, folded: str) -> None:
        self._words = split(folded)
        self.tokens = frozenset(self._words)
        self._padded = ""
        self._starts: dict[int, frozenset[str]] = {}

    @property
    def padded(self) -> str:
        """All words in their order, for phrases."""
        if not self._padded:
            self._padded = f" {' '.join(self._words)} "
        return self._padded

    def starts(self, length: int) -> frozenset[str]:
        """The first `length` characters of every word that has as many; computed once."""
        found = self._starts.get(length)
        if found is None:
            found = frozenset(word[:length] for word in self.tokens if len(word) >= length)
            self._starts[length] = found
        return found
