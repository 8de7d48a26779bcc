"""What was asked of a helpdesk and what came back, read with care: any shape may arrive."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from plugin import clock
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import Refused, TryAgain

LONGEST_WAIT = 3600.0
_FIRST_REDIRECT = 300


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked. `repeatable`: doing it twice is the same as doing it once."""

    method: str
    path: str
    repeatable: bool

    @property
    def writes(self) -> bool:
        """True when it may leave a trace."""
        return self.method != "GET" and not self.path.endswith("/search")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `body` is the parsed JSON; None for an empty body or one that is not JSON."""

    call: Call
    status: int
    headers: Mapping[str, str]
    body: Any = None
    is_json: bool = False

    def object(self) -> Mapping[str, Any]:
        """The body as an object; raises `TryAgain` for any other shape."""
        if isinstance(self.body, dict):
            return self.body
        raise self.surprise("an object")

    def list(self) -> list[Mapping[str, Any]]:
        """The body as a list of objects; raises `TryAgain` for any other shape."""
        if isinstance(self.body, list) and all(isinstance(row, dict) for row in self.body):
            return self.body
        raise self.surprise("a list of objects")

    def surprise(self, expected: str) -> TryAgain:
        """The error for an answer of another shape."""
        found = f"JSON of type {type(self.body).__name__}" if self.is_json else "no JSON"
        return TryAgain(
            f"{self.call}: expected {expected}, got {found} (status {self.status}); "
            "check that url points to the helpdesk itself and not to a page in front of it",
            ambiguous=self.call.writes,
        )


def read_answer(call: Call, status: int, headers: Mapping[str, str], raw: bytes) -> Answer:
    """Parse a body; one that is no JSON is an error only where the host says that all went well."""
    lowered = {name.lower(): value for name, value in headers.items()}
    if not raw.strip():
        return Answer(call, status, lowered)
    try:
        return Answer(call, status, lowered, json.loads(raw.decode("utf-8")), is_json=True)
    except (ValueError, RecursionError):
        pass
    answer = Answer(call, status, lowered)
    if status < _FIRST_REDIRECT:
        raise answer.surprise("JSON")
    return answer


def knows_no_such_host(answer: Answer) -> TryAgain:
    """The error for a 404 that is no JSON: proxies give it, too, while what stands behind is away."""
    return TryAgain(
        f"{answer.call}: something in front of the helpdesk found nothing (404): the helpdesk is being "
        "restarted, or url is not its own address"
    )


def asks_for_a_login(answer: Answer) -> Refused:
    """The error for a 401 that is no JSON: it is not the helpdesk that asks."""
    return Refused(
        f"{answer.call}: something in front of the helpdesk asks for a login of its own (401): let "
        "calls to the API pass it, or use an address behind it in url"
    )


def wait_of(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by `Retry-After`: a number, or an instant measured by the host's own clock."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(value)
        at = parsedate_to_datetime(headers["date"]) if "date" in headers else clock.now()
        return min(max((until - at).total_seconds(), 0.0), LONGEST_WAIT)
    except (TypeError, ValueError):
        return None


def without_query(location: str) -> str:
    """An address fit for a message: no query, no user and password."""
    parts = urlsplit(location)
    return (
        f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        if parts.netloc
        else parts.path or "?"
    )
