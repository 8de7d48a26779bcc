"""How many tickets agents have to work on, counted by Zammad where it can."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.http import Api
from connectors.shapes import integer
from connectors.zammad import listing

_EPOCH = datetime(1970, 1, 2, tzinfo=UTC)


def open_tickets(api: Api, owners: Sequence[int], states: Sequence[int]) -> Mapping[int, int]:
    """Count the tickets in these states by owner.

    6.5 and later answer with a number alone. Older versions pass over that wish and list tickets:
    then all of them are listed and counted here, each row checked, since a condition that Zammad
    does not understand is dropped without a word.
    """
    if not owners or not states:
        return dict.fromkeys(owners, 0)
    counts: dict[int, int] = {}
    for owner in owners:
        total = _total(api, _condition([owner], states))
        if total is None:
            return _listed(api, owners, states)
        counts[owner] = total
    return counts


def _total(api: Api, condition: Mapping[str, Any]) -> int | None:
    payload = {"condition": condition, "only_total_count": True, "per_page": 1, "expand": True}
    answer = api.call("POST", "/tickets/search", payload=payload, repeatable=True)
    if isinstance(answer.body, list):
        return None
    total = answer.object().get("total_count")
    return total if isinstance(total, int) else None


def _listed(api: Api, owners: Sequence[int], states: Sequence[int]) -> Mapping[int, int]:
    rows = listing.since(api, "created_at", _EPOCH, _condition(owners, states))
    found = Counter(
        integer(row.get("owner_id")) for row in rows if integer(row.get("state_id")) in states
    )
    return {owner: found[owner] for owner in owners}


def _condition(owners: Sequence[int], states: Sequence[int]) -> dict[str, Any]:
    return {
        "ticket.owner_id": {
            "operator": "is",
            "pre_condition": "specific",
            "value": [str(number) for number in owners],
        },
        "ticket.state_id": {"operator": "is", "value": [str(number) for number in states]},
    }
