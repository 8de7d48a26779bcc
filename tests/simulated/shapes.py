"""Compare an answer with a recorded one: same keys, same nesting, same types, same fixed texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

# Keys are ids, names or dates there, not columns.
OPEN_MAPS = {
    "assets",
    "preferences",
    "group_ids",
    "groups",
    "business_hours",
    "public_holidays",
    "condition",
    "perform",
    "ical_feeds",
    "timezones",
    "data_option",
    "data_option_new",
    "screens",
    "options",
    "events",
}
MASKED = re.compile(r"Error ID \w{8}: Please contact your administrator\.")
FIXED_TEXTS = {"error", "error_human", "message", "path", "source", "result"}


def differences(recorded: Any, found: Any, path: str = "$") -> Iterator[str]:
    """Sentences about what differs; none when the shapes agree.

    Null stands for any plain value, because a nullable column may hold either. Of lists each of
    our elements must look like one of the recorded ones.
    """
    name = path.rpartition(".")[2]
    if isinstance(recorded, dict) and isinstance(found, dict):
        yield from _maps(recorded, found, path, name)
    elif isinstance(recorded, list) and isinstance(found, list):
        yield from _lists(recorded, found, path)
    elif name in FIXED_TEXTS and isinstance(recorded, str):
        same = recorded == found
        masked = bool(MASKED.fullmatch(recorded)) and bool(MASKED.fullmatch(str(found)))
        if not same and not masked:
            yield f"{path}: recorded {recorded!r}, found {found!r}"
    elif isinstance(recorded, dict | list) != isinstance(found, dict | list):
        if recorded is not None and found is not None:
            yield f"{path}: recorded {_kind(recorded)}, found {_kind(found)}"
    elif recorded is not None and found is not None and _kind(recorded) != _kind(found):
        yield f"{path}: recorded {_kind(recorded)}, found {_kind(found)}"


def _maps(recorded: dict[str, Any], found: dict[str, Any], path: str, name: str) -> Iterator[str]:
    if name == "assets":
        for kind in recorded.keys() & found.keys():
            yield from _lists(
                list(recorded[kind].values()), list(found[kind].values()), f"{path}.{kind}"
            )
        for kind in {"Ticket", "TicketArticle"} & recorded.keys() - found.keys():
            yield f"{path}: no {kind}"
        return
    if name in OPEN_MAPS:
        return
    for key in sorted(recorded.keys() - found.keys()):
        yield f"{path}: {key} is missing"
    for key in sorted(found.keys() - recorded.keys()):
        yield f"{path}: {key} is too much"
    for key in recorded.keys() & found.keys():
        yield from differences(recorded[key], found[key], f"{path}.{key}")


def _lists(recorded: list[Any], found: list[Any], path: str) -> Iterator[str]:
    if recorded and not found:
        yield f"{path}: empty, recorded with {len(recorded)}"
    if not recorded:
        return
    for index, element in enumerate(found):
        attempts = [list(differences(other, element, f"{path}[{index}]")) for other in recorded]
        best = min(attempts, key=len)
        if best:
            yield from best
            return


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "true or false"
        case float():
            return "a decimal"
        case int():
            return "a number"
        case str():
            return "an instant" if re.match(r"\d{4}-\d\d-\d\dT", value) else "a text"
        case dict():
            return "an object"
        case list():
            return "a list"
    return "null"
