"""What a merge leaves: a link between both tickets, and articles that moved with their ids."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from connectors.shapes import integer
from connectors.zammad.dossier import Dossier


def merged_into(dossier: Dossier) -> int | None:
    """For a merged ticket, the one that lives on: it is the parent of the link."""
    return next(_linked(dossier, "parent"), None)


def absorbed(dossier: Dossier, merged_states: Collection[int]) -> dict[int, frozenset[int]]:
    """The tickets merged into this one, with the articles that may have come from each.

    Merging touches what it moves, and says of no article where it stood before.
    """
    sources = [
        number
        for number in _linked(dossier, "child")
        if integer(dossier.tickets.get(number, {}).get("state_id")) in merged_states
    ]
    moved = frozenset(
        number
        for article in dossier.articles
        if article.get("updated_at") != article.get("created_at")
        and (number := integer(article.get("id")))
    )
    return dict.fromkeys(sources, moved) if moved else {}


def _linked(dossier: Dossier, kind: str) -> Iterator[int]:
    for link in dossier.links:
        if link.get("link_type") == kind and link.get("link_object") == "Ticket":
            number = integer(link.get("link_object_value"))
            if number is not None:
                yield number
