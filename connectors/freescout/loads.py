"""How many conversations agents have to work on, by the totals of FreeScout's lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.answers import Answer
from connectors.freescout.listing import everything
from connectors.http import Api
from connectors.shapes import integer, mapping, rows
from plugin.domain.errors import TryAgain

_OPEN = {"status": "active", "state": "published"}


def open_tickets(api: Api, owners: Sequence[int]) -> Mapping[int, int]:
    """Count the active conversations by assignee: one call each, which shows one row to check.

    A module that passes over a filter would count everybody's: then all are listed and counted here.
    """
    counts: dict[int, int] = {}
    for owner in owners:
        answer = api.get("/conversations", {**_OPEN, "assignedTo": owner, "pageSize": 1, "page": 1})
        body = answer.object()
        shown = rows(mapping(body.get("_embedded")).get("conversations"))
        if not all(_is_of(row, owner) for row in shown):
            return _listed(api, owners)
        counts[owner] = _total(answer) if shown else 0
    return counts


def _total(answer: Answer) -> int:
    total = integer(mapping(answer.object().get("page")).get("totalElements"))
    if total is None:
        raise TryAgain(f"{answer.call}: expected a page with totalElements, got none")
    return total


def _listed(api: Api, owners: Sequence[int]) -> Mapping[int, int]:
    listed = everything(api, "/conversations", "conversations", _OPEN)
    return {owner: sum(_is_of(row, owner) for row in listed) for owner in owners}


def _is_of(row: Mapping[str, Any], owner: int) -> bool:
    assignee = integer(mapping(row.get("assignee")).get("id"))
    return assignee == owner and all(row.get(key) == value for key, value in _OPEN.items())
