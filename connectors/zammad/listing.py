"""Lists of tickets by condition search: runs on Zammad's database, so nothing lags behind.

Three traps are met here: a condition Zammad does not understand is dropped without a word, so every
row is checked again; pages shift while tickets change, so the lower bound moves instead of the page;
without `expand` the answer's shape differs between versions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.http import Api
from connectors.shapes import instant, integer
from connectors.zammad.dossier import Record
from plugin.domain.errors import Refused

_PAGE = 200
_SMALLEST_PAGE = 50  # a server may cut pages down to this


def since(
    api: Api, column: str, start: datetime, conditions: Mapping[str, Any] | None = None
) -> Iterator[Record]:
    """Tickets whose instant in `column` is at or after `start`, oldest first, each once."""
    seen: set[int] = set()
    lower, page = start, 1
    while True:
        rows = _search(api, column, lower, page, conditions or {})
        new = [row for row in rows if integer(row.get("id")) not in seen]
        for row in new:
            at, number = instant(row.get(column)), integer(row.get("id"))
            if at is None or number is None:
                continue
            if at < start - timedelta(seconds=1):
                raise Refused(
                    f"Zammad's search ignored the condition on {column}; its version is not known "
                    "to Deskladder"
                )
            seen.add(number)
            yield row
        last = instant(rows[-1].get(column)) if rows else None
        if len(rows) < _SMALLEST_PAGE or last is None:
            return
        if last > lower:
            lower, page = last, 1
        elif new or page == 1:
            page += 1
        else:
            return


def _search(
    api: Api, column: str, lower: datetime, page: int, conditions: Mapping[str, Any]
) -> Sequence[Record]:
    """Ask for one page. `after` is exclusive, so the bound goes down by a millisecond."""
    bound = (lower - timedelta(milliseconds=1)).isoformat(timespec="milliseconds")
    payload = {
        "condition": {
            f"ticket.{column}": {
                "operator": "after (absolute)",
                "value": bound.replace("+00:00", "Z"),
            },
            **conditions,
        },
        "sort_by": column,
        "order_by": "asc",
        "per_page": _PAGE,
        "page": page,
        "expand": True,
    }
    return api.call("POST", "/tickets/search", payload=payload, repeatable=True).list()
