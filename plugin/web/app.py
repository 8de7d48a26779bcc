"""The receiver: one webhook call becomes one durable row, and the page for those who watch us."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from plugin import logs
from plugin.domain.dataclass import dataclass
from plugin.domain.delivery import Delivery
from plugin.metrics import Metrics
from plugin.web.outside import Outside
from plugin.web.webhooks import MAX_BODY, Shortcut, as_line, receive

if TYPE_CHECKING:
    from flask import Flask, Response
    from werkzeug.exceptions import HTTPException

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

Parse = Callable[[Mapping[str, str], bytes, datetime], Delivery]
"""Headers (lower-case names), raw body and the instant of arrival; raises `BadDelivery`."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """`ok` false is a 503. `details` is JSON, without secrets."""

    ok: bool
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Doors:
    """What the web application needs of the rest.

    `parsers` gives the parser of each helpdesk by its name; asked at each call, since a reload may
    change them. `unsigned` is told of a call whose signature does not fit. `accept` keeps a delivery durably and answers False for one that was there.
    """

    parsers: Callable[[], Mapping[str, Parse]]
    accept: Callable[[Delivery], bool]
    ready: Callable[[], Readiness]
    metrics: Metrics
    clock: Callable[[], datetime]
    unsigned: Callable[[str], None] = lambda _name: None
    outside: Outside | None = None


def create_app(doors: Doors) -> Flask:
    """Build the WSGI application. Every answer is one line of JSON, but `/metrics` and `/ack/…`."""
    from flask import Flask, Response, request
    from werkzeug.exceptions import HTTPException

    app = Flask("deskladder", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.logger.disabled = True  # it would name the path, which the sender wrote
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False

    def webhook(name: str) -> Response:
        body = request.get_data(cache=False)
        headers = {key.lower(): value for key, value in request.headers.items()}
        outcome = receive(doors, name, request.mimetype, headers, body)
        response = _answer(outcome.status, **outcome.content)
        response.headers.update(outcome.headers)
        return response

    def live() -> Response:
        return _answer(200, status="alive")

    def ready() -> Response:
        state = doors.ready()
        return _answer(200 if state.ok else 503, **state.details)

    def metrics() -> Response:
        text = doors.metrics.render()
        return Response(text, mimetype="text/plain; version=0.0.4; charset=utf-8")

    def failed(problem: HTTPException) -> Response:
        return _explain(problem)

    def broken(problem: Exception) -> Response:
        logs.error("web.bug", trace=logs.trace_of(problem))
        return _answer(500, error="a bug in Deskladder; the log says where")

    def protect(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)  # a page brings a policy of its own
        return response

    def add(path: str, view: Callable[..., Response], method: str) -> None:
        app.add_url_rule(
            path, view.__name__, view, methods=[method], provide_automatic_options=False
        )

    add("/webhooks/<name>", webhook, "POST")
    add("/live", live, "GET")
    add("/ready", ready, "GET")
    add("/metrics", metrics, "GET")
    if doors.outside is not None:
        _open_outside(doors.outside, doors.metrics, add)
    app.register_error_handler(HTTPException, failed)
    app.register_error_handler(Exception, broken)
    app.after_request(protect)
    app.wsgi_app = Shortcut(app.wsgi_app, doors, _HEADERS)  # type: ignore[method-assign]
    return app


def _open_outside(
    outside: Outside, metrics: Metrics, add: Callable[[str, Callable[..., Response], str], None]
) -> None:
    """The doors for people with a link and for other systems."""
    from flask import request

    from plugin.web import asking

    def ack_page(token: str) -> Response:
        from plugin.web import acknowledging

        return acknowledging.show(outside, token, request)

    def ack(token: str) -> Response:
        from plugin.web import acknowledging

        response = acknowledging.act(outside, token, request)
        metrics.asked.labels("link", str(response.status_code)).inc()
        return response

    def escalations() -> Response:
        answer = asking.ask(outside, request)
        metrics.asked.labels("api", str(answer.status)).inc()
        response = _answer(answer.status, **answer.content)
        if answer.wait:
            response.headers["Retry-After"] = str(answer.wait)
        if answer.status == 401:  # noqa: PLR2004
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    add("/ack/<token>", ack_page, "GET")
    add("/ack/<token>", ack, "POST")
    add("/api/escalations", escalations, "POST")


_WORDS = {
    404: "nothing here",
    413: f"the body is larger than {MAX_BODY} bytes",
}


def _explain(problem: HTTPException) -> Response:
    """Answer an error of the framework in our way; its own words may repeat the request."""
    from werkzeug.exceptions import MethodNotAllowed

    status = problem.code or 500
    if isinstance(problem, MethodNotAllowed):
        allowed = ", ".join(sorted(problem.valid_methods or ()))
        hint = "; a redirect in front of this address would turn POST into GET"
        response = _answer(status, error=f"only {allowed}" + (hint if allowed == "POST" else ""))
        response.headers["Allow"] = allowed
        return response
    return _answer(status, error=_WORDS.get(status, "the request cannot be understood"))


def _answer(code: int, /, **content: Any) -> Response:
    from flask import Response

    return Response(as_line(content), status=code, mimetype="application/json")
