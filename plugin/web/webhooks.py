"""One webhook call: what it gets for an answer, and a short way to it.

The framework takes longer to find out what a call is about than the call itself takes. Nearly all are
POSTs with JSON of a known length to a helpdesk of the file: those are answered here. Everything else
takes the framework's way, to the same `receive`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from plugin import logs
from plugin.domain.dataclass import dataclass
from plugin.domain.errors import BadDelivery
from plugin.domain.storing import QueueFull

if TYPE_CHECKING:
    from plugin.web.app import Doors

MAX_BODY = 8 * 1024 * 1024
"""FreeScout's webhook carries all messages of a conversation as raw HTML: long ones pass a megabyte."""

_RETRY_AFTER = "30"
_UNSIGNED = 401
_PATH = "/webhooks/"
_DIGITS = 10

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a call: status, JSON, and headers beside those every answer has."""

    status: int
    content: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)


def receive(
    doors: Doors, name: str, mimetype: str, headers: Mapping[str, str], body: bytes
) -> Outcome:
    """Take a call in; `headers` have lower-case names."""
    parse = doors.parsers().get(name)
    if parse is None:
        return _refuse(doors, "", 404, "no helpdesk of this name is configured")
    if mimetype != "application/json":
        return _refuse(doors, name, 400, "expected Content-Type: application/json")
    try:
        delivery = parse(headers, body, doors.clock())
    except BadDelivery as problem:
        if problem.status == _UNSIGNED:
            doors.unsigned(name)
        return _refuse(doors, name, problem.status, str(problem))
    if delivery.ticket_id is None:
        doors.metrics.deliveries.labels(name, "about no ticket").inc()
        return Outcome(202, {"status": "about no ticket, dropped"})
    try:
        is_new = doors.accept(delivery)
    except QueueFull:
        return _unavailable(doors, name, "too many deliveries are waiting, try again later")
    except Exception as problem:  # noqa: BLE001  - whatever it is, the sender must try again
        logs.error("store.failed", trace=logs.trace_of(problem), helpdesk=name)
        return _unavailable(doors, name, "the delivery could not be stored, try again later")
    status = "accepted" if is_new else "known already"
    doors.metrics.deliveries.labels(name, status).inc()
    return Outcome(202, {"status": status})


def as_line(content: Mapping[str, Any]) -> str:
    """JSON on one line."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str) + "\n"


def _refuse(doors: Doors, name: str, status: int, error: str) -> Outcome:
    doors.metrics.deliveries.labels(name or "unknown", str(status)).inc()
    logs.warning("delivery.refused", helpdesk=name or "unknown", status=status, why=error)
    return Outcome(status, {"error": error})


def _unavailable(doors: Doors, name: str, error: str) -> Outcome:
    refused = _refuse(doors, name, 503, error)
    return Outcome(refused.status, refused.content, {"Retry-After": _RETRY_AFTER})


class Shortcut:
    """A WSGI application in front of another; `headers` are those every answer has."""

    def __init__(self, framework: Wsgi, doors: Doors, headers: Mapping[str, str]) -> None:
        self._framework = framework
        self._doors = doors
        self._headers = [("Content-Type", "application/json"), *headers.items()]

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        name = self._name_of(environ)
        if name is None:
            return self._framework(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        if len(body) != int(environ["CONTENT_LENGTH"]):
            environ["wsgi.input"] = io.BytesIO(body)
            return self._framework(environ, start_response)
        try:
            outcome = receive(self._doors, name, "application/json", _headers_of(environ), body)
        except Exception as problem:  # noqa: BLE001  - a parser's bug is no reason to hang up
            logs.error("web.bug", trace=logs.trace_of(problem))
            outcome = Outcome(500, {"error": "a bug in Deskladder; the log says where"})
        answer = as_line(outcome.content).encode()
        start_response(
            f"{outcome.status} {HTTPStatus(outcome.status).phrase.upper()}",
            [*self._headers, ("Content-Length", str(len(answer))), *outcome.headers.items()],
        )
        return [answer]

    def _name_of(self, environ: Mapping[str, Any]) -> str | None:
        """The helpdesk of an ordinary call; None for all that is not quite ordinary."""
        path, length = environ["PATH_INFO"], environ.get("CONTENT_LENGTH") or ""
        if environ["REQUEST_METHOD"] != "POST" or not path.startswith(_PATH):
            return None
        if environ.get("CONTENT_TYPE") not in _JSON:
            return None
        if not (length.isascii() and length.isdecimal() and len(length) < _DIGITS):
            return None
        if int(length) > MAX_BODY:
            return None
        name = path.removeprefix(_PATH)
        return name if name in self._doors.parsers() else None


_JSON = frozenset(
    {"application/json", "application/json; charset=utf-8", "application/json;charset=utf-8"}
)


def _headers_of(environ: Mapping[str, Any]) -> dict[str, str]:
    return {
        key[5:].replace("_", "-").lower(): value
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
