"""Which conversations were merged into one. The one that lives on says only that there was a merge.

Merging moves threads with their ids. The conversation they leave is deleted; a line item in it names
the number of the one they went to: it is looked for among those deleted since.
"""

from __future__ import annotations

from threading import Lock

from connectors.freescout.words import Record, merged_into, merges, threads
from connectors.http import Api
from connectors.shapes import integer, mapping, rows, text
from plugin.domain.errors import Refused

_MOST = 500


class Merges:
    """The merges of one installation; each is asked for once."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._known: dict[tuple[int, int], tuple[int, ...]] = {}
        self._lock = Lock()

    def absorbed(self, conversation: Record) -> dict[int, frozenset[int]]:
        """The conversations merged into this one, with the threads that may have come from each."""
        here = integer(conversation.get("id")) or 0
        found: dict[int, frozenset[int]] = {}
        for item in merges(conversation):
            last = integer(item.get("id")) or 0
            earlier = frozenset(
                number
                for thread in threads(conversation)
                if (number := integer(thread.get("id"))) and number < last
            )
            found.update(dict.fromkeys(self._sources(here, last, item, conversation), earlier))
        return found

    def _sources(self, here: int, last: int, item: Record, conversation: Record) -> tuple[int, ...]:
        with self._lock:
            if (here, last) in self._known:
                return self._known[here, last]
        sources = self._ask(text(item.get("createdAt")), text(conversation.get("number")))
        with self._lock:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[here, last] = sources
        return sources

    def _ask(self, at: str, number: str) -> tuple[int, ...]:
        params = {
            "state": "deleted",
            "updatedSince": at,
            "sortField": "updatedAt",
            "sortOrder": "asc",
            "embed": "threads",
            "pageSize": 50,
            "page": 1,
        }
        try:
            answer = self._api.get("/conversations", params).object()
        except Refused:
            return ()
        listed = rows(mapping(answer.get("_embedded")).get("conversations"))
        return tuple(
            source
            for row in listed
            if row.get("state") == "deleted"
            and merged_into(row) == number
            and (source := integer(row.get("id")))
        )
