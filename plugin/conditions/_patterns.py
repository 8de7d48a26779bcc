"""Regular expressions that run in linear time, whatever somebody writes."""

from __future__ import annotations

from collections.abc import Callable


def searcher(pattern: str) -> Callable[[str], bool]:
    """A function that tells whether the pattern is found anywhere; case does not matter.

    Half a character, which JSON can carry and UTF-8 cannot, counts as a question mark.
    """
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    search = re2.compile(pattern, options).search

    def found(text: str) -> bool:
        try:
            return search(text) is not None
        except UnicodeEncodeError:
            return search(text.encode("utf-8", "replace").decode()) is not None

    return found
