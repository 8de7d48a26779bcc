"""FreeScout's lists, page by page. Older modules ignore filters and sizes: rows are checked again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.http import Api
from connectors.shapes import instant, integer, mapping, rows
from plugin.domain.errors import TryAgain

Record = Mapping[str, Any]

_PAGE = 50
_MOST_PAGES = 1000
_FILTERS = {"updatedAt": "updatedSince", "createdAt": "createdSince"}


def everything(
    api: Api, path: str, name: str, params: Mapping[str, object] | None = None
) -> list[Record]:
    """All rows of a short list (users, mailboxes, tags), each once."""
    found: dict[int, Record] = {}
    for page in range(1, _MOST_PAGES):
        listed, pages = _page(api, path, name, {**(params or {}), "pageSize": _PAGE, "page": page})
        new = {n: row for row in listed if (n := integer(row.get("id"))) and n not in found}
        found.update(new)
        if not new or page >= pages:
            break
    return [found[number] for number in sorted(found)]


def since(
    api: Api, column: str, start: datetime, params: Mapping[str, object] | None = None
) -> Iterator[Record]:
    """Published conversations whose instant in `column` is at or after `start`, oldest first.

    `column` is `updatedAt` or `createdAt`. Rows move between pages while conversations change, so
    the lower bound moves along instead of the page; ties of one second may come in any order.
    """
    seen: set[int] = set()
    lower, page = start, 1
    for _ in range(_MOST_PAGES):
        asked = {
            "state": "published",
            **(params or {}),
            _FILTERS[column]: lower.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "sortField": column,
            "sortOrder": "asc",
            "pageSize": _PAGE,
            "page": page,
        }
        listed, pages = _page(api, "/conversations", "conversations", asked)
        new = [row for row in listed if integer(row.get("id")) not in seen]
        for row in new:
            seen.add(integer(row.get("id")) or 0)
            if (instant(row.get(column)) or start) >= start - timedelta(seconds=1):
                yield row
        last = instant(listed[-1].get(column)) if listed else None
        if page >= pages or last is None:
            return
        if last > lower:
            lower, page = last, 1
        elif new or page == 1:
            page += 1
        else:
            return


def _page(api: Api, path: str, name: str, params: Mapping[str, object]) -> tuple[list[Record], int]:
    """One page and the number of pages; 1.0.67 gives numbers as text."""
    answer = api.get(path, params)
    body = answer.object()
    embedded = body.get("_embedded")
    if not isinstance(embedded, dict) or name not in embedded:
        raise TryAgain(
            f"{answer.call}: expected a list of {name} from the official module API & Webhooks, got "
            "something else; another API module cannot be used"
        )
    return rows(embedded[name]), integer(mapping(body.get("page")).get("totalPages")) or 1
