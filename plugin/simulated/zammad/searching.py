"""Condition search: the selector language of triggers and overviews, traps included.

A condition without a value is dropped, so that everything matches; an empty condition and an
unknown operator are server errors; an unknown attribute is a database error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from plugin.simulated.problems import Problem
from plugin.simulated.zammad import rows
from plugin.simulated.zammad.data import Data, as_id, stamp
from plugin.simulated.zammad.rows import NOBODY, Row

Test = Callable[[Row], bool]

_RANGES = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}


def compile_condition(data: Data, condition: object, caller: int | None) -> Test:
    """Turn a condition into a test of a ticket row; raises what the real one would answer."""
    if not isinstance(condition, Mapping) or not condition:
        raise Problem(500, "undefined method for nil:NilClass", known=False)
    return _node(data, condition, caller)


def _node(data: Data, condition: Mapping[str, Any], caller: int | None) -> Test:
    if "conditions" in condition and "operator" in condition:
        tests = [
            _node(data, part, caller)
            if "conditions" in part
            else _leaf(data, str(part.get("name")), part, caller)
            for part in condition["conditions"]
        ]
        match str(condition["operator"]).upper():
            case "OR":
                return lambda row: any(test(row) for test in tests) if tests else True
            case "NOT":
                return lambda row: not any(test(row) for test in tests)
        return lambda row: all(test(row) for test in tests)
    tests = [_leaf(data, name, part, caller) for name, part in condition.items()]
    return lambda row: all(test(row) for test in tests)


def _leaf(data: Data, name: str, part: Any, caller: int | None) -> Test:
    if not isinstance(part, Mapping) or "operator" not in part:
        raise Problem(500, "Invalid condition", known=False)
    operator, value = str(part["operator"]), part.get("value")
    kind, _, column = name.partition(".")
    pre = part.get("pre_condition")
    if pre == "not_set":
        value = [NOBODY] if column == "owner_id" else [None]
    elif pre == "current_user.id":
        value = [caller]
    elif value is None or value in ([], ""):
        return lambda _row: True  # invalid: the filter is dropped
    if kind == "ticket" and column == "tags":
        return _tags(data, operator, value)
    if kind == "ticket" and column not in rows.TICKET_COLUMNS:
        raise Problem(422, f"column tickets.{column} does not exist", known=False)
    read = _reader(data, kind, column)
    return _comparison(data, operator, value, read, part)


def _reader(data: Data, kind: str, column: str) -> Callable[[Row], Any]:
    match kind:
        case "ticket":
            return lambda row: row[column]
        case "customer":
            return lambda row: data.users[row["customer_id"]].get(column)
        case "organization":
            return lambda row: data.organizations.get(row["organization_id"] or 0, {}).get(column)
    raise Problem(422, f"column {kind}.{column} does not exist", known=False)


def _comparison(
    data: Data, operator: str, value: Any, read: Callable[[Row], Any], part: Mapping[str, Any]
) -> Test:
    values = value if isinstance(value, list) else [value]
    wanted = {_key(item) for item in values}
    text = str(value)
    match operator:
        case "is":
            return lambda row: _key(read(row)) in wanted
        case "is not":
            return lambda row: _key(read(row)) not in wanted
        case "contains":
            return lambda row: text.lower() in str(read(row) or "").lower()
        case "contains not":
            return lambda row: text.lower() not in str(read(row) or "").lower()
        case "before (absolute)":
            at = _instant(text)
            return lambda row: read(row) is not None and read(row) <= at
        case "after (absolute)":
            at = _instant(text)
            return lambda row: read(row) is not None and read(row) >= at
    now = data.clock()
    amount = as_id(value) or 0
    span = _RANGES.get(str(part.get("range")), timedelta()) * amount
    low, high = stamp(now - span), stamp(now + span)
    present = stamp(now)
    match operator:
        case "within last (relative)":
            return lambda row: read(row) is not None and low <= read(row) <= present
        case "within next (relative)":
            return lambda row: read(row) is not None and present <= read(row) <= high
        case "before (relative)":
            return lambda row: read(row) is not None and read(row) <= low
        case "after (relative)":
            return lambda row: read(row) is not None and read(row) >= high
        case "till (relative)":
            return lambda row: read(row) is not None and read(row) <= high
        case "from (relative)":
            return lambda row: read(row) is not None and read(row) >= low
        case "today":
            return lambda row: str(read(row) or "")[:10] == present[:10]
    raise Problem(500, f"Invalid operator '{operator}'", known=False)


def _tags(data: Data, operator: str, value: Any) -> Test:
    names = value if isinstance(value, list) else [part.strip() for part in str(value).split(",")]
    wanted = set(names)
    match operator:
        case "contains one":
            return lambda row: bool(wanted & set(data.tags[row["id"]]))
        case "contains all":
            return lambda row: wanted <= set(data.tags[row["id"]])
        case "contains one not":
            return lambda row: not wanted & set(data.tags[row["id"]])
        case "contains all not":
            return lambda row: not wanted <= set(data.tags[row["id"]])
    raise Problem(500, f"Invalid operator '{operator}'", known=False)


def _key(value: Any) -> str:
    """Ids compare as numbers or as text alike; nothing is nothing."""
    return "" if value is None else str(value)


def _instant(text: str) -> str:
    try:
        return stamp(datetime.fromisoformat(text))
    except ValueError:
        raise Problem(422, "invalid input syntax for type timestamp", known=False) from None


def candidates(data: Data, condition: object) -> Iterable[Row]:
    """The rows worth testing: found by index where the condition allows it.

    Tickets stand in the order of their last change, so "changed since" reads only the tail.
    """
    if isinstance(condition, Mapping) and "conditions" not in condition:
        customer = condition.get("ticket.customer_id")
        if isinstance(customer, Mapping) and customer.get("operator") == "is":
            value = customer.get("value")
            wanted = [as_id(item) for item in (value if isinstance(value, list) else [value])]
            if wanted and None not in wanted:
                return [data.tickets[n] for w in wanted for n in data.by_customer.get(w or 0, ())]
        since = _since(data, condition.get("ticket.updated_at"))
        if since:
            found = []
            for row in reversed(data.tickets.values()):
                if row["updated_at"] < since:
                    break
                found.append(row)
            return found
    return list(data.tickets.values())


def _since(data: Data, part: object) -> str | None:
    if not isinstance(part, Mapping):
        return None
    if part.get("operator") == "after (absolute)" and isinstance(part.get("value"), str):
        return _instant(part["value"])
    if part.get("operator") == "within last (relative)":
        span = _RANGES.get(str(part.get("range")), timedelta()) * (as_id(part.get("value")) or 0)
        return stamp(data.clock() - span)
    return None


def text_matches(data: Data, row: Row, query: str) -> bool:
    """The search without Elasticsearch: a case-sensitive substring of title, number, articles."""
    if query == "*" or query in row["title"] or query in row["number"]:
        return True
    return any(
        query in str(data.articles[number][column] or "")
        for number in data.articles_of[row["id"]]
        for column in ("body", "from", "to", "subject")
    )
