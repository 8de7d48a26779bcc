"""One call of the module *API & Webhooks* 1.0.87, and what all endpoints share."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from plugin.domain.dataclass import dataclass
from plugin.simulated.freescout import views
from plugin.simulated.freescout.data import Conversation, Data, Row, number_in
from plugin.simulated.freescout.hooks import Hooks
from plugin.simulated.problems import Problem
from plugin.simulated.server import Answer, Request

MODULE_NAMES = {
    "tags": "Tags",
    "custom_fields": "Custom Fields",
    "timelogs": "Time Tracking",
    "customer_fields": "Customer Fields",
}


@dataclass(slots=True)
class Call:
    """One call that passed the key check."""

    data: Data
    hooks: Hooks
    request: Request
    modules: frozenset[str]
    body: Mapping[str, Any] = field(default_factory=dict)

    def need(self, module: str) -> None:
        """Stop when a module is not there."""
        if module not in self.modules:
            name = MODULE_NAMES[module]
            raise Problem(400, f"{name} module is not installed or not activated", code="-")

    def list(self, name: str, found: list[Any]) -> Row:
        """A page of a list; an odd page size is 500, zero the default."""
        text = self.request.argument("pageSize")
        size = 50
        if text:
            size = int(text) if re.fullmatch(r"-?\d+", text) else -1
            size = 50 if size == 0 else 500 if size < 0 else size
        return views.page(name, found, max(number_in(self.request.argument("page")) or 1, 1), size)

    def show(self, row: Conversation, embed: str) -> Row:
        """A conversation with what `embed` names."""
        return views.conversation(self.data, row, embed.split(","), modules=self.modules)

    def conversation(self, number: str) -> Conversation:
        """A conversation of the path."""
        return self.data.conversation(number_in(number))


Function: TypeAlias = Callable[..., Any]


def required(given: Mapping[str, Any], *names: str) -> None:
    """Stop at the first missing parameter."""
    for name in names:
        if given.get(name) in (None, ""):
            raise Problem(400, f"`{name}` parameter is required", code=name)


def created(row: Row) -> Answer:
    """201 with the id in a header."""
    return Answer(201, row, {"Resource-ID": str(row["id"])})


NOTHING = Answer(204)


def parsed(request: Request) -> Mapping[str, Any]:
    """The body: JSON or a form; anything else counts as empty. Texts trimmed, "" is null."""
    kind = request.headers.get("content-type", "")
    if "json" in kind:
        try:
            found = json.loads(request.body or b"{}")
        except ValueError:
            return {}
        return _trimmed(found) if isinstance(found, dict) else {}
    if "x-www-form-urlencoded" in kind:
        return dict(parse_qsl(request.body.decode(errors="replace")))
    return {}


def _trimmed(value: Any) -> Any:
    match value:
        case str():
            return value.strip() or None
        case dict():
            return {key: _trimmed(item) for key, item in value.items()}
        case list():
            return [_trimmed(item) for item in value]
    return value
